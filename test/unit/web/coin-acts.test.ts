import { expect, test } from 'vitest';
import { afterBoard } from '../../../web/campaigns/live/figures.ts';
import { contextOf } from '../../../web/campaigns/propose/context.ts';
import {
  afterMovements,
  inverseOf,
  merged,
  movableAmounts,
  type PurseFigures,
} from '../../../web/campaigns/purse/act.ts';

const purse: PurseFigures = { available: 10, allocated: 4, expended: 2, expired: 0, placed: new Map([['a', 4]]) };
const give = (to: string, amount: number) => ({ from: null, to, amount });
const take = (from: string, amount: number) => ({ from, to: null, amount });
const move = (from: string, to: string, amount: number) => ({ from, to, amount });

test('a purse after movements: what is given lies somewhere, and nothing comes or goes', () => {
  const after = afterMovements(purse, [give('b', 3), take('a', 4), move('b', 'c', 1)]);
  expect([after.available, after.allocated, after.expended]).toEqual([11, 3, 2]);
  expect([...after.placed]).toEqual([
    ['b', 2],
    ['c', 1],
  ]);
  expect(afterMovements(purse, [])).toBe(purse);
  expect(afterMovements(purse, [give('b', 3), inverseOf(give('b', 3))])).toEqual(purse);
});

test('taps that follow each other are one act, and opposite ones take each other back', () => {
  expect(merged(give('a', 1), give('a', 2))).toEqual(give('a', 3));
  expect(merged(give('a', 3), take('a', 1))).toEqual(give('a', 2));
  expect(merged(give('a', 1), take('a', 3))).toEqual(take('a', 2));
  expect(merged(give('a', 1), take('a', 1))?.amount).toBe(0);
  expect(merged(move('a', 'b', 2), move('b', 'a', 2))?.amount).toBe(0);
  expect(merged(give('a', 1), give('b', 1))).toBeNull();
  expect(merged(give('a', 1), move('a', 'b', 1))).toBeNull();
});

test('where k votes cost k x k coins, only what leaves whole votes on both ideas can be moved', () => {
  expect(movableAmounts(3, 5, false)).toEqual([1, 2, 3]);
  expect(movableAmounts(9, 0, true)).toEqual([9]); // 5 or 8 would leave a square there and none here
  expect(movableAmounts(25, 0, true)).toEqual([9, 16, 25]);
  expect(movableAmounts(4, 1, true)).toEqual([3]);
  expect(movableAmounts(4, 4, true)).toEqual([]);
});

test('a board after messages: changed ideas have new figures, the others stay, a snapshot and a turn of hiding begin anew', () => {
  const board = (hidden: boolean, ideas: readonly [string, number][]) => ({
    ...{ campaign_id: 'x', pos: 1, at: '2026-11-21T18:00:00Z', hidden, total_coins: hidden ? null : 9 },
    ideas: ideas.map(([id, coins]) => ({ idea_id: id, coins, givers: 1, votes: coins })),
  });
  const first = afterBoard(undefined, board(false, [['a', 5], ['b', 4]]), true); // biome-ignore format: pairs
  const then = afterBoard(first, board(false, [['a', 0], ['c', 5]]), false); // biome-ignore format: pairs
  expect([...then.ideas].map(([id, { coins }]) => [id, coins])).toEqual([
    ['b', 4],
    ['c', 5],
  ]);
  expect(afterBoard(then, board(true, []), false).ideas.size).toBe(0);
  expect(afterBoard(then, board(false, [['d', 1]]), true).ideas.size).toBe(1);
});

test('what a link says that an idea shall be about; what the gateway would refuse is left out', () => {
  expect(contextOf('?context_id=feature-123&source=forum.example.org')).toEqual({
    contextId: 'feature-123',
    source: 'forum.example.org',
  });
  expect(contextOf('?context_id=two%20words&source=')).toEqual({ contextId: undefined, source: undefined });
  expect(contextOf(`?context_id=${'x'.repeat(101)}`)).toEqual({ contextId: undefined, source: undefined });
});
