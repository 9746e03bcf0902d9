import { audit } from './auditor.ts';
import type { Finding } from './evidence.ts';
import { type Ground, prepareGround } from './ground.ts';
import { type Fault, planRun, type RunPlan } from './plan.ts';
import { carryOut, isCertain } from './run.ts';

/** Two, so that a vote on one, a watch on the other and a close on either must give one truth. */
const GATEWAYS = 2;
const SHOWN_FINDINGS = 10;

export interface FaultOptions {
  readonly runs: number;
  readonly seed: number;
  /** number of the first run, to repeat one of an earlier campaign */
  readonly from: number;
  /** with a Redis, in which ballots wait that the database cannot take; it is killed as well */
  readonly queue: boolean;
  readonly say: (line: string) => void;
  /** looked at between two runs: true ends the campaign early */
  readonly stopped: () => boolean;
}

/** What `--json` prints. */
export interface FaultSummary {
  runs: number;
  kills: number;
  cuts: number;
  half_open: number;
  closes_raced: number;
  acked: number;
  /** ballots whose voters were told in between that they were received and are not counted yet */
  queued: number;
  lost: number;
  doubled: number;
  untrue: number;
  /** gateways that ended although nobody had killed them */
  crashes: number;
  /** error lines in the gateways' logs */
  bugs_logged: number;
  seed: number;
}

/** Runs one after the other on the same servers, each on an election of its own, and audits each. */
export async function runFaults({ runs, seed, from, queue, say, stopped }: FaultOptions): Promise<FaultSummary> {
  const summary = {
    ...{ runs: 0, kills: 0, cuts: 0, half_open: 0, closes_raced: 0, acked: 0, queued: 0 },
    ...{ lost: 0, doubled: 0, untrue: 0, crashes: 0, bugs_logged: 0, seed },
  };
  const ground = await prepareGround(GATEWAYS, queue, say);
  try {
    for (let run = from; run < from + runs && !stopped(); run += 1) {
      await oneRun(ground, planRun(seed, run, GATEWAYS, queue), summary, say);
    }
    return summary;
  } finally {
    await ground.stop();
  }
}

async function oneRun(ground: Ground, plan: RunPlan, summary: FaultSummary, say: FaultOptions['say']): Promise<void> {
  const startedMs = performance.now();
  const evidence = await carryOut(ground, plan);
  const findings = audit(evidence);
  const acked = new Set(evidence.casts.flatMap(({ told }) => (told.kind === 'accepted' ? [told.trackingCode] : [])))
    .size;
  const bugs = ground.gateways.flatMap((seat) => seat.takeBugs());
  const crashes = ground.gateways.flatMap((seat) => seat.takeCrashes());
  summary.crashes += crashes.length;
  summary.queued += evidence.casts.filter(({ queued }) => queued).length;
  count(summary, plan, acked, findings, bugs.length);
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const verdict = findings.length === 0 ? 'true' : `${findings.length} FINDINGS`;
  const uncertain = evidence.casts.filter(({ told }) => !isCertain(told)).length;
  say(
    `run ${plan.run}: ${describe(plan)}; ${acked} acknowledged, ${uncertain} uncertain at first; ${verdict} (${seconds} s)`,
  );
  if (findings.length > 0) {
    say(
      `  to repeat it: npm run fault -- --runs 1 --from ${plan.run} --seed ${summary.seed}; election ${evidence.electionId}`,
    );
  }
  for (const { kind, what } of findings.slice(0, SHOWN_FINDINGS)) say(`  ${kind}: ${what}`);
  for (const words of crashes) say(`  a gateway crashed: ${words}`);
  for (const line of bugs.slice(0, SHOWN_FINDINGS)) say(`  logged as a bug: ${line}`);
}

function count(summary: FaultSummary, plan: RunPlan, acked: number, findings: readonly Finding[], bugs: number): void {
  const faults = (...kinds: Fault['kind'][]) => plan.faults.filter(({ kind }) => kinds.includes(kind)).length;
  summary.runs += 1;
  summary.kills += faults('kill_gateway', 'kill_postgres', 'kill_redis');
  summary.cuts += faults('cut', 'reconnect');
  summary.half_open += faults('half_open');
  summary.closes_raced += plan.closeAtMs === null ? 0 : 1;
  summary.acked += acked;
  summary.bugs_logged += bugs;
  for (const { kind } of findings) summary[kind] += 1;
}

function describe({ contest, secrecy, voters, sockets, faults, closeAtMs }: RunPlan): string {
  const named = faults.map((fault) => {
    const place = 'place' in fault ? ` ${fault.place} ${fault.forMs} ms` : '';
    return `${fault.kind.replaceAll('_', ' ')}${place}`;
  });
  const close = closeAtMs === null ? [] : ['close races'];
  const what = `${contest.method.method}, ${secrecy}, ${voters.length} voters on ${sockets.length} sockets`;
  return [what, ...named, ...close].join(', ');
}
