import type { Database } from '../db/index.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { insertInvitees } from './invitee-queries.ts';
import { appendLog, lockMeeting } from './queries.ts';
import { NO_MEETING, Transactions } from './transactions.ts';

const ENDED = refuse('conflict', 'This meeting has ended. Invite people to another one.', {
  details: { reason: 'ended' },
});
const NO_GROUP = refuse('not_found', 'There is no such group. Nobody was invited; check its id.', {
  details: { resource: 'group' },
});

/** Who was invited to a meeting. They are told by engine/notifications, of changes too. */
export class Invitees {
  readonly #transactions: Transactions;

  constructor(database: Database, feed: LogFeed) {
    this.#transactions = new Transactions(database, feed);
  }

  /**
   * Invites every member who is not inactive, or those of one group. Who was invited before is passed over.
   * Answers how many were new.
   */
  async invite(
    orgId: string,
    meetingId: string,
    groupId: string | null,
    actor: string,
  ): Promise<Outcome<{ readonly invited: number; readonly repeated: number }>> {
    return this.#transactions.write(orgId, async (tx) => {
      const meeting = await lockMeeting(tx, orgId, meetingId);
      if (meeting === undefined) return NO_MEETING;
      if (meeting.state === 'ended') return ENDED;
      const made = await insertInvitees(tx, orgId, meetingId, groupId);
      if (made === undefined) return NO_GROUP;
      if (made.invited > 0)
        await appendLog(tx, orgId, meetingId, 'meeting.invited', { by: actor, invited: made.invited });
      return accept(made);
    });
  }
}
