import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { Audit } from '../../engine/audit/index.ts';
import { openDatabase } from '../../engine/db/index.ts';
import { actAs } from '../../engine/index.ts';
import { auditPlace } from '../harness/audit-place.ts';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
const engine = await openEngine(database);
const rooms = await openDatabase({ url: database.ownerUrl });
afterAll(() => Promise.all([superuser.end(), rooms.close()]));
const manager = { id: randomUUID(), givesRoles: true };

/** Months that are over whatever the day of the test is. */
const MONTHS = ['2024-03', '2024-04', '2024-05'] as const;
let archiveFolder = '';
let headsFolder = '';
let orgId = '';
const memberId = randomUUID();

/** Partitions of long ago, which upkeep makes for months to come only. */
async function makeMonths(): Promise<void> {
  for (const month of MONTHS) {
    const name = month.replace('-', '_');
    for (const parent of ['audit_entries', 'audit_details']) {
      await superuser.unsafe(`CREATE TABLE app.${parent}_${name} PARTITION OF app.${parent}
        FOR VALUES FROM ('${month}-01T00:00:00Z') TO ('${month}-01T00:00:00Z'::timestamptz + interval '1 month')`);
      await superuser.unsafe(`ALTER TABLE app.${parent}_${name} OWNER TO psephos_owner`);
    }
  }
}

/** An organisation with two entries in each of three months of 2024 and one of now, a signed head among each month's. */
beforeEach(async () => {
  ({ archiveFolder, headsFolder } = auditPlace());
  orgId = await newOrganisation(engine);
  await superuser`DELETE FROM app.audit_staged WHERE org_id <> ${orgId}`;
  await makeMonths();
  for (const month of MONTHS) {
    const chain = new Audit(rooms, {
      ring: () => Promise.reject(new Error('signs nothing')),
      clock: () => `${month}-15T12:00:00.000000Z`,
    });
    const ada = { actor: `member:${memberId}`, origin: '192.0.2.7', requestId: month };
    accepted(await actAs(ada, () => engine.members.create(orgId, { name: `Ada ${month}` }, manager)));
    accepted(await engine.groups.create(orgId, { name: month }, 'test'));
    await chain.chainChanges(orgId);
    await engine.audit.publishHeads(headsFolder, `${month}-15`);
  }
  accepted(await engine.groups.create(orgId, { name: 'now' }, 'test'));
  await engine.audit.chainChanges(orgId);
});

const partitions = async () => {
  const rows = await superuser<
    { name: string }[]
  >`SELECT relname AS name FROM pg_class WHERE relname ~ '^audit_(entries|details)_2024_[0-9]{2}$'`;
  return rows.map(({ name }) => name).sort();
};
const file = (month: string, what: string) => join(archiveFolder, orgId, `${month}.${what}.jsonl.gz`);
const verify = async () => {
  await engine.audit.chainChanges(orgId);
  return engine.audit.verify(orgId, { archiveFolder });
};

test('months that are over go into files and out of the database, and the chain verifies across them', async () => {
  const before = await engine.audit.verify(orgId);
  const archived = await engine.audit.archive(archiveFolder, 1);
  expect(archived.map(({ month, entries }) => [month, entries])).toEqual([
    [MONTHS[0], 3],
    [MONTHS[1], 2],
    [MONTHS[2], 2],
  ]);
  expect(await partitions()).toEqual([]);
  expect(await readdir(join(archiveFolder, orgId))).toHaveLength(6);
  const after = await verify();
  expect(after).toMatchObject({ problem: null, headsInside: 3, entries: before.entries + 3 }); // each archive is an entry itself
  expect(await engine.audit.verify(orgId)).toMatchObject({ problem: null, skippedMonths: 3 });
  expect(await engine.audit.archive(archiveFolder, 1)).toEqual([]);
});

test('the policy keeps the months that it says', async () => {
  const now = new Date();
  const monthsAgo = (now.getUTCFullYear() - 2024) * 12 + now.getUTCMonth() - 3; // April 2024 and later stay
  await engine.audit.archive(archiveFolder, monthsAgo);
  expect(await partitions()).toEqual([
    'audit_details_2024_04',
    'audit_details_2024_05',
    'audit_entries_2024_04',
    'audit_entries_2024_05',
  ]);
  expect(await verify()).toMatchObject({ problem: null });
  await engine.audit.archive(archiveFolder, 1);
});

