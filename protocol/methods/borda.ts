import { z } from 'zod';
import { seats } from './option.ts';
import { RANKED_LIMITS } from './ranking.ts';

export { weakRankingBallot as bordaBallot } from './ranking.ts';

/**
 * Of n options the first gets n-1 points, the next n-2, the last 0. Options that share a rank share the average of
 * its points, and so do the unranked with what is left (so an option gets 1 for each one below it, 1/2 for each equal).
 */
export const bordaSettings = z.strictObject({ seats }).meta({ description: RANKED_LIMITS });
export type BordaSettings = z.infer<typeof bordaSettings>;
