import { Skeleton } from '../../../ui/waiting.tsx';
import type { PartProps } from '../part.ts';
import { t } from '../texts.ts';
import { CoinPlot } from './coin-plot.tsx';
import { useAnalytics } from './use-analytics.ts';

/** Coins over the last hours, at a glance. */
export function CoinsGiven({ live, campaign }: PartProps) {
  const { view, problem } = useAnalytics(live, campaign.campaign_id, 'hour');
  return (
    <section class="card stack" aria-labelledby="coins-title">
      <h2 id="coins-title">{t('coins.title')}</h2>
      {problem !== '' && <p role="alert">{problem}</p>}
      {view === undefined && problem === '' && <Skeleton />}
      {view !== undefined && <CoinPlot view={view} />}
    </section>
  );
}
