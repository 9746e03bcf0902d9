import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import type { LaneLimits } from '../lanes/index.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import { type BoardFigures, Boards } from './board.ts';
import type { CoinAct, CoinBalance, CoinReceipt, LedgerEntry } from './coin.ts';
import { selectBalance, selectContradictions, selectLedger } from './coin-queries.ts';
import { CoinLanes } from './coins.ts';

const NO_PURSE = refuse('forbidden', 'You have no purse in this campaign. Join it first.', {
  details: { reason: 'not_joined', role: 'member' },
});

/** The coins of campaigns: purses, acts and boards. Whoever asks has been found to see the campaign. */
export class Coins {
  readonly #database: Database;
  readonly #lanes: CoinLanes;
  readonly #boards: Boards;

  constructor(database: Database, feed: LogFeed, own: Partial<LaneLimits> = {}) {
    this.#database = database;
    this.#lanes = new CoinLanes(database, (orgId) => feed.poke(orgId), own);
    this.#boards = new Boards(database, feed);
  }

  /** Acts that wait or are being written. */
  get depth(): number {
    return this.#lanes.depth;
  }

  /** What was handed to the database since the start. */
  get written(): { readonly batches: number; readonly acts: number } {
    return this.#lanes.written;
  }

  /** Resolves once the act is on disk, or provably refused, or at the deadline with 'outcome_unknown'. Rejects for a bug. */
  move(orgId: string, act: CoinAct): Promise<Outcome<CoinReceipt>> {
    return this.#lanes.move(orgId, act);
  }

  async balance(orgId: string, campaignId: string, userId: string): Promise<Outcome<CoinBalance>> {
    return guarded(async () => {
      const found = await this.#database.management.withOrg(orgId, (tx) =>
        selectBalance(tx, orgId, campaignId, userId),
      );
      return found === undefined ? NO_PURSE : accept(found);
    });
  }

  /** What has happened to one purse, newest first; nothing where there is none. */
  async ledger(
    orgId: string,
    query: {
      readonly campaignId: string;
      readonly userId: string;
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    },
  ): Promise<Outcome<Page<LedgerEntry>>> {
    const { campaignId, userId, cursor = null } = query;
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return guarded(async () => {
      const rows = await this.#database.management.withOrg(orgId, (tx) =>
        selectLedger(tx, orgId, { campaignId, userId, cursor, limit: limit + 1 }),
      );
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.requestId ?? null) : null });
    });
  }

  /** The board as it stands. Figures with `hidden` are for nobody. */
  async board(orgId: string, campaignId: string): Promise<Outcome<BoardFigures>> {
    return guarded(async () => accept(await this.#boards.read(orgId, campaignId)));
  }

  /** Calls `listener` with the present board, then whenever it changes, at most ten times a second. */
  async watchBoard(
    orgId: string,
    campaignId: string,
    listener: (figures: BoardFigures) => void,
  ): Promise<Outcome<{ stop(): void }>> {
    return guarded(async () => accept({ stop: await this.#boards.watch(orgId, campaignId, listener) }));
  }

  /** What contradicts each other in ledger, purses, allocations and log, each summed anew: nothing where all is well. */
  async audit(
    orgId: string,
    campaignId: string,
  ): Promise<Outcome<readonly { what: string; who: string | null; expected: bigint; found: bigint }[]>> {
    return guarded(async () =>
      accept(await this.#database.management.withOrg(orgId, (tx) => selectContradictions(tx, orgId, campaignId))),
    );
  }

  /** Acts that were taken are answered first. */
  async close(): Promise<void> {
    await this.#lanes.drain();
    this.#boards.close();
  }
}
