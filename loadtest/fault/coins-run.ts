import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { type CoinEvidence, isCertainMove, type MoveRecord } from './coins-auditor.ts';
import { type CoinPlan, DEVICES, moveOf, type PlannedMove } from './coins-plan.ts';
import {
  type CoinGround,
  insertCoinGround,
  insertTicket,
  selectActs,
  selectContradictions,
  selectPurses,
} from './coins-queries.ts';
import type { Ground } from './ground.ts';
import { startFaults } from './injection.ts';
import type { Fault } from './plan.ts';
import { RunClient } from './run-client.ts';

const MOVE_DEADLINE_MS = 3_000;
const CERTAINTY_MS = 20_000;
const CERTAINTY_PAUSE_MS = 50;

/** Coins of one run from the first act to the last, with these faults meanwhile: what was told, and what is stored. */
export async function carryOutCoins(
  ground: Ground,
  sql: postgres.Sql,
  plan: CoinPlan,
  faults: readonly Fault[],
): Promise<CoinEvidence> {
  const campaign = await insertCoinGround(sql, plan.members, plan.ideas, plan.rules);
  const clients = await connectAll(ground, sql, campaign, plan);
  try {
    const startMs = performance.now();
    const injected = startFaults(ground, faults, clients);
    const records = await Promise.all(
      plan.moves.map(async (move) => {
        await sleep(Math.max(0, startMs + move.atMs - performance.now()));
        return send(clients, campaign, move, MOVE_DEADLINE_MS);
      }),
    );
    await injected.over();
    await ground.recover();
    records.push(...(await askUntilCertain(clients, campaign, records)));
    return {
      ground: campaign,
      coins: plan.rules.coins,
      records,
      ledger: await selectActs(sql, campaign),
      purses: await selectPurses(sql, campaign),
      contradictions: await selectContradictions(sql, campaign),
    };
  } finally {
    for (const client of clients) client.close();
  }
}

function connectAll({ gateways }: Ground, sql: postgres.Sql, campaign: CoinGround, { sockets }: CoinPlan) {
  const socketUrls = gateways.map(({ socketUrl }) => socketUrl);
  return Promise.all(
    sockets.map((home, i) => {
      const memberId = campaign.memberIds[Math.floor(i / DEVICES)] as string;
      return RunClient.connect({ socketUrls, home, ticket: () => insertTicket(sql, campaign.orgId, memberId) });
    }),
  );
}

async function send(
  clients: readonly RunClient[],
  { campaignId, ideaIds }: CoinGround,
  move: PlannedMove,
  deadlineMs: number,
): Promise<MoveRecord> {
  const client = clients[move.member * DEVICES + move.device] as RunClient;
  return { move, told: await client.moveCoins(campaignId, moveOf(move, ideaIds), move.requestId, deadlineMs) };
}

/**
 * Repeats every act whose fate is not known with its own request id, and every one that was done: a purse that lost nothing
 * answers it again. What was refused stays refused, or a repeat of it might be done now that coins have come back.
 */
async function askUntilCertain(
  clients: readonly RunClient[],
  campaign: CoinGround,
  before: readonly MoveRecord[],
): Promise<MoveRecord[]> {
  const untilMs = performance.now() + CERTAINTY_MS;
  const open = new Map<string, PlannedMove>();
  const contentOf = (move: PlannedMove) => JSON.stringify({ ...move, atMs: 0, device: 0 });
  for (const { move } of before) open.set(contentOf(move), move);
  for (const record of before) {
    if (isCertainMove(record) && record.told.kind === 'refused') open.delete(contentOf(record.move));
  }
  for (const record of before) if (record.told.kind === 'done') open.set(contentOf(record.move), record.move);
  const records: MoveRecord[] = [];
  const ask = async (move: PlannedMove) => {
    for (;;) {
      const record = await send(clients, campaign, { ...move, device: 1 - move.device }, untilMs - performance.now());
      records.push(record);
      if (isCertainMove(record) || performance.now() > untilMs) return;
      await sleep(CERTAINTY_PAUSE_MS);
    }
  };
  await Promise.all([...open.values()].map(ask));
  return records;
}
