import type { SearchSource } from '../document.ts';
import { idList } from './id-list.ts';

/** Elections: the question, what voters should know, and the options. Drafts are for those who prepare or oversee them. */
export const elections: SearchSource = {
  kind: 'elections',
  readers: { organisation: 'elections.read', meeting: 'elections.read', drafts: 'results.preview' },
  documents: async (tx, orgId, ids) => tx`
    SELECT e.election_id AS id, e.title, concat_ws(E'\n', nullif(e.description, ''), (SELECT string_agg(o.option ->> 'title', E'\n' ORDER BY o.n)
        FROM jsonb_array_elements(e.options) WITH ORDINALITY o (option, n))) AS body,
      e.meeting_id AS "meetingId", e.state, e.state = 'draft' OR (e.state = 'cancelled' AND e.opened_at IS NULL) AS draft,
      e.created_at AS at, g.locale
    FROM unnest(${idList(ids)}::text::uuid[]) u (id)
    CROSS JOIN LATERAL (SELECT * FROM app.elections x WHERE x.org_id = ${orgId} AND x.election_id = u.id OFFSET 0) e
    JOIN app.organisations g ON g.org_id = ${orgId}`,
  ids: async (tx, orgId, after, limit) => {
    const rows = await tx<{ id: string }[]>`
      SELECT e.election_id AS id FROM app.elections e
      WHERE e.org_id = ${orgId} AND (${after}::uuid IS NULL OR e.election_id > ${after}::uuid) ORDER BY 1 LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  },
};
