import { afterAll, expect, test } from 'vitest';
import type { Sql } from '../../engine/db/index.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { castOf, connectAs, type TestElection, TestUrn } from '../harness/urn.ts';

const FRESH_ROLL = 100_000;
const SMALL_ROLL = 5_000;
const BATCH = 500;
const BATCHES = 8;
/** Finding a credential, conflicting with it, and the look of a refusal; a whole roll read once a batch would be 200. */
const ROWS_PER_BALLOT = 8;

const database = await freshDatabase();
const urn = new TestUrn(database.ownerUrl);
const newcomer = connectAs(database.ownerUrl, 'psephos_app');
afterAll(() => Promise.all([urn.close(), newcomer.end()]));

interface Reads {
  readonly sequential: number;
  /** rows that index scans of any kind brought */
  readonly rows: number;
}

/** What has been read of the credentials so far, by a connection that has just ended its work and by all before it. */
async function reads(sql: Sql): Promise<Reads> {
  // a connection hands in its counts once a second at most, unless it is told to
  await sql`SELECT pg_stat_force_next_flush()`;
  await sql`SELECT 1`;
  const [row] = await urn.superuser<{ sequential: bigint; rows: bigint }[]>`
    SELECT t.seq_scan AS sequential, t.idx_tup_fetch + i.idx_tup_read AS rows
    FROM pg_stat_user_tables t JOIN pg_stat_user_indexes i USING (relid) WHERE t.relid = 'urn.credential'::regclass`;
  return { sequential: Number(row?.sequential), rows: Number(row?.rows) };
}

/** Casts, and casts again, a share of the roll. */
async function castBatches(sql: Sql, election: TestElection, credentials: readonly string[]): Promise<void> {
  for (let from = 0; from < BATCHES * BATCH; from += BATCH) {
    const batch = credentials.slice(from, from + BATCH).map((credential) => castOf(credential, '0'));
    expect(await election.cast(batch, sql)).toBe('0'.repeat(BATCH));
    expect(await election.cast(batch, sql)).toBe('1'.repeat(BATCH));
  }
}

// Plans are made from statistics, and those of a roll that has just been loaded say that it is all but empty: joins of a
// batch with it would read the whole roll each time (6 s a batch at 44,000). Reads are counted rather than seconds.
test('a roll that was never analysed is read by index probes, whether plans are made for it or kept from a small one', async () => {
  await urn.superuser`ALTER TABLE urn.credential SET (autovacuum_enabled = false)`;
  const small = await urn.openElection(SMALL_ROLL);
  await urn.superuser`ANALYZE urn.credential`;
  await castBatches(urn.app, small.election, small.credentials);
  const { election, credentials } = await urn.openElection(FRESH_ROLL);
  for (const [share, sql] of [urn.app, newcomer].entries()) {
    const before = await reads(sql);
    await castBatches(sql, election, credentials.slice(share * BATCHES * BATCH));
    const after = await reads(sql);
    expect(after.sequential).toBe(before.sequential);
    expect((after.rows - before.rows) / (2 * BATCHES * BATCH)).toBeLessThan(ROWS_PER_BALLOT);
  }
  await election.change('closed');
  const before = await reads(newcomer);
  await election.cast(
    credentials.slice(-BATCH).map((credential) => castOf(credential, '0')),
    newcomer,
  );
  const after = await reads(newcomer);
  expect(after.sequential).toBe(before.sequential);
  expect((after.rows - before.rows) / BATCH).toBeLessThan(ROWS_PER_BALLOT);
});
