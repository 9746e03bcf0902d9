import type { CacheRates } from '../cache-rates.ts';
import { limits } from '../limits.ts';
import type { RedisLink } from './link.ts';

/** What is kept, and for how long. Everything of it can be read from PostgreSQL again. */
const LIFETIMES_MS = {
  sessions: limits.cachedSessionMs,
  elections: limits.cachedElectionMs,
  results: limits.cachedResultMs,
  join_codes: limits.cachedJoinCodeMs,
} as const;
export type CacheName = keyof typeof LIFETIMES_MS;

/** Whoever can write to Redis must not be able to say who is calling or how a vote has ended: entries are sealed. */
export interface Sealer {
  /** @param context what it belongs to: it opens there only */
  seal(plain: Uint8Array, context: string): Buffer;
  /** null where it was sealed by another, or changed */
  open(sealed: Uint8Array, context: string): Buffer | null;
}

/** A Redis that cannot answer costs one late answer at most; then PostgreSQL is asked, as it is without Redis. */
export class ReadCache {
  readonly #link: RedisLink;
  readonly #sealer: () => Promise<Sealer>;
  readonly #prefix: string;
  readonly #rates: CacheRates;

  /** @param epoch of the database: what was read before a restore is not met again after it */
  constructor(link: RedisLink, epoch: string, rates: CacheRates, sealer: () => Promise<Sealer>) {
    this.#link = link;
    this.#sealer = sealer;
    this.#prefix = `psephos:cache:${epoch}:`;
    this.#rates = rates;
  }

  /** What is kept; undefined where nothing is, or Redis is away. Throws the database's errors. */
  async get<T>(cache: CacheName, id: string): Promise<T | undefined> {
    const key = this.#key(cache, id);
    const sealed = await this.#link.look((redis) => redis.get(key));
    const text = typeof sealed === 'string' ? (await this.#sealer()).open(Buffer.from(sealed, 'base64'), key) : null;
    this.#rates.count(cache, text !== null);
    if (text === null) return undefined;
    const { atMs, value } = JSON.parse(text.toString(), revive) as { atMs: number; value: T };
    // an entry that somebody has put back after its time
    return Date.now() - atMs < LIFETIMES_MS[cache] + CLOCKS_MS ? value : undefined;
  }

  /** Nobody waits for it. What cannot be written as JSON with dates and whole numbers of any size is not for here. */
  put(cache: CacheName, id: string, value: unknown): void {
    if (!this.#link.up) return;
    const key = this.#key(cache, id);
    const text = JSON.stringify({ atMs: Date.now(), value }, keep);
    if (text.length > limits.cachedMaxCharacters) return;
    this.#sealer().then(
      (sealer) => {
        const sealed = sealer.seal(Buffer.from(text), key).toString('base64');
        void this.#link.look((redis) => redis.set(key, sealed, 'PX', LIFETIMES_MS[cache]));
      },
      () => {}, // the database is away, and with it what entries are sealed by
    );
  }

  #key(cache: CacheName, id: string): string {
    return `${this.#prefix}${cache}:${id}`;
  }
}

/** Clocks of gateways may differ by so much. */
const CLOCKS_MS = 5_000;

/** Dates and big whole numbers as objects of one field, since JSON has neither. */
function keep(this: unknown, name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $whole: value.toString() };
  const before = (this as Record<string, unknown>)[name]; // a Date has become text by now
  return before instanceof Date ? { $moment: before.getTime() } : value;
}

function revive(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$moment' in value) return new Date(value.$moment as number);
  return '$whole' in value ? BigInt(value.$whole as string) : value;
}
