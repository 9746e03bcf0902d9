import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { claimKey, deleteKey, finishKey } from './idempotency-queries.ts';

/** Answers of requests that create, kept 24 h under the key that the caller made. */
export class Idempotency {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * run: true = do the work, then finish() or abandon(). run: false = answer this.
   * The same key with another request, or while the first one still runs, is a conflict.
   */
  async begin(
    orgId: string,
    key: string,
    requestHash: Buffer,
  ): Promise<
    Outcome<{ readonly run: true } | { readonly run: false; readonly status: number; readonly body: unknown }>
  > {
    return guarded<{ readonly run: true } | { readonly run: false; readonly status: number; readonly body: unknown }>(
      async () => {
        const claim = await this.#database.management.withOrg(orgId, (tx) =>
          claimKey(tx, orgId, key, requestHash, limits.idempotencyKeyMs, limits.requestTimeoutMs),
        );
        if (claim === 'claimed') return accept({ run: true });
        if (!claim.request_hash.equals(requestHash)) {
          return refuse('conflict', 'This Idempotency-Key was used for another request. Make a new key.', {
            details: { reason: 'key_reused' },
          });
        }
        if (claim.status === null) {
          return refuse(
            'conflict',
            'The first request with this Idempotency-Key is still running. Ask again in a moment.',
            {
              retryAfterMs: limits.overloadedRetryMaxMs,
              details: { reason: 'in_progress' },
            },
          );
        }
        return accept({ run: false, status: claim.status, body: claim.body });
      },
    );
  }

  async finish(orgId: string, key: string, status: number, body: unknown): Promise<void> {
    await this.#database.management.withOrg(orgId, (tx) => finishKey(tx, orgId, key, status, body));
  }

  /** The request came to nothing that should be repeated: the key is free again. */
  async abandon(orgId: string, key: string): Promise<void> {
    await this.#database.management.withOrg(orgId, (tx) => deleteKey(tx, orgId, key));
  }
}
