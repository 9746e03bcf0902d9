import { afterAll, expect, test } from 'vitest';
import { freshDatabase } from '../harness/postgres.ts';
import { newCastKey, newToken, serveHttp } from './http-server.ts';

const database = await freshDatabase();
const server = await serveHttp(database.ownerUrl);
afterAll(() => server.stop());
const { call, ours, theirs } = server;

const NOBODY = '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10';

/** An open motion of an organisation with one token on its roll. */
async function openVote(as = ours.moderator) {
  const body = { title: 'Shall we?', method: { method: 'motion', settings: {} } };
  const { json } = await call('POST', '/v1/elections', { as, body });
  const electionId = json.election_id as string;
  const { token, hash } = newToken();
  await call('POST', `/v1/elections/${electionId}/credentials`, { as, body: { credentials: [{ hash }] } });
  await call('POST', `/v1/elections/${electionId}/open`, { as });
  return { electionId, token };
}

const access = (election_id: string, credential: string, more: object = {}) =>
  call('POST', '/v1/ballot-access', { body: { election_id, credential, ...more } });
const cast = (election_id: string, credential: string, choice: string, cast_key = newCastKey()) =>
  call('POST', '/v1/ballot-access/cast', { body: { election_id, credential, ballot: { choice }, cast_key } });

test('a token alone shows its election, votes once, and shows the result and the ballot after publication', async () => {
  const { electionId, token } = await openVote();
  const before = await access(electionId, token);
  expect([before.status, before.json.voted, before.json.result]).toEqual([200, false, null]);
  expect(before.json.election).toMatchObject({ election_id: electionId, state: 'open' });
  expect(before.headers.get('cache-control')).toBe('no-store');

  const key = newCastKey();
  const first = await cast(electionId, token, 'yes', key);
  const repeated = await cast(electionId, token, 'yes', key);
  expect([first.status, repeated.status]).toEqual([201, 201]);
  expect(repeated.json).toEqual(first.json);
  const other = await cast(electionId, token, 'no');
  expect([other.status, other.json.error_code]).toEqual([409, 'BALLOT_002']);
  expect((await access(electionId, token)).json.voted).toBe(true);

  await call('POST', `/v1/elections/${electionId}/close`, { as: ours.moderator });
  const code = first.json.tracking_code as string;
  expect((await access(electionId, token, { tracking_code: code })).json).toMatchObject({ result: null, ballot: null });
  await call('POST', `/v1/elections/${electionId}/publish`, { as: ours.moderator });
  const after = await access(electionId, token, { tracking_code: code });
  expect(after.json.result.ruling.outcome).toBe('carried');
  expect(after.json.ballot).toMatchObject({ tracking_code: code, ballot: { choice: 'yes' } });
  expect((await access(electionId, token, { tracking_code: '0'.repeat(32) })).json.ballot).toBeNull();
});

test('an unknown election, a token of another election and one of another organisation get one answer', async () => {
  const [mine, other, foreign] = [await openVote(), await openVote(), await openVote(theirs.moderator)];
  const answers = await Promise.all([
    access(NOBODY, mine.token),
    access(other.electionId, mine.token),
    access(foreign.electionId, mine.token),
    cast(NOBODY, mine.token, 'yes'),
    cast(other.electionId, mine.token, 'yes'),
    cast(foreign.electionId, mine.token, 'yes'),
  ]);
  const words = answers.map(({ status, json }) =>
    JSON.stringify([status, json.error_code, json.message, json.details]),
  );
  expect(new Set(words).size).toBe(1);
  expect(answers[0]?.status).toBe(404);
});

test('an attendee of the election cannot be impersonated by a token, and no log line holds a token', async () => {
  const { electionId, token } = await openVote();
  await cast(electionId, token, 'abstain');
  expect((await cast(electionId, 'x'.repeat(257), 'yes')).status).toBe(422);
  expect(server.lines.filter((line) => line.includes(token))).toEqual([]);
});

// last: from here on unknown tokens of this address are refused
test('sixty wrong tokens stop the wrong ones of an address, and nobody behind it who holds a right one', async () => {
  const { electionId, token } = await openVote();
  const wrong = await Promise.all(Array.from({ length: 70 }, () => access(electionId, newToken().token)));
  expect(wrong.map(({ json }) => json.error_code)).toContain('LOAD_002');
  expect((await cast(electionId, newToken().token, 'yes')).json.error_code).toBe('LOAD_002');
  expect((await access(electionId, token)).status).toBe(200);
  expect((await cast(electionId, token, 'yes')).status).toBe(201);
  expect((await cast(electionId, token, 'no')).json.error_code).toBe('BALLOT_002');
});
