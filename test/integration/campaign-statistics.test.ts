import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { campaigns as queue } from '../../workers/campaigns.ts';
import { TestCampaigns } from '../harness/campaign.ts';
import { openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { startQueues } from '../harness/queues.ts';
import { until } from '../harness/webhook-receiver.ts';

/** What is counted as the log goes on, against a count of everything. */

const database = await freshDatabase();
const engine = await openEngine(database);
const campaigns = new TestCampaigns(database.ownerUrl);
const { app, superuser } = campaigns;
afterAll(() => campaigns.close());

type Campaign = Awaited<ReturnType<typeof campaigns.campaign>>;

const TABLES = ['figures', 'hours', 'people', 'active', 'cohorts', 'cohort_weeks', 'tag_totals'];

/** Every row that is counted of a campaign, and the totals of its ideas. */
async function counted({ orgId, id }: Campaign): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const table of TABLES) {
    const rows = await superuser<{ row: object }[]>`
      SELECT to_jsonb(t) AS row FROM ${superuser(`app.campaign_${table}`)} t
      WHERE org_id = ${orgId} AND campaign_id = ${id} ORDER BY 1`;
    // a counter that came back to nothing is as good as none
    found[table] = rows.map(({ row }) => row).filter((row) => !isNothing(row));
  }
  found.totals = await superuser`SELECT idea_id, coin_count, counted_tags FROM app.idea_totals
    WHERE org_id = ${orgId} AND campaign_id = ${id} ORDER BY idea_id`.then((rows) => rows.map((row) => ({ ...row })));
  return found;
}

function isNothing(row: object): boolean {
  const values = Object.values(row).filter((value) => typeof value === 'number');
  return values.length > 0 && values.every((value) => value === 0);
}

async function log({ orgId, id }: Campaign, kind: string, payload: object): Promise<void> {
  await app`SELECT urn.append_log(${orgId}, ${id}, ${kind}, ${app.json(payload as never)})`;
}

async function head(orgId: string): Promise<number> {
  const [row] = await superuser<{ pos: bigint }[]>`SELECT pos FROM app.log_head WHERE org_id = ${orgId}`;
  return Number(row?.pos ?? 0);
}

/** Lets everything that the log says by now be counted, as a worker does. */
async function countAll({ orgId }: Campaign): Promise<void> {
  await engine.campaignStatistics.follow({ orgId, from: 1, to: await head(orgId) });
}

/** An idea as its room makes it: pending, and said in the log. */
async function propose(campaign: Campaign, submitter: string): Promise<string> {
  const idea = await campaign.idea(submitter, 'pending');
  await log(campaign, 'idea.submitted', { by: submitter, idea });
  return idea;
}

async function tag(campaign: Campaign, name: string, ideas: readonly string[]): Promise<string> {
  const id = randomUUID();
  await superuser`INSERT INTO app.campaign_tags (org_id, id, campaign_id, name) VALUES (${campaign.orgId}, ${id}, ${campaign.id}, ${name})`;
  for (const idea of ideas) {
    await superuser`INSERT INTO app.idea_tags (org_id, idea_id, campaign_id, tag_id) VALUES (${campaign.orgId}, ${idea}, ${campaign.id}, ${id})`;
  }
  return id;
}

