import fc from 'fast-check';
import type { MethodId } from '../../protocol/methods/index.ts';

/** A random election of one method with its ballots as voters send them. weight: micro-units of one ballot. */
export interface RandomElection {
  readonly method: MethodId;
  readonly electionId: string;
  readonly ids: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly votes: readonly { readonly ballot: unknown; readonly weight: bigint }[];
  /** every weight is a multiple of it, micro-units */
  readonly weightUnit: bigint;
}

const GRADES = ['very good', 'good', 'passable', 'bad'];
/** Ids that would hurt a careless reader of objects, among plain ones; the protocol refuses some, the count must not care. */
const IDS = ['a', 'b', 'c', '__proto__', 'constructor', '7', '-1', 'toString'];

/** The grouping property rolls one die for each. */
export const BALLOTS_MAX = 24;

const optionIds = fc.shuffledSubarray(IDS, { minLength: 2, maxLength: 6 });

/** One vote each; whole votes; halves; any micro-units. */
const weighting = fc.constantFrom(
  { unit: 1_000_000n, most: 1 },
  { unit: 1_000_000n, most: 5 },
  { unit: 500_000n, most: 7 },
  { unit: 1n, most: 3_000_000 },
);

interface Kind {
  readonly settings: fc.Arbitrary<Record<string, unknown>>;
  /** valid ballots, blank ones among them */
  readonly ballot: (ids: readonly string[], settings: Record<string, unknown>) => fc.Arbitrary<unknown>;
  readonly ids?: readonly string[];
  /** MJ's reference makes one grade of each unit, so its units must be few */
  readonly coarse?: true;
}

const seats = fc.integer({ min: 1, max: 3 });

const kinds: Readonly<Record<MethodId, Kind>> = {
  motion: {
    settings: fc.constant({}),
    ballot: () => fc.record({ choice: fc.constantFrom('yes', 'no', 'abstain') }),
    ids: ['yes', 'no'],
  },
  choose: {
    settings: fc.record({ min: fc.constant(1), max: fc.integer({ min: 1, max: 2 }), seats }),
    ballot: (ids, { max }) => fc.record({ options: fc.shuffledSubarray([...ids], { maxLength: Number(max) }) }),
  },
  score: {
    settings: fc.record({ min: fc.integer({ min: -2, max: 0 }), max: fc.integer({ min: 1, max: 4 }), seats }),
    ballot: (ids, { min, max }) => valued(ids, 'scores', fc.integer({ min: Number(min), max: Number(max) })),
  },
  judgment: {
    settings: fc.record({ grades: fc.constant(GRADES), seats }),
    ballot: (ids) => valued(ids, 'grades', fc.integer({ min: 0, max: GRADES.length - 1 })),
    coarse: true,
  },
  points: {
    settings: fc.record({ total: fc.constant(12), min_total: fc.constant(1), seats }),
    ballot: (ids) => valued(ids, 'points', fc.integer({ min: 0, max: 2 })),
  },
  quadratic: {
    settings: fc.record({ credits: fc.constant(24), seats }),
    ballot: (ids) => valued(ids, 'votes', fc.integer({ min: 0, max: 2 })),
  },
  irv: { settings: fc.constant({}), ballot: strictRanking },
  stv: { settings: fc.record({ seats }), ballot: strictRanking },
  borda: { settings: fc.record({ seats }), ballot: weakRanking },
  schulze: { settings: fc.record({ seats }), ballot: weakRanking },
};

export function randomElection(method: MethodId): fc.Arbitrary<RandomElection> {
  const kind = kinds[method];
  const ids = kind.ids === undefined ? optionIds : fc.constant([...kind.ids]);
  const elections = fc
    .tuple(ids, kind.settings, kind.coarse ? weighting.filter(({ unit }) => unit > 1n) : weighting, fc.uuid())
    .chain(([ids, wanted, { unit, most }, electionId]) => {
      const settings = 'seats' in wanted ? { ...wanted, seats: Math.min(Number(wanted.seats), ids.length) } : wanted;
      const weight = fc.integer({ min: 1, max: most }).map((units) => BigInt(units) * unit);
      const votes = fc.array(fc.record({ ballot: kind.ballot(ids, settings), weight }), {
        maxLength: BALLOTS_MAX,
        size: 'max',
      });
      return votes.map((votes) => ({ method, electionId, ids, settings, votes, weightUnit: unit }));
    });
  // fast-check leans to small values, whose elections end in a round or two: two of three are drawn evenly instead
  return fc.oneof({ arbitrary: elections, weight: 1 }, { arbitrary: fc.noBias(elections), weight: 2 });
}

function valued(ids: readonly string[], field: string, value: fc.Arbitrary<number>): fc.Arbitrary<unknown> {
  return fc.shuffledSubarray([...ids]).chain((some) => {
    return fc
      .tuple(...some.map(() => value))
      .map((values) => ({ [field]: Object.fromEntries(some.map((id, index) => [id, values[index]])) }));
  });
}

function strictRanking(ids: readonly string[]): fc.Arbitrary<unknown> {
  return fc.record({ ranking: fc.shuffledSubarray([...ids]) });
}

/** Some options in random order, neighbours glued together at random. */
function weakRanking(ids: readonly string[]): fc.Arbitrary<unknown> {
  return fc.shuffledSubarray([...ids]).chain((order) => {
    return fc.array(fc.boolean(), { minLength: order.length, maxLength: order.length }).map((glued) => {
      const ranks: string[][] = [];
      order.forEach((id, index) => {
        const last = ranks.at(-1);
        if (last !== undefined && glued[index]) last.push(id);
        else ranks.push([id]);
      });
      return { ranking: ranks.map((rank) => (rank.length === 1 ? rank[0] : rank)) };
    });
  });
}
