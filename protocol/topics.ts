import { z } from 'zod';

/** What a client can watch. `meeting`, `election` and `campaign` tell of events, `tally`, `board` and `inbox` of figures. */
export const TOPIC_KINDS = ['meeting', 'election', 'tally', 'inbox', 'campaign', 'board'] as const;
export type TopicKind = (typeof TOPIC_KINDS)[number];

const TOPIC = /^(meeting|election|tally|inbox|campaign|board):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const topic = z
  .string()
  .regex(
    TOPIC,
    "is no topic: 'meeting:', 'election:', 'tally:', 'inbox:', 'campaign:' or 'board:' and an id in small letters",
  )
  .meta({
    description:
      "'meeting:', 'election:' or 'tally:' followed by the id of the meeting or election; 'campaign:' or 'board:' and the id of a campaign; " +
      "'inbox:' and your own member_id.",
    example: 'tally:0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10',
  });

/** 'tally:0192f0c1-…' -> its parts. Throws a RangeError on text that `topic` refuses. */
export function partsOfTopic(text: string): { readonly kind: TopicKind; readonly id: string } {
  const [, kind, id] = TOPIC.exec(text) ?? [];
  if (kind === undefined || id === undefined) throw new RangeError('not a topic');
  return { kind: kind as TopicKind, id };
}
