import { z } from 'zod';
import { electionState } from './election-state.ts';
import { majorityBase, threshold } from './methods/rules.ts';
import { id } from './text.ts';
import { amount } from './weight.ts';

const missing = amount.meta({ description: "needed less given; '0' once it is reached." });
const words = z.string().meta({ description: 'The same in English words.' });

const quorumStanding = z.strictObject({
  unit: z.enum(['weight', 'ballots']),
  needed: amount,
  given: amount,
  missing,
  reached: z.boolean(),
  words,
});

const majorityStanding = z.strictObject({
  base: majorityBase,
  threshold,
  base_weight: amount.meta({ description: 'What the majority is a part of, in votes.' }),
  needed: amount,
  given: amount.meta({ description: 'Yes votes of a motion, else the votes of the leading option.' }),
  missing,
  reached: z.boolean(),
  words,
});

/**
 * Where quorum and majority stand, from the very figures that the tally shows: nothing that the visibility hides, and in
 * an open secret election only whole steps of at least k ballots. Ballots on paper are not in it before the count.
 */
export const standing = z
  .strictObject({
    quorum: quorumStanding.nullable().meta({ description: 'null without such a rule, and while it is hidden.' }),
    majority: majorityStanding.nullable().meta({
      description:
        'Motions, and elections with a majority rule; null while figures are hidden or the base is not known.',
    }),
    outcome: z
      .enum(['carried', 'not_carried', 'elected', 'not_elected'])
      .nullable()
      .meta({ description: 'What it would be if it closed now; null where that is not known or not shown.' }),
    leading: z.array(z.string()).meta({ description: 'Options that would be elected if it closed now.' }),
    words: z.array(z.string()).meta({
      description: 'Sentences in English.',
      example: ['Needs 34 more votes for the quorum.', 'Carried if it closed now: 214 of 301 valid votes, needed 201.'],
    }),
  })
  .meta({ id: 'Standing', description: 'Quorum and majority as they stand now.' });
export type StandingView = z.infer<typeof standing>;

export const standingView = z
  .strictObject({
    election_id: id,
    state: electionState,
    pos: z.int().meta({ description: 'Log position that it is exact to.' }),
    standing: standing.nullable().meta({ description: 'null for drafts and cancelled elections.' }),
  })
  .meta({ id: 'ElectionStanding' });
