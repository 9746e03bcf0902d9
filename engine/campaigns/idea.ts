import type { IDEA_ACTS, IDEA_SORTS, IdeaStatus } from '../../protocol/ideas.ts';
import type { CampaignSeen } from './campaign.ts';

export type { IdeaStatus } from '../../protocol/ideas.ts';
export type IdeaAct = (typeof IDEA_ACTS)[number];
export type IdeaSort = (typeof IDEA_SORTS)[number];

/** What everybody who sees the campaign sees; the others are for who proposed them and for managers. */
export const PUBLIC_STATUSES: readonly IdeaStatus[] = ['approved', 'competing', 'accepted', 'in_progress', 'complete'];
export const HIDDEN_STATUSES: readonly IdeaStatus[] = ['pending', 'rejected'];

export interface IdeaTag {
  readonly id: string;
  readonly name: string;
  readonly color: string | null;
}

/** An idea as one viewer may see it. */
export interface Idea {
  readonly id: string;
  readonly campaignId: string;
  /** public name of the campaign */
  readonly campaign: string;
  readonly submitterId: string;
  readonly submitterName: string;
  readonly title: string;
  readonly description: string;
  readonly status: IdeaStatus;
  readonly tags: readonly IdeaTag[];
  /** whole units of the campaign's budget */
  readonly cost: number | null;
  /** a second behind at most; null while totals are hidden */
  readonly coinCount: number | null;
  readonly comments: number;
  readonly contextId: string | null;
  readonly permalinkSource: string | null;
  readonly rejectedReason: string | null;
  readonly mergedInto: string | null;
  readonly submittedAt: Date;
  readonly approvedAt: Date | null;
  readonly acceptedAt: Date | null;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
}

/** An idea with its campaign, both as the viewer sees them. */
export interface IdeaSeen {
  readonly idea: Idea;
  readonly campaign: CampaignSeen;
}

export interface IdeaChange {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** ids of tags of the campaign: all that it bears from now on */
  readonly tags?: readonly string[] | undefined;
  readonly cost?: number | null | undefined;
}

export interface NewIdea extends IdeaChange {
  readonly title: string;
  readonly contextId?: string | undefined;
  readonly permalinkSource?: string | undefined;
  /** it was compared with what is like it, and is another idea */
  readonly confirmNotDuplicate?: boolean | undefined;
}

export interface IdeaQuery {
  /** left out: all that the viewer may see */
  readonly statuses?: readonly IdeaStatus[] | undefined;
  readonly tag?: string | undefined;
  readonly contextId?: string | undefined;
  readonly mine?: boolean | undefined;
  /** newest first if left out, and while totals are hidden */
  readonly sort?: IdeaSort | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export interface SimilarIdea {
  readonly id: string;
  readonly title: string;
  readonly status: IdeaStatus;
  readonly coinCount: number | null;
  /** 0 to 1 */
  readonly score: number;
}

export interface IdeaDecision {
  readonly act: IdeaAct;
  /** goes with reject, which needs one, and with merge */
  readonly reason?: string | undefined;
  /** goes with merge */
  readonly into?: string | undefined;
}

export interface IdeaComment {
  readonly id: string;
  readonly authorId: string;
  readonly authorName: string;
  /** null: it was taken away */
  readonly text: string | null;
  readonly createdAt: Date;
  readonly removedAt: Date | null;
}

/** What pages of other platforms are shown of a campaign, without signing in. */
export interface EmbeddedIdeas {
  readonly campaign: {
    readonly id: string;
    readonly campaignId: string;
    readonly title: string;
    readonly status: string;
  };
  readonly items: readonly {
    readonly id: string;
    readonly title: string;
    readonly status: IdeaStatus;
    /** null while totals are hidden */
    readonly coinCount: number | null;
  }[];
}
