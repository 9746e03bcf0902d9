import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../db/index.ts';
import { findPictures } from '../elections/index.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type {
  CampaignChange,
  CampaignQuery,
  CampaignSeen,
  CampaignShown,
  CampaignStatus,
  CampaignViewer,
  NewCampaign,
} from './campaign.ts';
import { insertMember } from './campaign-member-queries.ts';
import * as queries from './campaign-queries.ts';
import {
  changesOf,
  frozenProblem,
  publicNameOf,
  type Settings,
  settingsAfter,
  settingsOf,
  settingsOfNew,
  settingsProblem,
} from './campaign-settings.ts';
import { NO_CAMPAIGN, Transactions } from './transactions.ts';

const NAME_TAKEN = refuse('conflict', 'Another campaign has this campaign_id. Choose another one.', {
  details: { reason: 'campaign_id_taken' },
});
/** Names that are made from a title get a number behind them as often. */
const NAME_TRIES = 50;

const ACTS: Readonly<Record<Exclude<CampaignStatus, 'draft'>, queries.CampaignAct>> = {
  active: 'activate',
  completed: 'complete',
  archived: 'archive',
};

/** The room of campaigns: they are made, changed, and go from draft to archive. */
export class Campaigns {
  readonly #database: Database;
  readonly #feed: LogFeed;
  readonly #transactions: Transactions;

  constructor(database: Database, feed: LogFeed) {
    this.#database = database;
    this.#feed = feed;
    this.#transactions = new Transactions(database, feed);
  }

