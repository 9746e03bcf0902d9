import type { LogKind } from '../../protocol/log.ts';
import type { Transaction } from '../db/index.ts';
import type { Member, MemberCounts, MemberFilter, MemberRole, MemberStatus } from './member.ts';

/** SQL of single members, of lists by name, and of counts. */

export interface MemberRow {
  org_id: string;
  member_id: string;
  number: string;
  name: string;
  email: string | null;
  roles: string;
  status: MemberStatus;
  weight: bigint;
  note: string;
  has_account: boolean;
  created_at: Date;
  changed_at: Date;
  groups: { groupId: string; name: string }[];
}

export function memberOf(row: MemberRow): Member {
  return {
    orgId: row.org_id,
    memberId: row.member_id,
    number: row.number,
    name: row.name,
    email: row.email,
    roles: row.roles.split(',') as MemberRole[],
    status: row.status,
    weight: row.weight,
    groups: row.groups,
    note: row.note,
    hasAccount: row.has_account,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}

/** A text[] or uuid[] that goes in as one text parameter: types are not fetched (engine/db/connect.ts). */
export function listOf(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** The columns of a member `m`. */
export function memberColumns(tx: Transaction) {
  return tx`m.org_id, m.member_id, m.number, m.name, m.email, array_to_string(m.roles, ',') AS roles, m.status, m.weight,
    m.note, m.account_id IS NOT NULL AS has_account, m.created_at, m.changed_at,
    (SELECT coalesce(json_agg(json_build_object('groupId', g.group_id, 'name', g.name) ORDER BY g.name_key), '[]')
      FROM app.group_members gm JOIN app.groups g ON g.org_id = gm.org_id AND g.group_id = gm.group_id
      WHERE gm.org_id = m.org_id AND gm.member_id = m.member_id) AS groups`;
}

/** Conditions on a member `m`, each with its AND before it. */
export function memberConditions(tx: Transaction, { status, group, role }: MemberFilter) {
  return tx`
    ${status === undefined ? tx`` : tx`AND m.status = ${status}`}
    ${role === undefined ? tx`` : tx`AND ${role} = ANY (m.roles)`}
    ${role === undefined || role === 'member' ? tx`` : tx`AND m.roles <> '{member}'` /* members_with_roles */}
    ${
      group === undefined
        ? tx``
        : tx`AND EXISTS (SELECT FROM app.group_members gm
            WHERE gm.org_id = m.org_id AND gm.member_id = m.member_id AND gm.group_id = ${group})`
    }`;
}

export interface MemberValues {
  readonly number: string;
  readonly name: string;
  readonly email: string | null;
  readonly roles: readonly string[];
  readonly status: MemberStatus;
  readonly weight: bigint;
  readonly note: string;
}

/** The next whole number that no member of the organisation has, for members who are given none. */
export async function nextNumber(tx: Transaction, orgId: string): Promise<string> {
  const [row] = await tx<{ number: string }[]>`SELECT (app.highest_member_number(${orgId}) + 1)::text AS number`;
  return (row as { number: string }).number;
}

export async function insertMember(
  tx: Transaction,
  orgId: string,
  memberId: string,
  values: MemberValues,
): Promise<void> {
  await tx`INSERT INTO app.members (org_id, member_id, number, name, email, roles, status, weight, note)
    VALUES (${orgId}, ${memberId}, ${values.number}, ${values.name}, ${values.email},
      ${listOf(values.roles)}::text::text[], ${values.status}, ${values.weight}, ${values.note})`;
}

export async function updateMember(
  tx: Transaction,
  orgId: string,
  memberId: string,
  values: MemberValues,
): Promise<void> {
  await tx`UPDATE app.members SET number = ${values.number}, name = ${values.name}, email = ${values.email},
      roles = ${listOf(values.roles)}::text::text[], status = ${values.status}, weight = ${values.weight},
      note = ${values.note}, changed_at = clock_timestamp()
    WHERE org_id = ${orgId} AND member_id = ${memberId}`;
}

export async function selectMember(tx: Transaction, orgId: string, memberId: string): Promise<Member | undefined> {
  const [row] = await tx<MemberRow[]>`
    SELECT ${memberColumns(tx)} FROM app.members m WHERE m.org_id = ${orgId} AND m.member_id = ${memberId}`;
  return row && memberOf(row);
}

/** The same, held until the transaction ends. */
export async function lockMember(tx: Transaction, orgId: string, memberId: string): Promise<Member | undefined> {
  await tx`SELECT FROM app.members WHERE org_id = ${orgId} AND member_id = ${memberId} FOR UPDATE`;
  return selectMember(tx, orgId, memberId);
}

/** By name; undefined where the cursor is no member. */
export async function selectMembers(
  tx: Transaction,
  orgId: string,
  filter: MemberFilter,
  cursor: string | null,
  limit: number,
): Promise<Member[] | undefined> {
  const [after] =
    cursor === null
      ? []
      : await tx<{ sort_name: string }[]>`
          SELECT sort_name FROM app.members WHERE org_id = ${orgId} AND member_id = ${cursor}`;
  if (cursor !== null && after === undefined) return undefined;
  const rows = await tx<MemberRow[]>`
    SELECT ${memberColumns(tx)} FROM app.members m
    WHERE m.org_id = ${orgId} ${memberConditions(tx, filter)}
      ${after === undefined ? tx`` : tx`AND (m.sort_name, m.member_id) > (${after.sort_name}, ${cursor}::uuid)`}
    ORDER BY m.sort_name, m.member_id LIMIT ${limit}`;
  return rows.map(memberOf);
}

interface CountsRow {
  invited: number;
  active: number;
  inactive: number;
  no_email: number;
  no_account: number;
  weight: bigint;
}

export async function countMembers(tx: Transaction, orgId: string): Promise<MemberCounts> {
  const rows = await tx<CountsRow[]>`
    SELECT count(*) FILTER (WHERE status = 'invited')::int AS invited, count(*) FILTER (WHERE status = 'active')::int AS active,
      count(*) FILTER (WHERE status = 'inactive')::int AS inactive,
      count(*) FILTER (WHERE status <> 'inactive' AND email IS NULL)::int AS no_email,
      count(*) FILTER (WHERE status <> 'inactive' AND account_id IS NULL)::int AS no_account,
      coalesce(sum(weight) FILTER (WHERE status = 'active'), 0)::bigint AS weight
    FROM app.members WHERE org_id = ${orgId}`;
  const row = rows[0] as CountsRow;
  return {
    invited: row.invited,
    active: row.active,
    inactive: row.inactive,
    withoutEmail: row.no_email,
    withoutAccount: row.no_account,
    activeWeight: row.weight,
  };
}

/** Puts a member into exactly these groups. False where one of them does not exist. */
export async function setGroupsOfMember(
  tx: Transaction,
  orgId: string,
  memberId: string,
  groupIds: readonly string[],
): Promise<boolean> {
  const list = listOf(groupIds);
  await tx`DELETE FROM app.group_members
    WHERE org_id = ${orgId} AND member_id = ${memberId} AND NOT group_id = ANY (${list}::text::uuid[])`;
  const held = await tx`
    INSERT INTO app.group_members (org_id, group_id, member_id)
    SELECT g.org_id, g.group_id, ${memberId}::uuid FROM app.groups g
    WHERE g.org_id = ${orgId} AND g.group_id = ANY (${list}::text::uuid[]) ON CONFLICT DO NOTHING`;
  if (held.count === new Set(groupIds).size) return true;
  const [row] = await tx<{ count: number }[]>`SELECT count(*)::int AS count FROM app.group_members
    WHERE org_id = ${orgId} AND member_id = ${memberId}`;
  return row?.count === new Set(groupIds).size;
}

/**
 * Whether nobody is left to administer the organisation once these members are no active admins any more.
 * Whoever asks holds the lock of `lockMembers`.
 */
export async function isLastAdmin(tx: Transaction, orgId: string, going: readonly string[]): Promise<boolean> {
  const [row] = await tx<
    { last: boolean }[]
  >`SELECT app.is_last_admin(${orgId}, ${listOf(going)}::text::uuid[]) AS last`;
  return row?.last === true;
}

/**
 * Until the transaction ends plans are made with indexes, however small a table is. Plans are kept: one that was made for
 * a handful of members would read thousands whole, row after row, until the next ANALYZE, and so would the checks of
 * references to them. Whoever searches, or writes many rows, begins with this.
 */
export async function preferIndexes(tx: Transaction): Promise<void> {
  await tx`SELECT set_config('enable_seqscan', 'off', true)`;
}

/**
 * Until the transaction ends nobody else manages members of this organisation: numbers are given, e-mail addresses
 * compared and admins counted without a race.
 */
export async function lockMembers(tx: Transaction, orgId: string): Promise<void> {
  await Promise.all([preferIndexes(tx), tx`SELECT app.lock_members(${orgId})`]);
}

/** Who, other than this member, has the number or the e-mail address. */
export async function selectHolders(
  tx: Transaction,
  orgId: string,
  memberId: string,
  number: string,
  email: string | null,
): Promise<{ number: boolean; email: boolean }> {
  const [row] = await tx<{ number: boolean; email: boolean }[]>`SELECT
    EXISTS (SELECT FROM app.members WHERE org_id = ${orgId} AND number = ${number} AND member_id <> ${memberId}) AS number,
    EXISTS (SELECT FROM app.members WHERE org_id = ${orgId} AND email = ${email} AND member_id <> ${memberId}) AS email`;
  return row as { number: boolean; email: boolean };
}

export async function appendLog(
  tx: Transaction,
  orgId: string,
  topic: string,
  kind: LogKind,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  await tx`SELECT urn.append_log(${orgId}, ${topic}, ${kind}, ${tx.json(payload as never)})`;
}
