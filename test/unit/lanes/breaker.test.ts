import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limits } from '../../../engine/limits.ts';
import { allOk, failure, LANE_CLOCKS, scriptedLanes } from '../../harness/scripted-lanes.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: [...LANE_CLOCKS] });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** Failed attempts are 10 ms apart. */
const FAILING_MS = limits.breakerFailures * 10 + 20;

/** A database that is away until told otherwise. */
function awayDatabase(code = 'ECONNREFUSED') {
  const database = { away: true };
  const world = scriptedLanes((attempt) => {
    if (database.away) throw failure(code);
    return allOk(attempt);
  });
  return { ...world, database };
}

test('opens after five failures in a row: what waits and what comes is told at once that the database is away', async () => {
  const { lanes, submit, told, attempts } = awayDatabase();
  submit('org', 'a', 'waits');
  await pass(FAILING_MS);
  expect(attempts).toHaveLength(limits.breakerFailures);
  expect(told.get('waits')).toEqual(['away']);
  expect(lanes.awayForMs).toBeGreaterThan(limits.breakerOpenMs - FAILING_MS);
  submit('org', 'a', 'comes');
  await pass(0);
  expect(told.get('comes')).toEqual(['away']);
  expect(attempts).toHaveLength(limits.breakerFailures);
});

test('what an attempt has carried is not told "away" but "unknown": it may be in', async () => {
  const { submit, told } = awayDatabase('ECONNRESET');
  submit('org', 'a', 'one');
  await pass(FAILING_MS);
  expect(told.get('one')).toEqual(['unknown']);
});

test('is half open after two seconds: one attempt closes it again', async () => {
  const { lanes, submit, told, attempts, database } = awayDatabase();
  submit('org', 'a', 'one');
  await pass(FAILING_MS);
  database.away = false;
  await pass(limits.breakerOpenMs);
  expect(lanes.awayForMs).toBe(0);
  submit('org', 'a', 'two');
  submit('org', 'b', 'three');
  await pass(10);
  expect(told.get('two')).toEqual(['ok']);
  expect(told.get('three')).toEqual(['ok']);
  expect(attempts.length).toBe(limits.breakerFailures + 2);
});

test('half open and still away: one attempt, then open for two seconds more', async () => {
  const { lanes, submit, told, attempts } = awayDatabase();
  submit('org', 'a', 'one');
  await pass(FAILING_MS + limits.breakerOpenMs);
  submit('org', 'a', 'two');
  await pass(100);
  expect(attempts).toHaveLength(limits.breakerFailures + 1);
  expect(told.get('two')).toEqual(['away']);
  expect(lanes.awayForMs).toBeGreaterThan(limits.breakerOpenMs - 200);
});

test.each(['23505', '22P02', '40001'])('refusals such as %s are no failures of the database', async (code) => {
  const { lanes, submit } = scriptedLanes((attempt, number) => {
    if (number < 3 * limits.breakerFailures) throw failure(code);
    return allOk(attempt);
  });
  for (let i = 0; i < 3 * limits.breakerFailures; i += 1) {
    submit('org', 'a', `ballot ${i}`);
    await pass(15);
  }
  expect(lanes.awayForMs).toBe(0);
});

test('a success between failures starts the counting anew', async () => {
  const { lanes, submit } = scriptedLanes((attempt, number) => {
    if (number % limits.breakerFailures !== limits.breakerFailures - 1) throw failure('ECONNREFUSED');
    return allOk(attempt);
  });
  submit('org', 'a', 'one');
  await pass(200);
  submit('org', 'a', 'two');
  await pass(200);
  expect(lanes.awayForMs).toBe(0);
});
