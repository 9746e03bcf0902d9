import { z } from 'zod';
import { seats } from './option.ts';
import { RANKED_LIMITS } from './ranking.ts';

export { weakRankingBallot as schulzeBallot } from './ranking.ts';

/** Condorcet by strongest paths; unranked options stand below the ranked ones and equal among themselves. */
export const schulzeSettings = z.strictObject({ seats }).meta({ description: RANKED_LIMITS });
export type SchulzeSettings = z.infer<typeof schulzeSettings>;