  /** The campaign as this viewer sees it, by its public name or id; campaign_unknown where it is not there for the viewer. */
  async seen(orgId: string, nameOrId: string, viewer: CampaignViewer): Promise<Outcome<CampaignSeen>> {
    return this.#transactions.read(orgId, async (tx) => {
      const found = await queries.selectSeen(tx, orgId, nameOrId, viewer);
      return found === undefined ? NO_CAMPAIGN : accept(found);
    });
  }

  /** The same with its figures. */
  async show(orgId: string, nameOrId: string, viewer: CampaignViewer): Promise<Outcome<CampaignShown>> {
    return this.#transactions.read(orgId, (tx) => shown(tx, orgId, nameOrId, viewer));
  }

  /** Newest first. */
  async list(orgId: string, viewer: CampaignViewer, query: CampaignQuery): Promise<Outcome<Page<CampaignShown>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return this.#transactions.read(orgId, async (tx) => {
      const rows = await queries.selectCampaigns(tx, orgId, viewer, query, limit + 1);
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null });
    });
  }

  /** A draft, whose creator runs it. A name that is made from the title gets a number where another campaign has it. */
  async create(orgId: string, input: NewCampaign, viewer: CampaignViewer): Promise<Outcome<CampaignShown>> {
    const id = randomUUID();
    const wanted = settingsOfNew(input);
    return this.#transactions.write(orgId, async (tx) => {
      const problem =
        settingsProblem(wanted, changesOf(BLANK, wanted), new Date()) ?? (await missingPicture(tx, orgId, wanted));
      if (problem !== null) return problem;
      const name = await this.#insert(tx, orgId, id, input, wanted, viewer.actor);
      if (name === null) return NAME_TAKEN;
      await queries.insertPolicy(tx, orgId, id, wanted.rules);
      if (viewer.memberId !== null) await insertMember(tx, orgId, id, viewer.memberId, 'manager');
      await queries.appendLog(tx, orgId, id, 'campaign.created', { by: viewer.actor, title: wanted.settings.title });
      return shown(tx, orgId, id, viewer);
    });
  }

  /** What is left out stays as it is. The caller runs the campaign. */
  async change(
    orgId: string,
    id: string,
    change: CampaignChange,
    viewer: CampaignViewer,
  ): Promise<Outcome<CampaignShown>> {
    return this.#transactions.write(orgId, async (tx) => {
      const before = await queries.lockCampaign(tx, orgId, id);
      if (before === undefined) return NO_CAMPAIGN;
      const after = settingsAfter(before, change);
      const changed = changesOf(settingsOf(before), after);
      if (changed.size === 0) return shown(tx, orgId, id, viewer);
      const problem =
        frozenProblem(before, changed) ??
        settingsProblem(after, changed, new Date()) ??
        (await missingPicture(tx, orgId, after));
      if (problem !== null) return problem;
      await queries.updateCampaign(tx, orgId, id, after.settings);
      await queries.updatePolicy(tx, orgId, id, after.rules);
      await queries.appendLog(tx, orgId, id, 'campaign.changed', { by: viewer.actor, fields: [...changed] });
      return shown(tx, orgId, id, viewer);
    });
  }

  /** draft -> active -> completed -> archived. To be what it is already changes nothing. */
  async changeStatus(
    orgId: string,
    id: string,
    status: Exclude<CampaignStatus, 'draft'>,
    viewer: CampaignViewer,
  ): Promise<Outcome<CampaignShown>> {
    return this.#transactions.write(
      orgId,
      async (tx) => {
        const answer = await queries.changeCampaign(tx, orgId, id, ACTS[status], viewer.actor, false);
        if (answer === 'done' || answer === status) return shown(tx, orgId, id, viewer);
        if (answer === 'not_found') return NO_CAMPAIGN;
        if (answer === 'ended') {
          return refuse(
            'campaign_ended',
            'The end_date of this campaign has passed. Move it, then start the campaign.',
          );
        }
        return refuse('campaign_inactive', `This campaign is ${answer} and cannot become ${status} now.`, {
          details: { status: answer },
        });
      },
      limits.campaignChangeTimeoutMs,
    );
  }

  /** A draft only, with all that is in it. */
  async delete(orgId: string, id: string, actor: string): Promise<Outcome<null>> {
    return this.#transactions.write(orgId, async (tx) => {
      const before = await queries.lockCampaign(tx, orgId, id);
      if (before === undefined) return NO_CAMPAIGN;
      if (before.status !== 'draft') {
        return refuse('campaign_inactive', 'Only a draft can be deleted. Complete and archive this campaign.', {
          details: { status: before.status },
        });
      }
      await queries.deleteCampaign(tx, orgId, id);
      await queries.appendLog(tx, orgId, id, 'campaign.deleted', { by: actor, title: before.title });
      return accept(null);
    });
  }

  /**
   * One round of the clock: starts, completes and expires what is due by its own dates. One that fails holds up no other.
   * Throws the database's error, the first of them.
   */
  async sweep(): Promise<void> {
    const errors: unknown[] = [];
    for (const due of await this.#database.management.call(queries.dueCampaigns)) {
      await this.#carryOut(due).catch((error) => errors.push(error));
    }
    if (errors.length > 0) throw errors[0];
  }

  async #carryOut({ orgId, id, act }: queries.DueCampaign): Promise<void> {
    const answer = await this.#database.management.act(
      (sql) => queries.changeCampaign(sql, orgId, id, act, id, true), // the campaign itself stands for whoever did it
      limits.campaignChangeTimeoutMs,
    );
    if (answer === 'done') this.#feed.poke(orgId);
  }

  /** The name it got; null where another campaign has it. */
  async #insert(
    tx: Transaction,
    orgId: string,
    id: string,
    input: NewCampaign,
    { settings }: Settings,
    actor: string,
  ): Promise<string | null> {
    const base = input.campaignId ?? publicNameOf(settings.title);
    for (let number = 1; number <= (input.campaignId === undefined ? NAME_TRIES : 1); number += 1) {
      const name = number === 1 ? base : `${base}-${number}`;
      if (await queries.insertCampaign(tx, orgId, id, name, settings, actor)) return name;
    }
    return null;
  }
}

/** Against which everything that a new campaign names is new. */
const BLANK = settingsOfNew({ title: '', campaignType: 'open' });

async function shown(
  tx: Transaction,
  orgId: string,
  nameOrId: string,
  viewer: CampaignViewer,
): Promise<Outcome<CampaignShown>> {
  const found = await queries.selectShown(tx, orgId, nameOrId, viewer);
  return found === undefined ? NO_CAMPAIGN : accept(found);
}

/** Its pictures count as used from now on; refused where one is none of the organisation's. */
async function missingPicture(
  tx: Transaction,
  orgId: string,
  { settings: { bannerId, iconId } }: Settings,
): Promise<Outcome<never> | null> {
  const found = await findPictures(
    tx,
    orgId,
    [bannerId, iconId].filter((id) => id !== null),
  );
  const missing = (
    [
      ['banner_id', bannerId],
      ['icon_id', iconId],
    ] as const
  ).find(([, id]) => id !== null && !found.has(id));
  if (missing === undefined) return null;
  return refuse('invalid_input', 'The campaign names a picture that is not there. Upload it first.', {
    details: { fields: [{ path: missing[0], problem: 'no such picture' }] },
  });
}
