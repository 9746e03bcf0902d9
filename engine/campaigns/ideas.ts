import { randomUUID } from 'node:crypto';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type { Search, SearchReader } from '../search/index.ts';
import type { CampaignSeen, CampaignViewer } from './campaign.ts';
import { appendLog, selectSeen } from './campaign-queries.ts';
import type {
  EmbeddedIdeas,
  Idea,
  IdeaChange,
  IdeaDecision,
  IdeaQuery,
  IdeaSeen,
  IdeaStatus,
  NewIdea,
  SimilarIdea,
} from './idea.ts';
import { changeIdeaText, decideOnIdea, settleTags } from './idea-acts.ts';
import * as lists from './idea-list-queries.ts';
import * as queries from './idea-queries.ts';
import { NO_IDEA, NOT_JOINED, takesIdeas } from './idea-refusals.ts';
import { NO_CAMPAIGN, Transactions } from './transactions.ts';

type Similar = Pick<Search, 'similar'>;

/** The room of ideas: proposed, found, changed and decided on. Campaigns are given as their viewer sees them. */
export class Ideas {
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #search: Similar;
  #submitted = 0;

  constructor(database: Database, feed: LogFeed, search: Similar) {
    this.#database = database;
    this.#transactions = new Transactions(database, feed);
    this.#search = search;
  }

  /** Ideas that were proposed here since the start. */
  get submitted(): number {
    return this.#submitted;
  }

