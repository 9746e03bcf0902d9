import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { accepted } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { refusalOf, serveCampaignPeople } from './campaign-people.ts';

const server = await serveCampaignPeople(await freshDatabase());
const { engine, orgId, superuser, call, done, member, admin, sponsor, ada, bea, cem } = server;
const { campaign, stateOf, balanceOf, kindsOf } = server;

describe('joining', () => {
  test('an open campaign: the purse is there with the answer, and the coins come once, however often', async () => {
    const { id, path } = await campaign();
    const answers = await Promise.all(Array.from({ length: 12 }, () => call('POST', `${path}/join`, { as: bea.as })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    expect(answers[0]?.json).toMatchObject({ user_id: bea.userId, name: 'Bea', role: 'member', state: 'joined' });
    expect(await balanceOf(id, bea.userId)).toBe(100);
    expect((await kindsOf(id)).filter((kind) => kind === 'campaign.member').length).toBe(4); // Ada invited, in, Grace out, Bea in
    expect((await call('POST', `${path}/leave`, { as: bea.as })).status).toBe(204);
    expect(await stateOf(path, bea.as)).toBe('left');
    const idle = { campaignId: id, userId: bea.userId, from: null, amount: 1 };
    const act = { ...idle, requestId: crypto.randomUUID(), to: crypto.randomUUID() };
    expect(await engine.coins.move(orgId, act)).toMatchObject({ failure: { details: { reason: 'not_joined' } } });
    await done('POST', `${path}/join`, { as: bea.as });
    expect(await balanceOf(id, bea.userId)).toBe(100);
    const [ledger] =
      await superuser`SELECT count(*)::int AS rows FROM app.ledger WHERE book = ${id} AND holder = ${bea.userId}`;
    expect(ledger?.rows).toBe(1);
    expect(accepted(await engine.coins.audit(orgId, id))).toEqual([]);
  });

  test('while it is started: whoever joins meanwhile has a purse, and one alone', async () => {
    const { id, path } = await campaign({}, 'draft');
    await done('POST', `${path}/members`, { as: ada.as, body: [{ user_id: bea.userId, role: 'manager' }] });
    await Promise.all([
      done('POST', `${path}/join`, { as: bea.as }),
      done('POST', `${path}/status`, { as: ada.as, body: { status: 'active' } }),
      done('POST', `${path}/join`, { as: sponsor.as }),
    ]);
    for (const { userId } of [ada, bea, sponsor]) expect(await balanceOf(id, userId)).toBe(100);
  });

  test('a mediated one is asked, once', async () => {
    const { id, path } = await campaign({ campaign_type: 'mediated' });
    expect((await done('POST', `${path}/join`, { as: bea.as })).state).toBe('requested');
    expect(await balanceOf(id, bea.userId)).toBe('not_joined');
    expect(refusalOf(await call('POST', `${path}/join`, { as: bea.as }))).toEqual([
      409,
      'CONFLICT_001',
      'requested_already',
    ]);
    const waiting = await done('GET', `${path}/members?state=requested`, { as: ada.as });
    expect(waiting.items.map((one: { user_id: string }) => one.user_id)).toEqual([bea.userId]);
    const address = `${path}/members/${bea.userId}`;
    expect((await done('PATCH', address, { as: ada.as, body: { state: 'joined' } })).state).toBe('joined');
    expect(await balanceOf(id, bea.userId)).toBe(100);
    await done('POST', `${path}/join`, { as: cem.as });
    expect((await call('POST', `${path}/leave`, { as: cem.as })).status).toBe(204); // takes the request back
    expect((await done('POST', `${path}/join`, { as: cem.as })).state).toBe('requested');
  });

  test('a closed one needs an invitation, of whoever it is', async () => {
    const { id, path } = await campaign({ campaign_type: 'closed' });
    expect(refusalOf(await call('POST', `${path}/join`, { as: sponsor.as }))).toEqual([403, 'AUTH_002', 'not_invited']);
    expect((await call('POST', `${path}/join`, { as: bea.as })).json.error_code).toBe('CAMPAIGN_001');
    await done('POST', `${path}/members`, { as: ada.as, body: [{ user_id: bea.userId }] });
    expect((await done('POST', `${path}/join`, { as: bea.as })).state).toBe('joined');
    expect(await balanceOf(id, bea.userId)).toBe(100);
    expect((await call('POST', `${path}/leave`, { as: bea.as })).status).toBe(204);
    expect((await call('GET', path, { as: bea.as })).json.error_code).toBe('CAMPAIGN_001');
  });

  test('nobody joins what is over, and nobody leaves what they are not in', async () => {
    const { path } = await campaign();
    expect(refusalOf(await call('POST', `${path}/leave`, { as: bea.as }))).toEqual([403, 'AUTH_002', 'not_joined']);
    await done('POST', `${path}/status`, { as: ada.as, body: { status: 'completed' } });
    const answer = await call('POST', `${path}/join`, { as: bea.as });
    expect([answer.json.error_code, answer.json.details.status]).toEqual(['CAMPAIGN_002', 'completed']);
  });
});

describe('members', () => {
  test('are invited by id or address, all of them or none', async () => {
    const { id, path } = await campaign();
    const invite = (body: object) => call('POST', `${path}/members`, { as: ada.as, body });
    const wrong = await invite([
      { email: bea.email },
      { email: 'nobody@example.org' },
      { user_id: crypto.randomUUID() },
      { user_id: bea.userId },
    ]);
    expect([wrong.status, wrong.json.error_code]).toEqual([422, 'VALIDATION_001']);
    expect(wrong.json.details.fields).toEqual([
      { path: '1.email', problem: 'is no member', reason: 'no_member' },
      { path: '2.user_id', problem: 'is no member', reason: 'no_member' },
      { path: '3.user_id', problem: 'names a member twice', reason: 'member_twice' },
    ]);
    expect(await stateOf(path, bea.as)).toBeNull();
    const made = await invite([{ email: bea.email.toUpperCase() }, { user_id: cem.userId, role: 'manager' }]);
    expect([made.status, made.json]).toEqual([200, { invited: 2, admitted: 0, unchanged: 0 }]);
    expect((await invite([{ email: bea.email }, { user_id: ada.userId }])).json).toEqual({
      invited: 0,
      admitted: 0,
      unchanged: 2,
    });
    expect(await stateOf(path, cem.as)).toBe('invited');
    expect((await done('GET', path, { as: cem.as })).can_manage).toBe(false); // not before taking it
    const rows = await superuser<{ payload: object }[]>`SELECT payload FROM app.log
      WHERE org_id = ${orgId} AND topic = ${id} AND kind = 'campaign.member' ORDER BY pos DESC LIMIT 2`;
    expect(rows.map(({ payload }) => payload)).toEqual(
      expect.arrayContaining([
        { by: ada.userId, user: bea.userId, state: 'invited' },
        { by: ada.userId, user: cem.userId, state: 'invited' },
      ]),
    );
    expect(refusalOf(await call('POST', `${path}/members`, { as: bea.as, body: [{ user_id: cem.userId }] }))).toEqual([
      403,
      'AUTH_002',
      'not_a_manager',
    ]);
    for (const body of [[], [{}], [{ user_id: bea.userId, email: bea.email }], [{ email: 'x' }]]) {
      expect((await invite(body)).status).toBe(422);
    }
  });

  test('who had asked is in with the invitation', async () => {
    const { id, path } = await campaign({ campaign_type: 'mediated' });
    await done('POST', `${path}/join`, { as: bea.as });
    const made = await done('POST', `${path}/members`, {
      as: ada.as,
      body: [{ email: bea.email }, { email: cem.email }],
    });
    expect(made).toEqual({ invited: 1, admitted: 1, unchanged: 0 });
    expect([await stateOf(path, bea.as), await balanceOf(id, bea.userId)]).toEqual(['joined', 100]);
  });

  test('somebody who is inactive is nobody', async () => {
    const { path } = await campaign();
    const gone = await member('Gone');
    accepted(await engine.members.deactivate(orgId, gone.userId, { id: orgId, givesRoles: true }));
    const answer = await call('POST', `${path}/members`, { as: ada.as, body: [{ user_id: gone.userId }] });
    expect(answer.json.details.fields).toEqual([{ path: '0.user_id', problem: 'is no member', reason: 'no_member' }]);
  });

  test('one manager is always left, of two who leave at the same moment too', async () => {
    const { path } = await campaign();
    const of = (userId: string) => `${path}/members/${userId}`;
    const last = [409, 'CONFLICT_001', 'last_manager'];
    expect(refusalOf(await call('POST', `${path}/leave`, { as: ada.as }))).toEqual(last);
    expect(refusalOf(await call('DELETE', of(ada.userId), { as: admin.as }))).toEqual(last);
    expect(refusalOf(await call('PATCH', of(ada.userId), { as: ada.as, body: { role: 'member' } }))).toEqual(last);
    await done('POST', `${path}/join`, { as: bea.as });
    expect((await done('PATCH', of(bea.userId), { as: ada.as, body: { role: 'manager' } })).role).toBe('manager');
    const both = await Promise.all([ada, bea].map(({ as }) => call('POST', `${path}/leave`, { as })));
    expect(both.map(({ status }) => status).sort()).toEqual([204, 409]);
  });

  test('are listed for managers, page by page, and taken out with their purse closed', async () => {
    const { id, path } = await campaign();
    for (const { as } of [bea, cem, sponsor]) await done('POST', `${path}/join`, { as });
    expect(refusalOf(await call('GET', `${path}/members`, { as: bea.as }))).toEqual([403, 'AUTH_002', 'not_a_manager']);
    const first = await done('GET', `${path}/members?limit=2&state=joined`, { as: ada.as });
    const second = await done('GET', `${path}/members?limit=2&state=joined&cursor=${first.next_cursor}`, {
      as: ada.as,
    });
    const names = [...first.items, ...second.items].map(({ name }: { name: string }) => name);
    expect([names, second.next_cursor]).toEqual([['Ada', 'Bea', 'Cem', 'Sven'], null]);
    expect((await done('GET', path, { as: cem.as })).members).toBe(4);
    const address = `${path}/members/${bea.userId}`;
    expect((await call('DELETE', address, { as: ada.as })).status).toBe(204);
    expect((await call('DELETE', address, { as: ada.as })).status).toBe(204);
    const [purse] = await superuser`SELECT is_open, available_coins::int AS coins FROM app.coin_balances
      WHERE campaign_id = ${id} AND user_id = ${bea.userId}`;
    expect({ ...purse }).toEqual({ is_open: false, coins: 100 });
    const back = await call('PATCH', address, { as: ada.as, body: { state: 'joined' } });
    expect([back.status, back.json.error_code, back.json.details.state]).toEqual([409, 'CONFLICT_001', 'left']);
    const nobody = await call('PATCH', `${path}/members/${crypto.randomUUID()}`, {
      as: ada.as,
      body: { role: 'member' },
    });
    expect(nobody.status).toBe(404);
  });
});

describe('tags', () => {
  test('are made, changed and taken away by managers, and read by whoever sees the campaign', async () => {
    const { id, path } = await campaign();
    const asAda = { as: ada.as };
    const cycling = await done('POST', `${path}/tags`, { ...asAda, body: { name: 'Cycling', color: '#0F766E' } });
    expect(cycling).toMatchObject({ name: 'Cycling', color: '#0f766e', description: null, ideas: 0 });
    await done('POST', `${path}/tags`, { ...asAda, body: { name: 'Art' } });
    const twice = await call('POST', `${path}/tags`, { ...asAda, body: { name: 'cycling' } });
    expect(refusalOf(twice)).toEqual([409, 'CONFLICT_001', 'tag_taken']);
    const bad = await call('POST', `${path}/tags`, { ...asAda, body: { name: 'Red', color: 'red' } });
    expect(bad.json.details.fields[0]).toMatchObject({ path: 'color', reason: 'no_colour' });
    await superuser`WITH made AS (
        INSERT INTO app.ideas (org_id, campaign_id, submitter_id, title, status)
        SELECT ${orgId}, ${id}, ${ada.userId}, 'Idea', unnest('{pending,competing,accepted,rejected}'::text[]) RETURNING id
      ) INSERT INTO app.idea_tags (org_id, idea_id, campaign_id, tag_id) SELECT ${orgId}, id, ${id}, ${cycling.id} FROM made`;
    const listed = await done('GET', `${path}/tags`, { as: cem.as });
    expect(listed.items.map(({ name, ideas }: { name: string; ideas: number }) => [name, ideas])).toEqual([
      ['Art', 0],
      ['Cycling', 2],
    ]);
    const address = `${path}/tags/${cycling.id}`;
    expect(refusalOf(await call('PATCH', address, { ...asAda, body: { name: 'Art' } }))).toEqual([
      409,
      'CONFLICT_001',
      'tag_taken',
    ]);
    const changed = await done('PATCH', address, { ...asAda, body: { name: 'CYCLING', description: 'Bicycles' } });
    expect(changed).toMatchObject({ name: 'CYCLING', description: 'Bicycles', color: '#0f766e', ideas: 2 });
    const other = await campaign();
    expect((await call('PATCH', `${other.path}/tags/${cycling.id}`, { ...asAda, body: { name: 'X' } })).status).toBe(
      404,
    );
    expect((await call('DELETE', `${other.path}/tags/${cycling.id}`, asAda)).status).toBe(404);
    for (const [method, body] of [
      ['PATCH', { name: 'X' }],
      ['DELETE', undefined],
    ] as const) {
      expect(refusalOf(await call(method, address, { as: bea.as, body }))).toEqual([403, 'AUTH_002', 'not_a_manager']);
    }
    expect((await call('DELETE', address, asAda)).status).toBe(204);
    expect((await call('DELETE', address, asAda)).status).toBe(404);
    expect((await kindsOf(id)).filter((kind) => kind === 'campaign.tags')).toHaveLength(4);
    expect((await done('GET', path, { as: cem.as })).ideas).toBe(2);
  });
});

describe('pictures', () => {
  const photo = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#0f766e' } })
      .jpeg()
      .toBuffer();
  const headers = { 'content-type': 'image/jpeg' };

  test('a banner may be wider than an icon; both stay as long as the campaign names them', async () => {
    const { path } = await campaign();
    const upload = async (use: string, as = ada.as) =>
      call('POST', `${path}/pictures?for=${use}`, { as, file: await photo(2_000, 500), headers });
    const [banner, icon, unused] = [await upload('banner'), await upload('icon'), await upload('icon')];
    expect([banner.status, banner.json.width, banner.json.height]).toEqual([201, 1_600, 400]);
    expect([icon.json.width, icon.json.height]).toEqual([800, 200]);
    const body = { banner_id: banner.json.picture_id, icon_id: icon.json.picture_id };
    const changed = await done('PATCH', path, { as: ada.as, body });
    expect(changed).toMatchObject({ banner_image_url: banner.json.url, icon_url: icon.json.url });
    const shown = await call('GET', changed.banner_image_url);
    expect([shown.headers.get('content-type'), shown.headers.get('x-content-type-options')]).toEqual([
      'image/webp',
      'nosniff',
    ]);
    await superuser`UPDATE app.pictures SET created_at = now() - interval '2 days'`;
    expect(await engine.pictures.forgetUnused(100)).toBe(1);
    expect((await call('GET', `/v1/pictures/${banner.json.picture_id}`)).status).toBe(200);
    const gone = await superuser`SELECT FROM app.pictures WHERE picture_id = ${unused.json.picture_id}`;
    expect(gone).toHaveLength(0);
    expect(refusalOf(await upload('banner', bea.as))).toEqual([403, 'AUTH_002', 'not_a_manager']);
    expect((await upload('poster')).json.details.fields[0].path).toBe('for');
    const text = await call('POST', `${path}/pictures?for=icon`, { as: ada.as, file: Buffer.from('<svg/>'), headers });
    expect(text.json.details.fields[0]).toMatchObject({ path: 'file', reason: 'no_picture_format' });
  });

  test('of another organisation are none', async () => {
    const { path } = await campaign();
    const { orgId: elsewhere } = accepted(await engine.accounts.createOrganisation({ name: 'Elsewhere' }));
    const { pictureId } = accepted(await engine.pictures.add(elsewhere, await photo(10, 10), elsewhere));
    const answer = await call('PATCH', path, { as: ada.as, body: { icon_id: pictureId } });
    expect([answer.status, answer.json.details.fields[0]]).toMatchObject([
      422,
      { path: 'icon_id', reason: 'no_picture' },
    ]);
  });
});
