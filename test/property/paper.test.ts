import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contestOf, methodOf } from '../../engine/elections/counting/index.ts';
import type { Pattern } from '../../engine/elections/counting/method.ts';
import {
  entriesOf,
  type PaperBallots,
  type PaperEntries,
  patternsOfEntries,
} from '../../engine/elections/paper-count.ts';
import { decide } from '../../engine/elections/rules.ts';
import { VOTE } from '../../engine/elections/votes.ts';
import { type ElectionMethod, METHOD_IDS, type MethodId } from '../../protocol/methods/index.ts';
import { randomElection } from '../harness/elections.ts';

const ROLL = { rollCount: 100, rollWeight: 100n * VOTE, present: 90 };

function readEntries(...input: Parameters<typeof entriesOf>): PaperEntries {
  const read = entriesOf(...input);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.entries;
}

/** The count without what says how ballots came in. */
function told(result: ReturnType<typeof decide>) {
  return { count: result.count, ruling: result.ruling };
}

describe('ballots on paper count as if they had been cast with one vote each', () => {
  test.each(METHOD_IDS)('%s', (id: MethodId) => {
    fc.assert(
      fc.property(randomElection(id), fc.infiniteStream(fc.nat({ max: 3 })), (random, dice) => {
        const options = random.ids.map((option) => ({ id: option, title: option }));
        const method = { method: id, settings: random.settings } as ElectionMethod;
        const counting = methodOf(id);
        const contest = contestOf(random.electionId, options, random.settings);
        const electronic: Pattern[] = [];
        const batches: { ballot: unknown; count: number }[][] = [[], [], []];
        const all: Pattern[] = [];
        for (const { ballot, weight } of random.votes) {
          const where = dice.next().value as number;
          const encoded = counting.encode(contest, ballot);
          if (!encoded.ok) throw new Error('a valid ballot was refused');
          const pattern = { ballot: encoded.ballot, count: 1, weight: where === 3 ? weight : VOTE };
          all.push(pattern);
          if (where === 3) electronic.push(pattern);
          else batches[where]?.push({ ballot, count: 1 });
        }
        const paper: PaperBallots = {
          declared: 100,
          leastShown: 1,
          batches: batches
            .filter((patterns) => patterns.length > 0)
            .map((patterns, i) => {
              const ballots = patterns.length;
              const entries = readEntries(counting, contest, { ballots, patterns });
              return {
                batchId: `${i}`,
                label: '',
                ballots,
                patterns: patternsOfEntries(counting, contest, ballots, entries),
              };
            }),
        };
        const election = { electionId: random.electionId, title: '', method, options, rules: {} };
        expect(told(decide(election, electronic, ROLL, paper))).toEqual(told(decide(election, all, ROLL)));
      }),
    );
  });
});

const ids = ['a', 'b', 'c', 'd'];
const options = ids.map((id) => ({ id, title: id }));
const marks = fc.integer({ min: 0, max: 30 });