  /** A pending idea of a member who has joined. Refused as idea_duplicate where one is like it, unless it was compared. */
  async submit(campaign: CampaignSeen, viewer: CampaignViewer, input: NewIdea): Promise<Outcome<Idea>> {
    const { orgId, id: campaignId } = campaign;
    const { memberId } = viewer;
    if (memberId === null || campaign.membership?.state !== 'joined') return NOT_JOINED;
    const like =
      input.confirmNotDuplicate === true ? accept([]) : await this.#duplicates(campaign, viewer, memberId, input.title);
    if (!like.ok) return like;
    const id = randomUUID();
    const outcome = await this.#transactions.write(orgId, async (tx) => {
      const held = await queries.holdStatus(tx, orgId, campaignId);
      if (held === undefined) return NO_CAMPAIGN;
      const open = takesIdeas(held.status, held.isOver);
      if (!open.ok) return open;
      if (!(await queries.isJoined(tx, orgId, campaignId, memberId))) return NOT_JOINED;
      if (like.value.length > 0) return duplicate(like.value);
      await queries.insertIdea(tx, orgId, campaignId, id, memberId, input);
      const tags = await settleTags(tx, campaign, id, input);
      if (!tags.ok) return tags;
      await appendLog(tx, orgId, campaignId, 'idea.submitted', { by: memberId, idea: id });
      const [idea] = await queries.selectIdeas(tx, orgId, [id]);
      return idea === undefined ? NO_IDEA : accept(idea);
    });
    if (outcome.ok) this.#submitted += 1;
    return outcome;
  }

  /** A page of those that the viewer may see. */
  async list(campaign: CampaignSeen, viewer: CampaignViewer, query: IdeaQuery): Promise<Outcome<Page<Idea>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return this.#page(campaign.orgId, limit, (tx) => lists.selectIdeaIds(tx, campaign, viewer, query, limit + 1));
  }

  /** What is about one thing of another platform, newest first, in all campaigns that the viewer sees. */
  async byContext(
    orgId: string,
    viewer: CampaignViewer,
    contextId: string,
    page: { readonly cursor?: string | undefined; readonly limit?: number | undefined },
  ): Promise<Outcome<Page<Idea>>> {
    const limit = Math.min(page.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return this.#page(orgId, limit, (tx) =>
      lists.selectIdeaIdsByContext(tx, orgId, viewer, contextId, page.cursor, limit + 1),
    );
  }

  /** idea_unknown where it is not there for the viewer. */
  async seen(orgId: string, ideaId: string, viewer: CampaignViewer): Promise<Outcome<IdeaSeen>> {
    return this.#transactions.read(orgId, async (tx) => {
      const place = await queries.findIdea(tx, orgId, ideaId);
      if (place === undefined) return NO_IDEA;
      const campaign = await selectSeen(tx, orgId, place.campaignId, viewer);
      if (campaign === undefined || !queries.isVisible(campaign, viewer, place)) return NO_IDEA;
      const [idea] = await queries.selectIdeas(tx, orgId, [ideaId]);
      return idea === undefined ? NO_IDEA : accept({ idea, campaign });
    });
  }

  /** By its submitter while it is pending, by managers until it is accepted. */
  async change(seen: IdeaSeen, viewer: CampaignViewer, change: IdeaChange): Promise<Outcome<Idea>> {
    return this.#transactions.write(seen.campaign.orgId, (tx) => changeIdeaText(tx, seen, viewer, change));
  }

  /** What managers do to an idea; its coins follow (docs/guides/coins.md). */
  async decide(seen: IdeaSeen, viewer: CampaignViewer, decision: IdeaDecision): Promise<Outcome<Idea>> {
    return this.#transactions.write(
      seen.campaign.orgId,
      (tx) => decideOnIdea(tx, seen, viewer, decision),
      limits.campaignChangeTimeoutMs,
    );
  }

  /** Ideas of the campaign whose titles are like this one, for whoever writes it; those that the viewer may see. */
  async similar(
    campaign: CampaignSeen,
    viewer: CampaignViewer,
    title: string,
    description?: string,
  ): Promise<Outcome<readonly SimilarIdea[]>> {
    const audience = await this.audience(campaign.orgId, viewer);
    if (!audience.ok) return audience;
    const kinds = [{ kind: 'ideas', drafts: true }];
    const reader: SearchReader = { orgId: campaign.orgId, kinds, meetingId: null, audience: audience.value };
    const within = { campaignId: campaign.id, besides: description };
    const found = await this.#search.similar(reader, 'ideas', title, within);
    if (!found.ok) return found;
    return accept(
      found.value.items
        .filter(({ state }) => state !== 'rejected')
        .map(({ id, title: their, state, coinCount, likeness }) => ({
          id,
          title: their,
          status: state as IdeaStatus,
          coinCount,
          score: likeness,
        })),
    );
  }

  /** What a viewer belongs to, for the search; null: to everything. */
  async audience(orgId: string, { memberId, roles }: CampaignViewer): Promise<Outcome<readonly string[] | null>> {
    if (roles.includes('admin')) return accept(null);
    const asSponsor = roles.includes('sponsor') ? ['sponsors'] : [];
    if (memberId === null) return accept(asSponsor);
    return this.#transactions.read(orgId, async (tx) =>
      accept([...asSponsor, ...(await queries.selectAudience(tx, orgId, memberId))]),
    );
  }

  /** What pages of other platforms show to anybody, by the campaign's id; campaign_unknown where its managers do not allow it. */
  async embedded(campaignId: string, contextId: string | null, limit: number): Promise<Outcome<EmbeddedIdeas>> {
    return guarded(async () => {
      const found = await this.#database.management.call((sql) =>
        queries.selectEmbedded(sql, campaignId, contextId, limit),
      );
      return found === undefined ? NO_CAMPAIGN : accept(found);
    });
  }

  #page(
    orgId: string,
    limit: number,
    idsOf: (tx: Parameters<typeof queries.selectIdeas>[0]) => Promise<string[]>,
  ): Promise<Outcome<Page<Idea>>> {
    return this.#transactions.read(orgId, async (tx) => {
      const ids = await idsOf(tx);
      const items = await queries.selectIdeas(tx, orgId, ids.slice(0, limit));
      return accept({ items, nextCursor: ids.length > limit ? (ids[limit - 1] ?? null) : null });
    });
  }

  /** Those that are nearly the same: by the search, and by the very title, which needs no index that is a second behind. */
  async #duplicates(
    campaign: CampaignSeen,
    viewer: CampaignViewer,
    memberId: string,
    title: string,
  ): Promise<Outcome<readonly SimilarIdea[]>> {
    const same = await this.#transactions.read(campaign.orgId, async (tx) =>
      accept(await queries.selectSameTitle(tx, campaign.orgId, campaign.id, memberId, title)),
    );
    if (!same.ok) return same;
    const similar = await this.similar(campaign, viewer, title);
    if (!similar.ok) return similar;
    const known = new Set(similar.value.map(({ id }) => id));
    const fresh = same.value.filter(({ id }) => !known.has(id)).map((idea) => ({ ...idea, coinCount: null, score: 1 }));
    const near = similar.value.filter(({ score }) => score * 100 >= limits.ideaDuplicatePercent);
    return accept([...fresh, ...near]);
  }
}

function duplicate(similar: readonly SimilarIdea[]): Outcome<never> {
  return refuse(
    'idea_duplicate',
    'This campaign has an idea like that. Compare them; if yours is another one, send confirm_not_duplicate.',
    { details: { similar: similar.map(({ id, title, status, score }) => ({ id, title, status, score })) } },
  );
}
