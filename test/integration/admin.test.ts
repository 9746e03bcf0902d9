import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { actOf, type Given } from '../../cli/admin-acts.ts';
import { accepted, openEngine } from '../harness/engines.ts';
import { newAddress, PASSWORD, personOf, signIn } from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database, { publicUrl: 'https://vote.example' });
const sql = connectAs(database.ownerUrl, null);
afterAll(() => sql.end());

/** What an act answers, in this process: one of its own for each would take seconds to start. */
async function admin(words: readonly string[], flags: Partial<Given> = {}): Promise<string> {
  const given = { name: undefined, german: false, role: undefined, revoke: false, ...flags };
  return actOf(words, given)({ engine, ownerUrl: database.ownerUrl });
}

test('from nothing to an administrator of the platform, an organisation and a key', async () => {
  const email = newAddress('grace');
  const account = await admin(['account', email.toUpperCase()], { name: 'Grace', german: true });
  const token = /within 30 minutes: https:\/\/vote\.example\/sign-in#reset=([\w-]+)/.exec(account)?.[1] ?? '';
  accepted(await engine.signIn.resetPassword(token, PASSWORD));
  const pair = await signIn(engine, email);
  expect(accepted(await engine.profiles.get(await personOf(engine, pair)))).toMatchObject({
    name: 'Grace',
    locale: 'de',
  });

  expect((await personOf(engine, pair)).platformAdmin).toBe(false);
  expect(await admin(['platform-admin', email])).toBe(`${email} runs this installation.`);
  expect((await personOf(engine, pair)).platformAdmin).toBe(true);
  expect(await admin(['platform-admin', email], { revoke: true })).toContain('no longer');
  expect((await personOf(engine, pair)).platformAdmin).toBe(false);

  expect(await admin(['sign-out', email])).toBe(`1 sessions of ${email} have ended.`);
  expect(await engine.accounts.authenticate(pair.accessToken)).toMatchObject({
    failure: { details: { reason: 'revoked' } },
  });
  const again = await signIn(engine, email);

  const founded = await admin(['organisation', 'Chess club', email]);
  const orgId = /^Organisation ([0-9a-f-]{36})$/m.exec(founded)?.[1] ?? '';
  const { identity } = accepted(await engine.accounts.authenticate(again.accessToken, orgId));
  expect([...(identity?.roles ?? [])].sort()).toEqual(['admin', 'member']);

  const key = await admin(['api-key', orgId, 'Import'], { role: 'admin' });
  const secret = /(psk_\S+)$/.exec(key)?.[1] ?? '';
  expect(accepted(await engine.accounts.authenticate(secret)).identity).toMatchObject({ orgId, roles: ['admin'] });
});

test('an administrator without an account gets one', async () => {
  const email = newAddress();
  const said = await admin(['platform-admin', email]);
  expect(said).toContain(`${email} runs this installation.`);
  expect(said).toContain('#reset=');
});

describe('what is wrong is told, and nothing is written', () => {
  const club = '0192f0c1-0000-7cc3-9a51-000000000001';
  test.each([
    [['fly'], {}, 'There is no act "fly"'],
    [['account'], {}, 'account needs 1 further words, not 0'],
    [['account', 'nobody'], {}, 'nobody is no e-mail address; example: ada@example.org'],
    [['sign-out', 'nobody@example.org'], {}, 'There is no account of nobody@example.org'],
    [['organisation', 'Club', 'nobody@example.org'], {}, 'There is no account of nobody@example.org'],
    [['platform-admin', 'nobody@example.org'], { revoke: true }, 'There is no account of nobody@example.org'],
    [['api-key', club, 'Key'], {}, 'There is no such organisation.'],
    [['api-key', club, 'Key'], { role: 'king' }, '--role king: not one of'],
  ])('%j %j', async (words, flags, problem) => {
    const before = await sql`SELECT count(*) FROM app.accounts`;
    await expect(admin(words, flags)).rejects.toThrow(problem);
    expect(await sql`SELECT count(*) FROM app.accounts`).toEqual(before);
  });
});

test('the command itself, on the database of DATABASE_URL', async () => {
  const file = resolve(import.meta.dirname, '../../cli/admin.ts');
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, DATABASE_URL: database.ownerUrl, PUBLIC_URL: 'https://vote.example' };
  const said = await new Promise<{ failed: boolean; out: string; err: string }>((done) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', file, 'account', newAddress()],
      { env },
      (error, out, err) => done({ failed: error !== null, out, err }),
    );
  });
  expect(said.failed).toBe(false);
  // it says which data it works on; nothing of a secret, and no warning
  expect(said.err.split('\n').filter((line) => !/^(Database|PostgreSQL|Starting|Using)/.test(line))).toEqual(['']);
  expect(said.out).toContain('https://vote.example/sign-in#reset=');
});
