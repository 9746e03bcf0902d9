import { expect, test } from 'vitest';
import { methodOf } from '../../../engine/elections/counting/index.ts';
import { contestWith, countOf, inVotes, patternOf, TENNESSEE } from '../../harness/profile.ts';

const score = (memphis: number, nashville: number, chattanooga: number, knoxville: number) => ({
  scores: { memphis, nashville, chattanooga, knoxville },
});

// Wikipedia, 'Score voting', Tennessee capital example on a scale from 0 to 10.
test('score voting takes Nashville', () => {
  const count = countOf('score', contestWith(TENNESSEE, { min: 0, max: 10, seats: 1 }), [
    [42, score(10, 4, 2, 0)],
    [26, score(0, 10, 4, 2)],
    [15, score(0, 6, 10, 6)],
    [17, score(0, 5, 7, 10)],
  ]);
  expect(inVotes(count.totals)).toEqual({ memphis: '420', nashville: '603', chattanooga: '457', knoxville: '312' });
  expect(count.ranking).toEqual([['nashville'], ['chattanooga'], ['memphis'], ['knoxville']]);
});

// Cumulative voting: of S shares, floor(S·n / (seats+1)) + 1 are sure to elect n directors (A. T. Cole, Legal and
// Mathematical Aspects of Cumulative Voting, 1950). S = 1,000, 5 seats, n = 2: 334 shares.
test('334 of 1,000 shares elect two of five directors by cumulative voting', () => {
  const contest = contestWith(['x', 'y', 'a', 'b', 'c', 'd'], { total: 5, min_total: 5, seats: 5 });
  const spread = (first: string) => ({ points: { a: 1, b: 1, c: 1, d: 1, [first]: 2 } });
  const count = countOf('points', contest, [
    [167, { points: { x: 3, y: 2 } }],
    [167, { points: { x: 2, y: 3 } }],
    [167, spread('a')],
    [167, spread('b')],
    [166, spread('c')],
    [166, spread('d')],
  ]);
  expect(inVotes(count.totals)).toEqual({ x: '835', y: '835', a: '833', b: '833', c: '832', d: '832' });
  expect(count.winners).toEqual(['x', 'y', 'a', 'b']);
  expect(count.ties[0]).toMatchObject({ options: ['c', 'd'], places: 1, brokenBy: null });
});

// S. P. Lalley and E. G. Weyl, Quadratic Voting, AEA Papers and Proceedings 108 (2018): n votes cost n².
test('an intense minority outweighs a lukewarm majority by quadratic votes', () => {
  const contest = contestWith(['park', 'road', 'pool'], { credits: 16, seats: 1 });
  const { encode } = methodOf('quadratic');
  expect(encode(contest, { votes: { park: 4 } })).toEqual({ ok: true, ballot: '0:4' });
  expect(encode(contest, { votes: { park: 3, road: 2, pool: 1 } })).toEqual({ ok: true, ballot: '0:3,1:2,2:1' });
  expect(encode(contest, { votes: { park: 4, road: 1 } })).toEqual({
    ok: false,
    problems: [{ path: 'votes', problem: 'costs 17 credits, at most 16' }],
  });
  const count = countOf('quadratic', contest, [
    [3, { votes: { road: 1, pool: 1 } }],
    [1, { votes: { park: 4 } }],
  ]);
  expect(inVotes(count.totals)).toEqual({ park: '4', road: '3', pool: '3' });
  expect(count.winners).toEqual(['park']);
});

test('a score of 0 is a score, 0 points and 0 votes are none', () => {
  const ids = ['a', 'b'];
  const zero = { a: 0, b: 0 };
  const scores = contestWith(ids, { min: 0, max: 5, seats: 1 });
  expect(patternOf('score', scores, { scores: zero }, 1, 1n).ballot).toBe('0:0,1:0');
  expect(patternOf('score', scores, { scores: { b: -0 } }, 1, 1n).ballot).toBe('1:0');
  const points = contestWith(ids, { total: 5, min_total: 1, seats: 1 });
  expect(patternOf('points', points, { points: zero }, 1, 1n).ballot).toBe('');
  const votes = contestWith(ids, { credits: 5, seats: 1 });
  expect(patternOf('quadratic', votes, { votes: { a: 0, b: 1 } }, 1, 1n).ballot).toBe('1:1');
});

test.each([
  ['fractional', 0.5, 'not a whole number'],
  ['NaN', Number.NaN, 'not a whole number'],
  ['infinite', Number.POSITIVE_INFINITY, 'not a whole number'],
  ['text', '3', 'not a whole number'],
  ['negative', -1, 'less than 0'],
  ['huge', 1e300, 'more than 4'],
])('points refuse a %s number', (_what, value, problem) => {
  const contest = contestWith(['a', 'b'], { total: 5, min_total: 1, max_per_option: 4, seats: 1 });
  expect(methodOf('points').encode(contest, { points: { a: value } })).toEqual({
    ok: false,
    problems: [{ path: 'points.a', problem }],
  });
});

test('points refuse too many, too few and names of prototypes', () => {
  const contest = contestWith(['a', 'b'], { total: 5, min_total: 2, seats: 1 });
  const problemOf = (json: string) => {
    const encoded = methodOf('points').encode(contest, JSON.parse(json));
    return encoded.ok ? encoded.ballot : encoded.problems.map(({ path, problem }) => `${path}: ${problem}`).join();
  };
  expect(problemOf('{"points":{"a":3,"b":3}}')).toBe('points: 6 points, at most 5');
  expect(problemOf('{"points":{"a":1}}')).toBe('points: 1 points, at least 2');
  expect(problemOf('{"points":{"__proto__":3}}')).toBe('points.__proto__: no such option');
  expect(problemOf('{"points":{"constructor":3}}')).toBe('points.constructor: no such option');
  expect(problemOf('{"points":{"a":3},"__proto__":{}}')).toBe('__proto__: unknown field');
  expect(problemOf('{"points":[3,2]}')).toBe('points: not an object of option ids');
  expect(problemOf(`{"points":{"${'z'.repeat(1000)}":3}}`)).toBe(`points.${'z'.repeat(40)}…: no such option`);
});

test('a hostile ballot gets at most 16 problems', () => {
  const contest = contestWith(['a'], { total: 5, min_total: 1, seats: 1 });
  const points = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x${index}`, 1]));
  const encoded = methodOf('points').encode(contest, { points });
  expect(encoded.ok ? 0 : encoded.problems.length).toBe(16);
});

test('check refuses an election whose ballots could not be stored', () => {
  const ids = Array.from({ length: 1000 }, (_, index) => `o${index}`);
  const contest = contestWith(ids, { total: 1_000_000, min_total: 1, seats: 1 });
  expect(methodOf('points').check(contest)[0]?.problem).toMatch(/of 4096 characters/);
  expect(methodOf('points').check(contestWith(ids, { total: 100, min_total: 1, seats: 1 }))).toEqual([]);
});
