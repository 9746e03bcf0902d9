import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Election, NewCredential, Outcome, Quotas } from '../../engine/index.ts';
import {
  accepted,
  castOf,
  issueTo,
  kindOf,
  newElection,
  newOrganisation,
  newVoters,
  ONE_VOTE,
  openElection,
  openEngine,
  type Voter,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const other = await openEngine(database);

const NONE: Quotas = { credentials: null, ballots: null, allocations: null };
const setQuota = (orgId: string, quota: Partial<Quotas>) =>
  engine.usage.setQuotas(orgId, { ...NONE, ...quota }).then(accepted);
const used = async (orgId: string) => accepted(await engine.usage.use(orgId)).used;

async function voted({ orgId, electionId }: Election): Promise<number> {
  return accepted(await engine.elections.participation(orgId, electionId)).voted;
}

function castAll(
  election: Election,
  voters: readonly Voter[],
  through: (i: number) => typeof engine = () => engine,
): Promise<Outcome<unknown>[]> {
  return Promise.all(voters.map((voter, i) => through(i).elections.cast(election.orgId, castOf(election, voter))));
}

function tally(outcomes: readonly Outcome<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[kindOf(outcome)] = (counts[kindOf(outcome)] ?? 0) + 1;
  return counts;
}

describe('ballots', () => {
  test('without a quota are counted and never refused', async () => {
    const orgId = await newOrganisation(engine);
    const voters = newVoters(40);
    const election = await openElection(engine, orgId, voters);
    expect(tally(await castAll(election, voters))).toEqual({ ok: 40 });
    expect(await castAll(election, voters)).toHaveLength(40); // the same again counts nothing
    expect(await used(orgId)).toEqual({ credentials: 40, ballots: 40, allocations: 0 });
  });

  test('are taken up to the last one that the quota leaves; the rest of the batch is told QUOTA and not written', async () => {
    const orgId = await newOrganisation(engine);
    const voters = newVoters(30);
    const election = await openElection(engine, orgId, voters);
    await setQuota(orgId, { ballots: 17 });
    const outcomes = await castAll(election, voters);
    expect(tally(outcomes)).toEqual({ ok: 17, over_quota: 13 });
    expect(outcomes.slice(0, 17).every(({ ok }) => ok)).toBe(true); // one batch: in the order of their coming
    expect(outcomes[29]).toMatchObject({ failure: { kind: 'over_quota', details: { metric: 'ballots' } } });
    expect(await voted(election)).toBe(17);
    expect((await used(orgId)).ballots).toBe(17);
  });

  test('that are repeated, spent, or of nobody are answered as ever, and take nothing of the quota', async () => {
    const orgId = await newOrganisation(engine);
    const voters = newVoters(6);
    const election = await openElection(engine, orgId, voters.slice(0, 5));
    await setQuota(orgId, { ballots: 2 });
    const [first, second, third, fourth, , stranger] = voters as [Voter, Voter, Voter, Voter, Voter, Voter];
    expect(tally(await castAll(election, [first]))).toEqual({ ok: 1 });
    const again = { ...first, castKey: second.castKey };
    const outcomes = await castAll(election, [
      first,
      again,
      stranger,
      first,
      second,
      third,
      first,
      again,
      stranger,
      fourth,
    ]);
    expect(outcomes.map(kindOf)).toEqual([
      ...['ok', 'already_voted', 'not_found', 'ok', 'ok', 'over_quota', 'ok', 'already_voted', 'not_found'],
      'over_quota',
    ]);
    expect([await voted(election), (await used(orgId)).ballots]).toEqual([2, 2]);
  });

  test('are taken again as soon as the quota is raised, by the same cast keys', async () => {
    const orgId = await newOrganisation(engine);
    const voters = newVoters(5);
    const election = await openElection(engine, orgId, voters);
    await setQuota(orgId, { ballots: 0 });
    expect(tally(await castAll(election, voters))).toEqual({ over_quota: 5 });
    await setQuota(orgId, { ballots: 3 });
    expect(tally(await castAll(election, voters))).toEqual({ ok: 3, over_quota: 2 });
    await setQuota(orgId, {});
    expect(tally(await castAll(election, voters))).toEqual({ ok: 5 });
  });

  test('of a closed vote hear that it is closed, not of the quota', async () => {
    const orgId = await newOrganisation(engine);
    const voters = newVoters(2);
    const election = await openElection(engine, orgId, voters);
    await setQuota(orgId, { ballots: 0 });
    accepted(await engine.elections.close(orgId, election.electionId, 'test'));
    expect(tally(await castAll(election, voters))).toEqual({ closed: 2 });
  });

  test.each([0, 1, 777, 20_500])(
    'through two gateways and several elections at once never pass a quota of %d',
    async (quota) => {
      const orgId = await newOrganisation(engine);
      const voters = newVoters(600);
      const elections = [await openElection(engine, orgId, voters), await openElection(engine, orgId, voters)];
      await setQuota(orgId, { ballots: quota });
      const outcomes = await Promise.all(
        elections.map((election) => castAll(election, voters, (i) => (i % 2 === 0 ? engine : other))),
      );
      const counts = tally(outcomes.flat());
      const expected = Math.min(quota, 1_200);
      expect(counts).toEqual({
        ...(expected > 0 ? { ok: expected } : {}),
        ...(expected < 1_200 ? { over_quota: 1_200 - expected } : {}),
      });
      const inUrns = (await voted(elections[0] as Election)) + (await voted(elections[1] as Election));
      expect([inUrns, (await used(orgId)).ballots]).toEqual([expected, expected]);
    },
  );

  test('the quota of one organisation is nothing to another', async () => {
    const [orgId, neighbour] = [await newOrganisation(engine), await newOrganisation(engine)];
    const voters = newVoters(4);
    const election = await openElection(engine, neighbour, voters);
    await setQuota(orgId, { ballots: 0 });
    expect(tally(await castAll(election, voters))).toEqual({ ok: 4 });
    expect((await used(orgId)).ballots).toBe(0);
  });

  test('are in the meter exactly as in the urn after connections were cut under them', async () => {
    const orgId = await newOrganisation(engine);
    const voters = newVoters(3_000);
    const election = await openElection(engine, orgId, voters);
    await setQuota(orgId, { ballots: 2_500 });
    const superuser = connectAs(database.ownerUrl, null);
    const cutter = (async () => {
      for (let i = 0; i < 12; i += 1) {
        await superuser`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'psephos hot' ORDER BY random() LIMIT 2`;
        await sleep(8);
      }
    })();
    const outcomes = await castAll(election, voters, (i) => (i % 2 === 0 ? engine : other));
    await cutter;
    let again = await castAll(election, voters); // whoever heard nothing asks again, until there is an answer
    for (const passing = ['database_away', 'outcome_unknown', 'overloaded', 'credential_busy']; ; ) {
      if (!again.some((outcome) => passing.includes(kindOf(outcome)))) break;
      await sleep(300);
      again = await castAll(election, voters);
    }
    await superuser.end();
    const counts = tally(again);
    expect(counts).toEqual({ ok: 2_500, over_quota: 500 });
    expect(outcomes.filter((outcome, i) => outcome.ok && !again[i]?.ok)).toHaveLength(0);
    expect([await voted(election), (await used(orgId)).ballots]).toEqual([2_500, 2_500]);
  });
});

test('a batch that saw much left, and met others who used it up, is run again and takes what is left', async () => {
  const orgId = await newOrganisation(engine);
  const voters = newVoters(6);
  const election = await openElection(engine, orgId, voters);
  await setQuota(orgId, { ballots: 50_000 });
  expect(tally(await castAll(election, voters.slice(0, 1)))).toEqual({ ok: 1 });
  const superuser = connectAs(database.ownerUrl, null, 2);
  let casting: Promise<Outcome<unknown>[]> | undefined;
  await superuser.begin(async (tx) => {
    await tx`UPDATE app.usage SET amount = 49998 WHERE org_id = ${orgId} AND metric = 'ballots'`;
    casting = castAll(election, voters.slice(1));
    for (let waiting = 0; waiting === 0; ) {
      waiting = (
        await superuser`SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database OR l.database IS NULL
        WHERE d.datname = current_database() AND NOT l.granted`
      ).length;
    }
  });
  expect(tally((await casting) ?? [])).toEqual({ ok: 2, over_quota: 3 });
  expect([await voted(election), (await used(orgId)).ballots]).toEqual([3, 50_000]);
  await superuser.end();
});

describe('credentials', () => {
  const newOnes = (count: number, weight = ONE_VOTE): NewCredential[] =>
    newVoters(count).map(({ credential }) => ({ credential: Buffer.from(credential, 'hex'), weight }));

  test('past the quota are refused whole: nothing is written', async () => {
    const orgId = await newOrganisation(engine);
    const election = await newElection(engine, orgId);
    await setQuota(orgId, { credentials: 10 });
    const issue = (credentials: readonly NewCredential[]) =>
      engine.elections.issue(orgId, election.electionId, credentials, 'test');
    const first = newOnes(8);
    expect(accepted(await issue(first))).toEqual({ issued: 8, repeated: 0 });
    const refused = await issue([...first, ...newOnes(3)]);
    expect(refused).toMatchObject({ failure: { kind: 'over_quota', details: { metric: 'credentials' } } });
    expect((await used(orgId)).credentials).toBe(8);
    expect(accepted(await issue([...first, ...newOnes(2)]))).toEqual({ issued: 2, repeated: 8 });
    expect(accepted(await issue(first))).toEqual({ issued: 0, repeated: 8 });
    expect((await used(orgId)).credentials).toBe(10);
  });

  test('issued at once through two gateways never pass it', async () => {
    const orgId = await newOrganisation(engine);
    const elections = [await newElection(engine, orgId), await newElection(engine, orgId)];
    await setQuota(orgId, { credentials: 55 });
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        (i % 2 === 0 ? engine : other).elections.issue(
          orgId,
          (elections[i % 3 === 0 ? 0 : 1] as Election).electionId,
          newOnes(10),
          'test',
        ),
      ),
    );
    expect(tally(outcomes)).toEqual({ ok: 5, over_quota: 7 });
    expect((await used(orgId)).credentials).toBe(50);
  });

  test('issued again with another weight are refused by name; with the same one they are repeated', async () => {
    const orgId = await newOrganisation(engine);
    const election = await newElection(engine, orgId);
    const issue = (credentials: readonly NewCredential[]) =>
      engine.elections.issue(orgId, election.electionId, credentials, 'test');
    const [a, b, c] = newOnes(3) as [NewCredential, NewCredential, NewCredential];
    accepted(await issue([a, b]));
    const refused = await issue([c, a, { ...b, weight: 2n * ONE_VOTE }]);
    expect(refused).toMatchObject({
      failure: {
        kind: 'conflict',
        details: { reason: 'weight', differing: 1, fields: [{ path: 'credentials.2.weight' }] },
      },
    });
    expect(accepted(await engine.elections.participation(orgId, election.electionId)).roll).toBe(2);
    expect(kindOf(await issue([c, { ...c, weight: 5n }]))).toBe('conflict');
    expect(accepted(await issue([c, c, a]))).toEqual({ issued: 1, repeated: 2 });
  });

  test('of a roll that is made by opening count too, and an opening past the quota does not happen', async () => {
    const orgId = await newOrganisation(engine);
    const meeting = accepted(await engine.meetings.create(orgId, { title: 'Assembly' }, 'test'));
    for (const name of ['Ada', 'Bob', 'Cyd']) accepted(await engine.meetings.join(meeting.joinCode, { name }));
    const election = await newElection(engine, orgId, { meetingId: meeting.meetingId, roll: 'meeting' });
    await setQuota(orgId, { credentials: 2 });
    expect(kindOf(await engine.elections.open(orgId, election.electionId, 'test'))).toBe('over_quota');
    expect(accepted(await engine.elections.get(orgId, election.electionId)).state).toBe('draft');
    await setQuota(orgId, { credentials: 3 });
    accepted(await engine.elections.open(orgId, election.electionId, 'test'));
    expect((await used(orgId)).credentials).toBe(3);
  });
});

