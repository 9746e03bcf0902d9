import { useComputed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { LiveRegion } from '../../ui/announce.tsx';
import { Bars } from '../../ui/bars.tsx';
import { formatTime } from '../../ui/i18n.ts';
import { usePaged } from '../../ui/paged.ts';
import { qrPath } from '../../ui/qr.ts';
import { QrCode } from '../../ui/qr-code.tsx';
import { DisplaySettings, Pebble } from '../../ui/shell.tsx';
import { Skeleton } from '../../ui/waiting.tsx';
import { useHappened } from '../board/happened.ts';
import { TimeLeft } from '../campaign-head.tsx';
import { CountedNumber } from '../counted-number.tsx';
import type { LiveCampaign } from '../live/live-campaign.ts';
import type { WatchedCampaign } from '../live/watched.ts';
import { NotHere } from '../not-here.tsx';
import { t } from '../texts.ts';
import { useStanding } from './standing.ts';
import '../style/hall.css';

/** Rows that a hall can take in at once, and read from its end. */
const IDEAS_SHOWN = 8;

/** Asks the browser for the whole screen; nothing where it has no such thing. */
function FullScreenButton() {
  const [full, setFull] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const changed = () => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, []);
  if (full || !document.fullscreenEnabled) return null;
  return (
    <button
      type="button"
      class="button button-quiet"
      onClick={() => void document.documentElement.requestFullscreen().catch(() => {})}
    >
      {t('hall.full')}
    </button>
  );
}

/** Where a phone in the hall goes. */
function addressOf({ campaign_id: name }: CampaignView): string {
  return `${location.origin}/campaigns/${name}`;
}

/** Before anybody may see figures, and before there are any: how to take part. */
function Invitation({ campaign }: { readonly campaign: CampaignView }) {
  const address = addressOf(campaign);
  const words =
    campaign.status === 'draft' ? t('hall.soon') : campaign.hide_totals ? t('hall.hidden') : t('hall.empty');
  return (
    <div class="hall-invitation">
      <QrCode path={qrPath(address)} label={t('hall.qr', { address })} />
      <div class="hall-words">
        <h2>{t('hall.join')}</h2>
        <p class="hall-address">{address.replace(/^https?:\/\//, '')}</p>
        <p class="soft">{words}</p>
      </div>
    </div>
  );
}

/** The ideas with most coins as bars: order and bars follow the coins twice a second, so that a hall can follow. */
function Standing({
  live,
  campaign,
  ideas,
}: {
  live: LiveCampaign;
  campaign: CampaignView;
  ideas: readonly IdeaView[];
}) {
  const rows = useStanding(live, campaign, ideas).slice(0, IDEAS_SHOWN);
  if (rows.length === 0) return <Invitation campaign={campaign} />;
  return (
    <Bars
      label={campaign.preset === 'quadratic' ? t('result.votes') : t('result.coins')}
      stale={live.lostAt.value !== undefined}
      bars={rows.map(({ idea, value, index }) => ({ id: idea.id, title: idea.title, value, index }))}
    />
  );
}

function Figures({ live, campaign }: { readonly live: LiveCampaign; readonly campaign: CampaignView }) {
  const total = useComputed(() => (live.figures.value?.hidden === false ? live.figures.value.totalCoins : undefined));
  return (
    <span class="hall-figures">
      {total.value !== undefined && (
        <span class="hall-total figures">
          <strong>
            <CountedNumber value={total.value} />
          </strong>{' '}
          {t('hall.coins', { count: total.value })}
        </span>
      )}
      <span class="hall-members figures">{t('facts.members', { count: campaign.members })}</span>
    </span>
  );
}

function Screen({ live, campaign }: { readonly live: LiveCampaign; readonly campaign: CampaignView }) {
  const paged = usePaged<IdeaView>(`/v1/campaigns/${campaign.id}/ideas`, {
    ...{ status: 'approved,competing,accepted,in_progress,complete', sort: 'coins', limit: '200' },
  });
  const { ideas, arrived, forget } = useHappened(live, paged.items ?? []);
  useEffect(() => {
    if (arrived > 0) void paged.reload().then(forget);
  }, [arrived]);
  const lost = live.connection.value === 'up' ? undefined : live.lostAt.value;
  const address = addressOf(campaign);
  return (
    <div class={lost === undefined ? 'hall' : 'hall hall-stale'}>
      <header class="hall-head">
        <Pebble />
        <h1 class="hall-title">{campaign.title}</h1>
        <span class="hall-acts">
          <FullScreenButton />
          <DisplaySettings />
        </span>
        <span class="hall-time figures">
          <TimeLeft campaign={campaign} />
        </span>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a small window it is scrolled, by keys too */}
      <main class="hall-main" id="content" tabIndex={0}>
        {paged.items === undefined ? (
          <Skeleton lines={6} />
        ) : (
          <Standing live={live} campaign={campaign} ideas={ideas} />
        )}
      </main>
      <footer class="hall-foot">
        <QrCode path={qrPath(address)} label={t('hall.qr', { address })} />
        <span class="hall-where">
          <span>{t('hall.joinAt')}</span>
          <strong>{address.replace(/^https?:\/\//, '')}</strong>
        </span>
        <Figures live={live} campaign={campaign} />
        <span class="hall-state" role="status">
          {lost !== undefined && t('hall.stale', { time: formatTime(lost) })}
        </span>
      </footer>
      <LiveRegion />
    </div>
  );
}

/** The board for a hall: the ideas with most coins, and the way in. */
export function Hall({ watched }: { readonly watched: WatchedCampaign }) {
  const { live } = watched;
  const campaign = live.campaign.value;
  useEffect(() => {
    if (campaign !== undefined) document.title = `${campaign.title} – Psephos`;
  }, [campaign?.title]);
  if (live.refused.value !== undefined) {
    return (
      <main id="content" class="hall-note">
        <NotHere error={live.refused.value} />
      </main>
    );
  }
  return campaign === undefined ? <Skeleton lines={6} /> : <Screen live={live} campaign={campaign} key={campaign.id} />;
}
