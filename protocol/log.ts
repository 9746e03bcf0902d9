import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { id, moment } from './text.ts';

/** Everything that the log tells of. A kind that is not here cannot be appended; pages have a sentence for each. */
export const LOG_KINDS = [
  'access.revoked',
  'member.created',
  'member.changed',
  'member.deactivated',
  'member.reactivated',
  'member.joined',
  'members.imported',
  'members.invited',
  'members.notified',
  'group.created',
  'group.changed',
  'group.deleted',
  'meeting.created',
  'meeting.invited',
  'meeting.changed',
  'meeting.started',
  'meeting.ended',
  'meeting.code_rotated',
  'meeting.joined',
  'meeting.admitted',
  'meeting.removed',
  'meeting.role',
  'agenda.changed',
  'speakers.changed',
  'proxy.offered',
  'proxy.accepted',
  'proxy.revoked',
  'proxies.imported',
  'election.created',
  'election.edited',
  'election.deleted',
  'election.opened',
  'election.extended',
  'election.ballots',
  'election.present',
  'election.closed',
  'election.cancelled',
  'election.counted',
  'election.published',
  'election.paper_declared',
  'election.paper_entered',
  'election.paper_confirmed',
  'election.paper_mismatch',
  'election.paper_withdrawn',
  'campaign.created',
  'campaign.changed',
  'campaign.deleted',
  'campaign.activated',
  'campaign.completed',
  'campaign.archived',
  'campaign.coins_expired',
  'campaign.member',
  'campaign.tags',
  'campaign.coins',
  'idea.submitted',
  'idea.changed',
  'idea.approved',
  'idea.rejected',
  'idea.merged',
  'idea.accepted',
  'idea.started',
  'idea.completed',
  'idea.commented',
] as const;
export type LogKind = (typeof LOG_KINDS)[number];

const POSITION = /^[1-9][0-9]{0,14}$/;

/** One row of an organisation's log: what became true, in commit order and without gaps. */
const logEntry = z
  .strictObject({
    pos: z.int().meta({ description: '1, 2, 3 … without gaps.' }),
    kind: z.string().meta({ description: 'What happened.', example: 'election.closed' }),
    topic: id.meta({ description: 'The meeting, election, member or key that it is about.' }),
    payload: z.record(z.string(), z.unknown()).meta({
      description: 'The particulars: ids and figures, never names; of a secret election how many ballots, never what.',
    }),
    at: moment,
  })
  .meta({ id: 'LogEntry' });
export const logPage = pageOf(logEntry, 'LogPage');

export const logQuery = pageQuery.extend({
  cursor: z
    .string()
    .regex(POSITION, 'is no cursor; send the next_cursor of the page before as it is')
    .optional()
    .meta({ description: 'next_cursor of the page before; left out for the newest.' }),
  kind: z
    .string()
    .regex(/^[a-z_]{1,40}(?:\.[a-z_]{1,40})?$/, "is no kind; write it like 'election' or 'election.closed'")
    .optional()
    .meta({ description: "One kind, or all of one sort: 'election' takes in 'election.closed'.", example: 'election' }),
  topic: id.optional().meta({ description: 'Only what is about this.' }),
});
