import { limits } from '../limits.ts';
import { accept, type Failure, type Outcome, refuse } from '../outcome.ts';
import type { BallotQueue, QueuedStatus } from '../redis/index.ts';
import type { CastReceipt } from './election.ts';
import { NO_QUEUED_BALLOT } from './refusals.ts';

/** What is known of a ballot that was queued. */
export type QueuedBallot =
  | { readonly state: 'queued' } // received, not counted yet
  | { readonly state: 'in' } // in the urn; the same cast again is answered with its tracking code
  | { readonly state: 'refused'; readonly failure: Failure }; // not counted, and never will be

interface Mine {
  readonly orgId: string;
  readonly statusId: string;
  readonly credential: string;
}

/** How many are asked for at once; they are settled in the order in which they came. */
const ASKED = 1_000;

/** The ballots that this process has queued: whose they are, and who wants to hear of them. */
export class QueuedBallots {
  static readonly WAITING: QueuedStatus = 'queued';
  readonly #queue: BallotQueue;
  readonly #report: (error: unknown) => void;
  /** by status id, oldest first */
  readonly #waiting = new Map<string, Mine>();
  readonly #credentials = new Map<string, number>();
  readonly #listeners = new Map<string, ((ballot: QueuedBallot) => void)[]>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(queue: BallotQueue, report: (error: unknown) => void) {
    this.#queue = queue;
    this.#report = report;
  }

  static read(status: QueuedStatus): QueuedBallot {
    if (status === QueuedBallots.WAITING) return { state: 'queued' };
    if (status === 'in') return { state: 'in' };
    return { state: 'refused', failure: JSON.parse(status) as Failure };
  }

  static write(fate: Outcome<CastReceipt>): QueuedStatus {
    return fate.ok ? 'in' : JSON.stringify(fate.failure);
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
    return status === null || status === undefined ? NO_QUEUED_BALLOT : accept(QueuedBallots.read(status));
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
      ballots.forEach((mine, i) => {
        const status = statuses?.[i];
        if (status === undefined || status === QueuedBallots.WAITING) return;
        this.#settle(mine, status);
      });
    }
  }

  /** @param status null: nothing is known of it any more; its voter's own repeat tells them more */
  #settle({ statusId, credential }: Mine, status: QueuedStatus | null): void {
    this.#waiting.delete(statusId);
    const left = (this.#credentials.get(credential) ?? 1) - 1;
    if (left === 0) this.#credentials.delete(credential);
    else this.#credentials.set(credential, left);
    const listeners = this.#listeners.get(statusId) ?? [];
    this.#listeners.delete(statusId);
    if (status === null) return;
    for (const listener of listeners) listener(QueuedBallots.read(status));
  }
}
