import { SeededRandom } from '../fault/seeded-random.ts';
import { type OwnServer, startOwnServer } from '../server.ts';
import { driveBroken } from './broken-driver.ts';
import { brokenInputs } from './broken-inputs.ts';
import { Budget } from './budget.ts';
import { Findings } from './findings.ts';
import { driveFrames } from './frame-driver.ts';
import { frameInputs, type Grounds } from './frame-inputs.ts';
import { makeGrounds } from './grounds.ts';
import { driveRequests } from './request-driver.ts';
import { operationsOf, requestInputs } from './request-inputs.ts';
import { megabytes, residentBytes, residentNow } from './resident-memory.ts';

/** Of all inputs. Connections of their own cost most, frames least. */
const SHARES = { frames: 0.82, requests: 0.1 } as const;
const CONNECTIONS = { frames: 6, requests: 8, broken: 16 } as const;
/** Inputs of all kinds that are sent side by side before the next ones: else the quick kinds would be done long before. */
const SLICE_INPUTS = 10_000;
/**
 * Sent before the count begins: until its code is compiled and its heap has found its size, any process grows. It has
 * found it when so many slices in a row leave the memory within a hundredth.
 */
const WARM_UP = { minSlices: 6, maxSlices: 40, levelSlices: 4, levelGrowth: 0.01 } as const;
/** A young generation that stays small: V8 doubles it now and then (by 16 MB in the end), which would hide what leaks. */
const STEADY_HEAP = '--max-semi-space-size=2';
const PROGRESS_MS = 5_000;
const GROWTH_MAX = 0.05;

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  /** looked at every second or so: true ends the campaign early */
  readonly stopped: () => boolean;
}

/** What `--json` prints. */
export interface FuzzSummary {
  readonly count: number;
  readonly crashes: number;
  readonly status_5xx: number;
  readonly internal: number;
  /** answers LOAD_*, which mean overload */
  readonly overloaded: number;
  /** connections that neither answered nor ended */
  readonly silent: number;
  /** answers 505 to a version of HTTP that is none of ours; no failure */
  readonly version_505: number;
  readonly rss_growth: number;
  readonly rss_mb: number;
  readonly seconds: number;
  readonly seed: number;
}

export interface FuzzEnd {
  readonly summary: FuzzSummary;
  readonly failed: boolean;
}

/** Sends hostile inputs to a server of its own and watches it. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzEnd> {
  options.say('Starting a server …');
  const server = await startOwnServer({ environment: { LOG_LEVEL: 'error', NODE_OPTIONS: STEADY_HEAP } });
  const findings = new Findings();
  let stopping = false;
  void server.exited.then(() => stopping || findings.crash());
  try {
    const grounds = await makeGrounds(server.httpUrl, server.apiKey ?? '', new SeededRandom(options.seed, 'grounds'));
    const document = await (await fetch(`${server.httpUrl}/openapi.json`)).json();
    const campaign = { server, grounds, document, findings, options };
    await warmUp(campaign);
    const startedMs = performance.now();
    const tenth = Math.ceil(options.count / 10);
    await sendWave(campaign, 'first tenth', tenth);
    const early = findings.crashed ? 0 : await residentBytes(server.pid);
    await sendWave(campaign, 'rest', options.count - tenth);
    const late = findings.crashed ? 0 : await residentBytes(server.pid);
    const seconds = (performance.now() - startedMs) / 1_000;
    return judge(findings, early, late, seconds, options);
  } finally {
    stopping = true;
    await server.stop();
  }
}

interface Campaign {
  readonly server: OwnServer;
  readonly grounds: Grounds;
  readonly document: unknown;
  readonly findings: Findings;
  readonly options: FuzzOptions;
}

async function warmUp(campaign: Campaign): Promise<void> {
  const { minSlices, maxSlices, levelSlices, levelGrowth } = WARM_UP;
  const seen: number[] = [];
  campaign.options.say('Warming up until its memory is level …');
  for (let slice = 1; slice <= maxSlices && !campaign.findings.isOver && !campaign.options.stopped(); slice += 1) {
    await sendSlice(campaign, `warm-up ${slice}`, SLICE_INPUTS);
    seen.push(residentNow(campaign.server.pid));
    const [before = 0] = seen.slice(-levelSlices - 1);
    if (slice >= minSlices && (seen.at(-1) ?? 0) < before * (1 + levelGrowth)) break;
  }
  campaign.options.say(`${seen.length * SLICE_INPUTS} inputs, ${megabytes(seen.at(-1) ?? 0)} MB. Now counting …`);
}

async function sendWave(campaign: Campaign, name: string, count: number): Promise<void> {
  const { server, findings, options } = campaign;
  const startedMs = performance.now();
  let toldMs = startedMs;
  for (let sent = 0; sent < count && !findings.isOver && !options.stopped(); ) {
    const size = Math.min(SLICE_INPUTS, count - sent);
    await sendSlice(campaign, `${name} ${sent}`, size);
    sent += size;
    const nowMs = performance.now();
    if (nowMs - toldMs < PROGRESS_MS) continue;
    toldMs = nowMs;
    const perSecond = Math.round((sent * 1_000) / (nowMs - startedMs));
    options.say(`${name}: ${sent} of ${count}, ${perSecond}/s, ${megabytes(residentNow(server.pid))} MB`);
  }
}

/** Sends so many inputs of all kinds at once. Each kind and connection has numbers of its own from the seed. */
async function sendSlice(campaign: Campaign, name: string, count: number): Promise<void> {
  const { server, grounds, document, findings, options } = campaign;
  const http = Number(new URL(server.httpUrl).port);
  const socket = Number(new URL(server.wsUrl).port);
  const frames = new Budget(Math.round(count * SHARES.frames));
  const requests = new Budget(Math.round(count * SHARES.requests));
  const broken = new Budget(count - frames.total - requests.total);
  const operations = operationsOf(document);
  const target = { port: socket, apiKey: grounds.apiKey };
  const each = (kind: keyof typeof CONNECTIONS, drive: (random: SeededRandom) => Promise<void>) =>
    Array.from({ length: CONNECTIONS[kind] }, (_, i) => drive(new SeededRandom(options.seed, name, kind, i)));
  await Promise.all([
    ...each('frames', (random) => driveFrames(target, random, frameInputs(random, grounds), frames, findings)),
    ...each('requests', (random) =>
      driveRequests(http, requestInputs(random, grounds, operations), requests, findings),
    ),
    ...each('broken', (random) => driveBroken({ http, socket }, random, brokenInputs(random), broken, findings)),
  ]);
}

function judge(findings: Findings, early: number, late: number, seconds: number, options: FuzzOptions): FuzzEnd {
  const growth = early === 0 ? 0 : late / early - 1;
  const summary = {
    count: options.count,
    crashes: findings.crashed ? 1 : 0,
    status_5xx: findings.status5xx,
    internal: findings.internal,
    overloaded: findings.overloaded,
    silent: findings.silent,
    version_505: findings.version505,
    rss_growth: Math.round(growth * 1_000) / 1_000,
    rss_mb: megabytes(late),
    seconds: Math.round(seconds * 10) / 10,
    seed: options.seed,
  };
  for (const { what, inputs } of findings.blamed) {
    options.say(`${what} after one of ${inputs.length}:`);
    for (const input of inputs) options.say(`  ${input.toString('base64')}`);
  }
  const wrong = summary.crashes + summary.status_5xx + summary.internal + summary.silent;
  return { summary, failed: options.stopped() || wrong > 0 || growth >= GROWTH_MAX || findings.isOver };
}
