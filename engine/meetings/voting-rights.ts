import type { Identity } from '../accounts/index.ts';
import type { Database } from '../db/index.ts';
import { credentialOfAttendee, credentialOfMember } from '../elections/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import * as queries from './proxy-queries.ts';

/** Holders whose proxies are remembered, and elections whose meeting is; past it the oldest are asked for again. */
const KEPT_MAX = 20_000;

const NO_MEMBER = refuse('forbidden', 'Only members hold proxies. Join with your account to vote for others.', {
  details: { role: 'member', reason: 'no_member' },
});
const NO_PROXY = refuse('forbidden', 'You hold no proxy of this member for this meeting, or it was revoked.', {
  details: { role: 'member', reason: 'no_proxy' },
});

/** Member -> the meetings for which their proxy is held; null among them: all. */
type Held = ReadonlyMap<string, ReadonlySet<string | null>>;

interface Kept {
  readonly untilMs: number;
  readonly held: Promise<Held>;
}

/**
 * Who votes with which credential. A member has one in each election, whichever way the ballot comes; so the first ballot
 * counts, whoever cast it, and the other is told that the vote was cast already.
 *
 * Ballots are many and proxies few: whose proxies somebody holds is asked at most once a second and holder. A proxy that was
 * revoked is refused at once by the gateway that heard of it, and within a second by the others.
 */
export class VotingRights {
  readonly #database: Database;
  readonly #held = new Map<string, Kept>();
  /** elections that were opened: their meeting does not change any more */
  readonly #meetingOf = new Map<string, string | null>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Waits only for a proxy that is not remembered. */
  credentialFor(
    identity: Identity,
    electionId: string,
    onBehalfOf?: string,
  ): Outcome<string> | Promise<Outcome<string>> {
    const { memberId } = identity;
    if (onBehalfOf === undefined || onBehalfOf === memberId) {
      return accept(
        memberId === null ? credentialOfAttendee(electionId, identity.id) : credentialOfMember(electionId, memberId),
      );
    }
    if (memberId === null) return NO_MEMBER;
    return guarded(async () => {
      const meetings = (await this.#proxiesOf(identity.orgId, memberId)).get(onBehalfOf);
      if (meetings === undefined) return NO_PROXY;
      const inAll = meetings.has(null);
      const meetingId = inAll ? undefined : await this.#meetingOfElection(identity.orgId, electionId);
      return inAll || (meetingId !== undefined && meetings.has(meetingId))
        ? accept(credentialOfMember(electionId, onBehalfOf))
        : NO_PROXY;
    });
  }

  /** Proxies of this organisation have changed. */
  forget(orgId: string): void {
    for (const key of this.#held.keys()) if (key.startsWith(orgId)) this.#held.delete(key);
  }

  #proxiesOf(orgId: string, holderId: string): Promise<Held> {
    const key = orgId + holderId;
    const kept = this.#held.get(key);
    if (kept !== undefined && performance.now() < kept.untilMs) return kept.held;
    const held = this.#database.management.withOrg(orgId, (tx) => queries.selectHeldBy(tx, orgId, holderId));
    const entry = { untilMs: performance.now() + limits.proxyKeptMs, held };
    held.catch(() => {
      if (this.#held.get(key) === entry) this.#held.delete(key);
    });
    keep(this.#held, key, entry);
    return held;
  }

  /** undefined where there is no such election, so that no proxy for a meeting fits it. */
  async #meetingOfElection(orgId: string, electionId: string): Promise<string | undefined> {
    const key = orgId + electionId;
    const known = this.#meetingOf.get(key);
    if (known !== undefined) return known ?? undefined;
    const found = await this.#database.management.withOrg(orgId, (tx) =>
      queries.selectMeetingOfElection(tx, orgId, electionId),
    );
    if (found === undefined) return undefined;
    if (found.state !== 'draft') keep(this.#meetingOf, key, found.meetingId);
    return found.meetingId ?? undefined;
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  if (map.size >= KEPT_MAX) map.delete(map.keys().next().value as string);
  map.set(key, value);
}
