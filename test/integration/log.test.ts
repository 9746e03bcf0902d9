import { afterAll, expect, test } from 'vitest';
import { logPage } from '../../protocol/log.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { newToken, serveHttp } from './http-server.ts';

const database = await freshDatabase();
const server = await serveHttp(database.ownerUrl);
afterAll(() => server.stop());
const { ours, theirs, call } = server;

const made = await call('POST', '/v1/meetings', { as: ours.moderator, body: { title: 'Named only in its own row' } });
const meetingId: string = made.json.meeting_id;
const { token, hash } = newToken();
const election = await call('POST', '/v1/elections', {
  as: ours.moderator,
  body: { meeting_id: meetingId, title: 'Motion', method: { method: 'motion', settings: {} } },
});
const electionId: string = election.json.election_id;
await call('POST', `/v1/elections/${electionId}/credentials`, {
  as: ours.moderator,
  body: { credentials: [{ hash }] },
});
await call('POST', `/v1/elections/${electionId}/open`, { as: ours.moderator });
await call('POST', `/v1/elections/${electionId}/ballots`, {
  as: ours.member,
  body: { ballot: { choice: 'yes' }, cast_key: '0'.repeat(32), credential: token },
});

const read = (query: string, as = ours.admin) => call('GET', `/v1/log${query}`, { as });

test('the log is read newest first, in pages, without a gap', async () => {
  const all = logPage.parse((await read('')).json);
  const positions = all.items.map(({ pos }) => pos);
  expect(positions).toEqual(Array.from({ length: positions.length }, (_, i) => positions.length - i));
  expect(all.next_cursor).toBeNull();

  const first = logPage.parse((await read('?limit=2')).json);
  const second = logPage.parse((await read(`?limit=2&cursor=${first.next_cursor}`)).json);
  expect([...first.items, ...second.items]).toEqual(all.items.slice(0, 4));
});

test('it is narrowed to a kind, a sort of kinds, or one thing', async () => {
  const kinds = async (query: string) => logPage.parse((await read(query)).json).items.map(({ kind }) => kind);
  expect(await kinds('?kind=election.opened')).toEqual(['election.opened']);
  const elections = await kinds('?kind=election');
  expect(elections).toContain('election.ballots');
  expect(elections.every((kind) => kind.startsWith('election.'))).toBe(true);
  expect(await kinds(`?topic=${electionId}`)).toEqual(elections);
  expect(await kinds('?kind=elec')).toEqual([]);
});

test('of a secret ballot it says how many, never what', async () => {
  const { text } = await read('?kind=election.ballots');
  expect(text).toContain('"size":1');
  expect(text).not.toContain('yes');
  expect(text).not.toContain(hash);
});

test('those who lead or audit read it, members do not, and nobody reads another organisation’s', async () => {
  expect((await read('', ours.moderator)).status).toBe(200);
  expect((await read('', ours.member)).status).toBe(403);
  const { text } = await read('', theirs.admin);
  expect(text).not.toContain(meetingId);
  expect(text).not.toContain(electionId);
});

test.each([
  ['?cursor=0', 'cursor'],
  ['?cursor=abc', 'cursor'],
  ["?kind=x';--", 'kind'],
  ['?topic=nonsense', 'topic'],
])('%s is refused with the field', async (query, field) => {
  const { status, json } = await read(query);
  expect([status, json.error_code, json.details.fields[0].path]).toEqual([422, 'VALIDATION_001', field]);
});
