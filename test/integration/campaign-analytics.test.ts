import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { campaignAnalytics } from '../../protocol/campaign-analytics.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { type SignedInMember, serveCampaigns } from './campaign-server.ts';

/** The figures of a campaign over HTTP: who may see them, what they say, as CSV and on paper. */

const database = await freshDatabase();
const { engine, orgId, call, done, member, key } = await serveCampaigns(database);
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

let sponsor: SignedInMember;
let ada: SignedInMember;
let ben: SignedInMember;
beforeAll(async () => {
  sponsor = await member('Sam', ['sponsor']);
  ada = await member('Ada');
  ben = await member('Ben');
});

/** Lets everything that the log says by now be counted, as a worker does. */
async function count(): Promise<number> {
  const [head] = await superuser<{ pos: bigint }[]>`SELECT pos FROM app.log_head WHERE org_id = ${orgId}`;
  const to = Number(head?.pos);
  await engine.campaignStatistics.follow({ orgId, from: 1, to });
  return to;
}

/** An active campaign with an idea of Ada's and one of Ben's, on which both gave coins. */
async function newCampaign(more: object = {}) {
  const body = { title: 'Better city', campaign_type: 'open', ...more };
  const campaign = await done('POST', '/v1/campaigns', { as: sponsor.as, body });
  const path = `/v1/campaigns/${campaign.campaign_id}`;
  await done('POST', `${path}/status`, { as: sponsor.as, body: { status: 'active' } });
  const tag = await done('POST', `${path}/tags`, { as: sponsor.as, body: { name: 'Cycling' } });
  const ideas: string[] = [];
  for (const [who, title] of [
    [ada, 'A cycle path along the river'],
    [ben, 'More trees in the old town'],
  ] as const) {
    await done('POST', `${path}/join`, { as: who.as });
    const idea = await done('POST', `${path}/ideas`, {
      as: who.as,
      body: { title, tags: who === ada ? [tag.id] : [] },
    });
    ideas.push(idea.id);
    await done('PUT', `/v1/ideas/${idea.id}/status`, { as: sponsor.as, body: { act: 'approve' } });
  }
  const [first, second] = ideas as [string, string];
  const move = async (userId: string, from: string | null, to: string | null, amount: number) => {
    const outcome = await engine.coins.move(orgId, {
      ...{ campaignId: campaign.id, userId, requestId: randomUUID(), from, to, amount },
    });
    expect(outcome.ok).toBe(true);
  };
  await move(ada.userId, null, first, 30);
  await move(ben.userId, null, first, 20);
  await move(ben.userId, first, second, 5);
  await move(ada.userId, first, null, 10);
  return { path, id: campaign.id as string, first, second, tag: tag.id as string };
}

