import type { QueuedBallot } from '../engine/index.ts';
import { limits } from '../engine/limits.ts';
import type { Failure, FailureKind } from '../engine/outcome.ts';
import type { QueuedBallotView } from '../protocol/ballots.ts';
import type { ErrorBody, ErrorCode, SocketError } from '../protocol/errors.ts';
import { withReason } from '../protocol/field-problems.ts';

export interface Mapping {
  readonly code: ErrorCode;
  readonly status: number;
  /** the same request may be sent again after this many milliseconds; the failure's own figure goes first */
  readonly retryAfterMs?: number;
}

const busy = limits.busyRetryMaxMs;
const load = limits.overloadedRetryMaxMs;

/** Expected failures of the engine -> error code and HTTP status. The only place that maps. */
export const FAILURES: Readonly<Record<FailureKind, Mapping>> = {
  invalid_input: { code: 'VALIDATION_001', status: 422 },
  unauthenticated: { code: 'AUTH_001', status: 401 },
  forbidden: { code: 'AUTH_002', status: 403 },
  not_found: { code: 'NOT_FOUND_001', status: 404 },
  conflict: { code: 'CONFLICT_001', status: 409 },
  credential_busy: { code: 'BALLOT_001', status: 423, retryAfterMs: busy },
  already_voted: { code: 'BALLOT_002', status: 409 },
  not_open: { code: 'BALLOT_003', status: 409 },
  closed: { code: 'BALLOT_004', status: 409 },
  ballot_invalid: { code: 'BALLOT_005', status: 422 },
  campaign_unknown: { code: 'CAMPAIGN_001', status: 404 },
  campaign_inactive: { code: 'CAMPAIGN_002', status: 400 },
  campaign_not_started: { code: 'CAMPAIGN_003', status: 400 },
  campaign_ended: { code: 'CAMPAIGN_004', status: 400 },
  coins_short: { code: 'COIN_001', status: 400 },
  coins_expended: { code: 'COIN_002', status: 400 },
  amount_zero: { code: 'COIN_003', status: 422 },
  amount_negative: { code: 'COIN_004', status: 422 },
  amount_fractional: { code: 'COIN_005', status: 422 },
  coins_fixed: { code: 'COIN_006', status: 400 },
  purse_busy: { code: 'COIN_007', status: 423, retryAfterMs: busy },
  votes_broken: { code: 'COIN_008', status: 400 },
  coins_expired: { code: 'COIN_009', status: 400 },
  idea_unknown: { code: 'IDEA_001', status: 404 },
  idea_duplicate: { code: 'IDEA_002', status: 400 },
  idea_not_competing: { code: 'IDEA_003', status: 400 },
  idea_accepted: { code: 'IDEA_004', status: 400 },
  tag_unknown: { code: 'TAG_001', status: 422 },
  text_too_long: { code: 'VALIDATION_002', status: 422 },
  over_quota: { code: 'QUOTA_001', status: 429 },
  overloaded: { code: 'LOAD_001', status: 503, retryAfterMs: load },
  rate_limited: { code: 'LOAD_002', status: 429, retryAfterMs: load },
  database_away: { code: 'LOAD_003', status: 503, retryAfterMs: load },
  outcome_unknown: { code: 'LOAD_004', status: 503, retryAfterMs: load },
};

/** What stops a request before any rule is asked, and a bug. */
export const REQUEST_PROBLEMS = {
  not_json: { code: 'VALIDATION_001', status: 400 },
  bad_http: { code: 'VALIDATION_001', status: 400 },
  wrong_method: { code: 'VALIDATION_001', status: 405 },
  body_too_slow: { code: 'VALIDATION_001', status: 408 },
  body_too_large: { code: 'VALIDATION_001', status: 413 },
  wrong_media_type: { code: 'VALIDATION_001', status: 415 },
  headers_too_large: { code: 'VALIDATION_001', status: 431 },
  bug: { code: 'INTERNAL_001', status: 500 },
} as const satisfies Readonly<Record<string, Mapping>>;
export type RequestProblem = keyof typeof REQUEST_PROBLEMS;

/** A failure of the engine, or a request that never reached it. */
export type AnyFailure = Omit<Failure, 'kind'> & { readonly kind: FailureKind | RequestProblem };

/** Code and status of a failure. */
export function mappingOf(kind: FailureKind | RequestProblem): Mapping {
  return kind in FAILURES ? FAILURES[kind as FailureKind] : REQUEST_PROBLEMS[kind as RequestProblem];
}

/** True where the same request, sent again, may be answered otherwise: such an answer is not kept for replays. */
export function isPassing(failure: AnyFailure): boolean {
  const { status, retryAfterMs } = mappingOf(failure.kind);
  return status >= 500 || retryAfterMs !== undefined || failure.retryAfterMs !== undefined;
}

/** Details as they go out: what is wrong with a field carries its reason beside the sentence. */
function detailsOf({ details = {} }: AnyFailure): Record<string, unknown> {
  const { fields, problems } = details;
  return {
    ...details,
    ...(fields === undefined ? {} : { fields: fields.map(withReason) }),
    ...(problems === undefined ? {} : { problems: problems.map(withReason) }),
  };
}

/** The HTTP answer to a failure. Retry-After counts whole seconds; details.retry_after_ms is the finer figure. */
export function toHttpError(
  failure: AnyFailure,
  requestId: string,
  now: Date,
): { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: ErrorBody } {
  const { code, status, retryAfterMs } = mappingOf(failure.kind);
  const retry = failure.retryAfterMs ?? retryAfterMs;
  const headers: Record<string, string> = {};
  if (retry !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retry / 1000)));
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  const body: ErrorBody = {
    error_code: code,
    message: failure.message,
    details: retry === undefined ? detailsOf(failure) : { ...detailsOf(failure), retry_after_ms: Math.round(retry) },
    timestamp: now.toISOString(),
    request_id: requestId,
  };
  return { status, headers, body };
}

/** `error` of a socket reply. */
export function toSocketError(failure: AnyFailure): SocketError {
  const { code, retryAfterMs } = mappingOf(failure.kind);
  const retry = failure.retryAfterMs ?? retryAfterMs;
  return {
    code,
    message: failure.message,
    ...(retry === undefined ? {} : { retry_after_ms: Math.round(retry) }),
    ...(failure.details === undefined ? {} : { details: detailsOf(failure) }),
  };
}

/** What became of a queued ballot, as it is told over HTTP and the socket alike. */
export function queuedAsJson(ballot: QueuedBallot): QueuedBallotView {
  return ballot.state === 'refused' ? { state: 'refused', error: toSocketError(ballot.failure) } : ballot;
}
