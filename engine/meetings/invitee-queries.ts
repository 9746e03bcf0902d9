import type { Transaction } from '../db/index.ts';

/** SQL of who was invited to a meeting. */

/** Undefined where there is no such group. */
export async function insertInvitees(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  groupId: string | null,
): Promise<{ readonly invited: number; readonly repeated: number } | undefined> {
  const [row] = await tx<{ known: boolean; meant: number; invited: number }[]>`
    WITH meant AS (
      SELECT m.member_id FROM app.members m WHERE m.org_id = ${orgId} AND m.status <> 'inactive'
        AND (${groupId}::uuid IS NULL OR m.member_id IN (
          SELECT g.member_id FROM app.group_members g WHERE g.org_id = ${orgId} AND g.group_id = ${groupId}::uuid))
    ), made AS (
      INSERT INTO app.meeting_invitees (org_id, meeting_id, member_id)
      SELECT ${orgId}, ${meetingId}, member_id FROM meant ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT ${groupId}::uuid IS NULL OR EXISTS (
        SELECT FROM app.groups g WHERE g.org_id = ${orgId} AND g.group_id = ${groupId}::uuid) AS known,
      (SELECT count(*)::int FROM meant) AS meant, (SELECT count(*)::int FROM made) AS invited`;
  const { known, meant, invited } = row as { known: boolean; meant: number; invited: number };
  return known ? { invited, repeated: meant - invited } : undefined;
}
