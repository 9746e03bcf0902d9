import type { Transaction } from '../db/index.ts';
import type { CampaignMember, CampaignMemberState, CampaignRole, Membership } from './campaign.ts';

/** SQL of who takes part in campaigns. */

/** A uuid[] or text[] of words without commas and quotes that goes in as one text parameter. */
function listOf(words: readonly string[]): string {
  return `{${words.join(',')}}`;
}

interface MemberRow {
  user_id: string;
  name: string;
  role: CampaignRole;
  state: CampaignMemberState;
  invited_at: Date;
  joined_at: Date | null;
}

function memberOf(row: MemberRow): CampaignMember {
  return {
    userId: row.user_id,
    name: row.name,
    role: row.role,
    state: row.state,
    invitedAt: row.invited_at,
    joinedAt: row.joined_at,
  };
}

function memberColumns(tx: Transaction) {
  return tx`c.user_id, m.name, c.role, c.state, c.invited_at, c.joined_at
    FROM app.campaign_members c JOIN app.members m ON m.org_id = c.org_id AND m.member_id = c.user_id`;
}

export async function selectMember(
  tx: Transaction,
  orgId: string,
  id: string,
  userId: string,
): Promise<CampaignMember | undefined> {
  const [row] = await tx<MemberRow[]>`SELECT ${memberColumns(tx)}
    WHERE c.org_id = ${orgId} AND c.campaign_id = ${id} AND c.user_id = ${userId}`;
  return row && memberOf(row);
}

export interface MemberPageQuery {
  readonly state?: CampaignMemberState;
  readonly cursor?: string;
}

/** In the order in which they were invited, asked or joined; the cursor is the last member of the page before. */
export async function selectMembers(
  tx: Transaction,
  orgId: string,
  id: string,
  { state, cursor }: MemberPageQuery,
  limit: number,
): Promise<CampaignMember[]> {
  const rows = await tx<MemberRow[]>`SELECT ${memberColumns(tx)}
    WHERE c.org_id = ${orgId} AND c.campaign_id = ${id} ${state === undefined ? tx`` : tx`AND c.state = ${state}`}
      ${
        cursor === undefined
          ? tx``
          : tx`AND (c.invited_at, c.user_id) > (SELECT l.invited_at, l.user_id FROM app.campaign_members l
              WHERE l.org_id = ${orgId} AND l.campaign_id = ${id} AND l.user_id = ${cursor})`
      }
    ORDER BY c.invited_at, c.user_id LIMIT ${limit}`;
  return rows.map(memberOf);
}

/** The own part, as it stays until the transaction ends; undefined where there is none. */
export async function lockMembership(
  tx: Transaction,
  orgId: string,
  id: string,
  userId: string,
): Promise<Membership | undefined> {
  const [row] = await tx<{ role: CampaignRole; state: CampaignMemberState }[]>`
    SELECT role, state FROM app.campaign_members
    WHERE org_id = ${orgId} AND campaign_id = ${id} AND user_id = ${userId} FOR NO KEY UPDATE`;
  return row && { role: row.role, state: row.state };
}

/** One who comes in at once. */
export async function insertMember(
  tx: Transaction,
  orgId: string,
  id: string,
  userId: string,
  role: CampaignRole,
): Promise<void> {
  await tx`INSERT INTO app.campaign_members (org_id, campaign_id, user_id, role, state, joined_at)
    VALUES (${orgId}, ${id}, ${userId}, ${role}, 'joined', clock_timestamp())`;
}

/** False where the member has a part already: of two at once the second finds the first one's. */
export async function insertPart(
  tx: Transaction,
  orgId: string,
  id: string,
  userId: string,
  state: 'requested' | 'joined',
): Promise<boolean> {
  const rows = await tx`INSERT INTO app.campaign_members (org_id, campaign_id, user_id, role, state, joined_at)
    VALUES (${orgId}, ${id}, ${userId}, 'member', ${state}, CASE ${state} WHEN 'joined' THEN clock_timestamp() END)
    ON CONFLICT DO NOTHING`;
  return rows.count === 1;
}

