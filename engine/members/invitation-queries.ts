import type { Sql, Transaction } from '../db/index.ts';
import type { Invitation, InvitationQuery, InvitationState, InvitationsMade, NewInvitations } from './invitation.ts';
import type { MemberStatus } from './member.ts';
import { listOf, memberConditions } from './queries.ts';

/** SQL of invitations. */

interface InvitationRow {
  invitation_id: string;
  member_id: string;
  campaign: string;
  email: string;
  state: InvitationState;
  sent: number;
  created_at: Date;
  expires_at: Date;
  used_at: Date | null;
  revoked_at: Date | null;
}

function invitationOf(row: InvitationRow): Invitation {
  return {
    invitationId: row.invitation_id,
    memberId: row.member_id,
    campaign: row.campaign,
    email: row.email,
    state: row.state,
    sent: row.sent,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    revokedAt: row.revoked_at,
  };
}

/** State of an invitation `i`. */
function stateOf(tx: Transaction) {
  return tx`CASE WHEN i.used_at IS NOT NULL THEN 'used' WHEN i.revoked_at IS NOT NULL THEN 'revoked'
    WHEN i.expires_at <= clock_timestamp() THEN 'expired' ELSE 'open' END`;
}

function invitationColumns(tx: Transaction) {
  return tx`i.invitation_id, i.member_id, i.campaign, i.email, ${stateOf(tx)} AS state, i.sent, i.created_at, i.expires_at,
    i.used_at, i.revoked_at`;
}

/** Who is meant: members `m`. */
function meant(tx: Transaction, orgId: string, { members, group, status }: NewInvitations) {
  return tx`m.org_id = ${orgId} ${memberConditions(tx, { group, status })}
    ${members === undefined ? tx`` : tx`AND m.member_id = ANY (${listOf(members)}::text::uuid[])`}`;
}

/** Of those meant, how many cannot or need not be invited, and how many remain; `invited` is not known yet. */
export async function countMeant(
  tx: Transaction,
  orgId: string,
  input: NewInvitations,
): Promise<Omit<InvitationsMade, 'invited'>> {
  const [row] = await tx<Record<'with_account' | 'inactive' | 'no_email' | 'repeated' | 'remaining', number>[]>`
    SELECT count(*) FILTER (WHERE c.what = 'with_account')::int AS with_account,
      count(*) FILTER (WHERE c.what = 'inactive')::int AS inactive, count(*) FILTER (WHERE c.what = 'no_email')::int AS no_email,
      count(*) FILTER (WHERE c.what = 'repeated')::int AS repeated, count(*) FILTER (WHERE c.what = 'remaining')::int AS remaining
    FROM (SELECT CASE WHEN m.status = 'inactive' THEN 'inactive' WHEN m.account_id IS NOT NULL THEN 'with_account'
        WHEN EXISTS (SELECT FROM app.member_invitations i
          WHERE i.org_id = m.org_id AND i.member_id = m.member_id AND i.campaign = ${input.campaign}) THEN 'repeated'
        WHEN m.email IS NULL THEN 'no_email' ELSE 'remaining' END AS what
      FROM app.members m WHERE ${meant(tx, orgId, input)}) c`;
  return {
    withAccount: row?.with_account ?? 0,
    inactive: row?.inactive ?? 0,
    withoutEmail: row?.no_email ?? 0,
    repeated: row?.repeated ?? 0,
    remaining: row?.remaining ?? 0,
  };
}

/** Stands before every member. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

export interface Invitee {
  readonly member_id: string;
  readonly name: string;
  readonly email: string;
}

/** The next of those who remain. Whether they were invited is one index probe each: as a join it is planned at its worst. */
export async function selectInvitees(
  tx: Transaction,
  orgId: string,
  input: NewInvitations,
  after: string | null,
  limit: number,
): Promise<Invitee[]> {
  return tx<Invitee[]>`
    SELECT m.member_id, m.name, m.email FROM app.members m
    WHERE ${meant(tx, orgId, input)} AND m.status <> 'inactive' AND m.account_id IS NULL AND m.email IS NOT NULL
      AND m.member_id > ${after ?? NOBODY}
      AND (SELECT i.invitation_id FROM app.member_invitations i
        WHERE i.org_id = m.org_id AND i.member_id = m.member_id AND i.campaign = ${input.campaign}) IS NULL
    ORDER BY m.member_id LIMIT ${limit}`;
}

export interface NewRow {
  readonly invitation_id: string;
  readonly member_id: string;
  readonly email: string;
  /** SHA-256 of the token, hex */
  readonly token_hash: string;
}

export async function insertInvitations(
  tx: Transaction,
  orgId: string,
  campaign: string,
  rows: readonly NewRow[],
  validMs: number,
): Promise<void> {
  await tx`
    INSERT INTO app.member_invitations (org_id, invitation_id, member_id, campaign, email, token_hash, expires_at)
    SELECT ${orgId}, r.invitation_id, r.member_id, ${campaign}, r.email, decode(r.token_hash, 'hex'),
      clock_timestamp() + make_interval(secs => ${validMs / 1_000})
    FROM jsonb_to_recordset(${tx.json(rows as never)}) r (invitation_id uuid, member_id uuid, email text, token_hash text)`;
}

