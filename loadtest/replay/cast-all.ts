import { setTimeout as sleep } from 'node:timers/promises';
import type { CastAnswer, VoterSocket } from '../voter-socket.ts';
import type { Voters } from './voters.ts';

export interface CastAllOptions {
  /** ballots a second, evenly; absent = as fast as they are acknowledged */
  readonly perSecond: number | undefined;
  /** told once per voter, whatever became of the ballot */
  readonly onAnswer: () => void;
  readonly signal: AbortSignal;
}

export interface CastOutcome {
  /** tracking codes by voter; absent where the ballot was refused */
  readonly acknowledged: ReadonlyMap<number, string>;
  /** final refusals by code */
  readonly refused: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
  /** of each acknowledged ballot, from the moment its voter wanted to vote */
  readonly latenciesMs: readonly number[];
}

/** Of voters who wait for their answer at one moment, over all sockets: two batches of the engine. */
const WAITING_VOTERS = 1_000;
/** A server that is started again is back within this time; ballots that met its absence are sent once more. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 100;
const PACE_TICK_MS = 2;

/** Lets every voter vote once, over all sockets in turn. Nobody gives up on an answer that may yet change. */
export async function castAll(
  electionId: string,
  voters: Voters,
  sockets: readonly VoterSocket[],
  { perSecond, onAnswer, signal }: CastAllOptions,
): Promise<CastOutcome> {
  const acknowledged = new Map<number, string>();
  const refused: Record<string, number> = {};
  const latenciesMs: number[] = [];
  const startedAtMs = performance.now();

  /** @param sinceMs when the voter wanted to vote: waiting for a late turn counts as waiting for the answer */
  const vote = async (voter: number, socket: VoterSocket, sinceMs: number) => {
    const answer = await castUntilFinal(electionId, voters, voter, socket, signal);
    if (answer.ok) {
      latenciesMs.push(performance.now() - sinceMs);
      acknowledged.set(voter, answer.trackingCode);
    } else refused[answer.code] = (refused[answer.code] ?? 0) + 1;
    onAnswer();
  };
  if (perSecond === undefined) await closedLoop(voters.count, sockets, vote, signal);
  else await openLoop(voters.count, sockets, vote, perSecond, signal);
  return { acknowledged, refused, elapsedMs: performance.now() - startedAtMs, latenciesMs };
}

type Vote = (voter: number, socket: VoterSocket, sinceMs: number) => Promise<void>;

/** Whoever has an answer makes room for the next voter. */
async function closedLoop(count: number, sockets: readonly VoterSocket[], vote: Vote, signal: AbortSignal) {
  let next = 0;
  const line = async (socket: VoterSocket) => {
    while (next < count && !signal.aborted) {
      const voter = next;
      next += 1;
      await vote(voter, socket, performance.now());
    }
  };
  const lines = Math.min(count, Math.max(sockets.length, WAITING_VOTERS));
  await Promise.all(Array.from({ length: lines }, (_, i) => line(sockets[i % sockets.length] as VoterSocket)));
}

/** Voters come at their own times, whether those before them have been answered or not. */
async function openLoop(
  count: number,
  sockets: readonly VoterSocket[],
  vote: Vote,
  perSecond: number,
  signal: AbortSignal,
) {
  const startedAtMs = performance.now();
  const running: Promise<void>[] = [];
  while (running.length < count && !signal.aborted) {
    const due = Math.min(count, Math.floor(((performance.now() - startedAtMs) * perSecond) / 1_000) + 1);
    while (running.length < due) {
      const voter = running.length;
      const dueAtMs = startedAtMs + (voter * 1_000) / perSecond;
      running.push(vote(voter, sockets[voter % sockets.length] as VoterSocket, dueAtMs));
    }
    await sleep(PACE_TICK_MS);
  }
  await Promise.all(running);
}

async function castUntilFinal(
  electionId: string,
  voters: Voters,
  voter: number,
  socket: VoterSocket,
  signal: AbortSignal,
): Promise<CastAnswer> {
  const untilMs = performance.now() + PATIENCE_MS;
  const request = { credential: voters.token(voter), ballot: voters.ballot(voter), castKey: voters.castKey(voter) };
  for (;;) {
    const answer = await socket.cast(electionId, request);
    if (answer.ok || answer.retryAfterMs === undefined || signal.aborted || performance.now() > untilMs) return answer;
    await sleep(Math.max(answer.retryAfterMs, PAUSE_MS * Math.random()));
  }
}
