import { z } from 'zod';
import { campaignView } from '../campaigns.ts';
import { coinBoard } from '../coins.ts';
import { electionState } from '../election-state.ts';
import { electionView } from '../elections.ts';
import { meetingLive, meetingView } from '../meetings.ts';
import { inboxData } from '../notifications.ts';
import { tallyView } from '../tally.ts';
import { id, moment } from '../text.ts';
import { topic } from '../topics.ts';
import { epoch, offset } from './subscribe.ts';

/** Something that happened in a meeting, election or campaign. Ballots and coins are not told of here: tally and board count them. */
export const topicEvent = z
  .strictObject({
    pos: offset,
    kind: z.string().meta({ description: 'What happened.', example: 'election.opened' }),
    subject: z.string().meta({ description: 'Id of the meeting, election or campaign that it happened to.' }),
    at: moment,
    state: electionState.optional().meta({ description: 'State of the election from here on.' }),
    reason: z.string().optional().meta({ description: 'Why it was cancelled.' }),
    title: z.string().optional(),
    present: z.int().optional(),
    closes_at: moment.optional().meta({ description: 'When it closes by itself, from here on.' }),
    idea: id.optional().meta({ description: 'The idea of the campaign, where everyone sees it.' }),
    into: id.optional().meta({ description: 'The idea that took it over.' }),
  })
  .meta({ id: 'TopicEvent' });
export type TopicEvent = z.infer<typeof topicEvent>;

const events = z.strictObject({
  events: z.array(topicEvent),
  live: meetingLive.optional().meta({
    description: 'On topic meeting:<id>: what has changed besides, at most once a second. Whole after each subscribe.',
  }),
});
const head = { topic, epoch, offset };
const previous = offset.meta({
  description:
    'Offset of the message before it on this topic. If it is above the offset that you hold, you missed something: ' +
    'subscribe again with yours.',
});
const snapshot = z.literal(true).meta({
  description:
    'The whole state: forget what you held of this topic. It may be newer than its offset: pass over events up to the ' +
    'changed_pos of an election in it.',
});

export const meetingSnapshot = z
  .strictObject({
    ...head,
    snapshot,
    data: z.strictObject({ meeting: meetingView, elections: z.array(electionView) }),
  })
  .meta({ id: 'MeetingSnapshot', description: 'A meeting and its elections (the newest 100), on topic meeting:<id>.' });

export const electionSnapshot = z
  .strictObject({ ...head, snapshot, data: z.strictObject({ election: electionView }) })
  .meta({ id: 'ElectionSnapshot', description: 'An election as it stands, on topic election:<id>.' });

export const eventsMessage = z.strictObject({ ...head, previous, data: events }).meta({
  id: 'Events',
  description: 'What has happened since, in order, on topic meeting:<id>, election:<id> or campaign:<id>.',
});

export const campaignSnapshot = z
  .strictObject({ ...head, snapshot, data: z.strictObject({ campaign: campaignView }) })
  .meta({
    id: 'CampaignSnapshot',
    description:
      'A campaign as it stands, on topic campaign:<id>. The same for all who watch: membership is null, can_manage false ' +
      'and pending_ideas null, whoever you are.',
  });

export const tallySnapshot = z
  .strictObject({ ...head, snapshot, data: tallyView })
  .meta({ id: 'TallySnapshot', description: 'The running tally as it stands, on topic tally:<id>.' });

export const tallyMessage = z
  .strictObject({ ...head, previous, data: tallyView })
  .meta({ id: 'TallyMessage', description: 'New figures, at most 10 times a second; each replaces the one before.' });

export const boardSnapshot = z.strictObject({ ...head, snapshot, data: coinBoard }).meta({
  id: 'BoardSnapshot',
  description: 'The board as it stands (the 1,000 ideas with most coins), on topic board:<id>.',
});

export const boardMessage = z.strictObject({ ...head, previous, data: coinBoard }).meta({
  id: 'BoardMessage',
  description:
    'New figures, at most 10 times a second: ideas are those that changed, each with its whole new figures (0 coins: it ' +
    'has none any more); the others stay as they were. Where hidden changes, ideas are all there is.',
});

export const inboxSnapshot = z
  .strictObject({ ...head, snapshot, data: inboxData })
  .meta({ id: 'InboxSnapshot', description: 'What waits in your inbox, on topic inbox:<member_id>.' });

export const inboxMessage = z
  .strictObject({ ...head, previous, data: inboxData })
  .meta({ id: 'InboxMessage', description: 'The same, whenever something has come; each replaces the one before.' });

export type ElectionTopicData = z.infer<typeof electionSnapshot>['data'];
export type CampaignTopicData = z.infer<typeof campaignSnapshot>['data'];
export type MeetingTopicData = z.infer<typeof meetingSnapshot>['data'];
export type EventsData = z.infer<typeof events>;

/** Every message that a subscriber can get. `previous` is absent in snapshots. */
export interface TopicMessage {
  readonly topic: string;
  readonly epoch: string;
  readonly offset: number;
  readonly previous?: number;
  readonly snapshot?: true;
  readonly data: unknown;
}
