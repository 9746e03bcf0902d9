import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { LogEntry, LogFeed } from '../log/index.ts';
import type { BoardRow } from './coin.ts';
import { selectBoard, selectHidden } from './coin-queries.ts';

/** Coins on the ideas of a campaign, exact to a position of its organisation's log. */
export interface BoardFigures {
  readonly pos: number;
  /** when they were read */
  readonly at: Date;
  readonly rows: ReadonlyMap<string, BoardRow>;
  /** they are shown to nobody: the campaign hides its totals until it is completed */
  readonly hidden: boolean;
  /** ideas whose figures are others than in the figures before; null: all may be */
  readonly changed: readonly string[] | null;
}

type Listener = (figures: BoardFigures) => void;

interface Watched {
  readonly listeners: Set<Listener>;
  readonly rows: Map<string, BoardRow>;
  readonly changed: Set<string>;
  stopFeed: () => void;
  pos: number;
  at: Date;
  hidden: boolean;
  /** all figures may be others than those published before */
  all: boolean;
  lastMs: number;
  timer: NodeJS.Timeout | undefined;
  /** whether they are hidden is asked for again */
  asking: NodeJS.Timeout | undefined;
  stopped: boolean;
}

/** What may have hidden the totals, or shown them. */
const OF_VISIBILITY: readonly string[] = ['campaign.changed', 'campaign.completed', 'campaign.archived'];

const NOTHING: Omit<BoardRow, 'ideaId'> = { coins: 0, givers: 0, votes: 0 };

/** What a batch of acts has done to the board: idea -> coins, givers, votes (sql/functions/allocate_coins.sql). */
type Deltas = Readonly<Record<string, readonly [number, number, number]>>;

/**
 * The boards that somebody watches: sums over the allocations once, in one statement whose snapshot fits its log position,
 * and from there what each batch of acts says in the log. Published at most ten times a second.
 */
export class Boards {
  readonly #database: Database;
  readonly #feed: LogFeed;
  readonly #watched = new Map<string, Promise<Watched>>();

  constructor(database: Database, feed: LogFeed) {
    this.#database = database;
    this.#feed = feed;
  }

  /** The board as it stands now. Throws the database's errors. */
  async read(orgId: string, campaignId: string): Promise<BoardFigures> {
    const { pos, rows } = await this.#database.management.call((sql) => selectBoard(sql, orgId, campaignId));
    const hidden = await this.#isHidden(orgId, campaignId);
    return { pos, at: new Date(), rows: new Map(rows.map((row) => [row.ideaId, row])), hidden, changed: null };
  }

  #isHidden(orgId: string, campaignId: string): Promise<boolean> {
    return this.#database.management.withOrg(orgId, (tx) => selectHidden(tx, orgId, campaignId));
  }

  /** Calls `listener` with the present figures, then whenever they change. Throws the database's errors. */
  async watch(orgId: string, campaignId: string, listener: Listener): Promise<() => void> {
    const key = `${orgId} ${campaignId}`;
    let opening = this.#watched.get(key);
    if (opening === undefined) {
      opening = this.#begin(orgId, campaignId);
      this.#watched.set(key, opening);
      opening.catch(() => this.#watched.delete(key));
    }
    const watched = await opening;
    watched.listeners.add(listener);
    listener(figuresOf(watched, null));
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size > 0) return;
      if (this.#watched.get(key) === opening) this.#watched.delete(key);
      end(watched);
    };
  }

  close(): void {
    for (const opening of this.#watched.values()) opening.then(end, () => {});
    this.#watched.clear();
  }

  async #begin(orgId: string, campaignId: string): Promise<Watched> {
    const early: LogEntry[] = [];
    let take: (entries: readonly LogEntry[]) => void = (entries) => early.push(...entries);
    // from now on: whatever came before is in the first figures, which are read after this
    const feed = await this.#feed.follow(orgId, null, (entries) => take(entries));
    try {
      const { rows, pos, at, hidden } = await this.read(orgId, campaignId);
      const watched: Watched = {
        ...{ listeners: new Set(), rows: new Map(rows), changed: new Set(), stopFeed: () => feed.stop() },
        ...{ pos, at, hidden, all: false, lastMs: 0, timer: undefined, asking: undefined, stopped: false },
      };
      const ask = () => this.#isHidden(orgId, campaignId);
      take = (entries) => {
        // an entry from before the first figures was written before its visibility was read
        const isNew = ({ topic, kind, pos: at }: LogEntry) =>
          topic === campaignId && at > watched.pos && OF_VISIBILITY.includes(kind);
        if (entries.some(isNew)) askSoon(watched, ask, 0);
        follow(watched, campaignId, entries);
      };
      take(early);
      return watched;
    } catch (error) {
      feed.stop();
      throw error;
    }
  }
}

function figuresOf({ pos, at, rows, hidden }: Watched, changed: readonly string[] | null): BoardFigures {
  return { pos, at, rows, hidden, changed };
}

function end(watched: Watched): void {
  watched.stopped = true;
  clearTimeout(watched.timer);
  clearTimeout(watched.asking);
  watched.stopFeed();
}

/** Adds what the log says of a campaign's coins after the figures that are there. */
function follow(watched: Watched, campaignId: string, entries: readonly LogEntry[]): void {
  for (const entry of entries) {
    if (entry.pos <= watched.pos || entry.topic !== campaignId || entry.kind !== 'campaign.coins') continue;
    for (const [ideaId, [coins, givers, votes]] of Object.entries(entry.payload.deltas as Deltas)) {
      const was = watched.rows.get(ideaId) ?? NOTHING;
      const row = { ideaId, coins: was.coins + coins, givers: was.givers + givers, votes: was.votes + votes };
      if (row.coins === 0) watched.rows.delete(ideaId);
      else watched.rows.set(ideaId, row);
      watched.changed.add(ideaId);
    }
    watched.pos = entry.pos;
    watched.at = entry.at;
  }
  if (watched.changed.size > 0) publishSoon(watched);
}

/** Asks until the database answers; another wish that comes meanwhile asks anew. */
function askSoon(watched: Watched, ask: () => Promise<boolean>, afterMs: number): void {
  clearTimeout(watched.asking);
  watched.asking = setTimeout(() => {
    ask().then(
      (hidden) => {
        if (watched.stopped || hidden === watched.hidden) return;
        watched.hidden = hidden;
        watched.all = true;
        publishSoon(watched);
      },
      () => {
        if (!watched.stopped) askSoon(watched, ask, limits.boardAskAgainMs);
      },
    );
  }, afterMs);
}

function publishSoon(watched: Watched): void {
  if (watched.timer !== undefined) return;
  watched.timer = setTimeout(
    () => publish(watched),
    Math.max(0, watched.lastMs + limits.tallyIntervalMs - performance.now()),
  );
}

function publish(watched: Watched): void {
  watched.timer = undefined;
  watched.lastMs = performance.now();
  const figures = figuresOf(watched, watched.all ? null : [...watched.changed]);
  watched.changed.clear();
  watched.all = false;
  for (const listener of watched.listeners) listener(figures);
}
