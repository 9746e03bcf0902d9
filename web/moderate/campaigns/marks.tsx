import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { formatNumber } from '../../ui/i18n.ts';
import { t } from './texts.ts';
import { statusName } from './words.ts';

/** The status as a word with a sign of its own: filled while it runs, hollow before, struck through after. */
export function Status({ status }: { readonly status: CampaignView['status'] }) {
  return <span class={`campaign-status campaign-status-${status}`}>{statusName(status)}</span>;
}

/** Its icon, or a pebble with the first letter of its title. */
export function CampaignIcon({ campaign }: { readonly campaign: CampaignView }) {
  if (campaign.icon_url !== null) return <img class="campaign-icon" src={campaign.icon_url} alt="" />;
  return (
    <span class="campaign-icon campaign-letter" aria-hidden="true">
      {[...campaign.title][0]?.toLocaleUpperCase()}
    </span>
  );
}

/** Tags with their colour as a dot: the name tells them apart, not the colour. */
export function TagMarks({ tags }: { readonly tags: IdeaView['tags'] }) {
  if (tags.length === 0) return null;
  return (
    <ul class="plain-list tag-marks" aria-label={t('tags.title')}>
      {tags.map(({ id, name, color }) => (
        <li key={id} class="tag-mark">
          <TagDot color={color} />
          {name}
        </li>
      ))}
    </ul>
  );
}

export function TagDot({ color }: { readonly color: string | null }) {
  return <span class="tag-dot" aria-hidden="true" style={color === null ? undefined : { backgroundColor: color }} />;
}

/** What it would cost, for campaigns with a budget. */
export function Cost({ cost }: { readonly cost: number | null }) {
  return <span class="figures">{cost === null ? t('cost.none') : t('cost.is', { sum: formatNumber(cost) })}</span>;
}
