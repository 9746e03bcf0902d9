import type { CampaignView } from '../../protocol/campaigns.ts';
import { colourOf } from '../ui/options.ts';
import { Pebble } from '../ui/shell.tsx';

/** Those of the options, without the grey one. */
const COLOURS = 7;

/** The campaign's icon, else a pebble in a colour of its own. Beside its title, so nothing is said of it. */
export function CampaignMark({ campaign }: { readonly campaign: CampaignView }) {
  if (campaign.icon_url !== null) {
    return <img class="campaign-mark" src={campaign.icon_url} alt="" width="64" height="64" />;
  }
  const colour = Number.parseInt(campaign.id.slice(-2), 16) % COLOURS;
  return (
    <span class={`campaign-mark campaign-mark-pebble ${colourOf(colour)}`} aria-hidden="true">
      <Pebble />
    </span>
  );
}
