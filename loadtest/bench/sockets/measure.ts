import { setTimeout as sleep } from 'node:timers/promises';
import { type OwnServer, startOwnServer } from '../../server.ts';
import type { Audit } from '../audit.ts';
import { openPoll, type Poll } from '../poll.ts';
import { quantile, rounded, roundedRate } from '../quantiles.ts';
import { checkpoint } from '../queries.ts';
import type { Sizes } from '../sizes.ts';
import { type Stage, valueFrom } from '../stage.ts';
import { Load } from './load.ts';
import type { CastReport, ClosedLoopOrder, Order } from './orders.ts';

export interface SocketFigures {
  readonly socket_per_s: number;
  readonly open_loop: { readonly rate: number; readonly p50_ms: number; readonly p99_ms: number };
  readonly burst300: { readonly p50_ms: number; readonly max_ms: number };
}

/** Casts that a socket has on their way: 1,000 sockets fill every batch, and the queue stays below half a second. */
const WINDOW = 4;
const BETWEEN_BURSTS_MS = 150;
const CODE_CHARACTERS = 32;

/** A gateway in a process of its own on the stage's database, and an API key for it. */
export async function startGatewayOn(stage: Stage): Promise<{ server: OwnServer; apiKey: string }> {
  const server = await startOwnServer({
    environment: { DATABASE_URL: stage.url, DATABASE_OWNER_URL: stage.ownerUrl, LOG_LEVEL: 'warn' },
  });
  stage.closeFirst(() => server.stop());
  const key = await stage.engine.apiKeys.create(stage.orgId, { name: 'bench', roles: ['moderator'] });
  return { server, apiKey: valueFrom(key).secret };
}

/** A process of its own that casts and watches. */
export function startLoad(stage: Stage): Load {
  const load = new Load();
  stage.closeFirst(() => load.close());
  return load;
}

/** Closed loop, open loop and bursts, from a process of its own through a gateway of its own. */
export async function measureSockets(stage: Stage, audit: Audit, sizes: Sizes): Promise<SocketFigures> {
  const { server, apiKey } = await startGatewayOn(stage);
  const load = startLoad(stage);
  try {
    await load.order({ do: 'connect', wsUrl: server.wsUrl, apiKey, sockets: sizes.sockets });
    const caster = new Caster(stage, audit, load);
    const socket_per_s = await measureThroughput(caster, sizes);
    const open_loop = await measureOpenLoop(caster, sizes);
    const burst300 = await measureBursts(caster, sizes);
    return { socket_per_s, open_loop, burst300 };
  } finally {
    await load.close();
    await server.stop();
  }
}

/** Gives orders to cast, and checks every ballot afterwards. */
export class Caster {
  readonly stage: Stage;
  readonly #audit: Audit;
  readonly #load: Load;

  constructor(stage: Stage, audit: Audit, load: Load) {
    this.stage = stage;
    this.#audit = audit;
    this.#load = load;
  }

  async prepare({ electionId, prefix }: Poll, from: number, upto: number): Promise<void> {
    await this.#load.order({ do: 'prepare', electionId, prefix, from, upto });
  }

  cast(order: Extract<Order, { do: 'closed loop' | 'open loop' | 'burst' }>): Promise<CastReport> {
    return this.#load.order(order) as Promise<CastReport>;
  }

  async check(poll: Poll, reports: readonly CastReport[]): Promise<void> {
    const codes = reports.flatMap(({ trackingCodes }) => trackingCodes.match(CODE) ?? []);
    const unanswered = reports.reduce((sum, report) => sum + report.unanswered + (report.refused.LOAD_004 ?? 0), 0);
    await this.#audit.check(poll, codes, unanswered);
    for (const { refused } of reports) {
      for (const [code, count] of Object.entries(refused)) this.stage.say(`refused: ${count} with ${code}`);
    }
  }
}

const CODE = new RegExp(`.{${CODE_CHARACTERS}}`, 'g');

async function measureThroughput(caster: Caster, sizes: Sizes): Promise<number> {
  const { stage } = caster;
  const warmUp = Math.floor(sizes.socketBallots / 4);
  const poll = await openPoll(stage, warmUp + sizes.socketBallots);
  const order: ClosedLoopOrder = { do: 'closed loop', window: WINDOW, maxMs: sizes.loopMaxMs };
  await caster.prepare(poll, 0, warmUp);
  const warm = await caster.cast(order);
  await caster.prepare(poll, warmUp, poll.voters);
  await checkpoint(stage.sql);
  const report = await caster.cast(order);
  await caster.check(poll, [warm, report]);
  const perSecond = roundedRate((report.accepted / report.elapsedMs) * 1_000);
  stage.say(
    `through ${sizes.sockets} sockets: ${perSecond} ballots/s, p50 ${rounded(report.p50Ms)} ms, p99 ${rounded(report.p99Ms)} ms`,
  );
  return perSecond;
}

async function measureOpenLoop(caster: Caster, sizes: Sizes): Promise<SocketFigures['open_loop']> {
  const { openLoopPerSecond: rate, openLoopSeconds } = sizes;
  const poll = await openPoll(caster.stage, rate * openLoopSeconds);
  await caster.prepare(poll, 0, poll.voters);
  const report = await caster.cast({ do: 'open loop', perSecond: rate });
  await caster.check(poll, [report]);
  const figures = { rate, p50_ms: rounded(report.p50Ms), p99_ms: rounded(report.p99Ms) };
  caster.stage.say(
    `open loop ${rate}/s for ${openLoopSeconds} s: p50 ${figures.p50_ms} ms, p99 ${figures.p99_ms} ms, ` +
      `longest ${rounded(report.maxMs)} ms`,
  );
  return figures;
}

async function measureBursts(caster: Caster, sizes: Sizes): Promise<SocketFigures['burst300']> {
  const { bursts, burstBallots } = sizes;
  const poll = await openPoll(caster.stage, bursts * burstBallots);
  const reports: CastReport[] = [];
  for (let turn = 0; turn < bursts; turn += 1) {
    await caster.prepare(poll, turn * burstBallots, (turn + 1) * burstBallots);
    await sleep(BETWEEN_BURSTS_MS);
    reports.push(await caster.cast({ do: 'burst' }));
  }
  await caster.check(poll, reports);
  // until the last one is answered, which is what the hall waits for
  const tookMs = reports.map(({ elapsedMs }) => elapsedMs);
  const figures = { p50_ms: rounded(quantile(tookMs, 0.5)), max_ms: rounded(quantile(tookMs, 1)) };
  caster.stage.say(`${burstBallots} at once, ${bursts} times: p50 ${figures.p50_ms} ms, longest ${figures.max_ms} ms`);
  return figures;
}
