import { afterAll, expect, test } from 'vitest';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { serveCampaigns } from './campaign-server.ts';

/** What pages of other platforms may read without signing in, and what they may not. */

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());
const server = await serveCampaigns(database);
const { call, done, member } = server;
const [admin, ada] = await Promise.all([member('Admin', ['admin']), member('Ada')]);

async function campaign(body: object) {
  const { id, campaign_id: name } = await done('POST', '/v1/campaigns', {
    as: admin.as,
    body: { title: 'Better city', campaign_type: 'open', ...body },
  });
  await done('POST', `/v1/campaigns/${id}/status`, { as: admin.as, body: { status: 'active' } });
  await done('POST', `/v1/campaigns/${id}/join`, { as: admin.as }).catch(() => undefined); // a creator is in it already
  return { id, name };
}

async function idea(campaignId: string, title: string, context?: string, status = 'competing') {
  const body = { title, ...(context === undefined ? {} : { context_id: context }) };
  const made = await done('POST', `/v1/campaigns/${campaignId}/ideas`, { as: admin.as, body });
  const steps = { pending: [], competing: ['competing'], accepted: ['competing', 'accepted'] }[status] ?? [];
  for (const step of steps) await done('PUT', `/v1/ideas/${made.id}/status`, { as: admin.as, body: { status: step } });
  return made.id as string;
}

const embed = (campaignId: string, query = '') => call('GET', `/v1/embed/ideas?campaign=${campaignId}${query}`);

test('an embeddable campaign shows its visible ideas by what they are about, to anybody and any page', async () => {
  const { id, name } = await campaign({ embeddable: true });
  const here = await idea(id, 'A cycle path', 'river-7');
  const done_ = await idea(id, 'A ferry', 'river-7', 'accepted');
  await idea(id, 'Waits for a manager', 'river-7', 'pending');
  const other = await idea(id, 'About something else');
  const { status, headers, json } = await embed(id, '&context_id=river-7');
  expect(status).toBe(200);
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('access-control-allow-credentials')).toBeNull();
  expect(headers.get('cache-control')).toBe('public, max-age=30');
  expect(json).toEqual({
    campaign: { id, campaign_id: name, title: 'Better city', status: 'active', url: `/campaigns/${name}` },
    propose_url: `/campaigns/${name}/propose?context_id=river-7`,
    items: [
      {
        id: done_,
        title: 'A ferry',
        status: 'accepted',
        coin_count: 0,
        permalink: `/campaigns/${name}/ideas/${done_}`,
      },
      {
        id: here,
        title: 'A cycle path',
        status: 'competing',
        coin_count: 0,
        permalink: `/campaigns/${name}/ideas/${here}`,
      },
    ],
  });
  const all = (await embed(id)).json.items.map((item: { id: string }) => item.id);
  expect(all.sort()).toEqual([here, done_, other].sort());
  await done('POST', `/v1/campaigns/${id}/status`, { as: admin.as, body: { status: 'completed' } });
  expect((await embed(id)).json.propose_url).toBeNull();
  await done('POST', `/v1/campaigns/${id}/status`, { as: admin.as, body: { status: 'archived' } });
  expect((await embed(id)).status).toBe(404);
});

test('nothing is shown of what is not embeddable, closed, a draft, or hidden', async () => {
  const plain = await campaign({});
  const closed = await campaign({ campaign_type: 'closed', embeddable: true });
  const draft = await done('POST', '/v1/campaigns', {
    as: admin.as,
    body: { title: 'Soon', campaign_type: 'open', embeddable: true },
  });
  for (const id of [plain.id, closed.id, draft.id, '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a20']) {
    const { status, json } = await embed(id);
    expect([status, json.error_code]).toEqual([404, 'CAMPAIGN_001']);
  }
  const hidden = await campaign({ embeddable: true, hide_totals: true });
  await idea(hidden.id, 'First');
  await idea(hidden.id, 'Second');
  const { items } = (await embed(hidden.id)).json;
  expect(items.map((item: { title: string; coin_count: unknown }) => [item.title, item.coin_count])).toEqual([
    ['Second', null],
    ['First', null],
  ]);
});

test('input that is wrong is named; the public name is no id', async () => {
  for (const query of ['campaign=better-city', `campaign=${ada.userId}&context_id=two%20words`, '']) {
    const { status, json } = await call('GET', `/v1/embed/ideas?${query}`);
    expect([status, json.error_code]).toEqual([422, 'VALIDATION_001']);
  }
});

test('other operations are not opened to other origins', async () => {
  const { headers } = await call('GET', '/v1/campaigns', {
    as: ada.as,
    headers: { origin: 'https://elsewhere.example' },
  });
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

test('an address that asks too often is told to wait', async () => {
  const { id } = await campaign({ embeddable: true });
  expect((await embed(id)).status).toBe(200);
  // as if it had asked 599 times in this minute
  await superuser`UPDATE app.rate_limits SET points = 599 WHERE key LIKE 'embed %'`;
  expect((await embed(id)).status).toBe(200);
  const { status, headers, json } = await embed(id);
  expect([status, json.error_code, json.details.limit]).toEqual([429, 'LOAD_002', 'embed']);
  expect(headers.get('retry-after')).toMatch(/^\d+$/);
});
