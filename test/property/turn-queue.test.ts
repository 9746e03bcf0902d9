import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TurnQueue, type Waiting } from '../../engine/lanes/queue.ts';

// FC_SEED=<the printed number> repeats a run.
const seed = Number(process.env.FC_SEED ?? fc.readConfigureGlobal()?.seed ?? Date.now() % 2 ** 31);
process.stdout.write(`turn queue properties: FC_SEED=${seed}\n`);
const RUNS = { seed, numRuns: 1_000 };

const BATCH_MAX = 4;

type Step =
  | { readonly step: 'push'; readonly lane: number }
  | { readonly step: 'take'; readonly fails: boolean; readonly restMs: number }
  | { readonly step: 'wait'; readonly ms: number };

/** Nine lanes: those of one organisation share the same remainder. */
const lane = fc.nat({ max: 8 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ step: fc.constant('push' as const), lane }) },
  {
    weight: 3,
    arbitrary: fc.record({ step: fc.constant('take' as const), fails: fc.boolean(), restMs: fc.nat({ max: 20 }) }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('wait' as const), ms: fc.nat({ max: 30 }) }) },
);
const steps = fc.array(step, { maxLength: 200, size: 'max' });

const orgOf = (number: number) => `org ${number % 3}`;
const subjectOf = (number: number) => `election ${number}`;

function waiting(payload: number, deadlineMs = Number.POSITIVE_INFINITY): Waiting<number> {
  return { payload, deadlineMs, doubtful: false, settled: false };
}

test('holds what plain arrays would hold: nothing lost, doubled, or out of its order', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const queue = new TurnQueue<number>();
      const model = new Map<string, { items: number[]; restUntilMs: number }>();
      let [nowMs, pushed] = [0, 0];
      for (const each of script) {
        if (each.step === 'wait') nowMs += each.ms;
        else if (each.step === 'push') {
          const subject = subjectOf(each.lane);
          const held = model.get(subject) ?? { items: [], restUntilMs: 0 };
          expect(queue.depth(subject)).toBe(held.items.length);
          queue.push(orgOf(each.lane), subject, waiting(pushed));
          model.set(subject, { ...held, items: [...held.items, pushed] });
          pushed += 1;
        } else {
          const runnable = [...model].filter(([, { restUntilMs }]) => restUntilMs <= nowMs).map(([subject]) => subject);
          const next = queue.next(nowMs);
          expect(next !== undefined).toBe(runnable.length > 0);
          if (next === undefined) continue;
          const { orgId, subjectId } = next;
          expect(runnable).toContain(subjectId);
          const held = model.get(subjectId) as { items: number[]; restUntilMs: number };
          const taken = queue.take(next, BATCH_MAX);
          expect(taken.map(({ payload }) => payload)).toEqual(held.items.slice(0, BATCH_MAX));
          if (each.fails) {
            queue.putBack(orgId, subjectId, taken, nowMs + each.restMs);
            held.restUntilMs = nowMs + each.restMs;
          } else {
            held.items = held.items.slice(BATCH_MAX);
            if (held.items.length === 0) model.delete(subjectId);
          }
        }
        const lanes = [...model.values()];
        expect(queue.size).toBe(lanes.reduce((sum, { items }) => sum + items.length, 0));
        const earliest = lanes.map(({ restUntilMs }) => restUntilMs).sort((a, b) => a - b)[0];
        expect(queue.restsUntil()).toBe(earliest);
      }
    }),
    RUNS,
  );
});

test('every organisation has its turn before any has two, and so have the lanes of each', () => {
  fc.assert(
    fc.property(fc.uniqueArray(lane, { minLength: 1 }), fc.integer({ min: 1, max: 40 }), (lanes, turns) => {
      const queue = new TurnQueue<number>();
      // more than all turns together can take: no lane ever runs dry
      for (const number of lanes) {
        for (let i = 0; i < turns + 1; i += 1) queue.push(orgOf(number), subjectOf(number), waiting(i));
      }
      const served: { orgId: string; subjectId: string }[] = [];
      for (let i = 0; i < turns; i += 1) {
        const next = queue.next(0);
        if (next === undefined) throw new Error('something waits and nothing is next');
        queue.take(next, 1);
        served.push(next);
      }
      const organisations = new Set(lanes.map(orgOf));
      expectTurns(
        served.map(({ orgId }) => orgId),
        organisations.size,
      );
      for (const orgId of organisations) {
        const own = lanes.filter((number) => orgOf(number) === orgId).length;
        expectTurns(
          served.filter((each) => each.orgId === orgId).map(({ subjectId }) => subjectId),
          own,
        );
      }
    }),
    RUNS,
  );
});

/** In any `count` turns in a row there are `count` different ones. */
function expectTurns(served: readonly string[], count: number): void {
  for (let from = 0; from + count <= served.length; from += 1) {
    expect(new Set(served.slice(from, from + count)).size).toBe(count);
  }
}

test('a burst never keeps another organisation waiting for more than one turn of each of the others', () => {
  fc.assert(
    fc.property(steps, fc.nat({ max: 50 }), (script, latecomer) => {
      const queue = new TurnQueue<number>();
      let cameAt: number | undefined;
      let turns = 0;
      for (const [index, each] of script.entries()) {
        if (index === latecomer) {
          queue.push('late', 'late election', waiting(-1));
          cameAt = turns;
        }
        if (each.step === 'push') queue.push(orgOf(each.lane), subjectOf(each.lane), waiting(index));
        else if (each.step === 'take') {
          const next = queue.next(0);
          if (next === undefined) continue;
          turns += 1;
          const taken = queue.take(next, BATCH_MAX);
          if (next.orgId === 'late') {
            expect(turns - (cameAt as number)).toBeLessThanOrEqual(4); // three others, then the late one
            return;
          }
          if (each.fails) queue.putBack(next.orgId, next.subjectId, taken, 0);
        }
      }
    }),
    RUNS,
  );
});

test('all that is past its deadline comes out, in whatever order failed batches were put back', () => {
  const batches = fc.array(fc.record({ size: fc.integer({ min: 1, max: 5 }), die: fc.nat() }), { maxLength: 8 });
  fc.assert(
    fc.property(batches, fc.nat({ max: 5 }), fc.nat({ max: 50 }), (carried, waitingStill, nowMs) => {
      const queue = new TurnQueue<number>();
      const total = carried.reduce((sum, { size }) => sum + size, waitingStill);
      for (let i = 0; i < total; i += 1) queue.push('org', 'election', waiting(i, i));
      const attempts = carried.map(({ size, die }) => ({ die, items: queue.take(queue.next(0) as never, size) }));
      attempts.sort((a, b) => a.die - b.die);
      for (const { items } of attempts) queue.putBack('org', 'election', items, 0);
      const expired = queue.takeExpired(nowMs).map(({ payload }) => payload);
      const late = Array.from({ length: total }, (_, i) => i).filter((deadlineMs) => deadlineMs <= nowMs);
      expect(expired.sort((a, b) => a - b)).toEqual(late);
      expect(queue.size).toBe(total - late.length);
    }),
    RUNS,
  );
});
