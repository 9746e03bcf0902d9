import type { FieldSentence } from '../../protocol/field-problems.ts';
import { type Outcome, refuse } from '../outcome.ts';
import type { Campaign, CampaignChange, CampaignSettings, CoinRules, NewCampaign } from './campaign.ts';

/** What managers set, and what a change makes of it. */
export interface Settings {
  readonly settings: CampaignSettings;
  readonly rules: CoinRules;
}

const DEFAULTS = {
  description: '',
  preset: 'ideas',
  budget: null,
  budgetRule: null,
  hideTotals: false,
  embeddable: false,
  startDate: null,
  endDate: null,
  bannerId: null,
  iconId: null,
} as const satisfies Partial<CampaignSettings>;

const COIN_DEFAULTS: CoinRules = {
  initialAllocation: 100,
  ideaSubmissionReward: 0,
  allowReallocation: true,
  allowRecycling: true,
  coinExpiry: 'never',
  coinsExpireAt: null,
};

/** What is named goes before what was. */
function withChange<T extends object>(before: T, change: object): T {
  const names = new Set(Object.keys(before));
  const named = Object.entries(change).filter(([name, value]) => value !== undefined && names.has(name));
  return { ...before, ...Object.fromEntries(named) };
}

/** What goes with a preset or an expiry that is no longer chosen goes with it, unless the change names it. */
function settled(before: Settings, { coinPolicy = {}, ...change }: CampaignChange): Settings {
  let settings = withChange(before.settings, change);
  if (settings.preset !== 'budget') {
    settings = { ...settings, budget: change.budget ?? null, budgetRule: change.budgetRule ?? null };
  } else if (settings.budgetRule === null) settings = { ...settings, budgetRule: 'equal_shares_add1' };
  let rules = withChange(before.rules, coinPolicy);
  if (rules.coinExpiry !== 'at') rules = { ...rules, coinsExpireAt: coinPolicy.coinsExpireAt ?? null };
  return { settings, rules };
}

export function settingsOfNew(input: NewCampaign): Settings {
  const { title, campaignType } = input;
  return settled({ settings: { ...DEFAULTS, title, campaignType }, rules: COIN_DEFAULTS }, input);
}

export function settingsAfter(before: Campaign, change: CampaignChange): Settings {
  return settled(settingsOf(before), change);
}

export function settingsOf(campaign: Campaign): Settings {
  const { title, description, campaignType, preset, budget, budgetRule, hideTotals, embeddable } = campaign;
  const { startDate, endDate, bannerId, iconId, coinPolicy } = campaign;
  const { coinsExpiredAt: _, ...rules } = coinPolicy;
  return {
    settings: {
      title,
      description,
      campaignType,
      preset,
      budget,
      budgetRule,
      hideTotals,
      embeddable,
      startDate,
      endDate,
      bannerId,
      iconId,
    },
    rules,
  };
}

function same(one: unknown, other: unknown): boolean {
  return one instanceof Date && other instanceof Date ? one.getTime() === other.getTime() : one === other;
}

type Setting = keyof CampaignSettings | keyof CoinRules;

/** By the names of settings and rules. */
export function changesOf(before: Settings, after: Settings): ReadonlySet<Setting> {
  const values = ({ settings, rules }: Settings): Readonly<Record<string, unknown>> => ({ ...settings, ...rules });
  const were = values(before);
  return new Set(
    Object.entries(values(after)).flatMap(([name, value]) => (same(value, were[name]) ? [] : [name as Setting])),
  );
}

/** The first of what is wrong with it, where it is new or changed; null: nothing. */
export function settingsProblem(
  { settings, rules }: Settings,
  changed: ReadonlySet<Setting>,
  now: Date,
): Outcome<never> | null {
  const wrong = (path: string, problem: FieldSentence) =>
    refuse('invalid_input', `The campaign cannot be so: ${path} ${problem}.`, {
      details: { fields: [{ path, problem }] },
    });
  const { preset, budget, budgetRule, startDate, endDate } = settings;
  if (preset === 'budget' && budget === null) return wrong('budget', 'is missing');
  if (preset !== 'budget' && budget !== null) return wrong('budget', 'goes with the preset budget only');
  if (preset !== 'budget' && budgetRule !== null) return wrong('budget_rule', 'goes with the preset budget only');
  if (startDate !== null && endDate !== null && endDate <= startDate) return wrong('end_date', 'not after start_date');
  if (changed.has('endDate') && endDate !== null && endDate <= now) return wrong('end_date', 'is in the past');
  const { coinExpiry, coinsExpireAt } = rules;
  const at = 'coin_policy.coins_expire_at';
  if (coinExpiry === 'at' && coinsExpireAt === null) return wrong(at, 'is missing');
  if (coinExpiry !== 'at' && coinsExpireAt !== null) return wrong(at, "goes with coin_expiry 'at' only");
  if (changed.has('coinsExpireAt') && coinsExpireAt !== null && coinsExpireAt <= now) {
    return wrong(at, 'is in the past');
  }
  return null;
}

/** What may still change once a campaign is over: how it looks. */
const LOOKS: ReadonlySet<Setting> = new Set<Setting>(['title', 'description', 'bannerId', 'iconId']);

/** Why its status does not allow these changes; null: it does. */
export function frozenProblem(campaign: Campaign, changed: ReadonlySet<Setting>): Outcome<never> | null {
  const { status, coinPolicy, hideTotals } = campaign;
  if (status === 'draft') return null;
  const inactive = (message: string) => refuse('campaign_inactive', message, { details: { status } });
  if (status === 'archived') return inactive('This campaign is archived and changes no more.');
  if (status === 'completed' && ![...changed].every((name) => LOOKS.has(name))) {
    return inactive('This campaign is completed: only its title, description and pictures can still be changed.');
  }
  if (changed.has('startDate')) return inactive('This campaign has started already.');
  if (coinPolicy.coinsExpiredAt !== null && (changed.has('coinExpiry') || changed.has('coinsExpireAt'))) {
    return refuse('coins_expired', 'The coins of this campaign have expired already.');
  }
  if (changed.has('preset') || changed.has('initialAllocation') || (changed.has('hideTotals') && hideTotals)) {
    return refuse(
      'conflict',
      'The preset, how many coins everyone gets, and hidden totals stay as they are once the campaign is active.',
      { details: { reason: 'coins_given' } },
    );
  }
  return null;
}

const NAME_MAX = 100;
const UUID_SHAPE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A public name out of a title: 'Für eine bessere Stadt!' -> fur-eine-bessere-stadt. */
export function publicNameOf(title: string): string {
  const words = title
    .normalize('NFKD')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, NAME_MAX - 10)
    .replaceAll(/^-+|-+$/g, '');
  return words.length < 3 || UUID_SHAPE.test(words) ? `campaign-${words}`.replace(/-$/, '') : words;
}
