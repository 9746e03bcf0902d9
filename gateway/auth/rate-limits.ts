import { createHash } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type Engine, type Identity, limits, type Pauses, type Person } from '../../engine/index.ts';
import { accept, type Outcome, refuse } from '../../engine/outcome.ts';
import { isPassing } from '../errors.ts';
import type { Answer } from '../http/operation.ts';
import { networkOf } from './client-address.ts';

/** Whose attempts are counted together. */
type Subject = 'address' | 'email' | 'email and address' | 'caller';

/** So many in so long, over all gateways. */
interface Window {
  readonly by: Subject;
  /** what counts: every attempt, or those alone that were refused */
  readonly counts: 'attempts' | 'failures';
  readonly most: number;
  readonly windowMs: number;
}

/** Attempts at what people choose themselves: after a few, a pause behind each that doubles. Over all gateways. */
interface Turns extends Pauses {
  readonly by: Subject;
}

interface Limit {
  readonly turns: readonly Turns[];
  readonly windows: readonly Window[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const TEN_MINUTES = 10 * MINUTE;

/**
 * What an operation may name as its `limit`. A hall of 3,000 people sits behind ONE address: what is counted by address
 * leaves them room, and failures are counted far more strictly than what succeeds.
 */
export const RATE_LIMITS = {
  // Nobody is locked out for good: pauses end, the longest for a whole account is a minute, and mails with links go on.
  'sign-in': {
    turns: [
      { by: 'email and address', free: 5, firstMs: SECOND, longestMs: 15 * MINUTE },
      { by: 'email', free: 25, firstMs: SECOND, longestMs: MINUTE }, // many addresses, one account
    ],
    windows: [{ by: 'address', counts: 'failures', most: 500, windowMs: TEN_MINUTES }], // one, many accounts
  },
  // Whoever asks for a mail makes us write to somebody: register, magic link, password reset.
  'e-mail': {
    turns: [],
    windows: [
      { by: 'email', counts: 'attempts', most: 5, windowMs: 15 * MINUTE },
      { by: 'address', counts: 'attempts', most: 1_000, windowMs: 15 * MINUTE }, // a hall that signs in by link
    ],
  },
  // Tokens out of mails, codes of authenticators, refresh tokens: long, so few failures are honest.
  token: {
    turns: [],
    windows: [{ by: 'address', counts: 'failures', most: 100, windowMs: TEN_MINUTES }],
  },
  // The password of whoever is signed in already: a session that was left open must not be a place to guess it.
  confirmation: {
    turns: [{ by: 'caller', free: 5, firstMs: SECOND, longestMs: MINUTE }],
    windows: [],
  },
  // Join codes are short. One in ten of a hall may mistype; at this rate a code of 8 characters is safe for centuries.
  join: {
    turns: [],
    windows: [{ by: 'address', counts: 'failures', most: 300, windowMs: TEN_MINUTES }],
  },
  // One-time voting tokens come by link: nobody types them.
  'ballot-access': {
    turns: [],
    windows: [{ by: 'address', counts: 'failures', most: 60, windowMs: TEN_MINUTES }],
  },
} as const satisfies Readonly<Record<string, Limit>>;
export type LimitName = keyof typeof RATE_LIMITS;

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
    else if (hasFailed(answer)) await Promise.all(windows.map((window) => this.#afterFailure(name, window, asking)));
    return answer;
  }

  /** Attempts are counted before the work, failures looked at: requests side by side may pass them by what is in work. */
  async #before(name: LimitName, window: Window, asking: Asking): Promise<Outcome<null>> {
    const subject = subjectOf(window.by, asking);
    if (subject === null) return accept(null);
    const key = keyOf(`${name} ${window.counts}`, window.by, subject);
    const counted = window.counts === 'attempts' ? 1 : 0;
    const taken = await (counted === 0 ? this.#attempts.taken(key) : this.#attempts.take(key, 1, window.windowMs));
    if (!taken.ok) return taken;
    const { points, leftMs } = taken.value;
    return points > window.most - (1 - counted) ? tooMany(name, leftMs) : accept(null);
  }

  async #afterFailure(name: LimitName, window: Window, asking: Asking): Promise<void> {
    const subject = subjectOf(window.by, asking);
    if (subject === null || window.counts !== 'failures') return;
    await this.#attempts.take(keyOf(`${name} failures`, window.by, subject), 1, window.windowMs);
  }

  #count(key: string) {
    return this.#seconds.penalty(key); // counts whatever the count: what is too many depends on who asks
  }
}

export function createRateLimits(attempts: Engine['attempts']): RateLimits {
  return new Counters(attempts);
}