describe('totals stand for ballots that give just these totals', () => {
  test('choose: with any bounds, every ballot keeps to them', () => {
    const input = fc
      .record({ min: fc.integer({ min: 1, max: 3 }), more: fc.integer({ min: 0, max: 3 }), valid: marks, blank: marks })
      .chain(({ min, more, valid, blank }) =>
        fc
          .array(fc.shuffledSubarray(ids, { minLength: min, maxLength: Math.min(4, min + more) }), {
            minLength: valid,
            maxLength: valid,
          })
          .map((heap) => ({ min, max: Math.min(4, min + more), blank, heap })),
      )
      .filter(({ heap, blank }) => heap.length + blank > 0);
    fc.assert(
      fc.property(input, ({ min, max, blank, heap }) => {
        const method = methodOf('choose');
        const settings = { min, max, seats: 1 };
        const contest = contestOf('e', options, settings);
        const sums = Object.fromEntries(ids.map((id) => [id, heap.filter((ballot) => ballot.includes(id)).length]));
        const ballots = heap.length + blank;
        const entries = readEntries(method, contest, { ballots, totals: { options: sums, blank } });
        const patterns = patternsOfEntries(method, contest, ballots, entries);
        for (const { ballot } of patterns) {
          expect(method.encode(contest, method.decode(contest, ballot))).toEqual({ ok: true, ballot });
        }
        const real = heap.map((ballot) => {
          const encoded = method.encode(contest, { options: ballot });
          return { ballot: encoded.ok ? encoded.ballot : '?', count: 1, weight: VOTE };
        });
        const blanks = { ballot: '', count: blank, weight: BigInt(blank) * VOTE };
        expect(method.count(contest, patterns)).toEqual(method.count(contest, [...real, blanks]));
      }),
    );
  });

  test('score: the sums, and so the winners, are those of the heap', () => {
    const heaps = fc.array(
      fc.record(
        Object.fromEntries(ids.map((id) => [id, fc.integer({ min: -2, max: 5 })])) as Record<
          string,
          fc.Arbitrary<number>
        >,
      ),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(heaps, fc.nat({ max: 5 }), (heap, blank) => {
        const method = methodOf('score');
        const contest = contestOf('e', options, { min: -2, max: 5, seats: 2 });
        const sums = Object.fromEntries(
          ids.map((id) => [id, heap.reduce((sum, scores) => sum + (scores[id] ?? 0), 0)]),
        );
        const ballots = heap.length + blank;
        const entries = readEntries(method, contest, { ballots, totals: { options: sums, blank } });
        const counted = method.count(contest, patternsOfEntries(method, contest, ballots, entries));
        for (const id of ids) expect(counted.totals[id]).toBe(BigInt(sums[id] ?? 0) * VOTE);
        expect(counted.ballots).toEqual({ cast: ballots, valid: heap.length, blank, abstained: 0 });
      }),
    );
  });
});

describe('what cannot be a heap is refused with its place', () => {
  const motion = contestOf(
    'e',
    ['yes', 'no'].map((id) => ({ id, title: id })),
    {},
  );
  const choose = contestOf('e', options, { min: 1, max: 2, seats: 1 });
  const paths = (...input: Parameters<typeof entriesOf>) => {
    const read = entriesOf(...input);
    return 'problems' in read ? read.problems.map(({ path }) => path) : [];
  };

  test.each<[string, Parameters<typeof entriesOf>]>([
    ['count.totals', [methodOf('motion'), motion, { ballots: 5, totals: { options: { yes: 3, no: 1 } } }]],
    ['count.totals.blank', [methodOf('motion'), motion, { ballots: 5, totals: { options: { yes: 4 }, blank: 1 } }]],
    ['count.totals.options.maybe', [methodOf('motion'), motion, { ballots: 1, totals: { options: { maybe: 1 } } }]],
    ['count.totals.options.a', [methodOf('choose'), choose, { ballots: 3, totals: { options: { a: 4 } } }]],
    ['count.totals.options', [methodOf('choose'), choose, { ballots: 3, totals: { options: { a: 2 } } }]],
    ['count.totals.options', [methodOf('choose'), choose, { ballots: 3, totals: { options: { a: 3, b: 3, c: 1 } } }]],
    ['count.totals.blank', [methodOf('choose'), choose, { ballots: 3, totals: { options: {}, blank: 4 } }]],
    ['count.totals.abstained', [methodOf('choose'), choose, { ballots: 3, totals: { options: {}, abstained: 3 } }]],
    ['count.totals', [methodOf('irv'), choose, { ballots: 3, totals: { options: { a: 3 } } }]],
    ['count.patterns', [methodOf('irv'), choose, { ballots: 3, patterns: [{ ballot: { ranking: ['a'] }, count: 2 }] }]],
    [
      'count.patterns.0.ballot.ranking.0',
      [methodOf('irv'), choose, { ballots: 2, patterns: [{ ballot: { ranking: ['z'] }, count: 2 }] }],
    ],
  ])('%s', (path, input) => {
    expect(paths(...input)[0]).toBe(path);
  });
});
