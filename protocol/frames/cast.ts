import { z } from 'zod';
import { castRequest as castBody, castReceipt, queuedBallot, queuedReceipt, trackingCode } from '../ballots.ts';
import { id } from '../text.ts';
import { requestId } from './request-id.ts';

/** The body of POST /v1/elections/{id}/ballots with the election and a request id beside it. */
export const castFrame = z
  .strictObject({ id: requestId, op: z.literal('cast'), election: id, ...castBody.shape })
  .meta({
    id: 'CastRequest',
    description:
      'Casts a ballot. Answered once it is on disk. The same request with the same cast key gets the same answer, so ' +
      'repeat it whenever you did not hear one; it cannot count twice.',
    example: {
      id: 3,
      op: 'cast',
      election: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10',
      credential: 'vt_4c1b8f0d2e6a9b7c',
      ballot: { ranking: ['ada', 'grace'] },
      cast_key: '00112233445566778899aabbccddeeff',
    },
  });
export type CastFrame = z.infer<typeof castFrame>;

const receivedReply = z
  .strictObject({ id: requestId, ok: z.literal(true), ...castReceipt.shape })
  .meta({ description: 'The ballot is in the urn, on disk.' });
const queuedReply = z.strictObject({ id: requestId, ok: z.literal(true), ...queuedReceipt.shape }).meta({
  description:
    'The ballot was received and is kept, and is not counted yet: the database is away or too busy. A message QueuedOutcome ' +
    'follows on this connection once it is in or was refused; the same cast again tells as well.',
});

export const castReply = z
  .union([receivedReply, queuedReply])
  .meta({ id: 'CastReply', description: 'The ballot is in the urn, on disk; or it is queued.' });

/** To whoever cast a ballot that was queued, on the same connection: it belongs to no topic. */
export const queuedOutcome = z
  .strictObject({ ...queuedReceipt.shape, ...queuedBallot.shape, tracking_code: trackingCode.optional() })
  .meta({
    id: 'QueuedOutcome',
    description: 'What became of a ballot that was queued; with its tracking code if it is in.',
  });
