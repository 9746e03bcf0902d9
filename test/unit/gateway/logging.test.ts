import { expect, test } from 'vitest';
import { createLogger } from '../../../gateway/logging.ts';
import { httpOver } from './http-calls.ts';
import { ELECTION, ORG, stubEngine } from './stub-engine.ts';

const CAST_KEY = 'c0ffee00c0ffee00c0ffee00c0ffee00';

test('one line a request, with the fields of the requirement and nothing of the address', async () => {
  const { call, lines } = httpOver();
  await call('GET', `/v1/elections/${ELECTION}?x=1`, { headers: { 'x-request-id': 'r', 'x-correlation-id': 'c' } });
  expect(lines).toHaveLength(1);
  const line = JSON.parse(lines[0] ?? '');
  expect(line).toMatchObject({
    request_id: 'r',
    correlation_id: 'c',
    org_id: ORG,
    path: '/v1/elections/{election_id}',
    status: 200,
    token_hash_prefix: '0a1b2c3d',
  });
  expect(line.latency_ms).toBeGreaterThanOrEqual(0);
});

test('no token, cast key, ballot or tracking code reaches the log, whatever happens', async () => {
  const engine = stubEngine({
    elections: {
      cast: async () => {
        throw Object.assign(new Error('a bug'), { detail: `Key (credential)=(${CAST_KEY})`, parameters: [CAST_KEY] });
      },
    },
  });
  const { call, lines } = httpOver(engine);
  const body = { credential: 'vt_voter_token', ballot: { options: ['secret-choice'] }, cast_key: CAST_KEY };
  const answer = await call('POST', `/v1/elections/${ELECTION}/ballots`, { as: 'moderator', body });
  expect([answer.status, answer.json.error_code]).toEqual([500, 'INTERNAL_001']);
  expect(answer.text).not.toContain('a bug');
  await call('POST', '/v1/join', { as: null, body: { code: 'K7Q4', name: 'Ada' } });
  await call('POST', '/v1/socket-tickets', { as: 'member' });
  await call('GET', `/v1/elections/${ELECTION}/ballots/${CAST_KEY}`);
  await call('GET', `/psk_pasted_key/${CAST_KEY}?token=vt_voter_token`);
  const log = lines.join('');
  for (const secret of [
    CAST_KEY,
    'vt_voter_token',
    'secret-choice',
    'Bearer',
    'pst_secret',
    'tkt_secret',
    'psk_pasted',
  ]) {
    expect(log).not.toContain(secret);
  }
  expect(log).toContain('a bug');
  expect(log).toContain('logging.test.ts');
});

test('what is logged under a secret name is blacked out', () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });
  logger.info({ authorization: 'Bearer s3cret', request: { cast_key: 's3cret', ballot: ['s3cret'] }, token: 's3cret' });
  expect(lines.join('')).not.toContain('s3cret');
  expect(lines.join('')).toContain('[redacted]');
});