/** A new token makes the link of the mail before worthless. */
export async function renewInvitation(
  tx: Transaction,
  orgId: string,
  { invitation_id, email, token_hash }: Omit<NewRow, 'member_id'>,
  validMs: number,
): Promise<void> {
  await tx`UPDATE app.member_invitations SET email = ${email}, token_hash = decode(${token_hash}, 'hex'), sent = sent + 1,
      expires_at = clock_timestamp() + make_interval(secs => ${validMs / 1_000})
    WHERE org_id = ${orgId} AND invitation_id = ${invitation_id}`;
}

export async function revokeInvitation(tx: Transaction, orgId: string, invitationId: string): Promise<void> {
  await tx`UPDATE app.member_invitations SET revoked_at = clock_timestamp()
    WHERE org_id = ${orgId} AND invitation_id = ${invitationId} AND revoked_at IS NULL`;
}

/** @param hold for a change */
export async function selectInvitation(
  tx: Transaction,
  orgId: string,
  invitationId: string,
  hold = false,
): Promise<Invitation | undefined> {
  const [row] = await tx<InvitationRow[]>`
    SELECT ${invitationColumns(tx)} FROM app.member_invitations i
    WHERE i.org_id = ${orgId} AND i.invitation_id = ${invitationId} ${hold ? tx`FOR UPDATE` : tx``}`;
  return row && invitationOf(row);
}

/** Newest first; the cursor is the last invitation of the page before. */
export async function selectInvitations(
  tx: Transaction,
  orgId: string,
  { state, member, campaign, cursor }: InvitationQuery,
  limit: number,
): Promise<Invitation[]> {
  const rows = await tx<InvitationRow[]>`
    SELECT ${invitationColumns(tx)} FROM app.member_invitations i
    WHERE i.org_id = ${orgId}
      ${state === undefined ? tx`` : tx`AND ${stateOf(tx)} = ${state}`}
      ${member === undefined ? tx`` : tx`AND i.member_id = ${member}`}
      ${campaign === undefined ? tx`` : tx`AND i.campaign = ${campaign}`}
      ${
        cursor === undefined
          ? tx``
          : tx`AND (i.created_at, i.invitation_id) < (SELECT c.created_at, c.invitation_id FROM app.member_invitations c
              WHERE c.org_id = ${orgId} AND c.invitation_id = ${cursor})`
      }
    ORDER BY i.created_at DESC, i.invitation_id DESC LIMIT ${limit}`;
  return rows.map(invitationOf);
}

export async function findInvitation(
  sql: Sql,
  tokenHash: Buffer,
): Promise<{ org_id: string; invitation_id: string } | undefined> {
  const [row] = await sql<
    { org_id: string; invitation_id: string }[]
  >`SELECT * FROM door.find_invitation(${tokenHash})`;
  return row;
}

export interface Bearer {
  readonly organisation: string;
  readonly name: string;
  readonly status: MemberStatus;
  readonly account_id: string | null;
}

/** The member whom an invitation is for, and the organisation. */
export async function selectBearer(
  tx: Transaction,
  orgId: string,
  memberId: string,
  hold: boolean,
): Promise<Bearer | undefined> {
  const [row] = await tx<Bearer[]>`
    SELECT o.name AS organisation, m.name, m.status, m.account_id FROM app.members m JOIN app.organisations o ON o.org_id = m.org_id
    WHERE m.org_id = ${orgId} AND m.member_id = ${memberId} ${hold ? tx`FOR UPDATE OF m` : tx``}`;
  return row;
}

export async function selectOrganisationName(tx: Transaction, orgId: string): Promise<string> {
  const [row] = await tx<{ name: string }[]>`SELECT name FROM app.organisations WHERE org_id = ${orgId}`;
  return row?.name ?? '';
}

export async function selectAddress(tx: Transaction, orgId: string, memberId: string): Promise<Invitee | undefined> {
  const [row] = await tx<Invitee[]>`SELECT member_id, name, email FROM app.members
    WHERE org_id = ${orgId} AND member_id = ${memberId} AND email IS NOT NULL AND status <> 'inactive'`;
  return row;
}

/**
 * Joins account and member, who is active from now on; what else the member was sent is worthless.
 * @throws SQLSTATE 23505 where the account is another member of the organisation
 */
export async function redeemInvitation(
  tx: Transaction,
  orgId: string,
  { invitationId, memberId }: Invitation,
  accountId: string,
): Promise<void> {
  await tx`UPDATE app.members SET account_id = ${accountId}, changed_at = clock_timestamp(),
      status = CASE status WHEN 'invited' THEN 'active' ELSE status END
    WHERE org_id = ${orgId} AND member_id = ${memberId}`;
  await tx`UPDATE app.member_invitations SET
      used_at = CASE invitation_id WHEN ${invitationId}::uuid THEN clock_timestamp() END,
      used_by = CASE invitation_id WHEN ${invitationId}::uuid THEN ${accountId}::uuid END,
      revoked_at = CASE invitation_id WHEN ${invitationId}::uuid THEN revoked_at ELSE clock_timestamp() END
    WHERE org_id = ${orgId} AND member_id = ${memberId} AND used_at IS NULL AND revoked_at IS NULL`;
}
