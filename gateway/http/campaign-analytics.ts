import { type AnalyticsFigures, type CampaignSeen, type Engine, hidesTotals } from '../../engine/index.ts';
import { accept, type Outcome } from '../../engine/outcome.ts';
import {
  type ANALYTICS_TABLES,
  analyticsCsvQuery,
  analyticsQuery,
  analyticsReportQuery,
  type CampaignAnalyticsView,
  campaignAnalytics,
} from '../../protocol/campaign-analytics.ts';
import { campaignParams } from '../../protocol/campaigns.ts';
import { analysedCampaign } from '../auth/campaign-reach.ts';
import { print } from '../minutes/printer.ts';
import { csvReply } from './csv.ts';
import { decline, type Operation, operation, type Reply, replyWith } from './operation.ts';

const TAG = 'Campaign analytics';
const FAILURES = ['campaign_unknown', 'forbidden', 'database_away'] as const;
/** Setting type takes a third of a second of a machine that has nothing else to do; a busy one may take long. */
const PRINT_TIMEOUT_MS = 20_000;
const FRESH =
  'Kept by a worker from the log, a second behind at most: watermark says what is in it. For those who run the campaign, and sponsors.';

function funnelOf({ funnel: { refused, ...reached } }: AnalyticsFigures, campaign: CampaignSeen) {
  const { submitted, approved, accepted, started, completed, rejected, merged } = reached;
  const open = Math.max(0, approved - accepted - (rejected + merged - refused));
  const isDraft = campaign.status === 'draft';
  const now = {
    pending: Math.max(0, submitted - approved - refused),
    approved: isDraft ? open : 0,
    competing: isDraft ? 0 : open,
    accepted: Math.max(0, accepted - started),
    in_progress: Math.max(0, started - completed),
    complete: completed,
    rejected: rejected + merged,
  };
  return { ...reached, now };
}

function viewOf(campaign: CampaignSeen, figures: AnalyticsFigures, bucket: 'hour' | 'day'): CampaignAnalyticsView {
  const hidden = hidesTotals(campaign);
  const { activeDay, activeWeek, ...people } = figures.participation;
  return {
    campaign_id: campaign.id,
    title: campaign.title,
    status: campaign.status,
    hidden,
    total_coins: hidden ? null : figures.coins,
    participation: { ...people, active_day: activeDay, active_week: activeWeek },
    bucket,
    coins_over_time: hidden
      ? []
      : figures.buckets.map(({ start, takenBack, ...coins }) => ({
          start: start.toISOString(),
          taken_back: takenBack,
          ...coins,
        })),
    funnel: funnelOf(figures, campaign),
    top_ideas: hidden ? [] : figures.topIdeas.map(({ ideaId, ...idea }) => ({ idea_id: ideaId, ...idea })),
    top_tags: figures.topTags.map(({ tagId, coins, ...tag }) => ({
      tag_id: tagId,
      ...tag,
      coins: hidden ? null : coins,
    })),
    cohorts: figures.cohorts.map((cohort) => ({ ...cohort, weeks: [...cohort.weeks] })),
    watermark: { pos: figures.pos, at: figures.at.toISOString(), behind: figures.behind },
  };
}

interface Asked {
  readonly bucket?: 'hour' | 'day' | undefined;
  readonly time_zone?: string | undefined;
}

async function figuresFor(
  engine: Engine,
  campaign: CampaignSeen,
  { bucket = 'day', time_zone: timeZone = 'UTC' }: Asked,
): Promise<Outcome<CampaignAnalyticsView>> {
  const figures = await engine.campaignAnalytics.of(campaign, { bucket, timeZone });
  return figures.ok ? accept(viewOf(campaign, figures.value, bucket)) : figures;
}

const show = operation({
  id: 'getCampaignAnalytics',
  method: 'get',
  path: '/v1/campaigns/{campaign_id}/analytics',
  tag: TAG,
  summary: 'Show the figures of a campaign',
  description: `Participation, coins over time, ideas by status, top ideas and tags, cohorts. ${FRESH}`,
  permission: 'campaigns.analyse',
  params: campaignParams,
  query: analyticsQuery,
  success: { 200: { description: 'The figures.', schema: campaignAnalytics } },
  failures: FAILURES,
  handle: async ({ engine, identity, params, query }) => {
    const found = await analysedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    return replyWith(await figuresFor(engine, found.value, query), (body) => ({ status: 200, body }));
  },
});

type Cells = readonly (string | number | null)[];
type Table = { readonly columns: readonly string[]; readonly rows: readonly Cells[] };

