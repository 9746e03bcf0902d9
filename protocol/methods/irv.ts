import { z } from 'zod';

export { strictRankingBallot as irvBallot } from './ranking.ts';

/** Instant-runoff (alternative vote): one seat, nothing to set. */
export const irvSettings = z.strictObject({});
export type IrvSettings = z.infer<typeof irvSettings>;
