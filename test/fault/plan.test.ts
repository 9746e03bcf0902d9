import { expect, test } from 'vitest';
import { textOfBallot } from '../../loadtest/fault/contests.ts';
import { planRun } from '../../loadtest/fault/plan.ts';
import { castRequest } from '../../protocol/ballots.ts';
import { newElection } from '../../protocol/elections.ts';

const RUNS = 60;
const plans = (seed: number) => Array.from({ length: RUNS }, (_, run) => planRun(seed, run, 2));

test('the same seed gives the same plans, another seed others', () => {
  expect(plans(1)).toEqual(plans(1));
  expect(plans(1)).not.toEqual(plans(2));
});

test('plans make elections and casts that the protocol takes', () => {
  for (const { contest, voters, casts } of plans(3)) {
    const options = contest.options.map((id) => ({ id, title: id }));
    newElection.parse({ title: 'x', method: contest.method, options });
    expect(voters.length).toBeGreaterThanOrEqual(50);
    for (const { voter, ballot, castKey } of casts.slice(0, 20)) {
      castRequest.parse({ credential: voters[voter]?.token, ballot, cast_key: castKey });
    }
  }
});

test('sixty plans know every kind of fault and every habit', () => {
  const all = plans(4);
  expect(new Set(all.flatMap(({ faults }) => faults.map(({ kind }) => kind)))).toEqual(
    new Set(['kill_gateway', 'kill_postgres', 'cut', 'half_open', 'reconnect']),
  );
  expect(new Set(all.map(({ contest }) => contest.method.method)).size).toBe(10);
  expect(all.some(({ closeAtMs }) => closeAtMs !== null) && all.some(({ closeAtMs }) => closeAtMs === null)).toBe(true);
  const [repeated, changed, rewritten] = [0, 1, 2].map((habit) =>
    all.flatMap(({ casts }) =>
      [...Map.groupBy(casts, ({ voter }) => voter).values()].filter(([first, second]) => {
        if (first === undefined || second === undefined) return false;
        const sameKey = first.castKey === second.castKey;
        const sameBallot = textOfBallot(first.ballot) === textOfBallot(second.ballot);
        return habit === 0 ? sameKey && sameBallot : habit === 1 ? !sameKey : sameKey && !sameBallot;
      }),
    ),
  );
  for (const found of [repeated, changed, rewritten]) expect(found?.length).toBeGreaterThan(0);
});

test('with a queue Redis dies in some runs, and every gateway loses its database in each', () => {
  const all = Array.from({ length: RUNS }, (_, run) => planRun(5, run, 2, true));
  expect(all.some(({ faults }) => faults.some(({ kind }) => kind === 'kill_redis'))).toBe(true);
  for (const { faults } of all) {
    const lost = faults.flatMap((fault) => ('place' in fault && fault.place === 'database' ? [fault.gateway] : []));
    expect(new Set(lost)).toEqual(new Set([0, 1]));
  }
  expect(all.map(({ casts }) => casts)).toEqual(Array.from({ length: RUNS }, (_, run) => planRun(5, run, 2).casts));
});

test('with workers some die in every run, everywhere, and what they work with in some; votes and other faults stay', () => {
  const beside = { workers: true, redis: true, search: true };
  const all = Array.from({ length: RUNS }, (_, run) => planRun(6, run, 2, false, beside));
  const kills = all.map(({ faults }) => faults.flatMap((fault) => (fault.kind === 'kill_workers' ? [fault.of] : [])));
  expect(kills.every(({ length }) => length > 0)).toBe(true);
  expect(new Set(kills.flat())).toEqual(new Set(['own', 0, 1]));
  for (const kind of ['kill_redis', 'kill_opensearch']) {
    const dying = all.filter(({ faults }) => faults.some((fault) => fault.kind === kind));
    expect(dying.length).toBeGreaterThan(0);
    expect(dying.length).toBeLessThan(RUNS);
  }
  const ofBeside = new Set(['kill_workers', 'kill_redis', 'kill_opensearch']);
  const without = all.map((plan) => {
    return { ...plan, faults: plan.faults.filter(({ kind }) => !ofBeside.has(kind)), inviteAtMs: null };
  });
  expect(without).toEqual(Array.from({ length: RUNS }, (_, run) => planRun(6, run, 2)));
});
