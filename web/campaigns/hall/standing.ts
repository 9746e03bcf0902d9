import { useEffect, useState } from 'preact/hooks';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { IdeaView } from '../../../protocol/ideas.ts';
import type { LiveCampaign } from '../live/live-campaign.ts';

/** A hall follows rows that change places about so often; faster they only flicker. */
const MOVE_EVERY_MS = 500;

export interface Standing {
  readonly idea: IdeaView;
  /** coins, or votes where they cost their square */
  readonly value: number;
  /** as it was first read: gives the idea a letter and a colour that stay while its place changes */
  readonly index: number;
}

/** The ideas with coins, most first, as they stand now. */
function standingOf(live: LiveCampaign, campaign: CampaignView, ideas: readonly IdeaView[]): readonly Standing[] {
  const figure = campaign.preset === 'quadratic' ? 'votes' : 'coins';
  return ideas
    .map((idea, index) => ({ idea, index, value: live.figuresOf(idea.id)?.[figure] ?? 0 }))
    .filter(({ idea, value }) => value > 0 && idea.status !== 'rejected')
    .sort((a, b) => b.value - a.value || a.index - b.index);
}

/** The same, followed live. */
export function useStanding(
  live: LiveCampaign,
  campaign: CampaignView,
  ideas: readonly IdeaView[],
): readonly Standing[] {
  const [standing, setStanding] = useState(() => standingOf(live, campaign, ideas));
  useEffect(() => {
    let last: unknown;
    const look = () => {
      if (live.figures.peek() === last) return;
      last = live.figures.peek();
      setStanding(standingOf(live, campaign, ideas));
    };
    look();
    const timer = setInterval(look, MOVE_EVERY_MS);
    return () => clearInterval(timer);
  }, [live, campaign.preset, ideas.map(({ id, status }) => id + status).join()]);
  return standing;
}
