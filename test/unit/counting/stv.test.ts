import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { methodOf } from '../../../engine/elections/counting/index.ts';
import { VOTE } from '../../../engine/elections/votes.ts';
import { contestWith, countOf, inVotes, patternOf } from '../../harness/profile.ts';

// Wikipedia, 'Single transferable vote', the party food: 20 guests, 3 foods, quota 6.
test('the party food', () => {
  const contest = contestWith(['orange', 'pear', 'chocolate', 'strawberry', 'sweets'], { seats: 3 });
  const count = countOf('stv', contest, [
    [4, { ranking: ['orange'] }],
    [2, { ranking: ['pear', 'orange'] }],
    [8, { ranking: ['chocolate', 'strawberry'] }],
    [4, { ranking: ['chocolate', 'sweets'] }],
    [1, { ranking: ['strawberry'] }],
    [1, { ranking: ['sweets'] }],
  ]);
  expect(count.rounds.map(({ amounts }) => Object.values(inVotes(amounts)))).toEqual([
    ['4', '2', '12', '1', '1'],
    ['4', '2', '6', '5', '3'],
    ['6', '0', '6', '5', '3'],
  ]);
  expect(count.rounds.map(({ elected }) => elected)).toEqual([['chocolate'], [], ['orange', 'strawberry']]);
  expect(count.rounds.map(({ eliminated }) => eliminated)).toEqual([[], ['pear'], ['sweets']]);
  expect(count.rounds.map(({ rule }) => rule)).toEqual([
    'quota reached; largest surplus',
    'fewest votes',
    'quota reached; fewest votes; last vacancies filled',
  ]);
  expect(count.rounds[0]?.quota).toBe(6n * VOTE);
  expect(count.rounds[1]?.transfers).toEqual([
    { from: 'chocolate', to: 'strawberry', amount: 4n * VOTE },
    { from: 'chocolate', to: 'sweets', amount: 2n * VOTE },
  ]);
  expect(count.winners).toEqual(['chocolate', 'orange', 'strawberry']);
});

// Steering committee of the Green Party of the United States, 24 July 2005: 94 ballots, 13 candidates, 4 seats; how
// many cast each ballot is in front where it is not 1. Both the ballots and the round figures below, by the rules of
// the Scottish order with five decimals, are published with the counting program Droop (J. Lundell, test/blt/SC.blt,
// test/ref/dump/SC-scotland-fixed-p5-d5.txt).
const COMMITTEE = `
19x 7 8 9 11 12|13 7 5 4 2 1|5 13 2 7 4 1|13 4 1 2|4 2 13 1 3|4 13 2 7|7 8 12 1 13 9 2 4 11 5|1 13 3 4 7 5 2
2x 4 1 13 7 3 5 2|1 4 13 2 7 5 3 9 8 12 11|2x 7 1 8 9 13 3 2 4 12 5 11|5 1 13 3 2 4 7|7 8 9 3 12 2 13 5 1 4
2x 3 13 1 2|4 7 13 5|4 5 13 3 2 1|7 9 8 12 11 2 13|3x 4 3 13 1|13 3 4 1 7 2 5|3 13 4 1 7 2 5|13 3 4 1 2 5 7
13 1 4 2 5 3 7|13 4 3 1 2 5|3 13 1 4 2 7 5|4 3 13 8|2x 1 4 13 7|7 3 4 13 1 5|9 11 8 7|13 3 5 2|4 5 2 3 13
13 5 2 4 1 3 7|13 5 2 1 7 3 8|7 8 9 12 11|7 8 4 9 12|13 4 7 2 8|4 13 2 7 1 8|7 8 11 9 12|8 4 7 11 13 9|7 4 2 13
13 1 7 4|4 1 2 13 9 5|1 4 13 5 3 2|7 5 4 8 11 2 13 1 3 9 12|4 8 7 5 13 2 1 3 9|3 4 7 2 12 13 8 1 5|2x 7 8 11 9
13 2 4 7 5 1|7 8 9 11|2 7 8 12 13 11 1 5 9|4 7 8 2|4 13 5 2 1 3|13 4 7 3 1 5 8 2 9|4 3 13 1 7|13 4 1 3
4 1 13 3 2 7 8|2 4 13 5|2 3 4 1 13 7|3 1 4 13|4 3 1 2 11|3 1 4 13 2 7|4 1 2 8 3|2x 4 1 5 13 2 3|13 7 3 2 5 4 1
13 5 7 2 4 1|1 13 3 7 2 4 5|2x 13 1 2 7 4 5 3|3 1 4 2 13 7 9 5 8`;

