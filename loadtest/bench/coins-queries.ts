import { hash, randomBytes } from 'node:crypto';
import type postgres from 'postgres';

/** SQL of the bench of coins, as superuser of its own server. */

type Sql = postgres.Sql;

export interface CampaignRows {
  readonly orgId: string;
  readonly campaignId: string;
  /** members with a purse */
  readonly userIds: readonly string[];
  readonly ideaIds: readonly string[];
}

/** An active campaign: `members` have joined and `ideas` compete; so many coins in each purse. */
export async function insertCampaign(
  sql: Sql,
  orgId: string,
  { members, ideas, coins }: { readonly members: number; readonly ideas: number; readonly coins: number },
): Promise<CampaignRows> {
  const [campaign] = await sql<{ id: string }[]>`
    INSERT INTO app.campaigns (org_id, campaign_id, title, campaign_type, preset, created_by)
    VALUES (${orgId}, 'bench-' || left(gen_random_uuid()::text, 8), 'Bench', 'open', 'ideas', ${orgId}) RETURNING id`;
  const { id: campaignId } = campaign as { id: string };
  await sql`INSERT INTO app.coin_policies (org_id, campaign_id, initial_allocation) VALUES (${orgId}, ${campaignId}, ${coins})`;
  const users = await sql<{ member_id: string }[]>`
    INSERT INTO app.members (org_id, member_id, number, name, roles, status, weight)
    SELECT ${orgId}, gen_random_uuid(), gen_random_uuid()::text, 'Member ' || n, '{member}', 'active', 1000000
    FROM generate_series(1, ${members}::integer) n RETURNING member_id`;
  const userIds = users.map((row) => row.member_id);
  await sql`
    INSERT INTO app.campaign_members (org_id, campaign_id, user_id, role, state, joined_at)
    SELECT ${orgId}, ${campaignId}, u.id, 'member', 'joined', now() FROM unnest(${`{${userIds.join(',')}}`}::text::uuid[]) u (id)`;
  const made = await sql<{ id: string }[]>`
    INSERT INTO app.ideas (org_id, campaign_id, submitter_id, title, status)
    SELECT ${orgId}, ${campaignId}, ${userIds[0] as string}, 'Idea ' || n, 'competing'
    FROM generate_series(1, ${ideas}::integer) n RETURNING id`;
  const [changed] = await sql<{ answer: string }[]>`
    SELECT urn.change_campaign(${orgId}, ${campaignId}, 'activate', ${orgId}, false) AS answer`;
  if (changed?.answer !== 'done') throw new Error(`the campaign was not activated: ${changed?.answer}`);
  return { orgId, campaignId, userIds, ideaIds: made.map((row) => row.id) };
}

/** A ticket for a socket of each member, good for an hour: on a busy machine a thousand hellos take longer than 30 s. */
export async function insertTickets(sql: Sql, { orgId, userIds }: CampaignRows): Promise<string[]> {
  const tickets = userIds.map(() => `pkt_${randomBytes(32).toString('base64url')}`);
  const rows = tickets.map((ticket, i) => {
    const [id, memberId] = [userIds[i], userIds[i]];
    const identity = {
      ...{ kind: 'account', orgId, roles: ['member'], id, memberId, meetingId: null },
      ...{ sessionId: null, scopes: null, expiresAtMs: null, tokenHashPrefix: '' },
    };
    return { hash: hash('sha256', ticket, 'hex'), identity };
  });
  await sql`INSERT INTO app.socket_tickets (org_id, ticket_hash, identity, expires_at)
    SELECT ${orgId}, decode(t.hash, 'hex'), t.identity, clock_timestamp() + interval '1 hour'
    FROM jsonb_to_recordset(${sql.json(rows as never)}) t (hash text, identity jsonb)`;
  return tickets;
}

export interface CoinsStored {
  /** acknowledged and not in the ledger */
  readonly lost: number;
  /** acts in the ledger beyond those that were acknowledged or whose answer never came */
  readonly created: number;
  /** rows that contradict each other (app.audit_coins) */
  readonly contradictions: number;
}

/** Compares acknowledged request ids with the ledger, and the ledger with all else. */
export async function checkCoins(
  sql: Sql,
  { orgId, campaignId }: CampaignRows,
  acknowledged: readonly string[],
  unanswered: number,
): Promise<CoinsStored> {
  const [row] = await sql<{ lost: string; stored: string; contradictions: string }[]>`
    WITH told AS MATERIALIZED (SELECT DISTINCT u.id FROM unnest(${`{${acknowledged.join(',')}}`}::text::uuid[]) u (id)),
    done AS MATERIALIZED (SELECT l.request_id AS id FROM app.ledger l
      WHERE l.org_id = ${orgId} AND l.book = ${campaignId} AND l.kind IN ('allocate', 'withdraw', 'reallocate'))
    SELECT (SELECT count(*) FROM told t WHERE NOT EXISTS (SELECT FROM done d WHERE d.id = t.id)) AS lost,
      (SELECT count(*) FROM done) AS stored,
      (SELECT count(*) FROM app.audit_coins(${orgId}, ${campaignId})) AS contradictions`;
  if (row === undefined) throw new Error('a query of one row answered none');
  const created = Number(row.stored) - (acknowledged.length - Number(row.lost)) - unanswered;
  return { lost: Number(row.lost), created: Math.max(0, created), contradictions: Number(row.contradictions) };
}