test('two calls at once cannot pass the most that an election takes, and a repeat at the limit is no passing', async () => {
  const orgId = await newOrganisation(engine);
  const election = await newElection(engine, orgId);
  const sql = [connectAs(database.ownerUrl, 'psephos_app'), connectAs(database.ownerUrl, 'psephos_app')] as const;
  const keysOf = (count: number) =>
    Buffer.concat(newVoters(count).map(({ credential }) => Buffer.from(credential, 'hex')));
  const issue = async (through: (typeof sql)[number], keys: Buffer) => {
    const weights = `{${Array(keys.length / 32)
      .fill('1000000')
      .join(',')}}`;
    const [row] = await through<{ issued: number; refusal: string | null }[]>`
      SELECT * FROM urn.issue_credentials(${orgId}, ${election.electionId}, ${keys}, ${weights}::text::bigint[], 10)`;
    return row?.refusal ?? row?.issued;
  };
  const [first, second] = [keysOf(6), keysOf(6)];
  expect((await Promise.all([issue(sql[0], first), issue(sql[1], second)])).map(String).sort()).toEqual([
    '6',
    'too_many',
  ]);
  expect(await issue(sql[0], keysOf(4))).toBe(4);
  expect(await issue(sql[0], keysOf(1))).toBe('too_many');
  expect(await Promise.all([issue(sql[0], first), issue(sql[0], second)])).toContain(0);
  await Promise.all(sql.map((each) => each.end()));
});

test('the roll of a seal is not counted again', async () => {
  const orgId = await newOrganisation(engine);
  const voters = newVoters(3);
  const election = await openElection(engine, orgId, voters);
  await castAll(election, voters);
  accepted(await engine.elections.close(orgId, election.electionId, 'test'));
  accepted(await engine.elections.result(orgId, election.electionId));
  await issueTo(engine, await newElection(engine, orgId), voters);
  expect(await used(orgId)).toEqual({ credentials: 6, ballots: 3, allocations: 0 });
});
