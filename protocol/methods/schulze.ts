import { z } from 'zod';
import { seats } from './option.ts';

export { weakRankingBallot as schulzeBallot } from './ranking.ts';

/** Condorcet by strongest paths; unranked options stand below the ranked ones and equal among themselves. */
export const schulzeSettings = z.strictObject({ seats });
export type SchulzeSettings = z.infer<typeof schulzeSettings>;
