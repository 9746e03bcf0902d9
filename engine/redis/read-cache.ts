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

/** A Redis that cannot answer costs one late answer at most; then PostgreSQL is asked, as it is without Redis. */
export class ReadCache {
  readonly #link: RedisLink;
  readonly #prefix: string;
  readonly #rates: CacheRates;

  /** @param epoch of the database: what was read before a restore is not met again after it */
  constructor(link: RedisLink, epoch: string, rates: CacheRates) {
    this.#link = link;
    this.#prefix = `psephos:cache:${epoch}:`;
    this.#rates = rates;
  }

  /** What is kept; undefined where nothing is, or Redis is away. */
  async get<T>(cache: CacheName, id: string): Promise<T | undefined> {
    const text = await this.#link.look((redis) => redis.get(this.#key(cache, id)));
    this.#rates.count(cache, typeof text === 'string');
    return typeof text === 'string' ? (JSON.parse(text, revive) as T) : undefined;
  }

  /** Nobody waits for it. What cannot be written as JSON with dates and whole numbers of any size is not for here. */
  put(cache: CacheName, id: string, value: unknown): void {
    if (!this.#link.up) return;
    const text = JSON.stringify(value, keep);
    if (text.length > limits.cachedMaxCharacters) return;
    void this.#link.look((redis) => redis.set(this.#key(cache, id), text, 'PX', LIFETIMES_MS[cache]));
  }

  #key(cache: CacheName, id: string): string {
    return `${this.#prefix}${cache}:${id}`;
  }
}

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
