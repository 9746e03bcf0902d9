import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limits } from '../../../engine/limits.ts';
import { allOk, failure, LANE_CLOCKS, scriptedLanes, silence } from '../../harness/scripted-lanes.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `ballot ${i}`);
/** Deadlines are looked at every 25 ms. */
const TICK_MS = 25;

beforeEach(() => {
  vi.useFakeTimers({ toFake: [...LANE_CLOCKS] });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('sent and never answered: unknown at the deadline, not before and not much later', async () => {
  const { submit, told } = scriptedLanes(silence);
  submit('org', 'a', 'one');
  await pass(limits.engineDeadlineMs - 1);
  expect(told.size).toBe(0);
  await pass(1 + TICK_MS);
  expect(told.get('one')).toEqual(['unknown']);
});

test('never sent: overloaded at the deadline, nothing written', async () => {
  const { submit, told, attempts } = scriptedLanes(silence, 1, { batchMax: 1 });
  submit('org', 'a', ...numbered(limits.connectionMaxBatches));
  await pass(1);
  submit('org', 'b', 'waits');
  await pass(limits.engineDeadlineMs + TICK_MS);
  expect(told.get('waits')).toEqual(['overloaded']);
  expect(attempts.flatMap(({ items }) => items)).not.toContain('waits');
});

test('an answer that comes after the deadline changes nothing', async () => {
  let answer: ((answers: string[]) => void) | undefined;
  const { lanes, submit, told } = scriptedLanes(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  submit('org', 'a', 'one');
  await pass(limits.engineDeadlineMs + TICK_MS);
  answer?.(['ok']);
  await lanes.drain();
  expect(told.get('one')).toEqual(['unknown']);
});

test('one poisonous item is refused, its neighbours are written, in their order', async () => {
  const { lanes, submit, told, attempts } = scriptedLanes((attempt) => {
    if (attempt.items.includes('ballot 333')) throw failure('22021');
    return allOk(attempt);
  });
  submit('org', 'a', ...numbered(500));
  await pass(10);
  await lanes.drain();
  for (const item of numbered(500)) expect(told.get(item)).toEqual([item === 'ballot 333' ? 'guilty' : 'ok']);
  // halving 500 finds one item in at most 9 steps of two attempts
  expect(attempts.length).toBeLessThanOrEqual(1 + 2 * 9);
  const written = attempts.filter(({ items }) => !items.includes('ballot 333')).flatMap(({ items }) => items);
  expect(written).toEqual(numbered(500).filter((item) => item !== 'ballot 333'));
});

test('a bug is told to the one item that meets it', async () => {
  const { lanes, submit, told } = scriptedLanes((attempt) => {
    if (attempt.items.includes('ballot 2')) throw new TypeError('not a function');
    return allOk(attempt);
  });
  submit('org', 'a', ...numbered(5));
  await pass(10);
  await lanes.drain();
  expect(numbered(5).map((item) => told.get(item)?.join())).toEqual(['ok', 'ok', 'bug', 'ok', 'ok']);
});

test.each(['ECONNRESET', '57P01', '40P01', 'CONNECT_TIMEOUT'])(
  'a batch that fails with %s is run again whole, before what came later',
  async (code) => {
    const { lanes, submit, told, attempts } = scriptedLanes((attempt, number) => {
      if (number === 0) throw failure(code);
      return allOk(attempt);
    });
    submit('org', 'a', ...numbered(3));
    await pass(1);
    submit('org', 'a', 'later');
    await pass(50);
    await lanes.drain();
    expect(attempts.map(({ items }) => items)).toEqual([numbered(3), [...numbered(3), 'later']]);
    expect([...told.values()].flat()).toEqual(['ok', 'ok', 'ok', 'ok']);
  },
);

test.each([
  ['ECONNRESET', 'unknown'], // sent once: it may be in
  ['CONNECT_TIMEOUT', 'overloaded'], // never sent
])('what fails with %s until its deadline is told %s', async (code, expected) => {
  let attempts = 0;
  const { submit, told } = scriptedLanes(() => {
    attempts += 1;
    if (attempts === 1) throw failure(code);
    throw failure('40001'); // refused whole, again and again: no news about the first attempt
  });
  submit('org', 'a', 'one');
  await pass(limits.engineDeadlineMs + TICK_MS);
  expect(told.get('one')).toEqual([expected]);
  expect(attempts).toBeGreaterThan(10);
});

test('closing is asked again until the side is certain', async () => {
  const { submit, told, attempts } = scriptedLanes(({ items }, number) => {
    return items.map((item) => (number < 5 && item !== 'ballot 1' ? 'again' : 'ok'));
  });
  submit('org', 'a', ...numbered(3));
  await pass(5 * limits.closingRetryMs + 5);
  expect(numbered(3).map((item) => told.get(item))).toEqual([['ok'], ['ok'], ['ok']]);
  expect(attempts).toHaveLength(6);
  expect(attempts[1]?.items).toEqual(['ballot 0', 'ballot 2']);
});

test('a close that never ends does not hold a ballot beyond its deadline', async () => {
  const { submit, told } = scriptedLanes(({ items }) => items.map(() => 'again'));
  submit('org', 'a', 'one');
  await pass(limits.engineDeadlineMs + TICK_MS);
  expect(told.get('one')).toHaveLength(1);
  expect(['overloaded', 'unknown']).toContain(told.get('one')?.[0]);
});

test('a resting lane does not hold up the others', async () => {
  const { submit, told } = scriptedLanes((attempt) => {
    if (attempt.subjectId === 'closing') return attempt.items.map(() => 'again');
    return allOk(attempt);
  });
  submit('org', 'closing', 'one');
  await pass(2);
  submit('org', 'open', 'two');
  await pass(2);
  expect(told.get('two')).toEqual(['ok']);
});

test('older items answered at their own deadlines although younger ones were put back before them', async () => {
  // two connections carry an old and a young batch of one lane; the old one's fails first, so it is put back first
  const failing: (() => void)[] = [];
  const { submit, told } = scriptedLanes(
    (_, number) => (number < 2 ? new Promise((__, reject) => failing.push(() => reject(failure('40001')))) : silence()),
    2,
    { batchMax: 1 },
  );
  submit('org', 'a', 'old');
  await pass(800);
  submit('org', 'a', 'young');
  await pass(1);
  // every way to the database is taken up by another election from here on
  submit('org', 'b', ...numbered(2 * limits.connectionMaxBatches));
  for (const fail of failing) fail();
  await pass(limits.engineDeadlineMs - 801 + TICK_MS);
  expect(told.get('old')).toHaveLength(1);
});
