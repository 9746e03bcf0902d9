import type {
  BUDGET_RULES,
  CAMPAIGN_MEMBER_STATES,
  CAMPAIGN_PRESETS,
  CAMPAIGN_STATUSES,
  CAMPAIGN_TYPES,
  COIN_EXPIRIES,
} from '../../protocol/campaigns.ts';
import type { Role } from '../accounts/index.ts';

export type CampaignType = (typeof CAMPAIGN_TYPES)[number];
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];
export type CampaignPreset = (typeof CAMPAIGN_PRESETS)[number];
export type BudgetRule = (typeof BUDGET_RULES)[number];
export type CoinExpiry = (typeof COIN_EXPIRIES)[number];
export type CampaignRole = 'manager' | 'member';
export type CampaignMemberState = (typeof CAMPAIGN_MEMBER_STATES)[number];

/** The rules that managers choose for coins. */
export interface CoinRules {
  /** coins that each participant gets once */
  readonly initialAllocation: number;
  /** coins for each own idea that is approved */
  readonly ideaSubmissionReward: number;
  readonly allowReallocation: boolean;
  readonly allowRecycling: boolean;
  readonly coinExpiry: CoinExpiry;
  /** goes with coinExpiry 'at', and only with it */
  readonly coinsExpireAt: Date | null;
}

export interface CoinPolicy extends CoinRules {
  /** null: not yet */
  readonly coinsExpiredAt: Date | null;
}

/** What managers set, beside the coins. */
export interface CampaignSettings {
  readonly title: string;
  readonly description: string;
  readonly campaignType: CampaignType;
  readonly preset: CampaignPreset;
  /** whole units of its currency; null but for the preset budget, as is the rule */
  readonly budget: number | null;
  readonly budgetRule: BudgetRule | null;
  /** nobody sees totals before it is completed */
  readonly hideTotals: boolean;
  /** pages of other platforms may list its ideas to anybody, unless it is closed */
  readonly embeddable: boolean;
  readonly startDate: Date | null;
  readonly endDate: Date | null;
  readonly bannerId: string | null;
  readonly iconId: string | null;
}

export interface Campaign extends CampaignSettings {
  readonly orgId: string;
  readonly id: string;
  /** public name in addresses, unique in the organisation */
  readonly campaignId: string;
  readonly status: CampaignStatus;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  readonly completedAt: Date | null;
  readonly archivedAt: Date | null;
  readonly coinPolicy: CoinPolicy;
}

/** Who looks at a campaign, or acts in it. */
export interface CampaignViewer {
  /** null: a key, which has no purse and is in no campaign */
  readonly memberId: string | null;
  /** in the organisation */
  readonly roles: readonly Role[];
  /** the member or key, as logs and tables name who did something */
  readonly actor: string;
}

export interface Membership {
  readonly role: CampaignRole;
  readonly state: CampaignMemberState;
}

/** A campaign as one viewer sees it: only what the viewer may see at all comes in this form. */
export interface CampaignSeen extends Campaign {
  /** the viewer's own part in it; null: none */
  readonly membership: Membership | null;
  /** runs it: one of its managers, or an admin of the organisation */
  readonly canManage: boolean;
  /** sees its analytics: who runs it, and sponsors */
  readonly canAnalyse: boolean;
}

/** The same with what is counted for its page. */
export interface CampaignShown extends CampaignSeen {
  /** who have joined */
  readonly members: number;
  /** that everyone sees: neither pending nor rejected */
  readonly ideas: number;
  /** null for who does not run it */
  readonly pendingIdeas: number | null;
}

/** What is left out stays as it is, or has its default in a new campaign. */
export type CampaignChange = { readonly [Name in keyof CampaignSettings]?: CampaignSettings[Name] | undefined } & {
  readonly coinPolicy?: { readonly [Name in keyof CoinRules]?: CoinRules[Name] | undefined } | undefined;
};

export type NewCampaign = CampaignChange &
  Pick<CampaignSettings, 'title' | 'campaignType'> & {
    /** made from the title where it is left out */
    readonly campaignId?: string | undefined;
  };

export interface CampaignQuery {
  readonly status?: CampaignStatus;
  /** only those that the viewer has a part in */
  readonly mine?: boolean;
  readonly cursor?: string;
  readonly limit?: number;
}

export interface CampaignMember extends Membership {
  readonly userId: string;
  readonly name: string;
  readonly invitedAt: Date;
  readonly joinedAt: Date | null;
}

/** One member of the organisation, by id or by address. */
export type MemberInvitation = ({ readonly userId: string } | { readonly email: string }) & {
  readonly role: CampaignRole;
};

export interface CampaignTag {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** e.g. #0f766e */
  readonly color: string | null;
  /** that everyone sees and that bear it */
  readonly ideas: number;
  readonly createdAt: Date;
}

export type TagValues = Pick<CampaignTag, 'name' | 'description' | 'color'>;
