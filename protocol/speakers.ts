import { z } from 'zod';
import { id, moment } from './text.ts';

/** Those who wait to speak, at most, where the meeting has no bound of its own. */
const SPEAKERS_MAX = 500;

const speaker = z
  .strictObject({
    speaker_id: id,
    attendee_id: id,
    name: z.string(),
    state: z.enum(['waiting', 'speaking']),
    asked_at: moment,
    started_at: moment.nullable(),
  })
  .meta({
    id: 'Speaker',
    example: {
      speaker_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a51',
      attendee_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a31',
      name: 'Ada Lovelace',
      state: 'waiting',
      asked_at: '2026-11-21T18:20:00.000Z',
      started_at: null,
    },
  });

/** The whole list: every act on it answers it. */
export const speakerList = z
  .strictObject({
    open: z.boolean().meta({ description: 'Whether attendees may ask to speak.' }),
    seconds: z.int().nullable().meta({ description: 'How long one may speak; null: without a clock.' }),
    items: z.array(speaker).meta({ description: 'Who speaks, then those who wait, in their order.' }),
  })
  .meta({ id: 'SpeakerList' });
export type SpeakerListView = z.infer<typeof speakerList>;

export const newSpeaker = z
  .strictObject({
    attendee_id: id.optional().meta({ description: 'Moderators put others on the list; left out: yourself.' }),
  })
  .meta({ id: 'NewSpeaker', example: {} });

export const speakerOrder = z
  .strictObject({
    speakers: z.array(id).max(SPEAKERS_MAX).meta({ description: 'Everyone who waits, each once.' }),
  })
  .meta({ id: 'SpeakerOrder', example: { speakers: ['0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a51'] } });
