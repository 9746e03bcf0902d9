import { expect, test } from 'vitest';
import { freshDatabase } from '../harness/postgres.ts';
import { serveIdeas, titlesOf } from './idea-server.ts';

/** Ideas over HTTP: proposed, changed, commented on and decided on, each by who may and by who may not. */

const { call, done, key, manager, ada, bob, stranger, campaign, propose, approve, competing, refused } =
  await serveIdeas(await freshDatabase());

test('an idea is proposed, is pending for its submitter and managers alone, and is seen by all once it is approved', async () => {
  const at = await campaign();
  const idea = await propose(at, 'A cycle path along the river', {
    description: 'From the bridge.',
    context_id: 'river-7',
  });
  expect(idea).toMatchObject({
    title: 'A cycle path along the river',
    status: 'pending',
    submitter_name: 'Ada',
    campaign: at.name,
    campaign_id: at.id,
    coin_count: 0,
    comments: 0,
    context_id: 'river-7',
    permalink: `/campaigns/${at.name}/ideas/${idea.id}`,
  });
  const path = `/v1/ideas/${idea.id}`;
  expect((await call('GET', path, { as: ada.as })).json.status).toBe('pending');
  expect((await call('GET', path, { as: manager.as })).json.status).toBe('pending');
  expect(await refused('GET', path, bob.as)).toMatchObject({ status: 404, code: 'IDEA_001' });
  expect(titlesOf(await done('GET', at.ideas, { as: bob.as }))).toEqual([]);
  expect(titlesOf(await done('GET', `${at.ideas}?status=pending`, { as: manager.as }))).toEqual([idea.title]);
  expect(titlesOf(await done('GET', `${at.ideas}?mine=true`, { as: ada.as }))).toEqual([idea.title]);
  await approve(idea.id);
  const seen = await call('GET', path, { as: stranger.as });
  expect([seen.status, seen.json.status, seen.json.approved_at === null]).toEqual([200, 'competing', false]);
  const again = await call('GET', path, {
    as: stranger.as,
    headers: { 'if-none-match': seen.headers.get('etag') ?? '' },
  });
  expect(again.status).toBe(304);
  expect(titlesOf(await done('GET', at.ideas, { as: bob.as }))).toEqual([idea.title]);
});

test('who has not joined, a key, a campaign that is not there and one that has ended refuse an idea', async () => {
  const at = await campaign();
  const body = { title: 'A bench' };
  expect(await refused('POST', at.ideas, stranger.as, body)).toMatchObject({
    status: 403,
    code: 'AUTH_002',
    details: { reason: 'not_joined' },
  });
  expect(await refused('POST', at.ideas, await key('admin'), body)).toMatchObject({
    status: 403,
    details: { reason: 'no_member' },
  });
  expect(await refused('POST', '/v1/campaigns/nowhere-at-all/ideas', ada.as, body)).toMatchObject({
    status: 404,
    code: 'CAMPAIGN_001',
  });
  const closed = await campaign({ campaign_type: 'closed' });
  expect(await refused('POST', closed.ideas, stranger.as, body)).toMatchObject({ status: 404, code: 'CAMPAIGN_001' });
  await done('POST', `/v1/campaigns/${at.id}/status`, { as: manager.as, body: { status: 'completed' } });
  expect(await refused('POST', at.ideas, ada.as, body)).toMatchObject({
    status: 400,
    code: 'CAMPAIGN_004',
    details: { status: 'completed' },
  });
});

test('fields that are wrong are named: length, tags, cost, context', async () => {
  const at = await campaign();
  const other = await campaign();
  const foreign = await done('POST', `/v1/campaigns/${other.id}/tags`, { as: manager.as, body: { name: 'Elsewhere' } });
  expect(await refused('POST', at.ideas, ada.as, { title: 'x'.repeat(256) })).toMatchObject({
    status: 422,
    code: 'VALIDATION_002',
  });
  expect(await refused('POST', at.ideas, ada.as, { title: 'ok', description: 'x'.repeat(20_001) })).toMatchObject({
    code: 'VALIDATION_002',
  });
  expect(await refused('POST', at.ideas, ada.as, { title: '' })).toMatchObject({ status: 422, code: 'VALIDATION_001' });
  expect(await refused('POST', at.ideas, ada.as, { title: 'With a tag', tags: [foreign.id] })).toMatchObject({
    status: 422,
    code: 'TAG_001',
    details: { tags: [foreign.id] },
  });
  expect(await refused('POST', at.ideas, ada.as, { title: 'Dear', cost: 5 })).toMatchObject({
    status: 422,
    code: 'VALIDATION_001',
    details: { fields: [{ path: 'cost' }] },
  });
  expect(await refused('POST', at.ideas, ada.as, { title: 'About', context_id: 'two words' })).toMatchObject({
    details: { fields: [{ path: 'context_id' }] },
  });
  expect(await refused('GET', `${at.ideas}?status=great`, ada.as)).toMatchObject({
    status: 422,
    details: { fields: [{ path: 'status.0' }] },
  });
  expect(titlesOf(await done('GET', at.ideas, { as: manager.as }))).toEqual([]);
});

