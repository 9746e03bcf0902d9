import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { drill } from '../../cli/drill.ts';
import { withRestoredCopy } from '../../cli/restored-copy.ts';
import { createEngine } from '../../engine/index.ts';
import {
  type BackupEntry,
  FolderStore,
  findBackup,
  listBackups,
  lsnOf,
  readCopy,
  S3Store,
  s3PlaceOf,
  takeBackup,
  unpackBackup,
} from '../../sql/backup/index.ts';
import { openEmbeddedPostgres } from '../../sql/embedded/index.ts';
import { runCommandOf } from '../harness/command.ts';
import {
  accepted,
  castOf,
  newOrganisation,
  newVoters,
  openElection,
  openEngineAt,
  type Voter,
} from '../harness/engines.ts';
import { ownServer } from '../harness/own-server.ts';
import { type S3Server, startS3Server } from '../harness/s3-server.ts';

// a backup and a restored server take seconds each, and more on a busy machine
vi.setConfig({ testTimeout: 120_000 });

const { server, folder } = await ownServer();
const engine = await openEngineAt(server.ownerUrl);
const orgId = await newOrganisation(engine);
const sql = postgres(server.ownerUrl, { max: 1, onnotice: () => {} });
afterAll(() => sql.end());

const source = { url: server.ownerUrl, embedded: true } as const;
const plain = new FolderStore(join(folder, 'plain'));
const secret = randomBytes(32);
const sealed = new FolderStore(join(folder, 'sealed'));

/** Position of the log that everything acknowledged before is below. */
async function position(): Promise<number> {
  const [row] = await sql<{ lsn: string }[]>`SELECT pg_current_wal_lsn()::text AS lsn`;
  return lsnOf(row?.lsn ?? '');
}

const ballotsIn = (url: string, electionId: string) => {
  const copy = postgres(url, { max: 1 });
  return copy<
    { n: number }[]
  >`SELECT coalesce(sum(size), 0)::integer AS n FROM ${copy(`urn.inbox_${electionId.replaceAll('-', '')}`)}`
    .then(([row]) => row?.n ?? 0)
    .finally(() => copy.end());
};

test('a backup taken while ballots are cast holds every ballot that was acknowledged before its end', async () => {
  const voters = newVoters(3_000);
  const election = await openElection(engine, orgId, voters);
  const acknowledged: { upTo: number; ballots: number }[] = [];
  let stop = false;
  let cast = 0;
  const casting = (async () => {
    for (let at = 0; at < voters.length && !stop; at += 10) {
      const batch: Voter[] = voters.slice(at, at + 10);
      for (const outcome of await Promise.all(
        batch.map((voter) => engine.elections.cast(orgId, castOf(election, voter))),
      ))
        accepted(outcome);
      cast += batch.length;
      acknowledged.push({ upTo: await position(), ballots: cast });
    }
  })();
  const seen: number[] = [];
  const { entry } = await takeBackup({ ...source, store: plain, secrets: [], onProgress: (bytes) => seen.push(bytes) });
  stop = true;
  await casting;

  const end = lsnOf(entry.end_lsn);
  const before = acknowledged.filter(({ upTo }) => upTo <= end);
  const during = acknowledged.filter(({ upTo }) => upTo > lsnOf(entry.start_lsn) && upTo <= end);
  expect(during.length).toBeGreaterThan(5); // else nothing was cast meanwhile
  expect(seen.length).toBeGreaterThan(50);
  expect(Math.max(...seen)).toBe(entry.tar_bytes);
  await withRestoredCopy({ store: plain, secrets: [], entry }, async (url) => {
    const restored = await ballotsIn(url, election.electionId);
    expect(restored).toBeGreaterThanOrEqual(before.at(-1)?.ballots ?? 0);
    expect(restored).toBeLessThanOrEqual(cast);
  });
});

test('the drill restores it and finds everything in order', async () => {
  const voters = newVoters(25);
  const closed = await openElection(engine, orgId, voters);
  for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(closed, voter)));
  accepted(await engine.elections.close(orgId, closed.electionId, 'test'));
  accepted(await engine.elections.result(orgId, closed.electionId));
  const { entry } = await takeBackup({ ...source, store: plain, secrets: [] });
  const report = await drill({ store: plain, secrets: [], entry });
  expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual(
    ['version', 'organisations', 'log', 'ballots', 'results', 'audit'].map((name) => [name, true]),
  );
  expect(report).toMatchObject({ ok: true, backup: entry.id });
});

