import { expect, test } from 'vitest';
import { FAILURE_KINDS } from '../../../engine/outcome.ts';
import { FAILURES, isPassing, REQUEST_PROBLEMS, toHttpError, toSocketError } from '../../../gateway/errors.ts';
import { ERROR_CODES, errorBody, socketError } from '../../../protocol/errors.ts';

const NOW = new Date('2026-11-21T18:00:00.000Z');

/** The table of the protocol's design, read by hand: failure, code, status. */
const TABLE: readonly (readonly [string, string, number])[] = [
  ['invalid_input', 'VALIDATION_001', 422],
  ['unauthenticated', 'AUTH_001', 401],
  ['forbidden', 'AUTH_002', 403],
  ['not_found', 'NOT_FOUND_001', 404],
  ['conflict', 'CONFLICT_001', 409],
  ['credential_busy', 'BALLOT_001', 423],
  ['already_voted', 'BALLOT_002', 409],
  ['not_open', 'BALLOT_003', 409],
  ['closed', 'BALLOT_004', 409],
  ['ballot_invalid', 'BALLOT_005', 422],
  ['campaign_unknown', 'CAMPAIGN_001', 404],
  ['campaign_inactive', 'CAMPAIGN_002', 400],
  ['campaign_not_started', 'CAMPAIGN_003', 400],
  ['campaign_ended', 'CAMPAIGN_004', 400],
  ['coins_short', 'COIN_001', 400],
  ['coins_expended', 'COIN_002', 400],
  ['amount_zero', 'COIN_003', 422],
  ['amount_negative', 'COIN_004', 422],
  ['amount_fractional', 'COIN_005', 422],
  ['coins_fixed', 'COIN_006', 400],
  ['purse_busy', 'COIN_007', 423],
  ['votes_broken', 'COIN_008', 400],
  ['coins_expired', 'COIN_009', 400],
  ['idea_unknown', 'IDEA_001', 404],
  ['idea_duplicate', 'IDEA_002', 400],
  ['idea_not_competing', 'IDEA_003', 400],
  ['idea_accepted', 'IDEA_004', 400],
  ['tag_unknown', 'TAG_001', 422],
  ['text_too_long', 'VALIDATION_002', 422],
  ['over_quota', 'QUOTA_001', 429],
  ['overloaded', 'LOAD_001', 503],
  ['rate_limited', 'LOAD_002', 429],
  ['database_away', 'LOAD_003', 503],
  ['outcome_unknown', 'LOAD_004', 503],
];

test('every failure of the engine has its code and status, and there are no others', () => {
  expect(Object.entries(FAILURES).map(([kind, { code, status }]) => [kind, code, status])).toEqual(TABLE);
  expect(Object.keys(FAILURES).sort()).toEqual([...FAILURE_KINDS].sort());
});

test('every code is reachable', () => {
  const mapped = [...Object.values(FAILURES), ...Object.values(REQUEST_PROBLEMS)].map(({ code }) => code);
  expect([...new Set(mapped)].sort()).toEqual(Object.keys(ERROR_CODES).sort());
});

test.each(FAILURE_KINDS)('%s makes a valid body and a valid socket error', (kind) => {
  const failure = { kind, message: 'No.', details: { reason: 'changed' as const } };
  const { status, headers, body } = toHttpError(failure, 'r-1', NOW);
  expect(errorBody.parse(body)).toMatchObject({ request_id: 'r-1', timestamp: NOW.toISOString(), message: 'No.' });
  expect(socketError.parse(toSocketError(failure)).code).toBe(body.error_code);
  const retryable = isPassing(failure);
  expect(retryable).toBe([423, 503].includes(status) || kind === 'rate_limited');
  expect('retry-after' in headers).toBe(retryable);
  expect('retry_after_ms' in body.details).toBe(retryable);
});

test('Retry-After counts whole seconds, never 0; the body has the milliseconds', () => {
  const { headers, body } = toHttpError({ kind: 'credential_busy', message: 'Busy.', retryAfterMs: 37.4 }, 'r', NOW);
  expect(headers['retry-after']).toBe('1');
  expect(body.details).toEqual({ retry_after_ms: 37 });
  expect(toHttpError({ kind: 'overloaded', message: '', retryAfterMs: 1_001 }, 'r', NOW).headers['retry-after']).toBe(
    '2',
  );
});
