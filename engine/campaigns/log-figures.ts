import type { LogEntry } from '../log/index.ts';

/** Counters of a campaign that the log itself moves: the columns of app.campaign_figures. */
const STEPS = {
  'idea.submitted': 'submitted',
  'idea.approved': 'approved',
  'idea.accepted': 'accepted',
  'idea.started': 'started',
  'idea.completed': 'completed',
  'idea.rejected': 'rejected',
  'idea.merged': 'merged',
} as const;

/** Added to columns of app.campaign_figures. */
export type FigureChanges = Record<string, number>;

/** What somebody did in a campaign, and when. */
export interface PersonActs {
  readonly campaign: string;
  readonly user: string;
  /** beginning of the last hour in which they did something; null: only their part in the campaign may have changed */
  hour: string | null;
  /** Mondays of the weeks in which they gave coins */
  readonly weeks: Set<string>;
  proposed: boolean;
}

/** Coins that moved in an hour of a campaign: the columns of app.campaign_hours. */
export interface HourCoins {
  readonly campaign: string;
  readonly hour: string;
  given: number;
  taken_back: number;
  moved: number;
  returned: number;
  expended: number;
}

/** What a batch of acts has done to the board: idea -> coins, givers, votes (sql/functions/allocate_coins.sql). */
type Deltas = Readonly<Record<string, readonly [number, number, number]>>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970 began on a Thursday. */
const FIRST_MONDAY_DAYS = 4;

export function hourOf(at: Date): string {
  return new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS).toISOString();
}

/** The Monday of a moment's week in UTC, e.g. 2026-11-16. */
export function weekOf(at: Date): string {
  const days = Math.floor(at.getTime() / DAY_MS);
  const monday = days - ((((days - FIRST_MONDAY_DAYS) % 7) + 7) % 7);
  return new Date(monday * DAY_MS).toISOString().slice(0, 10);
}

/** What rows of the log say of campaigns, added up. Who acted with coins is in the batches that they name. */
export class LogFigures {
  /** coins that ideas got or lost; 0 where only their status or tags may have changed */
  readonly ideas = new Map<string, number>();
  /** batches of members' acts, with the campaign and the time that they count for */
  readonly batches = new Map<string, { readonly campaign: string; readonly at: Date }>();
  readonly accepted: { readonly idea: string; readonly campaign: string; readonly hour: string }[] = [];
  /** rejected and merged ideas, with their campaigns */
  readonly ended = new Map<string, string>();
  readonly #people = new Map<string, PersonActs>();
  readonly #hours = new Map<string, HourCoins>();
  readonly #figures = new Map<string, FigureChanges>();

  /** @param rows of one organisation, in order */
  constructor(rows: readonly LogEntry[]) {
    for (const row of rows) this.#add(row);
  }

  get people(): readonly PersonActs[] {
    return [...this.#people.values()];
  }

  get hours(): readonly HourCoins[] {
    return [...this.#hours.values()];
  }

  get figures(): ReadonlyMap<string, FigureChanges> {
    return this.#figures;
  }

  raise(campaign: string, changes: Readonly<FigureChanges>): void {
    const of = this.#figures.get(campaign) ?? {};
    for (const [column, by] of Object.entries(changes)) of[column] = (of[column] ?? 0) + by;
    this.#figures.set(campaign, of);
  }

  hour(campaign: string, hour: string): HourCoins {
    const key = `${campaign} ${hour}`;
    let found = this.#hours.get(key);
    if (found === undefined) {
      found = { campaign, hour, given: 0, taken_back: 0, moved: 0, returned: 0, expended: 0 };
      this.#hours.set(key, found);
    }
    return found;
  }

  /** @param at null: nothing was done, but the member's part in the campaign may be another */
  person(campaign: string, user: string, at: Date | null): PersonActs {
    const key = `${campaign} ${user}`;
    let found = this.#people.get(key);
    if (found === undefined) {
      found = { campaign, user, hour: null, weeks: new Set(), proposed: false };
      this.#people.set(key, found);
    }
    const hour = at && hourOf(at);
    if (hour !== null && (found.hour === null || found.hour < hour)) found.hour = hour;
    return found;
  }

  #add({ kind, topic: campaign, payload, at }: LogEntry): void {
    const { by, idea, user } = payload as { by?: string; idea?: string; user?: string };
    if (kind === 'campaign.coins') this.#addCoins(campaign, payload, at);
    if (kind === 'campaign.created' && by !== undefined) this.person(campaign, by, null);
    if (kind === 'campaign.member' && user !== undefined) this.person(campaign, user, null);
    if (idea === undefined) return;
    const step = STEPS[kind as keyof typeof STEPS];
    if (step !== undefined) this.raise(campaign, { [step]: 1 });
    if (!this.ideas.has(idea)) this.ideas.set(idea, 0);
    if (kind === 'idea.accepted') this.accepted.push({ idea, campaign, hour: hourOf(at) });
    if (kind === 'idea.rejected' || kind === 'idea.merged') this.ended.set(idea, campaign);
    if (by === undefined) return;
    if (kind === 'idea.submitted') this.person(campaign, by, at).proposed = true;
    if (kind === 'idea.commented') this.person(campaign, by, at);
  }

  #addCoins(campaign: string, payload: LogEntry['payload'], at: Date): void {
    const deltas = Object.entries(payload.deltas as Deltas);
    for (const [idea, [coins]] of deltas) this.ideas.set(idea, (this.ideas.get(idea) ?? 0) + coins);
    const net = deltas.reduce((sum, [, [coins]]) => sum + coins, 0);
    this.raise(campaign, { coins: net });
    if ((payload.size as number) > 0) this.batches.set(payload.batch as string, { campaign, at });
    else this.hour(campaign, hourOf(at)).returned -= net; // an idea was rejected or merged: nobody's act
  }
}
