import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { organisationQuotas, usageReport, usageView } from '../../protocol/usage.ts';
import { accepted, castOf, newVoters, openElection } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { serveHttp } from './http-server.ts';

const database = await freshDatabase();
const server = await serveHttp(database.ownerUrl);
const superuser = connectAs(database.ownerUrl, null);
const { call, engine, ours, theirs } = server;
afterAll(() => Promise.all([server.stop(), superuser.end()]));

/** The access token of a person who has just signed in. */
async function signedIn(platformAdmin: boolean): Promise<string> {
  const email = `p.${randomBytes(5).toString('hex')}@example.org`;
  const { accountId, link } = accepted(await engine.registration.createAccount({ email, name: 'Ada', locale: 'en' }));
  const password = randomUUID();
  accepted(await engine.signIn.resetPassword(link.split('=')[1] ?? '', password));
  await superuser`UPDATE app.accounts SET platform_admin = ${platformAdmin} WHERE account_id = ${accountId}`;
  return accepted(await engine.signIn.byPassword({ email, password }, { userAgent: 'Test' })).accessToken;
}
const [platform, person] = [await signedIn(true), await signedIn(false)];

const MONTH = new Date().toISOString().slice(0, 7);
const quotasOf = (orgId: string) => `/v1/organisations/${orgId}/quotas`;
const put = (orgId: string, body: unknown, as = platform) => call('PUT', quotasOf(orgId), { as, body });

async function vote(orgId: string, count: number): Promise<void> {
  const voters = newVoters(count);
  const election = await openElection(engine, orgId, voters);
  for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
}

test('what was used is read by administrators and auditors, for any month, as JSON and CSV', async () => {
  await vote(ours.orgId, 3);
  const answer = await call('GET', '/v1/usage', { as: ours.admin });
  expect(usageView.parse(answer.json)).toEqual({
    month: MONTH,
    credentials: { used: 3, quota: null },
    ballots: { used: 3, quota: null },
    allocations: { used: 0, quota: null },
  });
  const auditor = accepted(await engine.apiKeys.create(ours.orgId, { name: 'a', roles: ['auditor'] })).secret;
  const before = await call('GET', '/v1/usage?month=2020-01', { as: auditor });
  expect(before.json).toMatchObject({ month: '2020-01', ballots: { used: 0 } });
  const csv = await call('GET', `/v1/usage.csv?month=${MONTH}`, { as: auditor });
  expect(csv.headers.get('content-type')).toContain('text/csv');
  expect(csv.text.trimEnd().split('\r\n')).toEqual([
    'month,metric,used,quota',
    `${MONTH},credentials,3,`,
    `${MONTH},ballots,3,`,
    `${MONTH},allocations,0,`,
  ]);
  for (const as of [ours.moderator, ours.member]) expect((await call('GET', '/v1/usage', { as })).status).toBe(403);
  for (const month of ['2026-13', '2026', 'now', '1999-01']) {
    expect((await call('GET', `/v1/usage?month=${month}`, { as: ours.admin })).status).toBe(422);
  }
});

describe('quotas', () => {
  test('are set by platform administrators and hold at once: QUOTA_001, nothing written', async () => {
    const set = await put(theirs.orgId, { credentials: 2, ballots: 1, allocations: null });
    expect(organisationQuotas.parse(set.json)).toMatchObject({ org_id: theirs.orgId, quotas: { credentials: 2 } });
    expect((await call('GET', quotasOf(theirs.orgId), { as: platform })).json).toEqual(set.json);
    const voters = newVoters(3);
    const election = await openElection(engine, theirs.orgId, voters.slice(0, 2));
    const credentials = voters.map(({ credential: hash }) => ({ hash }));
    const path = `/v1/elections/${election.electionId}`;
    const issued = await call('POST', `${path}/credentials`, { as: theirs.moderator, body: { credentials } });
    expect(issued).toMatchObject({
      status: 429,
      json: { error_code: 'QUOTA_001', details: { metric: 'credentials' } },
    });
    const cast = (i: number) => {
      const { token: credential, castKey: cast_key } = voters[i] as (typeof voters)[number];
      const body = { credential, cast_key, ballot: { choice: 'yes' } };
      return call('POST', `${path}/ballots`, { as: theirs.member, body });
    };
    expect((await cast(0)).status).toBe(201);
    expect(await cast(1)).toMatchObject({
      status: 429,
      json: { error_code: 'QUOTA_001', details: { metric: 'ballots' } },
    });
    expect((await cast(0)).status).toBe(201);
    expect((await call('GET', '/v1/usage', { as: theirs.admin })).json).toMatchObject({
      credentials: { used: 2, quota: 2 },
      ballots: { used: 1, quota: 1 },
    });
    await put(theirs.orgId, { credentials: null, ballots: null, allocations: null });
    expect((await cast(1)).status).toBe(201);
  });

  test.each([
    ['a negative one', { credentials: -1, ballots: null, allocations: null }, 'credentials'],
    ['a fraction', { credentials: null, ballots: 0.5, allocations: null }, 'ballots'],
    ['one that is left out', { credentials: null, ballots: null }, 'allocations'],
    ['an unknown one', { credentials: null, ballots: null, allocations: null, votes: 1 }, 'votes'],
  ])('%s is refused and named', async (_, body, field) => {
    const answer = await put(ours.orgId, body);
    expect(answer).toMatchObject({ status: 422, json: { details: { fields: [{ path: field }] } } });
  });

  test('are nobody else’s to read or set, and nothing of organisations that are not there', async () => {
    const none = { credentials: null, ballots: null, allocations: null };
    for (const as of [person, ours.admin]) {
      expect((await put(ours.orgId, none, as)).status).toBe(403);
      expect((await call('GET', quotasOf(ours.orgId), { as })).status).toBe(403);
      expect((await call('GET', '/v1/usage-report', { as })).status).toBe(403);
    }
    expect((await put(randomUUID(), none)).status).toBe(404);
    expect((await call('GET', quotasOf(randomUUID()), { as: platform })).status).toBe(404);
    expect((await put('nobody', none)).status).toBe(422);
  });
});

test('the report attributes the cost of a month to organisations, as JSON and CSV', async () => {
  const answer = await call('GET', `/v1/usage-report?month=${MONTH}&cost=1000`, { as: platform });
  const report = usageReport.parse(answer.json);
  expect(report.items.map(({ name }) => name)).toEqual(expect.arrayContaining(['Ours', 'Theirs']));
  expect(report.items.reduce((sum, { cost }) => sum + (cost ?? 0), 0)).toBe(1_000);
  const row = report.items.find(({ org_id: id }) => id === ours.orgId);
  expect(row).toMatchObject({ credentials: 3, ballots: 3, allocations: 0, share: 0.6, cost: 600 });
  const csv = await call('GET', '/v1/usage-report.csv', { as: platform });
  const lines = csv.text.trimEnd().split('\r\n');
  expect(lines[0]).toBe('month,org_id,name,credentials,ballots,allocations,share,cost');
  expect(lines.slice(1)).toContain(`${MONTH},${ours.orgId},Ours,3,3,0,0.6,`);
  expect((await call('GET', '/v1/usage-report?cost=-1', { as: platform })).status).toBe(422);
  const idle = await call('GET', '/v1/usage-report?month=2020-01', { as: platform });
  expect(idle.json.items[0]).toMatchObject({ ballots: 0, share: 0, cost: null });
});
