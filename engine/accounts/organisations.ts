import { randomUUID } from 'node:crypto';
import { classifyFailure, type Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Locale, Membership } from './account.ts';
import type { Person } from './identity.ts';
import * as queries from './organisation-queries.ts';
import { membershipOf } from './profiles.ts';
import { selectMemberships, setCurrentOrganisation } from './session-queries.ts';
import { findLogin, selectAddress } from './sign-in-queries.ts';

export interface Organisation {
  readonly orgId: string;
  readonly name: string;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly createdAt: Date;
}

export interface NewOrganisation {
  readonly name: string;
  /** the founder's own where it is left out */
  readonly locale?: Locale | undefined;
  /** IANA name; UTC where it is left out */
  readonly timeZone?: string | undefined;
}

/** Organisations as their persons make, find and change them. */
export class Organisations {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The person becomes its first member and administrator, and the session goes on in it. */
  async create({ accountId, sessionId }: Person, input: NewOrganisation): Promise<Outcome<Organisation>> {
    return guarded(async () => {
      const made = await this.#found(accountId, input);
      await this.#database.management.withAccount(accountId, (tx) =>
        setCurrentOrganisation(tx, accountId, sessionId, made.orgId),
      );
      return accept(made);
    });
  }

  /** The same at the command line, for whoever has the address; null where nobody has. */
  async createFor(email: string, input: NewOrganisation): Promise<Outcome<Organisation | null>> {
    return guarded(async () => {
      const login = await this.#database.management.call((sql) => findLogin(sql, email));
      return accept(login === undefined ? null : await this.#found(login.account_id, input));
    });
  }

  async #found(accountId: string, input: NewOrganisation): Promise<Organisation> {
    const orgId = randomUUID();
    const own = await this.#database.management.withAccount(accountId, (tx) => selectAddress(tx, accountId));
    const locale = input.locale ?? own?.locale ?? 'en';
    const timeZone = input.timeZone ?? 'UTC';
    const made = await this.#database.management.withOrg(orgId, async (tx) => {
      await queries.insertOrganisation(tx, { orgId, name: input.name, locale, timeZone });
      await queries.insertFounder(tx, orgId, {
        memberId: randomUUID(),
        accountId,
        name: own?.display_name ?? '-',
        email: own?.verified === true ? own.email : null, // members are known by it: only what is proved
      });
      return queries.selectOrganisation(tx, orgId);
    });
    return organisationOf(made as queries.OrganisationRow);
  }

  /** Those that the person is a member of. */
  async list({ accountId }: Person): Promise<Outcome<readonly Membership[]>> {
    return guarded(async () => {
      const rows = await this.#database.management.withAccount(accountId, (tx) => selectMemberships(tx));
      return accept(rows.map(membershipOf));
    });
  }

  async get(orgId: string): Promise<Outcome<Organisation>> {
    return guarded(async () => found(await this.#read(orgId)));
  }

  async change(
    orgId: string,
    change: {
      readonly name?: string | undefined;
      readonly locale?: Locale | undefined;
      readonly timeZone?: string | undefined;
    },
  ): Promise<Outcome<Organisation>> {
    const { name = null, locale = null, timeZone = null } = change;
    return guarded(async () => {
      await this.#database.management.withOrg(orgId, (tx) =>
        queries.updateOrganisation(tx, orgId, { name, locale, timeZone }),
      );
      return found(await this.#read(orgId));
    });
  }

  /**
   * Joins a member to the account of the person behind it; doing it again changes nothing. That the two are one person is
   * for the caller to know.
   */
  async linkMember(orgId: string, memberId: string, accountId: string): Promise<Outcome<{ memberId: string }>> {
    return guarded(async () => {
      try {
        const linked = await this.#database.management.withOrg(orgId, (tx) =>
          queries.linkMember(tx, orgId, memberId, accountId),
        );
        return linked
          ? accept({ memberId })
          : refuse('conflict', 'This member belongs to another account already.', { details: { reason: 'linked' } });
      } catch (error) {
        if (classifyFailure(error) !== 'data' || (error as { code?: unknown }).code !== '23505') throw error;
        return refuse('conflict', 'You are another member of this organisation already.', {
          details: { reason: 'member_already' },
        });
      }
    });
  }

  #read(orgId: string): Promise<queries.OrganisationRow | undefined> {
    return this.#database.management.withOrg(orgId, (tx) => queries.selectOrganisation(tx, orgId));
  }
}

function found(row: queries.OrganisationRow | undefined): Outcome<Organisation> {
  return row === undefined
    ? refuse('not_found', 'There is no such organisation.', { details: { resource: 'organisation' } })
    : accept(organisationOf(row));
}

function organisationOf(row: queries.OrganisationRow): Organisation {
  return {
    orgId: row.org_id,
    name: row.name,
    locale: row.locale,
    timeZone: row.time_zone,
    createdAt: row.created_at,
  };
}
