import type { CastRequest } from '../../engine/index.ts';
import type { Audit } from './audit.ts';
import { openPoll, type Poll, requestsOf } from './poll.ts';
import { quantile, rounded, roundedRate } from './quantiles.ts';
import type { Sizes } from './sizes.ts';
import { type Stage, valueFrom } from './stage.ts';

export interface Fairness {
  /** what organisation A really sent; it was to be three times the engine's rate */
  readonly a_offered_per_s: number;
  readonly b_p99_ms: number;
}

const FLOOD_OVER_CAPACITY = 3;
const B_PER_SECOND = 50;
/** Many small waves, as arrivals over many sockets would be. */
const TICK_MS = 1;
/** What a flooder can catch up on at once: a wave of more would be one long pause of this process, not a flood. */
const CATCH_UP_MS = 5;
const A_VOTERS = 100_000;

interface Flood {
  offered: number;
  unanswered: number;
  readonly accepted: Set<string>;
}

/**
 * Organisation A sends three times what the engine can take, ballots and repetitions of them alike, without waiting for
 * answers; organisation B casts 50 a second, timed from the moment at which each was due.
 */
export async function measureFairness(
  stage: Stage,
  audit: Audit,
  sizes: Sizes,
  capacityPerSecond: number,
): Promise<Fairness> {
  const runMs = sizes.fairnessSeconds * 1_000;
  const { orgId } = valueFrom(await stage.engine.accounts.createOrganisation({ name: 'B' }));
  const [a, b] = [await openPoll(stage, A_VOTERS), await openPoll(stage, sizes.fairnessSeconds * B_PER_SECOND, orgId)];
  const startedAt = performance.now();
  const flooding = flood(stage, a, requestsOf(a, 0, a.voters), FLOOD_OVER_CAPACITY * capacityPerSecond, runMs);
  const quiet = await castOnTime(stage, b, requestsOf(b, 0, b.voters), startedAt);
  const flooded = await flooding;
  await audit.check(a, [...flooded.accepted], flooded.unanswered);
  await audit.check(b, quiet.accepted, quiet.refused);
  const fairness = {
    a_offered_per_s: roundedRate((flooded.offered / runMs) * 1_000),
    b_p99_ms: rounded(quantile(quiet.latenciesMs, 0.99)),
  };
  if (quiet.refused > 0) stage.say(`${quiet.refused} of B's ballots were refused`);
  stage.say(`A offers ${fairness.a_offered_per_s}/s, B's 50/s are answered in ${fairness.b_p99_ms} ms (p99)`);
  return fairness;
}

async function flood(
  stage: Stage,
  poll: Poll,
  requests: readonly CastRequest[],
  perSecond: number,
  runMs: number,
): Promise<Flood> {
  const flooded: Flood = { offered: 0, unanswered: 0, accepted: new Set() };
  const open: Promise<void>[] = [];
  const send = () => {
    const request = requests[flooded.offered % requests.length] as CastRequest;
    flooded.offered += 1;
    return stage.engine.elections.cast(poll.orgId, request);
  };
  const startedAt = performance.now();
  let lastAt = startedAt;
  while (lastAt - startedAt < runMs) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    const now = performance.now();
    const due = Math.round((Math.min(CATCH_UP_MS, now - lastAt) / 1_000) * perSecond);
    lastAt = now;
    const sent = Array.from({ length: due }, send);
    open.push(
      Promise.all(sent).then((outcomes) => {
        for (const outcome of outcomes) {
          if (outcome.ok) flooded.accepted.add(outcome.value.trackingCode);
          else if (outcome.failure.kind === 'outcome_unknown') flooded.unanswered += 1;
        }
      }),
    );
  }
  await Promise.all(open);
  return flooded;
}

/** Each request at its time, whatever became of those before it. */
async function castOnTime(stage: Stage, poll: Poll, requests: readonly CastRequest[], startedAt: number) {
  const latenciesMs: number[] = [];
  const accepted: string[] = [];
  let refused = 0;
  const cast = async (request: CastRequest, dueAt: number) => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())));
    const outcome = await stage.engine.elections.cast(poll.orgId, request);
    latenciesMs.push(performance.now() - dueAt);
    if (outcome.ok) accepted.push(outcome.value.trackingCode);
    else refused += 1;
  };
  await Promise.all(requests.map((request, i) => cast(request, startedAt + (i * 1_000) / B_PER_SECOND)));
  return { latenciesMs, accepted, refused };
}
