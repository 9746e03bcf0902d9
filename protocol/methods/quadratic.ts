import { z } from 'zod';
import { optionId, seats } from './option.ts';

/** n votes for an option cost n × n credits (Lalley and Weyl 2018); the most votes win. */
export const quadraticSettings = z.strictObject({ credits: z.int().min(1).max(1_000_000), seats });
export type QuadraticSettings = z.infer<typeof quadraticSettings>;

/** 0 votes is the same as none; no votes at all is the blank ballot. */
export const quadraticBallot = z.strictObject({ votes: z.record(optionId, z.int().min(0)) });
export type QuadraticBallot = z.infer<typeof quadraticBallot>;
