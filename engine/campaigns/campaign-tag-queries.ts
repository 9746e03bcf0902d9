import type { Transaction } from '../db/index.ts';
import type { CampaignTag, TagValues } from './campaign.ts';

/** SQL of the tags of campaigns. */

interface TagRow {
  id: string;
  name: string;
  description: string | null;
  color: string | null;
  ideas: number;
  created_at: Date;
}

function tagOf(row: TagRow): CampaignTag {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    color: row.color,
    ideas: row.ideas,
    createdAt: row.created_at,
  };
}

/** By name; one of them where it is named. */
export async function selectTags(
  tx: Transaction,
  orgId: string,
  campaignId: string,
  tagId: string | null,
): Promise<CampaignTag[]> {
  const rows = await tx<TagRow[]>`
    SELECT t.id, t.name, t.description, t.color, t.created_at, coalesce(n.ideas, 0) AS ideas FROM app.campaign_tags t
    LEFT JOIN (SELECT x.tag_id, count(*)::int AS ideas FROM app.idea_tags x JOIN app.ideas i ON i.org_id = x.org_id AND i.id = x.idea_id
      WHERE x.org_id = ${orgId} AND x.campaign_id = ${campaignId} AND i.status NOT IN ('pending', 'rejected')
        ${tagId === null ? tx`` : tx`AND x.tag_id = ${tagId}`} GROUP BY x.tag_id) n ON n.tag_id = t.id
    WHERE t.org_id = ${orgId} AND t.campaign_id = ${campaignId} ${tagId === null ? tx`` : tx`AND t.id = ${tagId}`}
    ORDER BY t.name_key`;
  return rows.map(tagOf);
}

export async function countTags(tx: Transaction, orgId: string, campaignId: string): Promise<number> {
  const [row] = await tx<{ count: number }[]>`SELECT count(*)::int AS count FROM app.campaign_tags
    WHERE org_id = ${orgId} AND campaign_id = ${campaignId}`;
  return row?.count ?? 0;
}

/** False where the campaign has one of this name. */
export async function insertTag(
  tx: Transaction,
  orgId: string,
  campaignId: string,
  tagId: string,
  { name, description, color }: TagValues,
): Promise<boolean> {
  const rows = await tx`INSERT INTO app.campaign_tags (org_id, id, campaign_id, name, description, color)
    VALUES (${orgId}, ${tagId}, ${campaignId}, ${name}, ${description}, ${color})
    ON CONFLICT (org_id, campaign_id, name_key) DO NOTHING`;
  return rows.count === 1;
}

export async function isTagTaken(
  tx: Transaction,
  orgId: string,
  campaignId: string,
  tagId: string,
  name: string,
): Promise<boolean> {
  const rows = await tx`SELECT FROM app.campaign_tags WHERE org_id = ${orgId} AND campaign_id = ${campaignId}
    AND name_key = app.small_letters(${name}) COLLATE "C" AND id <> ${tagId}`;
  return rows.length > 0;
}

export async function updateTag(
  tx: Transaction,
  orgId: string,
  tagId: string,
  { name, description, color }: TagValues,
): Promise<void> {
  await tx`UPDATE app.campaign_tags SET name = ${name}, description = ${description}, color = ${color}
    WHERE org_id = ${orgId} AND id = ${tagId}`;
}

/** Off its ideas, too. False where the campaign has no such tag. */
export async function deleteTag(tx: Transaction, orgId: string, campaignId: string, tagId: string): Promise<boolean> {
  const rows = await tx`DELETE FROM app.campaign_tags
    WHERE org_id = ${orgId} AND campaign_id = ${campaignId} AND id = ${tagId}`;
  return rows.count === 1;
}
