import { z } from 'zod';
import { id, moment } from '../text.ts';
import { requestId } from './request-id.ts';

const secret = z
  .string()
  .regex(/^[\x21-\x7e]{1,512}$/, 'is not 1 to 512 printable characters without blanks')
  .optional();

/** The first frame of a connection. */
export const helloRequest = z
  .strictObject({
    id: requestId,
    op: z.literal('hello'),
    ticket: secret.meta({ description: 'One-time ticket from POST /v1/socket-tickets: pages and attendees.' }),
    api_key: secret.meta({ description: 'An API key (psk_…): machines.' }),
  })
  .refine(({ ticket, api_key: apiKey }) => (ticket === undefined) !== (apiKey === undefined), {
    error: 'must carry either ticket or api_key',
  })
  .meta({
    id: 'HelloRequest',
    description: 'Says who is calling: the first frame of a connection, within 5 seconds, with a ticket or an API key.',
    example: { id: 1, op: 'hello', ticket: 'pkt_0lXYwWkT2q' },
  });

export const helloReply = z
  .strictObject({
    id: requestId,
    ok: z.literal(true),
    org_id: id.meta({ description: 'The organisation that your secret belongs to.' }),
    roles: z.array(z.string()),
    meeting_id: id.nullable().meta({ description: 'The meeting that you attend; null for API keys.' }),
    heartbeat_ms: z
      .int()
      .meta({ description: 'The gateway pings this often; silence for twice as long means it is gone.' }),
    server_time: moment.meta({ description: "The gateway's clock: countdowns go by it." }),
    max_in_work: z.int().meta({ description: 'Requests that you may send before the first of them is answered.' }),
  })
  .meta({ id: 'HelloReply', description: 'You are known; every other operation may now be used.' });
