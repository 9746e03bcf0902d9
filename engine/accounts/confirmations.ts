import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Person } from './identity.ts';
import { isPassword } from './passwords.ts';
import { sessionAgeMs } from './session-queries.ts';
import { holdSecrets } from './sign-in-queries.ts';

/** Acts that a session left open must not do alone ask for the password, or for a sign-in of the last ten minutes. */
export class Confirmations {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * @param password what was typed; undefined: the sign-in has to be fresh
   * @param always whoever has a password must give it, however fresh the sign-in
   * @param path the field to be named in the answer
   */
  async confirm(
    { accountId, sessionId }: Person,
    password: string | undefined,
    { always = false, path = 'password' } = {},
  ): Promise<Outcome<null>> {
    // read first and checked outside: Argon2 takes 20 ms, in which no connection should wait
    const { stored, ageMs } = await this.#database.management.withAccount(accountId, async (tx) => ({
      stored: (await holdSecrets(tx, accountId))?.password_hash ?? null,
      ageMs: await sessionAgeMs(tx, accountId, sessionId),
    }));
    if (password !== undefined && stored !== null) {
      if (await isPassword(stored, password)) return accept(null);
      const problem = 'is not your password';
      return refuse('invalid_input', `The password ${problem}.`, { details: { fields: [{ path, problem }] } });
    }
    const fresh = ageMs !== null && ageMs <= limits.freshSignInMs;
    if (fresh && !(always && stored !== null)) return accept(null);
    return refuse(
      'forbidden',
      stored === null
        ? 'Sign in again first: this needs a sign-in of the last 10 minutes.'
        : 'This needs your password. Send it with the request, or sign in again.',
      { details: { reason: 'not_confirmed' } },
    );
  }
}
