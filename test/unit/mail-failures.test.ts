import type { NodemailerError } from 'nodemailer';
import { describe, expect, test } from 'vitest';
import { backoffMs } from '../../workers/backoff.ts';
import { endOfFailure } from '../../workers/mail.ts';

const failure = (code: string, responseCode?: number): NodemailerError =>
  Object.assign(new Error('no'), {
    code,
    ...(responseCode === undefined
      ? {}
      : {
          responseCode,
          response: `${responseCode} no\r\nmore`,
          permanent: responseCode >= 500 && responseCode !== 503,
        }),
  });

const MINUTE_MS = 60_000;

describe('what a failure means for a mail', () => {
  test.each([
    ['an unknown recipient', failure('EENVELOPE', 550)],
    ['a refused content', failure('EMESSAGE', 554)],
  ])('%s ends it', (_, error) => {
    expect(endOfFailure(error, 1, MINUTE_MS)).toEqual({ status: 'failed', answer: `${error.responseCode} no more` });
  });

  test.each([
    ['greylisting', failure('EENVELOPE', 451), MINUTE_MS],
    ['a full mailbox', failure('EENVELOPE', 452), MINUTE_MS],
    ['a try at a bad moment', failure('EMESSAGE', 421), MINUTE_MS],
    ['commands out of order', failure('EENVELOPE', 503), MINUTE_MS],
    // ours to mend, not the mail's fault: it goes soon after that
    ['a wrong password', failure('EAUTH', 535), 5_000],
    ['a server that is away', failure('ESOCKET'), 5_000],
    ['a broken connection', failure('ECONNECTION'), 5_000],
    ['a bad certificate', failure('ETLS'), 5_000],
    ['something unheard of', new Error('no') as NodemailerError, 5_000],
  ])('%s is tried again', (_, error, mostMs) => {
    const end = endOfFailure(error, 1, MINUTE_MS);
    expect(end).toMatchObject({ status: 'waiting' });
    const { retryInMs } = end as { retryInMs: number };
    expect(retryInMs).toBeGreaterThanOrEqual(mostMs / 2);
    expect(retryInMs).toBeLessThanOrEqual(mostMs);
  });
});

test('pauses double up to their bound, and the latter half is chance', () => {
  for (let attempt = 1; attempt <= 40; attempt += 1) {
    const full = Math.min(3_600_000, 30_000 * 2 ** (attempt - 1));
    const pauses = Array.from({ length: 200 }, () => backoffMs(attempt, 30_000, 3_600_000));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(full / 2);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(full);
    expect(new Set(pauses).size).toBeGreaterThan(100);
  }
});
