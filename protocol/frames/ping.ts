import { z } from 'zod';
import { moment } from '../text.ts';
import { requestId } from './request-id.ts';

export const pingRequest = z.strictObject({ id: requestId, op: z.literal('ping') }).meta({
  id: 'PingRequest',
  description: 'Is anybody there? For clients that cannot see the pings of WebSocket itself, such as pages.',
  example: { id: 4, op: 'ping' },
});

export const pingReply = z
  .strictObject({
    id: requestId,
    ok: z.literal(true),
    server_time: moment.meta({ description: "The gateway's clock: countdowns go by it." }),
  })
  .meta({ id: 'PingReply', description: 'Somebody is.' });
