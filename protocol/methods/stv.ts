import { z } from 'zod';
import { seats } from './option.ts';

export { strictRankingBallot as stvBallot } from './ranking.ts';

/** Single transferable vote: weighted inclusive Gregory, Droop quota. */
export const stvSettings = z.strictObject({ seats });
export type StvSettings = z.infer<typeof stvSettings>;
