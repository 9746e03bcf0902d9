import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type AuditEntry, hashOfEntry, readHeads } from '../../engine/audit/index.ts';
import type { Transaction } from '../../engine/db/index.ts';
import { actAs } from '../../engine/index.ts';
import { auditOf, chainAll } from '../harness/audit.ts';
import { auditPlace } from '../harness/audit-place.ts';
import { accepted, castOf, newOrganisation, newVoters, openElection, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
const engine = await openEngine(database);
afterAll(() => superuser.end());
const { headsFolder } = auditPlace();

const manager = { id: randomUUID(), givesRoles: true };
const ada = { actor: `member:${randomUUID()}`, origin: '192.0.2.7', requestId: 'request-1' };
const DAYS = ['2026-11-20', '2026-11-21', '2026-11-22'] as const;

/** What only a superuser can do: statements that no trigger and no policy sees. */
function tamper(work: (tx: Transaction) => Promise<unknown>): Promise<unknown> {
  return superuser.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await work(tx as unknown as Transaction);
  });
}

/** Seven entries: the organisation and six members; two signed heads, of entries 4 and 7, in the database and outside. */
async function filledChain(): Promise<string> {
  const orgId = await newOrganisation(engine);
  const add = async (name: string) => accepted(await actAs(ada, () => engine.members.create(orgId, { name }, manager)));
  for (const name of ['Ada', 'Grace', 'Emmy']) await add(name);
  await chainAll(engine, orgId);
  await engine.audit.publishHeads(headsFolder, DAYS[0]);
  for (const name of ['Lise', 'Marie', 'Hedy']) await add(name);
  await chainAll(engine, orgId);
  await engine.audit.publishHeads(headsFolder, DAYS[1]);
  return orgId;
}

const alone = async (orgId: string) => (await engine.audit.verify(orgId)).problem;
const withHeads = async (orgId: string) => {
  const { heads } = await readHeads(join(headsFolder, `${orgId}.jsonl`));
  return (await engine.audit.verify(orgId, { heads })).problem;
};

/** Writes the chain anew from an entry on, every hash right, as whoever knows how it is made could. */
async function rewrite(orgId: string, fromSeq: number, change: (entry: AuditEntry) => AuditEntry): Promise<void> {
  const entries = (await auditOf(engine, orgId)).map(({ entry }) => entry);
  let prevHash = entries[fromSeq - 2]?.entryHash ?? '';
  await tamper(async (tx) => {
    for (const old of entries.slice(fromSeq - 1)) {
      const entry = change(old);
      const entryHash = hashOfEntry(prevHash, entry);
      await tx`UPDATE app.audit_entries SET act = ${entry.act}, actor = ${entry.actor}, prev_hash = decode(${prevHash}, 'hex'),
        entry_hash = decode(${entryHash}, 'hex') WHERE org_id = ${orgId} AND seq = ${entry.seq}`;
      prevHash = entryHash;
    }
    await tx`UPDATE app.audit_chains SET entry_hash = decode(${prevHash}, 'hex') WHERE org_id = ${orgId}`;
  });
}

test('a chain that nobody touched is whole, with and without the heads outside', async () => {
  const orgId = await filledChain();
  const { heads } = await readHeads(headsFolder);
  expect(await engine.audit.verify(orgId, { heads })).toMatchObject({
    problem: null,
    entries: 7,
    seq: 7,
    headsInside: 2,
    headsOutside: 2,
  });
});

