import { z } from 'zod';
import { optionId } from './option.ts';

/** Best first; it may stop early. An empty ranking is the blank ballot. */
export const strictRankingBallot = z.strictObject({ ranking: z.array(optionId) });
export type StrictRankingBallot = z.infer<typeof strictRankingBallot>;

/** Best first; options that share a rank stand together in an inner list. */
export const weakRankingBallot = z.strictObject({
  ranking: z.array(z.union([optionId, z.array(optionId).min(1)])),
});
export type WeakRankingBallot = z.infer<typeof weakRankingBallot>;
