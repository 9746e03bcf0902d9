import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limits } from '../../engine/limits.ts';
import { failure, LANE_CLOCKS, type Script, scriptedLanes } from '../harness/scripted-lanes.ts';

// FC_SEED=<the printed number> repeats a run.
const seed = Number(process.env.FC_SEED ?? fc.readConfigureGlobal()?.seed ?? Date.now() % 2 ** 31);
process.stdout.write(`lane properties: FC_SEED=${seed}\n`);

beforeEach(() => {
  vi.useFakeTimers({ toFake: [...LANE_CLOCKS] });
});
afterEach(() => {
  vi.useRealTimers();
});

const REFUSED_WHOLE = ['ECONNREFUSED', '40P01', '55P03'];
const IN_DOUBT = ['ECONNRESET', 'CONNECTION_CLOSED', '57P01'];
const FINAL = new Set(['ok', 'overloaded', 'away', 'unknown', 'guilty', 'bug']);

/** What the database does with one attempt. */
const deed = fc.record({
  afterMs: fc.oneof(fc.nat({ max: 40 }), fc.constantFrom(0, 0, 700, 1_500)),
  fails: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.constantFrom(...REFUSED_WHOLE, ...IN_DOUBT) },
  ),
  /** committed before the connection died */
  written: fc.boolean(),
  /** closing: one in so many items must ask again */
  again: fc.constantFrom(0, 0, 2, 3),
});
type Deed = typeof deed extends fc.Arbitrary<infer Value> ? Value : never;

const burst = fc.record({
  afterMs: fc.nat({ max: 300 }),
  lane: fc.nat({ max: 4 }),
  count: fc.integer({ min: 1, max: 60 }),
  poison: fc.constantFrom(false, false, false, true),
});

const world = fc.record({
  deeds: fc.array(deed, { minLength: 1, maxLength: 60, size: 'max' }),
  bursts: fc.array(burst, { minLength: 1, maxLength: 20, size: 'max' }),
  connections: fc.integer({ min: 1, max: 3 }),
  batchMax: fc.integer({ min: 1, max: 20 }),
  laneMax: fc.integer({ min: 10, max: 100 }),
});

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A database with a memory, so that what is told can be held against what was written. */
function unreliable(deeds: readonly Deed[], written: Set<string>): Script {
  return async ({ items }, number) => {
    const { afterMs, fails, written: survives, again } = deeds[number % deeds.length] as Deed;
    if (afterMs > 0) await later(afterMs);
    if (items.some((item) => item.includes('poison'))) throw failure('22P05');
    const answers = items.map((item, i) => (again > 0 && i % again === 0 && !written.has(item) ? 'again' : 'ok'));
    if (fails === null || (IN_DOUBT.includes(fails) && survives)) {
      for (const [i, item] of items.entries()) if (answers[i] === 'ok') written.add(item);
    }
    if (fails !== null) throw failure(fails);
    return answers;
  };
}

test('whatever fails, every item is told exactly once, in time, and never untruly', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ deeds, bursts, connections, batchMax, laneMax }) => {
      const written = new Set<string>();
      const { lanes, submit, told } = scriptedLanes(unreliable(deeds, written), connections, { batchMax, laneMax });
      let sent = 0;
      for (const { afterMs, lane, count, poison } of bursts) {
        await vi.advanceTimersByTimeAsync(afterMs);
        const items = Array.from({ length: count }, (_, i) => `${sent + i}${poison && i === 0 ? ' poison' : ''}`);
        submit(`org ${lane % 2}`, `election ${lane}`, ...items);
        sent += count;
      }
      const everything = vi.advanceTimersByTimeAsync(30_000);
      await lanes.drain();
      await everything;
      expect(told.size).toBe(sent);
      expect(lanes.depth).toBe(0);
      for (const [item, answers] of told) {
        expect(answers).toHaveLength(1);
        const answer = answers[0] as string;
        expect(FINAL).toContain(answer);
        if (answer === 'ok') expect(written).toContain(item);
        if (['overloaded', 'away', 'guilty'].includes(answer)) expect(written, `${item} ${answer}`).not.toContain(item);
        expect(answer).not.toBe('bug');
      }
    }),
    { seed, numRuns: 200, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
  );
}, 90_000);

test('each is told by its deadline, whatever is slow or fails', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 20 }), async (deeds) => {
      const { submit, told } = scriptedLanes(unreliable(deeds, new Set()), 2, { batchMax: 5 });
      for (let at = 0; at < 600; at += 50) {
        submit('org', `election ${at % 3}`, `at ${at}`);
        await vi.advanceTimersByTimeAsync(50);
      }
      for (let at = 0; at < 600; at += 50) {
        // looked at every 25 ms; the first item is due 400 ms after the last one came
        await vi.advanceTimersByTimeAsync(at === 0 ? limits.engineDeadlineMs - 600 + 25 : 50);
        expect(told.get(`at ${at}`)).toHaveLength(1);
      }
      await vi.advanceTimersByTimeAsync(30_000);
    }),
    { seed, numRuns: 200, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
  );
}, 90_000);
