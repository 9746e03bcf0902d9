import { randomBytes } from 'node:crypto';
import type { Database } from '../db/index.ts';
import { serverSecret } from './key-queries.ts';
import { SecretRing } from './secret-ring.ts';

const SECRET_BYTES = 32;

/**
 * The server's secrets: those of SECRET_KEY_FILE, else one that the first gateway makes in the database. The latter lies
 * beside what it seals: it keeps an installation of one machine simple, and a backup of that database must be kept as a
 * secret then (docs/security.md).
 */
export class Vault {
  readonly #database: Database;
  readonly #given: readonly Uint8Array[];
  #ring: Promise<SecretRing> | undefined;

  constructor(database: Database, given: readonly Uint8Array[]) {
    this.#database = database;
    this.#given = given;
  }

  ring(): Promise<SecretRing> {
    if (this.#ring === undefined) {
      const opening = this.#open();
      this.#ring = opening;
      opening.catch(() => {
        this.#ring = undefined; // the database was away: ask again
      });
    }
    return this.#ring;
  }

  /**
   * A secret that is made once for all gateways of the database, sealed there under the server's own.
   * @throws where SECRET_KEY_FILE no longer holds the secret that sealed it
   */
  async kept(name: string, make: () => Uint8Array): Promise<Buffer> {
    const ring = await this.ring();
    const candidate = ring.seal(make(), name);
    const sealed = await this.#database.management.act((sql) => serverSecret(sql, name, candidate));
    const secret = ring.open(sealed, name);
    if (secret === null)
      throw new Error(`no secret of SECRET_KEY_FILE opens ${name}: put the one that sealed it back into the file`);
    return secret;
  }

  async #open(): Promise<SecretRing> {
    if (this.#given.length > 0) return new SecretRing(this.#given);
    const own = await this.#database.management.act((sql) => serverSecret(sql, 'server', randomBytes(SECRET_BYTES)));
    return new SecretRing([own]);
  }
}
