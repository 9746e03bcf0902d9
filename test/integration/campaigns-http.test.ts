import { describe, expect, test } from 'vitest';
import { campaignPage, campaignView } from '../../protocol/campaigns.ts';
import { accepted } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { refusalOf, serveCampaignPeople } from './campaign-people.ts';

const server = await serveCampaignPeople(await freshDatabase());
const { engine, orgId, superuser, call, done, key, admin, sponsor, ada, bea, cem } = server;
const { campaign, balanceOf, kindsOf } = server;

describe('creating', () => {
  test('admins and sponsors do; whoever creates one runs it', async () => {
    for (const { as } of [admin, sponsor]) {
      const { status, json, headers } = await call('POST', '/v1/campaigns', {
        as,
        body: { title: 'Für eine bessere Stadt!', campaign_type: 'open' },
      });
      expect(status).toBe(201);
      expect(headers.get('location')).toBe(`/v1/campaigns/${json.campaign_id}`);
      expect(campaignView.parse(json)).toMatchObject({
        status: 'draft',
        preset: 'ideas',
        membership: { role: 'manager', state: 'joined' },
        can_manage: true,
        members: 1,
        ideas: 0,
        pending_ideas: 0,
        coin_policy: {
          initial_allocation: 100,
          idea_submission_reward: 0,
          allow_reallocation: true,
          allow_recycling: true,
          coin_expiry: 'never',
          coins_expire_at: null,
          coins_expired_at: null,
        },
      });
    }
    const { items } = await done('GET', '/v1/campaigns', { as: admin.as });
    expect(items.map((item: { campaign_id: string }) => item.campaign_id)).toEqual([
      'fur-eine-bessere-stadt-2',
      'fur-eine-bessere-stadt',
    ]);
  });

  test('nobody else does', async () => {
    const body = { title: 'Mine', campaign_type: 'open' };
    for (const as of [ada.as, await key('moderator'), await key('auditor'), await key('member')]) {
      const answer = await call('POST', '/v1/campaigns', { as, body });
      expect([answer.status, answer.json.error_code, answer.json.details.role]).toEqual([403, 'AUTH_002', 'sponsor']);
    }
    expect((await call('POST', '/v1/campaigns', { body })).status).toBe(401);
  });

  test('a key manages by its role and has no part in it', async () => {
    const as = await key('admin');
    const body = { title: 'By a key', campaign_type: 'open', campaign_id: 'by-a-key' };
    const created = await done('POST', '/v1/campaigns', { as, body });
    expect(created).toMatchObject({ campaign_id: 'by-a-key', membership: null, can_manage: true, members: 0 });
    const joining = await call('POST', '/v1/campaigns/by-a-key/join', { as });
    expect(refusalOf(joining)).toEqual([403, 'AUTH_002', 'no_member']);
    const again = await call('POST', '/v1/campaigns', { as, body });
    expect(refusalOf(again)).toEqual([409, 'CONFLICT_001', 'campaign_id_taken']);
  });

  test.each<[string, object]>([
    ['campaign_id', { campaign_id: 'No Name' }],
    ['campaign_id', { campaign_id: '-edge' }],
    ['campaign_id', { campaign_id: '0b6b0a0e-64c1-4f1d-9c0e-6d3b1f0a7c21' }],
    ['campaign_type', { campaign_type: 'secret' }],
    ['title', { title: ' ' }],
    ['title', { title: 'two\nlines' }],
    ['budget', { preset: 'budget' }],
    ['budget', { budget: 1_000 }],
    ['budget', { preset: 'budget', budget: 0 }],
    ['budget_rule', { budget_rule: 'greedy' }],
    ['end_date', { start_date: '2090-01-02T00:00:00Z', end_date: '2090-01-01T00:00:00Z' }],
    ['end_date', { end_date: '2020-01-01T00:00:00Z' }],
    ['start_date', { start_date: '1980-01-01T00:00:00Z' }],
    ['coin_policy.coins_expire_at', { coin_policy: { coin_expiry: 'at' } }],
    ['coin_policy.coins_expire_at', { coin_policy: { coins_expire_at: '2090-01-01T00:00:00Z' } }],
    ['coin_policy.coins_expire_at', { coin_policy: { coin_expiry: 'at', coins_expire_at: '2020-01-01T00:00:00Z' } }],
    ['coin_policy.initial_allocation', { coin_policy: { initial_allocation: -1 } }],
    ['coin_policy.initial_allocation', { coin_policy: { initial_allocation: 1.5 } }],
    ['banner_id', { banner_id: '5b0a7f4e-64c1-4f1d-9c0e-6d3b1f0a7c21' }],
    ['icon_id', { icon_id: '5b0a7f4e-64c1-4f1d-9c0e-6d3b1f0a7c21' }],
    ['colour', { colour: 'red' }],
  ])('%s is named where it is wrong: %j', async (path, more) => {
    const body = { title: 'Wrong', campaign_type: 'open', ...more };
    const { status, json } = await call('POST', '/v1/campaigns', { as: admin.as, body });
    expect([status, json.error_code, json.details.fields[0].path]).toEqual([422, 'VALIDATION_001', path]);
    expect(json.details.fields[0].reason).toEqual(expect.any(String));
  });

  test('texts that are too long have a code of their own, unless something else is wrong too', async () => {
    const body = { title: 'x'.repeat(256), description: 'x'.repeat(20_001), campaign_type: 'open' };
    const long = await call('POST', '/v1/campaigns', { as: admin.as, body });
    expect([long.status, long.json.error_code]).toEqual([422, 'VALIDATION_002']);
    expect(long.json.details.fields).toEqual([
      expect.objectContaining({ path: 'title', reason: 'too_long', params: { max: '255' } }),
      expect.objectContaining({ path: 'description', reason: 'too_long', params: { max: '20000' } }),
    ]);
    const both = await call('POST', '/v1/campaigns', { as: admin.as, body: { ...body, campaign_type: 'x' } });
    expect([both.status, both.json.error_code]).toEqual([422, 'VALIDATION_001']);
  });

  test('a budget has a rule of its own where none is named', async () => {
    const body = { title: 'Budget', campaign_type: 'open', preset: 'budget', budget: 5_000 };
    const created = await done('POST', '/v1/campaigns', { as: admin.as, body });
    expect(created).toMatchObject({ budget: 5_000, budget_rule: 'equal_shares_add1' });
    const path = `/v1/campaigns/${created.id}`;
    const changed = await done('PATCH', path, { as: admin.as, body: { preset: 'priority' } });
    expect(changed).toMatchObject({ preset: 'priority', budget: null, budget_rule: null });
  });
});

