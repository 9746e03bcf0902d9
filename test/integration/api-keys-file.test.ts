import { createHash, createHmac, randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { createEngine, type Revocation } from '../../engine/index.ts';
import { accepted, kindOf, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { identified } from '../harness/two-organisations.ts';

const database = await freshDatabase();
const path = join(tmpdir(), `psephos-keys-${randomUUID()}.json`);
await writeFile(path, '{"keys": []}');
afterAll(() => rm(path, { force: true }));
const reported: unknown[] = [];
const engine = await openEngine(database, { apiKeysFile: path, report: (error) => reported.push(error) });
const orgId = await newOrganisation(engine);
const SECRET = `psk_${'a'.repeat(40)}`;

/** As a secret store does it: a new file takes the old one's place. */
async function put(content: unknown): Promise<void> {
  await writeFile(`${path}.new`, typeof content === 'string' ? content : JSON.stringify(content));
  await rename(`${path}.new`, path);
  await sleep(700); // looked at every 500 ms
}

const entry = (more: object = {}) => ({
  ...{ organisation: orgId, name: 'Members', secret: SECRET, roles: ['moderator'], scopes: ['meetings.list'] },
  ...more,
});
const who = (secret = SECRET) => engine.accounts.authenticate(secret);

test('keys of the file work beside those of the database, by secret or by hash, and are listed', async () => {
  expect(kindOf(await who())).toBe('unauthenticated');
  const hashed = `psk_${'b'.repeat(40)}`;
  const sha256 = createHash('sha256').update(hashed).digest('hex');
  const { secret: _, ...rest } = entry({ name: 'By hash' });
  await put({ keys: [entry(), { ...rest, secret_sha256: sha256, requests_per_second: 7 }] });
  expect(identified(await who())).toMatchObject({ orgId, roles: ['moderator'], scopes: ['meetings.list'] });
  expect(identified(await who(hashed))).toMatchObject({ orgId, requestsPerSecond: 7 });
  const stored = accepted(await engine.apiKeys.create(orgId, { name: 'Stored', roles: ['member'] }));
  const { items } = accepted(await engine.apiKeys.list(orgId, {}));
  expect(items.map(({ name, source }) => `${name} ${source}`)).toEqual([
    'Members file',
    'By hash file',
    'Stored database',
  ]);
  expect(JSON.stringify(items)).not.toContain(SECRET.slice(4));
  expect(kindOf(await who(stored.secret))).toBe('ok');
});

test('they are changed in the file alone; what is taken out is told as revoked and refused', async () => {
  await put({ keys: [entry()] });
  const { id } = identified(await who());
  expect(kindOf(await engine.apiKeys.revoke(orgId, id))).toBe('conflict');
  expect(kindOf(await engine.apiKeys.rotate(orgId, id, 0))).toBe('conflict');
  const told: Revocation[] = [];
  const stop = engine.revocations.listen((revocations) => told.push(...revocations));
  await put({ keys: [entry({ roles: ['admin'] })] });
  expect(told).toMatchObject([{ orgId, id, endsAtMs: null }]);
  expect(identified(await who())).toMatchObject({ id, roles: ['admin'] });
  await put({ keys: [] });
  stop();
  expect(told).toHaveLength(2);
  expect(kindOf(await who())).toBe('unauthenticated');
});

test('an expired one is refused, and one with a signing secret may sign', async () => {
  const signingSecret = 's'.repeat(40);
  await put({ keys: [entry({ signed: true, signing_secret: signingSecret })] });
  expect(await who()).toMatchObject({ failure: { details: { reason: 'unsigned' } } });
  const [{ keyId } = { keyId: '' }] = accepted(await engine.apiKeys.list(orgId, {})).items;
  const request = { method: 'GET', path: '/', timestamp: String(Date.now() / 1_000), bodyHash: '0'.repeat(64) };
  const text = `psephos1\n${request.method}\n${request.path}\n${request.timestamp}\n${request.bodyHash}`;
  const signature = createHmac('sha256', signingSecret).update(text).digest('hex');
  expect(kindOf(await engine.apiKeys.identifySigned({ ...request, keyId, signature }))).toBe('ok');
  expect(kindOf(await engine.apiKeys.identifySigned({ ...request, keyId, signature: 'f'.repeat(64) }))).toBe(
    'unauthenticated',
  );
  await put({ keys: [entry({ expires_at: '2020-01-01T00:00:00Z' })] });
  expect(await who()).toMatchObject({ failure: { details: { reason: 'expired' } } });
});

test('a change that cannot be read leaves the keys as they are, is reported once, and shows no secret', async () => {
  await put({ keys: [entry()] });
  reported.length = 0;
  await put(`{"keys": [${JSON.stringify(entry({ secret: 'short' }))}]}`);
  await put(`{"keys": [{"secret": "${SECRET}"`);
  expect(kindOf(await who())).toBe('ok');
  expect(reported.map(String)).toEqual([
    expect.stringContaining('keys.0.secret'),
    expect.stringContaining('is not JSON'),
  ]);
  expect(reported.map(String).join()).not.toContain(SECRET);
  await put({ keys: [entry(), entry()] });
  expect(String(reported.at(-1))).toContain('two keys of one name');
  reported.length = 0;
});

test('a file that cannot be used stops the start with words', async () => {
  const start = (apiKeysFile: string) => createEngine({ url: database.ownerUrl, apiKeysFile });
  await expect(start(join(tmpdir(), randomUUID()))).rejects.toThrow(/^API_KEYS_FILE .* cannot be read: ENOENT\.$/);
  await writeFile(`${path}.bad`, '{}');
  await expect(start(`${path}.bad`)).rejects.toThrow('API_KEYS_FILE');
  await rm(`${path}.bad`);
});
