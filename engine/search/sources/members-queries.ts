import type { SearchSource } from '../document.ts';
import { idList } from './id-list.ts';

/** Members by name, number and e-mail address; what administrators noted about them is nobody's to find. */
export const members: SearchSource = {
  kind: 'members',
  readers: { organisation: 'members.read', meeting: null, drafts: 'members.read' },
  documents: async (tx, orgId, ids) => tx`
    SELECT m.member_id AS id, m.name AS title, concat_ws(' ', m.number, m.email) AS body, NULL::uuid AS "meetingId",
      m.status AS state, false AS draft, m.created_at AS at, g.locale
    FROM unnest(${idList(ids)}::text::uuid[]) u (id)
    CROSS JOIN LATERAL (SELECT * FROM app.members x WHERE x.org_id = ${orgId} AND x.member_id = u.id OFFSET 0) m
    JOIN app.organisations g ON g.org_id = ${orgId}`,
  ids: async (tx, orgId, after, limit) => {
    const rows = await tx<{ id: string }[]>`
      SELECT m.member_id AS id FROM app.members m
      WHERE m.org_id = ${orgId} AND (${after}::uuid IS NULL OR m.member_id > ${after}::uuid) ORDER BY 1 LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  },
};
