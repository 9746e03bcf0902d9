import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { LiveCampaign } from '../../campaigns/live/live-campaign.ts';

/** What every part of a campaign's console is given: the campaign as it stands, and what keeps it so. */
export interface PartProps {
  readonly live: LiveCampaign;
  readonly campaign: CampaignView;
}
