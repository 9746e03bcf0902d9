import type { IdeaStatus } from './idea.ts';

export interface CoinBucket {
  readonly start: Date;
  readonly given: number;
  readonly takenBack: number;
  readonly moved: number;
  readonly returned: number;
  readonly expended: number;
}

/** How many ideas ever came so far. */
export interface IdeaFunnel {
  readonly submitted: number;
  readonly approved: number;
  readonly accepted: number;
  readonly started: number;
  readonly completed: number;
  readonly rejected: number;
  readonly merged: number;
  /** of the rejected and merged ones: never approved */
  readonly refused: number;
}

export interface TopIdea {
  readonly ideaId: string;
  readonly title: string;
  readonly status: IdeaStatus;
  readonly coins: number;
  readonly comments: number;
}

export interface TopTag {
  readonly tagId: string;
  readonly name: string;
  readonly color: string | null;
  readonly ideas: number;
  readonly coins: number;
}

/** Members who joined in one week. */
export interface Cohort {
  /** its Monday, e.g. 2026-11-16 */
  readonly week: string;
  readonly joined: number;
  /** ever gave coins */
  readonly gave: number;
  /** how many gave in that week, the next, and so on until now */
  readonly weeks: readonly number[];
}

/** The figures of a campaign, all of one moment and exact to one position of the log. */
export interface AnalyticsFigures {
  readonly participation: {
    readonly invited: number;
    readonly requested: number;
    readonly joined: number;
    readonly activeDay: number;
    readonly activeWeek: number;
    readonly gave: number;
    readonly submitted: number;
  };
  /** on all ideas together, expended ones too */
  readonly coins: number;
  readonly buckets: readonly CoinBucket[];
  readonly funnel: IdeaFunnel;
  /** most coins first */
  readonly topIdeas: readonly TopIdea[];
  /** most coins first, or most ideas where totals are hidden */
  readonly topTags: readonly TopTag[];
  /** oldest first */
  readonly cohorts: readonly Cohort[];
  /** log position up to which everything is counted, and how many rows are not */
  readonly pos: number;
  readonly behind: number;
  readonly at: Date;
}

export interface AnalyticsQuery {
  readonly bucket: 'hour' | 'day';
  /** IANA name: by whose clock days begin */
  readonly timeZone: string;
}
