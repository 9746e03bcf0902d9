import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { BallotQueue } from '../redis/index.ts';
import type { QueuedBallot, SealedStatuses } from './queued-status.ts';
import { NO_QUEUED_BALLOT } from './refusals.ts';

interface Mine {
  readonly orgId: string;
  readonly statusId: string;
  readonly credential: string;
}

/** How many are asked for at once; they are settled in the order in which they came. */
const ASKED = 1_000;

/** The ballots that this process has queued: whose they are, and who wants to hear of them. */
export class QueuedBallots {
  readonly #queue: BallotQueue;
  readonly #statuses: SealedStatuses;
  readonly #report: (error: unknown) => void;
  /** by status id, oldest first */
  readonly #waiting = new Map<string, Mine>();
  readonly #credentials = new Map<string, number>();
  readonly #listeners = new Map<string, ((ballot: QueuedBallot) => void)[]>();
  /** of those, ballots whose status in Redis somebody has forged: said once */
  readonly #forged = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(queue: BallotQueue, statuses: SealedStatuses, report: (error: unknown) => void) {
    this.#queue = queue;
    this.#statuses = statuses;
    this.#report = report;
  }

  /** A ballot of this credential was queued here and nobody knows yet what became of it. */
  holds(credential: string): boolean {
    return this.#credentials.has(credential);
  }

  add(mine: Mine): void {
    if (this.#closed || this.#waiting.has(mine.statusId)) return;
    this.#waiting.set(mine.statusId, mine);
    this.#credentials.set(mine.credential, (this.#credentials.get(mine.credential) ?? 0) + 1);
    this.#schedule();
  }

  onSettled(statusId: string, listener: (ballot: QueuedBallot) => void): void {
    if (!this.#waiting.has(statusId)) return;
    this.#listeners.set(statusId, [...(this.#listeners.get(statusId) ?? []), listener]);
  }

  async status(orgId: string, statusId: string): Promise<Outcome<QueuedBallot>> {
    const statuses = await this.#queue.statuses(orgId, [statusId]);
    if (statuses === undefined) {
      return refuse('database_away', 'The queue of ballots cannot be reached at this moment. Ask again.', {
        retryAfterMs: limits.overloadedRetryMaxMs,
      });
    }
    const [status] = statuses;
    if (status === null || status === undefined) return NO_QUEUED_BALLOT;
    const ballot = await this.#statuses.read({ orgId, statusId }, status);
    if (ballot !== null) return accept(ballot);
    this.#report(forged(statusId));
    return NO_QUEUED_BALLOT;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#look()
        .catch(this.#report)
        .finally(() => {
          this.#timer = undefined;
          if (this.#waiting.size > 0) this.#schedule();
        });
    }, limits.queueStatusMs);
  }

  async #look(): Promise<void> {
    const oldest: Mine[] = [];
    for (const mine of this.#waiting.values()) {
      if (oldest.push(mine) === ASKED) break;
    }
    for (const [orgId, ballots] of Map.groupBy(oldest, (mine) => mine.orgId)) {
      const statuses = await this.#queue.statuses(
        orgId,
        ballots.map(({ statusId }) => statusId),
      );
      if (statuses === undefined) continue;
      for (const [i, mine] of ballots.entries()) {
        const status = statuses[i];
        const ballot = status === null || status === undefined ? null : await this.#statuses.read(mine, status);
        if (ballot?.state === 'queued') continue;
        if (ballot === null && status != null) this.#distrust(mine.statusId);
        else this.#settle(mine, ballot);
      }
    }
  }

  /** What became of it will be written over it: until then its voter is told nothing. */
  #distrust(statusId: string): void {
    if (this.#forged.has(statusId)) return;
    this.#forged.add(statusId);
    this.#report(forged(statusId));
  }

  /** @param ballot null: nothing is known of it any more; its voter's own repeat tells them more */
  #settle({ statusId, credential }: Mine, ballot: QueuedBallot | null): void {
    this.#waiting.delete(statusId);
    this.#forged.delete(statusId);
    const left = (this.#credentials.get(credential) ?? 1) - 1;
    if (left === 0) this.#credentials.delete(credential);
    else this.#credentials.set(credential, left);
    const listeners = this.#listeners.get(statusId) ?? [];
    this.#listeners.delete(statusId);
    if (ballot === null) return;
    for (const listener of listeners) listener(ballot);
  }
}

function forged(statusId: string): Error {
  return new Error(
    `the status of the queued ballot ${statusId} in Redis was not written by this installation: it is not believed`,
  );
}
