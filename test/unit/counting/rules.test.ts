import { expect, test } from 'vitest';
import { methodOf } from '../../../engine/elections/counting/index.ts';
import { applyRules, checkRules, decide, type RollFacts } from '../../../engine/elections/rules.ts';
import { VOTE } from '../../../engine/elections/votes.ts';
import type { MethodId } from '../../../protocol/methods/index.ts';
import { type Rules, rules as rulesSchema } from '../../../protocol/methods/rules.ts';
import { contestWith, countOf, TENNESSEE, TENNESSEE_RANKINGS } from '../../harness/profile.ts';

const roll = (count: number, present: number | null = null): RollFacts => {
  return { rollCount: count, rollWeight: BigInt(count) * VOTE, present };
};

function onMotion(yes: number, no: number, abstain: number, rules: Rules, facts: RollFacts) {
  const count = countOf('motion', contestWith(['yes', 'no'], {}), [
    [yes, { choice: 'yes' }],
    [no, { choice: 'no' }],
    [abstain, { choice: 'abstain' }],
  ]);
  return applyRules('motion', count, rules, facts);
}

const chancellor: Rules = { majority: { base: 'roll', threshold: 'absolute' } };

// German Bundestag, election of the chancellor (Basic Law art. 63: the majority of its members). 14 March 2018, Merkel:
// 364 yes, 315 no, 9 abstentions, 355 of 709 needed. 6 May 2025, Merz, first ballot: 310 yes, 307 no, 9 abstentions,
// 316 of 630 needed. Invalid ballots and absent members change nothing and are left out.
test('an absolute majority of the roll elects one chancellor and fails another with more yes than no', () => {
  expect(onMotion(364, 315, 9, chancellor, roll(709))).toEqual({
    outcome: 'carried',
    elected: [],
    tie: false,
    quorumReached: true,
    quorum: null,
    majority: {
      base: 'roll',
      threshold: 'absolute',
      baseWeight: 709n * VOTE,
      needed: 355n * VOTE,
      given: 364n * VOTE,
      reached: true,
    },
    decidedBy: 'absolute majority of the electoral roll: needed 355 of 709, given 364',
  });
  const merz = onMotion(310, 307, 9, chancellor, roll(630));
  expect(merz.outcome).toBe('not_carried');
  expect(merz.majority).toMatchObject({ needed: 316n * VOTE, given: 310n * VOTE, reached: false });
});

// 18 March 2025, amendment of the Basic Law (art. 79: two thirds of the members): 512 yes, 206 no, 489 of 733 needed.
test('two thirds of the members', () => {
  const ruling = onMotion(512, 206, 1, { majority: { base: 'roll', threshold: 'two_thirds' } }, roll(733));
  expect(ruling.outcome).toBe('carried');
  expect(ruling.majority?.needed).toBe(489n * VOTE);
});

test.each<[string, Rules, 'carried' | 'not_carried', bigint]>([
  ['simple', { majority: { base: 'roll', threshold: 'simple' } }, 'carried', 46n],
  ['absolute of valid', { majority: { base: 'valid', threshold: 'absolute' } }, 'carried', 46n],
  ['absolute with abstentions', { majority: { base: 'with_abstentions', threshold: 'absolute' } }, 'not_carried', 51n],
  ['absolute of those present', { majority: { base: 'present', threshold: 'absolute' } }, 'not_carried', 61n],
  ['3/4 of valid', { majority: { base: 'valid', threshold: 'three_quarters' } }, 'not_carried', 68n],
  [
    '5/9 of valid, exactly',
    { majority: { base: 'valid', threshold: { numerator: 5, denominator: 9 } } },
    'carried',
    50n,
  ],
])('50 yes, 40 no, 10 abstentions, 120 present of 200: %s', (_name, rules, outcome, needed) => {
  const ruling = onMotion(50, 40, 10, rules, roll(200, 120));
  expect(ruling.outcome).toBe(outcome);
  expect(ruling.majority?.needed).toBe(needed * VOTE);
});

test('a tie is not carried and says so, whatever the threshold', () => {
  for (const rules of [{}, { majority: { base: 'valid', threshold: { numerator: 1, denominator: 3 } } }] as Rules[]) {
    const ruling = onMotion(4, 4, 1, rules, roll(10));
    expect(ruling).toMatchObject({ outcome: 'not_carried', tie: true, decidedBy: 'tie: 4 yes, as many no' });
  }
});

test('more no than yes is not carried by a low threshold', () => {
  const low: Rules = { majority: { base: 'roll', threshold: { numerator: 1, denominator: 4 } } };
  expect(onMotion(40, 50, 0, low, roll(100))).toMatchObject({ outcome: 'not_carried', decidedBy: '40 yes, 50 no' });
});

test('a quorum counts everyone who cast a ballot', () => {
  const third: Rules = { quorum: { share: { numerator: 1, denominator: 3 } } };
  expect(onMotion(20, 10, 4, third, roll(100)).outcome).toBe('carried');
  expect(onMotion(20, 10, 3, third, roll(100))).toMatchObject({
    outcome: 'not_carried',
    quorumReached: false,
    quorum: { unit: 'weight', needed: 34n * VOTE, given: 33n * VOTE, reached: false },
    decidedBy: 'no quorum: needed 34 votes, cast 33',
  });
  expect(onMotion(3, 1, 0, { quorum: { number: 5 } }, roll(100)).decidedBy).toBe('no quorum: needed 5 ballots, cast 4');
});

