import { ConnectionState } from '../ui/connection-state.tsx';
import { Icon } from '../ui/icon.tsx';
import { followLink } from '../ui/router.ts';
import { Skeleton } from '../ui/waiting.tsx';
import { Board } from './board/board.tsx';
import { CampaignHead } from './campaign-head.tsx';
import { Joining } from './joining.tsx';
import { useLoaded } from './later.ts';
import type { WatchedCampaign } from './live/watched.ts';
import { PurseBar } from './purse/purse-bar.tsx';
import { t } from './texts.ts';

/** Shown once it is over, so it is fetched then. */
const showing = () => import('./result/result.tsx');

function Result({ watched }: { readonly watched: WatchedCampaign }) {
  const loaded = useLoaded(showing);
  return loaded === undefined ? <Skeleton lines={5} /> : <loaded.Result watched={watched} />;
}

/** A campaign: what it is about, the way in, the purse at the thumb, and the board; once it is over, what came of it. */
export function CampaignPage({ watched }: { readonly watched: WatchedCampaign }) {
  const { live, purse } = watched;
  const campaign = live.campaign.value;
  if (campaign === undefined) return <Skeleton lines={6} />;
  const isOver = campaign.status === 'completed' || campaign.status === 'archived';
  const mayPropose = campaign.membership?.state === 'joined' && !isOver;
  return (
    <div class="campaign">
      <p class="back">
        <a href="/campaigns" onClick={followLink}>
          <Icon name="back" mirrored /> {t('gallery.all')}
        </a>
      </p>
      <ConnectionState state={live.connection.value} since={live.lostAt.value} />
      <div class="campaign-columns">
        <div class="campaign-side">
          <CampaignHead campaign={campaign} />
          <Joining live={live} campaign={campaign} />
          {mayPropose && (
            <a
              class="button button-plain button-wide"
              href={`/campaigns/${campaign.campaign_id}/propose`}
              onClick={followLink}
            >
              <Icon name="plus" /> {t('propose.open')}
            </a>
          )}
          {purse.value !== undefined && <PurseBar purse={purse.value} campaign={campaign} />}
        </div>
        <div class="campaign-main stack">
          {isOver ? <Result watched={watched} /> : <Board watched={watched} campaign={campaign} />}
        </div>
      </div>
    </div>
  );
}
