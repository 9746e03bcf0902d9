import type { CampaignAnalyticsView } from '../../protocol/campaign-analytics.ts';
import { type Block, figureIn, type MinutesStyle, timeIn } from './blocks.ts';
import { pdfOf } from './pdf.ts';
import { REPORT_WORDS, type ReportWords } from './report-words.ts';
import type { Language } from './words.ts';

/** What a printed report about a campaign tells. */
export interface CampaignReport {
  readonly organisation: string;
  /** its coins over time by day */
  readonly figures: CampaignAnalyticsView;
}

/** Days of the table of coins, the newest. */
const DAYS_MAX = 62;

/** The report as PDF; the same figures of the same moment give the same bytes. */
export async function reportPdf({ organisation, figures }: CampaignReport, style: MinutesStyle): Promise<Buffer> {
  const words = REPORT_WORDS[style.language];
  const frame = {
    ...{ title: `${words.title}: ${figures.title}`, organisation, language: style.language },
    ...{ date: new Date(figures.watermark.at), page: words.page },
  };
  return pdfOf(frame, reportBlocks(organisation, figures, style));
}

/** What the report is made of, in reading order. */
export function reportBlocks(organisation: string, figures: CampaignAnalyticsView, style: MinutesStyle): Block[] {
  const words = REPORT_WORDS[style.language];
  const number = (count: number | null) => (count === null ? '–' : figureIn(style.language, count));
  const asOf = `${timeIn(style, new Date(figures.watermark.at))}, ${words.exactTo(number(figures.watermark.pos))}`;
  const rows: [string, string][] = [
    [words.fields.organisation, organisation],
    [words.fields.campaign, figures.title],
    [words.fields.status, words.statuses[figures.status]],
    [words.fields.asOf, asOf],
  ];
  if (!figures.hidden) rows.push([words.fields.coins, number(figures.total_coins)]);
  const { participation, funnel } = figures;
  const people = Object.entries(words.participation) as [keyof typeof participation, string][];
  const steps = Object.entries(words.funnel) as [keyof ReportWords['funnel'], string][];
  return [
    { kind: 'title', text: words.title },
    { kind: 'fields', rows },
    { kind: 'subheading', text: words.sections.participation },
    { kind: 'fields', rows: people.map(([key, label]) => [label, number(participation[key])] as const) },
    { kind: 'subheading', text: words.sections.funnel },
    {
      kind: 'table',
      head: [words.columns.step, words.columns.ideas],
      rows: steps.map(([key, label]) => [label, number(funnel[key])]),
    },
    ...(figures.hidden ? [{ kind: 'strong', text: words.hidden } as const] : coinBlocks(figures, words, style, number)),
    ...tagBlocks(figures, words, number),
    ...cohortBlocks(figures, words, style.language, number),
  ];
}

type Show = (count: number | null) => string;

function section(title: string, words: ReportWords, head: readonly string[], rows: readonly string[][]): Block[] {
  const heading = { kind: 'subheading', text: title } as const;
  return rows.length === 0 ? [heading, { kind: 'text', text: words.none }] : [heading, { kind: 'table', head, rows }];
}

function coinBlocks(figures: CampaignAnalyticsView, words: ReportWords, style: MinutesStyle, number: Show): Block[] {
  const { columns, sections } = words;
  const kinds = ['given', 'taken_back', 'moved', 'returned', 'expended'] as const;
  const day = dayIn(style.language, style.timeZone);
  return [
    ...section(
      sections.ideas,
      words,
      [columns.idea, columns.status, columns.coins, columns.comments],
      figures.top_ideas.map((idea) => [
        idea.title,
        words.ideaStatuses[idea.status],
        number(idea.coins),
        number(idea.comments),
      ]),
    ),
    ...section(
      sections.coins,
      words,
      [columns.day, ...kinds.map((kind) => columns[kind])],
      figures.coins_over_time
        .slice(-DAYS_MAX)
        .map((bucket) => [day(new Date(bucket.start)), ...kinds.map((kind) => number(bucket[kind]))]),
    ),
  ];
}

function tagBlocks({ top_tags: tags, hidden }: CampaignAnalyticsView, words: ReportWords, number: Show): Block[] {
  const { columns } = words;
  return section(
    words.sections.tags,
    words,
    hidden ? [columns.tag, columns.ideas] : [columns.tag, columns.ideas, columns.coins],
    tags.map((tag) => [tag.name, number(tag.ideas), ...(hidden ? [] : [number(tag.coins)])]),
  );
}

function cohortBlocks(
  { cohorts }: CampaignAnalyticsView,
  words: ReportWords,
  language: Language,
  number: Show,
): Block[] {
  const { columns } = words;
  const day = dayIn(language, 'UTC');
  return section(
    words.sections.cohorts,
    words,
    [columns.week, columns.joined, columns.gave, columns.weeks],
    cohorts.map(({ week, joined, gave, weeks }) => [
      day(new Date(week)),
      number(joined),
      number(gave),
      weeks.map(number).join('  '),
    ]),
  );
}

function dayIn(language: Language, timeZone: string): (moment: Date) => string {
  const format = new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', { dateStyle: 'medium', timeZone });
  return (moment) => format.format(moment);
}
