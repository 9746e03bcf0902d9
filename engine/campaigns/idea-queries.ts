import type { Sql, Transaction } from '../db/index.ts';
import type { CampaignSeen, CampaignStatus, CampaignViewer } from './campaign.ts';
import type { EmbeddedIdeas, Idea, IdeaAct, IdeaStatus, IdeaTag, NewIdea } from './idea.ts';

/** SQL of single ideas; lists are in idea-list-queries.ts. */

interface IdeaRow {
  id: string;
  campaign_id: string;
  campaign: string;
  submitter_id: string;
  submitter_name: string;
  title: string;
  description: string;
  status: IdeaStatus;
  tags: IdeaTag[];
  cost: bigint | null;
  coin_count: bigint | null;
  comments: number;
  context_id: string | null;
  permalink_source: string | null;
  rejected_reason: string | null;
  merged_into: string | null;
  submitted_at: Date;
  approved_at: Date | null;
  accepted_at: Date | null;
  started_at: Date | null;
  completed_at: Date | null;
}

function ideaOf(row: IdeaRow): Idea {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    campaign: row.campaign,
    submitterId: row.submitter_id,
    submitterName: row.submitter_name,
    title: row.title,
    description: row.description,
    status: row.status,
    tags: row.tags,
    cost: row.cost === null ? null : Number(row.cost),
    coinCount: row.coin_count === null ? null : Number(row.coin_count),
    comments: row.comments,
    contextId: row.context_id,
    permalinkSource: row.permalink_source,
    rejectedReason: row.rejected_reason,
    mergedInto: row.merged_into,
    submittedAt: row.submitted_at,
    approvedAt: row.approved_at,
    acceptedAt: row.accepted_at,
    startedAt: row.started_at,
    completedAt: row.completed_at,
  };
}

/** Ids as PostgreSQL's array text: no types are fetched for arrays. */
const idList = (ids: readonly string[]) => `{${ids.join(',')}}`;

/** Ideas as they are shown, in the order of `ids`: one index probe each. */
export async function selectIdeas(tx: Transaction, orgId: string, ids: readonly string[]): Promise<Idea[]> {
  const rows = await tx<IdeaRow[]>`
    SELECT i.id, i.campaign_id, c.campaign_id AS campaign, i.submitter_id, m.name AS submitter_name, i.title, i.description, i.status, t.tags,
      i.cost, CASE WHEN NOT (c.hide_totals AND c.status IN ('draft', 'active')) THEN coalesce(n.coin_count, 0) END AS coin_count, coalesce(n.comments, 0) AS comments,
      i.context_id, i.permalink_source, i.rejected_reason, i.merged_into, i.submitted_at, i.approved_at, i.accepted_at, i.started_at, i.completed_at
    FROM unnest(${idList(ids)}::text::uuid[]) WITH ORDINALITY u (id, n)
    CROSS JOIN LATERAL (SELECT * FROM app.ideas x WHERE x.org_id = ${orgId} AND x.id = u.id OFFSET 0) i
    CROSS JOIN LATERAL (SELECT * FROM app.campaigns x WHERE x.org_id = ${orgId} AND x.id = i.campaign_id OFFSET 0) c
    CROSS JOIN LATERAL (SELECT x.name FROM app.members x WHERE x.org_id = ${orgId} AND x.member_id = i.submitter_id OFFSET 0) m
    LEFT JOIN LATERAL (SELECT x.coin_count, x.comments FROM app.idea_totals x WHERE x.org_id = ${orgId} AND x.idea_id = i.id OFFSET 0) n ON true
    CROSS JOIN LATERAL (SELECT coalesce(json_agg(json_build_object('id', y.id, 'name', y.name, 'color', y.color) ORDER BY y.name_key), '[]') AS tags
      FROM app.idea_tags x JOIN app.campaign_tags y ON y.org_id = x.org_id AND y.id = x.tag_id
      WHERE x.org_id = ${orgId} AND x.idea_id = i.id) t
    ORDER BY u.n`;
  return rows.map(ideaOf);
}

