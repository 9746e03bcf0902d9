import { createHash, createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { apiKeyPage, apiKeySecrets, apiKeyView } from '../../protocol/api-keys.ts';
import { accepted } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { serveHttp } from './http-server.ts';

const database = await freshDatabase();
const server = await serveHttp(database.ownerUrl);
const superuser = connectAs(database.ownerUrl, null);
const { call, engine, ours, theirs } = server;
afterAll(() => Promise.all([server.stop(), superuser.end()]));

async function make(body: object, as = ours.admin) {
  const made = await call('POST', '/v1/api-keys', { as, body });
  if (made.status !== 201) throw new Error(made.text);
  return apiKeySecrets.parse(made.json);
}

const moderatorKey = (more: object = {}) => make({ name: 'Members', roles: ['moderator'], ...more });
const meetings = (secret: string) => call('GET', '/v1/meetings', { as: secret });
const seconds = () => (Date.now() / 1_000).toFixed(6);

/** Headers of a signed request, made as docs/guides/api-keys.md tells callers to. */
function sign(
  { key, signing_secret: secret }: { key: { key_id: string }; signing_secret: string },
  { method = 'GET', path = '/v1/meetings', body = '', timestamp = seconds() } = {},
): Record<string, string> {
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const text = ['psephos1', method, path, timestamp, bodyHash].join('\n');
  return {
    'x-psephos-key': key.key_id,
    'x-psephos-timestamp': timestamp,
    'x-psephos-signature': createHmac('sha256', secret).update(text).digest('hex'),
  };
}

describe('making keys', () => {
  test('shows the secrets once; lists show how they begin, and only a hash is stored', async () => {
    const made = await moderatorKey({ scopes: ['meetings.list'], expires_at: '2099-01-01T00:00:00Z' });
    expect(made.secret.startsWith(made.key.prefix)).toBe(true);
    const read = await call('GET', `/v1/api-keys/${made.key.key_id}`, { as: ours.admin });
    expect(apiKeyView.parse(read.json)).toEqual(made.key);
    const list = await call('GET', '/v1/api-keys?limit=1', { as: ours.admin });
    expect(apiKeyPage.parse(list.json)).toEqual({ items: [made.key], next_cursor: made.key.key_id });
    expect(list.text + read.text).not.toContain(made.secret);
    const [row] = await superuser`SELECT * FROM app.api_keys WHERE key_id = ${made.key.key_id}`;
    expect(JSON.stringify(row)).not.toContain(made.secret.slice(made.key.prefix.length));
    expect(server.lines.join('')).not.toContain(made.secret.slice(made.key.prefix.length));
  });

  test.each([
    ['a name of nothing', { name: ' ', roles: ['member'] }, 'name'],
    ['no role', { name: 'k', roles: [] }, 'roles'],
    ['an unknown role', { name: 'k', roles: ['owner'] }, 'roles.0'],
    ['guest, which is no role of keys', { name: 'k', roles: ['guest'] }, 'roles.0'],
    ['an unknown scope', { name: 'k', roles: ['member'], scopes: ['ballots.steal'] }, 'scopes.0'],
    ['a scope that is none', { name: 'k', roles: ['member'], scopes: ['x,y'] }, 'scopes.0'],
    ['an end in the past', { name: 'k', roles: ['member'], expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    ['no requests a second', { name: 'k', roles: ['member'], requests_per_second: 0 }, 'requests_per_second'],
    ['an unknown field', { name: 'k', roles: ['member'], secret: 'mine' }, 'secret'],
  ])('%s is refused and named', async (_, body, path) => {
    const before = await superuser`SELECT FROM app.api_keys`;
    const answer = await call('POST', '/v1/api-keys', { as: ours.admin, body });
    expect(answer.status).toBe(422);
    expect(answer.json.details.fields[0].path).toBe(path);
    expect(await superuser`SELECT FROM app.api_keys`).toHaveLength(before.length);
  });

  test('is for administrators', async () => {
    for (const as of [ours.moderator, ours.member]) {
      expect((await call('GET', '/v1/api-keys', { as })).status).toBe(403);
      expect((await call('POST', '/v1/api-keys', { as, body: { name: 'k', roles: ['member'] } })).status).toBe(403);
    }
  });

  test('gives nobody more than the maker has, neither by roles nor by scopes nor by rotating', async () => {
    const narrow = await make({ name: 'narrow', roles: ['admin'], scopes: ['api-keys.manage', 'meetings.read'] });
    const attempt = (body: object) => call('POST', '/v1/api-keys', { as: narrow.secret, body });
    expect(await attempt({ name: 'k', roles: ['admin'] })).toMatchObject({
      status: 403,
      json: { error_code: 'AUTH_002' },
    });
    expect((await attempt({ name: 'k', roles: ['moderator'], scopes: ['elections.manage'] })).status).toBe(403);
    expect((await attempt({ name: 'k', roles: ['member'], scopes: ['meetings.read'] })).status).toBe(201);
    const strong = await make({ name: 'strong', roles: ['admin'] });
    const rotate = `/v1/api-keys/${strong.key.key_id}/rotate`;
    expect((await call('POST', rotate, { as: narrow.secret, body: { overlap_seconds: 0 } })).status).toBe(403);
  });

  test('of another organisation are not there', async () => {
    const { key } = await moderatorKey();
    const path = `/v1/api-keys/${key.key_id}`;
    expect((await call('GET', path, { as: theirs.admin })).status).toBe(404);
    expect((await call('DELETE', path, { as: theirs.admin })).status).toBe(404);
    const rotated = await call('POST', `${path}/rotate`, { as: theirs.admin, body: { overlap_seconds: 0 } });
    expect(rotated.status).toBe(404);
  });
});

describe('using keys', () => {
  test('scopes narrow what the roles allow', async () => {
    const { secret } = await moderatorKey({ scopes: ['meetings.list'] });
    expect((await meetings(secret)).status).toBe(200);
    const refused = await call('POST', '/v1/meetings', { as: secret, body: { title: 'x' } });
    expect(refused).toMatchObject({ status: 403, json: { details: { scope: 'meetings.create' } } });
  });

  test('an expired key says so', async () => {
    const { keyId, secret } = accepted(
      await engine.apiKeys.create(ours.orgId, {
        name: 'k',
        roles: ['moderator'],
        expiresAt: new Date(Date.now() + 60),
      }),
    );
    await sleep(80);
    expect(await meetings(secret)).toMatchObject({ status: 401, json: { details: { reason: 'expired' } } });
    expect((await call('GET', `/v1/api-keys/${keyId}`, { as: ours.admin })).status).toBe(200);
  });

  test('when a key was last used is written now and then, not with each request', async () => {
    const { key, secret } = await moderatorKey();
    const used = async () =>
      (await superuser`SELECT last_used_at, xmin::text FROM app.api_keys WHERE key_id = ${key.key_id}`)[0];
    for (let i = 0; i < 5; i += 1) await meetings(secret);
    expect((await used())?.last_used_at).toBeNull();
    await engine.apiKeys.writeUse();
    const first = await used();
    expect(first?.last_used_at).toBeInstanceOf(Date);
    await sleep(800); // past what is remembered of the caller
    await meetings(secret);
    await engine.apiKeys.writeUse();
    expect(await used()).toEqual(first);
  });

  test('a revoked key cannot be rotated or revoked again', async () => {
    const { key } = await moderatorKey();
    const path = `/v1/api-keys/${key.key_id}`;
    expect((await call('DELETE', path, { as: ours.admin })).status).toBe(204);
    expect((await call('DELETE', path, { as: ours.admin })).status).toBe(404);
    const rotated = await call('POST', `${path}/rotate`, { as: ours.admin, body: { overlap_seconds: 9 } });
    expect(rotated).toMatchObject({ status: 409, json: { error_code: 'CONFLICT_001' } });
  });

  test('rotating gives new secrets under the same id; the old ones are good for the overlap', async () => {
    const made = await moderatorKey();
    const path = `/v1/api-keys/${made.key.key_id}/rotate`;
    const answer = await call('POST', path, { as: ours.admin, body: { overlap_seconds: 60 } });
    const rotated = apiKeySecrets.parse(answer.json);
    expect(rotated.key.key_id).toBe(made.key.key_id);
    expect(rotated.key.previous_secret_until).not.toBeNull();
    for (const secret of [made.secret, rotated.secret]) expect((await meetings(secret)).status).toBe(200);
    for (const secrets of [made, rotated]) {
      expect((await call('GET', '/v1/meetings', { headers: sign(secrets) })).status).toBe(200);
    }
    await call('POST', path, { as: ours.admin, body: { overlap_seconds: 0 } });
    await sleep(800);
    for (const { secret } of [made, rotated]) expect((await meetings(secret)).status).toBe(401);
    for (const secrets of [made, rotated]) {
      expect((await call('GET', '/v1/meetings', { headers: sign(secrets) })).status).toBe(401);
    }
  });
});

describe('signed requests', () => {
  const path = '/v1/meetings?limit=5';

  test('are carried out without the secret ever being sent, with a body or without', async () => {
    const made = await moderatorKey({ signed: true });
    expect(await meetings(made.secret)).toMatchObject({ status: 401, json: { details: { reason: 'unsigned' } } });
    expect((await call('GET', path, { headers: sign(made, { path }) })).status).toBe(200);
    const body = { title: 'Signed' };
    const headers = sign(made, { method: 'POST', body: JSON.stringify(body) });
    expect((await call('POST', '/v1/meetings', { body, headers })).status).toBe(201);
  });

  test('are good once, also side by side', async () => {
    const made = await moderatorKey();
    const headers = sign(made, { path });
    const statuses = await Promise.all(Array.from({ length: 8 }, () => call('GET', path, { headers })));
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await call('GET', path, { headers })).toMatchObject({
      status: 401,
      json: { details: { reason: 'replayed' } },
    });
  });

  test.each([
    ['another path', { path: '/v1/elections' }, 'signature'],
    ['another query', { path: '/v1/meetings?limit=6' }, 'signature'],
    ['another method', { path, method: 'DELETE' }, 'signature'],
    ['another body', { path, body: 'x' }, 'signature'],
    ['a time six minutes ago', { path, timestamp: String(Date.now() / 1_000 - 360) }, 'time'],
    ['a time in six minutes', { path, timestamp: String(Date.now() / 1_000 + 360) }, 'time'],
    ['no time', { path, timestamp: 'now' }, 'malformed'],
  ])('with %s are refused', async (_, change, reason) => {
    const made = await moderatorKey();
    const answer = await call('GET', path, { headers: sign(made, change) });
    expect(answer).toMatchObject({ status: 401, json: { details: { reason } } });
  });

  test('by an unknown key, a wrong secret, or with a header missing are refused', async () => {
    const made = await moderatorKey();
    const reasonOf = async (headers: Record<string, string>) =>
      (await call('GET', path, { headers })).json.details.reason;
    expect(await reasonOf(sign({ ...made, key: { key_id: randomUUID() } }, { path }))).toBe('unknown');
    expect(await reasonOf(sign({ ...made, signing_secret: made.secret }, { path }))).toBe('signature');
    const { 'x-psephos-timestamp': _time, ...incomplete } = sign(made, { path });
    expect(await reasonOf(incomplete)).toBe('malformed');
  });

  test('of a revoked key are refused at once', async () => {
    const made = await moderatorKey();
    await call('DELETE', `/v1/api-keys/${made.key.key_id}`, { as: ours.admin });
    const answer = await call('GET', path, { headers: sign(made, { path }) });
    expect(answer).toMatchObject({ status: 401, json: { details: { reason: 'revoked' } } });
  });

  test('give socket tickets to those whose secret alone is refused', async () => {
    const made = await moderatorKey({ signed: true });
    const headers = sign(made, { method: 'POST', path: '/v1/socket-tickets' });
    const answer = await call('POST', '/v1/socket-tickets', { headers });
    expect(answer.status).toBe(201);
    expect(accepted(await engine.accounts.redeemSocketTicket(answer.json.ticket)).id).toBe(made.key.key_id);
  });
});

describe('the limit of a key', () => {
  test('is its own, told in headers, and answers LOAD_002 with Retry-After', async () => {
    const slow = await moderatorKey({ requests_per_second: 3 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => meetings(slow.secret)));
    const [good, refused] = [answers.filter((a) => a.status === 200), answers.filter((a) => a.status === 429)];
    expect([good.length, refused.length]).toEqual([3, 5]);
    expect(good.map(({ headers }) => headers.get('x-ratelimit-limit'))).toEqual(['3', '3', '3']);
    expect(good.map(({ headers }) => headers.get('x-ratelimit-remaining')).sort()).toEqual(['0', '1', '2']);
    expect(refused[0]?.json).toMatchObject({ error_code: 'LOAD_002', details: { limit: 'api key' } });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await meetings((await moderatorKey()).secret)).status).toBe(200);
    await sleep(1_050);
    expect((await meetings(slow.secret)).status).toBe(200);
  });
});
