import { beforeAll, expect, test } from 'vitest';
import type { CampaignViewer, SearchAnswer } from '../../engine/index.ts';
import { accepted } from '../harness/engines.ts';
import type { SearchWorld } from '../harness/search-world.ts';

/** Ideas in either search: the requirement's document, who finds what, filters, facets, order, and what changes them. */
export function ideaCases(open: () => Promise<SearchWorld>): void {
  let world: SearchWorld;
  let members: { ada: string; bob: string };
  let open_: string;
  let closed: string;
  let tag: string;
  const ideas = new Map<string, string>();

  const admin = (): CampaignViewer => ({ memberId: members.ada, roles: ['admin'], actor: members.ada });
  const viewer = (memberId: string): CampaignViewer => ({ memberId, roles: ['member'], actor: memberId });
  const campaign = async (id: string, as = admin()) => accepted(await world.engine.campaigns.seen(world.orgId, id, as));

  async function newCampaign(title: string, campaignType: 'open' | 'closed'): Promise<string> {
    const { engine, orgId } = world;
    const { id } = accepted(await engine.campaigns.create(orgId, { title, campaignType }, admin()));
    accepted(await engine.campaigns.changeStatus(orgId, id, 'active', admin()));
    return id;
  }

  async function newIdea(campaignId: string, title: string, more: object = {}, approve = true): Promise<void> {
    const { engine } = world;
    const seen = await campaign(campaignId);
    const { id } = accepted(await engine.ideas.submit(seen, admin(), { title, confirmNotDuplicate: true, ...more }));
    ideas.set(title, id);
    if (approve) await decide(title, 'approve');
  }

  async function decide(title: string, act: 'approve' | 'accept' | 'reject'): Promise<void> {
    const { engine, orgId } = world;
    const seen = accepted(await engine.ideas.seen(orgId, ideas.get(title) as string, admin()));
    accepted(await engine.ideas.decide(seen, admin(), { act, reason: 'Why' }));
  }

  const setCoins = async (title: string, coins: number) => {
    await world.superuser`UPDATE app.idea_totals SET coin_count = ${coins}
      WHERE org_id = ${world.orgId} AND idea_id = ${ideas.get(title) as string}`;
  };

  beforeAll(async () => {
    world = await open();
    const { engine, orgId } = world;
    const member = async (name: string, email: string) => {
      const input = { name, email, groups: [] };
      return accepted(await engine.members.create(orgId, input, { id: orgId, givesRoles: true })).memberId;
    };
    members = { ada: await member('Ada Quill', 'ada@club.example'), bob: await member('Bob', 'bob@club.example') };
    open_ = await newCampaign('Open city', 'open');
    closed = await newCampaign('Closed circle', 'closed');
    tag = accepted(
      await engine.campaignTags.create(orgId, open_, { name: 'Wasser', description: null, color: null }, members.ada),
    ).id;
    const river = { description: 'Along the quay.', tags: [tag], contextId: 'river-7' };
    await newIdea(open_, 'Lanterns for the harbour', river);
    await newIdea(open_, 'Lanterns at the school');
    await newIdea(open_, 'Lanterns in the wood', {}, false);
    await newIdea(closed, 'Lanterns in the club');
    await setCoins('Lanterns at the school', 7);
    await setCoins('Lanterns for the harbour', 3);
    await world.settle();
  });

  const find = async (memberId: string | null, more: object = {}): Promise<SearchAnswer> => {
    const audience =
      memberId === null ? null : accepted(await world.engine.ideas.audience(world.orgId, viewer(memberId)));
    return world.search({ q: 'lanterns', ...more }, { kinds: [{ kind: 'ideas', drafts: true }], audience });
  };
  const titles = async (memberId: string | null, more: object = {}) =>
    (await find(memberId, more)).hits.map(({ title }) => title.map(({ text }) => text).join(''));

  test('ideas: the document of the requirement', async () => {
    const [hit] = (await find(members.bob, { q: 'quay' })).hits;
    expect(hit).toMatchObject({
      kind: 'ideas',
      id: ideas.get('Lanterns for the harbour'),
      state: 'competing',
      idea: { campaignId: open_, tags: ['Wasser'], submitterName: 'Ada Quill', coinCount: 3, contextId: 'river-7' },
    });
    expect(await titles(members.bob, { q: 'quill harbor' })).toEqual(['Lanterns for the harbour']);
    expect(await titles(members.bob, { q: 'wasser' })).toEqual(['Lanterns for the harbour']);
  });

  test('ideas: pending ones and those of closed campaigns are for their audience', async () => {
    const everybody = ['Lanterns at the school', 'Lanterns for the harbour'];
    const all = [...everybody, 'Lanterns in the club', 'Lanterns in the wood'];
    expect((await titles(members.bob)).sort()).toEqual(everybody);
    expect((await titles(members.ada)).sort()).toEqual(all);
    expect((await titles(null)).sort()).toEqual(all);
    const invited = await world.engine.campaignMembers.invite(
      world.orgId,
      closed,
      [{ userId: members.bob, role: 'member' }],
      members.ada,
    );
    accepted(invited);
    expect((await titles(members.bob)).sort()).toEqual([...everybody, 'Lanterns in the club']);
    const similar = async (memberId: string) => {
      const found = await world.engine.ideas.similar(await campaign(open_), viewer(memberId), 'Lanterns of the wood');
      return accepted(found).map(({ title }) => title);
    };
    expect(await similar(members.bob)).not.toContain('Lanterns in the wood');
    expect((await similar(members.ada))[0]).toBe('Lanterns in the wood');
    expect(await similar(members.ada)).not.toContain('Lanterns in the club');
  });

  test('ideas: filters, facets and order', async () => {
    const byCoins = ['Lanterns at the school', 'Lanterns for the harbour'];
    expect(await titles(members.bob, { campaignId: open_, sort: 'coins' })).toEqual(byCoins);
    expect(await titles(members.bob, { campaignId: open_, sort: 'newest' })).toEqual(byCoins);
    expect(await titles(members.ada, { sort: 'newest' })).toEqual([
      'Lanterns in the club',
      'Lanterns in the wood',
      ...byCoins,
    ]);
    expect(await titles(members.ada, { state: 'pending' })).toEqual(['Lanterns in the wood']);
    const tagged = await find(members.ada, { tag: 'Wasser', campaignId: open_ });
    expect([tagged.hits.length, tagged.total, tagged.states, tagged.tags]).toEqual([
      1,
      1,
      { competing: 1 },
      { Wasser: 1 },
    ]);
    const whole = await find(members.ada, { campaignId: open_ });
    expect([whole.states, whole.tags, whole.kinds]).toEqual([
      { competing: 2, pending: 1 },
      { Wasser: 1 },
      { ideas: 3 },
    ]);
  });

  test('ideas: coins, statuses, names and campaigns that change are found as they are', async () => {
    const { engine, orgId } = world;
    await setCoins('Lanterns for the harbour', 30);
    await decide('Lanterns at the school', 'accept');
    accepted(await engine.campaignTags.change(orgId, open_, tag, { name: 'Water' }, members.ada));
    accepted(await engine.members.change(orgId, members.ada, { name: 'Ada Feather' }, { id: orgId, givesRoles: true }));
    await world.settle();
    const found = await find(members.bob, { campaignId: open_, sort: 'coins' });
    expect(found.hits.map(({ state, idea }) => [state, idea?.coinCount, idea?.tags, idea?.submitterName])).toEqual([
      ['competing', 30, ['Water'], 'Ada Feather'],
      ['accepted', 7, [], 'Ada Feather'],
    ]);
    accepted(await engine.campaigns.change(orgId, open_, { hideTotals: true }, admin()));
    await world.settle();
    const hidden = await find(members.bob, { campaignId: open_, sort: 'coins' });
    expect(hidden.hits.map(({ idea }) => idea?.coinCount)).toEqual([null, null]);
    accepted(await engine.campaigns.changeStatus(orgId, open_, 'completed', admin()));
    accepted(await engine.campaigns.change(orgId, closed, { campaignType: 'open' }, admin()));
    await decide('Lanterns in the wood', 'reject');
    await world.settle();
    expect((await find(members.bob, { campaignId: open_, sort: 'coins' })).hits[0]?.idea?.coinCount).toBe(30);
    expect(await titles(members.bob)).toContain('Lanterns in the club');
    expect(await titles(members.ada, { state: 'rejected' })).toEqual(['Lanterns in the wood']);
  });
}
