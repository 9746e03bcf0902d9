import type { Sql, Transaction } from '../db/index.ts';

/** SQL that reads what news of campaigns and ideas are about. */

export interface CampaignNews {
  readonly title: string;
  readonly campaign_id: string;
  readonly status: string;
  readonly start_date: Date | null;
  readonly end_date: Date | null;
  /** somebody is invited and not in yet */
  readonly awaits: boolean;
}

export async function selectCampaignNews(
  tx: Transaction,
  orgId: string,
  campaign: string,
): Promise<CampaignNews | undefined> {
  const [row] = await tx<CampaignNews[]>`
    SELECT c.title, c.campaign_id, c.status, c.start_date, c.end_date, EXISTS (SELECT FROM app.campaign_members m
      WHERE m.org_id = c.org_id AND m.campaign_id = c.id AND m.state = 'invited') AS awaits
    FROM app.campaigns c WHERE c.org_id = ${orgId} AND c.id = ${campaign}`;
  return row;
}

export async function selectPart(
  tx: Transaction,
  orgId: string,
  campaign: string,
  user: string,
): Promise<{ readonly name: string; readonly state: string } | undefined> {
  const [row] = await tx<{ name: string; state: string }[]>`
    SELECT m.name, c.state FROM app.campaign_members c JOIN app.members m ON m.org_id = c.org_id AND m.member_id = c.user_id
    WHERE c.org_id = ${orgId} AND c.campaign_id = ${campaign} AND c.user_id = ${user}`;
  return row;
}

/** The last event by which somebody asked to join; its name begins as given. */
export async function selectRequest(
  tx: Transaction,
  orgId: string,
  campaign: string,
  begins: string,
): Promise<string | undefined> {
  const [row] = await tx<{ event: string }[]>`
    SELECT event FROM app.notification_events
    WHERE org_id = ${orgId} AND subject = ${campaign} AND kind = 'campaign.request' AND starts_with(event, ${begins})
    ORDER BY created_at DESC LIMIT 1`;
  return row?.event;
}

export interface IdeaNews extends CampaignNews {
  readonly idea: string;
  readonly submitter_id: string;
  readonly rejected_reason: string | null;
  readonly idea_status: string;
  readonly hides_totals: boolean;
}

export async function selectIdeaNews(tx: Transaction, orgId: string, idea: string): Promise<IdeaNews | undefined> {
  const [row] = await tx<IdeaNews[]>`
    SELECT c.title, c.campaign_id, c.status, c.start_date, c.end_date, false AS awaits, i.title AS idea, i.submitter_id,
      i.rejected_reason, i.status AS idea_status, c.hide_totals AND c.status IN ('draft', 'active') AS hides_totals
    FROM app.ideas i JOIN app.campaigns c ON c.org_id = i.org_id AND c.id = i.campaign_id
    WHERE i.org_id = ${orgId} AND i.id = ${idea}`;
  return row;
}

/** Of a comment that stands. */
export async function selectCommentAuthor(
  tx: Transaction,
  orgId: string,
  comment: string,
): Promise<string | undefined> {
  const [row] = await tx<{ name: string }[]>`
    SELECT m.name FROM app.idea_comments c JOIN app.members m ON m.org_id = c.org_id AND m.member_id = c.author_id
    WHERE c.org_id = ${orgId} AND c.id = ${comment} AND c.removed_at IS NULL`;
  return row?.name;
}

/** What an idea got since the last time; undefined where somebody else has just told it. */
export async function settleUntoldCoins(
  tx: Transaction,
  orgId: string,
  idea: string,
): Promise<{ readonly count: number; readonly at: Date } | undefined> {
  const [row] = await tx<{ untold_coins: bigint; told_at: Date }[]>`
    WITH due AS (SELECT t.idea_id, t.untold_coins FROM app.idea_totals t
      WHERE t.org_id = ${orgId} AND t.idea_id = ${idea} AND t.tell_at <= clock_timestamp() FOR NO KEY UPDATE)
    UPDATE app.idea_totals t SET untold_coins = 0, tell_at = NULL,
      told_at = CASE WHEN d.untold_coins > 0 THEN clock_timestamp() ELSE t.told_at END
    FROM due d WHERE t.org_id = ${orgId} AND t.idea_id = d.idea_id
    RETURNING d.untold_coins, coalesce(t.told_at, clock_timestamp()) AS told_at`;
  return row && { count: Number(row.untold_coins), at: row.told_at };
}

/** Over all organisations. */
export async function campaignsToRemind(
  sql: Sql,
  mostMs: number,
  leastMs: number,
  limit: number,
): Promise<{ readonly orgId: string; readonly id: string; readonly change: 'soon' | 'ending' }[]> {
  const rows = await sql<{ org_id: string; id: string; change: 'soon' | 'ending' }[]>`
    SELECT org_id, id, change FROM door.campaigns_to_remind(${mostMs}, ${leastMs}, ${limit})`;
  return rows.map(({ org_id: orgId, ...row }) => ({ orgId, ...row }));
}

/** Ideas whose submitters are to be told of coins now, over all organisations. */
export async function coinsToTell(
  sql: Sql,
  limit: number,
): Promise<{ readonly orgId: string; readonly ideaId: string }[]> {
  const rows = await sql<{ org_id: string; idea_id: string }[]>`
    SELECT org_id, idea_id FROM door.coins_to_tell(${limit})`;
  return rows.map(({ org_id: orgId, idea_id: ideaId }) => ({ orgId, ideaId }));
}
