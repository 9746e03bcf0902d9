import { expect, test } from 'vitest';
import { resultFromJson, resultToJson } from '../../../engine/elections/result-json.ts';
import { ROUND_TABLE_HEADER, roundTable } from '../../../engine/elections/round-table.ts';
import { decide } from '../../../engine/elections/rules.ts';
import { microOfTotal, VOTE } from '../../../engine/elections/votes.ts';
import type { ElectionMethod } from '../../../protocol/methods/index.ts';
import { electionMethod } from '../../../protocol/methods/index.ts';
import { votesOfMicro } from '../../../protocol/weight.ts';

const options = ['a', 'b', 'c'].map((id) => ({ id, title: id.toUpperCase() }));
const roll = { rollCount: 12, rollWeight: 12n * VOTE, present: 11 };

function decided(method: ElectionMethod, lines: readonly (readonly [string, bigint])[]) {
  const patterns = lines.map(([ballot, weight]) => ({ ballot, count: 1, weight }));
  const rules = { quorum: { share: { numerator: 1, denominator: 2 } } };
  return decide({ electionId: 'e1', title: 'Board', method, options, rules }, patterns, roll);
}

const stv = decided({ method: 'stv', settings: { seats: 2 } }, [
  ['0>1', 5_000_000n],
  ['1', 1_250_000n],
  ['2>1', 1_000_000n],
  ['', 500_000n],
]);

test('a result is the same after being stored as JSON', () => {
  const others: ElectionMethod[] = [
    { method: 'schulze', settings: { seats: 1 } },
    { method: 'borda', settings: { seats: 1 } },
    { method: 'irv', settings: {} },
  ];
  const results = [stv, ...others.map((method) => decided(method, [['0>1', 1n]]))];
  for (const result of results) {
    const text = JSON.stringify(resultToJson(result));
    expect(resultFromJson(JSON.parse(text))).toEqual(result);
    expect(JSON.stringify(resultToJson(resultFromJson(JSON.parse(text))))).toBe(text);
  }
});

test('the JSON shows every amount as decimal votes', () => {
  const json = resultToJson(stv);
  expect(json.count.weights).toEqual({ cast: '7.75', valid: '7.25', blank: '0.5', abstained: '0' });
  expect(json.count.rounds[0]).toEqual({
    round: 1,
    rule: 'quota reached; largest surplus',
    transfers: [],
    amounts: { a: '5', b: '1.25', c: '1' },
    exhausted: '0',
    quota: '2.416667',
    elected: ['a'],
    eliminated: [],
  });
  expect(json.ruling.quorum).toEqual({ unit: 'weight', needed: '6', given: '7.75', reached: true });
});

test('the round table explains each amount by what was received and given', () => {
  const rows = roundTable(stv);
  expect(ROUND_TABLE_HEADER).toHaveLength(8);
  expect(rows.every((row) => row.length === 8)).toBe(true);
  // surplus 2.583333 of 5: transfer value 0.51666
  const rule = 'quota reached';
  expect(rows.filter(([round]) => round === '2')).toEqual([
    ['2', 'a', 'A', '2.416667', '0', '2.583333', '', rule],
    ['2', 'b', 'B', '3.8333', '2.5833', '0', 'elected', rule],
    ['2', 'c', 'C', '1', '0', '0', '', rule],
    ['2', '', '', '0.000033', '0.000033', '0', 'exhausted', rule],
  ]);
});

test('decimal votes and micro-units', () => {
  for (const micro of [0n, 1n, -1n, 1_000_000n, -2_500_000n, 123_456_789_012_345_678n]) {
    expect(microOfTotal(votesOfMicro(micro))).toBe(micro);
  }
  for (const wrong of ['', '1.', '.5', '1e3', '1.1234567', '+1', ' 1']) {
    expect(() => microOfTotal(wrong)).toThrow();
  }
});

test('a method is a method with its own settings, defaults filled in', () => {
  expect(electionMethod.parse({ method: 'choose', settings: {} })).toEqual({
    method: 'choose',
    settings: { min: 1, max: 1, seats: 1 },
  });
  for (const wrong of [
    { method: 'choose', settings: { min: 3, max: 2 } },
    { method: 'score', settings: { min: 5, max: 5 } },
    { method: 'points', settings: { total: 3, min_total: 4 } },
    { method: 'judgment', settings: { grades: ['good', 'good'] } },
    { method: 'irv', settings: { seats: 2 } },
    { method: 'dice', settings: {} },
    { method: 'motion' },
  ]) {
    expect(electionMethod.safeParse(wrong).success).toBe(false);
  }
});
