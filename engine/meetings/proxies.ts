import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type { MemberName, MemberProxy, NewProxy, ProxyActor, ProxyQuery } from './proxy.ts';
import { type GivenProxy, PROXY_MESSAGES, ProxyBook, type ProxyProblem } from './proxy-book.ts';
import { checkProxyRows, readProxyFile } from './proxy-import.ts';
import * as queries from './proxy-queries.ts';
import { appendLog, selectMeeting } from './queries.ts';
import { NO_MEETING, Transactions } from './transactions.ts';
import type { VotingRights } from './voting-rights.ts';

const NO_PROXY = refuse('not_found', 'There is no such proxy. Read the list again.', {
  details: { resource: 'proxy' },
});

function problemOutcome(reason: ProxyProblem): Outcome<never> {
  return refuse('conflict', PROXY_MESSAGES[reason], { details: { reason } });
}

function noMember(party: 'grantor' | 'holder', name: MemberName): Outcome<never> {
  const path = `${party}_${'id' in name ? 'id' : 'number'}`;
  return refuse('not_found', 'There is no such member. Check the number.', {
    details: { resource: 'member', fields: [{ path, problem: 'is no member' }] },
  });
}

/** The room of proxies: members let others vote in their place, in one step: no chains. */
export class Proxies {
  readonly #transactions: Transactions;
  readonly #rights: VotingRights;

  constructor(database: Database, feed: LogFeed, rights: VotingRights) {
    this.#transactions = new Transactions(database, feed);
    this.#rights = rights;
  }

