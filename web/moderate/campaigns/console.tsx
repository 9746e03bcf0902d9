import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PsephosError } from '../../../client/index.ts';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import { LiveCampaign } from '../../campaigns/live/live-campaign.ts';
import { membership } from '../../ui/account-session.ts';
import { Button } from '../../ui/button.tsx';
import { ConnectionState } from '../../ui/connection-state.tsx';
import { formatNumber } from '../../ui/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { refusalText } from '../../ui/refusal-words.ts';
import { followLink, match, path } from '../../ui/router.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { Refused } from '../refused.tsx';
import { seesAllCampaigns } from '../rooms.ts';
import { Budget } from './budget.tsx';
import { Decide } from './decide.tsx';
import { Analytics } from './figures/analytics.tsx';
import { CampaignIcon, Status } from './marks.tsx';
import { Overview } from './overview.tsx';
import type { PartProps } from './part.ts';
import { People } from './people.tsx';
import { Queue } from './queue.tsx';
import { Settings } from './settings.tsx';
import { Tags } from './tags.tsx';
import { t } from './texts.ts';
import { datesInWords } from './words.ts';

interface Part {
  readonly key: string;
  readonly name: () => string;
  readonly Show: (props: PartProps) => JSX.Element;
  /** who does not run the campaign, a sponsor, sees it too */
  readonly sponsors?: boolean;
  readonly budgets?: boolean;
}

const PARTS: readonly Part[] = [
  { key: 'overview', name: () => t('part.overview'), Show: Overview, sponsors: true },
  { key: 'queue', name: () => t('part.queue'), Show: Queue },
  { key: 'ideas', name: () => t('part.ideas'), Show: Decide },
  { key: 'budget', name: () => t('part.budget'), Show: Budget, sponsors: true, budgets: true },
  { key: 'people', name: () => t('part.people'), Show: People },
  { key: 'tags', name: () => t('part.tags'), Show: Tags },
  { key: 'analytics', name: () => t('part.analytics'), Show: Analytics, sponsors: true },
  { key: 'settings', name: () => t('part.settings'), Show: Settings },
];

/** The campaign and the part of its console that an address names. */
export function placeOf(address: string): { readonly campaign: string; readonly part: string } | undefined {
  const whole =
    match('/moderate/campaigns/:campaign/:part', address) ?? match('/moderate/campaigns/:campaign', address);
  return whole?.campaign === undefined ? undefined : { campaign: whole.campaign, part: whole.part ?? 'overview' };
}

function Tabs({ campaign, parts, here }: { campaign: CampaignView; parts: readonly Part[]; here: string }) {
  const waiting = campaign.pending_ideas ?? 0;
  const bar = useRef<HTMLElement>(null);
  // on a phone they stand in a row that is scrolled: the present one must not be out of sight
  useEffect(() => {
    bar.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [here]);
  return (
    <nav ref={bar} class="console-navigation campaign-parts" aria-label={t('part.label', { title: campaign.title })}>
      {parts.map(({ key, name }) => (
        <a
          key={key}
          href={`/moderate/campaigns/${campaign.campaign_id}${key === 'overview' ? '' : `/${key}`}`}
          aria-current={key === here ? 'page' : undefined}
          onClick={followLink}
        >
          {name()}
          {key === 'queue' && waiting > 0 && (
            <span class="campaign-count figures">
              <span aria-hidden="true">{formatNumber(waiting)}</span>
              <span class="unseen">{t('part.waiting', { count: waiting })}</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}

function Head({ campaign }: { readonly campaign: CampaignView }) {
  const own = `/campaigns/${campaign.campaign_id}`;
  return (
    <header class="campaign-head">
      <a class="small campaign-back" href="/moderate/campaigns" onClick={followLink}>
        <Icon name="back" mirrored />
        {t('list.title')}
      </a>
      <CampaignIcon campaign={campaign} />
      <div class="campaign-head-words">
        <h1>{campaign.title}</h1>
        <p class="soft small">
          <Status status={campaign.status} /> {datesInWords(campaign)}
        </p>
      </div>
      <div class="row campaign-head-acts">
        <a class="button button-plain" href={own}>
          {t('head.participants')}
        </a>
        <a class="button button-plain" href={`${own}/board`} target="_blank" rel="noreferrer">
          {t('head.projector')}
        </a>
      </div>
    </header>
  );
}

function Problem({ error }: { readonly error: PsephosError }) {
  const back = (
    <a class="button button-primary" href="/moderate/campaigns" onClick={followLink}>
      {t('list.title')}
    </a>
  );
  if (error.code === 'CAMPAIGN_001') {
    return (
      <Refused title={t('refused.notFound')} text={t('refused.notFoundText')}>
        {back}
      </Refused>
    );
  }
  return (
    <div class="stack console-page">
      <h1>{t('refused.unread')}</h1>
      <p role="alert">{refusalText(error)}</p>
      <div class="row">
        <Button kind="primary" onClick={() => location.reload()}>
          {t('refused.again')}
        </Button>
      </div>
    </div>
  );
}

function Console({ live, part }: { readonly live: LiveCampaign; readonly part: string }) {
  const campaign = live.campaign.value;
  if (live.refused.value !== undefined) return <Problem error={live.refused.value} />;
  if (campaign === undefined) {
    return (
      <>
        <ConnectionState state={live.connection.value} />
        <Skeleton lines={6} />
      </>
    );
  }
  if (!campaign.can_manage && !seesAllCampaigns(membership.value?.roles)) {
    return (
      <Refused title={t('refused.notManager', { title: campaign.title })} text={t('refused.notManagerText')}>
        <a class="button button-primary" href={`/campaigns/${campaign.campaign_id}`}>
          {t('head.participants')}
        </a>
      </Refused>
    );
  }
  const parts = PARTS.filter(
    ({ sponsors = false, budgets = false }) =>
      (campaign.can_manage || sponsors) && (!budgets || campaign.preset === 'budget'),
  );
  const shown = parts.find(({ key }) => key === part) ?? (parts[0] as Part);
  return (
    <div class="stack campaign-console">
      <Head campaign={campaign} />
      <Tabs campaign={campaign} parts={parts} here={shown.key} />
      <ConnectionState state={live.connection.value} since={live.lostAt.value} />
      <shown.Show live={live} campaign={campaign} key={shown.key} />
    </div>
  );
}

/** The console of one campaign, for who runs it; sponsors look on. */
export function CampaignConsole() {
  const place = placeOf(path.value);
  const name = place?.campaign ?? '';
  const [live, setLive] = useState<LiveCampaign>();
  useEffect(() => {
    const followed = new LiveCampaign(name);
    setLive(followed);
    return () => followed.close();
  }, [name]);
  return live === undefined ? <Skeleton lines={6} /> : <Console live={live} part={place?.part ?? 'overview'} />;
}
