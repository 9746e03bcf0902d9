import { z } from 'zod';
import { optionId } from './option.ts';

/** Best first; it may stop early. An empty ranking is the blank ballot. */
export const strictRankingBallot = z.strictObject({ ranking: z.array(optionId) });

/** Best first; options that share a rank stand together in an inner list. */
export const weakRankingBallot = z.strictObject({
  ranking: z.array(z.union([optionId, z.array(optionId).min(1)])),
});
