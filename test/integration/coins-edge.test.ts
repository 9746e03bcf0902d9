import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { PsephosClient } from '../../client/index.ts';
import { allocationReceipt, coinBalance, coinBoard, ledgerPage } from '../../protocol/coins.ts';
import { socketOperations, topicMessages } from '../../protocol/frames.ts';
import { TestCampaign, TestCampaigns, type TestPolicy } from '../harness/campaign.ts';
import { accepted } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { serveMeetings } from './meeting-server.ts';

const database = await freshDatabase();
const served = await serveMeetings(database);
const campaigns = new TestCampaigns(database.ownerUrl);
const { app, superuser } = campaigns;
afterAll(() => campaigns.close());
const ada = await served.newMember('Ada');
const grace = await served.newMember('Grace');

/** An active campaign in which Ada and Grace take part, with two ideas that compete. */
async function active({ preset = 'ideas', policy = {} as TestPolicy, members = [ada, grace] } = {}) {
  const campaign = new TestCampaign(app, superuser, served.orgId);
  await campaign.make(0, preset, policy);
  await campaign.enter(members.map(({ memberId }) => memberId));
  const [a, b] = [await campaign.idea(ada.memberId), await campaign.idea(ada.memberId)];
  expect(await campaign.change('activate')).toBe('done');
  const ask = (way: string, body?: unknown, as = ada.token) =>
    served.call(body === undefined ? 'GET' : 'POST', `/v1/campaigns/${campaign.id}/coins/${way}`, { as, body });
  return { campaign, a, b, ask };
}

