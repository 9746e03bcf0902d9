import { hash, randomUUID } from 'node:crypto';
import type {
  BoardFigures,
  BoardRow,
  CoinBalance,
  CoinReceipt,
  Engine,
  Identity,
  LedgerEntry,
  LedgerLeg,
} from '../../engine/index.ts';
import { accept, type Outcome } from '../../engine/outcome.ts';
import { campaignParams } from '../../protocol/campaigns.ts';
import {
  type AllocationReceiptView,
  allocation,
  allocationReceipt,
  type CoinBalanceView,
  type CoinBoardView,
  coinBalance,
  coinBoard,
  type LedgerEntryView,
  ledgerPage,
  reallocation,
  withdrawal,
} from '../../protocol/coins.ts';
import { pageQuery } from '../../protocol/page.ts';
import { id } from '../../protocol/text.ts';
import { campaignInReach, participantOf } from '../auth/campaign-reach.ts';
import { moveOwnCoins } from '../auth/purse.ts';
import { decline, type Operation, type Origin, operation, replyWith } from './operation.ts';

/** Ideas of a board in one answer: far more than a page shows. */
const BOARD_IDEAS_MAX = 1_000;
const KEY = /^[\x21-\x7e]{1,128}$/;

function receiptAsJson(receipt: CoinReceipt): AllocationReceiptView {
  return {
    request_id: receipt.requestId,
    available_coins: receipt.available,
    allocated_coins: receipt.allocated,
    expended_coins: receipt.expended,
    allocations: receipt.placed.map(({ ideaId, amount }) => ({ idea_id: ideaId, amount })),
  };
}

export function balanceAsJson(balance: CoinBalance): CoinBalanceView {
  return {
    available_coins: balance.available,
    allocated_coins: balance.allocated,
    expended_coins: balance.expended,
    expired_coins: balance.expired,
    updated_at: balance.updatedAt.toISOString(),
    allocations: balance.allocations.map(({ ideaId, amount, isExpended, allocatedAt }) => ({
      idea_id: ideaId,
      amount,
      is_expended: isExpended,
      allocated_at: allocatedAt.toISOString(),
    })),
  };
}

/** The ideas that a board shows, most coins first; level ones in the order of their ids. */
export function mostCoinsFirst(rows: Iterable<BoardRow>): readonly BoardRow[] {
  return [...rows].sort((a, b) => b.coins - a.coins || (a.ideaId < b.ideaId ? -1 : 1)).slice(0, BOARD_IDEAS_MAX);
}

/** The only way in which a board goes out, over HTTP and the socket alike: hidden figures end here. */
export function boardAsJson(
  campaignId: string,
  board: Pick<BoardFigures, 'pos' | 'at' | 'hidden'> & {
    readonly totalCoins: number;
    readonly rows: readonly BoardRow[];
  },
): CoinBoardView {
  const { pos, at, hidden, totalCoins, rows } = board;
  const shown = hidden ? [] : rows;
  return {
    campaign_id: campaignId,
    pos,
    at: at.toISOString(),
    hidden,
    total_coins: hidden ? null : totalCoins,
    ideas: shown.map(({ ideaId, coins, givers, votes }) => ({ idea_id: ideaId, coins, givers, votes })),
  };
}

function legAsJson({ account, ideaId, before, after }: LedgerLeg): LedgerEntryView['debit'] {
  return { account, idea_id: ideaId, before, after };
}

function entryAsJson(entry: LedgerEntry): LedgerEntryView {
  return {
    request_id: entry.requestId,
    kind: entry.kind,
    amount: entry.amount,
    debit: legAsJson(entry.debit),
    credit: legAsJson(entry.credit),
    created_by: entry.createdBy,
    at: entry.at.toISOString(),
  };
}