export interface IdeaPlace {
  readonly campaignId: string;
  readonly submitterId: string;
  readonly status: IdeaStatus;
}

/** Where an idea is, before it is known who may see it. */
export async function findIdea(tx: Transaction, orgId: string, ideaId: string): Promise<IdeaPlace | undefined> {
  const [row] = await tx<IdeaPlace[]>`
    SELECT i.campaign_id AS "campaignId", i.submitter_id AS "submitterId", i.status FROM app.ideas i
    WHERE i.org_id = ${orgId} AND i.id = ${ideaId}`;
  return row;
}

/** Holds its status and text until the transaction ends. */
export async function lockIdea(tx: Transaction, orgId: string, ideaId: string): Promise<IdeaStatus | undefined> {
  const [row] = await tx<{ status: IdeaStatus }[]>`
    SELECT i.status FROM app.ideas i WHERE i.org_id = ${orgId} AND i.id = ${ideaId} FOR NO KEY UPDATE`;
  return row?.status;
}

/** Keeps a campaign's status as it is until the transaction ends, beside others who do so (sql/functions/campaign_acts.sql). */
export async function holdStatus(
  tx: Transaction,
  orgId: string,
  campaignId: string,
): Promise<{ readonly status: CampaignStatus; readonly isOver: boolean } | undefined> {
  await tx`SELECT pg_advisory_xact_lock_shared(hashtextextended(${campaignId}::uuid::text, 7305))`;
  const [row] = await tx<{ status: CampaignStatus; isOver: boolean }[]>`
    SELECT c.status, c.status NOT IN ('draft', 'active') OR coalesce(c.end_date <= clock_timestamp(), false) AS "isOver"
    FROM app.campaigns c WHERE c.org_id = ${orgId} AND c.id = ${campaignId}`;
  return row;
}

export async function isJoined(tx: Transaction, orgId: string, campaignId: string, userId: string): Promise<boolean> {
  const rows = await tx`SELECT FROM app.campaign_members m
    WHERE m.org_id = ${orgId} AND m.campaign_id = ${campaignId} AND m.user_id = ${userId} AND m.state = 'joined'`;
  return rows.count === 1;
}

