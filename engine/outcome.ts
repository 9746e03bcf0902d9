import type { FieldProblem } from '../protocol/field-problems.ts';
import type { RefusalReason } from '../protocol/refusal-reasons.ts';

/**
 * Expected failures are returned values; a throw means a bug or a lost database.
 * The gateway maps a failure's kind to its error code and HTTP status in one table (gateway/errors.ts).
 */
export const FAILURE_KINDS = [
  'invalid_input', // malformed input; details.fields = [{ path, problem }]
  'unauthenticated', // details.reason says whether missing, expired, revoked or unknown
  'forbidden', // details.role names the role needed
  'not_found', // not there, or another organisation's: the same answer
  'conflict', // an act that the present state does not allow and no ballot code names
  'credential_busy', // somebody else holds the credential's row; retryAfterMs 25-100
  'already_voted', // the credential was spent on another ballot
  'not_open', // the election is still a draft, or before its opens_at
  'closed', // closed, published or cancelled, or past its closes_at; this ballot is provably not counted
  'ballot_invalid', // the ballot breaks the method's rules; details.problems = [{ path, problem }]
  'campaign_unknown', // not there, or another organisation's
  'campaign_inactive', // its status allows no such act; details.status
  'campaign_not_started', // still a draft
  'campaign_ended', // completed or archived, or past its end_date
  'coins_short', // more than is available, or than lies on the idea; details.available
  'coins_expended', // they lie on an idea that was accepted
  'amount_zero',
  'amount_negative',
  'amount_fractional',
  'coins_fixed', // the campaign's policy lets coins not be moved or taken back; details.reason
  'purse_busy', // another request holds the purse; retryAfterMs 25-100
  'votes_broken', // quadratic: coins on an idea are the square of a number of votes
  'coins_expired',
  'idea_unknown', // not there, or another organisation's
  'idea_duplicate', // the campaign has one like it; details.similar
  'idea_not_competing', // pending, approved or rejected: it takes no coins; details.status
  'idea_accepted', // accepted, in progress or complete; details.status
  'tag_unknown', // details.tags
  'text_too_long', // details.fields
  'over_quota', // nothing written
  'overloaded', // a queue is full or the request waited too long; nothing written; retryAfterMs
  'rate_limited', // retryAfterMs
  'database_away', // nothing written
  'outcome_unknown', // the connection died after the request was sent: repeat the same request
] as const;

export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Facts about a failure for programs; the message says the same to people. */
export interface FailureDetails {
  /** which of several causes this is */
  readonly reason?: RefusalReason;
  readonly fields?: readonly FieldProblem[];
  readonly problems?: readonly FieldProblem[];
  readonly [fact: string]: unknown;
}

export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly details?: FailureDetails;
  readonly retryAfterMs?: number;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function accept<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refuse(
  kind: FailureKind,
  message: string,
  more: Omit<Failure, 'kind' | 'message'> = {},
): Outcome<never> {
  return { ok: false, failure: { kind, message, ...more } };
}
