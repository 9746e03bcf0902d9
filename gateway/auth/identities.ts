import { createHash } from 'node:crypto';
import { type Caller, type Engine, idsOf } from '../../engine/index.ts';
import type { Outcome } from '../../engine/outcome.ts';

/**
 * A busy caller costs one look-up in so long. Who is revoked is forgotten at once when the gateway hears of it, and acts no
 * longer than this where it does not: well within the second that revoking may take.
 */
const KEEP_MS = 750;
/** About 10 MB; past it the oldest go, which costs a look-up and nothing else. */
const KEEP_MAX = 20_000;

interface Kept {
  readonly until: number;
  readonly answer: Promise<Outcome<Caller>>;
  /** by which the entry is found when somebody is revoked; none before the answer is there */
  ids: readonly string[];
}

/**
 * Secrets -> who is calling, asked of the engine once in a while, for each secret and organisation. Keeps SHA-256 of the
 * secret, never the secret. A refusal is shared by those who ask at the same moment and then forgotten.
 */
export interface Identities {
  /** @param orgId the organisation that the caller names, if any */
  of(secret: string, orgId?: string): Promise<Outcome<Caller>>;
  /** The same, whatever was known: what it answers was read after the call. */
  fresh(secret: string, orgId?: string): Promise<Outcome<Caller>>;
  /** A key, session, member or attendee was revoked or has changed: whoever is known by this id is asked for again. */
  forget(id: string): void;
}

export function createIdentities(
  accounts: Pick<Engine['accounts'], 'authenticate' | 'recall'>,
  now: () => number = Date.now,
): Identities {
  const kept = new Map<string, Kept>();
  /** id -> keys of `kept` */
  const byId = new Map<string, Set<string>>();

  function drop(key: string, entry: Kept): void {
    if (kept.get(key) === entry) kept.delete(key);
    for (const id of entry.ids) {
      const keys = byId.get(id);
      keys?.delete(key);
      if (keys?.size === 0) byId.delete(id);
    }
  }

  function note(key: string, entry: Kept, caller: Caller): void {
    if (kept.get(key) !== entry) return;
    entry.ids = idsOf(caller);
    for (const id of entry.ids) byId.set(id, (byId.get(id) ?? new Set()).add(key));
  }

  function ask(answer: Promise<Outcome<Caller>>, key: string): Promise<Outcome<Caller>> {
    const entry: Kept = { until: now() + KEEP_MS, answer, ids: [] };
    entry.answer.then(
      (outcome) => (outcome.ok ? note(key, entry, outcome.value) : drop(key, entry)),
      () => drop(key, entry),
    );
    const before = kept.get(key);
    if (before !== undefined) drop(key, before); // so that the order of the map is the order of asking
    kept.set(key, entry);
    for (const [oldestKey, oldest] of kept) {
      if (kept.size <= KEEP_MAX) break;
      drop(oldestKey, oldest);
    }
    return entry.answer;
  }

  function keyOf(secret: string, orgId: string | undefined): string {
    const hash = createHash('sha256').update(secret).digest('base64');
    return orgId === undefined ? hash : `${hash}${orgId}`;
  }

  return {
    of(secret, orgId) {
      const key = keyOf(secret, orgId);
      const entry = kept.get(key);
      return entry !== undefined && now() < entry.until ? entry.answer : ask(accounts.recall(secret, orgId), key);
    },
    fresh: (secret, orgId) => ask(accounts.authenticate(secret, orgId), keyOf(secret, orgId)),
    forget(id) {
      for (const key of [...(byId.get(id) ?? [])]) {
        const entry = kept.get(key);
        if (entry !== undefined) drop(key, entry);
      }
    },
  };
}
