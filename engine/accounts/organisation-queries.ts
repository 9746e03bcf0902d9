import type { Transaction } from '../db/index.ts';
import type { Locale } from './account.ts';

/** SQL of organisations, each within its own context. */

export interface OrganisationRow {
  readonly org_id: string;
  readonly name: string;
  readonly locale: Locale;
  readonly time_zone: string;
  readonly created_at: Date;
}

export async function insertOrganisation(
  tx: Transaction,
  organisation: { readonly orgId: string; readonly name: string; readonly locale?: Locale; readonly timeZone?: string },
): Promise<void> {
  await tx`INSERT INTO app.organisations (org_id, name, locale, time_zone)
    VALUES (${organisation.orgId}, ${organisation.name}, ${organisation.locale ?? 'en'}, ${organisation.timeZone ?? 'UTC'})`;
}

/**
 * The first member of an organisation: its administrator, whose account is known. Lists of members begin with 1, which
 * must not mean the founder by accident; app.compare_member_import knows by this number that the real one is yet to come.
 */
export async function insertFounder(
  tx: Transaction,
  orgId: string,
  founder: {
    readonly memberId: string;
    readonly accountId: string;
    readonly name: string;
    readonly email: string | null;
  },
): Promise<void> {
  await tx`INSERT INTO app.members (org_id, member_id, account_id, number, name, email, roles)
    VALUES (${orgId}, ${founder.memberId}, ${founder.accountId}, 'founder', ${founder.name}, ${founder.email}, '{admin,member}')`;
}

export async function selectOrganisation(tx: Transaction, orgId: string): Promise<OrganisationRow | undefined> {
  const [row] = await tx<OrganisationRow[]>`
    SELECT org_id, name, locale, time_zone, created_at FROM app.organisations WHERE org_id = ${orgId}`;
  return row;
}

/** What is null stays as it is. */
export async function updateOrganisation(
  tx: Transaction,
  orgId: string,
  change: { readonly name: string | null; readonly locale: Locale | null; readonly timeZone: string | null },
): Promise<void> {
  await tx`UPDATE app.organisations SET name = coalesce(${change.name}::text, name),
    locale = coalesce(${change.locale}::text, locale), time_zone = coalesce(${change.timeZone}::text, time_zone)
    WHERE org_id = ${orgId}`;
}

/** False where the member is not there or is somebody's already. @throws SQLSTATE 23505: the account is a member already */
export async function linkMember(
  tx: Transaction,
  orgId: string,
  memberId: string,
  accountId: string,
): Promise<boolean> {
  const rows = await tx`UPDATE app.members SET account_id = ${accountId}
    WHERE org_id = ${orgId} AND member_id = ${memberId} AND (account_id IS NULL OR account_id = ${accountId})
    RETURNING member_id`;
  return rows.length > 0;
}
