import { z } from 'zod';
import { seats } from './option.ts';
import { RANKED_LIMITS } from './ranking.ts';

export { strictRankingBallot as stvBallot } from './ranking.ts';

/** Single transferable vote: weighted inclusive Gregory, Droop quota. */
export const stvSettings = z.strictObject({ seats }).meta({
  description:
    'Weighted inclusive Gregory; transfer values are cut to five decimals. Droop quota: valid votes / (seats + 1), rounded ' +
    `down, plus one vote where all weights are whole, else plus a millionth. ${RANKED_LIMITS}`,
});
export type StvSettings = z.infer<typeof stvSettings>;
