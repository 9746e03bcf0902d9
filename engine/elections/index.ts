export type {
  CastReceipt,
  CastRequest,
  Election,
  ElectionChanges,
  NewCredential,
  NewElection,
  Participation,
  PublishedBallot,
  Recount,
  TallyFigures,
} from './election.ts';
export { Elections } from './elections.ts';
export { credentialOfAttendee, credentialOfMember, credentialOfToken } from './keys.ts';
export { Minutes, type MinutesFacts } from './minutes.ts';
export { Paper, type PaperBatchInfo, type PaperState } from './paper.ts';
export { type Picture, Pictures } from './pictures.ts';
export type { QueuedBallot } from './queued-status.ts';
export { findPictures } from './reference-queries.ts';
export { type ResultJson, resultToJson } from './result-json.ts';
export { ROUND_TABLE_HEADER, roundTable } from './round-table.ts';
export type { ElectionResult } from './rules.ts';
export type { Standing } from './ruling.ts';
export type { ElectionPattern, Template } from './template.ts';
export { Templates } from './templates.ts';
export { type TokenHolder, TokenHolders } from './token-holders.ts';
