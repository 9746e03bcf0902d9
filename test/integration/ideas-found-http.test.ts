import { expect, test } from 'vitest';
import { freshDatabase } from '../harness/postgres.ts';
import { serveIdeas, titlesOf } from './idea-server.ts';

/** Ideas as they are found over HTTP: lists, likeness, what they are about, the search; and what hides them or their totals. */

const {
  engine,
  orgId,
  call,
  done,
  admin,
  manager,
  ada,
  bob,
  stranger,
  campaign,
  propose,
  competing,
  countTotals,
  refused,
} = await serveIdeas(await freshDatabase());

test('an idea like another one is refused with what it is like, until it was compared', async () => {
  const at = await campaign();
  const first = await competing(at, 'A cycle path along the river');
  await engine.search.catchUp(orgId);
  const again = { title: 'A cycle path along the rivers' };
  const like = await refused('POST', at.ideas, bob.as, again);
  expect(like).toMatchObject({ status: 400, code: 'IDEA_002' });
  expect(like.details.similar).toMatchObject([{ id: first.id, title: first.title, status: 'competing' }]);
  expect(like.details.similar[0].score).toBeGreaterThanOrEqual(0.81);
  expect((await call('POST', at.ideas, { as: bob.as, body: { ...again, confirm_not_duplicate: true } })).status).toBe(
    201,
  );
  // the very title is known at once, before the search has it; somebody else's pending idea is told to nobody
  const secret = await propose(at, 'Lamps in the park');
  expect((await call('POST', at.ideas, { as: bob.as, body: { title: 'lamps in the park' } })).status).toBe(201);
  expect((await refused('POST', at.ideas, ada.as, { title: 'LAMPS in the park' })).details.similar).toMatchObject([
    { id: secret.id },
  ]);
  expect((await call('POST', at.ideas, { as: bob.as, body: { title: 'A cycle path' } })).status).toBe(201);
});

test('similar ideas while typing: those of the campaign that the caller may see, scored', async () => {
  const at = await campaign();
  const elsewhere = await campaign();
  const bench = await competing(at, 'More benches in the market square');
  await competing(elsewhere, 'More benches in the market square');
  await propose(at, 'Benches at the market, painted green', { confirm_not_duplicate: true });
  await engine.search.catchUp(orgId);
  const similar = async (title: string, as: string) =>
    (await done('GET', `${at.ideas}/similar?title=${encodeURIComponent(title)}`, { as })).items;
  const found = await similar('benches market sq', bob.as);
  expect(found.map(({ id }: { id: string }) => id)).toEqual([bench.id]);
  expect(found[0]).toMatchObject({ status: 'competing', coin_count: 0 });
  expect(found[0].score).toBeGreaterThan(0.5);
  expect(await similar('benches market sq', manager.as)).toHaveLength(2);
  expect(await similar('benches market sq', ada.as)).toHaveLength(2);
  expect(await similar('A swimming pool', bob.as)).toEqual([]);
});

test('lists: filters, order by coins, and pages without gaps', async () => {
  const at = await campaign();
  const tag = await done('POST', `/v1/campaigns/${at.id}/tags`, { as: manager.as, body: { name: 'Water' } });
  const words = ['Ponds', 'Fountain', 'Canoes', 'Bridges', 'Mills', 'Swans', 'Ferries'];
  const ideas = [];
  for (const [n, word] of words.entries()) {
    ideas.push(await competing(at, word, n % 2 === 0 ? { tags: [tag.id], context_id: `thing-${at.number}` } : {}));
  }
  const pages = async (query: string) => {
    const found: string[] = [];
    let cursor = '';
    do {
      const page = await done('GET', `${at.ideas}?limit=2${query}${cursor}`, { as: bob.as });
      found.push(...titlesOf(page));
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor !== '');
    return found;
  };
  const newest = words.toReversed();
  const tagged = words.filter((_, n) => n % 2 === 0).toReversed();
  expect(await pages('')).toEqual(newest);
  expect(await pages('&status=competing,accepted')).toEqual(newest);
  expect(await pages(`&tag=${tag.id}`)).toEqual(tagged);
  expect(await pages(`&context_id=thing-${at.number}`)).toEqual(tagged);
  expect(await pages('&mine=true')).toEqual([]);
  for (const [n, { id }] of ideas.entries()) {
    await done('POST', `/v1/campaigns/${at.id}/coins/allocate`, {
      as: bob.as,
      body: { idea_id: id, amount: ((n * 3) % 7) + 1 },
    });
  }
  await countTotals();
  const richest = ideas.map(({ title }, n) => [((n * 3) % 7) + 1, title] as const).sort((a, b) => b[0] - a[0]);
  expect(await pages('&sort=coins')).toEqual(richest.map(([, title]) => title));
  expect(await pages(`&sort=coins&tag=${tag.id}`)).toEqual(
    richest.map(([, title]) => title).filter((title) => tagged.includes(title)),
  );
  expect((await done('GET', `${at.ideas}?limit=1&sort=coins`, { as: bob.as })).items[0].coin_count).toBe(7);
  // what few ideas fit is gathered and sorted, what many fit is walked through: both give the same
  await propose(at, 'A pending pier', {}, bob.as);
  expect((await pages('&status=pending'))[0]).toBe('A pending pier');
  expect((await pages(''))[0]).toBe('A pending pier');
  const byContext = async (as: string) =>
    titlesOf(await done('GET', `/v1/ideas?context_id=thing-${at.number}`, { as }));
  expect(await byContext(bob.as)).toEqual(tagged);
});

