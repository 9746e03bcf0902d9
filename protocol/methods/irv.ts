import { z } from 'zod';
import { RANKED_LIMITS } from './ranking.ts';

export { strictRankingBallot as irvBallot } from './ranking.ts';

/** Instant-runoff (alternative vote): one seat, nothing to set. */
export const irvSettings = z.strictObject({}).meta({ description: RANKED_LIMITS });
export type IrvSettings = z.infer<typeof irvSettings>;