describe('an entry', () => {
  test.each([
    ['who', 'actor', 'member:somebody-else'],
    ['what', 'act', 'members.removed'],
    ['when', 'at', '2026-01-01T00:00:00Z'],
    ['which', 'subject', 'members/another'],
    ['by which request', 'request_id', 'another'],
  ])('that was changed in %s is found and named', async (_what, column, value) => {
    const orgId = await filledChain();
    await tamper((tx) => tx`UPDATE app.audit_entries SET ${tx(column)} = ${value} WHERE org_id = ${orgId} AND seq = 3`);
    expect(await alone(orgId)).toMatchObject({ kind: 'changed', seq: 3, message: expect.stringContaining('entry 3') });
  });

  test('that was removed is found', async () => {
    const orgId = await filledChain();
    await tamper((tx) => tx`DELETE FROM app.audit_entries WHERE org_id = ${orgId} AND seq = 3`);
    expect(await alone(orgId)).toMatchObject({ kind: 'removed', seq: 3, message: 'entry 3 was removed' });
  });

  test('that was removed and the gap closed by renumbering is found', async () => {
    const orgId = await filledChain();
    await tamper(async (tx) => {
      await tx`DELETE FROM app.audit_entries WHERE org_id = ${orgId} AND seq = 3`;
      await tx`UPDATE app.audit_entries SET seq = seq - 1 WHERE org_id = ${orgId} AND seq > 3`;
      await tx`UPDATE app.audit_chains SET seq = seq - 1 WHERE org_id = ${orgId}`;
    });
    expect(await alone(orgId)).toMatchObject({ kind: 'changed', seq: 3 });
  });

  test('that changed places with another is found', async () => {
    const orgId = await filledChain();
    await tamper(async (tx) => {
      await tx`UPDATE app.audit_entries SET seq = 100 WHERE org_id = ${orgId} AND seq = 5`;
      await tx`UPDATE app.audit_entries SET seq = 5 WHERE org_id = ${orgId} AND seq = 6`;
      await tx`UPDATE app.audit_entries SET seq = 6 WHERE org_id = ${orgId} AND seq = 100`;
    });
    expect(await alone(orgId)).toMatchObject({ kind: 'changed', seq: 5 });
  });

  test('that changed places, its own hash put right, does not follow the one before it', async () => {
    const orgId = await filledChain();
    const [, , , , fifth] = (await auditOf(engine, orgId)).map(({ entry }) => entry);
    const forged = { ...(fifth as AuditEntry), act: 'members.removed' };
    await tamper(
      (tx) => tx`UPDATE app.audit_entries SET act = ${forged.act},
      entry_hash = decode(${hashOfEntry(forged.prevHash, forged)}, 'hex') WHERE org_id = ${orgId} AND seq = 5`,
    );
    expect(await alone(orgId)).toMatchObject({ kind: 'reordered', seq: 6 });
  });

  test.each([
    [
      'old and new values',
      (tx: Transaction, orgId: string) =>
        tx`UPDATE app.audit_details SET new = new || '{"name": "Eve"}' WHERE org_id = ${orgId} AND seq = 4`,
      'details_changed',
    ],
    [
      'the origin',
      (tx: Transaction, orgId: string) =>
        tx`UPDATE app.audit_details SET origin = '203.0.113.1' WHERE org_id = ${orgId} AND seq = 4`,
      'details_changed',
    ],
    [
      'details that are gone',
      (tx: Transaction, orgId: string) => tx`DELETE FROM app.audit_details WHERE org_id = ${orgId} AND seq = 4`,
      'details_missing',
    ],
    [
      'details that only seem erased',
      (tx: Transaction, orgId: string) =>
        tx`UPDATE app.audit_details SET salt = NULL, old = NULL, new = NULL, erased_at = now() WHERE org_id = ${orgId} AND seq = 4`,
      'details_missing',
    ],
  ])('without %s as they were is found', async (_what, change, kind) => {
    const orgId = await filledChain();
    await tamper((tx) => change(tx, orgId));
    expect(await alone(orgId)).toMatchObject({ kind, seq: 4 });
  });
});

describe('the end of a chain', () => {
  test('that was cut off is found by where the chain should end', async () => {
    const orgId = await filledChain();
    await tamper((tx) => tx`DELETE FROM app.audit_entries WHERE org_id = ${orgId} AND seq > 5`);
    expect(await alone(orgId)).toMatchObject({ kind: 'truncated', seq: 6 });
  });

  test('that was cut off with all traces in the database is found by a head outside', async () => {
    const orgId = await filledChain();
    const [, , , , fifth] = await auditOf(engine, orgId);
    await tamper(async (tx) => {
      await tx`DELETE FROM app.audit_entries WHERE org_id = ${orgId} AND seq > 5`;
      await tx`DELETE FROM app.audit_details WHERE org_id = ${orgId} AND seq > 5`;
      await tx`DELETE FROM app.audit_heads WHERE org_id = ${orgId} AND seq > 5`;
      await tx`UPDATE app.audit_chains SET seq = 5, entry_hash = decode(${fifth?.entry.entryHash ?? ''}, 'hex') WHERE org_id = ${orgId}`;
    });
    expect(await alone(orgId)).toBeNull(); // the database alone knows nothing of it
    expect(await withHeads(orgId)).toMatchObject({
      kind: 'truncated',
      seq: 6,
      message: expect.stringContaining('entry 7'),
    });
  });

  test('a chain that is gone whole is found by a head outside', async () => {
    const orgId = await filledChain();
    await tamper(async (tx) => {
      for (const table of ['audit_entries', 'audit_details', 'audit_heads', 'audit_chains']) {
        await tx`DELETE FROM ${tx(`app.${table}`)} WHERE org_id = ${orgId}`;
      }
    });
    expect(await withHeads(orgId)).toMatchObject({ kind: 'truncated', seq: 1 });
  });
});

