import type { ErrorCode } from '../../protocol/errors.ts';

/** What is said of each error code where no reason says more: keys of the shared texts. */
export const CODE_KEYS = {
  UNREACHABLE: 'refusal.unreachable',
  LOAD_001: 'refusal.unreachable',
  LOAD_002: 'refusal.tooOften',
  LOAD_003: 'refusal.unreachable',
  LOAD_004: 'refusal.unreachable',
  AUTH_001: 'refusal.signedOut',
  AUTH_002: 'refusal.notAllowed',
  QUOTA_001: 'refusal.quota',
  NOT_FOUND_001: 'refusal.notFound',
  VALIDATION_001: 'refusal.malformed',
  CONFLICT_001: 'refusal.conflict',
  BALLOT_001: 'refusal.ballotBusy',
  BALLOT_002: 'refusal.ballotTaken',
  BALLOT_003: 'refusal.notOpen',
  BALLOT_004: 'refusal.closed',
  BALLOT_005: 'refusal.ballotWrong',
  INTERNAL_001: 'refusal.bug',
} as const satisfies Readonly<Record<ErrorCode | 'UNREACHABLE', string>>;
