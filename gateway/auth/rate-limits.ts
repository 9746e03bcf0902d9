import { createHash } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type Engine, type Identity, limits, type Person } from '../../engine/index.ts';
import { accept, type Outcome, refuse } from '../../engine/outcome.ts';
import { type AnyFailure, isPassing } from '../errors.ts';
import type { Answer } from '../http/operation.ts';
import { type Limit, type LimitName, RATE_LIMITS, SECOND, type Subject, type Window } from './attempt-limits.ts';
import { networkOf } from './client-address.ts';

/** What every request is held to, before anything else is known of it. By each gateway for itself. */
const ANONYMOUS_PER_SECOND = 1_000; // by address: each phone of a hall asks for the page and the socket once
const PERSON_PER_SECOND = 100; // by attendee or account: pages ask for a handful

/** Who asks, and what with. */
export interface Asking {
  readonly address: string;
  readonly identity: Identity | null;
  readonly person: Person | null;
  readonly body?: unknown;
}

export interface RateLimits {
  /** Counts a request against what its caller may ask at all. Answers the headers that tell how much is left. */
  admit(asking: Asking): Promise<Outcome<Readonly<Record<string, string>>>>;
  /** Does `work` unless its limit is reached, and counts how it ended. */
  attempt(name: LimitName, asking: Asking, work: () => Promise<Answer>): Promise<Answer>;
}

/** Null where there is nobody to count, e.g. no e-mail in the body. */
function subjectOf(by: Subject, { address, identity, person, body }: Asking): string | null {
  const { email } = (body ?? {}) as { readonly email?: unknown };
  const network = networkOf(address);
  const account = typeof email === 'string' ? email.trim().toLowerCase() : null;
  switch (by) {
    case 'address':
      return network;
    case 'email':
      return account;
    case 'email and address':
      return account === null ? null : `${account} ${network}`;
    case 'caller':
      return identity?.id ?? person?.accountId ?? null;
  }
}

/** Neither addresses nor e-mails are kept, in the database or in memory. */
function keyOf(name: string, by: Subject, subject: string): string {
  return `${name} by ${by} ${createHash('sha256').update(subject).digest('hex').slice(0, 32)}`;
}

function tooMany(what: string, waitMs: number): Outcome<never> {
  const seconds = Math.max(1, Math.ceil(waitMs / SECOND));
  const wait = seconds < 100 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
  return refuse('rate_limited', `Too many requests: try again in ${seconds === 1 ? 'a second' : wait}.`, {
    retryAfterMs: waitMs,
    details: { limit: what },
  });
}

/** Refused for what was asked, not for load: those alone are failures. */
function hasFailed(answer: Answer): boolean {
  return !answer.ok && !isPassing(answer.failure) && answer.failure.kind !== 'bug';
}

/** The secret itself is nobody's; a refusal of what its holder wants to do with it is another matter. */
function isUnknown({ kind, details }: AnyFailure): boolean {
  return kind === 'not_found' || details?.reason === 'unknown';
}

/** The counters of one gateway. */
class Counters implements RateLimits {
  readonly #attempts: Engine['attempts'];
  /** requests of this second, in memory: a look-up a request would cost more than most requests */
  readonly #seconds = new RateLimiterMemory({ points: 1, duration: 1 });

  constructor(attempts: Engine['attempts']) {
    this.#attempts = attempts;
  }

  async admit({ address, identity, person }: Asking): Promise<Outcome<Readonly<Record<string, string>>>> {
    if (identity?.kind === 'api_key') {
      const most = identity.requestsPerSecond ?? limits.keyDefaultRequestsPerSecond;
      const { consumedPoints, msBeforeNext } = await this.#count(`key ${identity.id}`);
      if (consumedPoints > most) return tooMany('api key', msBeforeNext);
      return accept({
        'x-ratelimit-limit': String(most),
        'x-ratelimit-remaining': String(most - consumedPoints),
        'x-ratelimit-reset': String(Math.ceil(msBeforeNext / SECOND)),
      });
    }
    const caller = identity?.id ?? person?.accountId;
    const most = caller === undefined ? ANONYMOUS_PER_SECOND : PERSON_PER_SECOND;
    const key = caller === undefined ? keyOf('anonymous', 'address', networkOf(address)) : `caller ${caller}`;
    const { consumedPoints, msBeforeNext } = await this.#count(key);
    return consumedPoints > most ? tooMany(caller === undefined ? 'address' : 'caller', msBeforeNext) : accept({});
  }

