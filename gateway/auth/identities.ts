import { createHash } from 'node:crypto';
import type { Caller, Engine } from '../../engine/index.ts';
import type { Outcome } from '../../engine/outcome.ts';

/** A revoked key acts for at most this long; a busy caller costs one look-up in it. */
const KEEP_MS = 1_000;
/** About 10 MB; past it the oldest go, which costs a look-up and nothing else. */
const KEEP_MAX = 20_000;

interface Kept {
  readonly until: number;
  readonly answer: Promise<Outcome<Caller>>;
}

/**
 * Secrets -> who is calling, asked of the engine at most once a second, secret and organisation. Keeps SHA-256 of the
 * secret, never the secret. A refusal is shared by those who ask at the same moment and then forgotten.
 */
export interface Identities {
  /** @param orgId the organisation that the caller names, if any */
  of(secret: string, orgId?: string): Promise<Outcome<Caller>>;
}

export function createIdentities(
  accounts: Pick<Engine['accounts'], 'authenticate'>,
  now: () => number = Date.now,
): Identities {
  const kept = new Map<string, Kept>();

  function ask(secret: string, orgId: string | undefined, key: string): Promise<Outcome<Caller>> {
    const entry: Kept = { until: now() + KEEP_MS, answer: accounts.authenticate(secret, orgId) };
    const forget = () => {
      if (kept.get(key) === entry) kept.delete(key);
    };
    entry.answer.then((outcome) => outcome.ok || forget(), forget);
    kept.delete(key); // so that the order of the map is the order of asking
    kept.set(key, entry);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEEP_MAX) break;
      kept.delete(oldest);
    }
    return entry.answer;
  }

  return {
    of(secret, orgId) {
      const hash = createHash('sha256').update(secret).digest('base64');
      const key = orgId === undefined ? hash : `${hash}${orgId}`;
      const entry = kept.get(key);
      return entry !== undefined && now() < entry.until ? entry.answer : ask(secret, orgId, key);
    },
  };
}
