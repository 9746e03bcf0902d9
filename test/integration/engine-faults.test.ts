import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import type { CastReceipt, CastRequest, Outcome } from '../../engine/index.ts';
import {
  accepted,
  castOf,
  kindOf,
  newOrganisation,
  newVoters,
  openElection,
  openEngine,
  type Voter,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const orgId = await newOrganisation(engine);
const sql = postgres(database.ownerUrl, { max: 1 });
afterAll(() => sql.end());

test('a value that PostgreSQL refuses is refused alone; the rest of its batch is written', async () => {
  const voters = newVoters(300);
  const election = await openElection(engine, orgId, voters);
  const guilty = new Set([0, 17, 150, 151, 299]);
  const outcomes = await Promise.all(
    voters.map((voter, i) => {
      const request = castOf(election, voter);
      // not hexadecimal: bytea input fails with SQLSTATE 22023
      return engine.elections.cast(orgId, guilty.has(i) ? { ...request, credential: `zz${'0'.repeat(62)}` } : request);
    }),
  );
  expect(outcomes.map(kindOf)).toEqual(voters.map((_, i) => (guilty.has(i) ? 'ballot_invalid' : 'ok')));
  expect(accepted(await engine.elections.participation(orgId, election.electionId)).voted).toBe(300 - guilty.size);
});

/** Repeats the very same request as the protocol asks, until the answer is final. */
async function castUntilFinal(request: CastRequest): Promise<Outcome<CastReceipt>> {
  const retried = ['outcome_unknown', 'database_away', 'overloaded', 'credential_busy'];
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await engine.elections.cast(orgId, request);
    if (outcome.ok || !retried.includes(outcome.failure.kind) || attempt > 100) return outcome;
    await sleep(outcome.failure.retryAfterMs ?? 25);
  }
}

test('backends of the hot path terminated under load: nothing lost, nothing doubled', async () => {
  const voters = newVoters(3_000);
  const election = await openElection(engine, orgId, voters);
  let done = false;
  let killed = 0;
  const killing = (async () => {
    while (!done) {
      const [row] = await sql<{ killed: number }[]>`
        SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))::int AS killed FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'psephos hot'`;
      killed += row?.killed ?? 0;
      // five failures in a row open the breaker for two seconds: leave some batches through in between
      await sleep(150);
    }
  })();
  const outcomes = await Promise.all(
    voters.map(async (voter, i) => {
      await sleep(i % 600);
      return castUntilFinal(castOf(election, voter, { choice: i % 2 === 0 ? 'yes' : 'no' }));
    }),
  );
  done = true;
  await killing;
  expect(killed).toBeGreaterThan(3);
  expect(new Set(outcomes.map(kindOf))).toEqual(new Set(['ok']));
  accepted(await engine.elections.close(orgId, election.electionId, 'mia'));
  expect(accepted(await engine.elections.recount(orgId, election.electionId))).toEqual({
    ballots: 3_000,
    weight: 3_000n * 1_000_000n,
    paperBallots: 0,
    equalsTally: true,
    equalsResult: true,
  });
  const { count } = accepted(await engine.elections.result(orgId, election.electionId));
  expect(count.totals).toEqual({ yes: 1_500n * 1_000_000n, no: 1_500n * 1_000_000n });
  accepted(await engine.elections.publish(orgId, election.electionId, 'mia'));
  const codes = outcomes.map((outcome) => accepted(outcome).trackingCode);
  for (const code of codes.slice(0, 20)) {
    expect(kindOf(await engine.elections.ballot(orgId, election.electionId, code))).toBe('ok');
  }
}, 60_000);

test('a credential whose row somebody else holds is busy, its neighbours are not', async () => {
  const voters = newVoters(10);
  const [first] = voters as [Voter];
  const election = await openElection(engine, orgId, voters);
  const outcomes = await sql.begin(async (tx) => {
    await tx`SELECT FROM urn.credential WHERE org_id = ${orgId} AND election_id = ${election.electionId}
      AND credential = ${Buffer.from(first.credential, 'hex')} FOR UPDATE`;
    return Promise.all(voters.map((voter) => engine.elections.cast(orgId, castOf(election, voter))));
  });
  expect(outcomes.map(kindOf)).toEqual(voters.map((voter) => (voter === first ? 'credential_busy' : 'ok')));
  const retryAfterMs = outcomes[0]?.ok === false ? outcomes[0].failure.retryAfterMs : undefined;
  expect(retryAfterMs).toBeGreaterThanOrEqual(25);
  expect(retryAfterMs).toBeLessThanOrEqual(100);
  expect(kindOf(await engine.elections.cast(orgId, castOf(election, first)))).toBe('ok');
});