describe('who sees it', () => {
  const LOOKERS = { admin, sponsor, ada, bea, cem };
  /** Bea is invited, Cem has no part. */
  test.each<[string, object, 'draft' | 'active', readonly (keyof typeof LOOKERS)[]]>([
    ['a draft', {}, 'draft', ['admin', 'sponsor', 'ada']],
    ['an open one', {}, 'active', ['admin', 'sponsor', 'ada', 'bea', 'cem']],
    ['a mediated one', { campaign_type: 'mediated' }, 'active', ['admin', 'sponsor', 'ada', 'bea', 'cem']],
    ['a closed one', { campaign_type: 'closed' }, 'active', ['admin', 'sponsor', 'ada', 'bea']],
  ])('%s', async (_name, more, status, expected) => {
    const { id, path, campaign_id } = await campaign(more, status);
    await done('POST', `${path}/members`, { as: ada.as, body: [{ email: bea.email }] });
    for (const [name, { as }] of Object.entries(LOOKERS)) {
      const sees = expected.includes(name as keyof typeof LOOKERS);
      for (const address of [path, `/v1/campaigns/${id}`, `${path}/tags`]) {
        const { status: answered, json } = await call('GET', address, { as });
        expect([name, answered, json.error_code]).toEqual([name, ...(sees ? [200, undefined] : [404, 'CAMPAIGN_001'])]);
      }
      const listed = campaignPage.parse(await done('GET', '/v1/campaigns?limit=1000', { as }));
      expect(listed.items.some((item) => item.campaign_id === campaign_id)).toBe(sees);
      const acting = await call('PATCH', path, { as, body: { title: 'Taken' } });
      const manages = ['admin', 'ada'].includes(name);
      expect([name, acting.status]).toEqual([name, !sees ? 404 : manages ? 200 : 403]);
      if (sees && !manages) expect(refusalOf(acting)).toEqual([403, 'AUTH_002', 'not_a_manager']);
    }
    const [seen] = await Promise.all([call('GET', path, { as: ada.as }), call('GET', path, { as: sponsor.as })]);
    expect(seen.json.pending_ideas).toBe(0);
    expect((await done('GET', path, { as: sponsor.as })).pending_ideas).toBeNull();
  });

  test('in a list one can ask for a status and for the own ones, page by page', async () => {
    const { campaign_id: own } = await campaign();
    const { campaign_id: draft } = await campaign({}, 'draft');
    const names = async (as: string, query: string) => {
      const found: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const address = `/v1/campaigns?limit=2${query}${cursor === '' ? '' : `&cursor=${cursor}`}`;
        const page = campaignPage.parse(await done('GET', address, { as }));
        found.push(...page.items.map((item) => item.campaign_id));
        cursor = page.next_cursor;
      }
      expect(new Set(found).size).toBe(found.length);
      return found;
    };
    const mine = await names(ada.as, '&mine=true');
    expect(mine.slice(0, 2)).toEqual([draft, own]); // newest first
    expect(await names(ada.as, '&mine=true&status=draft')).toContain(draft);
    expect(await names(ada.as, '&mine=true&status=draft')).not.toContain(own);
    expect(await names(cem.as, '&mine=true')).toEqual([]);
    expect(await names(cem.as, '&status=active')).toContain(own);
    expect((await call('GET', '/v1/campaigns?status=over', { as: cem.as })).status).toBe(422);
  });

  test('what has not changed is not sent again', async () => {
    const { path } = await campaign();
    const first = await call('GET', path, { as: bea.as });
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect((await call('GET', path, { as: bea.as, headers })).status).toBe(304);
    await done('PATCH', path, { as: ada.as, body: { title: 'Another' } });
    expect((await call('GET', path, { as: bea.as, headers })).status).toBe(200);
  });
});

