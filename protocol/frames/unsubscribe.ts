import { z } from 'zod';
import { topic } from '../topics.ts';
import { requestId } from './request-id.ts';

export const unsubscribeRequest = z.strictObject({ id: requestId, op: z.literal('unsubscribe'), topic }).meta({
  id: 'UnsubscribeRequest',
  description: 'No further messages of a topic. Answered alike if you did not watch it.',
  example: { id: 9, op: 'unsubscribe', topic: 'tally:0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10' },
});

export const unsubscribeReply = z
  .strictObject({ id: requestId, ok: z.literal(true), topic })
  .meta({ id: 'UnsubscribeReply', description: 'You watch the topic no more.' });
