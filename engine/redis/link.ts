import { Redis, ReplyError } from 'ioredis';
import { limits } from '../limits.ts';

/** What became of a command that changes something. */
export type Sent<T> =
  | { readonly fate: 'done'; readonly value: T }
  | { readonly fate: 'unsent' } // Redis was not there or refused it: nothing was changed
  | { readonly fate: 'unknown' }; // it went out and no answer came in time

const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 1_000;

/**
 * One connection to the optional second store. It comes back by itself, and nobody ever waits for it: without a connection
 * a command is not begun, and one that is late is given up. Whoever asks must have another way to the answer.
 */
export class RedisLink {
  readonly #redis: Redis;
  readonly #listeners: ((up: boolean) => void)[] = [];
  #up = false;
  #restUntilMs = 0;
  #beat: NodeJS.Timeout | undefined;
  #sharded = false;

  /** @param url redis:// or rediss:// */
  constructor(url: string) {
    this.#redis = new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false, // what cannot be sent now is not kept for later: its caller has gone elsewhere by then
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: limits.redisConnectTimeoutMs,
      retryStrategy: (times) => Math.min(RETRY_MAX_MS, RETRY_MIN_MS * times),
    });
    this.#redis.on('error', () => {}); // shows in `up`; without a listener it would end the process
    this.#redis.on('ready', () => void this.#greet());
    this.#redis.on('close', () => this.#turn(false));
  }

  /** Begins to connect. Resolves with the first good connection; false where there is none within `withinMs`. */
  async start(withinMs: number): Promise<boolean> {
    const ready = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs);
      this.onTurn((up) => {
        if (!up) return;
        clearTimeout(timer);
        resolve(true);
      });
    });
    this.#redis.connect().catch(() => {}); // it goes on trying
    this.#beat = setInterval(() => void this.#ping(), limits.redisBeatMs);
    return ready;
  }

  /** Connected, and answering in time: looks are worth their while. */
  get up(): boolean {
    return this.#up && performance.now() >= this.#restUntilMs;
  }

  /** Connected, however long it takes to answer. */
  get connected(): boolean {
    return this.#up;
  }

  /** The server offers sharded pub/sub: a message then stays with the part of a cluster that its channel belongs to. */
  get sharded(): boolean {
    return this.#sharded;
  }

  /** Told when the connection comes and when it goes. */
  onTurn(listener: (up: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** A look: undefined where Redis cannot answer in time. Never throws for that. */
  async look<T>(command: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    if (!this.up) return undefined;
    const sent = await this.send(command, limits.redisAnswerMs);
    if (sent.fate === 'done') return sent.value;
    if (sent.fate === 'unknown') this.#restUntilMs = performance.now() + limits.redisRestMs; // the next ones are not held up
    return undefined;
  }

  /** A change whose fate matters. Never throws for a Redis that is away. */
  async send<T>(command: (redis: Redis) => Promise<T>, timeoutMs: number): Promise<Sent<T>> {
    if (!this.#up) return { fate: 'unsent' };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      // setImmediate: after a stall of this process the answer may have come already and lie unread
      timer = setTimeout(() => setImmediate(resolve, 'late'), timeoutMs);
    });
    try {
      const value = await Promise.race([command(this.#redis), late]);
      return value === 'late' ? { fate: 'unknown' } : { fate: 'done', value: value as T };
    } catch (error) {
      return { fate: error instanceof ReplyError ? 'unsent' : 'unknown' };
    } finally {
      clearTimeout(timer);
    }
  }

  /** A connection of its own that hears messages. Not begun yet; whoever has it subscribes after each 'ready'. */
  subscriber(): Redis {
    const redis = this.#redis.duplicate({
      enableOfflineQueue: true,
      maxRetriesPerRequest: null,
      autoResubscribe: false,
    });
    redis.on('error', () => {});
    return redis;
  }

  close(): void {
    clearInterval(this.#beat);
    this.#redis.disconnect();
  }

  async #greet(): Promise<void> {
    const server = await this.#redis.info('server').catch(() => undefined);
    if (server === undefined) return; // gone again; the next connection asks again
    this.#sharded = Number(/redis_version:(\d+)/.exec(server)?.[1] ?? 0) >= SHARDED_SINCE;
    this.#turn(true);
  }

  #turn(up: boolean): void {
    if (this.#up === up) return;
    this.#up = up;
    this.#restUntilMs = 0;
    for (const listener of [...this.#listeners]) listener(up);
  }

  /** A connection that went silent can be told from a slow one by nothing else. */
  async #ping(): Promise<void> {
    if (!this.#up) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => setImmediate(resolve, false), limits.redisBeatMs);
    });
    const answered = await Promise.race([this.#redis.ping().then(() => true), late]).catch(() => false);
    clearTimeout(timer);
    if (!answered && this.#up) this.#redis.disconnect(true);
  }
}

/** Redis 7.0 brought SPUBLISH and SSUBSCRIBE. */
const SHARDED_SINCE = 7;
