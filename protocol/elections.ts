import { z } from 'zod';
import { electionState } from './election-state.ts';
import { electionMethod } from './methods/index.ts';
import { option } from './methods/option.ts';
import { rules } from './methods/rules.ts';
import { pageOf, pageQuery } from './page.ts';
import { plainLine } from './plain-line.ts';
import { chosenMoment, id, moment, text } from './text.ts';
import { amount, weight } from './weight.ts';

/** The same schemas under the names by which the documents refer to them. */
const method = electionMethod.meta({ id: 'Method', description: 'A voting method with its settings.' });
const choice = option.meta({ id: 'Option', description: 'What can be voted for.' });
const ruleSet = rules.meta({ id: 'Rules', description: 'What a result needs besides the count.' });

const secrecy = z.enum(['secret', 'named']);
const visibility = z.enum(['live', 'count', 'hidden']);
const rollKind = z.enum(['tokens', 'meeting', 'members']);

const present = z
  .int()
  .min(0)
  .max(10_000_000)
  .meta({ description: "People present, for rules whose base is 'present'." });
const secretStep = z.int().min(1).max(1_000).meta({
  description: 'A new live figure of a secret election needs at least this many further ballots. 3 if left out.',
});

const duration = z
  .int()
  .min(5)
  .max(30 * 86_400)
  .meta({
    description: 'Seconds from its opening to its close, 5 to 30 days; closes_at is computed when it opens.',
    example: 120,
  });
const paperDeclared = z.int().min(0).max(1_000_000).meta({
  description: 'Ballots on paper that were handed out: no more are ever counted. 0 where there are none.',
});

/** What can be said of an election before it opens; each optional, so that templates and edits take a part of it. */
const parts = {
  description: text(0, 5_000).optional(),
  options: z.array(choice).min(1).max(1_000).optional().meta({ description: 'In the order in which they are shown.' }),
  rules: ruleSet.optional(),
  secrecy: secrecy.optional().meta({ description: "'secret' if left out: nobody can join a voter to a ballot." }),
  visibility: visibility.optional().meta({ description: "What is seen before the close; 'live' if left out." }),
  roll: rollKind.optional().meta({
    description:
      "Who may vote: holders of issued tokens only ('tokens', if left out), everyone who attends as well ('meeting'), " +
      "or the active members of the organisation or of one group, each with their weight ('members').",
  }),
  roll_group_id: id.nullable().optional().meta({ description: "Only this group of members; with roll 'members'." }),
  secret_step: secretStep.optional(),
  duration_seconds: duration.nullable().optional(),
};
const times = {
  opens_at: chosenMoment.nullable().optional().meta({ description: 'Opens by itself at this time. Not in the past.' }),
  closes_at: chosenMoment.nullable().optional().meta({
    description: 'No ballot counts after this time. Not in the past, and not together with duration_seconds.',
  }),
  present: present.nullable().optional(),
};

/** What a moderator sends to make an election. A motion needs no options: they are yes and no. */
export const newElection = z
  .strictObject({ meeting_id: id.nullable().optional(), title: plainLine(1, 500), method, ...parts, ...times })
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

/** Changes to a draft: what is left out stays, null takes away. Its meeting stays: a copy may go elsewhere. */
export const electionChanges = z
  .strictObject({
    title: plainLine(1, 500).optional(),
    method: method.optional(),
    ...parts,
    ...times,
  })
  .meta({
    id: 'ElectionChanges',
    description: 'What changes of a draft. What is left out stays as it is; null takes away.',
    example: { title: 'Board 2026 to 2028', duration_seconds: 300 },
  });
export type ElectionChangesBody = z.output<typeof electionChanges>;

/** What a template carries: an election without its times, its meeting and, if it likes, its title and options. */
export const electionPattern = z.strictObject({ title: plainLine(1, 500).optional(), method, ...parts });

export const opening = z
  .strictObject({
    closes_at: chosenMoment.optional().meta({ description: 'Closes by itself at this time.' }),
    duration_seconds: duration.optional(),
  })
  .refine(({ closes_at, duration_seconds }) => closes_at === undefined || duration_seconds === undefined, {
    path: ['duration_seconds'],
    error: 'stands beside closes_at; give one of them',
  })
  .meta({
    id: 'Opening',
    description: 'When it closes by itself. Left out: as the draft says.',
    example: { duration_seconds: 120 },
  });

export const extension = z
  .strictObject({
    closes_at: chosenMoment.optional().meta({ description: 'The new time, later than the present one.' }),
    by_seconds: z
      .int()
      .min(1)
      .max(30 * 86_400)
      .optional()
      .meta({ description: 'So many seconds later than it would.' }),
  })
  .refine(({ closes_at, by_seconds }) => (closes_at === undefined) !== (by_seconds === undefined), {
    path: ['by_seconds'],
    error: 'give either closes_at or by_seconds',
  })
  .meta({ id: 'Extension', example: { by_seconds: 60 } });

export const electionCopy = z
  .strictObject({
    title: plainLine(1, 500).optional().meta({ description: "The copy's own title; the same if left out." }),
    meeting_id: id
      .nullable()
      .optional()
      .meta({ description: 'Another meeting, or null for none; the same if left out.' }),
  })
  .meta({ id: 'ElectionCopy', example: { title: 'Board 2027' } });

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
    roll_group_id: id.nullable(),
    secret_step: secretStep,
    duration_seconds: duration.nullable(),
    state: electionState,
    opens_at: moment.nullable(),
    closes_at: moment.nullable(),
    opened_at: moment.nullable(),
    closed_at: moment.nullable(),
    published_at: moment.nullable(),
    cancel_reason: z.string().nullable(),
    present: present.nullable().meta({
      description:
        'People present. Left out by the moderator, it is taken from the meeting when the election closes, if the ' +
        'majority is one of those present; who votes on paper without having joined is then not in it.',
    }),
    present_weight: amount
      .nullable()
      .meta({ description: 'What those present weigh together; null where it was not recorded.' }),
    paper_declared: paperDeclared,
    changed_pos: z.int().meta({ description: 'Log position of the last change; the ETag is made of it.' }),
    created_at: moment,
  })
  .meta({ id: 'Election' });
export const closedElectionView = electionView
  .extend({
    queued_outstanding: z
      .int()
      .nullable()
      .optional()
      .meta({
        description:
          'Ballots that still waited in the fallback queue when it closed: they are refused, and their voters told. null: the ' +
          'queue could not be reached. Absent: none.',
      }),
  })
  .meta({ id: 'ClosedElection' });
export const electionPage = pageOf(electionView, 'ElectionPage');
export type ElectionView = z.infer<typeof electionView>;

export const attendance = z
  .strictObject({
    present,
    present_weight: weight
      .optional()
      .meta({ description: 'What they weigh together, where votes weigh differently; left out: one vote each.' }),
  })
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

const votedFilter = z.enum(['true', 'false']).meta({ description: 'Only those who have voted, or who have not.' });
export const participantsQuery = pageQuery.extend({ voted: votedFilter.optional() });

/** One entry of the electoral roll: whether, never how. */
const participant = z.strictObject({
  voter_id: id.meta({ description: 'The member or attendee.' }),
  name: z.string().meta({ description: 'Name when the entry was made.' }),
  voted: z.boolean(),
});
export const participantPage = pageOf(participant, 'ParticipantPage');
