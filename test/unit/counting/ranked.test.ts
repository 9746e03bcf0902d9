import { expect, test } from 'vitest';
import { methodOf } from '../../../engine/elections/counting/index.ts';
import { contestWith, countOf, inVotes, TENNESSEE, TENNESSEE_RANKINGS } from '../../harness/profile.ts';

// Wikipedia, 'Instant-runoff voting', Tennessee capital example.
test('instant runoff takes Knoxville in three rounds', () => {
  const count = countOf('irv', contestWith(TENNESSEE, {}), TENNESSEE_RANKINGS);
  expect(count.rounds.map(({ amounts }) => Object.values(inVotes(amounts)))).toEqual([
    ['42', '26', '15', '17'],
    ['42', '26', '0', '32'],
    ['42', '0', '0', '58'],
  ]);
  expect(count.rounds.map(({ eliminated }) => eliminated)).toEqual([['chattanooga'], ['nashville'], []]);
  expect(count.rounds[2]?.transfers).toEqual([{ from: 'nashville', to: 'knoxville', amount: 26_000_000n }]);
  expect(count.winners).toEqual(['knoxville']);
  expect(count.ranking).toEqual([['knoxville'], ['memphis'], ['nashville'], ['chattanooga']]);
});

test('a tie in instant runoff is broken by the last unequal round, else by the lot', () => {
  const contest = contestWith(['a', 'b', 'c', 'd'], {});
  const count = countOf('irv', contest, [
    [4, { ranking: ['a'] }],
    [3, { ranking: ['b'] }],
    [2, { ranking: ['c'] }],
    [1, { ranking: ['d', 'c'] }],
  ]);
  // second round: b 3, c 3; in the first c had 2
  expect(count.ties).toEqual([
    { options: ['b', 'c'], places: 1, between: 'elimination', brokenBy: 'earlier rounds', chosen: ['c'] },
  ]);
  const lot = countOf('irv', contestWith(['a', 'b'], {}, 'e'), [
    [1, { ranking: ['a'] }],
    [1, { ranking: ['b'] }],
  ]);
  // printf ea | sha256sum: 8405ae6d…, printf eb | sha256sum: fce2551f…: a is drawn and goes
  expect(lot.ties).toEqual([
    { options: ['a', 'b'], places: 1, between: 'elimination', brokenBy: 'lot', chosen: ['a'] },
  ]);
  expect(lot.winners).toEqual(['b']);
});

// Wikipedia, 'Borda count', Tennessee capital example (3, 2, 1, 0 points).
test('Borda takes Nashville', () => {
  const count = countOf('borda', contestWith(TENNESSEE, { seats: 1 }), TENNESSEE_RANKINGS);
  expect(inVotes(count.totals)).toEqual({ memphis: '126', nashville: '194', chattanooga: '173', knoxville: '107' });
  expect(count.ranking).toEqual([['nashville'], ['chattanooga'], ['memphis'], ['knoxville']]);
});

test('Borda shares the average of equal ranks and of what is left', () => {
  const contest = contestWith(['a', 'b', 'c', 'd', 'e'], { seats: 1 });
  const count = countOf('borda', contest, [[1, { ranking: ['c', ['a', 'b']] }]]);
  expect(inVotes(count.totals)).toEqual({ a: '2.5', b: '2.5', c: '4', d: '0.5', e: '0.5' });
});

// M. Schulze, A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
// method (Social Choice and Welfare 36, 2011), also in Wikipedia, 'Schulze method': 45 voters, 5 candidates.
test('Schulze: the 45 voters', () => {
  const lines = ['5 ACBED', '5 ADECB', '8 BEDAC', '3 CABED', '7 CAEBD', '2 CBADE', '7 DCEBA', '8 EBADC'].map((line) => {
    const [count = '', order = ''] = line.split(' ');
    return [Number(count), { ranking: [...order] }] as const;
  });
  const count = countOf('schulze', contestWith(['A', 'B', 'C', 'D', 'E'], { seats: 1 }), lines);
  expect(count.rounds[0]?.details).toEqual({
    pairwise: {
      A: { B: '20', C: '26', D: '30', E: '22' },
      B: { A: '25', C: '16', D: '33', E: '18' },
      C: { A: '19', B: '29', D: '17', E: '24' },
      D: { A: '15', B: '12', C: '28', E: '14' },
      E: { A: '23', B: '27', C: '21', D: '31' },
    },
    strongestPaths: {
      A: { B: '28', C: '28', D: '30', E: '24' },
      B: { A: '25', C: '28', D: '33', E: '24' },
      C: { A: '25', B: '29', D: '29', E: '24' },
      D: { A: '25', B: '28', C: '28', E: '24' },
      E: { A: '25', B: '28', C: '28', D: '31' },
    },
  });
  expect(count.ranking).toEqual([['E'], ['A'], ['C'], ['B'], ['D']]);
});

test('Schulze takes the Condorcet winner Nashville; an unbroken tie is reported', () => {
  const count = countOf('schulze', contestWith(TENNESSEE, { seats: 2 }), TENNESSEE_RANKINGS);
  expect(count.winners).toEqual(['nashville', 'chattanooga']);
  const tie = countOf('schulze', contestWith(['a', 'b', 'c'], { seats: 1 }), [[2, { ranking: [['a', 'b']] }]]);
  expect(tie.ranking).toEqual([['a', 'b'], ['c']]);
  expect(tie.winners).toEqual([]);
  expect(tie.ties[0]).toMatchObject({ options: ['a', 'b'], places: 1, brokenBy: null });
});

test('canonical rankings: equal ranks only where allowed, every option once', () => {
  const contest = contestWith(['a', 'b', 'c'], { seats: 1 });
  const textOf = (id: 'stv' | 'schulze', ranking: unknown) => {
    const encoded = methodOf(id).encode(contest, { ranking });
    return encoded.ok ? encoded.ballot : encoded.problems.map(({ path, problem }) => `${path}: ${problem}`).join();
  };
  expect(textOf('stv', ['c', 'a'])).toBe('2>0');
  expect(textOf('stv', [])).toBe('');
  expect(textOf('stv', ['c', ['a', 'b']])).toBe('ranking.1: equal ranks are not allowed in this method');
  expect(textOf('schulze', ['c', ['b', 'a']])).toBe('2>0=1');
  expect(textOf('schulze', [['c'], 'a'])).toBe('2>0');
  expect(textOf('schulze', ['c', []])).toBe('ranking.1: an empty rank');
  expect(textOf('schulze', ['c', ['a', 'c']])).toBe('ranking.1.1: ranked twice');
  expect(textOf('schulze', [['a', ['b']]])).toBe('ranking.0.1: not an option id');
  expect(textOf('stv', ['a', 'x', 7, 'a'])).toBe(
    'ranking.1: no such option,ranking.2: not an option id,ranking.3: ranked twice',
  );
});
