import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { limits } from '../../../engine/limits.ts';
import { type Attempt, allOk, scriptedLanes } from '../../harness/scripted-lanes.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `ballot ${i}`);

/** A database that answers attempts one after the other, each only when the test says so. */
function gate() {
  const waiting: (() => void)[] = [];
  const script = async (attempt: Attempt) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return allOk(attempt);
  };
  return { script, openOne: () => waiting.shift()?.() };
}

test('what arrives in one turn of the event loop becomes one batch, in its order', async () => {
  const { lanes, submit, attempts, told, committed } = scriptedLanes(allOk, 3);
  submit('org', 'election', ...numbered(500));
  expect(lanes.depth).toBe(500);
  await lanes.drain();
  expect(attempts.map(({ items }) => items)).toEqual([numbered(500)]);
  expect([...told.values()]).toEqual(numbered(500).map(() => ['ok']));
  expect(committed).toEqual(['election']);
  expect(lanes.depth).toBe(0);
});

test.each([
  [1, 1],
  [499, 1],
  [501, 2],
  [1_000, 2],
  [1_234, 3],
])('%i ballots at once take %i attempts', async (ballots, expected) => {
  const { lanes, submit, attempts } = scriptedLanes(allOk);
  submit('org', 'election', ...numbered(ballots));
  await lanes.drain();
  expect(attempts).toHaveLength(expected);
  expect(attempts.flatMap(({ items }) => items)).toEqual(numbered(ballots));
});

test('a batch never mixes two elections, nor two organisations', async () => {
  const { lanes, submit, attempts } = scriptedLanes(allOk, 2);
  for (let i = 0; i < 60; i += 1) submit(`org ${i % 2}`, `election ${i % 2}${i % 3}`, `${i % 2}${i % 3} ${i}`);
  await lanes.drain();
  for (const { orgId, subjectId, items } of attempts) {
    expect(orgId).toBe(`org ${subjectId.at(-2)}`);
    expect(items.every((item) => `election ${item}`.startsWith(subjectId))).toBe(true);
  }
  expect(attempts.flatMap(({ items }) => items)).toHaveLength(60);
});

test('organisations take turns, whatever waits: a flood lets a single ballot of another pass', async () => {
  const { script, openOne } = gate();
  const { lanes, submit, attempts } = scriptedLanes(script);
  submit('flooder', 'a', ...numbered(5_000));
  await turn();
  submit('other', 'b', 'the one');
  while (lanes.depth > 0) {
    openOne();
    await turn();
    await turn(); // the lanes fill the gap in a turn of their own, before the next answer
  }
  const order = attempts.map(({ subjectId }) => subjectId).join('');
  // what was on its way when the ballot came, and at most one turn of the flood
  expect(order.indexOf('b'), order).toBeLessThanOrEqual(limits.connectionMaxBatches + 1);
});

test('elections of one organisation take turns within its turn', async () => {
  const { lanes, submit, attempts } = scriptedLanes(allOk, 1, { batchMax: 10 });
  submit('one', 'a', ...numbered(30).map((item) => `a ${item}`));
  submit('one', 'b', ...numbered(30).map((item) => `b ${item}`));
  submit('two', 'c', ...numbered(60).map((item) => `c ${item}`));
  await lanes.drain();
  expect(attempts.map(({ subjectId }) => subjectId).join('')).toBe('acbcacbcacbc');
});

test('a lane beyond its length and a queue beyond its length refuse at once, and only what is over', async () => {
  const { script, openOne } = gate();
  const { lanes, submit, told } = scriptedLanes(script, 1, { laneMax: 3, queueMax: 5 });
  submit('org', 'a', 'a1', 'a2', 'a3', 'a4 is over the lane');
  submit('org', 'b', 'b1', 'b2', 'b3 is over the queue');
  submit('else', 'c', 'c1 is over the queue');
  expect(told.size).toBe(0); // nobody is told before submit() has returned
  await turn();
  expect([...told.keys()].filter((item) => told.get(item)?.[0] === 'overloaded')).toEqual([
    'a4 is over the lane',
    'b3 is over the queue',
    'c1 is over the queue',
  ]);
  while (lanes.depth > 0) {
    openOne();
    await turn();
  }
  expect([...told].filter(([, answers]) => answers[0] === 'ok').map(([item]) => item)).toEqual([
    'a1',
    'a2',
    'a3',
    'b1',
    'b2',
  ]);
});

test('drain() waits for what waits and what runs, and leaves no timer behind', async () => {
  const { script, openOne } = gate();
  const { lanes, submit, told } = scriptedLanes(script);
  submit('org', 'a', ...numbered(1_200));
  let drained = false;
  const draining = lanes.drain().then(() => {
    drained = true;
  });
  await turn();
  expect(drained).toBe(false);
  while (lanes.depth > 0) {
    openOne();
    await turn();
  }
  await draining;
  expect(told.size).toBe(1_200);
  await scriptedLanes(allOk).lanes.drain(); // nothing to wait for
});

test('two who wait for the drain are both told', async () => {
  const { lanes, submit } = scriptedLanes(allOk);
  submit('org', 'a', 'one');
  await Promise.all([lanes.drain(), lanes.drain()]);
  expect(lanes.depth).toBe(0);
});