describe('over HTTP', () => {
  test('coins are given, moved and taken back; balance, board and ledger agree with what was answered', async () => {
    const { campaign, a, b, ask } = await active();
    const given = await ask('allocate', { idea_id: a, amount: 30 });
    expect(given.status).toBe(200);
    expect(allocationReceipt.parse(given.json)).toMatchObject({
      available_coins: 70,
      allocated_coins: 30,
      expended_coins: 0,
      allocations: [{ idea_id: a, amount: 30 }],
    });
    const moved = await ask('reallocate', { from_idea_id: a, to_idea_id: b, amount: 10 });
    expect(moved.json.allocations).toEqual([
      { idea_id: a, amount: 20 },
      { idea_id: b, amount: 10 },
    ]);
    const back = await ask('withdraw', { idea_id: b, amount: 10 });
    expect(back.json).toMatchObject({ available_coins: 80, allocations: [{ idea_id: b, amount: 0 }] });
    const balance = coinBalance.parse((await ask('balance')).json);
    expect(balance).toMatchObject({ available_coins: 80, allocated_coins: 20, expired_coins: 0 });
    expect(balance.allocations).toMatchObject([{ idea_id: a, amount: 20, is_expended: false }]);
    const board = coinBoard.parse((await ask('board', undefined, grace.token)).json);
    expect(board).toMatchObject({ campaign_id: campaign.id, hidden: false, total_coins: 20 });
    expect(board.ideas).toEqual([{ idea_id: a, coins: 20, givers: 1, votes: 4 }]);
    const ledger = ledgerPage.parse((await ask('ledger')).json);
    expect(ledger.items.map(({ kind, amount }) => `${kind} ${amount}`)).toEqual([
      'withdraw 10',
      'reallocate 10',
      'allocate 30',
      'initial 100',
    ]);
    expect(ledger.items[1]).toMatchObject({
      request_id: moved.json.request_id,
      debit: { account: 'allocated', idea_id: a, before: 30, after: 20 },
      credit: { account: 'allocated', idea_id: b, before: 0, after: 10 },
      created_by: ada.memberId,
    });
    const first = ledgerPage.parse((await ask('ledger?limit=3')).json);
    const rest = ledgerPage.parse((await ask(`ledger?limit=3&cursor=${first.next_cursor}`)).json);
    expect([...first.items, ...rest.items]).toEqual(ledger.items);
    expect(rest.next_cursor).toBeNull();
    expect(await campaign.contradictions()).toEqual([]);
  });

  test('the same act again is done once, by its request_id or its Idempotency-Key; another under its name is refused', async () => {
    const { campaign, a, b, ask } = await active();
    const request_id = randomUUID();
    const first = await ask('allocate', { idea_id: a, amount: 5, request_id });
    expect((await ask('allocate', { idea_id: a, amount: 5, request_id })).json).toEqual(first.json);
    const other = await ask('allocate', { idea_id: b, amount: 5, request_id });
    expect(other).toMatchObject({ status: 409, json: { error_code: 'CONFLICT_001' } });
    expect(other.json.details.reason).toBe('request_reused');
    const byKey = (amount: number) =>
      served.call('POST', `/v1/campaigns/${campaign.id}/coins/allocate`, {
        as: ada.token,
        body: { idea_id: a, amount },
        headers: { 'idempotency-key': 'tap-17' },
      });
    const answers = await Promise.all([byKey(7), byKey(7), byKey(7)]);
    // whoever meets another one on its way is told that the purse is busy
    const [done, busy] = [200, 423].map((wanted) => answers.filter(({ status }) => status === wanted));
    expect((done?.length ?? 0) + (busy?.length ?? 0)).toBe(3);
    for (const { json } of busy ?? []) expect(json.error_code).toBe('COIN_007');
    expect(new Set([await byKey(7), ...(done ?? [])].map(({ json }) => json.request_id)).size).toBe(1);
    expect((await byKey(8)).status).toBe(409);
    expect((await ask('balance')).json.available_coins).toBe(88);
    expect(await campaign.contradictions()).toEqual([]);
  });

  test('each refusal has its own code and status, and no coin moves', async () => {
    const { campaign, a, b, ask } = await active({ policy: { allow_reallocation: false, allow_recycling: false } });
    const pending = await campaign.idea(ada.memberId, 'pending');
    const chosen = await campaign.idea(ada.memberId);
    await ask('allocate', { idea_id: chosen, amount: 5 });
    expect(await campaign.decide(chosen, 'accept')).toBe('done');
    await ask('allocate', { idea_id: a, amount: 10 });
    const nothing = randomUUID();
    const cases: [string, object, number, string][] = [
      ['allocate', { idea_id: a, amount: 0 }, 422, 'COIN_003'],
      ['allocate', { idea_id: a, amount: -1 }, 422, 'COIN_004'],
      ['allocate', { idea_id: a, amount: 0.5 }, 422, 'COIN_005'],
      ['allocate', { idea_id: a, amount: 86 }, 400, 'COIN_001'],
      ['allocate', { idea_id: nothing, amount: 1 }, 404, 'IDEA_001'],
      ['allocate', { idea_id: pending, amount: 1 }, 400, 'IDEA_003'],
      ['allocate', { idea_id: chosen, amount: 1 }, 400, 'IDEA_004'],
      ['allocate', { idea_id: a, amount: '1' }, 422, 'VALIDATION_001'],
      ['allocate', { idea_id: a }, 422, 'VALIDATION_001'],
      ['reallocate', { from_idea_id: a, to_idea_id: b, amount: 1 }, 400, 'COIN_006'],
      ['reallocate', { from_idea_id: chosen, to_idea_id: a, amount: 1 }, 400, 'COIN_002'],
      ['reallocate', { from_idea_id: a, to_idea_id: a, amount: 1 }, 422, 'VALIDATION_001'],
      ['withdraw', { idea_id: a, amount: 1 }, 400, 'COIN_006'],
      ['withdraw', { idea_id: chosen, amount: 1 }, 400, 'COIN_002'],
    ];
    for (const [way, body, status, code] of cases) {
      const answer = await ask(way, body);
      expect([way, body, answer.status, answer.json.error_code]).toEqual([way, body, status, code]);
    }
    expect((await ask('balance')).json).toMatchObject({ available_coins: 85, allocated_coins: 10, expended_coins: 5 });
    expect(await campaign.change('complete')).toBe('done');
    expect((await ask('allocate', { idea_id: a, amount: 1 })).json.error_code).toBe('CAMPAIGN_004');
    const draft = new TestCampaign(app, superuser, served.orgId);
    await draft.make(0);
    await draft.enter([ada.memberId]);
    const early = await served.call('POST', `/v1/campaigns/${draft.id}/coins/allocate`, {
      as: ada.token,
      body: { idea_id: a, amount: 1 },
    });
    expect([early.status, early.json.error_code]).toEqual([404, 'CAMPAIGN_001']); // a member sees no drafts
    const quadratic = await active({ preset: 'quadratic' });
    const broken = await quadratic.ask('allocate', { idea_id: quadratic.a, amount: 3 });
    expect(broken.json).toMatchObject({ error_code: 'COIN_008', details: { squares: [1, 4] } });
    const soon = new Date(Date.now() + 3_600_000);
    const expiring = await active({ policy: { coin_expiry: 'at', coins_expire_at: soon } });
    await superuser`UPDATE app.coin_policies SET coins_expire_at = now() - interval '1 s' WHERE campaign_id = ${expiring.campaign.id}`;
    expect((await expiring.ask('allocate', { idea_id: expiring.a, amount: 1 })).json.error_code).toBe('COIN_009');
    expect(await campaign.contradictions()).toEqual([]);
  });

  test('a key has no purse, a stranger none here, and a campaign that one may not see is not there', async () => {
    const { campaign, a, ask } = await active({ members: [ada] });
    const admin = await served.key('admin');
    const byKey = await ask('allocate', { idea_id: a, amount: 1 }, admin);
    expect(byKey).toMatchObject({ status: 403, json: { error_code: 'AUTH_002', details: { reason: 'no_member' } } });
    expect((await ask('balance', undefined, admin)).json.details.reason).toBe('no_member');
    const stranger = await ask('allocate', { idea_id: a, amount: 1 }, grace.token);
    expect(stranger).toMatchObject({
      status: 403,
      json: { error_code: 'AUTH_002', details: { reason: 'not_joined' } },
    });
    expect((await ask('balance', undefined, grace.token)).json.details.reason).toBe('not_joined');
    await superuser`UPDATE app.campaigns SET campaign_type = 'closed' WHERE id = ${campaign.id}`;
    const unknown = await served.call('POST', `/v1/campaigns/${randomUUID()}/coins/allocate`, {
      as: grace.token,
      body: { idea_id: a, amount: 1 },
    });
    const unseen = await ask('allocate', { idea_id: a, amount: 1 }, grace.token);
    for (const { status, json } of [unknown, unseen]) expect([status, json.error_code]).toEqual([404, 'CAMPAIGN_001']);
    expect(unseen.json.message).toBe(unknown.json.message);
    for (const way of ['balance', 'board', 'ledger']) expect((await ask(way, undefined, grace.token)).status).toBe(404);
  });

  test('a campaign is found by its public name as well', async () => {
    const { campaign, a } = await active();
    const [row] = await superuser<
      { name: string }[]
    >`SELECT campaign_id AS name FROM app.campaigns WHERE id = ${campaign.id}`;
    const path = `/v1/campaigns/${row?.name}/coins`;
    const given = await served.call('POST', `${path}/allocate`, { as: ada.token, body: { idea_id: a, amount: 4 } });
    expect(given.json.available_coins).toBe(96);
    expect((await served.call('GET', `${path}/board`, { as: ada.token })).json.total_coins).toBe(4);
  });
});