test('an idea is changed by its submitter while it is pending, by managers until it is accepted', async () => {
  const at = await campaign();
  const tag = await done('POST', `/v1/campaigns/${at.id}/tags`, {
    as: manager.as,
    body: { name: 'Green', color: '#0f766e' },
  });
  const idea = await propose(at, 'A tree');
  const path = `/v1/ideas/${idea.id}`;
  const changed = await done('PATCH', path, { as: ada.as, body: { title: 'Two trees', tags: [tag.id] } });
  expect(changed).toMatchObject({
    title: 'Two trees',
    description: '',
    tags: [{ id: tag.id, name: 'Green', color: '#0f766e' }],
  });
  expect(await refused('PATCH', path, bob.as, { title: 'Mine' })).toMatchObject({ status: 404, code: 'IDEA_001' });
  await approve(idea.id);
  expect(await refused('PATCH', path, ada.as, { title: 'Three trees' })).toMatchObject({
    status: 403,
    details: { reason: 'not_a_manager' },
  });
  expect(await refused('PATCH', path, bob.as, { title: 'Mine' })).toMatchObject({ status: 403, code: 'AUTH_002' });
  expect(await done('PATCH', path, { as: manager.as, body: { tags: [] } })).toMatchObject({
    title: 'Two trees',
    tags: [],
  });
  expect(await refused('PATCH', path, manager.as, { tags: [idea.id] })).toMatchObject({ status: 422, code: 'TAG_001' });
  await done('PUT', `${path}/status`, { as: manager.as, body: { status: 'accepted' } });
  expect(await refused('PATCH', path, manager.as, { title: 'No tree' })).toMatchObject({
    status: 400,
    code: 'IDEA_004',
  });
});

test('comments: written by who has joined, counted, taken away by their author or a manager', async () => {
  const at = await campaign();
  const idea = await competing(at, 'A chess table');
  const path = `/v1/ideas/${idea.id}/comments`;
  const say = async (as: string, text: string) => done('POST', path, { as, body: { text } });
  const [first, second, third] = [await say(ada.as, 'One'), await say(bob.as, 'Two'), await say(bob.as, 'Three')];
  expect(await refused('POST', path, stranger.as, { text: 'No' })).toMatchObject({
    status: 403,
    details: { reason: 'not_joined' },
  });
  expect(await refused('POST', path, bob.as, { text: ' ' })).toMatchObject({ status: 422 });
  expect(await refused('POST', path, bob.as, { text: 'x'.repeat(2_001) })).toMatchObject({ code: 'VALIDATION_002' });
  const page = await done('GET', `${path}?limit=2`, { as: stranger.as });
  expect(page.items.map(({ text }: { text: string }) => text)).toEqual(['One', 'Two']);
  const rest = await done('GET', `${path}?cursor=${page.next_cursor}`, { as: stranger.as });
  expect([rest.items.map(({ text }: { text: string }) => text), rest.next_cursor]).toEqual([['Three'], null]);
  const counted = async () => (await done('GET', `/v1/ideas/${idea.id}`, { as: bob.as })).comments;
  expect(await counted()).toBe(3);
  expect(await refused('DELETE', `${path}/${second.id}`, ada.as)).toMatchObject({
    status: 403,
    details: { reason: 'not_the_author' },
  });
  for (const [id, as] of [
    [second.id, bob.as],
    [second.id, bob.as],
    [third.id, manager.as],
  ] as const) {
    expect((await call('DELETE', `${path}/${id}`, { as })).status).toBe(204);
  }
  expect(await refused('DELETE', `${path}/${idea.id}`, bob.as)).toMatchObject({ status: 404, code: 'NOT_FOUND_001' });
  const { items } = await done('GET', path, { as: bob.as });
  expect(
    items.map(({ text, removed_at }: { text: unknown; removed_at: unknown }) => [text, removed_at === null]),
  ).toEqual([
    ['One', true],
    [null, false],
    [null, false],
  ]);
  expect([await counted(), first.author_name]).toEqual([1, 'Ada']);
  const pending = await propose(at, 'A secret table');
  expect(await refused('GET', `/v1/ideas/${pending.id}/comments`, bob.as)).toMatchObject({
    status: 404,
    code: 'IDEA_001',
  });
});

test('only managers of this campaign decide on its ideas', async () => {
  const at = await campaign();
  const { id } = await propose(at, 'A sundial');
  const body = { status: 'competing' };
  expect(await refused('PUT', `/v1/ideas/${id}/status`, ada.as, body)).toMatchObject({
    status: 403,
    code: 'AUTH_002',
    details: { reason: 'not_a_manager' },
  });
  expect(await refused('PUT', `/v1/ideas/${id}/status`, bob.as, body)).toMatchObject({ status: 404, code: 'IDEA_001' });
  expect((await done('PUT', `/v1/ideas/${id}/status`, { as: await key('admin'), body })).status).toBe('competing');
});
