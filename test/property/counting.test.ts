import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allMethods, methodOf } from '../../engine/elections/counting/index.ts';
import type { Contest, Count, Figure, Pattern } from '../../engine/elections/counting/method.ts';
import { METHOD_IDS, type MethodId, methods } from '../../protocol/methods/index.ts';
import { optionId } from '../../protocol/methods/option.ts';
import { BALLOTS_MAX, type RandomElection, randomElection } from '../harness/elections.ts';
import { contestWith, patternOf } from '../harness/profile.ts';
import type { Fraction } from '../harness/references/fraction.ts';
import { expectedOf } from '../harness/references/index.ts';

// FC_SEED=<the printed number> repeats a run.
const seed = Number(process.env.FC_SEED ?? fc.readConfigureGlobal()?.seed ?? Date.now() % 2 ** 31);
process.stdout.write(`counting properties: FC_SEED=${seed}\n`);
const PROFILES = { seed, numRuns: 1000 };
const FEWER = { seed, numRuns: 300 };

const dice = fc.array(fc.nat(), { minLength: BALLOTS_MAX, maxLength: BALLOTS_MAX });
const ADDITIVE: readonly MethodId[] = ['motion', 'choose', 'score', 'points', 'quadratic', 'judgment', 'borda'];
const MICRO = 1_000_000n;

function prepare({ method, electionId, ids, settings, votes }: RandomElection) {
  const contest = contestWith(ids, settings, electionId);
  const patterns = votes.map(({ ballot, weight }) => patternOf(method, contest, ballot, 1, weight));
  return { contest, patterns, method: methodOf(method) };
}

test('the registry holds every method of the protocol', () => {
  expect(allMethods.map(({ id }) => id)).toEqual(METHOD_IDS);
});

describe.each(METHOD_IDS)('%s', (id) => {
  test('comes to what the reference comes to', () => {
    fc.assert(
      fc.property(randomElection(id), (election) => {
        const { contest, patterns, method } = prepare(election);
        const count = method.count(contest, patterns);
        const expected = expectedOf(election);
        // equal winners of one-round methods share a rank and may stand in either order
        expect(asSets(count, count.winners)).toEqual(asSets(count, expected.winners));
        expect(count.ties.map(({ between: _, ...tie }) => ({ ...tie, options: [...tie.options].sort() }))).toEqual(
          expected.ties.map((tie) => ({ ...tie, options: [...tie.options].sort() })),
        );
        expect(count.totals).toEqual(inMicro(expected.totals));
        if (expected.rounds) expect(count.rounds.map(({ amounts }) => amounts)).toEqual(expected.rounds.map(inMicro));
      }),
      PROFILES,
    );
  });

  test('does not depend on the order or grouping of patterns', () => {
    fc.assert(
      fc.property(randomElection(id), dice, (election, rolled) => {
        const { contest, patterns, method } = prepare(election);
        const count = method.count(contest, patterns);
        const shuffled = patterns
          .map((pattern, index) => ({ pattern, die: rolled[index] ?? 0 }))
          .sort((a, b) => a.die - b.die)
          .map(({ pattern }) => pattern);
        expect(method.count(contest, shuffled)).toEqual(count);
        expect(method.count(contest, merge(patterns))).toEqual(count);
        const split = merge(patterns).flatMap((pattern, index) => splitAt(pattern, rolled[index] ?? 0));
        expect(method.count(contest, split)).toEqual(count);
      }),
      FEWER,
    );
  });

  test('encodes and decodes to the same canonical text, and its ballots fit the schema', () => {
    fc.assert(
      fc.property(randomElection(id), (election) => {
        const { contest, patterns, method } = prepare(election);
        for (const { ballot } of patterns) {
          const decoded = method.decode(contest, ballot);
          expect(method.encode(contest, decoded)).toEqual({ ok: true, ballot });
          if (election.ids.every((option) => optionId.safeParse(option).success)) {
            expect(methods[id].ballot.safeParse(decoded).success).toBe(true);
          }
        }
      }),
      FEWER,
    );
  });

  test('garbage is refused, or is a ballot; it never throws', () => {
    const garbage = fc.oneof(
      fc.anything({ withBigInt: true, withSparseArray: true, withNullPrototype: true }),
      nearly(id),
    );
    fc.assert(
      fc.property(randomElection(id), garbage, (election, ballot) => {
        const { contest, method } = prepare(election);
        const encoded = method.encode(contest, ballot);
        if (!encoded.ok) {
          expect(encoded.problems.length).toBeGreaterThan(0);
          expect(encoded.problems.length).toBeLessThanOrEqual(16);
          return;
        }
        expect(encoded.ballot).toMatch(/^[ -~]{0,4096}$/);
        expect(method.encode(contest, method.decode(contest, encoded.ballot))).toEqual(encoded);
      }),
      PROFILES,
    );
  });

  test('running figures agree with the count and never fall', () => {
    fc.assert(
      fc.property(randomElection(id), (election) => {
        const { contest, patterns, method } = prepare(election);
        const figures: Figure[] = contest.options.map(() => ({ count: 0, weight: 0n }));
        for (const pattern of patterns) {
          const before = figures.map(({ weight }) => weight);
          method.accumulate(contest, figures, pattern);
          if (id === 'score') continue;
          for (const [index, { weight }] of figures.entries()) expect(weight >= (before[index] ?? 0n)).toBe(true);
        }
        const count = method.count(contest, patterns);
        for (const [index, { id: option }] of contest.options.entries()) {
          const weight = (figures[index]?.weight ?? 0n) / BigInt(method.figureScale ?? 1);
          if (id === 'irv' || id === 'stv') expect(weight).toBe(count.rounds[0]?.amounts[option]);
          if (!ADDITIVE.includes(id)) continue;
          expect(weight).toBe(count.totals[option] ?? 0n);
        }
      }),
      FEWER,
    );
  });

  test('every round accounts for every vote', () => {
    fc.assert(
      fc.property(randomElection(id), (election) => {
        const { contest, patterns, method } = prepare(election);
        const count = method.count(contest, patterns);
        const cast = patterns.reduce((sum, { weight }) => sum + weight, 0n);
        expect(count.weights.cast).toBe(cast);
        expect(count.weights.valid + count.weights.blank + count.weights.abstained).toBe(cast);
        expect(count.ranking.flat().sort()).toEqual([...election.ids].sort());
        if (id === 'irv' || id === 'stv') expectConserved(contest, count);
      }),
      FEWER,
    );
  });
});

