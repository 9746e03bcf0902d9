import { z } from 'zod';
import { optionId, seats } from './option.ts';

/** Each voter spreads up to `total` points over the options: cumulative voting, dot voting. */
export const pointsSettings = z
  .strictObject({
    total: z.int().min(1).max(1_000_000),
    /** fewest points of a ballot that is not blank; equal to total where all must be given */
    min_total: z.int().min(0).max(1_000_000).default(1),
    max_per_option: z.int().min(1).max(1_000_000).optional(),
    seats,
  })
  .refine((settings) => settings.min_total <= settings.total, {
    path: ['min_total'],
    error: 'min_total is greater than total',
  });
export type PointsSettings = z.infer<typeof pointsSettings>;

/** 0 points is the same as none; no points at all is the blank ballot. */
export const pointsBallot = z.strictObject({ points: z.record(optionId, z.int().min(0)) });
export type PointsBallot = z.infer<typeof pointsBallot>;
