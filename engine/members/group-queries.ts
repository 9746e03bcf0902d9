import type { Transaction } from '../db/index.ts';
import type { Group } from './group.ts';
import { listOf } from './queries.ts';

/** SQL of groups. */

interface GroupRow {
  group_id: string;
  name: string;
  members: number;
  created_at: Date;
}

function groupOf(row: GroupRow): Group {
  return { groupId: row.group_id, name: row.name, members: row.members, createdAt: row.created_at };
}

function groupColumns(tx: Transaction) {
  return tx`g.group_id, g.name, g.created_at, (SELECT count(*)::int FROM app.group_members gm
    WHERE gm.org_id = g.org_id AND gm.group_id = g.group_id) AS members`;
}

/** False where another group has the name. */
export async function insertGroup(tx: Transaction, orgId: string, groupId: string, name: string): Promise<boolean> {
  const rows = await tx`INSERT INTO app.groups (org_id, group_id, name) VALUES (${orgId}, ${groupId}, ${name})
    ON CONFLICT (org_id, name_key) DO NOTHING`;
  return rows.count === 1;
}

export async function isNameTaken(tx: Transaction, orgId: string, groupId: string, name: string): Promise<boolean> {
  const rows = await tx`SELECT FROM app.groups
    WHERE org_id = ${orgId} AND name_key = app.small_letters(${name}) COLLATE "C" AND group_id <> ${groupId}`;
  return rows.length > 0;
}

/** False where there is no such group. */
export async function renameGroup(tx: Transaction, orgId: string, groupId: string, name: string): Promise<boolean> {
  const rows = await tx`UPDATE app.groups SET name = ${name} WHERE org_id = ${orgId} AND group_id = ${groupId}`;
  return rows.count === 1;
}

/** False where there is no such group. @throws SQLSTATE 23503 where something of another room refers to it */
export async function deleteGroup(tx: Transaction, orgId: string, groupId: string): Promise<boolean> {
  const rows = await tx`DELETE FROM app.groups WHERE org_id = ${orgId} AND group_id = ${groupId}`;
  return rows.count === 1;
}

export async function selectGroup(tx: Transaction, orgId: string, groupId: string): Promise<Group | undefined> {
  const [row] = await tx<GroupRow[]>`
    SELECT ${groupColumns(tx)} FROM app.groups g WHERE g.org_id = ${orgId} AND g.group_id = ${groupId}`;
  return row && groupOf(row);
}

/** By name; the cursor is the last group of the page before. */
export async function selectGroups(
  tx: Transaction,
  orgId: string,
  cursor: string | null,
  limit: number,
): Promise<Group[]> {
  const rows = await tx<GroupRow[]>`
    SELECT ${groupColumns(tx)} FROM app.groups g
    WHERE g.org_id = ${orgId} AND (${cursor}::uuid IS NULL OR g.name_key >
      (SELECT c.name_key FROM app.groups c WHERE c.org_id = ${orgId} AND c.group_id = ${cursor}::uuid))
    ORDER BY g.name_key LIMIT ${limit}`;
  return rows.map(groupOf);
}

/** Ids of these that are no members of the organisation. */
export async function selectStrangers(tx: Transaction, orgId: string, memberIds: readonly string[]): Promise<string[]> {
  const rows = await tx<{ member_id: string }[]>`
    SELECT u.member_id FROM unnest(${listOf(memberIds)}::text::uuid[]) u (member_id)
    WHERE NOT EXISTS (SELECT FROM app.members m WHERE m.org_id = ${orgId} AND m.member_id = u.member_id)`;
  return rows.map((row) => row.member_id);
}

/** How many were not in it before. All of them are members. */
export async function addToGroup(
  tx: Transaction,
  orgId: string,
  groupId: string,
  memberIds: readonly string[],
): Promise<number> {
  const rows = await tx`INSERT INTO app.group_members (org_id, group_id, member_id)
    SELECT ${orgId}, ${groupId}, u.member_id FROM unnest(${listOf(memberIds)}::text::uuid[]) u (member_id)
    ON CONFLICT DO NOTHING`;
  return rows.count;
}

/** How many were in it before. */
export async function removeFromGroup(
  tx: Transaction,
  orgId: string,
  groupId: string,
  memberIds: readonly string[],
): Promise<number> {
  const rows = await tx`DELETE FROM app.group_members
    WHERE org_id = ${orgId} AND group_id = ${groupId} AND member_id = ANY (${listOf(memberIds)}::text::uuid[])`;
  return rows.count;
}
