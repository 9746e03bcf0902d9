import { randomUUID } from 'node:crypto';
import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type { CampaignViewer } from './campaign.ts';
import { appendLog } from './campaign-queries.ts';
import type { IdeaComment, IdeaSeen } from './idea.ts';
import * as queries from './idea-comment-queries.ts';
import { holdStatus, isJoined } from './idea-queries.ts';
import { campaignForbids, NO_IDEA, NOT_JOINED } from './idea-refusals.ts';
import { Transactions } from './transactions.ts';

const NO_COMMENT = refuse('not_found', 'The idea has no such comment. Read them again.', {
  details: { resource: 'comment' },
});

/** What members say about an idea that they may see. */
export class IdeaComments {
  readonly #transactions: Transactions;

  constructor(database: Database, feed: LogFeed) {
    this.#transactions = new Transactions(database, feed);
  }

  /** Oldest first; those that were taken away keep their place. */
  async list(
    { idea, campaign }: IdeaSeen,
    page: { readonly cursor?: string | undefined; readonly limit?: number | undefined },
  ): Promise<Outcome<Page<IdeaComment>>> {
    const limit = Math.min(page.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return this.#transactions.read(campaign.orgId, async (tx) => {
      const rows = await queries.selectComments(tx, campaign.orgId, idea.id, page.cursor, limit + 1);
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null });
    });
  }

  /** By members who have joined, and by admins, who run it; until it is archived. */
  async add({ idea, campaign }: IdeaSeen, viewer: CampaignViewer, text: string): Promise<Outcome<IdeaComment>> {
    const { memberId } = viewer;
    if (memberId === null) return NOT_JOINED;
    const { orgId } = campaign;
    const id = randomUUID();
    return this.#transactions.write(orgId, async (tx) => {
      const held = await holdStatus(tx, orgId, campaign.id);
      if (held === undefined) return NO_IDEA;
      if (held.status === 'archived') return campaignForbids('archived');
      if (!campaign.canManage && !(await isJoined(tx, orgId, campaign.id, memberId))) return NOT_JOINED;
      await queries.insertComment(tx, orgId, idea.id, id, memberId, text);
      await appendLog(tx, orgId, campaign.id, 'idea.commented', { by: memberId, idea: idea.id, comment: id });
      const comment = await queries.selectComment(tx, orgId, idea.id, id);
      return comment === undefined ? NO_COMMENT : accept(comment);
    });
  }

  /** By its author or a manager: the text is gone, the place stays. Again changes nothing. */
  async remove({ idea, campaign }: IdeaSeen, viewer: CampaignViewer, commentId: string): Promise<Outcome<null>> {
    const { orgId } = campaign;
    return this.#transactions.write(orgId, async (tx) => {
      const comment = await queries.selectComment(tx, orgId, idea.id, commentId);
      if (comment === undefined) return NO_COMMENT;
      const isOwn = viewer.memberId !== null && comment.authorId === viewer.memberId;
      if (!isOwn && !campaign.canManage) {
        return refuse('forbidden', 'Only who wrote this, or a manager of the campaign, can take it away.', {
          details: { reason: 'not_the_author', role: 'manager' },
        });
      }
      await queries.removeComment(tx, orgId, idea.id, commentId);
      return accept(null);
    });
  }
}