/** Sums, and every amount explained by the amount before and the transfers. */
function expectConserved(contest: Contest, count: Count): void {
  let before: Readonly<Record<string, bigint>> | null = null;
  for (const { amounts, exhausted, transfers } of count.rounds) {
    expect(Object.values(amounts).reduce((sum, amount) => sum + amount, exhausted)).toBe(count.weights.valid);
    expect(transfers.every(({ amount }) => amount > 0n)).toBe(true);
    for (const { id } of contest.options) {
      if (before === null) continue;
      const received = transfers.filter(({ to }) => to === id).reduce((sum, { amount }) => sum + amount, 0n);
      const given = transfers.filter(({ from }) => from === id).reduce((sum, { amount }) => sum + amount, 0n);
      expect(amounts[id]).toBe((before[id] ?? 0n) + received - given);
    }
    before = amounts;
  }
}

/** Winners with each run of equal ones sorted. */
function asSets(count: Count, winners: readonly string[]): string[][] {
  return count.ranking
    .map((rank) => winners.filter((id) => rank.includes(id)).sort())
    .filter((rank) => rank.length > 0);
}

/** Micro-units; Borda's half micro-points are cut as its count documents. */
function inMicro(amounts: Readonly<Record<string, Fraction>>): Record<string, bigint> {
  return Object.fromEntries(Object.entries(amounts).map(([id, amount]) => [id, amount.floorTo(MICRO).toMicro()]));
}

function merge(patterns: readonly Pattern[]): Pattern[] {
  const texts = [...new Set(patterns.map(({ ballot }) => ballot))];
  return texts.map((ballot) => {
    const same = patterns.filter((pattern) => pattern.ballot === ballot);
    const weight = same.reduce((sum, pattern) => sum + pattern.weight, 0n);
    return { ballot, count: same.length, weight };
  });
}

function splitAt({ ballot, count, weight }: Pattern, die: number): Pattern[] {
  const part = BigInt(die) % (weight + 1n);
  const ballots = die % (count + 1);
  return [
    { ballot, count: ballots, weight: part },
    { ballot, count: count - ballots, weight: weight - part },
  ];
}

/** Ballots of the right shape with wrong contents. */
function nearly(id: MethodId): fc.Arbitrary<unknown> {
  const field = { motion: 'choice', choose: 'options', score: 'scores', judgment: 'grades', points: 'points' };
  const name = id === 'quadratic' ? 'votes' : ((field as Record<string, string>)[id] ?? 'ranking');
  const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'hasOwnProperty', '');
  const value = fc.oneof(fc.constantFrom(0, 1, -1, 0.5, Number.NaN, 1e21, 2 ** 53, 'good', 'yes'), key, fc.array(key));
  return fc.oneof(fc.dictionary(key, value), fc.array(value), value).map((content) => ({ [name]: content }));
}
