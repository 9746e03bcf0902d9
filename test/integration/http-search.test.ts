import { afterAll, beforeAll, expect, test } from 'vitest';
import { accepted, newElection, newVoters, openElection } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { serveMembers } from './members-server.ts';

const database = await freshDatabase();
const { ask, engine, ours, theirs, stop } = await serveMembers(database.ownerUrl);
afterAll(stop);

const OPEN = 'Open vote on the harbour';
const DRAFT = 'Draft about the harbour';
const ELSEWHERE = 'Harbour vote of another meeting';
let session = '';
let waiting = '';

beforeAll(async () => {
  const { orgId } = ours;
  const meeting = async (title: string, waitingRoom = false) =>
    accepted(await engine.meetings.create(orgId, { title, waitingRoom }, orgId));
  const here = await meeting('Harbour assembly');
  const elsewhere = await meeting('Another assembly');
  const closed = await meeting('Closed doors', true);
  await openElection(engine, orgId, newVoters(1), { title: OPEN, meetingId: here.meetingId });
  await newElection(engine, orgId, { title: DRAFT, meetingId: here.meetingId });
  await openElection(engine, orgId, newVoters(1), { title: ELSEWHERE, meetingId: elsewhere.meetingId });
  await openElection(engine, theirs.orgId, newVoters(1), { title: `${OPEN} (theirs)` });
  const member = { name: 'Harbour Master', email: 'master@club.example', groups: [] };
  accepted(await engine.members.create(orgId, member, { id: orgId, givesRoles: true }));
  session = accepted(await engine.meetings.join(here.joinCode, { name: 'Ada' })).sessionToken;
  waiting = accepted(await engine.meetings.join(closed.joinCode, { name: 'Bea' })).sessionToken;
  for (const of of [orgId, theirs.orgId]) await engine.search.catchUp(of);
});

async function titles(query: string, as: string): Promise<string[]> {
  const { status, json } = await ask('GET', `/v1/search?${query}`, { as });
  expect(status).toBe(200);
  return json.items.map((item: { title: { text: string }[] }) => item.title.map(({ text }) => text).join('')).sort();
}

test('overseers find drafts, members and meetings; members what is public; nobody what is not theirs', async () => {
  const all = [DRAFT, 'Harbour Master', ELSEWHERE, 'Harbour assembly', OPEN].sort();
  for (const as of [ours.admin, ours.moderator, ours.auditor]) expect(await titles('q=harbour', as)).toEqual(all);
  expect(await titles('q=harbour', ours.member)).toEqual([ELSEWHERE, OPEN].sort());
  expect(await titles('q=harbour', theirs.admin)).toEqual([`${OPEN} (theirs)`]);
});

test('a guest finds what is public in the own meeting; who waits to be admitted finds nothing', async () => {
  expect(await titles('q=harbour', session)).toEqual(['Harbour assembly', OPEN].sort());
  expect(await titles('q=draft', session)).toEqual([]);
  expect(await titles('q=assembly', session)).toEqual(['Harbour assembly']);
  expect((await ask('GET', '/v1/search?q=harbour', { as: waiting })).status).toBe(403);
  expect((await ask('GET', '/v1/search?q=harbour')).status).toBe(401);
});

test('a key that is narrowed to the search finds nothing; with scopes of kinds it finds those', async () => {
  const secretOf = async (scopes: string[]) =>
    accepted(await engine.apiKeys.create(ours.orgId, { name: 'Narrow', roles: ['admin'], scopes })).secret;
  expect(await titles('q=harbour', await secretOf(['search.read']))).toEqual([]);
  expect(await titles('q=harbour', await secretOf(['search.read', 'members.read']))).toEqual(['Harbour Master']);
  const lacking = await ask('GET', '/v1/search?q=harbour', { as: await secretOf(['members.read']) });
  expect([lacking.status, lacking.json.details.scope]).toEqual([403, 'search.read']);
});

test('kinds, states, pages and facets', async () => {
  expect(await titles('q=harbour&kinds=elections,meetings&state=open', ours.admin)).toEqual([ELSEWHERE, OPEN].sort());
  const first = await ask('GET', '/v1/search?q=harbour&limit=2', { as: ours.admin });
  expect([first.json.items.length, first.json.total, first.json.complete, first.json.answered_by]).toEqual([
    2,
    5,
    true,
    'postgresql',
  ]);
  expect(first.json.facets.kinds).toEqual([
    { value: 'elections', count: 3 },
    { value: 'meetings', count: 1 },
    { value: 'members', count: 1 },
  ]);
  const second = await ask('GET', `/v1/search?q=harbour&limit=3&cursor=${first.json.next_cursor}`, { as: ours.admin });
  expect([second.json.items.length, second.json.next_cursor]).toEqual([3, null]);
});

test.each([
  ['q=', 'q'],
  ['q=%00', 'q'],
  [`q=${'x'.repeat(201)}`, 'q', 'VALIDATION_002'],
  ['q=a&kinds=secrets', 'kinds'],
  ['q=a&language=fr', 'language'],
  ['q=a&limit=101', 'limit'],
  ['q=a&org_id=x', 'org_id'],
])('refuses ?%s, naming the field', async (query, path, code = 'VALIDATION_001') => {
  const { status, json } = await ask('GET', `/v1/search?${query}`, { as: ours.admin });
  expect([status, json.error_code]).toEqual([422, code]);
  expect(JSON.stringify(json.details.fields)).toContain(path);
});

test('similar titles, while one is written', async () => {
  const similar = async (title: string, as: string) =>
    (await ask('GET', `/v1/similar?kind=elections&title=${encodeURIComponent(title)}`, { as })).json.items;
  const [likest] = await similar('Open voting on the harbor', ours.moderator);
  expect(likest).toMatchObject({ title: OPEN, state: 'open', likeness: expect.any(Number) });
  expect((await similar('Draft about harbour', ours.moderator))[0].title).toBe(DRAFT);
  expect(
    (await similar('Draft about harbour', ours.member)).map(({ title }: { title: string }) => title),
  ).not.toContain(DRAFT);
});

test('the figures of operation count questions, and what waits to be indexed', async () => {
  const figure = async (name: string) => {
    const { text } = await ask('GET', '/metrics');
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
  };
  const answered = 'psephos_search_answered_total{place="postgresql"}';
  const waits = 'psephos_search_waiting{for="index"}';
  const [before, waiting] = [await figure(answered), await figure(waits)];
  await titles('q=harbour', ours.admin);
  await newElection(engine, ours.orgId, { title: 'Not looked at yet' });
  expect([await figure(answered), await figure(waits)]).toEqual([before + 1, waiting + 1]);
  await engine.search.catchUp(ours.orgId);
  expect(await figure(waits)).toBe(waiting);
  expect([
    await figure('psephos_search_answered_total{place="opensearch"}'),
    await figure('psephos_search_fallbacks_total'),
    await figure('psephos_search_waiting{for="server"}'),
  ]).toEqual([0, 0, 0]);
});