/** Those that are none of the campaign's. */
export async function unknownTags(
  tx: Transaction,
  orgId: string,
  campaignId: string,
  tags: readonly string[],
): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    SELECT u.id FROM unnest(${idList(tags)}::text::uuid[]) u (id)
    WHERE NOT EXISTS (SELECT FROM app.campaign_tags t WHERE t.org_id = ${orgId} AND t.campaign_id = ${campaignId} AND t.id = u.id)`;
  return rows.map(({ id }) => id);
}

/** Ideas of this very title that the member sees: whoever has not looked at the search, which is a second behind, is told too. */
export async function selectSameTitle(
  tx: Transaction,
  orgId: string,
  campaignId: string,
  userId: string,
  title: string,
): Promise<{ readonly id: string; readonly title: string; readonly status: IdeaStatus }[]> {
  return tx`
    SELECT i.id, i.title, i.status FROM app.ideas i
    WHERE i.org_id = ${orgId} AND i.campaign_id = ${campaignId} AND i.title_key = app.small_letters(${title})
      AND i.status <> 'rejected' AND (i.status <> 'pending' OR i.submitter_id = ${userId})
    ORDER BY i.submitted_at, i.id LIMIT 5`;
}

export async function insertIdea(
  tx: Transaction,
  orgId: string,
  campaignId: string,
  id: string,
  submitterId: string,
  idea: NewIdea,
): Promise<void> {
  await tx`INSERT INTO app.ideas (org_id, id, campaign_id, submitter_id, title, description, cost, context_id, permalink_source)
    VALUES (${orgId}, ${id}, ${campaignId}, ${submitterId}, ${idea.title}, ${idea.description ?? ''}, ${idea.cost ?? null},
      ${idea.contextId ?? null}, ${idea.permalinkSource ?? null})`;
  await tx`INSERT INTO app.idea_totals (org_id, campaign_id, idea_id) VALUES (${orgId}, ${campaignId}, ${id})`;
}

export async function updateIdea(
  tx: Transaction,
  orgId: string,
  id: string,
  {
    title,
    description,
    cost,
  }: { title?: string | undefined; description?: string | undefined; cost?: number | null | undefined },
): Promise<void> {
  await tx`UPDATE app.ideas SET title = coalesce(${title ?? null}, title), description = coalesce(${description ?? null}, description),
      cost = CASE WHEN ${cost !== undefined} THEN ${cost ?? null}::bigint ELSE cost END
    WHERE org_id = ${orgId} AND id = ${id}`;
}

/** All that it bears from now on. */
export async function setTags(
  tx: Transaction,
  orgId: string,
  campaignId: string,
  id: string,
  tags: readonly string[],
): Promise<void> {
  await tx`DELETE FROM app.idea_tags WHERE org_id = ${orgId} AND idea_id = ${id} AND tag_id <> ALL (${idList(tags)}::text::uuid[])`;
  await tx`INSERT INTO app.idea_tags (org_id, idea_id, campaign_id, tag_id)
    SELECT ${orgId}, ${id}, ${campaignId}, u.id FROM unnest(${idList(tags)}::text::uuid[]) u (id)
    ON CONFLICT (org_id, idea_id, tag_id) DO NOTHING`;
}

/** 'done', 'not_found', 'no_target', 'campaign' or the idea's status that does not allow it. */
export async function changeIdea(
  tx: Transaction,
  orgId: string,
  campaignId: string,
  ideaId: string,
  { act, reason, into }: { readonly act: IdeaAct; readonly reason: string | null; readonly into: string | null },
  by: string,
): Promise<string> {
  const [row] = await tx<{ answer: string }[]>`
    SELECT urn.change_idea(${orgId}, ${campaignId}, ${ideaId}, ${act}, ${reason}, ${into}::uuid, ${by}) AS answer`;
  return (row as { answer: string }).answer;
}

/** What a member belongs to, as documents of the search name their audience. */
export async function selectAudience(tx: Transaction, orgId: string, userId: string): Promise<string[]> {
  const rows = await tx<{ name: string }[]>`
    SELECT 'member:' || ${userId}::uuid AS name
    UNION ALL
    SELECT 'managers:' || m.campaign_id FROM app.campaign_members m
      WHERE m.org_id = ${orgId} AND m.user_id = ${userId} AND m.role = 'manager' AND m.state = 'joined'
    UNION ALL
    SELECT 'campaign:' || m.campaign_id FROM app.campaign_members m
      JOIN app.campaigns c ON c.org_id = m.org_id AND c.id = m.campaign_id AND c.campaign_type = 'closed'
      WHERE m.org_id = ${orgId} AND m.user_id = ${userId} AND m.state IN ('invited', 'joined')`;
  return rows.map(({ name }) => name);
}

/** By the campaign's id alone: nobody has said who asks. undefined where it is not to be shown to anybody. */
export async function selectEmbedded(
  sql: Sql,
  campaignId: string,
  contextId: string | null,
  limit: number,
): Promise<EmbeddedIdeas | undefined> {
  const [row] = await sql<{ found: EmbeddedIdeas | null }[]>`
    SELECT door.embedded_ideas(${campaignId}, ${contextId}, ${limit}) AS found`;
  return row?.found ?? undefined;
}

/** Whether the viewer may see an idea of a campaign that the viewer sees. */
export function isVisible(campaign: CampaignSeen, { memberId }: CampaignViewer, idea: IdeaPlace): boolean {
  const isHidden = idea.status === 'pending' || idea.status === 'rejected';
  return !isHidden || campaign.canManage || (memberId !== null && idea.submitterId === memberId);
}