test('files of a backup are for their owner alone, and so are their folders', async () => {
  const { id } = await findBackup(plain);
  const home = join(plain.place, 'base', id);
  const files = readdirSync(home);
  expect(files.sort()).toEqual(['backup.json', 'base.tar.zst', 'manifest.json.zst']);
  for (const file of files) expect(statSync(join(home, file)).mode & 0o777).toBe(0o600);
  for (const path of [home, join(plain.place, 'base'), plain.place]) expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a byte that changed, and a file cut short, are found', async () => {
  const entry = await findBackup(plain);
  for (const file of [entry.base.name, entry.manifest.name]) {
    const path = join(plain.place, 'base', entry.id, file);
    const whole = readFileSync(path);
    const broken = Buffer.from(whole);
    broken[Math.floor(broken.length / 2)] = (broken[Math.floor(broken.length / 2)] ?? 0) ^ 0x10;
    writeFileSync(path, broken);
    await expect(unpackBackup({ store: plain, secrets: [], entry, folder: null })).rejects.toThrow(/damaged/);
    writeFileSync(path, whole);
    truncateSync(path, whole.length - 5);
    await expect(unpackBackup({ store: plain, secrets: [], entry, folder: null })).rejects.toThrow(/damaged/);
    writeFileSync(path, whole);
  }
  await expect(unpackBackup({ store: plain, secrets: [], entry, folder: null })).resolves.toBeGreaterThan(1_000);
});

test('an encrypted backup opens with its secret, present or older, and with no other', async () => {
  const { entry } = await takeBackup({ ...source, store: sealed, secrets: [secret] });
  expect(entry).toMatchObject({ sealed: true, base: { name: 'base.tar.zst.sealed' } });
  const path = join(sealed.place, 'base', entry.id, entry.base.name);
  const bytes = readFileSync(path);
  expect(bytes.includes('PGDMP') || bytes.includes('pg_wal')).toBe(false);
  await unpackBackup({ store: sealed, secrets: [secret], entry, folder: null });
  await unpackBackup({ store: sealed, secrets: [randomBytes(32), secret], entry, folder: null });
  const withSecrets = (secrets: Buffer[]) => unpackBackup({ store: sealed, secrets, entry, folder: null });
  await expect(withSecrets([])).rejects.toThrow(/encrypted: set BACKUP_KEY_FILE/);
  await expect(withSecrets([randomBytes(32)])).rejects.toThrow(/cannot be opened with BACKUP_KEY_FILE/);
  // a chunk of it moved behind another: each is whole, their order is not
  const chunk = 1024 * 1024 + 16;
  const moved = Buffer.concat([
    bytes.subarray(0, 24),
    bytes.subarray(24 + chunk, 24 + 2 * chunk),
    bytes.subarray(24, 24 + chunk),
  ]);
  writeFileSync(path, moved);
  await expect(withSecrets([secret])).rejects.toThrow(/BACKUP_KEY_FILE|damaged/);
  writeFileSync(path, bytes);
  expect((await drill({ store: sealed, secrets: [secret], entry })).ok).toBe(true);
});

test('only the newest are kept when told so, and one that broke off is in no list', async () => {
  const store = new FolderStore(join(folder, 'few'));
  const ids: string[] = [];
  for (let i = 0; i < 3; i += 1) ids.push((await takeBackup({ ...source, store, secrets: [], keep: 2 })).entry.id);
  expect((await listBackups(store)).map(({ id }) => id)).toEqual(ids.slice(1));
  const breaking = new AbortController();
  const onProgress = (bytes: number) => bytes > 10_000_000 && breaking.abort();
  await expect(takeBackup({ ...source, store, secrets: [], onProgress, signal: breaking.signal })).rejects.toThrow(
    /abort/i,
  );
  expect(readdirSync(join(store.place, 'base')).sort()).toEqual(ids.slice(1));
});

test('a server or user that cannot be backed up is told what to set', async () => {
  const url = new URL(server.ownerUrl);
  await sql.unsafe("CREATE ROLE weak LOGIN PASSWORD 'weak' IN ROLE psephos_auditor");
  await sql.unsafe('GRANT USAGE ON SCHEMA history TO weak; GRANT SELECT ON history.files TO weak');
  url.username = 'weak';
  url.password = 'weak';
  const taking = () => takeBackup({ ...source, url: url.href, store: plain, secrets: [] });
  await expect(taking()).rejects.toThrow(/ALTER ROLE … REPLICATION/);
  await sql.unsafe('ALTER ROLE weak REPLICATION');
  const { entry } = await taking();
  expect(entry.superuser).toBe('postgres');
  const closed = new FolderStore(join(folder, 'a-file'));
  writeFileSync(closed.place, '');
  await expect(takeBackup({ ...source, store: closed, secrets: [] })).rejects.toThrow(/cannot be written to .*a-file/);
});