/** An id of its own for every Idempotency-Key; a key that is an id is that id. */
function idOfKey(key: string): string {
  const asId = id.safeParse(key);
  if (asId.success) return asId.data;
  const hex = hash('sha256', `coins ${key}`, 'hex');
  // version 8 of RFC 9562: made by a hash of our own
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

interface Asked {
  readonly engine: Engine;
  readonly identity: Identity;
  readonly params: { readonly campaign_id: string };
  readonly origin: Origin;
}

interface Act {
  readonly from: string | null;
  readonly to: string | null;
  readonly amount: number;
  readonly requestId: string | undefined;
}

/** The campaign's id: as it stands in the path, or found by its public name. */
async function idOfCampaign({ engine, identity, params }: Asked): Promise<Outcome<string>> {
  const named = id.safeParse(params.campaign_id);
  if (named.success) return accept(named.data);
  const campaign = await campaignInReach(engine, identity, params.campaign_id);
  return campaign.ok ? accept(campaign.value.id) : campaign;
}

async function move(asked: Asked, { from, to, amount, requestId }: Act) {
  const key = asked.origin.header('idempotency-key');
  if (key !== undefined && !KEY.test(key)) {
    const fields = [
      { path: 'Idempotency-Key', problem: 'is not 1 to 128 printable characters without blanks' },
    ] as const;
    return decline('invalid_input', 'The header Idempotency-Key is malformed.', { fields });
  }
  const campaignId = await idOfCampaign(asked);
  if (!campaignId.ok) return campaignId;
  const outcome = await moveOwnCoins(asked.engine, asked.identity, {
    campaignId: campaignId.value,
    requestId: requestId ?? (key === undefined ? randomUUID() : idOfKey(key)),
    from,
    to,
    amount,
  });
  return replyWith(outcome, (receipt) => ({ status: 200, body: receiptAsJson(receipt) }));
}

const ONCE =
  'Answered once it is on disk. Send it again with the same request_id (or, without one, the same Idempotency-Key) whenever ' +
  'you did not hear an answer: it is done once.';
const moving = {
  method: 'post',
  tag: 'Coins',
  permission: 'coins.move',
  params: campaignParams,
  namedByKey: true,
  success: { 200: { description: 'It is done, on disk.', schema: allocationReceipt } },
} as const;
const refusals = [
  'campaign_unknown',
  'campaign_not_started',
  'campaign_ended',
  'coins_short',
  'amount_zero',
  'amount_negative',
  'amount_fractional',
  'purse_busy',
  'votes_broken',
  'coins_expired',
  'idea_unknown',
  'over_quota',
  'overloaded',
  'database_away',
  'outcome_unknown',
] as const;

const allocate = operation({
  ...moving,
  id: 'allocateCoins',
  path: '/v1/campaigns/{campaign_id}/coins/allocate',
  summary: 'Put coins of the own purse on an idea',
  description: ONCE,
  body: allocation,
  failures: [...refusals, 'idea_not_competing', 'idea_accepted'],
  handle: (call) => {
    const { idea_id: to, amount, request_id: requestId } = call.body;
    return move(call, { from: null, to, amount, requestId });
  },
});

const reallocate = operation({
  ...moving,
  id: 'reallocateCoins',
  path: '/v1/campaigns/{campaign_id}/coins/reallocate',
  summary: 'Move own coins from one idea to another',
  description: `${ONCE} Refused where the coin policy does not allow it.`,
  body: reallocation,
  failures: [...refusals, 'idea_not_competing', 'idea_accepted', 'coins_expended', 'coins_fixed'],
  handle: (call) => {
    const { from_idea_id: from, to_idea_id: to, amount, request_id: requestId } = call.body;
    return move(call, { from, to, amount, requestId });
  },
});

const withdraw = operation({
  ...moving,
  id: 'withdrawCoins',
  path: '/v1/campaigns/{campaign_id}/coins/withdraw',
  summary: 'Take own coins back from an idea',
  description: `${ONCE} Refused where the coin policy does not let coins be recycled.`,
  body: withdrawal,
  failures: [...refusals, 'coins_expended', 'coins_fixed'],
  handle: (call) => {
    const { idea_id: from, amount, request_id: requestId } = call.body;
    return move(call, { from, to: null, amount, requestId });
  },
});

const balance = operation({
  id: 'getCoinBalance',
  method: 'get',
  path: '/v1/campaigns/{campaign_id}/coins/balance',
  tag: 'Coins',
  summary: 'Read the own purse',
  description: 'What is available, allocated, expended and expired, and where the own coins lie. Nobody else sees it.',
  permission: 'coins.move',
  params: campaignParams,
  success: { 200: { description: 'The own purse.', schema: coinBalance } },
  failures: ['campaign_unknown'],
  handle: async ({ engine, identity, params }) => {
    const purse = participantOf(identity);
    if (!purse.ok) return purse;
    const campaign = await campaignInReach(engine, identity, params.campaign_id);
    if (!campaign.ok) return campaign;
    const found = await engine.coins.balance(identity.orgId, campaign.value.id, purse.value);
    return replyWith(found, (value) => ({ status: 200, body: balanceAsJson(value) }));
  },
});

const board = operation({
  id: 'getCoinBoard',
  method: 'get',
  path: '/v1/campaigns/{campaign_id}/coins/board',
  tag: 'Coins',
  summary: 'Read the board: coins by idea',
  description: `The ${BOARD_IDEAS_MAX} ideas with most coins. The socket sends what changes (topic board:ID).`,
  permission: 'campaigns.read',
  params: campaignParams,
  success: { 200: { description: 'Coins by idea, and how far they reach.', schema: coinBoard } },
  failures: ['campaign_unknown'],
  handle: async ({ engine, identity, params }) => {
    const campaign = await campaignInReach(engine, identity, params.campaign_id);
    if (!campaign.ok) return campaign;
    const found = await engine.coins.board(identity.orgId, campaign.value.id);
    return replyWith(found, ({ pos, at, hidden, rows }) => {
      let totalCoins = 0;
      for (const { coins } of rows.values()) totalCoins += coins;
      const view = { pos, at, hidden, totalCoins, rows: mostCoinsFirst(rows.values()) };
      return { status: 200, body: boardAsJson(campaign.value.id, view), etag: `${pos}-${hidden}` };
    });
  },
});

const ledger = operation({
  id: 'listCoinLedger',
  method: 'get',
  path: '/v1/campaigns/{campaign_id}/coins/ledger',
  tag: 'Coins',
  summary: 'Read what has happened to the own purse, newest first',
  description: 'Every movement with both its sides: what one account lost another got. Nobody else sees it.',
  permission: 'coins.move',
  params: campaignParams,
  query: pageQuery,
  success: { 200: { description: 'A page of movements.', schema: ledgerPage } },
  failures: ['campaign_unknown'],
  handle: async ({ engine, identity, params, query }) => {
    const purse = participantOf(identity);
    if (!purse.ok) return purse;
    const campaign = await campaignInReach(engine, identity, params.campaign_id);
    if (!campaign.ok) return campaign;
    const found = await engine.coins.ledger(identity.orgId, {
      campaignId: campaign.value.id,
      userId: purse.value,
      ...query,
    });
    return replyWith(found, ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(entryAsJson), next_cursor: nextCursor },
    }));
  },
});

export const coinOperations: readonly Operation[] = [allocate, reallocate, withdraw, balance, board, ledger];
