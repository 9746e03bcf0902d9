import { z } from 'zod';
import { electionMethod } from './methods/index.ts';
import { majorityBase, rules, threshold } from './methods/rules.ts';
import { id } from './text.ts';
import { amount } from './weight.ts';

const amounts = z.record(z.string(), amount).meta({ description: 'Votes per option id.' });
const optionIds = z.array(z.string());
const ballotCounts = z.strictObject({ cast: z.int(), valid: z.int(), blank: z.int(), abstained: z.int() });
const weightSums = z.strictObject({ cast: amount, valid: amount, blank: amount, abstained: amount });

const round = z
  .strictObject({
    round: z.int(),
    rule: z.string().meta({ description: 'The rule that decided this round, in words.' }),
    transfers: z.array(z.strictObject({ from: z.string(), to: z.string().nullable(), amount })),
    amounts,
    exhausted: amount,
    quota: amount.optional(),
    elected: optionIds,
    eliminated: optionIds,
    details: z.record(z.string(), z.unknown()).optional().meta({ description: 'Further tables of the method.' }),
  })
  .meta({ id: 'Round' });

const ruling = z
  .strictObject({
    outcome: z.enum(['carried', 'not_carried', 'elected', 'not_elected']),
    elected: optionIds.meta({ description: 'In the order in which they won; empty for motions.' }),
    tie: z.boolean(),
    quorum_reached: z.boolean(),
    quorum: z
      .strictObject({ unit: z.enum(['weight', 'ballots']), needed: amount, given: amount, reached: z.boolean() })
      .nullable(),
    majority: z
      .strictObject({
        base: majorityBase,
        threshold,
        base_weight: amount,
        needed: amount,
        given: amount,
        reached: z.boolean(),
      })
      .nullable(),
    decided_by: z.string().meta({ description: 'The rule that decided, in words with its figures.' }),
  })
  .meta({ id: 'Ruling' });

const tie = z.strictObject({
  options: optionIds,
  places: z.int().meta({ description: 'How many of them could be taken.' }),
  between: z.enum(['election', 'elimination', 'surplus']),
  chosen: optionIds,
  broken_by: z.enum(['earlier rounds', 'lot']).nullable().meta({ description: 'null where it stays a tie.' }),
});

const paper = z
  .strictObject({
    declared: z.int().meta({ description: 'Ballots on paper that were handed out.' }),
    batches: z.array(z.strictObject({ batch_id: id, label: z.string(), ballots: z.int() })),
    cast: z.int().meta({ description: 'Ballots on paper that are in the count.' }),
    ballots: ballotCounts.nullable().meta({ description: 'Of the ballots on paper alone; null like options.' }),
    figure: z.string().meta({ description: 'What options counts.', example: 'first preferences' }),
    options: amounts.nullable().meta({
      description:
        'What the ballots on paper alone give; null in a secret election with fewer of them than secret_step.',
    }),
  })
  .meta({ id: 'PaperResult', description: 'Ballots on paper, apart. They are in the count as well.' });

/** A result with everything that led to it. Amounts are votes as decimal text. */
export const resultView = z
  .strictObject({
    election: id,
    title: z.string().meta({ description: 'The question.' }),
    options: z.array(z.strictObject({ id: z.string(), title: z.string() })),
    method: electionMethod,
    rules,
    roll: z.strictObject({
      count: z.int(),
      weight: amount,
      present: z.int().nullable(),
      present_weight: amount.nullable(),
    }),
    ruling,
    paper: paper.nullable().meta({ description: 'null where no paper ballots were counted.' }),
    count: z.strictObject({
      winners: optionIds,
      ranking: z.array(optionIds).meta({ description: 'Best first; equals share an inner list.' }),
      totals: amounts,
      ties: z.array(tie),
      ballots: ballotCounts,
      weights: weightSums,
      decided_by: z.string(),
      rounds: z.array(round),
    }),
  })
  .meta({ id: 'Result' });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const minutesQuery = z.strictObject({
  lang: z.enum(['en', 'de']).optional().meta({ description: 'Language of the minutes; English if left out.' }),
  time_zone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'is no time zone, like Europe/Berlin')
    .optional()
    .meta({ description: 'By which times are written; UTC if left out.', example: 'Europe/Berlin' }),
});
