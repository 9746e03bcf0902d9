import type { ComponentChildren } from 'preact';
import { ANALYTICS_TABLES, type CampaignAnalyticsView } from '../../../../protocol/campaign-analytics.ts';
import { api } from '../../../ui/account-session.ts';
import { Button } from '../../../ui/button.tsx';
import { Select } from '../../../ui/choices.tsx';
import { ErrorSummary } from '../../../ui/field.tsx';
import { formatNumber, formatShare, formatTime, locale } from '../../../ui/i18n.ts';
import { useKept } from '../../../ui/kept.ts';
import { saveFile } from '../../../ui/save-file.ts';
import { useSubmission } from '../../../ui/submission.ts';
import { Skeleton } from '../../../ui/waiting.tsx';
import { pathOf } from '../calls.ts';
import { TagDot } from '../marks.tsx';
import type { PartProps } from '../part.ts';
import { t } from '../texts.ts';
import { ideaStatusName } from '../words.ts';
import { Cohorts } from './cohorts.tsx';
import { CoinPlot } from './coin-plot.tsx';
import { RankedBars } from './ranked-bars.tsx';
import { TableTwin } from './table-twin.tsx';
import { type Bucket, ownTimeZone, useAnalytics } from './use-analytics.ts';

interface ViewProps {
  readonly view: CampaignAnalyticsView;
}

