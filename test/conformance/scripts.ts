import fc from 'fast-check';
import { METHOD_IDS, type MethodId } from '../../protocol/methods/index.ts';
import type { Rules } from '../../protocol/methods/rules.ts';
import { type RandomElection, randomElection } from '../harness/elections.ts';

/** One election of a script and how it begins. */
export interface Plan {
  readonly election: RandomElection;
  /** which of the two organisations holds it */
  readonly home: 0 | 1;
  readonly secrecy: 'secret' | 'named';
  readonly visibility: 'live' | 'count' | 'hidden';
  readonly secretStep: number;
  readonly present: number | null;
  readonly rules: Rules;
  /** its credentials are issued and it is opened before the first act */
  readonly started: boolean;
}

/** One ballot of a burst. Numbers are taken modulo what there is. */
export interface ScriptedCast {
  readonly election: number;
  readonly voter: number;
  /** whose ballot is sent: mostly the voter's own */
  readonly ballotOf: number | 'own';
  /** each voter has two cast keys */
  readonly key: 0 | 1;
  readonly fault: 'none' | 'invalid ballot' | 'unknown credential' | 'broken credential' | 'other organisation';
  readonly invalid: unknown;
}

interface Aimed {
  readonly election: number;
  /** asked for in the name of the organisation that it does not belong to */
  readonly stranger: boolean;
}

export type Act =
  | { readonly act: 'cast'; readonly casts: readonly ScriptedCast[] }
  | (Aimed & { readonly act: 'issue'; readonly from: number; readonly count: number; readonly heavier: boolean })
  /** so much may still be used by one of the two organisations */
  | {
      readonly act: 'quota';
      readonly home: 0 | 1;
      readonly credentials: number | null;
      readonly ballots: number | null;
    }
  | (Aimed & { readonly act: 'present'; readonly present: number })
  | (Aimed & { readonly act: 'ballots'; readonly limit: number })
  | (Aimed & { readonly act: 'ballot'; readonly voter: number; readonly key: 0 | 1 })
  | (Aimed & {
      readonly act: 'get' | 'open' | 'close' | 'cancel' | 'publish' | 'tally' | 'result' | 'recount' | 'participation';
    });

export interface Script {
  readonly plans: readonly Plan[];
  readonly acts: readonly Act[];
}

const METHODS_WITH_MAJORITY: readonly MethodId[] = ['motion', 'choose', 'irv'];
const share = fc.constantFrom(
  { numerator: 1, denominator: 4 },
  { numerator: 1, denominator: 2 },
  { numerator: 2, denominator: 3 },
);

function rulesOf(method: MethodId): fc.Arbitrary<Rules> {
  const quorum = fc.oneof(fc.record({ share }), fc.record({ number: fc.integer({ min: 1, max: 6 }) }));
  const simple = fc.constant({ base: 'valid' as const, threshold: 'simple' as const }); // no other base is taken
  const qualified = fc.record({
    base: fc.constantFrom('valid' as const, 'with_abstentions' as const, 'present' as const, 'roll' as const),
    threshold: fc.oneof(fc.constantFrom('absolute' as const, 'two_thirds' as const, 'three_quarters' as const), share),
  });
  const majority = fc.oneof({ weight: 1, arbitrary: simple }, { weight: 3, arbitrary: qualified });
  return METHODS_WITH_MAJORITY.includes(method)
    ? fc.record({ quorum, majority }, { requiredKeys: [] })
    : fc.record({ quorum }, { requiredKeys: [] });
}

function plan(method: MethodId): fc.Arbitrary<Plan> {
  return fc.record({
    election: randomElection(method).filter(({ votes }) => votes.length > 1),
    home: fc.constantFrom(0 as const, 1 as const),
    secrecy: fc.constantFrom('secret' as const, 'named' as const),
    visibility: fc.constantFrom('live' as const, 'live' as const, 'count' as const, 'hidden' as const),
    secretStep: fc.integer({ min: 1, max: 4 }),
    present: fc.option(fc.integer({ min: 1, max: 30 })),
    rules: rulesOf(method),
    started: fc.constantFrom(true, true, true, false),
  });
}

const NO_BALLOTS: readonly unknown[] = [
  null,
  'yes',
  [],
  {},
  { choice: 'maybe' },
  { options: ['nobody'] },
  { ranking: ['a', 'a'] },
  { scores: { a: 0.5 } },
  { points: { a: -1 } },
  { votes: { a: 1e9 } },
  { grades: { a: 99 } },
];

const scriptedCast = fc.record({
  election: fc.nat({ max: 2 }),
  voter: fc.nat({ max: 23 }),
  ballotOf: fc.oneof({ arbitrary: fc.constant('own' as const), weight: 5 }, { arbitrary: fc.nat(23), weight: 1 }),
  key: fc.oneof({ arbitrary: fc.constant(0 as const), weight: 5 }, { arbitrary: fc.constant(1 as const), weight: 1 }),
  fault: fc.oneof(
    { arbitrary: fc.constant('none' as const), weight: 12 },
    {
      arbitrary: fc.constantFrom(
        'invalid ballot' as const,
        'unknown credential' as const,
        'broken credential' as const,
        'other organisation' as const,
      ),
      weight: 1,
    },
  ),
  invalid: fc.constantFrom(...NO_BALLOTS),
});

const aimed = {
  election: fc.nat({ max: 2 }),
  stranger: fc.integer({ min: 0, max: 11 }).map((die) => die === 0),
};

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      act: fc.constant('cast' as const),
      casts: fc.array(scriptedCast, { minLength: 1, maxLength: 12 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...aimed,
      act: fc.constant('issue' as const),
      from: fc.nat({ max: 23 }),
      count: fc.nat({ max: 12 }),
      heavier: fc.integer({ min: 0, max: 7 }).map((die) => die === 0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('quota' as const),
      home: fc.constantFrom(0 as const, 1 as const),
      credentials: fc.option(fc.nat({ max: 20 })),
      ballots: fc.option(fc.nat({ max: 12 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ ...aimed, act: fc.constant('present' as const), present: fc.nat({ max: 30 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ ...aimed, act: fc.constant('ballots' as const), limit: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...aimed,
      act: fc.constant('ballot' as const),
      voter: fc.nat({ max: 23 }),
      key: fc.constantFrom(0 as const, 1 as const),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      ...aimed,
      // what ends an election comes seldom, so that most of a script happens while something is open
      act: fc.constantFrom(
        ...(['open', 'open', 'open', 'close', 'publish', 'get', 'participation', 'result', 'recount'] as const),
        ...(['tally', 'tally', 'tally', 'tally'] as const),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ ...aimed, act: fc.constant('cancel' as const) }) },
);

/** Up to three elections, the first of this method, and what happens to them. */
export function script(method: MethodId): fc.Arbitrary<Script> {
  const others = fc.array(
    fc.constantFrom(...METHOD_IDS).chain((id) => plan(id)),
    { maxLength: 2 },
  );
  return fc.record({
    plans: fc.tuple(plan(method), others).map(([first, more]) => [first, ...more]),
    acts: fc.array(act, { minLength: 12, maxLength: 40, size: 'max' }),
  });
}
