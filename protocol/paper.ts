import { z } from 'zod';
import { optionId } from './methods/option.ts';
import { plainLine } from './plain-line.ts';
import { id, moment } from './text.ts';

const count = z.int().min(0).max(1_000_000);

/** `ballot` is checked by the engine against the election's method, as a cast one is. */
const pattern = z.strictObject({
  ballot: z
    .unknown()
    .refine((ballot) => ballot !== undefined, 'is missing')
    .meta({ description: "A ballot in the shape of the election's voting method (see Ballot)." }),
  count: count.min(1).meta({ description: 'How many of the paper ballots say just this.' }),
});

const totals = z.strictObject({
  options: z.record(optionId, z.int().min(-1_000_000_000).max(1_000_000_000)).meta({
    description: 'Per option id: votes (motion: yes and no), marks (choose) or the sum of the scores (score).',
  }),
  blank: count.optional().meta({ description: 'Ballots that say nothing; 0 if left out.' }),
  abstained: count.optional().meta({ description: 'Motions only: abstentions; 0 if left out.' }),
});

/** One heap of paper ballots as one person counted it. */
const paperCount = z
  .strictObject({
    ballots: count.min(1).meta({ description: 'Ballots in this batch; what follows must add up to it.' }),
    patterns: z.array(pattern).min(1).max(20_000).optional(),
    totals: totals.optional().meta({
      description: 'Instead of patterns, where sums are enough for the count: motion, choose and score.',
    }),
  })
  .refine(({ patterns, totals: sums }) => (patterns === undefined) !== (sums === undefined), {
    path: ['patterns'],
    error: 'give either patterns or totals',
  });

const example = { ballots: 40, totals: { options: { yes: 25, no: 12 }, abstained: 3 } };

export const newPaperBatch = z
  .strictObject({ label: plainLine(1, 100).meta({ description: 'How people call the heap.' }), count: paperCount })
  .meta({
    id: 'NewPaperBatch',
    description: 'The first count of a heap of paper ballots. It counts once somebody else has counted the same.',
    example: { label: 'Box 1', count: example },
  });

export const paperConfirmation = z.strictObject({ count: paperCount }).meta({
  id: 'PaperConfirmation',
  description: 'The second count, by another person who has not seen the first.',
  example: { count: example },
});

export const paperDeclaration = z
  .strictObject({
    ballots: count.meta({
      description:
        'Ballots on paper that were handed out. Batches together never exceed it. Unless the roll is one of members, who ' +
        'stand on it anyway, so many voters of one vote each are added to the roll for quorum and majority.',
    }),
  })
  .meta({ id: 'PaperDeclaration', example: { ballots: 60 } });

export const paperBatchView = z
  .strictObject({
    batch_id: id,
    label: z.string(),
    ballots: z.int(),
    state: z.enum(['entered', 'confirmed']).meta({ description: 'Only confirmed batches count.' }),
    own: z.boolean().meta({ description: 'You entered the first count: somebody else has to make the second.' }),
    mismatches: z.int().meta({ description: 'Second counts that did not agree with the first.' }),
    entered_at: moment,
    confirmed_at: moment.nullable(),
  })
  .meta({ id: 'PaperBatch', description: 'A heap of paper ballots. What they say is shown with the result only.' });

export const paperView = z
  .strictObject({
    declared: z.int().meta({ description: 'Ballots on paper that were handed out.' }),
    entered: z.int().meta({ description: 'Ballots in all batches.' }),
    confirmed: z.int().meta({ description: 'Ballots in confirmed batches.' }),
    batches: z.array(paperBatchView),
  })
  .meta({ id: 'Paper' });
