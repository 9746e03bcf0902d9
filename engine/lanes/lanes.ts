import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { classifyFailure, type HotConnection, isAway } from '../db/index.ts';
import { limits } from '../limits.ts';
import { TurnQueue, type Waiting } from './queue.ts';

/** Why the lanes answer themselves, without an answer from the database. */
export type LaneRefusal =
  | 'overloaded' // a queue is full or the deadline passed in it: nothing written
  | 'away' // the database cannot be had: nothing written
  | 'unknown' // it was sent and no answer came by the deadline: ask again with the same request
  | 'guilty' // the database refuses this very item (SQLSTATE 22, 23): nothing written
  | 'bug';

/** What one kind of hot write (ballots, coins) tells the lanes about itself. */
export interface LaneWork<Payload, Answer> {
  /** one round trip: the whole batch in one statement, one answer per item in the same order */
  run(
    connection: HotConnection,
    orgId: string,
    subjectId: string,
    items: readonly Payload[],
  ): Promise<readonly Answer[]>;
  /** true for an answer that is not final: the item goes back and is asked again until its deadline */
  asksAgain(answer: Answer): boolean;
  refusal(reason: LaneRefusal, error?: unknown): Answer;
  /** tells the one who waits; called exactly once per item, never before submit() has returned */
  settle(item: Payload, answer: Answer): void;
  /** told when the breaker opens (the database is away) and when it has closed again */
  reachable?(yes: boolean): void;
  /** told after each batch that reached the database, e.g. to look at the log at once */
  committed?(orgId: string, subjectId: string): void;
}

export interface LaneLimits {
  readonly batchMax: number;
  readonly laneMax: number;
  readonly queueMax: number;
  readonly deadlineMs: number;
  readonly operationTimeoutMs: number;
}

const DEFAULT_LIMITS: LaneLimits = {
  batchMax: limits.batchMaxBallots,
  laneMax: limits.laneMaxBallots,
  queueMax: limits.queueMaxBallots,
  deadlineMs: limits.engineDeadlineMs,
  operationTimeoutMs: limits.operationTimeoutMs,
};

/** A connection and how many batches are on their way on it. */
interface Slot {
  readonly connection: HotConnection;
  batches: number;
}

/** How often deadlines are looked at: a caller hears at most this much late. */
const DEADLINE_TICK_MS = 25;
/** After a failed attempt, before the next: the connection is being made anew. */
const AFTER_FAILURE_MS = 10;

/**
 * The hot path: a flush takes what waits (at most 500 of one lane) whenever a connection is free. No timer gathers
 * batches: under load they grow by themselves, without load a ballot goes at once.
 */
