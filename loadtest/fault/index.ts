import postgres from 'postgres';
import { audit } from './auditor.ts';
import { auditCoins } from './coins-auditor.ts';
import { planCoins } from './coins-plan.ts';
import { carryOutCoins } from './coins-run.ts';
import type { ProveEngine } from './effects-auditor.ts';
import type { Finding } from './evidence.ts';
import { type Ground, prepareGround } from './ground.ts';
import { type Beside, type Fault, planRun, type RunPlan } from './plan.ts';
import { carryOut, isCertain } from './run.ts';

/** Two, so that a vote on one, a watch on the other and a close on either must give one truth. */
const GATEWAYS = 2;
const SHOWN_FINDINGS = 10;
/** Without --coins they move in so many runs as one. */
const COIN_RUNS = 4;
/** Effects are audited after so many runs, and after the last: jobs of workers that were killed wait up to 15 s each time. */
const EFFECTS_RUNS = 10;

export interface FaultOptions {
  readonly runs: number;
  readonly seed: number;
  /** number of the first run, to repeat one of an earlier campaign */
  readonly from: number;
  /** with a Redis, in which ballots wait that the database cannot take; it is killed as well */
  readonly queue: boolean;
  /** workers beside the gateways, and what they work with; killed as well, their effects audited */
  readonly beside: Beside;
  /** coins move in every run, not only in every fourth */
  readonly coins: boolean;
  readonly prove: ProveEngine;
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
  /** gateways and workers that ended although nobody had killed them */
  crashes: number;
  /** error lines in the logs of gateways and workers */
  bugs_logged: number;
  /** as often as there was something to kill: workers of a gateway, and OpenSearch, take a while to come back */
  workers_killed: number;
  redis_killed: number;
  opensearch_killed: number;
  /** what workers should have done and have not; what they have done more than once */
  effects_missing: number;
  effects_doubled: number;
  /** movements of coins that were acknowledged; lost and doubled ones count with the ballots */
  coins_acked: number;
  /** coins that came from nothing, or figures of them that do not agree */
  coins_created: number;
  seed: number;
}

/** Runs one after the other on the same servers, each on an election of its own, and audits each. */
export async function runFaults(options: FaultOptions): Promise<FaultSummary> {
  const { runs, seed, from, queue, beside, say, stopped } = options;
  const summary = {
    ...{ runs: 0, kills: 0, cuts: 0, half_open: 0, closes_raced: 0, acked: 0, queued: 0 },
    ...{ lost: 0, doubled: 0, untrue: 0, crashes: 0, bugs_logged: 0 },
    ...{ workers_killed: 0, redis_killed: 0, opensearch_killed: 0, effects_missing: 0, effects_doubled: 0 },
    ...{ coins_acked: 0, coins_created: 0, seed },
  };
  const ground = await prepareGround({ gateways: GATEWAYS, queue, beside }, say);
  const sql = postgres(ground.databaseUrl, { max: 2, fetch_types: false, onnotice: () => {} });
  try {
    for (let run = from; run < from + runs && !stopped(); run += 1) {
      const plan = planRun(seed, run, GATEWAYS, queue, beside);
      await oneRun(ground, plan, summary, options);
      if (options.coins || run % COIN_RUNS === 0) await coinRun(ground, sql, plan, summary, options);
      const last = run === from + runs - 1 || stopped();
      if (beside.workers && (last || summary.runs % EFFECTS_RUNS === 0)) await effects(ground, summary, options);
    }
    const { workers, redis, opensearch } = ground.beside.killed;
    summary.kills += workers + redis + opensearch;
    return { ...summary, workers_killed: workers, redis_killed: redis, opensearch_killed: opensearch };
  } finally {
    await sql.end({ timeout: 1 });
    await ground.stop();
  }
}

/** What workers have done by now, since the beginning. */
async function effects({ beside }: Ground, summary: FaultSummary, { prove, say }: FaultOptions): Promise<void> {
  const { findings, seen, settledMs } = await beside.audit(prove, summary.kills + summary.cuts + summary.half_open);
  // what was missing or doubled before is so again: the last audit counts
  summary.effects_missing = findings.filter(({ kind }) => kind === 'missing').length;
  summary.effects_doubled = findings.filter(({ kind }) => kind === 'doubled').length;
  const verdict = findings.length === 0 ? 'each once' : `${findings.length} FINDINGS`;
  say(
    `effects: ${seen.batches} batches in audit chains, ${seen.invitations} members told, ${seen.mails} mails, ${seen.pushes} pushes; ${verdict} (settled in ${(settledMs / 1_000).toFixed(1)} s)`,
  );
  for (const { kind, what } of findings.slice(0, SHOWN_FINDINGS)) say(`  ${kind}: ${what}`);
}

