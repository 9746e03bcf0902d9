import { z } from 'zod';
import { pageOf } from './page.ts';
import { id, moment, text } from './text.ts';

export const newMeeting = z.strictObject({ title: text(1, 200) }).meta({
  id: 'NewMeeting',
  example: { title: 'General assembly 2026' },
});

export const meetingView = z
  .strictObject({
    meeting_id: id,
    title: z.string(),
    join_code: z.string().meta({ description: 'What attendees type to join.' }),
    created_at: moment,
  })
  .meta({
    id: 'Meeting',
    example: {
      meeting_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10',
      title: 'General assembly 2026',
      join_code: 'K7Q4-ZD',
      created_at: '2026-11-21T18:00:00.000Z',
    },
  });
export const meetingPage = pageOf(meetingView, 'MeetingPage');
export type MeetingView = z.infer<typeof meetingView>;

export const joinRequest = z
  .strictObject({
    code: text(1, 64).meta({ description: 'The join code on the screen.' }),
    name: text(1, 100).meta({ description: 'How the moderator sees you.' }),
  })
  .meta({ id: 'Join', example: { code: 'K7Q4-ZD', name: 'Ada' } });

export const joined = z
  .strictObject({
    session_token: z.string().meta({ description: 'Your bearer token. Shown once; keep it.' }),
    expires_at: moment,
    attendee_id: id,
    meeting: meetingView,
  })
  .meta({ id: 'Joined' });

export const socketAddress = z
  .strictObject({ url: z.string(), subprotocol: z.string() })
  .meta({ id: 'SocketAddress', example: { url: 'ws://localhost:3001', subprotocol: 'psephos.v1' } });

export const socketTicket = z
  .strictObject({
    ticket: z.string().meta({ description: 'Goes into the first frame. Works once, for 30 seconds.' }),
    expires_at: moment,
  })
  .meta({ id: 'SocketTicket' });
