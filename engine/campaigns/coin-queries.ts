import type { Sql, Transaction } from '../db/index.ts';
import type { BoardRow, CoinBalance, LedgerEntry, LedgerLeg } from './coin.ts';

/** SQL of coins. */

/**
 * Moves the coins of one batch of acts.
 * @param acts hex, 144 characters an act (sql/functions/allocate_coins.sql)
 * @returns one answer an act, joined by commas
 */
export async function allocateCoins(sql: Sql, orgId: string, campaignId: string, acts: string): Promise<string> {
  const [row] = await sql<{ answers: string }[]>`
    SELECT urn.allocate_coins(${orgId}, ${campaignId}, ${`\\x${acts}`}::text::bytea) AS answers`;
  return (row as { answers: string }).answers;
}

interface BalanceRow {
  available_coins: bigint;
  allocated_coins: bigint;
  expended_coins: bigint;
  expired_coins: bigint;
  updated_at: Date;
}

/** undefined where the member has no purse in the campaign. */
export async function selectBalance(
  tx: Transaction,
  orgId: string,
  campaignId: string,
  userId: string,
): Promise<CoinBalance | undefined> {
  const [row] = await tx<BalanceRow[]>`
    SELECT available_coins, allocated_coins, expended_coins, expired_coins, updated_at FROM app.coin_balances
    WHERE org_id = ${orgId} AND campaign_id = ${campaignId} AND user_id = ${userId}`;
  if (row === undefined) return undefined;
  const placed = await tx<{ idea_id: string; amount: bigint; is_expended: boolean; allocated_at: Date }[]>`
    SELECT idea_id, amount, is_expended, allocated_at FROM app.coin_allocations
    WHERE org_id = ${orgId} AND campaign_id = ${campaignId} AND user_id = ${userId} AND amount > 0
    ORDER BY allocated_at, idea_id`;
  return {
    available: Number(row.available_coins),
    allocated: Number(row.allocated_coins),
    expended: Number(row.expended_coins),
    expired: Number(row.expired_coins),
    updatedAt: row.updated_at,
    allocations: placed.map((each) => ({
      ideaId: each.idea_id,
      amount: Number(each.amount),
      isExpended: each.is_expended,
      allocatedAt: each.allocated_at,
    })),
  };
}

interface LedgerRow {
  request_id: string;
  kind: LedgerEntry['kind'];
  amount: bigint;
  debit: LedgerLeg['account'];
  debit_of: string | null;
  debit_before: bigint;
  debit_after: bigint;
  credit: LedgerLeg['account'];
  credit_of: string | null;
  credit_before: bigint;
  credit_after: bigint;
  created_by: string;
  at: Date;
}

function legOf(account: LedgerLeg['account'], ideaId: string | null, before: bigint, after: bigint): LedgerLeg {
  return { account, ideaId, before: Number(before), after: Number(after) };
}

/**
 * What has happened to one purse, newest first.
 * @param cursor request id of the last row before; null: from the newest
 */
export async function selectLedger(
  tx: Transaction,
  orgId: string,
  { campaignId, userId, cursor, limit }: { campaignId: string; userId: string; cursor: string | null; limit: number },
): Promise<LedgerEntry[]> {
  const rows = await tx<LedgerRow[]>`
    SELECT request_id, kind, amount, debit, debit_of, debit_before, debit_after, credit, credit_of, credit_before, credit_after,
      created_by, at
    FROM app.ledger
    WHERE org_id = ${orgId} AND book = ${campaignId} AND holder = ${userId} AND (${cursor}::uuid IS NULL OR (at, request_id) <
      (SELECT c.at, c.request_id FROM app.ledger c
       WHERE c.org_id = ${orgId} AND c.book = ${campaignId} AND c.holder = ${userId} AND c.request_id = ${cursor}::uuid))
    ORDER BY at DESC, request_id DESC LIMIT ${limit}`;
  return rows.map((row) => ({
    requestId: row.request_id,
    kind: row.kind,
    amount: Number(row.amount),
    debit: legOf(row.debit, row.debit_of, row.debit_before, row.debit_after),
    credit: legOf(row.credit, row.credit_of, row.credit_before, row.credit_after),
    createdBy: row.created_by,
    at: row.at,
  }));
}

/** The board as it stands: a row an idea that has coins, and the log position that all of it is exact to. */
export async function selectBoard(
  sql: Sql,
  orgId: string,
  campaignId: string,
): Promise<{ readonly pos: number; readonly rows: readonly BoardRow[] }> {
  const rows = await sql<
    { pos: bigint; idea_id: string | null; coins: bigint; givers: bigint; votes: bigint }[]
  >`SELECT pos, idea_id, coins, givers, votes FROM urn.coin_board(${orgId}, ${campaignId})`;
  return {
    pos: Number(rows[0]?.pos ?? 0),
    rows: rows.flatMap(({ idea_id: ideaId, coins, givers, votes }) =>
      ideaId === null ? [] : [{ ideaId, coins: Number(coins), givers: Number(givers), votes: Number(votes) }],
    ),
  };
}

/** Whether the totals of a campaign are shown to nobody now; of one that is not there: they are not. */
export async function selectHidden(tx: Transaction, orgId: string, campaignId: string): Promise<boolean> {
  const [row] = await tx<{ hidden: boolean }[]>`
    SELECT hide_totals AND status IN ('draft', 'active') AS hidden FROM app.campaigns
    WHERE org_id = ${orgId} AND id = ${campaignId}`;
  return row?.hidden ?? true;
}

/** What contradicts each other in ledger, purses, allocations and log; nothing where all is well. */
export async function selectContradictions(
  tx: Transaction,
  orgId: string,
  campaignId: string,
): Promise<{ what: string; who: string | null; expected: bigint; found: bigint }[]> {
  return tx`SELECT what, who, expected, found FROM app.audit_coins(${orgId}, ${campaignId})`;
}