/** Coins under the same faults, on a campaign of their own. */
async function coinRun(
  ground: Ground,
  sql: postgres.Sql,
  { run, faults }: RunPlan,
  summary: FaultSummary,
  options: FaultOptions,
): Promise<void> {
  const { say } = options;
  const plan = planCoins(summary.seed, run, GATEWAYS);
  const startedMs = performance.now();
  const evidence = await carryOutCoins(ground, sql, plan, faults);
  const findings = auditCoins(evidence);
  const seats = [...ground.gateways, ground.beside];
  const bugs = seats.flatMap((seat) => seat.takeBugs());
  const crashes = seats.flatMap((seat) => seat.takeCrashes());
  summary.crashes += crashes.length;
  summary.bugs_logged += bugs.length;
  summary.coins_acked += evidence.ledger.length;
  countFaults(summary, faults);
  for (const { kind } of findings) summary[kind === 'created' ? 'coins_created' : kind] += 1;
  const verdict = findings.length === 0 ? 'true' : `${findings.length} FINDINGS`;
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  say(
    `run ${run}, coins: ${plan.moves.length} acts of ${plan.members} members on ${plan.ideas} ideas, ` +
      `${evidence.ledger.length} done; ${verdict} (${seconds} s)`,
  );
  if (findings.length > 0) {
    say(
      `  to repeat it: npm run fault -- ${flagsOf({ ...options, coins: true })}--runs 1 --from ${run} --seed ${summary.seed}`,
    );
  }
  for (const { kind, what } of findings.slice(0, SHOWN_FINDINGS)) say(`  ${kind}: ${what}`);
  for (const words of crashes) say(`  a process crashed: ${words}`);
  for (const line of bugs.slice(0, SHOWN_FINDINGS)) say(`  logged as a bug: ${line}`);
}

async function oneRun(ground: Ground, plan: RunPlan, summary: FaultSummary, options: FaultOptions): Promise<void> {
  const { say } = options;
  const startedMs = performance.now();
  const evidence = await carryOut(ground, plan);
  const findings = audit(evidence);
  const acked = new Set(evidence.casts.flatMap(({ told }) => (told.kind === 'accepted' ? [told.trackingCode] : [])))
    .size;
  const seats = [...ground.gateways, ground.beside];
  const bugs = seats.flatMap((seat) => seat.takeBugs());
  const crashes = seats.flatMap((seat) => seat.takeCrashes());
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
      `  to repeat it: npm run fault -- ${flagsOf(options)}--runs 1 --from ${plan.run} --seed ${summary.seed}; election ${evidence.electionId}`,
    );
  }
  for (const { kind, what } of findings.slice(0, SHOWN_FINDINGS)) say(`  ${kind}: ${what}`);
  for (const words of crashes) say(`  a process crashed: ${words}`);
  for (const line of bugs.slice(0, SHOWN_FINDINGS)) say(`  logged as a bug: ${line}`);
}

/** Of the command, with a blank behind each. */
export function flagsOf({
  queue,
  beside: { workers, redis, search },
  coins,
}: Pick<FaultOptions, 'queue' | 'beside' | 'coins'>): string {
  const named = { coins, queue, workers, redis: redis && !queue, search };
  return Object.entries(named)
    .map(([name, on]) => (on ? `--${name} ` : ''))
    .join('');
}

function count(summary: FaultSummary, plan: RunPlan, acked: number, findings: readonly Finding[], bugs: number): void {
  summary.runs += 1;
  countFaults(summary, plan.faults);
  summary.closes_raced += plan.closeAtMs === null ? 0 : 1;
  summary.acked += acked;
  summary.bugs_logged += bugs;
  for (const { kind } of findings) summary[kind] += 1;
}

function countFaults(summary: FaultSummary, all: readonly Fault[]): void {
  const faults = (...kinds: Fault['kind'][]) => all.filter(({ kind }) => kinds.includes(kind)).length;
  summary.kills += faults('kill_gateway', 'kill_postgres');
  summary.cuts += faults('cut', 'reconnect');
  summary.half_open += faults('half_open');
}

function describe({ contest, secrecy, voters, sockets, faults, closeAtMs }: RunPlan): string {
  const named = faults.map((fault) => {
    const place = 'place' in fault ? ` ${fault.place} ${fault.forMs} ms` : 'of' in fault ? ` of ${fault.of}` : '';
    return `${fault.kind.replaceAll('_', ' ')}${place}`;
  });
  const close = closeAtMs === null ? [] : ['close races'];
  const what = `${contest.method.method}, ${secrecy}, ${voters.length} voters on ${sockets.length} sockets`;
  return [what, ...named, ...close].join(', ');
}
