import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { startToxiproxy } from '../../loadtest/fault/toxiproxy.ts';
import { startPgBouncer } from '../harness/pgbouncer.ts';
import { freshDatabase } from '../harness/postgres.ts';

const database = await freshDatabase();
const toxiproxy = await startToxiproxy();
afterAll(() => toxiproxy.stop());

test('a fresh database is migrated and empty', async () => {
  const sql = postgres(database.ownerUrl, { max: 1 });
  const [row] = await sql`SELECT count(*)::int AS organisations FROM app.organisations`;
  expect(row).toEqual({ organisations: 0 });
  await sql.end();
});

test('the real PgBouncer pools by transaction', async () => {
  const pooler = await startPgBouncer(database.ownerUrl);
  const sql = postgres(pooler.url, { max: 4, prepare: false });
  const [row] = await sql`SELECT current_database() AS name`;
  expect(row).toEqual({ name: database.name });
  const admin = postgres(new URL('/pgbouncer', pooler.url).href, { max: 1, prepare: false, fetch_types: false });
  const config = await admin<{ key: string; value: string }[]>`SHOW CONFIG`.simple();
  expect(config.find(({ key }) => key === 'pool_mode')?.value).toBe('transaction');
  await admin.end();
  await sql.end();
  await pooler.stop();
});

test('a proxied connection can be cut, half-open and restored', async () => {
  const { host } = new URL(database.ownerUrl);
  const proxy = await toxiproxy.createProxy('postgres', host);
  const url = new URL(database.ownerUrl);
  url.port = String(proxy.port);
  const ask = async () => {
    const sql = postgres(url.href, { max: 1, connect_timeout: 2 });
    try {
      return await sql`SELECT 1 AS one`;
    } finally {
      await sql.end({ timeout: 1 });
    }
  };
  expect(await ask()).toEqual([{ one: 1 }]);
  await proxy.cut();
  await expect(ask()).rejects.toThrow();
  await proxy.restore();
  expect(await ask()).toEqual([{ one: 1 }]);

  await proxy.halfOpen();
  const silent: Socket = connect(proxy.port, '127.0.0.1');
  await once(silent, 'connect');
  let ended = false;
  silent.once('close', () => {
    ended = true;
  });
  silent.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])); // SSLRequest: a live server answers with one byte
  let answered = false;
  silent.once('data', () => {
    answered = true;
  });
  await sleep(300);
  expect({ answered, ended }).toEqual({ answered: false, ended: false });
  await proxy.restore();
  silent.destroy();
  expect(await ask()).toEqual([{ one: 1 }]);
});
