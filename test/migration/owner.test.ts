import { rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { createEngine, credentialOfToken } from '../../engine/index.ts';
import { makeSharedTempFolder, openEmbeddedPostgres } from '../../sql/embedded/index.ts';
import { migrate } from '../../sql/migrate.ts';
import { setPlatformAdmin } from '../../sql/platform-admin.ts';

// A cluster of its own: on the tests' server a superuser has made the roles already, and a real one starts without them.
const folder = await makeSharedTempFolder('psephos-owner-');
const server = await openEmbeddedPostgres({ dataDir: join(folder, 'data') });
const superuser = postgres(server.ownerUrl, { max: 1, onnotice: () => {} });
afterAll(async () => {
  await superuser.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

await superuser.unsafe("CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'secret'");
await superuser.unsafe('CREATE DATABASE keeper OWNER keeper');
const url = Object.assign(new URL(server.ownerUrl), {
  username: 'keeper',
  password: 'secret',
  pathname: '/keeper',
}).href;

test('an owner who is no superuser migrates, and holds an election', async () => {
  await migrate(url);
  await migrate(url);
  const engine = await createEngine({ url });
  const organisation = await engine.accounts.createOrganisation({ name: 'Keepers' });
  if (!organisation.ok) throw new Error(organisation.failure.message);
  const { orgId } = organisation.value;
  const created = await engine.elections.create(
    orgId,
    {
      title: 'Shall it work?',
      method: { method: 'motion', settings: {} } as never,
      options: [
        { id: 'yes', title: 'Yes' },
        { id: 'no', title: 'No' },
      ] as never,
    },
    'test',
  );
  if (!created.ok) throw new Error(JSON.stringify(created.failure));
  const { electionId } = created.value;
  const credential = credentialOfToken('token');
  await engine.elections.issue(
    orgId,
    electionId,
    [{ credential: Buffer.from(credential, 'hex'), weight: 1_000_000n }],
    'test',
  );
  await engine.elections.open(orgId, electionId, 'test');
  const ballot = { choice: 'yes' };
  const cast = await engine.elections.cast(orgId, { electionId, credential, ballot, castKey: '0'.repeat(32) });
  expect(cast).toMatchObject({ ok: true });
  await engine.elections.close(orgId, electionId, 'test');
  expect(await engine.elections.publish(orgId, electionId, 'test')).toMatchObject({
    ok: true,
    value: { state: 'published' },
  });
  await engine.close();
});

test('his own statements have no more rights in it than the application', async () => {
  const sql = postgres(url, { max: 1 });
  await expect(sql`SELECT FROM urn.credential`).rejects.toThrow('permission denied');
  await expect(sql`DELETE FROM app.log`).rejects.toThrow('permission denied');
  await sql.end();
});

test('he makes an administrator of the platform, who signs in', async () => {
  const engine = await createEngine({ url });
  const email = 'ada@example.org';
  const made = await engine.registration.createAccount({ email, name: 'Ada', locale: 'en' });
  if (!made.ok) throw new Error(made.failure.message);
  const password = 'four blue otters sing';
  expect(await engine.signIn.resetPassword(made.value.link.split('=')[1] ?? '', password)).toMatchObject({ ok: true });
  expect(await setPlatformAdmin(url, email, true)).toBe(true);
  expect(await setPlatformAdmin(url, 'nobody@example.org', true)).toBe(false);
  const pair = await engine.signIn.byPassword({ email, password }, { userAgent: 'Test' });
  if (!pair.ok) throw new Error(pair.failure.message);
  const known = await engine.accounts.authenticate(pair.value.accessToken);
  expect(known).toMatchObject({ ok: true, value: { person: { platformAdmin: true } } });
  await engine.close();
});
