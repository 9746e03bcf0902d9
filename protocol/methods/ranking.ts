import { z } from 'zod';
import { optionId } from './option.ts';

/** What every ranked method says of its bounds; the engine holds them when an election is made. */
export const RANKED_LIMITS =
  'At most 200 options, since counts show tables of options against options. A ballot may stop after any rank.';

/** Best first; it may stop early. An empty ranking is the blank ballot. */
export const strictRankingBallot = z.strictObject({ ranking: z.array(optionId) });

/** Best first; options that share a rank stand together in an inner list. */
export const weakRankingBallot = z.strictObject({
  ranking: z.array(z.union([optionId, z.array(optionId).min(1)])),
});