describe('changing', () => {
  test('PUT and PATCH leave what they do not name', async () => {
    const { id, path } = await campaign({ description: 'Why' }, 'draft');
    const put = await done('PUT', path, {
      as: ada.as,
      body: { title: 'One', coin_policy: { allow_recycling: false } },
    });
    expect(put).toMatchObject({ title: 'One', description: 'Why', coin_policy: { allow_recycling: false } });
    const patch = await done('PATCH', path, { as: ada.as, body: { end_date: '2090-01-01T00:00:00Z' } });
    expect(patch).toMatchObject({ title: 'One', end_date: '2090-01-01T00:00:00.000Z' });
    const cleared = await done('PATCH', path, { as: ada.as, body: { end_date: null } });
    expect(cleared).toMatchObject({ end_date: null, coin_policy: { allow_recycling: false, initial_allocation: 100 } });
    expect((await kindsOf(id)).filter((kind) => kind === 'campaign.changed')).toHaveLength(3);
    await done('PATCH', path, { as: ada.as, body: { title: 'One' } }); // changes nothing
    expect((await kindsOf(id)).filter((kind) => kind === 'campaign.changed')).toHaveLength(3);
  });

  test('an expiry goes with its time', async () => {
    const { path } = await campaign({}, 'draft');
    const at = { coin_expiry: 'at', coins_expire_at: '2090-01-01T00:00:00Z' };
    const set = await done('PATCH', path, { as: ada.as, body: { coin_policy: at } });
    expect(set.coin_policy).toMatchObject({ coin_expiry: 'at', coins_expire_at: '2090-01-01T00:00:00.000Z' });
    const never = await done('PATCH', path, { as: ada.as, body: { coin_policy: { coin_expiry: 'at_end' } } });
    expect(never.coin_policy).toMatchObject({ coin_expiry: 'at_end', coins_expire_at: null });
  });

  test.each<[string, object]>([
    ['the preset', { preset: 'quadratic' }],
    ['the initial allocation', { coin_policy: { initial_allocation: 7 } }],
    ['hidden totals', { hide_totals: false }],
  ])('%s stays once coins are given', async (_name, body) => {
    const { path } = await campaign({ hide_totals: true }, 'draft');
    const draft = await call('PATCH', path, { as: ada.as, body });
    expect(draft.status).toBe(200);
    const { path: active } = await campaign({ hide_totals: true });
    const answer = await call('PATCH', active, { as: ada.as, body });
    expect(refusalOf(answer)).toEqual([409, 'CONFLICT_001', 'coins_given']);
    const same = {
      preset: 'ideas',
      hide_totals: true,
      coin_policy: { initial_allocation: 100, idea_submission_reward: 5 },
    };
    expect((await call('PUT', active, { as: ada.as, body: same })).json.coin_policy.idea_submission_reward).toBe(5);
  });

  test('once it is over it only changes how it looks, and archived not at all', async () => {
    const { path } = await campaign();
    const become = (status: string) => done('POST', `${path}/status`, { as: ada.as, body: { status } });
    const change = async (body: object) => {
      const { status, json } = await call('PATCH', path, { as: ada.as, body });
      return status === 200 ? 200 : [json.error_code, json.details.status];
    };
    expect(await change({ start_date: '2090-01-01T00:00:00Z' })).toEqual(['CAMPAIGN_002', 'active']);
    await become('completed');
    expect(await change({ title: 'What became of it' })).toBe(200);
    expect(await change({ campaign_type: 'closed' })).toEqual(['CAMPAIGN_002', 'completed']);
    await become('archived');
    expect(await change({ title: 'Later' })).toEqual(['CAMPAIGN_002', 'archived']);
    expect(refusalOf(await call('POST', `${path}/tags`, { as: ada.as, body: { name: 'Late' } }))).toEqual([
      400,
      'CAMPAIGN_002',
    ]);
  });
});