/** The same numbers in every run. */
function numbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test('every figure that is kept as the log goes on is what a count of everything comes to', async () => {
  const random = numbers();
  const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)] as T;
  const campaign = await campaigns.campaign();
  const users = await campaign.make(12);
  for (const user of users) await log(campaign, 'campaign.member', { by: user, user, state: 'joined' });
  const ideas = await Promise.all(Array.from({ length: 10 }, () => propose(campaign, pick(users))));
  const tags = [await tag(campaign, 'Cycling', ideas.slice(0, 4)), await tag(campaign, 'Green', ideas.slice(2, 8))];
  for (const idea of ideas.slice(0, 9)) await campaign.decide(idea, 'approve');
  expect(await campaign.change('activate')).toBe('done');
  await countAll(campaign);
  for (let round = 0; round < 40; round += 1) {
    const acts = Array.from({ length: 6 }, () => {
      const [from, to, amount] = [pick([...ideas, null]), pick([...ideas, null]), 1 + Math.floor(random() * 12)];
      if (to === null && from !== null) return { user: pick(users), from, amount };
      return {
        user: pick(users),
        amount,
        to: to ?? (ideas[0] as string),
        ...(from && to && from !== to ? { from } : {}),
      };
    });
    await campaign.move(acts);
    if (round === 10) await campaign.decide(ideas[1] as string, 'accept');
    if (round === 15) await campaign.decide(ideas[2] as string, 'reject');
    if (round === 20) await campaign.decide(ideas[3] as string, 'merge', ideas[4] as string);
    if (round === 22) await campaign.decide(ideas[9] as string, 'reject'); // was never approved
    if (round === 25) {
      await superuser`DELETE FROM app.idea_tags WHERE org_id = ${campaign.orgId} AND idea_id = ${ideas[5] as string}`;
      await log(campaign, 'idea.changed', { by: users[0], idea: ideas[5] });
    }
    if (round === 30) await log(campaign, 'idea.commented', { by: users[1], idea: ideas[6] });
    if (round % 7 === 0) await countAll(campaign);
  }
  await Promise.all([countAll(campaign), countAll(campaign)]);
  const kept = await counted(campaign);
  expect(kept.figures).toMatchObject([
    { joined: 12, submitted: 10, approved: 9, accepted: 1, rejected: 2, merged: 1, refused: 1 },
  ]);
  const [hour] = kept.hours as Record<string, number>[];
  for (const kind of ['given', 'taken_back', 'moved', 'returned', 'expended']) expect(hour?.[kind]).toBeGreaterThan(0);
  expect(kept.cohort_weeks).not.toEqual([]);
  expect(kept.tag_totals?.map((row) => (row as { tag_id: string }).tag_id).sort()).toEqual([...tags].sort());
  await engine.campaignStatistics.rebuild(campaign.orgId, campaign.id);
  expect(await counted(campaign)).toEqual(kept);
  // and the totals are what lies on the ideas
  const board = await campaign.board();
  const totals = (kept.totals as { idea_id: string; coin_count: bigint }[]).filter((row) => row.coin_count > 0n);
  expect(Object.fromEntries(totals.map((row) => [row.idea_id, Number(row.coin_count)]))).toEqual(board);
  expect(await superuser`SELECT FROM app.coin_batches WHERE org_id = ${campaign.orgId}`).toHaveLength(0);
});

test('the workers keep totals by themselves, and tell the search of each idea that changed', async () => {
  const campaign = await campaigns.campaign();
  const [user = ''] = await campaign.make(1);
  const [one, other] = [await campaign.idea(user), await campaign.idea(user)];
  await campaign.change('activate');
  const running = await startQueues(engine, { databaseUrl: database.ownerUrl }, [queue]);
  const total = async (idea: string) => {
    const [row] = await superuser<{ coin_count: bigint }[]>`
      SELECT coin_count FROM app.idea_totals WHERE org_id = ${campaign.orgId} AND idea_id = ${idea}`;
    return Number(row?.coin_count ?? 0);
  };
  await campaign.move([{ user, to: one, amount: 7 }]);
  await until(async () => (await total(one)) === 7, 'the total of an idea');
  await superuser`DELETE FROM app.search_dirty WHERE org_id = ${campaign.orgId}`;
  await campaign.move([{ user, from: one, to: other, amount: 3 }]);
  await campaign.move([{ user, from: one, amount: 4 }]);
  await until(async () => (await total(other)) === 3 && (await total(one)) === 0, 'the totals of both');
  await running.stop();
  const dirty = await superuser<{ id: string }[]>`
    SELECT DISTINCT id FROM app.search_dirty WHERE org_id = ${campaign.orgId} AND kind = 'ideas'`;
  expect(dirty.map(({ id }) => id).sort()).toEqual([one, other].sort());
});
