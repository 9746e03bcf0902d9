import { type Database, eraseFromAudit, PLATFORM_CHAIN, type Transaction } from '../db/index.ts';
import { enqueueMails } from '../deliveries/index.ts';
import { guarded } from '../guarded.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Account, Locale, Membership } from './account.ts';
import type { Confirmations } from './confirmations.ts';
import type { Person } from './identity.ts';
import type { Links } from './links.ts';
import { checkPassword, hashPassword } from './passwords.ts';
import * as queries from './profile-queries.ts';
import { uniformly } from './registration.ts';
import { announceRevoked, type MembershipRow, revokeSessions, selectMemberships } from './session-queries.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import { setPassword } from './sign-in-queries.ts';

/** An account that was deleted while its access token was still good. */
const GONE = refuse('unauthenticated', 'This account is no longer there.', { details: { reason: 'revoked' } });

/** What persons do with their own account. */
export class Profiles {
  readonly #database: Database;
  readonly #sessions: Sessions;
  readonly #signIn: SignIn;
  readonly #confirmations: Confirmations;
  readonly #links: Links;

  constructor(database: Database, sessions: Sessions, signIn: SignIn, confirmations: Confirmations, links: Links) {
    this.#database = database;
    this.#sessions = sessions;
    this.#signIn = signIn;
    this.#confirmations = confirmations;
    this.#links = links;
  }

  async get(person: Person): Promise<Outcome<Account>> {
    return this.#asPerson(person, async (tx, row) => accountOf(row, await selectMemberships(tx), person.sessionId));
  }

