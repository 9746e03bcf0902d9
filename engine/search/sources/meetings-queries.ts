import type { SearchSource } from '../document.ts';
import { idList } from './id-list.ts';

/** Meetings with their agendas. The join code is no word of theirs: whoever finds it could join. */
export const meetings: SearchSource = {
  kind: 'meetings',
  readers: { organisation: 'meetings.list', meeting: 'meetings.read', drafts: 'meetings.list' },
  documents: async (tx, orgId, ids) => tx`
    SELECT m.meeting_id AS id, m.title, coalesce((SELECT string_agg(concat_ws(E'\n', i.title, nullif(i.body, '')), E'\n' ORDER BY i.position, i.item_id)
        FROM app.agenda_items i WHERE i.org_id = m.org_id AND i.meeting_id = m.meeting_id), '') AS body,
      m.meeting_id AS "meetingId", m.state, false AS draft, coalesce(m.starts_at, m.started_at, m.created_at) AS at, g.locale
    FROM unnest(${idList(ids)}::text::uuid[]) u (id)
    CROSS JOIN LATERAL (SELECT * FROM app.meetings x WHERE x.org_id = ${orgId} AND x.meeting_id = u.id OFFSET 0) m
    JOIN app.organisations g ON g.org_id = ${orgId}`,
  ids: async (tx, orgId, after, limit) => {
    const rows = await tx<{ id: string }[]>`
      SELECT m.meeting_id AS id FROM app.meetings m
      WHERE m.org_id = ${orgId} AND (${after}::uuid IS NULL OR m.meeting_id > ${after}::uuid) ORDER BY 1 LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  },
};
