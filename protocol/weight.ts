import { z } from 'zod';

/** The engine counts weights in micro-units: 1,000,000n is one vote. On the wire they are decimal strings of votes. */
const MICRO_PER_VOTE = 1_000_000n;
const DECIMALS = 6;
const WEIGHT = /^(?:0|[1-9][0-9]{0,6})(?:\.[0-9]{1,6})?$/;
const WEIGHT_MAX_MICRO = 1_000_000n * MICRO_PER_VOTE;

function isWeight(votes: string): boolean {
  if (!WEIGHT.test(votes)) return false;
  const micro = microOfVotes(votes);
  return micro > 0n && micro <= WEIGHT_MAX_MICRO;
}

/**
 * What one credential may weigh: more than 0, at most a million votes, at most six decimals, e.g. '1', '0.25'.
 * No sign, no exponent.
 */
export const weight = z
  .string()
  .refine(isWeight, "is no weight; write votes as text, more than 0, with at most six decimals, like '1' or '0.25'")
  .meta({ description: 'Votes as decimal text, at most six decimals.', example: '1' });

/** A figure made of weights, as large as it comes: totals, quotas, transfers. */
export const amount = z
  .string()
  .regex(/^-?[0-9]+(?:\.[0-9]{1,6})?$/, 'is no decimal text with at most six decimals')
  .meta({ description: 'Votes as decimal text, at most six decimals.', example: '212.5' });

/** Micro-units -> votes as the shortest decimal text: 250000n -> '0.25'. */
export function votesOfMicro(micro: bigint): string {
  const sign = micro < 0n ? '-' : '';
  const size = micro < 0n ? -micro : micro;
  const fraction = (size % MICRO_PER_VOTE).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
  const whole = `${sign}${size / MICRO_PER_VOTE}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** Votes as text -> micro-units: '0.25' -> 250000n. Throws a RangeError on text that `weight` refuses. */
export function microOfVotes(votes: string): bigint {
  if (!WEIGHT.test(votes)) throw new RangeError('not a weight');
  const [whole = '0', fraction = ''] = votes.split('.');
  return BigInt(whole) * MICRO_PER_VOTE + BigInt(fraction.padEnd(DECIMALS, '0'));
}