  /** Newest first. */
  async list(orgId: string, query: ProxyQuery): Promise<Outcome<Page<MemberProxy>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return this.#transactions.read(orgId, async (tx) => {
      const rows = await queries.selectProxies(tx, orgId, query, limit + 1);
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.proxyId ?? null) : null });
    });
  }

  /** An offer, which its holder accepts; what a moderator records is good at once. */
  async give(orgId: string, input: NewProxy, actor: string): Promise<Outcome<MemberProxy>> {
    const meetingId = input.meetingId ?? null;
    return this.#write(orgId, async (tx) => {
      const limit = await this.#limitOf(tx, orgId, meetingId);
      if (!limit.ok) return limit;
      const grantor = await queries.selectMember(tx, orgId, input.grantor);
      if (grantor === undefined) return noMember('grantor', input.grantor);
      const holder = await queries.selectMember(tx, orgId, input.holder);
      if (holder === undefined) return noMember('holder', input.holder);
      if (!grantor.active) return problemOutcome('grantor_inactive');
      if (!holder.active) return problemOutcome('holder_inactive');
      const state = input.recorded ? 'accepted' : 'offered';
      const given: GivenProxy = { grantorId: grantor.memberId, holderId: holder.memberId, meetingId, state };
      const book = new ProxyBook(await queries.selectGiven(tx, orgId, [given.grantorId, given.holderId]));
      const problem = book.problemOf(given, limit.value);
      if (problem !== null) return problemOutcome(problem);
      const proxyId = randomUUID();
      await queries.insertProxies(tx, orgId, meetingId, [{ ...given, proxyId }], actor);
      if (input.recorded) await queries.enrolHolders(tx, orgId, [given.holderId]);
      await appendLog(tx, orgId, meetingId ?? proxyId, `proxy.${state}`, { by: actor, proxy: proxyId });
      return accept((await queries.selectProxy(tx, orgId, proxyId)) as MemberProxy);
    });
  }

  /**
   * By its holder. The grantor then stands on the roll of every open election of the meetings that the holder attends.
   * Accepting twice changes nothing.
   */
  async accept(orgId: string, proxyId: string, actor: ProxyActor): Promise<Outcome<MemberProxy>> {
    return this.#write(orgId, async (tx) => {
      const proxy = await queries.selectProxy(tx, orgId, proxyId);
      if (proxy === undefined || !concerns(proxy, actor)) return NO_PROXY;
      const { grantor, holder, meetingId, state } = proxy;
      if (holder.memberId !== actor.memberId) {
        return refuse('forbidden', 'Only the member who is to hold a proxy accepts it.', {
          details: { role: 'member', reason: 'not_the_holder' },
        });
      }
      if (state === 'accepted') return accept(proxy);
      if (state === 'revoked') {
        return refuse('conflict', 'This proxy was revoked. Ask for a new one.', { details: { reason: 'revoked' } });
      }
      const limit = await this.#limitOf(tx, orgId, meetingId);
      if (!limit.ok) return limit;
      const others = await queries.selectGiven(tx, orgId, [grantor.memberId, holder.memberId]);
      const book = new ProxyBook(others.filter((each) => each.proxyId !== proxyId));
      const given = { grantorId: grantor.memberId, holderId: holder.memberId, meetingId, state: 'accepted' } as const;
      const problem = book.problemOf(given, limit.value);
      if (problem !== null) return problemOutcome(problem);
      await queries.acceptProxies(tx, orgId, [proxyId]);
      await queries.enrolHolders(tx, orgId, [holder.memberId]);
      await appendLog(tx, orgId, meetingId ?? proxyId, 'proxy.accepted', { by: actor.id, proxy: proxyId });
      return accept((await queries.selectProxy(tx, orgId, proxyId)) as MemberProxy);
    });
  }

  /** By either of the two, or a moderator; declining an offer is the same. Ballots that were cast stay in the urn. */
  async revoke(orgId: string, proxyId: string, actor: ProxyActor): Promise<Outcome<MemberProxy>> {
    return this.#write(orgId, async (tx) => {
      const proxy = await queries.selectProxy(tx, orgId, proxyId);
      if (proxy === undefined || !concerns(proxy, actor)) return NO_PROXY;
      if (proxy.state === 'revoked') return accept(proxy);
      await queries.revokeProxy(tx, orgId, proxyId);
      await appendLog(tx, orgId, proxy.meetingId ?? proxyId, 'proxy.revoked', { by: actor.id, proxy: proxyId });
      return accept((await queries.selectProxy(tx, orgId, proxyId)) as MemberProxy);
    });
  }

  /**
   * Records proxies from a CSV file with the columns grantor and holder (member numbers): all of them, or, where a row is
   * wrong, none, and each wrong row is named.
   */
  async importFile(
    orgId: string,
    meetingId: string | null,
    bytes: Uint8Array,
    actor: string,
  ): Promise<Outcome<{ imported: number; repeated: number }>> {
    const read = readProxyFile(bytes);
    if (!read.ok) return read;
    const numbers = [...new Set(read.value.flatMap(({ grantor, holder }) => [grantor, holder]))];
    return this.#write(orgId, async (tx) => {
      const limit = await this.#limitOf(tx, orgId, meetingId);
      if (!limit.ok) return limit;
      const members = await queries.selectMembersByNumber(tx, orgId, numbers);
      const given = await queries.selectGiven(tx, orgId, null);
      const checked = checkProxyRows(read.value, members, given, meetingId, limit.value);
      if (!checked.ok) return checked;
      const { fresh, offered, repeated } = checked.value;
      if (fresh.length > 0) {
        const rows = fresh.map((proxy) => ({ ...proxy, proxyId: randomUUID() }));
        await queries.insertProxies(tx, orgId, meetingId, rows, actor);
      }
      if (offered.length > 0) {
        await queries.acceptProxies(
          tx,
          orgId,
          offered.map(({ proxyId }) => proxyId),
        );
      }
      const imported = [...fresh, ...offered];
      if (imported.length > 0) {
        await queries.enrolHolders(tx, orgId, [...new Set(imported.map(({ holderId }) => holderId))]);
        await appendLog(tx, orgId, meetingId ?? orgId, 'proxies.imported', { by: actor, count: imported.length });
      }
      return accept({ imported: imported.length, repeated });
    });
  }

  /** Proxies that one member may hold where the meeting does not say; null: any number. */
  async holderLimit(orgId: string): Promise<Outcome<number | null>> {
    return this.#transactions.read(orgId, async (tx) => accept(await queries.selectHolderLimit(tx, orgId)));
  }

  /** Holds for proxies that are given or accepted from now on. */
  async setHolderLimit(orgId: string, limit: number | null): Promise<Outcome<number | null>> {
    return this.#write(orgId, async (tx) => {
      await queries.upsertHolderLimit(tx, orgId, limit);
      return accept(limit);
    });
  }

  async #limitOf(tx: Transaction, orgId: string, meetingId: string | null): Promise<Outcome<number | null>> {
    const usual = await queries.selectHolderLimit(tx, orgId);
    if (meetingId === null) return accept(usual);
    const meeting = await selectMeeting(tx, orgId, meetingId);
    if (meeting === undefined) return NO_MEETING;
    if (meeting.state === 'ended') {
      return refuse('conflict', 'This meeting has ended.', { details: { reason: 'ended' } });
    }
    return accept(meeting.proxyLimit ?? usual);
  }

  /** One after the other, so that no two make a chain together; what is remembered of proxies here is asked for again. */
  async #write<T>(orgId: string, work: (tx: Transaction) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const outcome = await this.#transactions.write(orgId, async (tx) => {
      await queries.lockProxies(tx, orgId);
      return work(tx);
    });
    this.#rights.forget(orgId);
    return outcome;
  }
}

/** Others than those of whom it is, and who run the meeting, are told that there is none. */
function concerns({ grantor, holder, meetingId }: MemberProxy, { memberId, moderates }: ProxyActor): boolean {
  if (memberId !== null && (memberId === grantor.memberId || memberId === holder.memberId)) return true;
  return moderates === 'all' || (moderates !== 'none' && moderates.meetingId === meetingId);
}
