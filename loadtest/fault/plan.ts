import { createHash } from 'node:crypto';
import { microOfVotes } from '../../protocol/weight.ts';
import { type Contest, randomBallot, randomContest } from './contests.ts';
import { SeededRandom } from './seeded-random.ts';

/** Ballots are sent within this time of a run, milliseconds; faults and a racing close fall into it as well. */
const VOTING_MS = 1_200;
const VOTERS_MIN = 50;
const VOTERS_MAX = 400;
const SOCKETS_MAX = 24;
const WEIGHTS = ['1', '1', '1', '2', '0.25', '3.5'];
/** Shorter and longer than the engine's 800 ms for one statement: found out by the answer, or by the silence. */
const FAULT_MS = [60, 150, 300, 600, 900, 1_100];

/** Longer than five statements take to fail: the breaker opens, and what comes then is queued. */
const QUEUED_MS = 1_500;

/** What a voter sends besides one plain cast. */
export type Habit =
  | 'once'
  | 'repeats' // the very same cast again, at once, on another socket
  | 'changes' // another ballot with another key
  | 'rewrites'; // another ballot with the same key

export interface PlannedCast {
  /** milliseconds after the voting began */
  readonly atMs: number;
  readonly voter: number;
  readonly castKey: string;
  readonly ballot: unknown;
  /** number of the socket it is sent through */
  readonly socket: number;
}

export interface PlannedVoter {
  readonly token: string;
  readonly credential: string;
  readonly weight: string;
  readonly weightMicro: bigint;
}

export type Fault =
  | { readonly kind: 'kill_gateway'; readonly atMs: number; readonly gateway: number }
  | { readonly kind: 'kill_postgres' | 'kill_redis' | 'kill_opensearch'; readonly atMs: number }
  /** of a gateway, or 'own': the process of workers beside them */
  | { readonly kind: 'kill_workers'; readonly atMs: number; readonly of: number | 'own' }
  /** connections end and new ones are refused, or stay open and silent; `place` names the proxy */
  | {
      readonly kind: 'cut' | 'half_open';
      readonly atMs: number;
      readonly forMs: number;
      readonly place: 'clients' | 'database';
      readonly gateway: number;
    }
  /** a client drops its own socket and connects again */
  | { readonly kind: 'reconnect'; readonly atMs: number; readonly socket: number };

export interface RunPlan {
  readonly run: number;
  readonly contest: Contest;
  readonly secrecy: 'secret' | 'named';
  readonly voters: readonly PlannedVoter[];
  /** the gateway of each voter's socket */
  readonly sockets: readonly number[];
  readonly casts: readonly PlannedCast[];
  readonly faults: readonly Fault[];
  /** null: the election is closed once everyone has an answer */
  readonly closeAtMs: number | null;
  readonly closeThrough: number;
  /** the gateway of each watcher; every one watches the tally and the election */
  readonly watchers: readonly number[];
  /** when members are invited to a meeting, of which workers have to tell them; null: nobody is */
  readonly inviteAtMs: number | null;
}

/** What runs beside the gateways, and dies as well. */
export interface Beside {
  readonly workers: boolean;
  /** jobs wait in Redis */
  readonly redis: boolean;
  /** documents lie in OpenSearch, too */
  readonly search: boolean;
}

/**
 * Everything that one run does, drawn from the seed alone: the same seed gives the same commands at the same times.
 * @param queue Redis is there, and dies as well; PostgreSQL is lost in every run, so that ballots are queued
 * @param beside draws numbers of its own: votes and other faults of a seed stay as they are without it
 */
