import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { CampaignTag, TagValues } from './campaign.ts';
import { appendLog, lockCampaign } from './campaign-queries.ts';
import * as queries from './campaign-tag-queries.ts';
import { NO_CAMPAIGN, Transactions } from './transactions.ts';

const NO_TAG = refuse('not_found', 'The campaign has no such tag. Read its tags again.', {
  details: { resource: 'tag' },
});
const TAKEN = refuse('conflict', 'The campaign has a tag of this name already.', {
  details: { reason: 'tag_taken' },
});

/** The words by which the ideas of a campaign are sorted. */
export class CampaignTags {
  readonly #transactions: Transactions;

  constructor(database: Database, feed: LogFeed) {
    this.#transactions = new Transactions(database, feed);
  }

  /** By name. */
  async list(orgId: string, campaignId: string): Promise<Outcome<readonly CampaignTag[]>> {
    return this.#transactions.read(orgId, async (tx) => accept(await queries.selectTags(tx, orgId, campaignId, null)));
  }

  async create(orgId: string, campaignId: string, values: TagValues, by: string): Promise<Outcome<CampaignTag>> {
    const tagId = randomUUID();
    return this.#changing(orgId, campaignId, by, async (tx) => {
      if ((await queries.countTags(tx, orgId, campaignId)) >= limits.campaignMaxTagItems) {
        return refuse('over_quota', `A campaign has at most ${limits.campaignMaxTagItems} tags; nothing was written.`);
      }
      if (!(await queries.insertTag(tx, orgId, campaignId, tagId, values))) return TAKEN;
      return tagOf(tx, orgId, campaignId, tagId);
    });
  }

  /** What is left out stays as it is. */
  async change(
    orgId: string,
    campaignId: string,
    tagId: string,
    change: { readonly [Name in keyof TagValues]?: TagValues[Name] | undefined },
    by: string,
  ): Promise<Outcome<CampaignTag>> {
    return this.#changing(orgId, campaignId, by, async (tx) => {
      const before = await tagOf(tx, orgId, campaignId, tagId);
      if (!before.ok) return before;
      const { name, description, color } = before.value;
      const after = {
        name: change.name ?? name,
        description: change.description === undefined ? description : change.description,
        color: change.color === undefined ? color : change.color,
      };
      if (await queries.isTagTaken(tx, orgId, campaignId, tagId, after.name)) return TAKEN;
      await queries.updateTag(tx, orgId, tagId, after);
      return tagOf(tx, orgId, campaignId, tagId);
    });
  }

  /** Ideas that bear it lose it. */
  async delete(orgId: string, campaignId: string, tagId: string, by: string): Promise<Outcome<null>> {
    return this.#changing(orgId, campaignId, by, async (tx) =>
      (await queries.deleteTag(tx, orgId, campaignId, tagId)) ? accept(null) : NO_TAG,
    );
  }

  /** Under the lock of the campaign, so that of two who choose one name the second is told. */
  #changing<T>(
    orgId: string,
    campaignId: string,
    by: string,
    work: (tx: Transaction) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    return this.#transactions.write(orgId, async (tx) => {
      const campaign = await lockCampaign(tx, orgId, campaignId);
      if (campaign === undefined) return NO_CAMPAIGN;
      if (campaign.status === 'archived') {
        return refuse('campaign_inactive', 'This campaign is archived and changes no more.', {
          details: { status: campaign.status },
        });
      }
      const done = await work(tx);
      if (done.ok) await appendLog(tx, orgId, campaignId, 'campaign.tags', { by });
      return done;
    });
  }
}

async function tagOf(tx: Transaction, orgId: string, campaignId: string, tagId: string): Promise<Outcome<CampaignTag>> {
  const [tag] = await queries.selectTags(tx, orgId, campaignId, tagId);
  return tag === undefined ? NO_TAG : accept(tag);
}
