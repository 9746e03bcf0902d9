import { z } from 'zod';
import { presenceView } from '../meetings.ts';
import { id } from '../text.ts';
import { requestId } from './request-id.ts';

export const presenceRequest = z.strictObject({ id: requestId, op: z.literal('presence'), meeting: id }).meta({
  id: 'PresenceRequest',
  description: 'How many are here. The topic of the meeting tells when it changes, at most once a second.',
  example: { id: 5, op: 'presence', meeting: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10' },
});

export const presenceReply = z
  .strictObject({ id: requestId, ok: z.literal(true), presence: presenceView })
  .meta({ id: 'PresenceReply', description: 'Who is here now, in numbers.' });
