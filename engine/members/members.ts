import { randomUUID } from 'node:crypto';
import type { LogKind } from '../../protocol/log.ts';
import type { Database, Transaction } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type { Member, MemberChange, MemberCounts, MemberQuery, MembersActor, NewMember } from './member.ts';
import * as queries from './queries.ts';
import { Refusal, refusing } from './refusal.ts';
import { isId, positionOf, search } from './search.ts';
import { forgetUnusedWords } from './search-queries.ts';

const ONE_VOTE = 1_000_000n;
const NO_MEMBER = refuse('not_found', 'There is no such member. Check the id.', { details: { resource: 'member' } });
const NO_GROUP = refuse('not_found', 'One of the groups does not exist. Read the list of groups again.', {
  details: { resource: 'group' },
});
const NO_CURSOR = refuse('invalid_input', 'The cursor is not one of this list. Send next_cursor of the page before.', {
  details: { fields: [{ path: 'cursor', problem: 'is no cursor of this list' }] },
});
const ROLES_FORBIDDEN = refuse(
  'forbidden',
  'Only an admin gives or takes roles other than member, or changes members who have them.',
  { details: { role: 'admin' } },
);
const LAST_ADMIN = refuse('conflict', 'Nobody else could administer the organisation. Make another admin first.', {
  details: { reason: 'last_admin' },
});

/** The room of members: who belongs to an organisation, with number, roles and weight. Knows nothing of ballots. */
export class Members {
  readonly #database: Database;
  readonly #feed: LogFeed;

  constructor(database: Database, feed: LogFeed) {
    this.#database = database;
    this.#feed = feed;
  }

  /**
   * Takes words out of the lexicon of searches that no member has any more, over all organisations. How many; at most
   * `limit`. Throws the database's errors.
   */
  forgetWords(limit: number): Promise<number> {
    return this.#database.management.call((sql) => forgetUnusedWords(sql, limit), limits.upkeepTimeoutMs);
  }