test('the client: each act bears one request id, and the same id again is the same act', async () => {
  const { campaign, a, b } = await active();
  const client = await PsephosClient.connect({ httpUrl: served.httpUrl, auth: { sessionToken: ada.token } });
  try {
    const given = await client.allocate(campaign.id, a, 9);
    expect(given).toMatchObject({
      ok: true,
      attempts: 1,
      receipt: { request_id: given.requestId, available_coins: 91 },
    });
    const again = await client.allocate(campaign.id, a, 9, { requestId: given.requestId });
    expect(again).toMatchObject({ ok: true, requestId: given.requestId, receipt: { available_coins: 91 } });
    expect(await client.reallocate(campaign.id, a, b, 4)).toMatchObject({ ok: true });
    expect(await client.withdraw(campaign.id, b, 1)).toMatchObject({ ok: true, receipt: { available_coins: 92 } });
    const short = await client.withdraw(campaign.id, b, 50);
    expect(short).toMatchObject({
      ok: false,
      code: 'COIN_001',
      unknown: false,
      attempts: 1,
      details: { available: 3 },
    });
    expect(await client.balance(campaign.id)).toMatchObject({ available_coins: 92, allocated_coins: 8 });
    const overHttp = await client.http?.moveCoinsOnce(
      campaign.id,
      { op: 'allocate', idea_id: a, amount: 9 },
      given.requestId,
      5_000,
    );
    expect(overHttp).toMatchObject({ request_id: given.requestId, available_coins: 92 });
  } finally {
    client.close();
  }
  expect(await campaign.contradictions()).toEqual([]);
});

