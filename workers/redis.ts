import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, ReplyError } from 'ioredis';
import type { Logger } from './logger.ts';

/** A Redis that does not answer within so long is not there. */
const ANSWER_MS = 5_000;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 1_000;

/** Why a Redis cannot hold jobs; the message says what to do. */
class RedisProblem extends Error {
  override readonly name = 'RedisProblem';
}

/** It does not answer; it may come. */
class RedisAway extends RedisProblem {}

/**
 * A connection to the Redis that holds jobs. Where none answers it is waited for until `stopping`, and the log says so.
 * @throws RedisProblem where it would lose jobs; the signal's reason where that comes first
 */
export async function openRedis(url: string, logger: Logger, stopping: AbortSignal): Promise<Redis> {
  const redis = connectTo(url);
  try {
    const problem = await checked(redis, logger);
    if (problem === null) return redis;
    logger.warn(`${problem.message} Background work waits for it, and begins as soon as it answers.`);
    do await sleep(RETRY_MAX_MS, undefined, { signal: stopping });
    while (redis.status !== 'ready' || (await checked(redis, logger)) !== null);
    logger.info('Redis is there');
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/**
 * Whether a Redis can hold jobs. One that does not answer is not asked.
 * @throws RedisProblem where it would lose jobs
 */
export async function checkRedisAt(url: string, logger: Logger): Promise<void> {
  const redis = connectTo(url);
  await checked(redis, logger).finally(() => redis.disconnect());
}

function connectTo(url: string): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null, // BullMQ waits on blocking commands for as long as it takes; it insists
    retryStrategy: (times) => Math.min(RETRY_MAX_MS, RETRY_MIN_MS * times),
  });
  redis.on('error', () => {}); // said by whoever cannot go on; without a listener it would end the process
  return redis;
}

/** Why it does not answer; null: it does, and loses no jobs. @throws RedisProblem where it would */
async function checked(redis: Redis, logger: Logger): Promise<RedisAway | null> {
  try {
    await checkRedis(redis, logger);
    return null;
  } catch (error) {
    if (error instanceof RedisAway) return error;
    throw error;
  }
}

/**
 * A Redis that throws keys away under pressure would throw jobs away, and one without an append-only file loses the last
 * seconds when it is killed. (The log is the truth: what was lost is made again from the relay's cursor on only where the
 * cursor had not moved.)
 * @throws RedisAway where it does not answer, RedisProblem where it would evict keys
 */
async function checkRedis(redis: Redis, logger: Logger): Promise<void> {
  const place = `${redis.options.host}:${redis.options.port}`;
  const info = await within(greeted(redis)).catch((error: NodeJS.ErrnoException) => {
    const why = error.code ?? error.message;
    // it says something, a wrong password for one: that does not mend itself
    const Problem = error instanceof ReplyError ? RedisProblem : RedisAway;
    throw new Problem(`REDIS_URL: no Redis answers at ${place} (${why}). Start it, or correct the URL.`);
  });
  const facts = new Map(
    info.split(/\r?\n/).flatMap((line) => {
      const [name, value] = line.split(':');
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
  const policy = facts.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    throw new RedisProblem(
      `REDIS_URL: the Redis at ${place} has maxmemory-policy ${policy} and would drop jobs when memory is short. ` +
        'Set maxmemory-policy noeviction, or give Psephos a Redis of its own.',
    );
  }
  if (facts.get('aof_enabled') !== '1') {
    logger.warn(
      { redis: place },
      'this Redis keeps no append-only file: jobs are lost when it dies. Set appendonly yes',
    );
  }
}

/** Rejects with the first error of a connection that is not there yet. */
async function greeted(redis: Redis): Promise<string> {
  if (redis.status !== 'ready') await once(redis, 'ready');
  return redis.info('everything');
}

async function within<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_MS} ms`)), ANSWER_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