  async create(orgId: string, input: NewMember, actor: MembersActor): Promise<Outcome<Member>> {
    const memberId = randomUUID();
    return this.#write(orgId, async (tx) => {
      await queries.lockMembers(tx, orgId);
      const values: queries.MemberValues = {
        number: input.number ?? (await queries.nextNumber(tx, orgId)),
        name: input.name,
        email: input.email ?? null,
        roles: rolesOf(input.roles ?? ['member']),
        status: input.status ?? 'active',
        weight: input.weight ?? ONE_VOTE,
        note: input.note ?? '',
      };
      if (!actor.givesRoles && !isPlain(values.roles)) throw new Refusal(ROLES_FORBIDDEN);
      await refuseTaken(tx, orgId, memberId, values);
      await queries.insertMember(tx, orgId, memberId, values);
      await setGroups(tx, orgId, memberId, input.groups ?? []);
      await queries.appendLog(tx, orgId, memberId, 'member.created', { by: actor.id });
      return accept((await queries.selectMember(tx, orgId, memberId)) as Member);
    });
  }

  async get(orgId: string, memberId: string): Promise<Outcome<Member>> {
    return guarded(async () => {
      const member = await this.#database.management.withOrg(orgId, (tx) => queries.selectMember(tx, orgId, memberId));
      return member === undefined ? NO_MEMBER : accept(member);
    });
  }

  /** Whoever loses a role is cut off within a second and comes back with the roles that are left. */
  async change(orgId: string, memberId: string, change: MemberChange, actor: MembersActor): Promise<Outcome<Member>> {
    return this.#write(orgId, async (tx) => {
      const before = await this.#take(tx, orgId, memberId, actor);
      const values: queries.MemberValues = {
        number: change.number ?? before.number,
        name: change.name ?? before.name,
        email: change.email === undefined ? before.email : change.email,
        roles: rolesOf(change.roles ?? before.roles),
        status: before.status,
        weight: change.weight ?? before.weight,
        note: change.note ?? before.note,
      };
      if (!actor.givesRoles && !isPlain(values.roles)) throw new Refusal(ROLES_FORBIDDEN);
      const roleChange = values.roles.join() !== rolesOf(before.roles).join();
      const deposed = before.roles.includes('admin') && !values.roles.includes('admin');
      if (deposed && (await queries.isLastAdmin(tx, orgId, [memberId]))) throw new Refusal(LAST_ADMIN);
      await refuseTaken(tx, orgId, memberId, values);
      await queries.updateMember(tx, orgId, memberId, values);
      if (change.groups !== undefined) await setGroups(tx, orgId, memberId, change.groups);
      const told = { by: actor.id, fields: Object.keys(change), ...(roleChange ? { roles_changed: true } : {}) };
      await queries.appendLog(tx, orgId, memberId, 'member.changed', told);
      if (roleChange) await cutOff(tx, orgId, memberId);
      return accept((await queries.selectMember(tx, orgId, memberId)) as Member);
    });
  }

  /** May do nothing from now on: sessions are cut off within a second. Again changes nothing. */
  async deactivate(orgId: string, memberId: string, actor: MembersActor): Promise<Outcome<Member>> {
    return this.#setStatus(orgId, memberId, 'inactive', 'member.deactivated', actor);
  }

  async reactivate(orgId: string, memberId: string, actor: MembersActor): Promise<Outcome<Member>> {
    return this.#setStatus(orgId, memberId, 'active', 'member.reactivated', actor);
  }

  /** By name; with `q` by the words that fit. */
  async list(orgId: string, query: MemberQuery): Promise<Outcome<Page<Member>>> {
    const { q = '', cursor, limit: asked, ...filter } = query;
    const limit = Math.min(asked ?? limits.pageDefaultRows, limits.pageMaxRows);
    const searched = q.trim() !== '';
    const after = cursor === undefined || !searched ? null : positionOf(cursor);
    if (cursor !== undefined && (searched ? after === null : !isId(cursor))) return NO_CURSOR;
    return guarded(() =>
      this.#database.management.withOrg(orgId, async (tx) => {
        const ready = queries.preferIndexes(tx); // sent with what follows, which costs no round trip
        if (searched) return accept((await Promise.all([search(tx, orgId, q, filter, after, limit), ready]))[0]);
        const [rows] = await Promise.all([queries.selectMembers(tx, orgId, filter, cursor ?? null, limit + 1), ready]);
        if (rows === undefined) return NO_CURSOR;
        const items = rows.slice(0, limit);
        return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.memberId ?? null) : null });
      }),
    );
  }

  async counts(orgId: string): Promise<Outcome<MemberCounts>> {
    return guarded(async () =>
      accept(await this.#database.management.withOrg(orgId, (tx) => queries.countMembers(tx, orgId))),
    );
  }

  async #setStatus(
    orgId: string,
    memberId: string,
    status: 'active' | 'inactive',
    kind: LogKind,
    actor: MembersActor,
  ): Promise<Outcome<Member>> {
    return this.#write(orgId, async (tx) => {
      const before = await this.#take(tx, orgId, memberId, actor);
      if (before.status === status) return accept(before);
      if (status === 'inactive' && (await queries.isLastAdmin(tx, orgId, [memberId]))) throw new Refusal(LAST_ADMIN);
      await queries.updateMember(tx, orgId, memberId, { ...before, status });
      await queries.appendLog(tx, orgId, memberId, kind, { by: actor.id });
      if (status === 'inactive') await cutOff(tx, orgId, memberId);
      return accept((await queries.selectMember(tx, orgId, memberId)) as Member);
    });
  }

  /** The member, held for a change that this actor may make. */
  async #take(tx: Transaction, orgId: string, memberId: string, actor: MembersActor): Promise<Member> {
    await queries.lockMembers(tx, orgId);
    const member = await queries.lockMember(tx, orgId, memberId);
    if (member === undefined) throw new Refusal(NO_MEMBER);
    if (!actor.givesRoles && !isPlain(member.roles)) throw new Refusal(ROLES_FORBIDDEN);
    return member;
  }

  /** One transaction, undone by a Refusal; what it appended to the log is looked at at once. */
  async #write<T>(orgId: string, work: (tx: Transaction) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const outcome = await refusing(() => this.#database.management.withOrg(orgId, work));
    if (outcome.ok) this.#feed.poke(orgId);
    return outcome;
  }
}

/** Every gateway forgets the member and closes the sockets as soon as it reads this. */
async function cutOff(tx: Transaction, orgId: string, memberId: string): Promise<void> {
  await queries.appendLog(tx, orgId, memberId, 'access.revoked', { kind: 'member', id: memberId });
}

async function setGroups(tx: Transaction, orgId: string, memberId: string, groups: readonly string[]): Promise<void> {
  if (!(await queries.setGroupsOfMember(tx, orgId, memberId, groups))) throw new Refusal(NO_GROUP);
}

async function refuseTaken(
  tx: Transaction,
  orgId: string,
  memberId: string,
  { number, email }: queries.MemberValues,
): Promise<void> {
  const taken = await queries.selectHolders(tx, orgId, memberId, number, email);
  const fields = [
    ...(taken.number ? [{ path: 'number', problem: 'is the number of another member' } as const] : []),
    ...(taken.email ? [{ path: 'email', problem: 'is the e-mail address of another member' } as const] : []),
  ];
  const [first] = fields;
  if (first === undefined) return;
  const message = `The ${first.path} ${first.problem}. Look that member up, or use another.`;
  throw new Refusal(refuse('conflict', message, { details: { reason: `${first.path}_taken`, fields } }));
}

/** Each once, in one order. */
function rolesOf<R extends string>(roles: readonly R[]): R[] {
  return [...new Set(roles)].sort();
}

function isPlain(roles: readonly string[]): boolean {
  return roles.every((role) => role === 'member');
}
