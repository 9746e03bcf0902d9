import { z } from 'zod';

const fraction = z
  .strictObject({ numerator: z.int().min(1).max(1_000_000), denominator: z.int().min(1).max(1_000_000) })
  .refine((value) => value.numerator <= value.denominator, {
    path: ['numerator'],
    error: 'the fraction is more than the whole',
  });
export type Fraction = z.infer<typeof fraction>;

/** What a majority is a part of: valid votes, those and abstentions, everyone present, the whole electoral roll. */
export const majorityBase = z.enum(['valid', 'with_abstentions', 'present', 'roll']).meta({
  description:
    'What the majority is a part of. present needs the number of people present, and votes that all weigh the same.',
});
export type MajorityBase = z.infer<typeof majorityBase>;

/**
 * simple: more than half of the valid votes, which must be the base (on a motion: more yes than no);
 * absolute: more than half of the base; a fraction: at least that part of the base.
 */
export const threshold = z.union([z.enum(['simple', 'absolute', 'two_thirds', 'three_quarters']), fraction]).meta({
  description:
    'simple: more than half of the valid votes; absolute: more than half of the base; a fraction: at least that part of it.',
});
export type Threshold = z.infer<typeof threshold>;

const majorityRule = z.strictObject({ base: majorityBase.default('valid'), threshold });
export type MajorityRule = z.infer<typeof majorityRule>;

/** share: of the roll's voting weight, to be cast; number: of ballots to be cast. Abstentions and blanks count. */
const quorumRule = z.union([z.strictObject({ share: fraction }), z.strictObject({ number: z.int().min(1) })]);
export type QuorumRule = z.infer<typeof quorumRule>;

/** Without a majority rule a motion needs more yes than no, and other methods take whoever their count puts first. */
export const rules = z.strictObject({ majority: majorityRule.optional(), quorum: quorumRule.optional() });
export type Rules = z.infer<typeof rules>;