describe('its life', () => {
  test('draft, active, completed, archived; no step is left out, and one that was made stays made', async () => {
    const { id, path } = await campaign({}, 'draft');
    const become = async (status: string) => {
      const { status: answered, json } = await call('POST', `${path}/status`, { as: ada.as, body: { status } });
      return answered === 200 ? json.status : [answered, json.error_code, json.details.status];
    };
    expect(await become('completed')).toEqual([400, 'CAMPAIGN_002', 'draft']);
    expect(await become('archived')).toEqual([400, 'CAMPAIGN_002', 'draft']);
    expect(await become('active')).toBe('active');
    expect(await become('active')).toBe('active');
    expect(await balanceOf(id, ada.userId)).toBe(100);
    expect(await become('archived')).toEqual([400, 'CAMPAIGN_002', 'active']);
    expect(await become('completed')).toBe('completed');
    expect(await become('active')).toEqual([400, 'CAMPAIGN_002', 'completed']);
    expect(await become('archived')).toBe('archived');
    expect(await become('draft')).toEqual([422, 'VALIDATION_001', undefined]);
    const shown = await done('GET', path, { as: ada.as });
    expect([shown.activated_at, shown.completed_at]).toEqual([expect.any(String), expect.any(String)]);
    const kinds = await kindsOf(id);
    expect(kinds.filter((kind) => !['campaign.member'].includes(kind))).toEqual([
      'campaign.created',
      'campaign.activated',
      'campaign.completed',
      'campaign.archived',
    ]);
    expect(refusalOf(await call('POST', `${path}/status`, { as: bea.as, body: { status: 'active' } }))).toEqual([
      403,
      'AUTH_002',
      'not_a_manager',
    ]);
  });

  test('a draft whose end has passed cannot start', async () => {
    const { id, path } = await campaign({}, 'draft');
    await superuser`UPDATE app.campaigns SET end_date = now() - interval '1 hour' WHERE org_id = ${orgId} AND id = ${id}`;
    const answer = await call('POST', `${path}/status`, { as: ada.as, body: { status: 'active' } });
    expect(refusalOf(answer)).toEqual([400, 'CAMPAIGN_004']);
  });

  test('a draft can be deleted with all that is in it, and nothing else can', async () => {
    const { id, path } = await campaign({}, 'draft');
    await done('POST', `${path}/tags`, { as: ada.as, body: { name: 'Gone' } });
    const active = await campaign();
    const refused = await call('DELETE', active.path, { as: ada.as });
    expect([refused.json.error_code, refused.json.details.status]).toEqual(['CAMPAIGN_002', 'active']);
    expect((await call('DELETE', path, { as: ada.as })).status).toBe(204);
    expect((await call('GET', path, { as: ada.as })).json.error_code).toBe('CAMPAIGN_001');
    expect(await superuser`SELECT FROM app.campaign_tags WHERE campaign_id = ${id}`).toHaveLength(0);
    expect((await kindsOf(id)).at(-1)).toBe('campaign.deleted');
  });
});

