import { z } from 'zod';
import { socketError } from './errors.ts';
import { methods } from './methods/index.ts';
import { pageOf } from './page.ts';
import { id, text } from './text.ts';
import { weight } from './weight.ts';

/** 16 random bytes made by the client, as 32 small hexadecimal digits. */
const castKey = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'is no cast key: 32 small hexadecimal digits, made at random for each ballot')
  .meta({ description: '128 random bits that you make for each ballot and repeat on every retry. Keep it secret.' });

export const trackingCode = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'is no tracking code: 32 small hexadecimal digits')
  .meta({ description: 'Finds the ballot in the published list.', example: '5f4dcc3b5aa765d61d8327deb882cf99' });

/** What the voter's ballot may look like, by voting method. The election's own options and limits come on top. */
const ballotShapes = z
  .union([
    methods.motion.ballot.meta({ description: 'motion' }),
    methods.choose.ballot.meta({ description: 'choose: marked options' }),
    methods.score.ballot.meta({ description: 'score: a whole number per option id' }),
    methods.judgment.ballot.meta({ description: 'judgment: a grade, or its place in the list, per option id' }),
    methods.points.ballot.meta({ description: 'points: a whole number per option id' }),
    methods.quadratic.ballot.meta({ description: 'quadratic: a whole number of votes per option id' }),
    methods.irv.ballot.meta({ description: 'irv, stv: option ids, best first' }),
    methods.borda.ballot.meta({ description: 'borda, schulze: best first; equals share an inner list' }),
  ])
  .meta({ id: 'Ballot', description: "A ballot, in the shape of the election's voting method." });

/**
 * `ballot` is read as anything here and checked by the engine against its election, so that a ballot that breaks the
 * rules is BALLOT_005 with its problems and not a malformed request.
 */
export const castRequest = z
  .strictObject({
    credential: text(1, 256)
      .optional()
      .meta({ description: 'Your one-time voting token. Left out: your right to vote as an attendee of the meeting.' }),
    ballot: z
      .unknown()
      .refine((ballot) => ballot !== undefined, 'is missing')
      .meta({ description: "The ballot, in the shape of the election's voting method (see Ballot)." }),
    cast_key: castKey,
    on_behalf_of: id.optional().meta({
      description:
        'The member whose proxy you hold: casts their ballot, not yours. Each member has one ballot, and the first one ' +
        'counts, whoever cast it. Not together with credential.',
    }),
  })
  .meta({
    id: 'Cast',
    example: {
      credential: 'vt_4c1b8f0d2e',
      ballot: { ranking: ['ada', 'grace'] },
      cast_key: '00112233445566778899aabbccddeeff',
    },
  });

export const castReceipt = z
  .strictObject({ tracking_code: trackingCode })
  .meta({ id: 'CastReceipt', example: { tracking_code: '5f4dcc3b5aa765d61d8327deb882cf99' } });

export const queuedId = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'is no id of a queued ballot: 32 small hexadecimal digits')
  .meta({ description: 'Ask what became of the ballot by it.', example: '3858f62230ac3c915f300c664312c63f' });

/** Received, not counted yet. */
export const queuedReceipt = z
  .strictObject({ queued: queuedId })
  .meta({ id: 'QueuedReceipt', example: { queued: '3858f62230ac3c915f300c664312c63f' } });

export const queuedBallot = z
  .strictObject({
    state: z.enum(['queued', 'in', 'refused']).meta({
      description:
        'queued: received, not counted yet. in: in the urn; send the very same cast again for its tracking code. refused: ' +
        'not counted, and never will be.',
    }),
    error: socketError.optional().meta({ description: 'Why it was refused.' }),
  })
  .meta({ id: 'QueuedBallot', example: { state: 'in' } });
export type QueuedBallotView = z.infer<typeof queuedBallot>;

export const publishedBallot = z
  .strictObject({
    tracking_code: trackingCode,
    ballot: ballotShapes,
    weight: weight.nullable().meta({ description: 'null in weighted secret elections, where it could identify.' }),
    voter: z.string().nullable().meta({ description: 'Named elections only.' }),
  })
  .meta({ id: 'PublishedBallot' });
export const ballotPage = pageOf(publishedBallot, 'BallotPage');
export type PublishedBallotView = z.infer<typeof publishedBallot>;