describe('over the socket', () => {
  test('allocate, reallocate, withdraw and balance answer as HTTP does', async () => {
    const { campaign, a, b } = await active();
    const socket = await served.socketOf(ada.token);
    const ask = async (op: 'allocate' | 'reallocate' | 'withdraw' | 'balance', fields: object = {}) => {
      const reply = await socket.ask({ id: randomUUID(), op, campaign: campaign.id, ...fields });
      if (reply.ok) expect(socketOperations[op].reply.safeParse(reply).error).toBeUndefined();
      return reply;
    };
    const request_id = randomUUID();
    expect(await ask('allocate', { idea_id: a, amount: 9, request_id })).toMatchObject({
      request_id,
      available_coins: 91,
    });
    expect(await ask('allocate', { idea_id: a, amount: 9, request_id })).toMatchObject({ available_coins: 91 });
    expect(await ask('reallocate', { from_idea_id: a, to_idea_id: b, amount: 4 })).toMatchObject({
      allocations: [
        { idea_id: a, amount: 5 },
        { idea_id: b, amount: 4 },
      ],
    });
    expect(await ask('withdraw', { idea_id: b, amount: 1 })).toMatchObject({ available_coins: 92, allocated_coins: 8 });
    expect(await ask('balance')).toMatchObject({ available_coins: 92, allocated_coins: 8, expended_coins: 0 });
    const codeOf = async (op: Parameters<typeof ask>[0], fields: object) => (await ask(op, fields)).error?.code;
    expect(await codeOf('allocate', { idea_id: a, amount: 0 })).toBe('COIN_003');
    expect(await codeOf('allocate', { idea_id: a, amount: 93 })).toBe('COIN_001');
    expect(await codeOf('reallocate', { from_idea_id: a, to_idea_id: a, amount: 1 })).toBe('VALIDATION_001');
    expect(await codeOf('withdraw', { idea_id: randomUUID(), amount: 1 })).toBe('IDEA_001');
    expect(await campaign.contradictions()).toEqual([]);
  });

  test('the board: a snapshot, then only what changed, each with its position; the campaign: events without figures', async () => {
    const { campaign, a, b, ask } = await active();
    await ask('allocate', { idea_id: a, amount: 10 });
    const socket = await served.socketOf(grace.token);
    const board = `board:${campaign.id}`;
    const events = `campaign:${campaign.id}`;
    expect(await socket.ask({ id: 1, op: 'subscribe', topic: board })).toMatchObject({ ok: true, mode: 'snapshot' });
    const snapshot = topicMessages.boardSnapshot.parse(await socket.until((frame) => frame.topic === board));
    expect(snapshot.data).toMatchObject({ hidden: false, total_coins: 10, ideas: [{ idea_id: a, coins: 10 }] });
    expect(await socket.ask({ id: 2, op: 'subscribe', topic: events })).toMatchObject({ ok: true });
    const state = topicMessages.campaignSnapshot.parse(await socket.until((frame) => frame.topic === events));
    expect(state.data.campaign).toMatchObject({ id: campaign.id, membership: null, can_manage: false });
    await ask('allocate', { idea_id: b, amount: 3 });
    const news = topicMessages.boardMessage.parse(await socket.until((frame) => frame.topic === board));
    expect(news.previous).toBe(snapshot.offset);
    expect(news.data).toMatchObject({ total_coins: 13, ideas: [{ idea_id: b, coins: 3, givers: 1, votes: 1 }] });
    expect(news.data.pos).toBe(news.offset);
    await ask('withdraw', { idea_id: b, amount: 3 });
    const gone = await socket.until((frame) => frame.topic === board && frame.data.total_coins === 10);
    expect(gone.data.ideas).toEqual([{ idea_id: b, coins: 0, givers: 0, votes: 0 }]);
    expect(await campaign.decide(a, 'accept')).toBe('done');
    const decided = topicMessages.eventsMessage.parse(await socket.until((frame) => frame.topic === events));
    expect(decided.data.events).toMatchObject([{ kind: 'idea.accepted', subject: campaign.id, idea: a }]);
    expect(await campaign.change('complete')).toBe('done');
    await socket.until((frame) => frame.topic === events && frame.data.events?.at(-1)?.kind === 'campaign.completed');
    const told = JSON.stringify(socket.frames.filter((frame) => frame.topic === events));
    expect(told).not.toContain('deltas');
    expect(told).not.toContain('campaign.coins');
    expect((await socket.ask({ id: 3, op: 'subscribe', topic: `board:${randomUUID()}` })).error.code).toBe(
      'CAMPAIGN_001',
    );
  });

  test('hidden totals are told to nobody before the campaign is completed: not by board, topic or log', async () => {
    const { campaign, a, ask } = await active();
    await superuser`UPDATE app.campaigns SET hide_totals = true WHERE id = ${campaign.id}`;
    const socket = await served.socketOf(grace.token);
    const topic = `board:${campaign.id}`;
    await socket.ask({ id: 1, op: 'subscribe', topic });
    await ask('allocate', { idea_id: a, amount: 10 });
    const hidden = { hidden: true, total_coins: null, ideas: [] };
    expect((await ask('board')).json).toMatchObject(hidden);
    const auditor = await served.key('auditor');
    const log = async () =>
      (await served.call('GET', `/v1/log?topic=${campaign.id}&kind=campaign.coins`, { as: auditor })).json.items;
    expect((await log())[0].payload).toEqual({ batch: expect.any(String), size: 1 });
    expect(await campaign.change('complete')).toBe('done');
    const shown = await socket.until((frame) => frame.topic === topic && frame.data.hidden === false);
    expect(shown.data).toMatchObject({ total_coins: 10, ideas: [{ idea_id: a, coins: 10 }] });
    const before = socket.frames.filter(
      (frame) => frame.topic === topic && frame.data !== undefined && frame !== shown,
    );
    for (const { data } of before) expect(data).toMatchObject(hidden);
    expect((await ask('board')).json).toMatchObject({ hidden: false, total_coins: 10 });
    expect((await log())[0].payload.deltas).toEqual({ [a]: [10, 1, 3] });
    expect(accepted(await served.engine.coins.audit(served.orgId, campaign.id))).toEqual([]);
  });
});