  async change(
    person: Person,
    change: { readonly name?: string | undefined; readonly locale?: Locale | undefined },
  ): Promise<Outcome<Account>> {
    return guarded(async () => {
      await this.#database.management.withAccount(person.accountId, (tx) =>
        queries.updateAccount(tx, person.accountId, { name: change.name ?? null, locale: change.locale ?? null }),
      );
      return this.get(person);
    });
  }

  /** Ends every other session of the account. */
  async changePassword(
    person: Person,
    input: { readonly currentPassword?: string | undefined; readonly password: string },
  ): Promise<Outcome<null>> {
    const { accountId, sessionId } = person;
    return guarded(async () => {
      const own = await this.get(person);
      if (!own.ok) return own;
      const good = checkPassword(input.password, own.value.email);
      if (!good.ok) return good;
      const asked = { always: true, path: 'current_password' };
      const confirmed = await this.#confirmations.confirm(person, input.currentPassword, asked);
      if (!confirmed.ok) return confirmed;
      const passwordHash = await hashPassword(input.password);
      const orgs = await this.#database.management.withAccount(accountId, async (tx) => {
        await setPassword(tx, accountId, passwordHash);
        await this.#signIn.tellPasswordChanged(tx, accountId);
        return this.#sessions.announce(tx, await revokeSessions(tx, accountId, null, sessionId, 'password_changed'));
      });
      this.#sessions.poke(orgs);
      return accept(null);
    });
  }

  /** Writes a link to the new address; it counts once that link is used. The answer does not tell whether it is taken. */
  async changeEmail(person: Person, email: string, password: string | undefined): Promise<Outcome<null>> {
    const confirmed = await guarded(() => this.#confirmations.confirm(person, password));
    if (!confirmed.ok) return confirmed;
    return uniformly(async () => {
      if (await this.#database.management.call((sql) => queries.isAddressTaken(sql, email))) return;
      const { accountId, sessionId } = person;
      await this.#database.management.withAccount(accountId, async (tx) => {
        const account = await queries.selectAccount(tx, accountId, sessionId);
        const made = account && (await this.#links.make(tx, { accountId, purpose: 'change_email', email }));
        if (!made) return;
        const { link, validForMinutes, key } = made;
        const data = { name: account.display_name, link, validForMinutes };
        await enqueueMails(tx, [
          { orgId: null, to: email, locale: account.locale, template: 'email-change', data, key },
        ]);
      });
    });
  }

  /** Everything that is held about the person, in one piece. */
  async export(person: Person): Promise<Outcome<Readonly<Record<string, unknown>>>> {
    return this.#asPerson(person, async (tx, row) => ({
      account: row,
      memberships: (await selectMemberships(tx)).map((one) => ({
        ...one,
        roles: one.roles.split(','),
        weight: String(one.weight), // micro-units, beyond what JSON numbers keep
      })),
      ...(await queries.selectTraces(tx, person.accountId)),
    }));
  }

  /**
   * Erases the person: address, name, password, sessions, links. Memberships stay with their organisations, without the
   * person. details.organisations: those that would be left without an administrator.
   */
  async delete(person: Person, password: string | undefined): Promise<Outcome<null>> {
    const { accountId } = person;
    return guarded(async () => {
      const confirmed = await this.#confirmations.confirm(person, password);
      if (!confirmed.ok) return confirmed;
      const left = await this.#database.management.withAccount(accountId, async (tx): Promise<Outcome<string[]>> => {
        const memberships = await selectMemberships(tx);
        const orphaned: string[] = [];
        for (const { org_id, member_id } of memberships) {
          await queries.enterOwnOrganisation(tx, org_id);
          if (await queries.isLastAdmin(tx, org_id, member_id)) orphaned.push(org_id);
        }
        if (orphaned.length > 0) return lastAdmin(orphaned);
        for (const { org_id, member_id } of memberships) {
          await queries.enterOwnOrganisation(tx, org_id);
          await queries.unlinkMember(tx, org_id, member_id);
          await eraseFromAudit(tx, org_id, [member_id, accountId]);
        }
        const ended = await revokeSessions(tx, accountId, null, null, 'account_deleted');
        await queries.eraseAccount(tx, accountId);
        await eraseFromAudit(tx, PLATFORM_CHAIN, [accountId]);
        const orgs = memberships.map(({ org_id }) => org_id);
        for (const orgId of orgs) await announceRevoked(tx, orgId, ended);
        return accept(orgs);
      });
      if (!left.ok) return left;
      this.#sessions.poke(left.value);
      return accept(null);
    });
  }

  async #asPerson<T>(
    { accountId, sessionId }: Person,
    read: (tx: Transaction, row: queries.AccountRow & { readonly email: string }) => Promise<T>,
  ): Promise<Outcome<T>> {
    return guarded(() =>
      this.#database.management.withAccount(accountId, async (tx): Promise<Outcome<T>> => {
        const row = await queries.selectAccount(tx, accountId, sessionId);
        if (row === undefined || row.email === null) return GONE;
        return accept(await read(tx, { ...row, email: row.email }));
      }),
    );
  }
}

function lastAdmin(organisations: readonly string[]): Outcome<never> {
  return refuse(
    'conflict',
    'You are the last administrator of an organisation with other members. Make another member its administrator first.',
    { details: { reason: 'last_admin', organisations } },
  );
}

export function membershipOf(row: MembershipRow): Membership {
  return {
    orgId: row.org_id,
    name: row.name,
    memberId: row.member_id,
    number: row.number,
    roles: row.roles.split(','),
    status: row.status,
  };
}

/** The memberships of the account that the transaction has named. */
export async function ownMemberships(tx: Transaction): Promise<readonly Membership[]> {
  return (await selectMemberships(tx)).map(membershipOf);
}

function accountOf(
  row: queries.AccountRow & { readonly email: string },
  memberships: readonly MembershipRow[],
  sessionId: string,
): Account {
  return {
    accountId: row.account_id,
    email: row.email,
    name: row.display_name,
    locale: row.locale,
    hasPassword: row.has_password,
    totp: row.totp_since !== null,
    recoveryCodesLeft: row.codes_left,
    platformAdmin: row.platform_admin,
    createdAt: row.created_at,
    sessionId,
    currentOrgId: row.current_org_id,
    memberships: memberships.map(membershipOf),
  };
}
