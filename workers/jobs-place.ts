import { openJobsDatabase } from './jobs-database.ts';
import type { Logger } from './logger.ts';
import { checkRedisAt } from './redis.ts';
import type { JobsPlace } from './settings.ts';

/**
 * Whether jobs can be kept where the settings say, without opening any queue: a start says so before it takes a ballot. A Redis
 * that is away is passed over: votes go on without it, and workers wait for it.
 * @throws RedisProblem, JobsDatabaseProblem, or the database's own error
 */
export async function checkJobsPlace(place: JobsPlace, logger: Logger): Promise<void> {
  if (place.redisUrl === undefined) await openJobsDatabase(place);
  else await checkRedisAt(place.redisUrl, logger);
}