test('totals that are hidden are in no list, no order and no page before the campaign is completed', async () => {
  const at = await campaign({ hide_totals: true });
  const first = await competing(at, 'Otters');
  const second = await competing(at, 'Beavers');
  await done('POST', `/v1/campaigns/${at.id}/coins/allocate`, { as: bob.as, body: { idea_id: first.id, amount: 9 } });
  await countTotals();
  for (const as of [bob.as, manager.as, admin.as]) {
    const { items } = await done('GET', `${at.ideas}?sort=coins`, { as });
    expect(items.map((idea: { coin_count: unknown }) => idea.coin_count)).toEqual([null, null]);
    expect(titlesOf({ items })).toEqual(['Beavers', 'Otters']);
    expect((await done('GET', `/v1/ideas/${first.id}`, { as })).coin_count).toBeNull();
  }
  await engine.search.catchUp(orgId);
  const hit = async () =>
    (await done('GET', `/v1/search?q=otters&campaign_id=${at.id}`, { as: admin.as })).items[0].idea;
  expect((await hit()).coin_count).toBeNull();
  await done('POST', `/v1/campaigns/${at.id}/status`, { as: manager.as, body: { status: 'completed' } });
  expect((await done('GET', `/v1/ideas/${first.id}`, { as: bob.as })).coin_count).toBe(9);
  expect(titlesOf(await done('GET', `${at.ideas}?sort=coins`, { as: bob.as }))).toEqual(['Otters', second.title]);
  await engine.search.catchUp(orgId);
  expect((await hit()).coin_count).toBe(9);
});

test('ideas by what they are about, over the campaigns that the caller sees', async () => {
  const context = 'feature-123';
  const open = await campaign();
  const closed = await campaign({ campaign_type: 'closed' });
  await competing(open, 'Seen by everyone', { context_id: context, permalink_source: 'forum.example.org' });
  await competing(closed, 'Seen by who is invited', { context_id: context });
  await propose(open, 'Waits', { context_id: context });
  const about = async (as: string) => titlesOf(await done('GET', `/v1/ideas?context_id=${context}`, { as }));
  expect(await about(stranger.as)).toEqual(['Seen by everyone']);
  expect(await about(bob.as)).toEqual(['Seen by who is invited', 'Seen by everyone']);
  expect(await about(ada.as)).toEqual(['Waits', 'Seen by who is invited', 'Seen by everyone']);
  expect(await about(manager.as)).toEqual(await about(ada.as));
  expect(await about(admin.as)).toEqual(await about(ada.as));
  expect((await refused('GET', '/v1/ideas', ada.as)).details).toMatchObject({ fields: [{ path: 'context_id' }] });
});

test('searched by kind: filters, facets and order; what is hidden is found by nobody else', async () => {
  const at = await campaign();
  const closed = await campaign({ campaign_type: 'closed' });
  const tag = await done('POST', `/v1/campaigns/${at.id}/tags`, { as: manager.as, body: { name: 'Light' } });
  const lamps = await competing(at, 'Lanterns for the harbour', {
    description: 'Along the quay.',
    tags: [tag.id],
    context_id: 'quay',
  });
  const rows = await competing(at, 'Lanterns at the school');
  await propose(at, 'Lanterns in the wood');
  await competing(closed, 'Lanterns in the club');
  await done('POST', `/v1/campaigns/${at.id}/coins/allocate`, { as: bob.as, body: { idea_id: lamps.id, amount: 3 } });
  await countTotals();
  await engine.search.catchUp(orgId);
  const find = async (as: string, query: string) => done('GET', `/v1/search?kinds=ideas&${query}`, { as });
  const titles = async (as: string, query: string) =>
    (await find(as, query)).items.map(({ title }: { title: { text: string }[] }) =>
      title.map(({ text }) => text).join(''),
    );
  const seen = ['Lanterns for the harbour', 'Lanterns at the school'];
  expect((await titles(stranger.as, 'q=lanterns')).sort()).toEqual(seen.toSorted());
  expect((await titles(bob.as, 'q=lanterns')).sort()).toEqual([...seen, 'Lanterns in the club'].sort());
  const all = [...seen, 'Lanterns in the club', 'Lanterns in the wood'].sort();
  for (const { as } of [ada, manager, admin]) expect((await titles(as, 'q=lanterns')).sort()).toEqual(all);
  expect(await titles(stranger.as, 'q=lanterns&sort=coins')).toEqual(seen);
  expect(await titles(stranger.as, 'q=lanterns&sort=newest')).toEqual(seen.toReversed());
  expect(await titles(stranger.as, 'q=lanterns&tag=Light')).toEqual(seen.slice(0, 1));
  expect(await titles(ada.as, `q=lanterns&state=pending&campaign_id=${at.id}`)).toEqual(['Lanterns in the wood']);
  expect(await titles(ada.as, `q=lanterns&campaign_id=${closed.id}`)).toEqual(['Lanterns in the club']);
  const page = await find(stranger.as, 'q=quay');
  expect(page.facets).toMatchObject({
    tags: [{ value: 'Light', count: 1 }],
    states: [{ value: 'competing', count: 1 }],
  });
  expect(page.items[0]).toMatchObject({
    kind: 'ideas',
    id: lamps.id,
    state: 'competing',
    at: lamps.submitted_at,
    idea: { campaign_id: at.id, tags: ['Light'], submitter_name: 'Ada', coin_count: 3, context_id: 'quay' },
  });
  await done('PATCH', `/v1/campaigns/${at.id}`, { as: manager.as, body: { campaign_type: 'closed' } });
  await engine.search.catchUp(orgId);
  expect(await titles(stranger.as, 'q=lanterns')).toEqual([]);
  expect(rows.status).toBe('competing');
});
