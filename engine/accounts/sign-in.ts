import type { Database, Transaction } from '../db/index.ts';
import { enqueueMails } from '../deliveries/index.ts';
import { guarded } from '../guarded.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Device } from './account.ts';
import { deadLink, type Links, liveLink } from './links.ts';
import { checkPassword, hashPassword, isPassword } from './passwords.ts';
import { uniformly } from './registration.ts';
import { type SecondFactors, waitForCode } from './second-factors.ts';
import { revokeSessions, type SignInMethod } from './session-queries.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import * as queries from './sign-in-queries.ts';
import type { Vault } from './vault.ts';

/** Within the transaction that lets somebody in: a session, or why not. */
type Opened = Outcome<{ readonly accountId: string; readonly sessionId: string; readonly generation: number }>;

/** Ways in: password and magic link, with a code where the account asks for one; and back in, by a new password. */
export class SignIn {
  readonly #database: Database;
  readonly #vault: Vault;
  readonly #sessions: Sessions;
  readonly #factors: SecondFactors;
  readonly #links: Links;

  constructor(database: Database, vault: Vault, sessions: Sessions, factors: SecondFactors, links: Links) {
    this.#database = database;
    this.#vault = vault;
    this.#sessions = sessions;
    this.#factors = factors;
    this.#links = links;
  }

  /**
   * details.reason: wrong (address or password, whichever; the time does not tell either), unverified (the password is
   * right, the address not yet proven), code_missing, code_wrong.
   */
  async byPassword(
    input: { readonly email: string; readonly password: string; readonly code?: string | undefined },
    device: Device,
  ): Promise<Outcome<SignedIn>> {
    return guarded(async () => {
      const found = await this.#database.management.call((sql) => queries.findLogin(sql, input.email));
      const right = await isPassword(found?.password_hash, input.password);
      if (found === undefined || !right) return notIn('wrong');
      if (!found.verified) return notIn('unverified');
      return this.#enter(found.account_id, input.code, { method: 'password', ...device }, async () => true);
    });
  }

  /** Writes a mail with a link that signs in, where the address is known. Answer and time are the same where not. */
  async requestMagicLink(email: string): Promise<Outcome<null>> {
    return this.#sendLink(email, 'magic', 'magic-link');
  }

