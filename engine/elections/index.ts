export type {
  CastReceipt,
  CastRequest,
  Election,
  NewCredential,
  NewElection,
  Participation,
  PublishedBallot,
  Recount,
  TallyFigures,
} from './election.ts';
export { Elections } from './elections.ts';
export { credentialOfAttendee, credentialOfToken } from './keys.ts';
export { type ResultJson, resultToJson } from './result-json.ts';
export { ROUND_TABLE_HEADER, roundTable } from './round-table.ts';
export type { ElectionResult } from './rules.ts';