test.each([
  [
    'changed',
    async (path: string) =>
      writeFile(
        path,
        gzipSync(
          gunzipSync(await readFile(path))
            .toString()
            .replace('members.created', 'members.removed'),
        ),
      ),
    'archive_changed',
  ],
  ['removed', async (path: string) => rm(path), 'archive_missing'],
])('a file of entries that was %s is found and named', async (_how, change, kind) => {
  await engine.audit.archive(archiveFolder, 1);
  await change(file(MONTHS[1], 'entries'));
  expect((await verify()).problem).toMatchObject({ kind, seq: 4, message: expect.stringContaining(MONTHS[1]) });
});

test('a file that was changed, its hash in the database put right, is found by what the chain says of it', async () => {
  await engine.audit.archive(archiveFolder, 1);
  await superuser`UPDATE app.audit_archives SET file_hash = sha256('other') WHERE org_id = ${orgId} AND month = ${`${MONTHS[2]}-01`}`;
  await engine.audit.chainChanges(orgId);
  expect((await engine.audit.verify(orgId)).problem).toMatchObject({ kind: 'archive_changed' });
});

test('details that were changed in a file are found', async () => {
  await engine.audit.archive(archiveFolder, 1);
  const path = file(MONTHS[1], 'details');
  await writeFile(
    path,
    gzipSync(
      gunzipSync(await readFile(path))
        .toString()
        .replace('192.0.2.7', '203.0.113.9'),
    ),
  );
  expect((await verify()).problem).toMatchObject({ kind: 'details_changed', seq: 4 });
});

test('a month is removed from the database only when every chain of it lies in a file', async () => {
  await expect(superuser`SELECT app.drop_audit_month('2024-03-01')`).rejects.toThrow('are in no archive');
  await expect(superuser`SELECT app.drop_audit_month(date_trunc('month', now())::date)`).rejects.toThrow('is not over');
  await engine.audit.archive(archiveFolder, 1);
});

test('a person who is erased is erased from files too, and the chain stays whole', async () => {
  await engine.audit.archive(archiveFolder, 1);
  const details = async () => gunzipSync(await readFile(file(MONTHS[0], 'details'))).toString();
  expect(await details()).toContain('192.0.2.7');
  await superuser.begin(async (tx) => {
    await tx`SELECT door.audit_erase(${orgId}, ARRAY[${memberId}]::uuid[])`;
  });
  await engine.audit.chainChanges(orgId);
  await engine.audit.archive(archiveFolder, 1);
  expect(await details()).not.toContain('192.0.2.7');
  expect(await verify()).toMatchObject({ problem: null });
});

test('rows that came before their month had a partition move into it', async () => {
  await engine.audit.archive(archiveFolder, 1);
  const [{ month, name } = { month: '', name: '' }] = await superuser<{ month: string; name: string }[]>`
    SELECT to_char(m, 'YYYY-MM') AS month, 'audit_entries_' || to_char(m, 'YYYY_MM') AS name
    FROM (SELECT date_trunc('month', now() AT TIME ZONE 'UTC') + interval '3 months' AS m) x`;
  await engine.audit.chainChanges(orgId);
  const early = new Audit(rooms, {
    ring: () => Promise.reject(new Error('none')),
    clock: () => `${month}-02T00:00:00.000000Z`,
  });
  accepted(await engine.groups.create(orgId, { name: 'early' }, 'test'));
  await early.chainChanges(orgId);
  expect(await superuser`SELECT FROM app.audit_entries_default`).toHaveLength(1);
  await superuser`SELECT app.make_audit_partitions(3)`;
  expect(await superuser`SELECT FROM app.audit_entries_default`).toHaveLength(0);
  expect(await superuser.unsafe(`SELECT FROM app.${name}`)).toHaveLength(1);
  expect(await verify()).toMatchObject({ problem: null });
});
