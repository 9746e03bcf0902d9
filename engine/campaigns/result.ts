import type { BudgetRule, CampaignPreset } from './campaign.ts';

/** What ideas have come to. */
export interface CampaignResult {
  /** the campaign's id */
  readonly campaignId: string;
  readonly rule: BudgetRule | 'ranking';
  /** whole units; null but for a budget, as is what the winners cost together */
  readonly budget: number | null;
  readonly spent: number | null;
  /** log position that it is exact to */
  readonly pos: number;
  /** the campaign is completed: nothing changes it any more */
  readonly final: boolean;
  /** how money that was left over was spent, in words; null where the rule has no such part */
  readonly completion: string | null;
  /** winners in the order in which they were chosen, then the others, most coins first */
  readonly ideas: readonly ResultIdea[];
}

export interface ResultIdea {
  readonly ideaId: string;
  readonly title: string;
  readonly cost: number | null;
  readonly coins: number;
  readonly givers: number;
  /** the votes that coins bought in a quadratic campaign; elsewhere the coins */
  readonly votes: number;
  readonly rank: number;
  /** the budget pays for it; where there is none: a manager has accepted it */
  readonly wins: boolean;
  /** level with another one, and the documented order decided */
  readonly tie: boolean;
}

/** Where ideas, costs and coins of a campaign stood at one log position. Goes to the thread that counts. */
export interface ResultSnapshot {
  readonly campaignId: string;
  readonly pos: number;
  readonly final: boolean;
  readonly preset: CampaignPreset;
  readonly budget: number | null;
  readonly budgetRule: BudgetRule | null;
  /** JSON: [id, title, cost, submitted (milliseconds since 1970), accepted] of each idea that competes or has competed */
  readonly ideas: string;
  /** JSON: [people, positions in ideas, coins of one of them on each] */
  readonly givings: string;
}

export type IdeaFacts = readonly [
  id: string,
  title: string,
  cost: number | null,
  submittedMs: number,
  accepted: boolean,
];
export type GivingFacts = readonly [people: number, ideas: readonly number[], coins: readonly number[]];