describe('a chain that was rewritten whole, every hash right', () => {
  test('is found by the heads in the database, and by those outside when these are gone too', async () => {
    const orgId = await filledChain();
    await rewrite(orgId, 3, (entry) => (entry.seq === 3 ? { ...entry, actor: 'member:an-innocent' } : entry));
    expect(await alone(orgId)).toMatchObject({ kind: 'rewritten', seq: 4 });
    await tamper((tx) => tx`DELETE FROM app.audit_heads WHERE org_id = ${orgId}`);
    expect(await alone(orgId)).toBeNull(); // what nobody can see who has the database alone
    expect(await withHeads(orgId)).toMatchObject({
      kind: 'rewritten',
      seq: 4,
      message: expect.stringContaining(`signed on ${DAYS[0]}`),
    });
  });

  test('and signed anew by the server itself is found: the heads outside name another hash', async () => {
    const orgId = await filledChain();
    await rewrite(orgId, 2, (entry) => (entry.seq === 2 ? { ...entry, act: 'members.removed' } : entry));
    await tamper((tx) => tx`DELETE FROM app.audit_heads WHERE org_id = ${orgId}`);
    await engine.audit.publishHeads(auditPlace().headsFolder, DAYS[2]);
    expect(await alone(orgId)).toBeNull();
    expect(await withHeads(orgId)).toMatchObject({ kind: 'rewritten', seq: 4 });
  });
});

describe('a head', () => {
  test('whose signature does not hold is found, wherever it lies', async () => {
    const orgId = await filledChain();
    await tamper((tx) => tx`UPDATE app.audit_heads SET seq = 6 WHERE org_id = ${orgId} AND day = ${DAYS[1]}`);
    expect(await alone(orgId)).toMatchObject({ kind: 'head_forged', seq: 6 });
  });

  test('outside that was changed is found', async () => {
    const orgId = await filledChain();
    const { heads } = await readHeads(join(headsFolder, `${orgId}.jsonl`));
    const forged = heads.map((head) => ({ ...head, entry_hash: 'ab'.repeat(32) }));
    expect((await engine.audit.verify(orgId, { heads: forged })).problem).toMatchObject({
      kind: 'head_forged',
      seq: 4,
    });
  });

  test('signed by a key that the database does not have is found', async () => {
    const orgId = await filledChain();
    await superuser`CREATE TEMP TABLE kept_keys AS SELECT * FROM app.audit_keys`;
    await tamper(async (tx) => {
      await tx`DELETE FROM app.audit_keys`;
      await tx`DELETE FROM app.audit_heads WHERE org_id = ${orgId}`;
    });
    expect(await withHeads(orgId)).toMatchObject({
      kind: 'head_forged',
      message: expect.stringContaining('which the database does not have'),
    });
    await superuser`INSERT INTO app.audit_keys SELECT * FROM kept_keys`;
  });

  test('that is no head is told by its file and line', async () => {
    const file = join(auditPlace().headsFolder, '..', 'cut.jsonl');
    await writeFile(file, '{"day":"2026-11-20"\n');
    expect((await readHeads(file)).unreadable).toEqual([`${file}:1`]);
  });
});

describe('ballots', () => {
  test('that the urn has and the chain has not, or the other way round, are found', async () => {
    const orgId = await newOrganisation(engine);
    const voters = newVoters(4);
    const election = await openElection(engine, orgId, voters);
    for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
    await chainAll(engine, orgId);
    expect(await alone(orgId)).toBeNull();
    await tamper(
      (tx) => tx`UPDATE urn.credential SET spend_key = NULL WHERE org_id = ${orgId}
      AND credential = (SELECT min(credential) FROM urn.credential WHERE org_id = ${orgId})`,
    );
    expect(await alone(orgId)).toMatchObject({
      kind: 'ballots',
      message: expect.stringContaining('the urn holds 3 ballots, and the chain says 4'),
    });
  });
});

describe('nobody but a superuser', () => {
  test.each([
    'UPDATE app.audit_entries SET act = act',
    'DELETE FROM app.audit_entries',
    'UPDATE app.audit_heads SET seq = 1',
    'TRUNCATE app.audit_entries',
    'DELETE FROM app.audit_details',
    "UPDATE app.audit_details SET origin = 'x'",
  ])('can say %s, the owner included', async (statement) => {
    const orgId = await filledChain();
    for (const role of ['psephos_owner', 'psephos_app', 'psephos_door', 'psephos_auditor'] as const) {
      const sql = connectAs(database.ownerUrl, role);
      const attempt = sql.begin(async (tx) => {
        await tx`SELECT set_config('app.org_id', ${orgId}, true)`;
        await tx.unsafe(statement);
      });
      await expect(attempt).rejects.toThrow(/append-only|permission denied/);
      await sql.end();
    }
  });
});
