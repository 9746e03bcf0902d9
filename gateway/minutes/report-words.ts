import type { CampaignAnalyticsView } from '../../protocol/campaign-analytics.ts';
import type { Language } from './words.ts';

type Status = CampaignAnalyticsView['top_ideas'][number]['status'];

/** Every word of the report about a campaign. Figures come in as they are to be read. */
export interface ReportWords {
  readonly title: string;
  readonly page: (number: number, of: number) => string;
  readonly hidden: string;
  readonly none: string;
  readonly exactTo: (pos: string) => string;
  readonly fields: Readonly<Record<'organisation' | 'campaign' | 'status' | 'asOf' | 'coins', string>>;
  readonly statuses: Readonly<Record<CampaignAnalyticsView['status'], string>>;
  readonly sections: Readonly<Record<'participation' | 'funnel' | 'ideas' | 'tags' | 'coins' | 'cohorts', string>>;
  readonly participation: Readonly<Record<keyof CampaignAnalyticsView['participation'], string>>;
  readonly funnel: Readonly<Record<Exclude<keyof CampaignAnalyticsView['funnel'], 'now'>, string>>;
  readonly ideaStatuses: Readonly<Record<Status, string>>;
  readonly columns: Readonly<
    Record<
      | 'step'
      | 'ideas'
      | 'idea'
      | 'status'
      | 'coins'
      | 'comments'
      | 'tag'
      | 'day'
      | 'given'
      | 'taken_back'
      | 'moved'
      | 'returned'
      | 'expended'
      | 'week'
      | 'joined'
      | 'gave'
      | 'weeks',
      string
    >
  >;
}

const english: ReportWords = {
  title: 'Report on a campaign',
  page: (number, of) => `Page ${number} of ${of}`,
  hidden: 'How many coins lie where is shown once the campaign is completed.',
  none: 'none yet',
  exactTo: (pos) => `exact to log position ${pos}`,
  fields: {
    organisation: 'Organisation',
    campaign: 'Campaign',
    status: 'Status',
    asOf: 'As of',
    coins: 'Coins on ideas',
  },
  statuses: { draft: 'draft', active: 'active', completed: 'completed', archived: 'archived' },
  sections: {
    participation: 'Participation',
    funnel: 'Ideas, step by step',
    ideas: 'Ideas with most coins',
    tags: 'Tags',
    coins: 'Coins by day',
    cohorts: 'Who joined when, and gave',
  },
  participation: {
    invited: 'Invited, not in yet',
    requested: 'Asking to join',
    joined: 'Joined',
    active_day: 'Active in the last 24 hours',
    active_week: 'Active in the last seven days',
    gave: 'Have given coins',
    submitted: 'Have proposed an idea',
  },
  funnel: {
    submitted: 'Proposed',
    approved: 'Approved',
    accepted: 'Accepted',
    started: 'Begun',
    completed: 'Done',
    rejected: 'Rejected',
    merged: 'Merged into another',
  },
  ideaStatuses: {
    pending: 'waiting',
    approved: 'approved',
    competing: 'competing',
    accepted: 'accepted',
    in_progress: 'in progress',
    complete: 'done',
    rejected: 'rejected',
  },
  columns: {
    ...{
      step: 'Step',
      ideas: 'Ideas',
      idea: 'Idea',
      status: 'Status',
      coins: 'Coins',
      comments: 'Comments',
      tag: 'Tag',
    },
    ...{
      day: 'Day',
      given: 'Given',
      taken_back: 'Taken back',
      moved: 'Moved',
      returned: 'Returned',
      expended: 'Expended',
    },
    ...{ week: 'Week of joining', joined: 'Joined', gave: 'Ever gave', weeks: 'Gave in that week, the next …' },
  },
};

const german: ReportWords = {
  title: 'Bericht zu einer Kampagne',
  page: (number, of) => `Seite ${number} von ${of}`,
  hidden: 'Wie viele Coins wo liegen, wird gezeigt, sobald die Kampagne abgeschlossen ist.',
  none: 'noch keine',
  exactTo: (pos) => `genau bis Position ${pos} des Protokolls`,
  fields: {
    organisation: 'Organisation',
    campaign: 'Kampagne',
    status: 'Stand',
    asOf: 'Stand vom',
    coins: 'Coins auf Ideen',
  },
  statuses: { draft: 'Entwurf', active: 'läuft', completed: 'abgeschlossen', archived: 'archiviert' },
  sections: {
    participation: 'Beteiligung',
    funnel: 'Ideen, Schritt für Schritt',
    ideas: 'Ideen mit den meisten Coins',
    tags: 'Schlagwörter',
    coins: 'Coins nach Tagen',
    cohorts: 'Wer wann dazukam und gab',
  },
  participation: {
    invited: 'Eingeladen, noch nicht dabei',
    requested: 'Bitten um Aufnahme',
    joined: 'Dabei',
    active_day: 'Aktiv in den letzten 24 Stunden',
    active_week: 'Aktiv in den letzten sieben Tagen',
    gave: 'Haben Coins gegeben',
    submitted: 'Haben eine Idee vorgeschlagen',
  },
  funnel: {
    submitted: 'Vorgeschlagen',
    approved: 'Zugelassen',
    accepted: 'Angenommen',
    started: 'Begonnen',
    completed: 'Fertig',
    rejected: 'Abgelehnt',
    merged: 'Mit einer anderen vereint',
  },
  ideaStatuses: {
    pending: 'wartet',
    approved: 'zugelassen',
    competing: 'im Wettbewerb',
    accepted: 'angenommen',
    in_progress: 'in Arbeit',
    complete: 'fertig',
    rejected: 'abgelehnt',
  },
  columns: {
    ...{ step: 'Schritt', ideas: 'Ideen', idea: 'Idee', status: 'Stand', coins: 'Coins', comments: 'Kommentare' },
    ...{ tag: 'Schlagwort', day: 'Tag', given: 'Gegeben', taken_back: 'Zurück', moved: 'Verschoben' },
    ...{ returned: 'Erstattet', expended: 'Eingelöst', week: 'Woche des Beitritts', joined: 'Dabei' },
    ...{ gave: 'Gaben je', weeks: 'Gaben in dieser Woche, der nächsten …' },
  },
};

export const REPORT_WORDS: Readonly<Record<Language, ReportWords>> = { en: english, de: german };