test('the drill finds a fault that was planted before the backup', async () => {
  const voters = newVoters(6);
  const election = await openElection(engine, orgId, voters);
  for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
  accepted(await engine.elections.close(orgId, election.electionId, 'test'));
  accepted(await engine.elections.result(orgId, election.electionId));
  await sql`DELETE FROM urn.box WHERE election_id = ${election.electionId}
    AND tracking_code = (SELECT min(tracking_code) FROM urn.box WHERE election_id = ${election.electionId})`;
  await sql`DELETE FROM app.log WHERE org_id = ${orgId} AND topic = ${election.electionId} AND kind = 'election.opened'`;
  const { entry } = await takeBackup({ ...source, store: plain, secrets: [] });
  const report = await drill({ store: plain, secrets: [], entry });
  const wrong = report.checks.filter(({ ok }) => ok === false);
  expect(report.ok).toBe(false);
  expect(wrong.map(({ name }) => name)).toEqual(['log', 'ballots', 'results']);
  expect(wrong[1]?.found).toContain(`${election.electionId} (closed): 5 ballots, 6 spent rights, 6 in the log`);
});

test('the commands: a backup of the running server, and a restored one that begins a new life and takes votes', async () => {
  const voters = newVoters(4);
  const election = await openElection(engine, orgId, voters);
  for (const voter of voters.slice(0, 2)) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
  const key = join(folder, 'key');
  writeFileSync(key, `${randomBytes(32).toString('base64')}\n`);
  const environment = { BACKUP_TO: join(folder, 'by-command'), BACKUP_KEY_FILE: key, DATA_DIR: server.dataDir };
  const taking = runCommandOf('backup', ['--json'], environment, folder);
  expect(await taking.ended, taking.err()).toBe(0);
  const taken = JSON.parse(taking.out());
  expect(taken).toMatchObject({ sealed: true, embedded: true, removed: [] });
  expect(taking.out() + taking.err()).not.toContain(new URL(server.ownerUrl).password);

  const dataDir = join(folder, 'restored');
  const restoring = runCommandOf('restore', ['--from', taken.id, '--data-dir', dataDir], environment, folder);
  expect(await restoring.ended, restoring.err()).toBe(0);
  const again = runCommandOf('restore', ['--data-dir', dataDir], environment, folder);
  expect(await again.ended).toBe(1);
  expect(again.err()).toContain('exists: nothing is written over');

  const copy = await openEmbeddedPostgres({ dataDir });
  try {
    const restored = await createEngine({ url: copy.ownerUrl });
    const epochs = await Promise.all([server, copy].map(async ({ ownerUrl }) => (await readCopy(ownerUrl)).epoch));
    expect(new Set(epochs).size).toBe(2);
    // the same cast again is the same acceptance; who has not voted may still do so
    for (const voter of voters.slice(0, 3)) accepted(await restored.elections.cast(orgId, castOf(election, voter)));
    expect(accepted(await restored.elections.participation(orgId, election.electionId))).toMatchObject({ voted: 3 });
    await restored.close();
  } finally {
    await copy.stop();
  }
  const drilling = runCommandOf('restore-drill', ['--json'], environment, folder);
  await drilling.ended;
  expect(JSON.parse(drilling.out())).toMatchObject({ backup: taken.id });
});

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3Server();
  Object.assign(process.env, s3.environment);
});
afterAll(() => s3?.stop());

test('to a store with the interface of S3 and back; an unknown bucket and wrong credentials are told', async () => {
  const store = new S3Store(s3PlaceOf(`s3://${s3.bucket}/votes/nightly`, s3.endpoint));
  const entries: BackupEntry[] = [];
  for (let i = 0; i < 2; i += 1)
    entries.push((await takeBackup({ ...source, store, secrets: [secret], keep: 1 })).entry);
  const [, entry] = entries as [BackupEntry, BackupEntry];
  expect((await listBackups(store)).map(({ id }) => id)).toEqual([entry.id]);
  expect(store.place).toBe('s3://backups/votes/nightly/');
  await expect(unpackBackup({ store, secrets: [secret], entry, folder: null })).resolves.toBeGreaterThan(1_000);
  const stored = join(s3.folder, 'votes/nightly/base', entry.id, entry.base.name);
  chmodSync(stored, 0o600);
  truncateSync(stored, statSync(stored).size - 100);
  await expect(unpackBackup({ store, secrets: [secret], entry, folder: null })).rejects.toThrow(/damaged/);

  const nowhere = new S3Store(s3PlaceOf('s3://elsewhere', s3.endpoint));
  await expect(takeBackup({ ...source, store: nowhere, secrets: [] })).rejects.toThrow(/there is no such bucket/);
  process.env.AWS_SECRET_ACCESS_KEY = 'another';
  const stranger = new S3Store(s3PlaceOf(`s3://${s3.bucket}`, s3.endpoint));
  await expect(stranger.list('')).rejects.toThrow(/AWS_SECRET_ACCESS_KEY/);
});
