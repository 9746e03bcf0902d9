import { limits } from '../limits.ts';
import type { Revocations } from '../log/index.ts';
import { accept, type Outcome } from '../outcome.ts';
import type { ReadCache } from '../redis/index.ts';
import type { Caller } from './identity.ts';

/** What was kept before a revocation was heard of is gone by then. */
const SUSPECT_MS = limits.cachedSessionMs + 2 * limits.revocationMarginMs;
/** A process that has not heard of revocations for so long trusts no cache. */
const HEARD_MS = 750;

/** Everything about a caller that can be revoked. */
export function idsOf({ identity, person }: Caller): readonly string[] {
  const ids = [identity?.id, identity?.memberId, identity?.meetingId, identity?.sessionId, person?.sessionId];
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}

/**
 * Who is calling, by the SHA-256 of a session's secret, for all gateways together. Every gateway hears of every revocation by
 * itself: whoever was revoked in the last minute is looked up in the database, whatever the cache says, so that an entry that
 * was put there too late, or that a lost Redis could not be told of, does no harm.
 */
export class SessionCache {
  readonly #cache: ReadCache;
  readonly #revocations: Revocations;
  /** id -> performance.now() from which on the cache may be asked about it again, oldest first */
  readonly #suspects = new Map<string, number>();
  #starting: Promise<void> | undefined;
  #listening = false;
  #knows = false;

  constructor(cache: ReadCache, revocations: Revocations) {
    this.#cache = cache;
    this.#revocations = revocations;
  }

  /** undefined: the database has to be asked. */
  async find(secretHash: Buffer, orgId: string | undefined): Promise<Outcome<Caller> | undefined> {
    this.#starting ??= this.#start().catch(() => {
      this.#starting = undefined; // a database that is away: the next question tries again
    });
    if (!this.#knows || this.#revocations.heardAgoMs > HEARD_MS) return undefined;
    const caller = await this.#cache.get<Caller>('sessions', nameOf(secretHash, orgId));
    if (caller === undefined) return undefined;
    const nowMs = performance.now();
    if (idsOf(caller).some((id) => (this.#suspects.get(id) ?? 0) > nowMs)) return undefined;
    const endsAtMs = Math.min(
      caller.identity?.expiresAtMs ?? Number.POSITIVE_INFINITY,
      caller.person?.expiresAtMs ?? Number.POSITIVE_INFINITY,
    );
    return endsAtMs > Date.now() ? accept(caller) : undefined;
  }

  /** What may change without anybody's access being revoked is not kept: who waits to be admitted, who joins an organisation. */
  keep(secretHash: Buffer, orgId: string | undefined, caller: Caller): void {
    const { identity, person } = caller;
    if (identity === null || identity.scopes !== null) return;
    if (person !== null && (orgId === undefined || person.platformAdmin)) return;
    this.#cache.put('sessions', nameOf(secretHash, orgId), caller);
  }

  /** With the first question: who asks none need not hear of revocations. Throws the database's errors. */
  async #start(): Promise<void> {
    if (!this.#listening)
      this.#revocations.listen((revocations) => {
        const nowMs = performance.now();
        for (const [id, untilMs] of this.#suspects) if (untilMs < nowMs) this.#suspects.delete(id);
        for (const { id } of revocations) this.#suspect(id);
      });
    this.#listening = true;
    for (const { id } of await this.#revocations.since(2 * SUSPECT_MS)) this.#suspect(id);
    this.#knows = true;
  }

  #suspect(id: string): void {
    this.#suspects.delete(id);
    this.#suspects.set(id, performance.now() + SUSPECT_MS);
  }
}

function nameOf(secretHash: Buffer, orgId: string | undefined): string {
  return `${secretHash.toString('hex')}:${orgId?.toLowerCase() ?? ''}`;
}
