import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ParsedElection, readElectionFile } from '../../../loadtest/replay/formats/index.ts';
import { refusal } from './refusal.ts';

const read = (text: string) => readElectionFile({ name: 'votes.csv', text });

function namesOf(parsed: ParsedElection) {
  if (parsed.kind !== 'ranked') throw new Error(`${parsed.kind} instead of ranked`);
  const titles = new Map(parsed.options.map(({ id, source }) => [id, source]));
  return parsed.ballots.map(({ ballot }) => ballot.ranking.flat().map((id) => titles.get(id)));
}

test('reads the hand-made file: every special word, quoted names, blank rows', async () => {
  const parsed = await readElectionFile('test/harness/election-files/council.csv');
  expect(parsed.options).toEqual([
    { id: 'Okafor-Ngozi', title: 'Okafor, Ngozi', source: 'Okafor, Ngozi' },
    { id: 'Lindqvist', title: 'Lindqvist', source: 'Lindqvist' },
    { id: 'Moreau', title: 'Moreau', source: 'Moreau' },
    { id: 'UWI', title: 'UWI', source: 'UWI' },
  ]);
  expect(namesOf(parsed)).toEqual([
    ['Okafor, Ngozi', 'Lindqvist', 'Moreau'],
    ['Lindqvist', 'Okafor, Ngozi'],
    ['Moreau', 'Lindqvist'],
    ['Moreau'],
    [],
    [],
    ['Moreau', 'Lindqvist'],
    ['UWI', 'Okafor, Ngozi'],
    [],
  ]);
  expect(parsed).toMatchObject({ voters: 9, suggestedMethod: 'irv', format: 'ranked csv' });
  expect(parsed.notes).toEqual([
    'options that got an id of letters and digits: 1 of 4',
    'skipped ranks above a choice, closed up: 2',
    'later mentions of a candidate on the same ballot, skipped: 1',
    'ballots ended by an overvote: 2',
    'blank ballots: 3',
  ]);
});

describe('columns', () => {
  test('ranks count by their number, not their place; others are ignored', async () => {
    expect(namesOf(await read('Rank 2,who,RANK_1\nB,x,A\n'))).toEqual([['A', 'B']]);
  });

  test('weight is the weight of each of the voters that count stands for', async () => {
    const parsed = await read('rank1,Weight,Count\nA,1.5,3\nB,0.000001,1\n');
    expect(parsed.ballots.map(({ count, weight }) => [count, weight])).toEqual([
      [3, 1_500_000n],
      [1, 1n],
    ]);
    expect(parsed.voters).toBe(4);
  });

  test('byte order mark, Windows line ends, spaces and trailing lines do not matter', async () => {
    expect(namesOf(await read('\uFEFFrank1, rank2\r\nA , "B, b"\r\n\r\n\r\n'))).toEqual([['A', 'B, b']]);
  });

  test('an empty line is a blank ballot in a file of one column only', async () => {
    expect(namesOf(await read('rank1\nA\n\nB\n\n'))).toEqual([['A'], [], ['B']]);
    expect(namesOf(await read('rank1,rank2\nA,\n\n,\n'))).toEqual([['A'], []]);
  });
});

test.each([
  ['name,votes\nA,3', 1, 'there is no column rank1'],
  ['rank1,rank3\nA,B', 1, 'column rank2 is missing among 2 columns of ranks'],
  ['rank1,Rank 1\nA,B', 1, 'column rank1 stands twice'],
  ['rank1,count,count\nA,1,1', 1, 'column count stands twice'],
  ['rank1,rank2\nA,B\nA', 3, '1 cells in a table of 2 columns'],
  ['rank1,rank2\nA,B,C', 2, '3 cells in a table of 2 columns'],
  ['rank1,rank2\nA,B\n"A,B\nA,B', 3, 'a quotation is never closed'],
  ['rank1,count\nA,0', 2, 'the count is "0"'],
  ['rank1,count\nA,1\nA,1.5', 3, 'the count is "1.5"'],
  ['rank1,weight\nA,0', 2, 'the weight is "0"'],
  ['rank1,weight\nA,-1', 2, 'the weight is "-1"'],
  ['rank1,weight\nA,1.0000001', 2, 'the weight is "1.0000001"'],
  ['rank1,weight\nA,1000001', 2, 'the weight is "1000001"'],
  ['rank1,rank2\n', undefined, 'no ballots follow the column names'],
  ['rank1,rank2\nskipped,\n,overvote', undefined, 'nothing to vote for is named'],
  ['rank1,count\nA,600000\nB,600000', undefined, 'there are 1200000 ballots'],
])('refuses %j', async (text, line, problem) => {
  expect(await refusal(read(text))).toMatchObject({ line, problem: expect.stringContaining(problem) });
});

test('a printed profile is read back', async () => {
  const special = ['skipped', 'undervote', 'overvote', ''];
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .map((text) => text.replaceAll('\0', '').trim())
    .filter((text) => !special.includes(text.toLowerCase()));
  const cell = (names: string[]) => fc.oneof(fc.constantFrom(...names), fc.constantFrom('', 'Skipped', 'UNDERVOTE'));
  const rows = fc
    .uniqueArray(name, { minLength: 1, maxLength: 5 })
    .chain((names) => fc.array(fc.array(cell(names), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 10 }))
    .filter((ballots) => ballots.flat().some((word) => !special.includes(word.toLowerCase())));
  await fc.assert(
    fc.asyncProperty(rows, async (ballots) => {
      const text = stringify([['rank1', 'rank2', 'rank3'], ...ballots]);
      const chosen = ballots.map((row) => [...new Set(row.filter((word) => !special.includes(word.toLowerCase())))]);
      expect(namesOf(await read(text))).toEqual(chosen);
    }),
    { numRuns: 200 },
  );
});
