import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCampaigns } from '../../engine/campaigns/index.ts';
import { openDatabase, type Sql } from '../../engine/db/index.ts';
import type { CampaignViewer, Idea, IdeaQuery, Page } from '../../engine/index.ts';
import { LogFeed } from '../../engine/log/index.ts';
import { Search } from '../../engine/search/index.ts';
import { type TestCampaign, TestCampaigns } from '../harness/campaign.ts';
import { accepted } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

/**
 * Lists of a campaign with 100,000 ideas go along their indexes, loaded a moment ago or analysed. Reads are counted rather than
 * seconds: a page of 50 reads some hundred rows, a whole campaign 100,000. (Board and balance: coin-plans.test.ts.)
 */

const IDEAS = 100_000;
const PAGE = 50;
/** Each with its totals and tags, what a walk passes over on its way, and twice 2,001 that tell whether few fit a tag or status. */
const ROWS_OF_PAGE = 100 * PAGE;

const database = await freshDatabase();
const own = await openDatabase({ url: database.ownerUrl, connections: 1 });
const rooms = openCampaigns(own, new LogFeed(own, () => {}), new Search(own, {}, () => {}), undefined);
const campaigns = new TestCampaigns(database.ownerUrl);
const { superuser } = campaigns;
let campaign: TestCampaign;
let users: string[] = [];
let ada = '';
let tags: { common: string; rare: string };
let member: CampaignViewer;
let manager: CampaignViewer;
afterAll(async () => {
  await rooms.coins.close();
  await own.close();
  await campaigns.close();
});

const TABLES = ['ideas', 'idea_totals', 'idea_tags'];

beforeAll(async () => {
  for (const table of TABLES) {
    await superuser.unsafe(`ALTER TABLE app.${table} SET (autovacuum_enabled = false)`);
  }
  campaign = await campaigns.campaign();
  users = await campaign.make(40);
  ada = users[0] as string;
  await campaign.change('activate');
  tags = { common: randomUUID(), rare: randomUUID() };
  const { orgId, id } = campaign;
  await superuser`INSERT INTO app.campaign_tags (org_id, id, campaign_id, name)
    VALUES (${orgId}, ${tags.common}, ${id}, 'Common'), (${orgId}, ${tags.rare}, ${id}, 'Rare')`;
  // one in 1,000 pending, in 5,000 accepted; half bear the common tag, one in 2,000 the rare one; Ada has 20 of them
  await superuser.begin(async (sql) => {
    await sql`SET LOCAL session_replication_role = replica`; // neither audit nor search: what follows a change is tested elsewhere
    await sql`INSERT INTO app.ideas (org_id, id, campaign_id, submitter_id, title, status, context_id, submitted_at)
      SELECT ${orgId}, md5('idea ' || n)::uuid, ${id}, CASE n % 5000 WHEN 7 THEN ${ada}::uuid ELSE ${users[1] as string}::uuid END,
        'Idea ' || n || ' of the ' || (ARRAY['river', 'market', 'school', 'station', 'harbour'])[n % 5 + 1] || ' ' || md5(n::text),
        CASE WHEN n % 1000 = 7 THEN 'pending' WHEN n % 5000 = 1 THEN 'accepted' ELSE 'competing' END,
        CASE WHEN n % 10000 = 3 THEN 'thing-1' END, clock_timestamp() - make_interval(secs => n)
      FROM generate_series(1, ${IDEAS}::int) n`;
    await sql`INSERT INTO app.idea_totals (org_id, campaign_id, idea_id, coin_count)
      SELECT org_id, campaign_id, id, abs(hashtext(id::text)) % 1000 FROM app.ideas WHERE org_id = ${orgId}`;
    await sql`INSERT INTO app.idea_tags (org_id, idea_id, campaign_id, tag_id)
      SELECT ${orgId}, md5('idea ' || n)::uuid, ${id}, CASE n % 2000 WHEN 1 THEN ${tags.rare}::uuid ELSE ${tags.common}::uuid END
      FROM generate_series(1, ${IDEAS}::int) n WHERE n % 2 = 1`;
  });
  const seenBy = (roles: CampaignViewer['roles']) => ({ memberId: ada, roles, actor: ada });
  member = seenBy(['member']);
  manager = seenBy(['admin']);
}, 120_000);

interface Reads {
  readonly sequential: number;
  readonly rows: number;
}

