import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type { Group } from './group.ts';
import * as queries from './group-queries.ts';
import { appendLog, lockMembers, preferIndexes } from './queries.ts';
import { Refusal, refusing } from './refusal.ts';

const NO_GROUP = refuse('not_found', 'There is no such group. Check the id.', { details: { resource: 'group' } });
const NAME_TAKEN = refuse('conflict', 'Another group has this name. Use that one, or choose another name.', {
  details: { reason: 'name_taken', fields: [{ path: 'name', problem: 'is the name of another group' }] },
});
const IN_USE = refuse('conflict', 'The roll of an election is this group, so it stays. Empty it instead.', {
  details: { reason: 'in_use' },
});
/** SQLSTATE foreign_key_violation: elections may name a group, and this room knows nothing of them. */
const REFERRED_TO = '23503';

/** Named groups of members. */
export class Groups {
  readonly #database: Database;
  readonly #feed: LogFeed;

  constructor(database: Database, feed: LogFeed) {
    this.#database = database;
    this.#feed = feed;
  }

  async create(orgId: string, input: { name: string }, actor: string): Promise<Outcome<Group>> {
    const groupId = randomUUID();
    return this.#write(orgId, async (tx) => {
      if (!(await queries.insertGroup(tx, orgId, groupId, input.name))) throw new Refusal(NAME_TAKEN);
      await appendLog(tx, orgId, groupId, 'group.created', { by: actor });
      return accept((await queries.selectGroup(tx, orgId, groupId)) as Group);
    });
  }

  /** By name. */
  async list(orgId: string, query: { cursor?: string; limit?: number }): Promise<Outcome<Page<Group>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return guarded(async () => {
      const rows = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectGroups(tx, orgId, query.cursor ?? null, limit + 1),
      );
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.groupId ?? null) : null });
    });
  }

  async get(orgId: string, groupId: string): Promise<Outcome<Group>> {
    return guarded(async () => {
      const group = await this.#database.management.withOrg(orgId, (tx) => queries.selectGroup(tx, orgId, groupId));
      return group === undefined ? NO_GROUP : accept(group);
    });
  }

  async rename(orgId: string, groupId: string, name: string, actor: string): Promise<Outcome<Group>> {
    return this.#write(orgId, async (tx) => {
      await lockMembers(tx, orgId); // of two who choose one name the second is told
      if (await queries.isNameTaken(tx, orgId, groupId, name)) throw new Refusal(NAME_TAKEN);
      if (!(await queries.renameGroup(tx, orgId, groupId, name))) throw new Refusal(NO_GROUP);
      await appendLog(tx, orgId, groupId, 'group.changed', { by: actor });
      return accept((await queries.selectGroup(tx, orgId, groupId)) as Group);
    });
  }

  /** Its members stay members. Refused while an election has it for its roll. */
  async delete(orgId: string, groupId: string, actor: string): Promise<Outcome<null>> {
    return this.#write(orgId, async (tx) => {
      try {
        if (!(await queries.deleteGroup(tx, orgId, groupId))) throw new Refusal(NO_GROUP);
      } catch (error) {
        throw (error as { code?: unknown }).code === REFERRED_TO ? new Refusal(IN_USE) : error;
      }
      await appendLog(tx, orgId, groupId, 'group.deleted', { by: actor });
      return accept(null);
    });
  }

  /** Puts members in and takes members out, in one transaction; who is in both lists is in it afterwards. */
  async changeMembers(
    orgId: string,
    groupId: string,
    change: { add?: readonly string[]; remove?: readonly string[] },
    actor: string,
  ): Promise<Outcome<{ added: number; removed: number }>> {
    const { add = [], remove = [] } = change;
    const staying = new Set(add);
    return this.#write(orgId, async (tx) => {
      await preferIndexes(tx);
      if ((await queries.selectGroup(tx, orgId, groupId)) === undefined) throw new Refusal(NO_GROUP);
      const strangers = await queries.selectStrangers(tx, orgId, [...new Set([...add, ...remove])]);
      if (strangers.length > 0) throw new Refusal(noMembers(strangers));
      const removed = await queries.removeFromGroup(
        tx,
        orgId,
        groupId,
        [...new Set(remove)].filter((id) => !staying.has(id)),
      );
      const added = await queries.addToGroup(tx, orgId, groupId, [...staying]);
      if (added + removed > 0) await appendLog(tx, orgId, groupId, 'group.changed', { by: actor, added, removed });
      return accept({ added, removed });
    });
  }

  async #write<T>(orgId: string, work: (tx: Transaction) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const outcome = await refusing(() => this.#database.management.withOrg(orgId, work));
    if (outcome.ok) this.#feed.poke(orgId);
    return outcome;
  }
}

/** Names the first few; nothing was changed. */
function noMembers(ids: readonly string[]): Outcome<never> {
  return refuse(
    'not_found',
    'Some of these are no members. Nothing was changed; leave them out and send the rest again.',
    {
      details: { resource: 'member', ids: ids.slice(0, 20) },
    },
  );
}