export class Lanes<Payload, Answer> {
  readonly #work: LaneWork<Payload, Answer>;
  readonly #limits: LaneLimits;
  readonly #queue = new TurnQueue<Payload>();
  readonly #slots: readonly Slot[];
  readonly #running = new Set<readonly Waiting<Payload>[]>();
  readonly #breaker = circuitBreaker(
    handleWhen((error) => isAway(classifyFailure(error))),
    { halfOpenAfter: limits.breakerOpenMs, breaker: new ConsecutiveBreaker(limits.breakerFailures) },
  );
  #brokenAtMs = 0;
  #batches = 0;
  #requests = 0;
  #ticker: NodeJS.Timeout | undefined;
  #rest: NodeJS.Timeout | undefined;
  #pumpQueued = false;
  #drained: (() => void)[] = [];

  constructor(connections: readonly HotConnection[], work: LaneWork<Payload, Answer>, own: Partial<LaneLimits> = {}) {
    this.#work = work;
    this.#limits = { ...DEFAULT_LIMITS, ...own };
    this.#slots = connections.map((connection) => ({ connection, batches: 0 }));
    this.#breaker.onBreak(() => {
      this.#brokenAtMs = performance.now();
      work.reachable?.(false);
    });
    this.#breaker.onReset(() => work.reachable?.(true));
  }

  /** Requests that wait or are being written. */
  get depth(): number {
    let running = 0;
    for (const batch of this.#running) running += batch.length;
    return this.#queue.size + running;
  }

  /** What was handed to the database since the start: batches, and the requests in them. */
  get written(): { readonly batches: number; readonly requests: number } {
    return { batches: this.#batches, requests: this.#requests };
  }

  /** Milliseconds until the breaker lets an attempt through; 0 where it is closed. */
  get awayForMs(): number {
    if (this.#breaker.state !== CircuitState.Open) return 0;
    return Math.max(0, Math.ceil(this.#brokenAtMs + limits.breakerOpenMs - performance.now()));
  }

  /** Why a request would be refused at once: worth asking before any work is put into it. undefined = it would be taken. */
  refuses(subjectId: string): 'away' | 'overloaded' | undefined {
    if (this.awayForMs > 0) return 'away';
    const full = this.#queue.size >= this.#limits.queueMax || this.#queue.depth(subjectId) >= this.#limits.laneMax;
    return full ? 'overloaded' : undefined;
  }

  /** Takes a request into its lane, or refuses it at once. */
  submit(orgId: string, subjectId: string, payload: Payload): void {
    const reason = this.refuses(subjectId);
    if (reason !== undefined) {
      queueMicrotask(() => this.#work.settle(payload, this.#work.refusal(reason)));
      return;
    }
    const deadlineMs = performance.now() + this.#limits.deadlineMs;
    this.#queue.push(orgId, subjectId, { payload, deadlineMs, doubtful: false, settled: false });
    this.#pumpSoon();
    // setImmediate: after a stall of this process answers may have come already and lie unread
    this.#ticker ??= setInterval(() => setImmediate(() => this.#expire()), DEADLINE_TICK_MS);
  }

  /** Resolves when nothing waits and nothing runs. New requests are still taken: whoever drains stops them first. */
  async drain(): Promise<void> {
    while (this.depth > 0) {
      await new Promise<void>((resolve) => {
        this.#drained.push(resolve);
      });
    }
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    clearTimeout(this.#rest);
  }

  #tellDrained(): void {
    if (this.#queue.size > 0 || this.#running.size > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** What arrives in one turn of the event loop becomes one batch. */
  #pumpSoon(): void {
    if (this.#pumpQueued || !this.#hasRoom()) return;
    this.#pumpQueued = true;
    setImmediate(() => {
      this.#pumpQueued = false;
      this.#pump();
    });
  }

  #pump(): void {
    const nowMs = performance.now();
    for (;;) {
      // An idle connection takes whatever waits. A busy one gets a second batch behind its first only under pressure, when
      // as much waits as a batch may hold: then the server goes on at once instead of waiting for this process to read
      // the first answer. Whose turn it is does not depend on how much he has.
      const idle = this.#slots.find((slot) => slot.batches === 0);
      if (idle === undefined && this.#queue.size < this.#limits.batchMax) break;
      const slot = idle ?? this.#slots.find(({ batches }) => batches < limits.connectionMaxBatches);
      if (slot === undefined) break;
      const lane = this.#queue.next(nowMs);
      if (lane === undefined) break;
      const { orgId, subjectId } = lane;
      const items = this.#queue.take(lane, this.#limits.batchMax).filter((item) => !this.#tooLate(item, nowMs));
      if (items.length > 0) this.#flush(slot, orgId, subjectId, items);
    }
    this.#wakeAfterRest(nowMs);
    this.#tellDrained();
  }

  #hasRoom(): boolean {
    for (const { batches } of this.#slots) if (batches < limits.connectionMaxBatches) return true;
    return false;
  }

  #wakeAfterRest(nowMs: number): void {
    if (this.#queue.size === 0 || !this.#hasRoom()) return;
    const untilMs = this.#queue.restsUntil();
    if (untilMs === undefined || untilMs <= nowMs) return; // what may run now waits for a connection, not for a time
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#pump(), Math.max(1, untilMs - nowMs));
  }

  async #flush(slot: Slot, orgId: string, subjectId: string, items: readonly Waiting<Payload>[]): Promise<void> {
    this.#running.add(items);
    this.#batches += 1;
    this.#requests += items.length;
    slot.batches += 1;
    try {
      await this.#attempt(slot.connection, orgId, subjectId, items);
    } finally {
      this.#running.delete(items);
      slot.batches -= 1;
      this.#pumpSoon();
      this.#tellDrained();
    }
  }

  async #attempt(
    connection: HotConnection,
    orgId: string,
    subjectId: string,
    items: readonly Waiting<Payload>[],
  ): Promise<void> {
    const { run, asksAgain } = this.#work;
    try {
      const payloads = items.map((item) => item.payload);
      const answers = await this.#breaker.execute(() => run.call(this.#work, connection, orgId, subjectId, payloads));
      const again: Waiting<Payload>[] = [];
      for (let i = 0; i < items.length; i += 1) {
        const item = items[i] as Waiting<Payload>;
        const answer = answers[i] as Answer;
        if (asksAgain(answer)) again.push(item);
        else this.#settle(item, answer);
      }
      this.#putBack(orgId, subjectId, again, limits.closingRetryMs);
      this.#work.committed?.(orgId, subjectId);
    } catch (error) {
      await this.#failed(connection, orgId, subjectId, items, error);
    }
  }

  async #failed(
    connection: HotConnection,
    orgId: string,
    subjectId: string,
    items: readonly Waiting<Payload>[],
    error: unknown,
  ): Promise<void> {
    if (error instanceof BrokenCircuitError) {
      for (const item of items) this.#settle(item, this.#work.refusal(item.doubtful ? 'unknown' : 'away'));
      return;
    }
    const failure = classifyFailure(error);
    if (failure === 'data' || failure === 'bug') {
      // One poisonous item fails the whole batch: halve it until the guilty one stands alone.
      if (items.length > 1) {
        const half = items.length >> 1;
        await this.#attempt(connection, orgId, subjectId, items.slice(0, half));
        await this.#attempt(connection, orgId, subjectId, items.slice(half));
        return;
      }
      // an earlier attempt of unknown fate may have written it: then "nothing was written" would be untrue
      const reason = failure === 'bug' ? 'bug' : 'guilty';
      for (const item of items) this.#settle(item, this.#work.refusal(item.doubtful ? 'unknown' : reason, error));
      return;
    }
    // Hot writes are idempotent, so a batch of unknown fate is simply run again until the deadline.
    if (failure === 'in_doubt') for (const item of items) item.doubtful = true;
    this.#putBack(orgId, subjectId, items, AFTER_FAILURE_MS);
  }

  #putBack(orgId: string, subjectId: string, items: readonly Waiting<Payload>[], restMs: number): void {
    const waiting = items.filter((item) => !item.settled);
    if (waiting.length > 0) this.#queue.putBack(orgId, subjectId, waiting, performance.now() + restMs);
  }

  #settle(item: Waiting<Payload>, answer: Answer): void {
    if (item.settled) return; // its caller was told 'unknown' at the deadline
    item.settled = true;
    this.#work.settle(item.payload, answer);
  }

  #tooLate(item: Waiting<Payload>, nowMs: number): boolean {
    if (item.deadlineMs > nowMs) return false;
    const reason = item.doubtful ? 'unknown' : this.awayForMs > 0 ? 'away' : 'overloaded';
    this.#settle(item, this.#work.refusal(reason));
    return true;
  }

  #expire(): void {
    const nowMs = performance.now();
    for (const item of this.#queue.takeExpired(nowMs)) this.#tooLate(item, nowMs);
    for (const batch of this.#running) {
      for (const item of batch) {
        if (!item.settled && item.deadlineMs <= nowMs) this.#settle(item, this.#work.refusal('unknown'));
      }
    }
    if (this.depth === 0) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
      this.#tellDrained();
    }
  }
}