  /**
   * A link that signs in, for whoever runs the process to hand over: no mail is sent. Null where the address is not known
   * or the account has had its fill of links in this hour.
   */
  async linkFor(email: string): Promise<Outcome<{ link: string; validForMinutes: number } | null>> {
    return guarded(async () => {
      const found = await this.#database.management.call((sql) => queries.findLogin(sql, email));
      if (found === undefined) return accept(null);
      const { account_id: accountId } = found;
      const made = await this.#database.management.withAccount(accountId, (tx) =>
        this.#links.make(tx, { accountId, purpose: 'magic', email }),
      );
      return accept(made === null ? null : { link: made.link, validForMinutes: made.validForMinutes });
    });
  }

  /** details.reason as liveLink, and as byPassword for the code; a link waits for the right code. */
  async byMagicLink(
    { token, code }: { readonly token: string; readonly code?: string | undefined },
    device: Device,
  ): Promise<Outcome<SignedIn>> {
    return guarded(async () => {
      const link = await this.#database.management.call((sql) => liveLink(sql, token, ['magic']));
      if (!link.ok) return link;
      const { account_id: accountId, tokenHash } = link.value;
      return this.#enter(accountId, code, { method: 'magic_link', ...device }, async (tx) => {
        if ((await queries.useLink(tx, accountId, tokenHash)) === undefined) return false;
        await proveAddress(tx, accountId);
        return true;
      });
    });
  }

  /** Writes a mail with a link to choose a new password, where the address is known; the answer is the same where not. */
  async requestReset(email: string): Promise<Outcome<null>> {
    return this.#sendLink(email, 'reset', 'password-reset');
  }

  /** A new password by the link of a mail. Ends every session and voids every other link of the account. */
  async resetPassword(token: string, password: string): Promise<Outcome<null>> {
    return guarded(async () => {
      const link = await this.#database.management.call((sql) => liveLink(sql, token, ['reset']));
      if (!link.ok) return link;
      const { account_id: accountId, tokenHash, email } = link.value;
      const good = checkPassword(password, email);
      if (!good.ok) return good;
      const passwordHash = await hashPassword(password);
      const orgs = await this.#database.management.withAccount(accountId, async (tx) => {
        if ((await queries.useLink(tx, accountId, tokenHash)) === undefined) return null;
        await proveAddress(tx, accountId);
        await queries.setPassword(tx, accountId, passwordHash);
        await queries.voidLinks(tx, accountId, null);
        await this.tellPasswordChanged(tx, accountId);
        return this.#sessions.announce(tx, await revokeSessions(tx, accountId, null, null, 'password_changed'));
      });
      if (orgs === null) return deadLink('used');
      this.#sessions.poke(orgs);
      return accept(null);
    });
  }

  /** Told whoever did it: if it was somebody else, the mail is how the person learns. */
  async tellPasswordChanged(tx: Transaction, accountId: string): Promise<void> {
    const account = await queries.selectAddress(tx, accountId);
    if (account === undefined || account.email === null) return;
    const { email, display_name: name, locale, changed_ms: changed } = account;
    await enqueueMails(tx, [
      {
        orgId: null,
        to: email,
        locale,
        template: 'password-changed',
        data: { name, resetLink: this.#links.page('forgotten') },
        key: `password-changed:${accountId}:${changed}`,
      },
    ]);
  }

  /** For whoever a provider has vouched for: in, or, where the account asks for a code, a link that asks for it. */
  async byProvider(
    accountId: string,
    email: string,
    device: Device,
    link: (tx: Transaction) => Promise<void>,
  ): Promise<Outcome<SignedIn | { readonly codeLink: string }>> {
    const ring = await this.#vault.ring();
    const entered = await this.#database.management.withAccount(accountId, async (tx) => {
      await link(tx);
      if ((await this.#factors.check(tx, ring, accountId, undefined)) === 'none') {
        return this.#sessions.open(tx, accountId, { method: 'oidc', ...device });
      }
      const made = await this.#links.make(tx, { accountId, purpose: 'magic', email });
      return made === null ? null : { codeLink: made.link };
    });
    if (entered === null) return refuse('rate_limited', 'Too many sign-ins of this account. Wait an hour.');
    return accept('codeLink' in entered ? entered : await this.#sessions.issue(entered));
  }

  async #enter(
    accountId: string,
    code: string | undefined,
    session: Device & { readonly method: SignInMethod },
    take: (tx: Transaction) => Promise<boolean>,
  ): Promise<Outcome<SignedIn>> {
    const ring = await this.#vault.ring();
    const opened = await this.#database.management.withAccount(accountId, async (tx): Promise<Opened> => {
      const second = await this.#factors.check(tx, ring, accountId, code);
      if (second === 'missing') return notIn('code_missing');
      if (second === 'wrong') return notIn('code_wrong');
      if (second === 'wait') return waitForCode();
      if (!(await take(tx))) return deadLink('used');
      return accept(await this.#sessions.open(tx, accountId, session));
    });
    return opened.ok ? accept(await this.#sessions.issue(opened.value)) : opened;
  }

  #sendLink(
    email: string,
    purpose: 'magic' | 'reset',
    template: 'magic-link' | 'password-reset',
  ): Promise<Outcome<null>> {
    return uniformly(async () => {
      const found = await this.#database.management.call((sql) => queries.findLogin(sql, email));
      if (found === undefined) return;
      const { account_id: accountId, display_name, locale, verified } = found;
      await this.#database.management.withAccount(accountId, async (tx) => {
        const made = await this.#links.make(tx, { accountId, purpose, email });
        if (made === null) return;
        const { link, validForMinutes, key } = made;
        const data = { ...(verified ? { name: display_name } : {}), link, validForMinutes };
        await enqueueMails(tx, [{ orgId: null, to: email, locale, template, data, key }]);
      });
    });
  }
}

/** The mail has arrived, so the address is proven; passwords of registrations that nobody confirmed count no more. */
export async function proveAddress(tx: Transaction, accountId: string): Promise<void> {
  if (await queries.markVerified(tx, accountId)) await queries.voidLinks(tx, accountId, 'verify');
}

const NOT_IN = {
  wrong: 'This address and password do not belong together. Check both, or ask for a sign-in link.',
  unverified: 'Prove your address first: open the link that we sent you, or register again for a new one.',
  code_missing: 'This account asks for a code: send the one that your authenticator shows, or a recovery code.',
  code_wrong: 'The code is wrong or was used before. Wait for the next one, or use a recovery code.',
};

function notIn(reason: keyof typeof NOT_IN): Outcome<never> {
  return refuse('unauthenticated', NOT_IN[reason], { details: { reason } });
}
