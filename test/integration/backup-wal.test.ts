import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, expect, test, vi } from 'vitest';
import { drill } from '../../cli/drill.ts';
import { momentOf, withRestoredCopy } from '../../cli/restored-copy.ts';
import { archiveOf, FolderStore, listLog, lsnOf, takeBackup, WalReceiver } from '../../sql/backup/index.ts';
import { accepted, castOf, newOrganisation, newVoters, openElection, openEngineAt } from '../harness/engines.ts';
import { ownServer } from '../harness/own-server.ts';

// a backup and a restored server take seconds each, and more on a busy machine
vi.setConfig({ testTimeout: 120_000 });

const { server, folder } = await ownServer();
const engine = await openEngineAt(server.ownerUrl);
const orgId = await newOrganisation(engine);
const sql = postgres(server.ownerUrl, { max: 1, onnotice: () => {} });
afterAll(() => sql.end());

const store = new FolderStore(join(folder, 'backups'));
const secrets = [randomBytes(32)];
const told: string[] = [];
const open: WalReceiver[] = [];
afterAll(() => Promise.all(open.map((receiver) => receiver.stop())));

function receiver(everyMs: number): WalReceiver {
  const made = new WalReceiver({
    url: () => server.ownerUrl,
    store,
    secrets,
    everyMs,
    told: (level, line, error) => told.push(`${level}: ${line} ${(error as Error | undefined)?.message ?? ''}`),
  });
  open.push(made);
  made.start();
  return made;
}

async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const giveUp = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > giveUp) throw new Error(`${what}: not within ${ms} ms; ${told.join(' | ')}`);
    await sleep(20);
  }
}

async function now(): Promise<{ time: Date; lsn: number }> {
  const [row] = await sql<
    { at: Date; lsn: string }[]
  >`SELECT clock_timestamp() AS at, pg_current_wal_flush_lsn()::text AS lsn`;
  return { time: row?.at ?? new Date(0), lsn: lsnOf(row?.lsn ?? '') };
}

const ballotsIn = (url: string, electionId: string) => {
  const copy = postgres(url, { max: 1 });
  return copy<
    { n: number }[]
  >`SELECT coalesce(sum(size), 0)::integer AS n FROM ${copy(`urn.inbox_${electionId.replaceAll('-', '')}`)}`
    .then(([row]) => row?.n ?? 0)
    .finally(() => copy.end());
};

test('the archived log brings a backup to the moment between two ballots', async () => {
  const voters = newVoters(3);
  const election = await openElection(engine, orgId, voters);
  const cast = async (i: number) => {
    const [voter] = voters.slice(i, i + 1);
    if (voter !== undefined) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
  };
  const first = receiver(200);
  await until('the archive follows', () => first.archivedLsn > 0);
  const { entry } = await takeBackup({ url: server.ownerUrl, embedded: true, store, secrets });
  await cast(0);
  await cast(1);
  const between = await now();
  await sleep(20); // commits bear milliseconds: the next one must be visibly later
  await cast(2);
  const after = await now();
  await until('the last ballot is archived', () => first.archivedLsn >= after.lsn);

  const at = momentOf(between.time.toISOString(), entry);
  const older = await withRestoredCopy({ store, secrets, entry, toTime: at }, (url) =>
    ballotsIn(url, election.electionId),
  );
  expect(older).toBe(2);
  const newest = await withRestoredCopy({ store, secrets, entry }, (url) => ballotsIn(url, election.electionId));
  expect(newest).toBe(3);
  const report = await drill({ store, secrets, entry, toTime: at });
  expect(report).toMatchObject({ ok: true, to_time: between.time.toISOString() });
  await expect(
    withRestoredCopy({ store, secrets, entry, toTime: new Date(Date.now() + 3_600_000) }, async () => 0),
  ).rejects.toThrow(/does not reach the moment/);
  expect(() => momentOf('2020-01-01T00:00:00Z', entry)).toThrow(/a copy cannot be older/);
  expect(() => momentOf('yesterday', entry)).toThrow(/not a time/);
  await first.stop();
});

test('another one goes on where the last ended: no segment is missing, and a kill of the server heals', async () => {
  const archive = archiveOf(
    store,
    secrets,
    (await takeBackup({ url: server.ownerUrl, embedded: true, store, secrets })).entry,
  );
  const second = receiver(200);
  await until('the archive follows again', () => second.archivedLsn > 0);
  const waiting = receiver(200);
  await until('a second one waits', () => told.some((line) => line.includes('another process archives the log')));
  await waiting.stop();
  // whole segments, and a crash between them
  for (let i = 0; i < 2; i += 1) {
    await sql`SELECT pg_logical_emit_message(true, 'test', repeat(md5(random()::text), 600000))`;
    await sql`SELECT pg_switch_wal()`;
  }
  const { lsn } = await now();
  await until('two segments are archived', () => second.archivedLsn >= lsn);
  await server.kill9();
  await server.restart();
  await until('it is back', async () => (await sql`SELECT 1`.catch(() => [])).length === 1);
  await sql`SELECT pg_switch_wal()`;
  await sql`SELECT pg_logical_emit_message(true, 'test', 'after the crash')`;
  const back = await now();
  await until('the archive has what came after the crash', () => second.archivedLsn >= back.lsn);
  await second.stop();

  const log = await listLog(archive);
  const whole = log.filter(({ partial, segment }) => !partial && segment >= 0).map(({ segment }) => segment);
  expect(whole.length).toBeGreaterThan(3);
  expect(whole).toEqual(whole.map((_, i) => (whole[0] ?? 0) + i));
  expect(log.filter(({ partial }) => partial).length).toBe(1);
  const [slot] = await sql<
    { active: boolean }[]
  >`SELECT active FROM pg_replication_slots WHERE slot_name = 'psephos_backup'`;
  expect(slot?.active).toBe(false);
});

test('the log that no backup needs any more goes with the backups', async () => {
  const before = await takeBackup({ url: server.ownerUrl, embedded: true, store, secrets });
  const archive = archiveOf(store, secrets, before.entry);
  const { entry, removed } = await takeBackup({ url: server.ownerUrl, embedded: true, store, secrets, keep: 1 });
  expect(removed).toContain(before.entry.id);
  const first = Math.floor(lsnOf(entry.start_lsn) / entry.wal_segment_bytes);
  expect((await listLog(archive)).filter(({ segment }) => segment >= 0 && segment < first)).toEqual([]);
});
