import { z } from 'zod';
import { electionState } from './election-state.ts';
import { standing } from './standing.ts';
import { id, moment } from './text.ts';
import { amount } from './weight.ts';

/** A running tally, exact to log position `pos`. */
export const tallyView = z
  .strictObject({
    election_id: id,
    state: electionState,
    pos: z.int().meta({ description: 'Log position up to which every ballot is in cast.' }),
    cast: z.int().nullable().meta({ description: 'Ballots in the urn at pos; null while even that is hidden.' }),
    counted: z.int().meta({ description: 'Ballots that options counts; fewer than cast where secrecy asks for it.' }),
    figure: z.string().meta({ description: 'What is counted.', example: 'first preferences' }),
    options: z
      .array(
        z.strictObject({
          option: z.string(),
          count: z.number().meta({ description: 'Whole, or halves where points are shared.' }),
          weight: amount,
        }),
      )
      .nullable()
      .meta({ description: 'null while the figures are hidden.' }),
    at: moment,
    final: z.boolean().meta({ description: 'True once no further ballot can come.' }),
    standing: standing.nullable().meta({ description: 'null for drafts and cancelled elections.' }),
  })
  .meta({ id: 'Tally' });
export type TallyView = z.infer<typeof tallyView>;

export const recountView = z
  .strictObject({
    ballots: z.int().meta({ description: 'Ballots in the urn; those on paper are not among them.' }),
    weight: amount,
    paper_ballots: z.int().meta({ description: 'Ballots on paper of confirmed batches, counted with them.' }),
    equals_tally: z.boolean().meta({ description: 'The running tally held the very same ballots as the urn.' }),
    equals_result: z.boolean().nullable().meta({ description: 'The stored result is the one the ballots give.' }),
  })
  .meta({
    id: 'Recount',
    example: { ballots: 212, weight: '212', paper_ballots: 0, equals_tally: true, equals_result: true },
  });
