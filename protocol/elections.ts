import { z } from 'zod';
import { electionMethod } from './methods/index.ts';
import { option } from './methods/option.ts';
import { rules } from './methods/rules.ts';
import { pageOf } from './page.ts';
import { chosenMoment, id, moment, text } from './text.ts';
import { amount, weight } from './weight.ts';

/** The same schemas under the names by which the documents refer to them. */
const method = electionMethod.meta({ id: 'Method', description: 'A voting method with its settings.' });
const choice = option.meta({ id: 'Option', description: 'What can be voted for.' });
const ruleSet = rules.meta({ id: 'Rules', description: 'What a result needs besides the count.' });

export const electionState = z.enum(['draft', 'open', 'closed', 'published', 'cancelled']);
const secrecy = z.enum(['secret', 'named']);
const visibility = z.enum(['live', 'count', 'hidden']);
const rollKind = z.enum(['tokens', 'meeting']);

const present = z
  .int()
  .min(0)
  .max(10_000_000)
  .meta({ description: "People present, for rules whose base is 'present'." });
const secretStep = z.int().min(1).max(1_000).meta({
  description: 'A new live figure of a secret election needs at least this many further ballots. 3 if left out.',
});

/** What a moderator sends to make an election. A motion needs no options: they are yes and no. */
export const newElection = z
  .strictObject({
    meeting_id: id.optional(),
    title: text(1, 500),
    description: text(0, 5_000).optional(),
    method,
    options: z.array(choice).min(1).max(1_000).optional(),
    rules: ruleSet.optional(),
    secrecy: secrecy.optional().meta({ description: "'secret' if left out: nobody can join a voter to a ballot." }),
    visibility: visibility.optional().meta({ description: "What is seen before the close; 'live' if left out." }),
    roll: rollKind.optional().meta({
      description:
        "Who may vote: holders of issued tokens only ('tokens'), or everyone who attends as well ('meeting').",
    }),
    secret_step: secretStep.optional(),
    opens_at: chosenMoment.optional(),
    closes_at: chosenMoment.optional(),
    present: present.optional(),
  })
  .refine((election) => election.options !== undefined || election.method.method === 'motion', {
    path: ['options'],
    error: 'is missing; only a motion has options of its own',
  })
  .meta({
    id: 'NewElection',
    example: {
      title: 'Board 2026',
      method: { method: 'stv', settings: { seats: 2 } },
      options: [
        { id: 'ada', title: 'Ada' },
        { id: 'grace', title: 'Grace' },
        { id: 'edsger', title: 'Edsger' },
      ],
    },
  });
export type NewElectionBody = z.output<typeof newElection>;

export const electionView = z
  .strictObject({
    election_id: id,
    meeting_id: id.nullable(),
    title: z.string(),
    description: z.string(),
    method,
    options: z.array(choice),
    rules: ruleSet,
    secrecy,
    visibility,
    roll: rollKind,
    secret_step: secretStep,
    state: electionState,
    opens_at: moment.nullable(),
    closes_at: moment.nullable(),
    opened_at: moment.nullable(),
    closed_at: moment.nullable(),
    published_at: moment.nullable(),
    cancel_reason: z.string().nullable(),
    present: present.nullable(),
    changed_pos: z.int().meta({ description: 'Log position of the last change; the ETag is made of it.' }),
    created_at: moment,
  })
  .meta({ id: 'Election' });
export const electionPage = pageOf(electionView, 'ElectionPage');
export type ElectionView = z.infer<typeof electionView>;

export const attendance = z
  .strictObject({ present })
  .meta({ id: 'Attendance', description: 'How many people are present.', example: { present: 212 } });

export const cancellation = z
  .strictObject({ reason: text(1, 1_000) })
  .meta({ id: 'Cancellation', example: { reason: 'The motion was withdrawn.' } });

/** Credentials of one-time tokens: SHA-256 of each token, so that the token itself never comes here before the vote. */
export const newCredentials = z
  .strictObject({
    credentials: z
      .array(
        z.strictObject({
          hash: z
            .string()
            .regex(/^[0-9a-f]{64}$/, 'is no SHA-256: 64 small hexadecimal digits')
            .meta({ description: 'SHA-256 of the token, as 64 small hexadecimal digits.' }),
          weight: weight.optional().meta({ description: "Votes this credential carries; '1' if left out." }),
        }),
      )
      .min(1)
      .max(20_000),
  })
  .meta({
    id: 'NewCredentials',
    example: {
      credentials: [{ hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', weight: '1' }],
    },
  });

export const issued = z
  .strictObject({
    issued: z.int().meta({ description: 'Credentials that were new.' }),
    repeated: z.int().meta({ description: 'Credentials that were there already; their weight stays.' }),
  })
  .meta({ id: 'Issued', example: { issued: 1, repeated: 0 } });

export const participationView = z
  .strictObject({
    roll: z.int().meta({ description: 'Credentials issued.' }),
    roll_weight: amount,
    voted: z.int().meta({ description: 'Credentials used.' }),
    voted_weight: amount,
  })
  .meta({ id: 'Participation', example: { roll: 300, roll_weight: '300', voted: 212, voted_weight: '212' } });
