import { setTimeout as sleep } from 'node:timers/promises';
import { decodeProtectedHeader } from 'jose';
import { afterAll, expect, test } from 'vitest';
import { createEngine, type Engine, type SignedIn } from '../../engine/index.ts';
import { limits } from '../../engine/limits.ts';
import { accepted } from '../harness/engines.ts';
import { newPerson, reasonOf } from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const sql = connectAs(database.ownerUrl, null);
afterAll(() => sql.end());

/** A gateway that has just started: it holds nothing in memory. */
async function withEngine<T>(work: (engine: Engine) => Promise<T>, secretKeys: Uint8Array[] = []): Promise<T> {
  const engine = await createEngine({ url: database.ownerUrl, secretKeys });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

const published = async (engine: Engine) => accepted(await engine.accessTokens.publicSet()).map(({ kid }) => kid);
const kidOf = ({ accessToken }: SignedIn) => decodeProtectedHeader(accessToken).kid;
/** As if so much time had passed for the keys. */
const shift = (ms: number) =>
  sql`UPDATE app.signing_keys SET uses_from = uses_from - make_interval(secs => ${ms / 1_000})`;
const signsWith = async (engine: Engine) => kidOf((await newPerson(engine)).pair);
const known = async (engine: Engine, { accessToken }: SignedIn) =>
  reasonOf(await engine.accounts.authenticate(accessToken));

test('gateways that start together make one key', async () => {
  await withEngine((one) => withEngine((two) => Promise.all([published(one), published(two)])));
  expect(await sql`SELECT FROM app.signing_keys`).toHaveLength(1);
});

test('the next key is published a day ahead, then used; the old one checks its tokens until they have ended', async () => {
  const first = await withEngine(async (engine) => {
    await engine.accessTokens.keep(); // none is due
    return (await newPerson(engine)).pair;
  });
  expect(await withEngine(published)).toEqual([kidOf(first)]);
  await shift(limits.signingKeyMs - limits.signingKeyAheadMs + 60_000);
  await withEngine((one) => withEngine((two) => Promise.all([one.accessTokens.keep(), two.accessTokens.keep()])));
  const [next, ...others] = await withEngine(published);
  expect(others).toEqual([kidOf(first)]);
  expect(await withEngine(signsWith)).toBe(kidOf(first)); // published, not used
  await shift(limits.signingKeyAheadMs);
  await withEngine(async (engine) => {
    expect(await signsWith(engine)).toBe(next);
    expect(await known(engine, first)).toBe('ok');
  });
  await shift(3 * limits.accessTokenMs);
  await withEngine((engine) => engine.accessTokens.keep());
  expect(await withEngine(published)).toEqual([next]);
});

test('a gateway takes a token of a key that it has not met yet', async () => {
  await withEngine(async (late) => {
    const before = await published(late);
    await shift(limits.signingKeyMs); // nobody was there to make one ahead
    const pair = await withEngine(async (engine) => {
      await engine.accessTokens.keep();
      return (await newPerson(engine)).pair;
    });
    expect(before).not.toContain(kidOf(pair));
    await sleep(limits.signingKeyReloadMs); // it does not ask the database for each unknown key id
    expect(await known(late, pair)).toBe('ok');
  });
});

test('with another secret of the server a new key takes over; refresh tokens of before are not known', async () => {
  const { pair: old } = await withEngine(newPerson);
  const [first, second] = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)];
  const newer = await withEngine(
    async (moved) => {
      expect(await known(moved, old)).toBe('ok');
      expect(reasonOf(await moved.sessions.refresh(old.refreshToken))).toBe('unknown');
      return (await newPerson(moved)).pair;
    },
    [first],
  );
  expect(kidOf(newer)).not.toBe(kidOf(old));
  await withEngine(
    async (ring) => expect(reasonOf(await ring.sessions.refresh(newer.refreshToken))).toBe('ok'),
    [second, first], // the new secret stands before the old one, which still counts
  );
});

test('no private key and no secret can be read by the application', async () => {
  const app = connectAs(database.ownerUrl, 'psephos_app');
  for (const table of ['signing_keys', 'server_secrets', 'oidc_logins']) {
    await expect(app`SELECT * FROM ${app(`app.${table}`)}`).rejects.toThrow('permission denied');
  }
  const rows = await sql<{ private_key: Buffer }[]>`SELECT private_key FROM app.signing_keys`;
  // the form of an Ed25519 key in PKCS 8 (RFC 8410) does not show through
  for (const { private_key } of rows)
    expect(private_key.includes(Buffer.from('302e020100300506032b6570', 'hex'))).toBe(false);
  await app.end();
});
