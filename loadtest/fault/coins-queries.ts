import { hash, randomBytes } from 'node:crypto';
import type postgres from 'postgres';

/** SQL of the coins of a fault run, as superuser of the fault test's own server. */

export interface CoinRules {
  readonly preset: 'ideas' | 'quadratic';
  readonly coins: number;
  readonly reallocation: boolean;
  readonly recycling: boolean;
}

export interface CoinGround {
  readonly orgId: string;
  readonly campaignId: string;
  readonly memberIds: readonly string[];
  readonly ideaIds: readonly string[];
}

/** An active campaign of an organisation of its own. */
export async function insertCoinGround(
  sql: postgres.Sql,
  members: number,
  ideas: number,
  { preset, coins, reallocation, recycling }: CoinRules,
): Promise<CoinGround> {
  const [organisation] = await sql<{ org_id: string }[]>`
    INSERT INTO app.organisations (org_id, name) VALUES (gen_random_uuid(), 'Coins') RETURNING org_id`;
  const { org_id: orgId } = organisation as { org_id: string };
  const [campaign] = await sql<{ id: string }[]>`
    INSERT INTO app.campaigns (org_id, campaign_id, title, campaign_type, preset, created_by)
    VALUES (${orgId}, 'fault-run', 'Fault run', 'open', ${preset}, ${orgId}) RETURNING id`;
  const { id: campaignId } = campaign as { id: string };
  await sql`INSERT INTO app.coin_policies (org_id, campaign_id, initial_allocation, allow_reallocation, allow_recycling)
    VALUES (${orgId}, ${campaignId}, ${coins}, ${reallocation}, ${recycling})`;
  const joined = await sql<{ member_id: string }[]>`
    INSERT INTO app.members (org_id, member_id, number, name, roles, status, weight)
    SELECT ${orgId}, gen_random_uuid(), 'F' || n, 'Member ' || n, '{member}', 'active', 1000000
    FROM generate_series(1, ${members}::integer) n RETURNING member_id`;
  await sql`INSERT INTO app.campaign_members (org_id, campaign_id, user_id, role, state, joined_at)
    SELECT ${orgId}, ${campaignId}, m.member_id, 'member', 'joined', now() FROM app.members m WHERE m.org_id = ${orgId}`;
  const made = await sql<{ id: string }[]>`
    INSERT INTO app.ideas (org_id, campaign_id, submitter_id, title, status)
    SELECT ${orgId}, ${campaignId}, ${joined[0]?.member_id as string}, 'Idea ' || n, 'competing'
    FROM generate_series(1, ${ideas}::integer) n RETURNING id`;
  await sql`SELECT urn.change_campaign(${orgId}, ${campaignId}, 'activate', ${orgId}, false)`;
  const memberIds = joined.map((row) => row.member_id);
  return { orgId, campaignId, memberIds, ideaIds: made.map((row) => row.id) };
}

/** A ticket for a socket of one member, as their page would get it. Throws the database's errors. */
export async function insertTicket(sql: postgres.Sql, orgId: string, memberId: string): Promise<string> {
  const ticket = `pkt_${randomBytes(32).toString('base64url')}`;
  const identity = {
    ...{ kind: 'account', orgId, roles: ['member'], id: memberId, memberId, meetingId: null },
    ...{ sessionId: null, scopes: null, expiresAtMs: null, tokenHashPrefix: '' },
  };
  await sql`INSERT INTO app.socket_tickets (org_id, ticket_hash, identity, expires_at)
    VALUES (${orgId}, ${hash('sha256', ticket, 'buffer')}, ${sql.json(identity)}, clock_timestamp() + interval '30 s')`;
  return ticket;
}

/** One act of a member as the ledger has it. */
export interface LedgerRow {
  readonly holder: string;
  readonly request_id: string;
  readonly kind: string;
  readonly amount: number;
  readonly debit_of: string | null;
  readonly credit_of: string | null;
}

export async function selectActs(sql: postgres.Sql, { orgId, campaignId }: CoinGround): Promise<LedgerRow[]> {
  return sql<LedgerRow[]>`
    SELECT holder, request_id, kind, amount::integer AS amount, debit_of, credit_of FROM app.ledger
    WHERE org_id = ${orgId} AND book = ${campaignId} AND kind IN ('allocate', 'withdraw', 'reallocate')`;
}

export interface PurseRow {
  readonly user_id: string;
  readonly available: number;
  readonly allocated: number;
}

export async function selectPurses(sql: postgres.Sql, { orgId, campaignId }: CoinGround): Promise<PurseRow[]> {
  return sql<PurseRow[]>`
    SELECT user_id, available_coins::integer AS available, allocated_coins::integer AS allocated FROM app.coin_balances
    WHERE org_id = ${orgId} AND campaign_id = ${campaignId}`;
}

/** What the product's own audit finds, in words. */
export async function selectContradictions(sql: postgres.Sql, { orgId, campaignId }: CoinGround): Promise<string[]> {
  const rows = await sql<{ words: string }[]>`
    SELECT format('%s of %s is %s and should be %s', a.what, a.who, a.found, a.expected) AS words
    FROM app.audit_coins(${orgId}, ${campaignId}) a`;
  return rows.map(({ words }) => words);
}
