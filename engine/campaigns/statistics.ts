import type { Database, Transaction } from '../db/index.ts';
import { consumeRun, type LogRange, takeCursor } from '../jobs/index.ts';
import { limits } from '../limits.ts';
import type { LogEntry } from '../log/index.ts';
import { hourOf, LogFigures, weekOf } from './log-figures.ts';
import * as queries from './statistics-queries.ts';

const CONSUMER = 'campaigns';

/**
 * What is counted of campaigns: coins of each idea as lists sort by them, and the figures of the analytics. Follows the log,
 * each row once; who acted is in the batches that the rows name. Nothing here reads allocations or the ledger, except the
 * rebuilding.
 */
export class CampaignStatistics {
  readonly #database: Pick<Database, 'management'>;

  constructor(database: Pick<Database, 'management'>) {
    this.#database = database;
  }

  /** Takes rows of the log in. Throws the database's errors. */
  async follow(run: LogRange): Promise<void> {
    await consumeRun(this.#database, CONSUMER, run, (tx, rows) => count(tx, run.orgId, rows));
  }

  /**
   * Counts a campaign anew, from the log and the ledger, as far as the log has been taken in. Scans both: for repair, and for
   * the proof that counting as it goes comes to the same. Throws the database's errors.
   */
  async rebuild(orgId: string, campaignId: string): Promise<void> {
    await this.#database.management.withOrg(
      orgId,
      async (tx) => {
        const { pos } = await takeCursor(tx, orgId, CONSUMER);
        await queries.rebuild(tx, orgId, campaignId, pos);
      },
      limits.campaignRebuildMs,
    );
  }
}

async function count(tx: Transaction, orgId: string, rows: readonly LogEntry[]): Promise<void> {
  const about = rows.filter(({ kind }) => kind.startsWith('campaign.') || kind.startsWith('idea.'));
  if (about.length === 0) return;
  // a draft that was deleted since is counted nowhere
  const there = await queries.lockCampaigns(tx, orgId, [...new Set(about.map(({ topic }) => topic))]);
  const figures = new LogFigures(about.filter(({ topic }) => there.has(topic)));
  await countBatches(tx, orgId, figures);
  if (figures.ideas.size > 0) await queries.countIdeas(tx, orgId, figures.ideas);
  if (figures.accepted.length > 0) {
    // its coins move no more once it is accepted: whatever comes after in these rows is not about it
    const coins = await queries.selectCoinCounts(
      tx,
      orgId,
      figures.accepted.map(({ idea }) => idea),
    );
    for (const { idea, campaign, hour } of figures.accepted) {
      figures.hour(campaign, hour).expended += coins.get(idea) ?? 0;
    }
  }
  if (figures.ended.size > 0) {
    const refused = await queries.selectNeverApproved(tx, orgId, [...figures.ended.keys()]);
    for (const idea of refused) figures.raise(figures.ended.get(idea) as string, { refused: 1 });
  }
  if (figures.people.length > 0) {
    for (const { campaign, ...changes } of await queries.countPeople(tx, orgId, figures.people)) {
      figures.raise(campaign, changes);
    }
  }
  if (figures.hours.length > 0) await queries.addHours(tx, orgId, figures.hours);
  if (figures.figures.size > 0) await queries.addFigures(tx, orgId, figures.figures);
}

/** A batch is taken out of its table as it is counted. */
async function countBatches(tx: Transaction, orgId: string, figures: LogFigures): Promise<void> {
  if (figures.batches.size === 0) return;
  for (const { batch, givers, others, ...coins } of await queries.takeBatches(tx, orgId, [...figures.batches.keys()])) {
    const { campaign, at } = figures.batches.get(batch) as { campaign: string; at: Date };
    const hour = figures.hour(campaign, hourOf(at));
    hour.given += coins.given;
    hour.taken_back += coins.takenBack;
    hour.moved += coins.moved;
    for (const user of givers) figures.person(campaign, user, at).weeks.add(weekOf(at));
    for (const user of others) figures.person(campaign, user, at);
  }
}
