import type { SearchSource } from '../document.ts';
import { idList } from './id-list.ts';

/** Documents of results: the question, who was elected or how it ended, and the rule that decided. */
export const results: SearchSource = {
  kind: 'results',
  readers: { organisation: 'results.read', meeting: 'results.read', drafts: 'results.preview' },
  documents: async (tx, orgId, ids) => tx`
    SELECT e.election_id AS id, e.title, concat_ws(E'\n', replace(r.result #>> '{ruling,outcome}', '_', ' '),
        (SELECT string_agg(o.option ->> 'title', ', ' ORDER BY w.n) FROM jsonb_array_elements_text(r.result #> '{ruling,elected}') WITH ORDINALITY w (id, n)
          JOIN jsonb_array_elements(r.result -> 'options') o (option) ON o.option ->> 'id' = w.id),
        r.result #>> '{ruling,decided_by}') AS body,
      e.meeting_id AS "meetingId", r.result #>> '{ruling,outcome}' AS state, e.state <> 'published' AS draft,
      r.counted_at AS at, g.locale
    FROM unnest(${idList(ids)}::text::uuid[]) u (id)
    CROSS JOIN LATERAL (SELECT * FROM app.results x WHERE x.org_id = ${orgId} AND x.election_id = u.id OFFSET 0) r
    CROSS JOIN LATERAL (SELECT * FROM app.elections x WHERE x.org_id = ${orgId} AND x.election_id = u.id OFFSET 0) e
    JOIN app.organisations g ON g.org_id = ${orgId}
    WHERE e.state IN ('closed', 'published')`,
  ids: async (tx, orgId, after, limit) => {
    const rows = await tx<{ id: string }[]>`
      SELECT r.election_id AS id FROM app.results r
      WHERE r.org_id = ${orgId} AND (${after}::uuid IS NULL OR r.election_id > ${after}::uuid) ORDER BY 1 LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  },
};
