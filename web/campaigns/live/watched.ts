import { effect, type Signal, signal } from '@preact/signals';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import { api, membership } from '../../ui/account-session.ts';
import { Purse } from '../purse/purse.ts';
import { LiveCampaign } from './live-campaign.ts';

/** A campaign that the page shows, on whichever of its screens, and the own purse in it. */
export interface WatchedCampaign {
  readonly live: LiveCampaign;
  /** undefined where the person has none: not joined, or not started */
  readonly purse: Signal<Purse | undefined>;
}

/** After these coins may have expired in every purse. */
const ENDS_COINS = ['campaign.completed', 'campaign.coins_expired'];
/** At random: thousands of purses must not be read at once. */
const REFRESH_WITHIN_MS = 1_500;

let current: { readonly key: string; readonly watched: WatchedCampaign; readonly close: () => void } | undefined;

function hasPurse({ membership: own, status }: CampaignView): boolean {
  return own?.state === 'joined' && status !== 'draft';
}

function begin(name: string, memberId: string): { watched: WatchedCampaign; close: () => void } {
  const live = new LiveCampaign(name);
  const purse = signal<Purse | undefined>(undefined);
  const rules = () => {
    const policy = live.campaign.peek()?.coin_policy;
    return { recycling: policy?.allow_recycling === true, reallocation: policy?.allow_reallocation === true };
  };
  const stopOpening = effect(() => {
    const campaign = live.campaign.value;
    if (campaign === undefined || hasPurse(campaign) === (purse.peek() !== undefined)) return;
    purse.peek()?.close();
    purse.value = hasPurse(campaign) ? new Purse({ campaignId: campaign.id, memberId, http: api, rules }) : undefined;
  });
  const stopRefreshing = effect(() => {
    const events = live.events.value;
    const own = purse.peek();
    const touched = events.some(({ kind, idea = '' }) => ENDS_COINS.includes(kind) || (own?.on(idea) ?? 0) > 0);
    if (touched) setTimeout(() => void own?.refresh(), Math.random() * REFRESH_WITHIN_MS);
  });
  const close = () => {
    stopOpening();
    stopRefreshing();
    purse.peek()?.close();
    live.close();
  };
  return { watched: { live, purse }, close };
}

/** The campaign of this name: one connection for all its screens, ended when another campaign is shown. */
export function watchCampaign(name: string): WatchedCampaign {
  const { org_id: orgId = '', member_id: memberId = '' } = membership.value ?? {};
  const key = `${orgId} ${name}`;
  if (current?.key !== key) {
    current?.close();
    current = { key, ...begin(name, memberId) };
  }
  return current.watched;
}
