import { afterAll, expect, test } from 'vitest';
import type { Sql } from '../../engine/db/index.ts';
import { type TestAct, type TestCampaign, TestCampaigns } from '../harness/campaign.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const PURSES = 100_000;
const SMALL = 2_000;
const IDEAS = 1_000;
const BATCH = 500;
const BATCHES = 4;
/** Looking at each row once or twice, and at what stands beside it on a page of the index. */
const ROWS_PER_ACT = 12;
const TABLES = ['coin_balances', 'coin_allocations', 'ledger', 'ideas'] as const;

const database = await freshDatabase();
const campaigns = new TestCampaigns(database.ownerUrl);
const newcomer = connectAs(database.ownerUrl, 'psephos_app');
afterAll(() => Promise.all([campaigns.close(), newcomer.end()]));

interface Reads {
  readonly sequential: number;
  /** rows that index scans of any kind brought */
  readonly rows: number;
}

/** What has been read of the tables of coins so far. */
async function reads(sql: Sql): Promise<Reads> {
  await sql`SELECT pg_stat_force_next_flush()`;
  await sql`SELECT 1`;
  const [row] = await campaigns.superuser<{ sequential: bigint; rows: bigint }[]>`
    SELECT sum(t.seq_scan)::bigint AS sequential, sum(t.idx_tup_fetch + coalesce(i.rows, 0))::bigint AS rows
    FROM pg_stat_user_tables t
    LEFT JOIN (SELECT relid, sum(idx_tup_read) AS rows FROM pg_stat_user_indexes GROUP BY relid) i USING (relid)
    WHERE t.schemaname = 'app' AND t.relname = ANY (${`{${TABLES.join(',')}}`}::text::text[])`;
  return { sequential: Number(row?.sequential), rows: Number(row?.rows) };
}

/** Members who have joined, without what triggers write of each: that is not looked at here, and takes minutes. */
async function joinQuickly(campaign: TestCampaign, members: number): Promise<string[]> {
  return campaigns.superuser.begin(async (sql) => {
    await sql`SET LOCAL session_replication_role = replica`;
    const rows = await sql<{ member_id: string }[]>`
      WITH made AS (
        INSERT INTO app.members (org_id, member_id, number, name, roles, status, weight)
        SELECT ${campaign.orgId}, gen_random_uuid(), 'P' || n, 'Member ' || n, '{member}', 'active', 1000000
        FROM generate_series(1, ${members}::int) n RETURNING member_id)
      INSERT INTO app.campaign_members (org_id, campaign_id, user_id, role, state, joined_at)
      SELECT ${campaign.orgId}, ${campaign.id}, m.member_id, 'member', 'joined', now() FROM made m RETURNING user_id AS member_id`;
    return rows.map((row) => row.member_id);
  });
}

async function ideasOf(campaign: TestCampaign, submitter: string): Promise<string[]> {
  const rows = await campaigns.superuser<{ id: string }[]>`
    INSERT INTO app.ideas (org_id, campaign_id, submitter_id, title, status)
    SELECT ${campaign.orgId}, ${campaign.id}, ${submitter}, 'Idea ' || n, 'competing' FROM generate_series(1, ${IDEAS}::int) n RETURNING id`;
  return rows.map(({ id }) => id);
}

async function moveBatches(sql: Sql, campaign: TestCampaign, users: readonly string[], ideas: readonly string[]) {
  for (let from = 0; from < BATCHES * BATCH; from += BATCH) {
    const of = (to: number) => ideas[to % ideas.length] as string;
    const some = users.slice(from, from + BATCH);
    const give: TestAct[] = some.map((user, i) => ({ user, to: of(i * 7), amount: 5 }));
    const move: TestAct[] = some.map((user, i) => ({ user, from: of(i * 7), to: of(i * 7 + 1), amount: 2 }));
    const back: TestAct[] = some.map((user, i) => ({ user, from: of(i * 7), amount: 1 }));
    for (const acts of [give, move, back]) {
      const answers = await campaign.move(acts, sql);
      expect(answers.filter((answer) => !answer.startsWith('0:'))).toEqual([]);
    }
  }
}

// As with the roll of an election: plans are made from statistics, and those of a campaign that has just begun say that it
// is all but empty. Whatever reads a campaign's rows for each act, or its ideas, costs seconds a batch. Reads are counted.
test('a campaign that was never analysed is read by index probes, whether plans are made for it or kept from a small one', async () => {
  for (const table of TABLES) {
    await campaigns.superuser.unsafe(`ALTER TABLE app.${table} SET (autovacuum_enabled = false)`);
  }
  const small = await campaigns.campaign();
  await small.make(0);
  const few = await joinQuickly(small, SMALL);
  const fewIdeas = await ideasOf(small, few[0] as string);
  expect(await small.change('activate')).toBe('done');
  for (const table of TABLES) await campaigns.superuser.unsafe(`ANALYZE app.${table}`);
  await moveBatches(campaigns.app, small, few, fewIdeas);

  const campaign = await campaigns.campaign();
  await campaign.make(0);
  const users = await joinQuickly(campaign, PURSES);
  const ideas = await ideasOf(campaign, users[0] as string);
  const beforePurses = await reads(campaigns.app);
  expect(await campaign.change('activate')).toBe('done');
  const afterPurses = await reads(campaigns.app);
  expect((afterPurses.rows - beforePurses.rows) / PURSES).toBeLessThan(ROWS_PER_ACT);
  for (const [share, sql] of [campaigns.app, newcomer].entries()) {
    const before = await reads(sql);
    await moveBatches(sql, campaign, users.slice(share * BATCHES * BATCH), ideas);
    const after = await reads(sql);
    expect(after.sequential).toBe(before.sequential);
    expect((after.rows - before.rows) / (3 * BATCHES * BATCH)).toBeLessThan(ROWS_PER_ACT);
  }
  const before = await reads(campaigns.app);
  expect(await campaign.decide(ideas[0] as string, 'reject')).toBe('done');
  expect(await campaign.decide(ideas[7] as string, 'merge', ideas[14] as string)).toBe('done');
  expect(await campaign.decide(ideas[14] as string, 'accept')).toBe('done');
  const after = await reads(campaigns.app);
  expect(after.sequential).toBe(before.sequential);
  expect(after.rows - before.rows).toBeLessThan(1_000); // of some ten holders each
  expect(await campaign.contradictions()).toEqual([]);
}, 300_000);
