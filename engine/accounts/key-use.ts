import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import { touchApiKeys } from './api-key-queries.ts';

/** Keys whose last writing is remembered; past it the oldest are written once more than needed. */
const REMEMBERED = 10_000;

/** When keys were last used: noted in memory by whoever asks who a key is, written together now and then. */
export class KeyUse {
  readonly #database: Database;
  /** organisation -> keys that were used and not written yet */
  #used = new Map<string, Set<string>>();
  /** key -> performance.now() of its last writing */
  readonly #written = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  note(orgId: string, keyId: string): void {
    const writtenMs = this.#written.get(keyId);
    if (writtenMs !== undefined && performance.now() - writtenMs < limits.keyUseMs) return;
    const keys = this.#used.get(orgId);
    if (keys === undefined) this.#used.set(orgId, new Set([keyId]));
    else keys.add(keyId);
  }

  /** Throws the database's errors; what could not be written is noted again by the next use. */
  async write(): Promise<void> {
    const used = this.#used;
    this.#used = new Map();
    for (const [orgId, keys] of used) {
      await this.#database.management.withOrg(orgId, (tx) => touchApiKeys(tx, orgId, [...keys], limits.keyUseMs));
      for (const keyId of keys) this.#remember(keyId);
    }
  }

  #remember(keyId: string): void {
    this.#written.delete(keyId); // so that the order of the map is the order of writing
    this.#written.set(keyId, performance.now());
    if (this.#written.size > REMEMBERED) this.#written.delete(this.#written.keys().next().value as string);
  }
}
