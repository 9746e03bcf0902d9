import { expect, test } from 'vitest';
import { methodOf } from '../../../engine/elections/counting/index.ts';
import { contestWith, countOf, inVotes, TENNESSEE, TENNESSEE_RANKINGS } from '../../harness/profile.ts';

/** Everyone marks the best `marks` of the own ranking. */
const marking = (marks: number) =>
  TENNESSEE_RANKINGS.map(([count, { ranking }]) => [count, { options: ranking.slice(0, marks) }] as const);

// Wikipedia, 'First-past-the-post voting' and 'Approval voting', Tennessee capital example.
test('plurality takes Memphis, approval of two each takes Nashville', () => {
  const plurality = countOf('choose', contestWith(TENNESSEE, { min: 1, max: 1, seats: 1 }), marking(1));
  expect(inVotes(plurality.totals)).toEqual({ memphis: '42', nashville: '26', chattanooga: '15', knoxville: '17' });
  expect(plurality.winners).toEqual(['memphis']);
  const approval = countOf('choose', contestWith(TENNESSEE, { min: 1, max: 4, seats: 1 }), marking(2));
  expect(inVotes(approval.totals)).toEqual({ memphis: '42', nashville: '68', chattanooga: '58', knoxville: '32' });
  expect(approval.winners).toEqual(['nashville']);
});

test('a tie that fits the seats elects, one that spans the last seat stays open', () => {
  const lines = [
    [3, { options: ['a'] }],
    [2, { options: ['b'] }],
    [2, { options: ['c'] }],
  ] as const;
  const ids = ['a', 'b', 'c', 'd'];
  expect(countOf('choose', contestWith(ids, { min: 1, max: 1, seats: 3 }), lines).winners).toEqual(['a', 'b', 'c']);
  const open = countOf('choose', contestWith(ids, { min: 1, max: 1, seats: 2 }), lines);
  expect(open.winners).toEqual(['a']);
  expect(open.ties).toEqual([{ options: ['b', 'c'], places: 1, between: 'election', brokenBy: null, chosen: [] }]);
  expect(open.decidedBy).toContain('tie');
});

test('blank ballots are counted as blank; without a valid one nobody wins', () => {
  const count = countOf('choose', contestWith(['a', 'b'], { min: 1, max: 1, seats: 1 }), [[4, { options: [] }]]);
  expect(count.ballots).toEqual({ cast: 4, valid: 0, blank: 4, abstained: 0 });
  expect(count.winners).toEqual([]);
  expect(count.ties).toEqual([]);
  expect(count.decidedBy).toBe('no valid ballots');
});

test('refuses overvotes, undervotes, unknown and doubled options', () => {
  const contest = contestWith(['a', 'b', 'c', 'd'], { min: 2, max: 3, seats: 1 });
  const problemsOf = (ballot: unknown) => {
    const encoded = methodOf('choose').encode(contest, ballot);
    return encoded.ok ? encoded.ballot : encoded.problems.map(({ path, problem }) => `${path}: ${problem}`);
  };
  expect(problemsOf({ options: ['c', 'a'] })).toBe('0,2');
  expect(problemsOf({ options: ['a', 'b', 'c', 'd'] })).toEqual(['options: overvote: 4 marks, at most 3']);
  expect(problemsOf({ options: ['a'] })).toEqual(['options: 1 marks, at least 2']);
  expect(problemsOf({ options: ['a', 'a'] })).toEqual(['options.1: marked twice']);
  expect(problemsOf({ options: ['a', '__proto__'] })).toEqual(['options.1: no such option']);
  expect(problemsOf({ options: 'ab' })).toEqual(['options: not a list of option ids']);
  expect(problemsOf(['a'])).toEqual([': the ballot is not an object with the field options']);
});

test('check sees marks and seats beyond the options', () => {
  const paths = methodOf('choose')
    .check(contestWith(['a', 'b'], { min: 1, max: 3, seats: 3 }))
    .map(({ path }) => path);
  expect(paths).toEqual(['method.settings.seats', 'method.settings.max']);
});
