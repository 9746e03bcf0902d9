import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { FieldError } from '../../ui/field.tsx';
import { localMoment, momentOf } from '../run/moments.ts';
import { t } from './texts.ts';

export interface PolicyDraft {
  readonly initial: string;
  readonly reward: string;
  readonly reallocation: boolean;
  readonly recycling: boolean;
  readonly expiry: CampaignView['coin_policy']['coin_expiry'];
  readonly expiresAt: string;
}

/** A picture as the page holds it: it is sent with the rest, since it belongs to a campaign. */
export interface PictureDraft {
  /** chosen and not sent yet; null: taken away; left out: as it was */
  readonly file?: File | null;
  /** where it is shown from */
  readonly url: string | null;
}

/** A campaign as it is typed; moments are those of the browser's field for dates. */
export interface CampaignDraft {
  readonly title: string;
  /** undefined: it follows the title */
  readonly publicName: string | undefined;
  readonly description: string;
  readonly type: CampaignView['campaign_type'];
  readonly preset: CampaignView['preset'];
  readonly budget: string;
  readonly rule: NonNullable<CampaignView['budget_rule']>;
  readonly hideTotals: boolean;
  readonly embeddable: boolean;
  readonly startDate: string;
  readonly endDate: string;
  readonly banner: PictureDraft;
  readonly icon: PictureDraft;
  readonly policy: PolicyDraft;
}

const NO_PICTURE: PictureDraft = { url: null };

export const EMPTY: CampaignDraft = {
  title: '',
  publicName: undefined,
  description: '',
  type: 'open',
  preset: 'ideas',
  budget: '',
  rule: 'equal_shares_add1',
  hideTotals: false,
  embeddable: false,
  startDate: '',
  endDate: '',
  banner: NO_PICTURE,
  icon: NO_PICTURE,
  policy: { initial: '100', reward: '0', reallocation: true, recycling: true, expiry: 'never', expiresAt: '' },
};

export function draftOf(campaign: CampaignView): CampaignDraft {
  const { coin_policy: policy } = campaign;
  return {
    title: campaign.title,
    publicName: campaign.campaign_id,
    description: campaign.description,
    type: campaign.campaign_type,
    preset: campaign.preset,
    budget: campaign.budget === null ? '' : String(campaign.budget),
    rule: campaign.budget_rule ?? EMPTY.rule,
    hideTotals: campaign.hide_totals,
    embeddable: campaign.embeddable,
    startDate: localMoment(campaign.start_date),
    endDate: localMoment(campaign.end_date),
    banner: { url: campaign.banner_image_url },
    icon: { url: campaign.icon_url },
    policy: {
      initial: String(policy.initial_allocation),
      reward: String(policy.idea_submission_reward),
      reallocation: policy.allow_reallocation,
      recycling: policy.allow_recycling,
      expiry: policy.coin_expiry,
      expiresAt: localMoment(policy.coins_expire_at),
    },
  };
}

const SPELLED: readonly (readonly [RegExp, string])[] = [
  [/ä/g, 'ae'],
  [/ö/g, 'oe'],
  [/ü/g, 'ue'],
  [/ß/g, 'ss'],
  [/&/g, ' and '],
];
const NAME_MAX = 60;

/** 'Bessere Städte 2026!' -> 'bessere-staedte-2026'; '' where too little of the title is left. */
export function suggestedName(title: string): string {
  const spelled = SPELLED.reduce((text, [letter, by]) => text.replace(letter, by), title.toLowerCase());
  const plain = spelled.normalize('NFKD').replace(/\p{M}/gu, '');
  const name = plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, NAME_MAX)
    .replace(/^-+|-+$/g, '');
  return name.length < 3 ? '' : name;
}

const PUBLIC_NAME = /^[a-z0-9][a-z0-9-]{1,98}[a-z0-9]$/;
const COINS = /^[0-9]{1,7}$/;
const MONEY = /^[0-9]{1,13}$/;

/** '1 200 000' or '1,200,000' -> '1200000': people write large sums in groups. */
function digitsOf(sum: string): string {
  return sum.replace(/[\s.,'’]/g, '');
}

/** What the page can tell before anything is sent. Ids of fields are those of the form. */
export function problemsOf(draft: CampaignDraft, isNew: boolean): readonly FieldError[] {
  const { policy } = draft;
  const name = draft.publicName ?? suggestedName(draft.title);
  const isCoins = (text: string) => COINS.test(text.trim()) && Number(text) <= 1_000_000;
  const late = draft.startDate !== '' && draft.endDate !== '' && draft.endDate <= draft.startDate;
  const found: readonly (FieldError | false)[] = [
    draft.title.trim() === '' && { field: 'title', text: t('form.titleMissing') },
    isNew && name !== '' && !PUBLIC_NAME.test(name) && { field: 'campaign-id', text: t('form.nameWrong') },
    draft.preset === 'budget' &&
      !(MONEY.test(digitsOf(draft.budget)) && Number(digitsOf(draft.budget)) > 0) && {
        field: 'budget',
        text: t('form.budgetWrong'),
      },
    late && { field: 'end-date', text: t('form.endTooEarly') },
    !isCoins(policy.initial) && { field: 'initial', text: t('form.coinsWrong') },
    !isCoins(policy.reward) && { field: 'reward', text: t('form.coinsWrong') },
    policy.expiry === 'at' && policy.expiresAt === '' && { field: 'expires-at', text: t('form.momentMissing') },
  ];
  return found.filter((each) => each !== false);
}

/** What the gateway calls the fields of this form. */
export const FIELD_IDS = {
  campaign_id: 'campaign-id',
  campaign_type: 'type',
  start_date: 'start-date',
  end_date: 'end-date',
  banner_id: 'banner',
  icon_id: 'icon',
  'coin_policy.initial_allocation': 'initial',
  'coin_policy.idea_submission_reward': 'reward',
  'coin_policy.coins_expire_at': 'expires-at',
} as const;

function policyBody({ policy }: CampaignDraft, fixed: boolean): object {
  return {
    ...(fixed ? {} : { initial_allocation: Number(policy.initial) }),
    idea_submission_reward: Number(policy.reward),
    allow_reallocation: policy.reallocation,
    allow_recycling: policy.recycling,
    coin_expiry: policy.expiry,
    coins_expire_at: policy.expiry === 'at' ? momentOf(policy.expiresAt) : null,
  };
}

/** What still changes once it is over. */
export function wordsBodyOf({ title, description }: CampaignDraft): object {
  return { title: title.trim(), description };
}

/**
 * @param fixed the campaign has begun: its preset, its start and how many coins everyone gets stay
 */
export function bodyOf(draft: CampaignDraft, fixed = false): object {
  const isBudget = draft.preset === 'budget';
  return {
    ...wordsBodyOf(draft),
    campaign_type: draft.type,
    ...(fixed ? {} : { preset: draft.preset, start_date: momentOf(draft.startDate) }),
    budget: isBudget ? Number(digitsOf(draft.budget)) : null,
    budget_rule: isBudget ? draft.rule : null,
    hide_totals: draft.hideTotals,
    embeddable: draft.embeddable,
    end_date: momentOf(draft.endDate),
    coin_policy: policyBody(draft, fixed),
  };
}

/** A new one: its public name where one was typed or could be made from the title. */
export function newBodyOf(draft: CampaignDraft): object {
  const name = draft.publicName ?? suggestedName(draft.title);
  return { ...bodyOf(draft), ...(name === '' ? {} : { campaign_id: name }) };
}
