import { setTimeout as sleep } from 'node:timers/promises';
import { type CastResult, isPassing, type PsephosClient, PsephosError } from '../../client/index.ts';
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

/**
 * Lets every voter vote once, over all sockets in turn. Nobody gives up at once on an answer that may yet change.
 * @throws PsephosError when the server takes no ballot for half a minute; everybody else stops then too
 */
export async function castAll(
  electionId: string,
  voters: Voters,
  sockets: readonly PsephosClient[],
  { perSecond, onAnswer, signal: outerSignal }: CastAllOptions,
): Promise<CastOutcome> {
  const failed = new AbortController();
  const signal = AbortSignal.any([outerSignal, failed.signal]);
  const acknowledged = new Map<number, string>();
  const refused: Record<string, number> = {};
  const latenciesMs: number[] = [];
  const startedAtMs = performance.now();

  /** @param sinceMs when the voter wanted to vote: waiting for a late turn counts as waiting for the answer */
  const vote = async (voter: number, socket: PsephosClient, sinceMs: number) => {
    try {
      const answer = await castUntilFinal(electionId, voters, voter, socket, signal);
      if (answer.ok) {
        latenciesMs.push(performance.now() - sinceMs);
        acknowledged.set(voter, answer.trackingCode);
      } else refused[answer.code] = (refused[answer.code] ?? 0) + 1;
      onAnswer();
    } catch (error) {
      failed.abort(error);
    }
  };
  if (perSecond === undefined) await closedLoop(voters.count, sockets, vote, signal);
  else await openLoop(voters.count, sockets, vote, perSecond, signal);
  failed.signal.throwIfAborted();
  return { acknowledged, refused, elapsedMs: performance.now() - startedAtMs, latenciesMs };
}

type Vote = (voter: number, socket: PsephosClient, sinceMs: number) => Promise<void>;

/** Whoever has an answer makes room for the next voter. */
async function closedLoop(count: number, sockets: readonly PsephosClient[], vote: Vote, signal: AbortSignal) {
  let next = 0;
  const line = async (socket: PsephosClient) => {
    while (next < count && !signal.aborted) {
      const voter = next;
      next += 1;
      await vote(voter, socket, performance.now());
    }
  };
  const lines = Math.min(count, Math.max(sockets.length, WAITING_VOTERS));
  await Promise.all(Array.from({ length: lines }, (_, i) => line(sockets[i % sockets.length] as PsephosClient)));
}

/** Voters come at their own times, whether those before them have been answered or not. */
async function openLoop(
  count: number,
  sockets: readonly PsephosClient[],
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
      running.push(vote(voter, sockets[voter % sockets.length] as PsephosClient, dueAtMs));
    }
    await sleep(PACE_TICK_MS);
  }
  await Promise.all(running);
}

async function castUntilFinal(
  electionId: string,
  voters: Voters,
  voter: number,
  socket: PsephosClient,
  signal: AbortSignal,
): Promise<CastResult> {
  const untilMs = performance.now() + PATIENCE_MS;
  const own = { credential: voters.token(voter), castKey: voters.castKey(voter) };
  for (;;) {
    const answer = await socket.cast(electionId, voters.ballot(voter), own);
    const isFinal = answer.ok || !(answer.code === 'UNREACHABLE' || isPassing(answer.code));
    if (isFinal || signal.aborted) return answer;
    if (performance.now() > untilMs) {
      throw new PsephosError(
        answer.code,
        `A ballot was sent for ${PATIENCE_MS / 1_000} s without an answer that stays. ${answer.message}`,
      );
    }
    await sleep(PAUSE_MS * (1 + Math.random()));
  }
}