describe('the figures', () => {
  test('say what happened, exact to a position of the log', async () => {
    const { path, id, first, second, tag } = await newCampaign();
    const behind = await done('GET', `${path}/analytics`, { as: sponsor.as });
    expect(campaignAnalytics.parse(behind).watermark.behind).toBeGreaterThan(0);
    await done('PUT', `/v1/ideas/${first}/status`, { as: sponsor.as, body: { act: 'accept' } });
    const pos = await count();
    const figures = campaignAnalytics.parse(await done('GET', `${path}/analytics`, { as: sponsor.as }));
    expect(figures).toMatchObject({
      ...{ campaign_id: id, title: 'Better city', status: 'active', hidden: false, total_coins: 40, bucket: 'day' },
      participation: { invited: 0, joined: 3, active_day: 2, active_week: 2, gave: 2, submitted: 2 },
      coins_over_time: [{ given: 50, taken_back: 10, moved: 5, returned: 0, expended: 35 }],
      funnel: { submitted: 2, approved: 2, accepted: 1, now: { pending: 0, competing: 1, accepted: 1, rejected: 0 } },
      top_ideas: [
        { idea_id: first, status: 'accepted', coins: 35 },
        { idea_id: second, status: 'competing', coins: 5 },
      ],
      top_tags: [{ tag_id: tag, name: 'Cycling', ideas: 1, coins: 35 }],
      watermark: { pos, behind: 0 },
    });
    expect(figures.cohorts).toMatchObject([{ joined: 3, gave: 2, weeks: [2] }]);
    await done('PUT', `/v1/ideas/${second}/status`, { as: sponsor.as, body: { act: 'reject', reason: 'Too many.' } });
    await count();
    const hourly = campaignAnalytics.parse(await done('GET', `${path}/analytics?bucket=hour`, { as: sponsor.as }));
    const returned = hourly.coins_over_time.reduce((sum, bucket) => sum + bucket.returned, 0);
    expect([hourly.bucket, returned, hourly.total_coins]).toEqual(['hour', 5, 35]);
    expect(hourly.coins_over_time.every(({ start }) => start.endsWith(':00:00.000Z'))).toBe(true);
    expect(hourly.funnel.now).toMatchObject({ competing: 0, rejected: 1 });
  });

  test('are for those who run the campaign, administrators and sponsors; others are told so, or that there is none', async () => {
    const { path } = await newCampaign();
    await count();
    expect((await call('GET', `${path}/analytics`, { as: await key('admin') })).status).toBe(200);
    for (const rest of ['analytics', 'analytics.csv', 'report.pdf']) {
      const refused = await call('GET', `${path}/${rest}`, { as: ada.as });
      expect([refused.status, refused.json.error_code]).toEqual([403, 'AUTH_002']);
      expect((await call('GET', `/v1/campaigns/no-such-campaign/${rest}`, { as: ada.as })).json.error_code).toBe(
        'CAMPAIGN_001',
      );
    }
    await done('PATCH', `${path}/members/${ada.userId}`, { as: sponsor.as, body: { role: 'manager' } });
    expect((await call('GET', `${path}/analytics`, { as: ada.as })).status).toBe(200);
  });

  test('show no totals while the campaign hides them', async () => {
    const { path, id } = await newCampaign({ hide_totals: true });
    await count();
    const hidden = campaignAnalytics.parse(await done('GET', `${path}/analytics`, { as: sponsor.as }));
    expect(hidden).toMatchObject({ hidden: true, total_coins: null, coins_over_time: [], top_ideas: [] });
    expect(hidden.top_tags.map(({ coins, ideas }) => [coins, ideas])).toEqual([[null, 1]]);
    expect(hidden.participation.gave).toBe(2);
    expect((await call('GET', `${path}/analytics.csv?table=ideas`, { as: sponsor.as })).text).toBe(
      'idea_id,title,status,coins,comments\r\n',
    );
    await done('POST', `${path}/status`, { as: sponsor.as, body: { status: 'completed' } });
    const shown = campaignAnalytics.parse(await done('GET', `/v1/campaigns/${id}/analytics`, { as: sponsor.as }));
    expect(shown).toMatchObject({ hidden: false, total_coins: 40 });
  });
});

describe('as a file', () => {
  test.each([
    ['coins', /^start,given,taken_back,moved,returned,expended\r\n[\dT:.-]+Z,50,10,5,0,0\r\n$/],
    ['ideas', /^idea_id,title,status,coins,comments\r\n\S+,A cycle path along the river,competing,35,0\r\n.*,5,0\r\n$/],
    ['tags', /^tag_id,name,ideas,coins\r\n\S+,Cycling,1,35\r\n$/],
    ['funnel', /^figure,status,ideas\r\nreached,submitted,2\r\n(?:.*\r\n)*now,competing,2\r\n/],
    ['participation', /^figure,members\r\n(?:.*\r\n)*gave,2\r\nsubmitted,2\r\n/],
    ['cohorts', /^week,joined,gave,gave_in_week_0\r\n\d{4}-\d\d-\d\d,3,2,2\r\n$/],
  ])('the table of %s', async (table, content) => {
    const { path } = await newCampaign();
    await count();
    const { text, headers } = await call('GET', `${path}/analytics.csv?table=${table}`, { as: sponsor.as });
    expect(text).toMatch(content);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toContain(`-${table}.csv"`);
  });

  test.each(['en', 'de'])('a report to print, in %s', async (lang) => {
    const { path } = await newCampaign();
    await count();
    const address = `${path}/report.pdf?lang=${lang}&time_zone=Europe/Berlin`;
    const { status, headers, text } = await call('GET', address, { as: sponsor.as });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(text.startsWith('%PDF-')).toBe(true);
    expect(text).toContain(`/Lang (${lang})`);
  });
});

test('the gateway measures coins and ideas', async () => {
  const figure = async (name: string) =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await call('GET', '/metrics')).text)?.[1]);
  const [acts, ideas] = [await figure('psephos_coin_allocations_total'), await figure('psephos_ideas_submitted_total')];
  await newCampaign();
  expect(await figure('psephos_coin_allocations_total')).toBe(acts + 4);
  expect(await figure('psephos_ideas_submitted_total')).toBe(ideas + 2);
});

test('answers come from what is counted: neither allocations nor the ledger are read', async () => {
  const { path } = await newCampaign();
  await count();
  const answer = await superuser.begin(async (tx) => {
    await tx`LOCK TABLE app.coin_allocations, app.coin_balances, app.ledger IN ACCESS EXCLUSIVE MODE`;
    return done('GET', `${path}/analytics`, { as: sponsor.as }); // would wait for them otherwise
  });
  expect(answer.total_coins).toBe(40);
});
