import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import { accept, type Failure, type FailureKind, type Outcome } from '../outcome.ts';
import type { BallotQueue, QueuedEntry, SettledEntry } from '../redis/index.ts';
import type { BallotLanes } from './cast.ts';
import type { Definition, Definitions } from './definitions.ts';
import type { CastReceipt, CastRequest } from './election.ts';
import { fallbackKey, forgetFallbackKey, lateFallbackKeys } from './fallback-queries.ts';
import { CREDENTIAL_CHARACTERS, trackingCodeIn } from './keys.ts';
import { QueuedBallots } from './queued-ballots.ts';
import { type QueuedBallot, SealedStatuses } from './queued-status.ts';
import { SEAL_KEY_BYTES, seal, statusIdOf, unseal, type WaitingBallot } from './sealed-ballot.ts';

/** Nothing was written, and it may be once the database is back or less is going on. */
const MAY_WAIT: ReadonlySet<FailureKind> = new Set<FailureKind>(['database_away', 'overloaded']);
/** Not the last word on a queued ballot: it stays where it is and is cast again. */
const PASSING: ReadonlySet<FailureKind> = new Set<FailureKind>([
  ...MAY_WAIT,
  'credential_busy',
  'rate_limited',
  'outcome_unknown',
]);
const CLOSE_PAUSE_MS = 20;
/** Elections whose key is kept in memory. */
const KEPT = 2_000;

const FATE_UNKNOWN: Failure = {
  kind: 'outcome_unknown',
  message: 'It is not known whether your ballot was received. Send the very same request again: it cannot count twice.',
  retryAfterMs: limits.overloadedRetryMaxMs,
};

interface Drained extends QueuedEntry {
  readonly ballot: WaitingBallot | null;
}

/**
 * Ballots that cannot be written now are sealed and wait in Redis; once the database is back they are cast like any other, by the
 * same keys, in the order of their arrival. Who sent one is told that it was received and is not counted yet, and then what became
 * of it. Where Redis is away as well, or this process has not learnt the election's key in time, ballots are refused as without it.
 */
export class Fallback {
  readonly #database: Database;
  readonly #definitions: Definitions;
  readonly #lanes: BallotLanes;
  readonly #queue: BallotQueue;
  readonly #report: (error: unknown) => void;
  readonly #keys = new Map<string, Buffer>();
  readonly #preparing = new Set<string>();
  readonly #mine: QueuedBallots;
  readonly #statuses: SealedStatuses;
  #waiting = 0;

  constructor(
    database: Database,
    definitions: Definitions,
    lanes: BallotLanes,
    queue: BallotQueue,
    report: (error: unknown) => void,
  ) {
    this.#database = database;
    this.#definitions = definitions;
    this.#lanes = lanes;
    this.#queue = queue;
    this.#report = report;
    this.#statuses = new SealedStatuses(queue.sealer);
    this.#mine = new QueuedBallots(queue, this.#statuses, report);
  }