function tableOf(name: Exclude<(typeof ANALYTICS_TABLES)[number], 'ideas'>, view: CampaignAnalyticsView): Table {
  switch (name) {
    case 'coins': {
      const kinds = ['given', 'taken_back', 'moved', 'returned', 'expended'] as const;
      const rows = view.coins_over_time.map((bucket) => [bucket.start, ...kinds.map((kind) => bucket[kind])]);
      return { columns: ['start', ...kinds], rows };
    }
    case 'tags': {
      const rows = view.top_tags.map(({ tag_id: id, name: tag, ideas, coins }) => [id, tag, ideas, coins]);
      return { columns: ['tag_id', 'name', 'ideas', 'coins'], rows };
    }
    case 'funnel': {
      const { now, ...reached } = view.funnel;
      const rows = [
        ...Object.entries(reached).map(([step, ideas]) => ['reached', step, ideas]),
        ...Object.entries(now).map(([status, ideas]) => ['now', status, ideas]),
      ];
      return { columns: ['figure', 'status', 'ideas'], rows };
    }
    case 'participation':
      return { columns: ['figure', 'members'], rows: Object.entries(view.participation) };
    case 'cohorts': {
      const most = Math.max(0, ...view.cohorts.map(({ weeks }) => weeks.length));
      const numbers = Array.from({ length: most }, (_, n) => n);
      const rows = view.cohorts.map(({ week, joined, gave, weeks }) => [
        ...[week, joined, gave],
        ...numbers.map((n) => weeks[n] ?? null),
      ]);
      return { columns: ['week', 'joined', 'gave', ...numbers.map((n) => `gave_in_week_${n}`)], rows };
    }
  }
}

/** Every idea, not only the top ones; nothing while totals are hidden. */
async function ideaTable(engine: Engine, campaign: CampaignSeen): Promise<Outcome<Table>> {
  const columns = ['idea_id', 'title', 'status', 'coins', 'comments'];
  if (hidesTotals(campaign)) return accept({ columns, rows: [] });
  const ideas = await engine.campaignAnalytics.ideas(campaign);
  if (!ideas.ok) return ideas;
  const rows = ideas.value.map(({ ideaId, title, status, coins, comments }) => [
    ideaId,
    title,
    status,
    coins,
    comments,
  ]);
  return accept({ columns, rows });
}

const asCsv = operation({
  id: 'exportCampaignAnalytics',
  method: 'get',
  path: '/v1/campaigns/{campaign_id}/analytics.csv',
  tag: TAG,
  summary: 'Export figures of a campaign as CSV',
  description: `One of the tables; of ideas all that everyone sees, the 10,000 with most coins. Everything as JSON is the operation without .csv. ${FRESH}`,
  permission: 'campaigns.analyse',
  params: campaignParams,
  query: analyticsCsvQuery,
  success: { 200: { description: 'The table.', mediaType: 'text/csv' } },
  failures: FAILURES,
  handle: async ({ engine, identity, params, query: { table: name = 'coins', ...query } }) => {
    const found = await analysedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const campaign = found.value;
    const file = `attachment; filename="${campaign.campaignId}-${name}.csv"`;
    const reply = ({ columns, rows }: Table): Reply => csvReply(columns, rows, { 'content-disposition': file });
    if (name === 'ideas') return replyWith(await ideaTable(engine, campaign), reply);
    return replyWith(await figuresFor(engine, campaign, query), (view) => reply(tableOf(name, view)));
  },
});

const report = operation({
  id: 'printCampaignReport',
  method: 'get',
  path: '/v1/campaigns/{campaign_id}/report.pdf',
  tag: TAG,
  summary: 'Print a report on a campaign',
  description: `The figures as a document of A4 pages, in English or German. ${FRESH}`,
  permission: 'campaigns.analyse',
  params: campaignParams,
  query: analyticsReportQuery,
  timeoutMs: PRINT_TIMEOUT_MS,
  success: { 200: { description: 'The report.', mediaType: 'application/pdf' } },
  failures: FAILURES,
  handle: async ({ engine, identity, params, query }) => {
    const found = await analysedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const campaign = found.value;
    const figures = await figuresFor(engine, campaign, { time_zone: query.time_zone });
    if (!figures.ok) return figures;
    const organisation = await engine.organisations.get(identity.orgId);
    if (!organisation.ok) return organisation;
    const content = await print({
      kind: 'campaign',
      report: { organisation: organisation.value.name, figures: figures.value },
      style: { language: query.lang ?? 'en', timeZone: query.time_zone ?? 'UTC' },
    });
    if (content === null) return decline('overloaded', 'Too many documents are being printed. Ask again in a moment.');
    const headers = { 'content-disposition': `inline; filename="${campaign.campaignId}.pdf"` };
    return { ok: true, value: { status: 200, bytes: { type: 'application/pdf', content }, headers } };
  },
});

export const campaignAnalyticsOperations: readonly Operation[] = [show, asCsv, report];
