import { Redis } from 'ioredis';
import type { Logger } from './logger.ts';

/** A Redis that does not answer within so long is not there. */
const ANSWER_MS = 5_000;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 1_000;

/** Why a Redis cannot hold jobs; the message says what to do. */
class RedisProblem extends Error {
  override readonly name = 'RedisProblem';
}

/**
 * A connection to the Redis that holds jobs.
 * @throws RedisProblem where it cannot be reached or would lose jobs
 */
export async function openRedis(url: string, logger: Logger): Promise<Redis> {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null, // BullMQ waits on blocking commands for as long as it takes; it insists
    retryStrategy: (times) => Math.min(RETRY_MAX_MS, RETRY_MIN_MS * times),
  });
  redis.on('error', () => {}); // said by whoever cannot go on; without a listener it would end the process
  await checkRedis(redis, logger).catch((error: unknown) => {
    redis.disconnect();
    throw error;
  });
  return redis;
}

/**
 * A Redis that throws keys away under pressure would throw jobs away, and one without an append-only file loses the last
 * seconds when it is killed. (The log is the truth: what was lost is made again from the relay's cursor on only where the
 * cursor had not moved.)
 * @throws RedisProblem where it cannot be reached or would evict keys
 */
async function checkRedis(redis: Redis, logger: Logger): Promise<void> {
  const place = `${redis.options.host}:${redis.options.port}`;
  const info = await within(redis.info('everything')).catch((error: Error) => {
    throw new RedisProblem(`REDIS_URL: no Redis answers at ${place} (${error.message}). Start it, or correct the URL.`);
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

async function within<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_MS} ms`)), ANSWER_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