/** joined_at stays that of the first time. */
export async function updateMember(
  tx: Transaction,
  orgId: string,
  id: string,
  userId: string,
  { role, state }: Membership,
): Promise<void> {
  await tx`UPDATE app.campaign_members SET role = ${role}, state = ${state},
      joined_at = CASE ${state} WHEN 'joined' THEN coalesce(joined_at, clock_timestamp()) ELSE joined_at END
    WHERE org_id = ${orgId} AND campaign_id = ${id} AND user_id = ${userId}`;
}

/** Whether somebody else runs the campaign. */
export async function hasOtherManager(tx: Transaction, orgId: string, id: string, userId: string): Promise<boolean> {
  const rows = await tx`SELECT FROM app.campaign_members WHERE org_id = ${orgId} AND campaign_id = ${id}
    AND state = 'joined' AND role = 'manager' AND user_id <> ${userId} LIMIT 1`;
  return rows.length > 0;
}

/** The members of the organisation that are meant, by their place in the list; inactive ones are none. */
export async function selectInvited(
  tx: Transaction,
  orgId: string,
  invited: readonly { readonly userId: string | null; readonly email: string | null }[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await tx<{ place: number; member_id: string }[]>`
    SELECT i.place::int AS place, m.member_id FROM ROWS FROM (json_to_recordset(${JSON.stringify(invited)}::text::json)
      AS ("userId" uuid, email text)) WITH ORDINALITY i (user_id, email, place)
    CROSS JOIN LATERAL (
      SELECT x.member_id FROM app.members x WHERE x.org_id = ${orgId} AND x.member_id = i.user_id AND x.status <> 'inactive'
      UNION ALL
      SELECT x.member_id FROM app.members x WHERE x.org_id = ${orgId} AND x.email = i.email AND x.status <> 'inactive') m`;
  return new Map(rows.map((row) => [row.place - 1, row.member_id]));
}

export interface Invitation {
  readonly userId: string;
  readonly role: CampaignRole;
}

/**
 * Invites who has no part or has left, admits who has asked; everybody else stays as they are.
 * @returns who was changed, and to what
 */
export async function inviteMembers(
  tx: Transaction,
  orgId: string,
  id: string,
  invited: readonly Invitation[],
  by: string | null,
): Promise<{ readonly userId: string; readonly state: 'invited' | 'joined' }[]> {
  const rows = await tx<{ user_id: string; state: 'invited' | 'joined' }[]>`
    INSERT INTO app.campaign_members AS c (org_id, campaign_id, user_id, role, state, invited_by)
    SELECT ${orgId}, ${id}, i.user_id, i.role, 'invited', ${by}::uuid
      FROM unnest(${listOf(invited.map((each) => each.userId))}::text::uuid[],
        ${listOf(invited.map((each) => each.role))}::text::text[]) i (user_id, role) ORDER BY i.user_id
    ON CONFLICT (org_id, campaign_id, user_id) DO UPDATE SET role = excluded.role, invited_by = excluded.invited_by,
        state = CASE c.state WHEN 'requested' THEN 'joined' ELSE 'invited' END,
        joined_at = CASE c.state WHEN 'requested' THEN coalesce(c.joined_at, clock_timestamp()) ELSE c.joined_at END,
        invited_at = CASE c.state WHEN 'requested' THEN c.invited_at ELSE clock_timestamp() END
      WHERE c.state IN ('requested', 'left')
    RETURNING user_id, state`;
  return rows.map((row) => ({ userId: row.user_id, state: row.state }));
}

/** Opens or closes purses of members who have joined or left; those of a draft are opened when it starts. */
export async function changePurses(
  tx: Transaction,
  orgId: string,
  id: string,
  userIds: readonly string[],
  open: boolean,
  by: string,
): Promise<void> {
  await tx`SELECT urn.change_purses(${orgId}, ${id}, ${listOf(userIds)}::text::uuid[], ${open}, ${by})`;
}

/** One row of the log for each. */
export async function announceMembers(
  tx: Transaction,
  orgId: string,
  id: string,
  by: string,
  changed: readonly { readonly userId: string; readonly state: CampaignMemberState }[],
): Promise<void> {
  await tx`SELECT urn.append_log(${orgId}, ${id}, 'campaign.member', jsonb_build_object('by', ${by}::text, 'user', u.id, 'state', u.state))
    FROM unnest(${listOf(changed.map((each) => each.userId))}::text::uuid[],
      ${listOf(changed.map((each) => each.state))}::text::text[]) u (id, state)`;
}