async function readsOf(tables: readonly string[], sql: Sql): Promise<Reads> {
  await sql`SELECT pg_stat_force_next_flush()`;
  await sql`SELECT 1`;
  const [row] = await superuser<{ sequential: bigint; rows: bigint }[]>`
    SELECT sum(t.seq_scan)::bigint AS sequential, sum(t.seq_tup_read + coalesce(i.rows, 0))::bigint AS rows
    FROM pg_stat_user_tables t
    LEFT JOIN LATERAL (SELECT sum(x.idx_tup_read) AS rows FROM pg_stat_user_indexes x WHERE x.relid = t.relid) i ON true
    WHERE t.schemaname = 'app' AND t.relname = ANY (${`{${tables.join(',')}}`}::text::text[])`;
  return { sequential: Number(row?.sequential), rows: Number(row?.rows) };
}

/** What `work` reads of the tables. The rooms have one connection, which hands in its counts when it is told to. */
async function reads(tables: readonly string[], work: () => Promise<unknown>): Promise<Reads> {
  await own.management.call((sql) => readsOf(tables, sql));
  const before = await readsOf(tables, superuser);
  await work();
  await own.management.call((sql) => readsOf(tables, sql));
  const after = await readsOf(tables, superuser);
  return { sequential: after.sequential - before.sequential, rows: after.rows - before.rows };
}

/** Pages that a list shows, one after the other, at most three. */
async function walk(viewer: CampaignViewer, query: IdeaQuery): Promise<number> {
  const seen = accepted(await rooms.campaigns.seen(campaign.orgId, campaign.id, viewer));
  let cursor: string | null = null;
  let ideas = 0;
  for (let page = 0; page < 3; page += 1) {
    const { items, nextCursor }: Page<Idea> = accepted(
      await rooms.ideas.list(seen, viewer, { ...query, limit: PAGE, ...(cursor === null ? {} : { cursor }) }),
    );
    ideas += items.length;
    cursor = nextCursor;
    if (cursor === null) break;
  }
  return ideas;
}

type Case = readonly [what: string, viewer: () => CampaignViewer, query: () => IdeaQuery, ideas: number];
const CASES: readonly Case[] = [
  ['newest first', () => member, () => ({}), 3 * PAGE],
  ['newest first, for a manager', () => manager, () => ({}), 3 * PAGE],
  ['the moderation queue', () => manager, () => ({ statuses: ['pending'] }), 100],
  ['what was accepted', () => member, () => ({ statuses: ['accepted', 'complete'] }), 20],
  ['what was accepted, most coins first', () => member, () => ({ statuses: ['accepted'], sort: 'coins' }), 20],
  ['most coins first', () => member, () => ({ sort: 'coins' }), 3 * PAGE],
  ['a common tag', () => member, () => ({ tag: tags.common }), 3 * PAGE],
  ['a common tag, most coins first', () => member, () => ({ tag: tags.common, sort: 'coins' }), 3 * PAGE],
  ['a rare tag', () => member, () => ({ tag: tags.rare }), 50],
  ['a rare tag, most coins first', () => member, () => ({ tag: tags.rare, sort: 'coins' }), 50],
  ['the own ideas', () => member, () => ({ mine: true }), 20],
  ['the own ideas, most coins first', () => member, () => ({ mine: true, sort: 'coins' }), 20],
  ['about one thing', () => member, () => ({ contextId: 'thing-1' }), 10],
];

// first as they were loaded, without statistics; then as they are once the database knows them, with plans that were kept
describe.each([['loaded a moment ago'], ['analysed']])('%s', (state) => {
  beforeAll(async () => {
    if (state === 'analysed') await superuser.unsafe(`ANALYZE ${TABLES.map((table) => `app.${table}`).join(', ')}`);
  });

  test.each(CASES)('a list of ideas reads no more than its pages: %s', async (what, viewer, query, ideas) => {
    let found = 0;
    const { sequential, rows } = await reads(TABLES, async () => {
      found = await walk(viewer(), query());
    });
    expect(found, what).toBe(ideas);
    expect([what, sequential, rows < 3 * ROWS_OF_PAGE ? 'few' : rows]).toEqual([what, 0, 'few']);
  });

  test('ideas about one thing, over all campaigns', async () => {
    let found = 0;
    const { sequential, rows } = await reads(TABLES, async () => {
      found = accepted(await rooms.ideas.byContext(campaign.orgId, member, 'thing-1', {})).items.length;
    });
    expect([found, sequential, rows < ROWS_OF_PAGE ? 'few' : rows]).toEqual([10, 0, 'few']);
  });
});