export function planRun(seed: number, run: number, gateways: number, queue = false, beside?: Beside): RunPlan {
  const random = new SeededRandom(seed, run);
  const contest = randomContest(random);
  const weighted = random.chance(0.4);
  const voters = Array.from({ length: random.int(VOTERS_MIN, VOTERS_MAX) }, () => newVoter(random, weighted));
  const anyGateway = () => random.int(0, gateways - 1);
  const sockets = Array.from({ length: random.int(2, SOCKETS_MAX) }, anyGateway);
  const ofWorkers = new SeededRandom(seed, run, 'beside');
  const kills = beside?.workers ? killsBeside(ofWorkers, gateways, beside) : [];
  return {
    run,
    contest,
    secrecy: random.chance(0.6) ? 'secret' : 'named',
    voters,
    sockets,
    casts: voters
      .flatMap((_, voter) => castsOf(random, contest, voter, sockets.length))
      .sort((a, b) => a.atMs - b.atMs),
    faults: [...plannedFaults(random, gateways, sockets.length, queue), ...kills].sort((a, b) => a.atMs - b.atMs),
    closeAtMs: random.chance(0.6) ? random.int(VOTING_MS / 4, VOTING_MS) : null,
    closeThrough: anyGateway(),
    watchers: Array.from({ length: random.int(1, 2) }, anyGateway),
    inviteAtMs: beside?.workers ? ofWorkers.int(0, VOTING_MS) : null,
  };
}

function newVoter(random: SeededRandom, weighted: boolean): PlannedVoter {
  const token = `vt_${random.hex(12)}`;
  const weight = weighted ? random.pick(WEIGHTS) : '1';
  const credential = createHash('sha256').update(token).digest('hex');
  return { token, credential, weight, weightMicro: microOfVotes(weight) };
}

function castsOf(random: SeededRandom, contest: Contest, voter: number, sockets: number): PlannedCast[] {
  const anySocket = () => random.int(0, sockets - 1);
  const first = {
    atMs: random.int(0, VOTING_MS),
    voter,
    castKey: random.hex(16),
    ballot: randomBallot(random, contest),
    socket: anySocket(),
  };
  const habit: Habit = random.chance(0.7) ? 'once' : random.pick(['repeats', 'changes', 'rewrites']);
  if (habit === 'once') return [first];
  const second = { ...first, atMs: first.atMs + random.pick([0, 0, 5, 50, 400]), socket: anySocket() };
  if (habit === 'repeats') return [first, second];
  const ballot = randomBallot(random, contest);
  return [first, { ...second, ballot, castKey: habit === 'rewrites' ? first.castKey : random.hex(16) }];
}

function plannedFaults(random: SeededRandom, gateways: number, sockets: number, queue: boolean): Fault[] {
  const atMs = () => random.int(0, VOTING_MS);
  const faults: Fault[] = [];
  if (random.chance(0.6)) faults.push({ kind: 'kill_gateway', atMs: atMs(), gateway: random.int(0, gateways - 1) });
  if (random.chance(0.35)) faults.push({ kind: 'kill_postgres', atMs: atMs() });
  for (let more = random.int(1, 3); more > 0; more -= 1) {
    const kind = random.pick(['cut', 'half_open'] as const);
    const place = random.pick(['clients', 'database'] as const);
    faults.push({ kind, atMs: atMs(), forMs: random.pick(FAULT_MS), place, gateway: random.int(0, gateways - 1) });
  }
  for (let more = random.int(0, 4); more > 0; more -= 1) {
    faults.push({ kind: 'reconnect', atMs: atMs(), socket: random.int(0, sockets - 1) });
  }
  if (queue) {
    if (random.chance(0.4)) faults.push({ kind: 'kill_redis', atMs: atMs() });
    for (let gateway = 0; gateway < gateways; gateway += 1) {
      faults.push({ kind: 'cut', atMs: random.int(0, VOTING_MS / 4), forMs: QUEUED_MS, place: 'database', gateway });
    }
  }
  return faults;
}

/** Workers die in every run, those of one place or of another, and now and then twice. */
function killsBeside(random: SeededRandom, gateways: number, { redis, search }: Beside): Fault[] {
  const atMs = () => random.int(0, VOTING_MS);
  const anyWorkers = () => (random.chance(0.6) ? 'own' : random.int(0, gateways - 1));
  const kills = Array.from({ length: random.int(1, 3) }, (): Fault => {
    return { kind: 'kill_workers', atMs: atMs(), of: anyWorkers() };
  });
  if (redis && random.chance(0.5)) kills.push({ kind: 'kill_redis', atMs: atMs() });
  if (search && random.chance(0.5)) kills.push({ kind: 'kill_opensearch', atMs: atMs() });
  return kills;
}
