import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { CoinAct, CoinReceipt, Engine, Outcome } from '../../engine/index.ts';
import { TestCampaigns } from '../harness/campaign.ts';
import { accepted, kindOf, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

const ROUNDS = 60;
const PARALLEL = 1_000;

const database = await freshDatabase();
const campaigns = new TestCampaigns(database.ownerUrl);
afterAll(() => campaigns.close());
// two gateways: each has lanes and connections of its own
const [here, there] = [await openEngine(database), await openEngine(database)];

/** Sent again while the answer says that it may be. */
async function untilFinal(engine: Engine, orgId: string, act: CoinAct): Promise<Outcome<CoinReceipt>> {
  for (;;) {
    const outcome = await engine.coins.move(orgId, act);
    if (outcome.ok || outcome.failure.retryAfterMs === undefined) return outcome;
  }
}

test('one purse, two gateways at once: it never goes below zero, and each act is done, refused or told to come again', async () => {
  const campaign = await campaigns.campaign();
  const [userId] = (await campaign.make(1, 'ideas', { initial_allocation: ROUNDS })) as [string];
  const ideas = [await campaign.idea(userId), await campaign.idea(userId)];
  expect(await campaign.change('activate')).toBe('done');
  const act = (to: string | undefined): CoinAct => {
    return { campaignId: campaign.id, userId, requestId: randomUUID(), from: null, to: to ?? null, amount: 1 };
  };
  const kinds = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    // each round spends two coins where both are done: half-way the purse is empty
    const outcomes = await Promise.all(
      [here, there].map((engine, i) => engine.coins.move(campaign.orgId, act(ideas[i]))),
    );
    for (const outcome of outcomes) kinds.set(kindOf(outcome), (kinds.get(kindOf(outcome)) ?? 0) + 1);
  }
  expect([...kinds.keys()].filter((kind) => !['ok', 'purse_busy', 'coins_short'].includes(kind))).toEqual([]);
  const done = kinds.get('ok') ?? 0;
  expect(await campaign.purse(userId)).toMatchObject({ available: ROUNDS - done, allocated: done });
  expect(await campaign.contradictions()).toEqual([]);
});

test('the last coin, wanted by two gateways at once, is given once', async () => {
  for (let round = 0; round < 20; round += 1) {
    const campaign = await campaigns.campaign();
    const [userId] = (await campaign.make(1, 'ideas', { initial_allocation: 1 })) as [string];
    const to = await campaign.idea(userId);
    expect(await campaign.change('activate')).toBe('done');
    const acts = [here, there].map((engine) => {
      const act = { campaignId: campaign.id, userId, requestId: randomUUID(), from: null, to, amount: 1 };
      return untilFinal(engine, campaign.orgId, act);
    });
    expect((await Promise.all(acts)).map(kindOf).sort()).toEqual(['coins_short', 'ok']);
    expect(await campaign.board()).toEqual({ [to]: 1 });
    expect(await campaign.contradictions()).toEqual([]);
  }
});

test('the same act over two gateways at once is done once', async () => {
  const campaign = await campaigns.campaign();
  const [userId] = (await campaign.make(1)) as [string];
  const to = await campaign.idea(userId);
  expect(await campaign.change('activate')).toBe('done');
  const act = { campaignId: campaign.id, userId, requestId: randomUUID(), from: null, to, amount: 7 };
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, i) => untilFinal(i % 2 === 0 ? here : there, campaign.orgId, act)),
  );
  for (const outcome of outcomes) expect(accepted(outcome)).toMatchObject({ available: 93, allocated: 7 });
  expect(await campaign.board()).toEqual({ [to]: 7 });
  expect(await campaign.contradictions()).toEqual([]);
});

test(`${PARALLEL} acts of one member at once: exactly those that were acknowledged are in the ledger, and others go on beside`, async () => {
  const campaign = await campaigns.campaign();
  const [flooder, other] = (await campaign.make(2, 'ideas', { initial_allocation: PARALLEL })) as [string, string];
  const to = await campaign.idea(flooder);
  expect(await campaign.change('activate')).toBe('done');
  const act = (userId: string): CoinAct => {
    return { campaignId: campaign.id, userId, requestId: randomUUID(), from: null, to, amount: 1 };
  };
  const acts = Array.from({ length: PARALLEL }, () => act(flooder));
  const flood = Promise.all(acts.map((each) => here.coins.move(campaign.orgId, each)));
  const beside = await untilFinal(here, campaign.orgId, act(other));
  expect(kindOf(beside)).toBe('ok');
  const first = await flood;
  // what was not answered in time is sent again, as a client does, and ends well
  const last = await Promise.all(
    acts.map((each, i) => {
      const outcome = first[i] as Outcome<CoinReceipt>;
      return outcome.ok ? outcome : untilFinal(here, campaign.orgId, each);
    }),
  );
  expect(last.filter(({ ok }) => !ok)).toEqual([]);
  expect(await campaign.purse(flooder)).toMatchObject({ available: 0, allocated: PARALLEL });
  expect(await campaign.board()).toEqual({ [to]: PARALLEL + 1 });
  expect(await campaign.contradictions()).toEqual([]);
}, 60_000);