  async attempt(name: LimitName, asking: Asking, work: () => Promise<Answer>): Promise<Answer> {
    const { turns, windows }: Limit = RATE_LIMITS[name];
    for (const window of windows) {
      const allowed = await this.#before(name, window, asking);
      if (!allowed.ok) return allowed;
    }
    const taken: string[] = [];
    for (const { by, ...pauses } of turns) {
      const subject = subjectOf(by, asking);
      if (subject === null) continue;
      const key = keyOf(name, by, subject);
      const wait = await this.#attempts.turn(key, pauses);
      if (!wait.ok) return wait;
      if (wait.value > 0) return tooMany(name, wait.value);
      taken.push(key);
    }
    const answer = await work();
    if (answer.ok) await Promise.all(taken.map((key) => this.#attempts.forget(key)));
    if (answer.ok || !hasFailed(answer)) return answer;
    for (const window of windows) {
      const allowed = await this.#afterFailure(name, window, asking, answer.failure);
      if (!allowed.ok) return allowed;
    }
    return answer;
  }

  /** Attempts are counted before the work, failures looked at: requests side by side may pass them by what is in work. */
  async #before(name: LimitName, window: Window, asking: Asking): Promise<Outcome<null>> {
    const { by, counts, most, windowMs, thenPerSecond } = window;
    const subject = subjectOf(by, asking);
    if (subject === null || counts === 'unknown secrets') return accept(null);
    const key = keyOf(`${name} ${counts}`, by, subject);
    if (counts === 'attempts') return this.#takeOne(name, key, most, windowMs);
    const failed = await this.#attempts.taken(key);
    if (!failed.ok) return failed;
    if (failed.value.points < most) return accept(null);
    if (thenPerSecond === undefined) return tooMany(name, failed.value.leftMs);
    // whoever is told to wait comes again within the next second, not all of them at its start
    return this.#takeOne(name, keyOf(`${name} pace`, by, subject), thenPerSecond, SECOND, Math.random() * SECOND);
  }

  async #afterFailure(name: LimitName, window: Window, asking: Asking, failure: AnyFailure): Promise<Outcome<null>> {
    const { by, counts, most, windowMs } = window;
    const subject = subjectOf(by, asking);
    if (subject === null || counts === 'attempts') return accept(null);
    const key = keyOf(`${name} ${counts}`, by, subject);
    if (counts === 'unknown secrets')
      return isUnknown(failure) ? this.#takeOne(name, key, most, windowMs) : accept(null);
    await this.#attempts.take(key, 1, windowMs);
    return accept(null);
  }

  /** Looks first: a flood past the bound reads, and writes nothing. */
  async #takeOne(name: LimitName, key: string, most: number, windowMs: number, laterMs = 0): Promise<Outcome<null>> {
    const before = await this.#attempts.taken(key);
    if (!before.ok) return before;
    if (before.value.points >= most) return tooMany(name, before.value.leftMs + laterMs);
    const taken = await this.#attempts.take(key, 1, windowMs);
    if (!taken.ok) return taken;
    return taken.value.points > most ? tooMany(name, taken.value.leftMs + laterMs) : accept(null);
  }

  #count(key: string) {
    return this.#seconds.penalty(key); // counts whatever the count: what is too many depends on who asks
  }
}

export function createRateLimits(attempts: Engine['attempts']): RateLimits {
  return new Counters(attempts);
}
