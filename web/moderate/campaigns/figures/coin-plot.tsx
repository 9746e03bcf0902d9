import type { CampaignAnalyticsView } from '../../../../protocol/campaign-analytics.ts';
import { formatNumber } from '../../../ui/i18n.ts';
import { t } from '../texts.ts';
import { TableTwin } from './table-twin.tsx';
import { bucketName, TimePlot } from './time-plot.tsx';

const SECONDS = { hour: 3_600, day: 86_400 };

/** Buckets in which nothing moved are left out of the answer; a line must come down to nothing there. */
function withQuiet(buckets: CampaignAnalyticsView['coins_over_time'], seconds: number) {
  const all: { start: number; given: number; back: number }[] = [];
  for (const row of buckets) {
    const start = Date.parse(row.start) / 1_000;
    // a day of 23 or 25 hours is not taken for a gap
    for (let quiet = (all.at(-1)?.start ?? start) + seconds; quiet < start - seconds / 2; quiet += seconds) {
      all.push({ start: quiet, given: 0, back: 0 });
    }
    all.push({ start, given: row.given, back: row.taken_back + row.returned });
  }
  return all;
}

/** Coins over time: what was given as columns, what came back as a line, and all of it as a table. */
export function CoinPlot({ view }: { readonly view: CampaignAnalyticsView }) {
  const { coins_over_time: buckets, bucket, hidden } = view;
  if (hidden) return <p>{t('board.hidden')}</p>;
  if (buckets.length === 0) return <p class="soft">{t('coins.none')}</p>;
  const given = buckets.reduce((sum, row) => sum + row.given, 0);
  const back = buckets.reduce((sum, row) => sum + row.taken_back + row.returned, 0);
  const busiest = buckets.reduce((most, row) => (row.given > most.given ? row : most));
  const all = withQuiet(buckets, SECONDS[bucket]);
  return (
    <>
      <p class="figures">
        {t('coins.words', {
          given: formatNumber(given),
          back: formatNumber(back),
          moment: bucketName(busiest.start, bucket),
          most: formatNumber(busiest.given),
        })}
      </p>
      <TimePlot
        starts={all.map(({ start }) => start)}
        bucketSeconds={SECONDS[bucket]}
        series={[
          { name: t('coins.given'), as: 'columns', values: all.map((row) => row.given) },
          { name: t('coins.back'), as: 'line', values: all.map((row) => row.back) },
        ]}
      />
      <TableTwin
        name={t('coins.title')}
        columns={[
          t(bucket === 'hour' ? 'coins.hour' : 'coins.day'),
          t('coins.given'),
          t('coins.takenBack'),
          t('coins.moved'),
          t('coins.returned'),
          t('coins.expended'),
        ]}
        rows={buckets.map((row) => [
          bucketName(row.start, bucket),
          ...[row.given, row.taken_back, row.moved, row.returned, row.expended].map(formatNumber),
        ])}
      />
    </>
  );
}