describe('by the clock', () => {
  const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

  test('it starts, its coins expire, and it is completed by its own dates', async () => {
    const { id, path } = await campaign({}, 'draft');
    const startsMs = Date.now() + 600;
    const body = {
      start_date: new Date(startsMs).toISOString(),
      end_date: inMs(2_600),
      coin_policy: { coin_expiry: 'at', coins_expire_at: inMs(1_600) },
    };
    await done('PATCH', path, { as: ada.as, body });
    const shown = () => done('GET', path, { as: ada.as });
    await expect.poll(async () => (await shown()).status, { timeout: 8_000 }).toBe('active');
    const { activated_at: activatedAt } = await shown();
    expect(Date.parse(activatedAt)).toBeGreaterThanOrEqual(startsMs);
    await expect.poll(async () => (await shown()).coin_policy.coins_expired_at, { timeout: 8_000 }).not.toBeNull();
    const purse = accepted(await engine.coins.balance(orgId, id, ada.userId));
    expect([purse.available, purse.expired]).toEqual([0, 100]);
    await expect.poll(async () => (await shown()).status, { timeout: 8_000 }).toBe('completed');
    const rows = await superuser<{ kind: string; by: string }[]>`
      SELECT kind, payload ->> 'by' AS by FROM app.log WHERE org_id = ${orgId} AND topic = ${id}
        AND kind IN ('campaign.activated', 'campaign.coins_expired', 'campaign.completed') ORDER BY pos`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { kind: 'campaign.activated', by: id }, // nobody's act but its own
      { kind: 'campaign.coins_expired', by: id },
      { kind: 'campaign.completed', by: id },
    ]);
    const again = await call('PATCH', path, { as: ada.as, body: { coin_policy: { coin_expiry: 'never' } } });
    expect(again.json.error_code).toBe('CAMPAIGN_002');
  });

  test('whose coins have expired keeps that rule', async () => {
    const { id, path } = await campaign();
    await superuser`UPDATE app.coin_policies SET coin_expiry = 'at', coins_expire_at = now() WHERE campaign_id = ${id}`;
    const shown = () => done('GET', path, { as: ada.as });
    await expect.poll(async () => (await shown()).coin_policy.coins_expired_at, { timeout: 8_000 }).not.toBeNull();
    const answer = await call('PATCH', path, { as: ada.as, body: { coin_policy: { coin_expiry: 'never' } } });
    expect(refusalOf(answer)).toEqual([400, 'COIN_009']);
    await done('POST', `${path}/join`, { as: bea.as });
    expect(await balanceOf(id, bea.userId)).toBe(0); // whoever comes now gets none
  });
});