test('the Green steering committee of 2005, round by round', () => {
  const ids = Array.from({ length: 13 }, (_, index) => `c${index + 1}`);
  const contest = contestWith(ids, { seats: 4 });
  const lines = COMMITTEE.trim()
    .split(/[|\n]/)
    .map((line) => {
      const [, times = '1', order = ''] = /^(?:(\d+)x )?(.*)$/.exec(line) ?? [];
      return [Number(times), { ranking: order.split(' ').map((number) => `c${number}`) }] as const;
    });
  const count = countOf('stv', contest, lines);
  expect(count.ballots.valid).toBe(94);
  expect(count.rounds[0]?.quota).toBe(19n * VOTE);
  // candidates 1, 2, 3, 4, 5, 7, 8, 9 and 13; the others have no votes throughout and are drawn by lot in rounds 3 to 6
  const shown = ['c1', 'c2', 'c3', 'c4', 'c5', 'c7', 'c8', 'c9', 'c13'];
  expect(count.rounds.map(({ amounts }) => shown.map((id) => inVotes(amounts)[id]).join(' '))).toEqual([
    '6 3 8 22 2 33 1 1 18',
    '6.84848 3.42424 8.42424 22 2.42424 19 12.45448 1.42424 18',
    ...new Array(5).fill('7.803 3.5606 9.2424 19 2.69696 19 12.7272 1.42424 18.54544'),
    '7.803 3.5606 9.2424 19 2.69696 19 14.15144 0 18.54544',
    '8.803 3.69696 9.2424 19 0 19 14.57568 0 19.6818',
    '9.01084 3.9536 9.45496 19 0 19 14.57568 0 19',
    '9.36448 0 10.59132 19 0 19 15.61032 0 19',
    '0 0 16.62204 19 0 19 16.59988 0 19',
  ]);
  // rule 52(2): candidate 8 is excluded, the last vacancy is filled and no further transfer is made
  expect(count.rounds.at(-1)).toMatchObject({ eliminated: ['c8'], elected: ['c3'] });
  expect(count.winners).toEqual(['c7', 'c4', 'c13', 'c3']);
});

test('Dublin North 2002: 43,942 real ballots elect the four who were elected', () => {
  const file = readFileSync('loadtest/elections/dublin-north-2002.soi', 'utf8');
  const names = [...file.matchAll(/^# ALTERNATIVE NAME \d+: (.*)$/gm)].map(([, name = '']) => name);
  const contest = contestWith(
    names.map((_, index) => `c${index + 1}`),
    { seats: 4 },
  );
  const patterns = [...file.matchAll(/^(\d+): (.*)$/gm)].map(([, count = '', order = '']) => {
    const ranking = order.split(',').map((number) => `c${number}`);
    return patternOf('stv', contest, { ranking }, Number(count), BigInt(count) * VOTE);
  });
  const count = methodOf('stv').count(contest, patterns);
  const surnames = count.winners.map((id) => names[Number(id.slice(1)) - 1]?.split(' ')[1]);
  expect(surnames).toEqual(['Sargent', 'Ryan', 'Glennon', 'Wright']);
  expect(count.ballots.cast).toBe(43_942);
  expect(count.rounds[0]?.quota).toBe(8_789n * VOTE);
});

test('the quota is in whole votes where every canonical ballot weighs whole votes, else in micro-units', () => {
  const contest = contestWith(['a', 'b', 'c'], { seats: 1 });
  const quota = (...weights: bigint[]) => {
    const texts = ['0', '1', '2'];
    const patterns = weights.map((weight, index) => ({ ballot: texts[index] ?? '', count: 1, weight }));
    return methodOf('stv').count(contest, patterns).rounds[0]?.quota;
  };
  expect(quota(2n * VOTE, VOTE, VOTE)).toBe(3n * VOTE);
  expect(quota(2_500_000n, VOTE, VOTE)).toBe(2_250_001n);
});

test('without a valid ballot nobody is elected', () => {
  const count = countOf('stv', contestWith(['a', 'b'], { seats: 1 }), [[3, { ranking: [] }]]);
  expect(count.winners).toEqual([]);
  expect(count.ballots).toEqual({ cast: 3, valid: 0, blank: 3, abstained: 0 });
  expect(count.decidedBy).toBe('no valid ballots');
});

test('equal surpluses go by earlier rounds, then by lot', () => {
  const contest = contestWith(['a', 'b', 'c', 'd'], { seats: 3 }, 'e');
  const count = countOf('stv', contest, [
    [4, { ranking: ['a', 'c'] }],
    [4, { ranking: ['b', 'd'] }],
    [1, { ranking: ['c'] }],
    [2, { ranking: ['d'] }],
  ]);
  // quota 3; SHA-256 of 'ea' begins with 84, of 'eb' with fc
  expect(count.ties[0]).toEqual({
    options: ['a', 'b'],
    places: 1,
    between: 'surplus',
    brokenBy: 'lot',
    chosen: ['a'],
  });
  expect(count.rounds[1]?.transfers).toEqual([{ from: 'a', to: 'c', amount: VOTE }]);
  expect(count.winners.slice(2)).toEqual(['d']);
});