  /** Ballots that wait in all elections, as of the last look. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whoever may have to take ballots of an open election without the database learns all that it takes now. */
  prepare(orgId: string, electionId: string): void {
    if (this.#keys.has(electionId) || this.#preparing.has(electionId)) return;
    this.#preparing.add(electionId);
    this.#learn(orgId, electionId)
      .catch(() => {}) // a database that is away: whoever looks at the election next tries again
      .finally(() => this.#preparing.delete(electionId));
  }

  /** Ballots of this election could be taken now if the database went away. */
  isReadyFor(electionId: string): boolean {
    return this.#keys.has(electionId) && this.#queue.usable;
  }

  /** As the lanes do, and what they cannot take now is queued. */
  async cast(orgId: string, definition: Definition, request: CastRequest): Promise<Outcome<CastReceipt>> {
    this.prepare(orgId, request.electionId);
    // behind an earlier ballot of the same credential that still waits here: the first one counts
    if (this.#mine.holds(request.credential)) {
      const queued = await this.#enqueue(orgId, definition, request);
      if (queued !== undefined) return queued;
    }
    const outcome = await this.#lanes.cast(orgId, definition, request);
    if (outcome.ok || !MAY_WAIT.has(outcome.failure.kind)) return outcome;
    return (await this.#enqueue(orgId, definition, request)) ?? outcome;
  }

  /** What is known of a queued ballot. */
  async status(orgId: string, statusId: string): Promise<Outcome<QueuedBallot>> {
    return this.#mine.status(orgId, statusId);
  }

  /** Told once when a ballot that this process queued is in, or was refused. */
  onSettled(statusId: string, listener: (ballot: QueuedBallot) => void): void {
    this.#mine.onSettled(statusId, listener);
  }

  /** One look at what waits anywhere. Throws the database's errors. */
  async drain(): Promise<void> {
    if (!this.#queue.usable) return;
    const active = await this.#queue.active();
    if (active === undefined) return;
    let waiting = 0;
    for (const { orgId, electionId } of active) {
      await this.#drainElection(orgId, electionId);
      waiting += (await this.#queue.waiting(electionId)) ?? 0;
    }
    this.#waiting = waiting;
  }

  /**
   * Before a close: waits, for a bounded time, until nothing of this election is queued. Resolves with how many are left, which
   * the close then refuses; null: Redis does not answer, so nobody knows.
   */
  async emptied(orgId: string, electionId: string): Promise<number | null> {
    const untilMs = performance.now() + limits.queueCloseMs;
    for (;;) {
      const left = await this.#queue.waiting(electionId);
      if (left === undefined) return null;
      if (left === 0 || performance.now() > untilMs) return left;
      await this.#drainElection(orgId, electionId).catch(() => {}); // the close itself will meet a database that is away
      await sleep(CLOSE_PAUSE_MS);
    }
  }

  /** The election is over: once nothing of it waits, what was sealed with its key need never be opened again. */
  async forget(orgId: string, electionId: string): Promise<void> {
    if ((await this.#queue.waiting(electionId)) !== 0) return;
    await this.#database.management.call((sql) => forgetFallbackKey(sql, orgId, electionId));
    this.#keys.delete(electionId);
  }

  /** As forget(), for keys that nobody erased when their election ended: a gateway died then, or Redis was away. */
  async forgetLate(): Promise<void> {
    if (!this.#queue.usable) return;
    for (const { orgId, electionId } of await this.#database.management.call((sql) => lateFallbackKeys(sql))) {
      await this.forget(orgId, electionId);
    }
  }

  close(): void {
    this.#mine.close();
  }

  /** undefined: it cannot be queued, and nothing of it was kept. */
  async #enqueue(
    orgId: string,
    definition: Definition,
    request: CastRequest,
  ): Promise<Outcome<CastReceipt> | undefined> {
    const { electionId } = request;
    const key = this.#keys.get(electionId);
    if (key === undefined || !this.#queue.usable) return undefined;
    const encoded = this.#lanes.encode(definition, request);
    if (!encoded.ok) return encoded;
    const { keys, ballot } = encoded.value;
    const statusId = statusIdOf(keys, request.castKey);
    const sealed = seal(key, nameOf(electionId, statusId), { keys, ballot, arrivedMs: Date.now() });
    const whose = { orgId, statusId };
    const waiting = await this.#statuses.waiting(whose);
    const sent = await this.#queue.add({ orgId, electionId, statusId, sealed, waiting });
    if (sent.fate === 'unknown') return { ok: false, failure: FATE_UNKNOWN };
    if (sent.fate === 'unsent' || sent.value === '') return undefined;
    const trackingCode = trackingCodeIn(keys);
    const known = await this.#statuses.read(whose, sent.value);
    if (known === null) {
      this.#report(new Error(`a forged status in Redis stands in the way of the ballot ${statusId}`));
      return { ok: false, failure: FATE_UNKNOWN };
    }
    if (known.state === 'refused') return { ok: false, failure: known.failure };
    if (known.state === 'in') return accept({ trackingCode });
    this.#mine.add({ orgId, statusId, credential: request.credential });
    return accept({ trackingCode, queued: statusId });
  }

  /** null: the election is over or unknown, and its key is gone or was never made. */
  async #learn(orgId: string, electionId: string): Promise<Buffer | null> {
    const fresh = randomBytes(SEAL_KEY_BYTES);
    const found = await this.#database.management.call((sql) => fallbackKey(sql, orgId, electionId, fresh));
    if (found === undefined || found.key === null) return null;
    await this.#definitions.load(orgId, electionId); // what is asked of a ballot before it is sealed
    if (this.#keys.size >= KEPT) this.#keys.delete(this.#keys.keys().next().value as string);
    this.#keys.set(electionId, found.key);
    return found.key;
  }

  async #drainElection(orgId: string, electionId: string): Promise<void> {
    if (this.#lanes.isAway || !(await this.#queue.lock(electionId))) return;
    try {
      while (await this.#queue.keepLock(electionId)) {
        const entries = await this.#queue.first(electionId, limits.queueDrainBallots);
        if (entries === undefined) return;
        if (entries.length === 0) {
          if (await this.#queue.forgetEmpty(orgId, electionId)) await this.forget(orgId, electionId);
          return;
        }
        if (!(await this.#castFirst(orgId, electionId, entries))) return;
      }
    } finally {
      await this.#queue.unlock(electionId);
    }
  }

  /** True where all that it took up are settled: there may be more. */
  async #castFirst(orgId: string, electionId: string, entries: readonly QueuedEntry[]): Promise<boolean> {
    const key = this.#keys.get(electionId) ?? (await this.#learn(orgId, electionId));
    const batch = firstOfEach(electionId, key, entries);
    const fates = await Promise.all(batch.map(({ ballot }) => this.#fateOf(orgId, electionId, ballot)));
    const settled: SettledEntry[] = [];
    for (const [i, { entryId, statusId }] of batch.entries()) {
      const fate = fates[i];
      if (fate === undefined || (fate?.ok === false && PASSING.has(fate.failure.kind))) continue;
      const status = fate === null ? null : await this.#statuses.fate({ orgId, statusId }, fate);
      settled.push({ entryId, statusId, status });
    }
    return (await this.#queue.settle(orgId, electionId, settled)) && settled.length === batch.length;
  }

  /**
   * null: it cannot be read, so nothing is known of it any more, and its voter's own repeat is answered by the urn; undefined: a
   * bug, and it stays.
   */
  async #fateOf(
    orgId: string,
    electionId: string,
    ballot: WaitingBallot | null,
  ): Promise<Outcome<CastReceipt> | null | undefined> {
    if (ballot === null) {
      this.#report(
        new Error(`a queued ballot of election ${electionId} cannot be read: not sealed here, or changed since`),
      );
      return null;
    }
    return this.#lanes.submit(orgId, electionId, ballot).catch((error: unknown) => {
      this.#report(error);
      return undefined;
    });
  }
}

/** From the front, up to the second ballot of one credential: of two that are cast at once either might be first. */
function firstOfEach(electionId: string, key: Buffer | null, entries: readonly QueuedEntry[]): Drained[] {
  const credentials = new Set<string>();
  const batch: Drained[] = [];
  for (const entry of entries) {
    const ballot = key === null ? null : unseal(key, nameOf(electionId, entry.statusId), entry.sealed);
    const credential = ballot?.keys.slice(0, CREDENTIAL_CHARACTERS);
    if (credential !== undefined && credentials.has(credential)) break;
    if (credential !== undefined) credentials.add(credential);
    batch.push({ ...entry, ballot });
  }
  return batch;
}

function nameOf(electionId: string, statusId: string): string {
  return `${electionId} ${statusId}`;
}
