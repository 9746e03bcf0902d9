import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { classifyFailure, type Database, type Transaction } from '../db/index.ts';
import { enqueueMails } from '../deliveries/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Locale } from './account.ts';
import { deadLink, type Links, liveLink } from './links.ts';
import { checkPassword, hashPassword } from './passwords.ts';
import * as queries from './sign-in-queries.ts';

/** A second registration of a proven address writes at most one mail in this time. */
const EXISTS_MAIL_MS = 3_600_000;

export interface NewAccount {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly locale: Locale;
}

/** Accounts come about here: by registering and proving the address. */
export class Registration {
  readonly #database: Database;
  readonly #links: Links;

  constructor(database: Database, links: Links) {
    this.#database = database;
    this.#links = links;
  }

  /**
   * Writes a mail to the address, whatever is known about it: a link to prove it, or that there is an account already.
   * Answer and time are the same. The password counts once the link of this very registration is used.
   */
  async register(input: NewAccount): Promise<Outcome<null>> {
    const good = checkPassword(input.password, input.email);
    if (!good.ok) return good;
    return uniformly(async () => {
      const passwordHash = await hashPassword(input.password);
      const known = await this.#database.management.call((sql) => queries.findLogin(sql, input.email));
      if (known?.verified) {
        await this.#tellOwner(input.email, known);
        return;
      }
      if (known !== undefined) {
        await this.#database.management.withAccount(known.account_id, (tx) =>
          this.#sendProof(tx, known.account_id, input, passwordHash),
        );
        return;
      }
      const accountId = randomUUID();
      await this.#database.management.withAccount(accountId, async (tx) => {
        // another registration of this moment may have been first: its mail is on its way then
        if (await queries.insertAccount(tx, { accountId, ...input }, false)) {
          await this.#sendProof(tx, accountId, input, passwordHash);
        }
      });
    });
  }

  /** An account that its owner need not prove, made at the command line; its person chooses a password by the link. */
  async createAccount(input: Omit<NewAccount, 'password'>): Promise<Outcome<{ accountId: string; link: string }>> {
    const accountId = randomUUID();
    return guarded(async () => {
      const made = await this.#database.management.withAccount(accountId, async (tx) => {
        if (!(await queries.insertAccount(tx, { accountId, ...input }, true))) return null;
        return this.#links.make(tx, { accountId, purpose: 'reset', email: input.email });
      });
      return made === null
        ? refuse('conflict', 'There is an account with this address already.', { details: { reason: 'taken' } })
        : accept({ accountId, link: made.link });
    });
  }

  /** The address of a link is proven: that of a registration, or a new one of an account. details.reason as liveLink. */
  async verifyEmail(token: string): Promise<Outcome<{ email: string }>> {
    return guarded(async () => {
      const link = await this.#database.management.call((sql) => liveLink(sql, token, ['verify', 'change_email']));
      if (!link.ok) return link;
      const { account_id: accountId, purpose, tokenHash, email } = link.value;
      try {
        const used = await this.#database.management.withAccount(accountId, async (tx) => {
          const found = await queries.useLink(tx, accountId, tokenHash);
          if (found === undefined) return false;
          if (purpose === 'change_email') await queries.setEmail(tx, accountId, email);
          else if (await queries.markVerified(tx, accountId)) await takeRegistration(tx, accountId, found);
          // those that are still out went to the address of before, or belong to another registration
          await queries.voidLinks(tx, accountId, purpose === 'change_email' ? null : 'verify');
          return true;
        });
        return used ? accept({ email }) : deadLink('used');
      } catch (error) {
        if (classifyFailure(error) !== 'data' || (error as { code?: unknown }).code !== '23505') throw error;
        return refuse('conflict', 'Another account has this address by now.', { details: { reason: 'taken' } });
      }
    });
  }

  /** Erases accounts that nobody has proven in a week. How many; at most `limit`. Throws the database's errors. */
  forgetUnproven(limit: number): Promise<number> {
    return this.#database.management.act((sql) => queries.forgetUnprovenAccounts(sql, limits.unprovenAccountMs, limit));
  }

  async #sendProof(tx: Transaction, accountId: string, input: NewAccount, passwordHash: string): Promise<void> {
    const { email, name, locale } = input;
    const made = await this.#links.make(tx, { accountId, purpose: 'verify', email, passwordHash, name });
    if (made === null) return;
    const { link, validForMinutes, key } = made;
    // without the name: whoever types an address that is not theirs must not get words into our mail
    await enqueueMails(tx, [
      { orgId: null, to: email, locale, template: 'verify-email', data: { link, validForMinutes }, key },
    ]);
  }

  async #tellOwner(email: string, { account_id, display_name, locale }: queries.Login): Promise<void> {
    const hour = Math.floor(Date.now() / EXISTS_MAIL_MS);
    const data = { name: display_name, signInLink: this.#links.page() };
    const key = `account-exists:${account_id}:${hour}`;
    await this.#database.management.call((sql) =>
      enqueueMails(sql, [{ orgId: null, to: email, locale, template: 'account-exists', data, key }]),
    );
  }
}

async function takeRegistration(tx: Transaction, accountId: string, found: queries.UsedLink): Promise<void> {
  if (found.password_hash !== null) await queries.setPassword(tx, accountId, found.password_hash);
  if (found.display_name !== null) await queries.setName(tx, accountId, found.display_name);
}

/** Whatever is found, the answer comes after the same time: how long it takes does not tell whether an address is known. */
export async function uniformly(work: () => Promise<void>): Promise<Outcome<null>> {
  const [outcome] = await Promise.all([
    guarded(async () => {
      await work();
      return accept(null);
    }),
    sleep(limits.uniformAnswerMs),
  ]);
  return outcome;
}
