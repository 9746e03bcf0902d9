import { z } from 'zod';
import { topic } from '../topics.ts';
import { requestId } from './request-id.ts';

/** The life of the database that offsets belong to: another epoch, other offsets. */
export const epoch = z.string().min(1).max(64).meta({
  description: 'The life of the database. Offsets of one epoch mean nothing in another (after a restore).',
});
export const offset = z.int().nonnegative().meta({ description: 'Log position up to which the topic is exact.' });

export const subscribeRequest = z
  .strictObject({
    id: requestId,
    op: z.literal('subscribe'),
    topic,
    epoch: epoch.optional(),
    offset: offset.optional(),
  })
  .refine((frame) => (frame.epoch === undefined) === (frame.offset === undefined), {
    error: 'must carry epoch and offset together, or neither',
  })
  .meta({
    id: 'SubscribeRequest',
    description:
      'Watches a topic. With the epoch and offset of the last message you got, you get what you missed, or one ' +
      'snapshot where that is shorter; without, a snapshot.',
    example: { id: 2, op: 'subscribe', topic: 'tally:0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10' },
  });
export type SubscribeFrame = z.infer<typeof subscribeRequest>;

export const subscribeReply = z
  .strictObject({
    id: requestId,
    ok: z.literal(true),
    topic,
    epoch,
    offset,
    mode: z.enum(['snapshot', 'resumed', 'current']).meta({
      description:
        'What follows: a snapshot (and what came after it), one message with what you missed, or nothing until there is news.',
    }),
  })
  .meta({ id: 'SubscribeReply', description: 'You watch the topic from here on, without a gap.' });