test('weighted votes meet a threshold to the micro-unit', () => {
  const count = methodOf('motion').count(contestWith(['yes', 'no'], {}), [
    { ballot: 'yes', count: 1, weight: 1_500_001n },
    { ballot: 'no', count: 1, weight: 1_500_000n },
  ]);
  const ruling = applyRules('motion', count, { majority: { base: 'valid', threshold: 'absolute' } }, roll(4));
  expect(ruling.outcome).toBe('carried');
  expect(ruling.majority?.needed).toBe(1_500_001n);
});

test('an unrecorded presence decides nothing', () => {
  const ruling = onMotion(5, 1, 0, { majority: { base: 'present', threshold: 'absolute' } }, roll(10));
  expect(ruling).toMatchObject({ outcome: 'not_carried', majority: null });
  expect(ruling.decidedBy).toBe('the number of people present was not recorded');
});

test('an election by marks needs the majority that the rules ask for', () => {
  const plurality = countOf(
    'choose',
    contestWith(TENNESSEE, { min: 1, max: 1, seats: 1 }),
    TENNESSEE_RANKINGS.map(([count, { ranking }]) => [count, { options: [ranking[0]] }] as const),
  );
  expect(applyRules('choose', plurality, {}, roll(100))).toMatchObject({ outcome: 'elected', elected: ['memphis'] });
  const ruling = applyRules('choose', plurality, { majority: { base: 'valid', threshold: 'absolute' } }, roll(100));
  expect(ruling).toMatchObject({ outcome: 'not_elected', elected: [] });
  expect(ruling.decidedBy).toBe('no majority: absolute majority of valid votes: needed 51 of 100, given 42');
});

test('of several seats only those with the majority are filled', () => {
  const count = countOf('choose', contestWith(['a', 'b', 'c'], { min: 1, max: 3, seats: 2 }), [
    [6, { options: ['a', 'b'] }],
    [5, { options: ['a'] }],
    [2, { options: ['c'] }],
  ]);
  expect(count.winners).toEqual(['a', 'b']);
  const majority = { base: 'valid', threshold: 'absolute' } as const;
  expect(applyRules('choose', count, { majority }, roll(20)).elected).toEqual(['a']);
});

test('an open tie is said; seats that are not part of it are filled', () => {
  const count = countOf('choose', contestWith(['a', 'b', 'c'], { min: 1, max: 1, seats: 2 }), [
    [3, { options: ['a'] }],
    [1, { options: ['b'] }],
    [1, { options: ['c'] }],
  ]);
  expect(applyRules('choose', count, {}, roll(9))).toMatchObject({ outcome: 'elected', elected: ['a'], tie: true });
});

test('the runoff of a base larger than the continuing votes can fail', () => {
  const election = {
    electionId: 'e',
    title: 'Chair',
    method: { method: 'irv', settings: {} } as const,
    options: ['a', 'b'].map((id) => ({ id, title: id })),
    rules: { majority: { base: 'roll', threshold: 'absolute' } } as const,
  };
  const patterns = [{ ballot: '0', count: 3, weight: 3n * VOTE }];
  expect(decide(election, patterns, roll(5)).ruling.outcome).toBe('elected');
  expect(decide(election, patterns, roll(6)).ruling.outcome).toBe('not_elected');
});

test('majority rules only where a share of the voters makes sense', () => {
  const majority = { base: 'valid', threshold: 'absolute' } as const;
  const allowed: MethodId[] = ['motion', 'choose', 'irv'];
  for (const id of ['motion', 'choose', 'irv', 'stv', 'borda', 'score'] as const) {
    expect(checkRules(id, { majority }).length).toBe(allowed.includes(id) ? 0 : 1);
    expect(checkRules(id, { quorum: { number: 1 } })).toEqual([]);
  }
});

test('the schema of rules', () => {
  expect(rulesSchema.parse({ majority: { threshold: 'absolute' } })).toEqual({
    majority: { base: 'valid', threshold: 'absolute' },
  });
  for (const wrong of [
    { majority: { threshold: { numerator: 3, denominator: 2 } } },
    { majority: { threshold: { numerator: 1, denominator: 0 } } },
    { majority: { threshold: 'most' } },
    { quorum: { number: 0 } },
    { quorum: {} },
    { veto: true },
  ]) {
    expect(rulesSchema.safeParse(wrong).success).toBe(false);
  }
});

test('a simple majority is one of the valid votes, and refused with another base', () => {
  const rules = { majority: { base: 'roll' as const, threshold: 'simple' as const } };
  expect(checkRules('motion', rules)).toMatchObject([{ path: 'rules.majority.base' }]);
  expect(checkRules('motion', { majority: { base: 'valid', threshold: 'simple' } })).toEqual([]);
});

test('heads are no weight: with unequal votes a majority of those present needs their weight', () => {
  const facts = { rollCount: 4, rollWeight: 6n * VOTE, present: 4 };
  const rules = { majority: { base: 'present' as const, threshold: 'absolute' as const } };
  const ruling = onMotion(3, 0, 0, rules, facts);
  expect(ruling).toMatchObject({ outcome: 'not_carried', majority: null });
  expect(ruling.decidedBy).toContain('weigh differently');
  expect(onMotion(3, 0, 0, rules, { ...facts, presentWeight: 5n * VOTE }).outcome).toBe('carried');
});