function Plot({ id, title, children }: { id: string; title: string; children: ComponentChildren }) {
  return (
    <section class="card stack" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

function Participation({ view: { participation: of } }: ViewProps) {
  const rows = [
    { id: 'joined', title: t('analytics.joined'), value: of.joined },
    { id: 'active', title: t('analytics.activeWeek'), value: of.active_week },
    { id: 'day', title: t('analytics.activeDay'), value: of.active_day },
    { id: 'gave', title: t('analytics.gave'), value: of.gave },
    { id: 'submitted', title: t('analytics.proposed'), value: of.submitted },
  ];
  const name = t('analytics.participation');
  return (
    <Plot id="participation" title={name}>
      <p class="figures">
        {t('analytics.participationWords', {
          joined: formatNumber(of.joined),
          share: formatShare(of.joined === 0 ? 0 : Math.min(1, of.gave / of.joined)),
          invited: formatNumber(of.invited),
          requested: formatNumber(of.requested),
        })}
      </p>
      <RankedBars label={name} base={of.joined} bars={rows.map((row) => ({ ...row, mark: '' }))} />
      <TableTwin
        name={name}
        columns={[t('analytics.what'), t('analytics.people')]}
        rows={[
          ...rows.map(({ title, value }) => [title, formatNumber(value)]),
          [t('people.invited'), formatNumber(of.invited)],
          [t('people.requested'), formatNumber(of.requested)],
        ]}
      />
    </Plot>
  );
}

function Funnel({ view: { funnel } }: ViewProps) {
  const steps = [
    { id: 'submitted', title: t('analytics.submitted'), value: funnel.submitted },
    { id: 'approved', title: t('analytics.approved'), value: funnel.approved },
    { id: 'accepted', title: t('analytics.accepted'), value: funnel.accepted },
    { id: 'started', title: t('analytics.started'), value: funnel.started },
    { id: 'completed', title: t('analytics.completed'), value: funnel.completed },
  ];
  const name = t('analytics.funnel');
  return (
    <Plot id="funnel" title={name}>
      {funnel.submitted === 0 ? (
        <p class="soft">{t('board.noIdeas')}</p>
      ) : (
        <>
          <RankedBars label={name} base={funnel.submitted} of={funnel.submitted} bars={steps} />
          <p class="soft small figures">
            {t('analytics.leftOut', { rejected: formatNumber(funnel.rejected), merged: formatNumber(funnel.merged) })}
          </p>
          <TableTwin
            name={name}
            columns={[t('analytics.step'), t('analytics.ideas')]}
            rows={[
              ...steps.map(({ title, value }) => [title, formatNumber(value)]),
              [t('idea.rejected'), formatNumber(funnel.rejected)],
              [t('analytics.merged'), formatNumber(funnel.merged)],
            ]}
          />
        </>
      )}
    </Plot>
  );
}

function TopIdeas({ view: { top_ideas: ideas, hidden, total_coins: total } }: ViewProps) {
  const name = t('analytics.topIdeas');
  return (
    <Plot id="top-ideas" title={name}>
      {hidden && <p>{t('board.hidden')}</p>}
      {!hidden && ideas.length === 0 && <p class="soft">{t('coins.none')}</p>}
      <RankedBars
        label={name}
        base={total ?? undefined}
        bars={ideas.map(({ idea_id: id, title, coins }) => ({ id, title, value: coins }))}
      />
      <TableTwin
        name={name}
        columns={[t('analytics.idea'), t('analytics.status'), t('analytics.coins'), t('analytics.comments')]}
        rows={ideas.map(({ title, status, coins, comments }) => [
          title,
          ideaStatusName(status),
          formatNumber(coins),
          formatNumber(comments),
        ])}
      />
    </Plot>
  );
}

function TopTags({ view: { top_tags: tags, hidden } }: ViewProps) {
  const name = t('analytics.topTags');
  if (tags.length === 0) return null;
  return (
    <Plot id="top-tags" title={name}>
      <RankedBars
        label={hidden ? t('analytics.tagsByIdeas') : name}
        bars={tags.map(({ tag_id: id, name: title, color, ideas, coins }) => ({
          id,
          title,
          mark: <TagDot color={color} />,
          value: coins ?? ideas,
        }))}
      />
      <TableTwin
        name={name}
        columns={[t('analytics.tag'), t('analytics.ideas'), t('analytics.coins')]}
        rows={tags.map(({ name: title, ideas, coins }) => [
          title,
          formatNumber(ideas),
          coins === null ? '–' : formatNumber(coins),
        ])}
      />
    </Plot>
  );
}

type Table = (typeof ANALYTICS_TABLES)[number];

/** The figures as files: for spreadsheets, for programs, for the record. */
function Files({ campaign, bucket, view }: ViewProps & { readonly campaign: string; readonly bucket: Bucket }) {
  const [table, setTable] = useKept<Table>('analytics.table', 'coins');
  const form = useSubmission('analytics-files');
  const names: Readonly<Record<Table, string>> = {
    coins: t('coins.title'),
    ideas: t('analytics.topIdeas'),
    tags: t('analytics.topTags'),
    funnel: t('analytics.funnel'),
    participation: t('analytics.participation'),
    cohorts: t('cohorts.title'),
  };
  const zone = ownTimeZone();
  const save = (part: string, name: string, type: string, query: Readonly<Record<string, string>>) =>
    form.submit([], async () => {
      const path = pathOf(campaign, part);
      saveFile(name, type, await api.call<Blob>({ method: 'GET', path, query, as: 'blob', timeoutMs: 30_000 }));
    });
  const csv = () => save('analytics.csv', `${campaign}-${table}.csv`, 'text/csv', { table, bucket, time_zone: zone });
  return (
    <section class="card stack" aria-labelledby="files-title" id="analytics-files" tabIndex={-1}>
      <h2 id="files-title">{t('analytics.files')}</h2>
      <ErrorSummary errors={form.errors} />
      <div class="row fields-beside">
        <Select
          id="files-table"
          label={t('analytics.table')}
          value={table}
          options={ANALYTICS_TABLES.map((value) => ({ value, text: names[value] }))}
          onChange={setTable}
        />
        <Button busy={form.busy} onClick={() => void csv()}>
          {t('analytics.csv')}
        </Button>
        <Button
          onClick={() => saveFile(`${campaign}-analytics.json`, 'application/json', JSON.stringify(view, null, 2))}
        >
          {t('analytics.json')}
        </Button>
        <Button
          busy={form.busy}
          onClick={() =>
            void save('report.pdf', `${campaign}-report.pdf`, 'application/pdf', {
              lang: locale.value,
              time_zone: zone,
            })
          }
        >
          {t('analytics.report')}
        </Button>
      </div>
    </section>
  );
}

/** How the campaign goes: who takes part, coins over time, where ideas stand. */
export function Analytics({ live, campaign }: PartProps) {
  const [bucket, setBucket] = useKept<Bucket>('analytics.bucket', 'day');
  const { view, problem } = useAnalytics(live, campaign.campaign_id, bucket);
  return (
    <div class="stack">
      {problem !== '' && <p role="alert">{problem}</p>}
      {view === undefined && problem === '' && <Skeleton lines={8} />}
      {view !== undefined && (
        <>
          <div class="analytics">
            <Participation view={view} />
            <Funnel view={view} />
            <section class="card stack analytics-wide" aria-labelledby="coins-title">
              <div class="row analytics-head">
                <h2 id="coins-title">{t('coins.title')}</h2>
                <Select
                  id="bucket"
                  label={t('coins.by')}
                  value={bucket}
                  options={[
                    { value: 'day', text: t('coins.day') },
                    { value: 'hour', text: t('coins.hour') },
                  ]}
                  onChange={setBucket}
                />
              </div>
              <CoinPlot view={view} />
            </section>
            <TopIdeas view={view} />
            <TopTags view={view} />
            <Cohorts cohorts={view.cohorts} />
          </div>
          <Files campaign={campaign.campaign_id} bucket={bucket} view={view} />
          <p class="soft small figures">
            {t('analytics.exact', { time: formatTime(view.watermark.at) })}
            {view.watermark.behind > 0 && ` · ${t('analytics.behind', { count: view.watermark.behind })}`}
          </p>
        </>
      )}
    </div>
  );
}
