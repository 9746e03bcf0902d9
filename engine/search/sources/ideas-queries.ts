import type { SearchSource, SourceDocument } from '../document.ts';
import { idList } from './id-list.ts';

interface IdeaRow extends Omit<SourceDocument, 'idea'> {
  readonly campaignId: string;
  readonly tags: readonly string[];
  readonly submitterName: string;
  readonly coinCount: number | null;
  readonly contextId: string | null;
}

/**
 * Ideas of campaigns, as requirement 001 has their document. Whoever reads campaigns finds those that everybody sees. What is
 * pending, rejected, in a draft or in a closed campaign is for its audience alone (Ideas.audience): who proposed it, who manages
 * its campaign, who takes part in a closed one, sponsors where it is a matter of the campaign alone.
 */
export const ideas: SearchSource = {
  kind: 'ideas',
  readers: { organisation: 'campaigns.read', meeting: null, drafts: 'campaigns.read' },
  documents: async (tx, orgId, ids) => {
    const rows = await tx<IdeaRow[]>`
      SELECT i.id, i.title, concat_ws(E'\n', nullif(i.description, ''), nullif(array_to_string(t.tags, ', '), ''), m.name) AS body,
        NULL::uuid AS "meetingId", i.status AS state, false AS draft, i.submitted_at AS at, g.locale,
        to_json(CASE WHEN i.status IN ('pending', 'rejected') THEN ARRAY['managers:' || c.id, 'member:' || i.submitter_id]
          WHEN c.status = 'draft' THEN ARRAY['managers:' || c.id, 'sponsors']
          WHEN c.campaign_type = 'closed' THEN ARRAY['campaign:' || c.id, 'sponsors'] ELSE '{}' END) AS audience,
        i.campaign_id AS "campaignId", to_json(t.tags) AS tags, m.name AS "submitterName", i.context_id AS "contextId",
        CASE WHEN NOT (c.hide_totals AND c.status IN ('draft', 'active')) THEN coalesce(n.coin_count, 0) END::float8 AS "coinCount"
      FROM unnest(${idList(ids)}::text::uuid[]) u (id)
      CROSS JOIN LATERAL (SELECT * FROM app.ideas x WHERE x.org_id = ${orgId} AND x.id = u.id OFFSET 0) i
      CROSS JOIN LATERAL (SELECT * FROM app.campaigns x WHERE x.org_id = ${orgId} AND x.id = i.campaign_id OFFSET 0) c
      CROSS JOIN LATERAL (SELECT x.name FROM app.members x WHERE x.org_id = ${orgId} AND x.member_id = i.submitter_id OFFSET 0) m
      LEFT JOIN LATERAL (SELECT x.coin_count FROM app.idea_totals x WHERE x.org_id = ${orgId} AND x.idea_id = i.id OFFSET 0) n ON true
      CROSS JOIN LATERAL (SELECT ARRAY(SELECT y.name FROM app.idea_tags x JOIN app.campaign_tags y ON y.org_id = x.org_id AND y.id = x.tag_id
        WHERE x.org_id = ${orgId} AND x.idea_id = i.id ORDER BY y.name_key OFFSET 0) AS tags) t
      JOIN app.organisations g ON g.org_id = ${orgId}`;
    return rows.map(({ campaignId, tags, submitterName, coinCount, contextId, ...document }) => ({
      ...document,
      idea: { campaignId, tags, submitterName, coinCount, contextId },
    }));
  },
  ids: async (tx, orgId, after, limit) => {
    const rows = await tx<{ id: string }[]>`
      SELECT i.id FROM app.ideas i
      WHERE i.org_id = ${orgId} AND (${after}::uuid IS NULL OR i.id > ${after}::uuid) ORDER BY 1 LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  },
};
