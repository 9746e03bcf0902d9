import { expect, test } from 'vitest';
import type { ResultView } from '../../client/index.ts';
import { compareWithFile } from '../../loadtest/replay/comparison.ts';
import { differences, figuresOf, microOf } from '../../loadtest/replay/figures.ts';
import { readElectionFile, toMethod } from '../../loadtest/replay/formats/index.ts';
import { Progress } from '../../loadtest/replay/progress.ts';
import { roundTables } from '../../loadtest/replay/round-table.ts';
import { votersOf } from '../../loadtest/replay/voters.ts';

const VOTE = 1_000_000n;

const everyone = (count: number) => Array.from({ length: count }, (_, voter) => voter);

async function replayed(text: string, method: string, name = 'test.csv') {
  const parsed = await readElectionFile({ name, text });
  const election = toMethod(parsed, { method });
  return { parsed, election, voters: votersOf(election, false) };
}

test('figures of ranks: first preferences, and Borda points with the unranked together on the last rank', async () => {
  const text = 'rank1,rank2,rank3\nA,B,C\nB,,\n,,\n';
  const irv = await replayed(text, 'irv');
  const first = figuresOf(irv.election, irv.election.options, irv.voters, everyone(3));
  expect([...first.values()]).toEqual([VOTE, VOTE, 0n]);
  const borda = await replayed(text, 'borda');
  const points = figuresOf(borda.election, borda.election.options, borda.voters, everyone(3));
  // A: 2 + 1/2, B: 1 + 2, C: 0 + 1/2; the blank ballot gives nothing
  expect([...points.values()]).toEqual([(5n * VOTE) / 2n, 3n * VOTE, VOTE / 2n]);
});

test('made-up weights are the same each time, tokens and cast keys never are', async () => {
  const { election } = await replayed('rank1\nA\nB\n', 'irv');
  const [one, two] = [votersOf(election, true), votersOf(election, true)];
  expect([one.weight(0), one.weight(1)]).toEqual([two.weight(0), two.weight(1)]);
  expect(one.weight(0)).not.toBe(one.weight(1));
  expect(one.token(0)).not.toBe(two.token(0));
  expect(new Set([one.castKey(0), one.castKey(1), two.castKey(0)]).size).toBe(3);
  expect(JSON.stringify(one.credentials())).not.toContain(one.token(0));
});

test('amounts of results, and what differs beyond the slack', () => {
  expect(['12', '0.333333', '-4.5'].map(microOf)).toEqual([12_000_000n, 333_333n, -4_500_000n]);
  const [a, b] = [
    new Map([['x', 10n]]),
    new Map([
      ['x', 12n],
      ['y', 0n],
    ]),
  ];
  expect(differences(a, b, 0n)).toEqual(['x']);
  expect(differences(a, b, 2n)).toEqual([]);
});

test('a column of the file that contradicts the count is told apart from one that contradicts the file itself', async () => {
  const text = [
    ...['META', 'key;value', 'num_projects;2', 'num_votes;2', 'vote_type;cumulative', 'max_sum_points;5'],
    ...['PROJECTS', 'project_id;cost;score;name', 'a;1;5;Lamps', 'b;1;9;Trees'],
    ...['VOTES', 'voter_id;vote;points', '1;a,b;3,2', '2;a;2', ''],
  ].join('\n');
  const { parsed, election, voters } = await replayed(text, 'points', 'test.pb');
  const figures = figuresOf(election, election.options, voters, everyone(2));
  const result = (totals: Record<string, string>) => ({ count: { totals } }) as unknown as ResultView;
  const right = compareWithFile(parsed, election, result({ a: '5', b: '2' }), figures, false);
  expect(right).toMatchObject({ column: 'score', compared: 2 });
  expect(right?.differences).toEqual([
    { option: 'Trees', column: 'score', file: 9, counted: '2', fileDisagreesWithItself: true },
  ]);
  const wrong = compareWithFile(parsed, election, result({ a: '4', b: '2' }), figures, false);
  expect(wrong?.differences.map(({ fileDisagreesWithItself }) => fileDisagreesWithItself)).toEqual([false, true]);
  expect(compareWithFile(parsed, election, result({}), figures, true)).toBeNull();
});

test('rounds as a table: who is elected, who is eliminated, and by which rule', () => {
  const count = {
    ranking: [['a'], ['b']],
    totals: { a: '1200', b: '0' },
    rounds: [
      {
        ...{ round: 1, amounts: { a: '1000.5', b: '199.5' }, exhausted: '0', quota: '601', transfers: [] },
        ...{ elected: ['a'], eliminated: ['b'], rule: 'quota reached' },
      },
    ],
  };
  const lines = roundTables(
    { count } as unknown as ResultView,
    new Map([
      ['a', 'Ada'],
      ['b', 'Bob'],
    ]),
  );
  expect(lines.find((line) => line.includes('Ada'))).toMatch(/Ada +1,000\.5\*$/);
  expect(lines.find((line) => line.includes('Bob'))).toMatch(/Bob +199\.5-$/);
  expect(lines.at(-1)).toBe('  round 1: elected Ada; eliminated Bob – quota reached');
});

test('progress is one changing line on a terminal and plain lines elsewhere', () => {
  const said: string[] = [];
  const progress = new Progress({ isTerminal: false, write: (text) => said.push(text) }, 4, 'ballots answered');
  for (let i = 0; i < 4; i += 1) progress.step();
  progress.end();
  expect(said.join('')).toMatch(/^ {2}4 of 4 ballots answered \(100\.0 %\), [\d,]+\/s, in 0\.0 s\n$/);
});
