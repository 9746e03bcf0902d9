import { hash, randomBytes } from 'node:crypto';
import type { Database, Transaction } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Confirmations } from './confirmations.ts';
import type { Person } from './identity.ts';
import type { SecretRing } from './secret-ring.ts';
import * as queries from './sign-in-queries.ts';
import { base32, matchTotp, totpUri } from './totp.ts';
import type { Vault } from './vault.ts';

/** As long as the hash that makes the codes (RFC 4226, 4: R6). */
const SECRET_BYTES = 20;
const CODES = 10;
/** 120 bits: enough to be kept under a plain hash (ASVS 6.5.2). */
const CODE_BYTES = 15;
/**
 * Whoever is asked for a code has shown a password or a link before, so nobody can lock others out by wrong ones. At one
 * attempt a minute, three of a million codes being right, a guesser needs years on average.
 */
const FREE_FAILURES = 5;
const CODE_GROUP = /.{6}(?=.)/g;

/** One-time codes beside the password: an authenticator (RFC 6238) and ten recovery codes. */
export class SecondFactors {
  readonly #database: Database;
  readonly #vault: Vault;
  readonly #confirmations: Confirmations;

  constructor(database: Database, vault: Vault, confirmations: Confirmations) {
    this.#database = database;
    this.#vault = vault;
    this.#confirmations = confirmations;
  }

  /** A new secret, which counts once a code of it was confirmed. Asks for the password or a fresh sign-in. */
  async begin(
    person: Person,
    email: string,
    password: string | undefined,
  ): Promise<Outcome<{ secret: string; uri: string }>> {
    return guarded(async () => {
      const confirmed = await this.#confirmations.confirm(person, password);
      if (!confirmed.ok) return confirmed;
      const secret = randomBytes(SECRET_BYTES);
      const sealed = (await this.#vault.ring()).seal(secret, contextOf(person.accountId));
      return this.#database.management.withAccount(person.accountId, async (tx) => {
        const held = await queries.holdSecrets(tx, person.accountId);
        if (held?.totp_confirmed) {
          return refuse('conflict', 'You have an authenticator already. Take it away first.', {
            details: { reason: 'totp_on' },
          });
        }
        await queries.setTotpSecret(tx, person.accountId, sealed);
        return accept({ secret: base32(secret), uri: totpUri(secret, email) });
      });
    });
  }

  /** From now on signing in asks for a code. Gives the recovery codes, once. */
  async confirm(person: Person, code: string): Promise<Outcome<readonly string[]>> {
    return this.#withCode(person, code, false, async (tx) => {
      await queries.confirmTotp(tx, person.accountId);
      return newCodes(tx, person.accountId);
    });
  }

  /** Takes the authenticator and its recovery codes away; asks for a code of either. */
  async disable(person: Person, code: string): Promise<Outcome<null>> {
    return this.#withCode(person, code, true, async (tx) => {
      await queries.setTotpSecret(tx, person.accountId, null);
      await queries.replaceRecoveryCodes(tx, person.accountId, []);
      return null;
    });
  }

  /** Ten new recovery codes in place of the old ones. */
  async renewCodes(person: Person, code: string): Promise<Outcome<readonly string[]>> {
    return this.#withCode(person, code, true, (tx) => newCodes(tx, person.accountId));
  }

  /**
   * The second question of signing in, within the transaction that lets the person in. 'none': the account asks for
   * none; 'missing': it does and no code was given; 'wait': after wrong ones there is a minute between two attempts.
   */
  async check(
    tx: Transaction,
    ring: SecretRing,
    accountId: string,
    code: string | undefined,
  ): Promise<'none' | 'right' | 'missing' | 'wrong' | 'wait'> {
    const held = await queries.holdSecrets(tx, accountId);
    if (!held?.totp_confirmed) return 'none';
    return code === undefined ? 'missing' : this.#try(tx, ring, accountId, held, code);
  }

  async #withCode<T>(
    person: Person,
    code: string,
    whenOn: boolean,
    act: (tx: Transaction) => Promise<T>,
  ): Promise<Outcome<T>> {
    return guarded(async () => {
      const ring = await this.#vault.ring();
      return this.#database.management.withAccount(person.accountId, async (tx): Promise<Outcome<T>> => {
        const held = await queries.holdSecrets(tx, person.accountId);
        if (held === undefined || held.totp_secret === null || held.totp_confirmed !== whenOn) {
          return refuse('conflict', whenOn ? 'You have no authenticator.' : 'Begin with a new authenticator first.', {
            details: { reason: whenOn ? 'totp_off' : 'totp_not_begun' },
          });
        }
        const tried = await this.#try(tx, ring, person.accountId, held, code);
        if (tried === 'wait') return waitForCode();
        return tried === 'right' ? accept(await act(tx)) : wrongCode();
      });
    });
  }

  async #try(
    tx: Transaction,
    ring: SecretRing,
    accountId: string,
    held: queries.Secrets,
    code: string,
  ): Promise<'right' | 'wrong' | 'wait'> {
    const { code_failures: failures, failed_ago_ms: agoMs } = held;
    if (failures >= FREE_FAILURES && agoMs !== null && agoMs < limits.codePauseMs) return 'wait';
    const right = await this.#takes(tx, ring, accountId, held, code);
    await queries.countCode(tx, accountId, right);
    return right ? 'right' : 'wrong';
  }

  /** Takes a code of the authenticator, or a recovery code: each once. */
  async #takes(
    tx: Transaction,
    ring: SecretRing,
    accountId: string,
    held: queries.Secrets,
    code: string,
  ): Promise<boolean> {
    const typed = code.replaceAll(/[\s-]/g, '').toUpperCase();
    if (!/^\d{6}$/.test(typed)) {
      return held.totp_confirmed && (await queries.useRecoveryCode(tx, accountId, hash('sha256', typed, 'buffer')));
    }
    const secret = held.totp_secret && ring.open(held.totp_secret, contextOf(accountId));
    const step = secret && matchTotp(secret, typed, Date.now(), held.totp_last_step);
    if (step === null) return false;
    await queries.setTotpStep(tx, accountId, step);
    return true;
  }
}

/** As people read and type them: ABCDEF-GHIJKL-MNOPQR-STUVWX. */
async function newCodes(tx: Transaction, accountId: string): Promise<readonly string[]> {
  const codes = Array.from({ length: CODES }, () => base32(randomBytes(CODE_BYTES)));
  await queries.replaceRecoveryCodes(
    tx,
    accountId,
    codes.map((code) => hash('sha256', code, 'buffer')),
  );
  return codes.map((code) => code.replaceAll(CODE_GROUP, '$&-'));
}

function contextOf(accountId: string): string {
  return `totp ${accountId}`;
}

export function waitForCode(): Outcome<never> {
  return refuse('rate_limited', 'Too many wrong codes: wait a minute, then try the one that shows.', {
    retryAfterMs: limits.codePauseMs,
    details: { reason: 'code_wait' },
  });
}

function wrongCode(): Outcome<never> {
  const problem = 'is wrong or was used before; wait for the next one';
  return refuse('invalid_input', `The code ${problem}.`, { details: { fields: [{ path: 'code', problem }] } });
}
