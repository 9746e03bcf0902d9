import { randomUUID } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isSigned } from '../../engine/audit/index.ts';
import { createEngine, PLATFORM_CHAIN, type PublishedHead } from '../../engine/index.ts';
import { chainAll } from '../harness/audit.ts';
import { auditPlace } from '../harness/audit-place.ts';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { mailsTo, newAddress, newPerson } from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
const engine = await openEngine(database);
afterAll(() => superuser.end());
const { headsFolder } = auditPlace();
const manager = { id: randomUUID(), givesRoles: true };

const linesOf = async (orgId: string) => {
  const text = await readFile(join(headsFolder, `${orgId}.jsonl`), 'utf8');
  return text.trimEnd().split('\n');
};

test('a head a day and chain: signed, kept in the database, and a line in a file outside', async () => {
  const orgId = await newOrganisation(engine);
  await chainAll(engine, orgId);
  const published = await engine.audit.publishHeads(headsFolder, '2026-11-20');
  const head = published.find(({ org_id: id }) => id === orgId) as PublishedHead;
  expect(head).toMatchObject({ day: '2026-11-20', seq: 1 });
  expect(isSigned(head)).toBe(true);
  expect(await linesOf(orgId)).toEqual([JSON.stringify(head)]);
  expect(accepted(await engine.audit.state(orgId))).toMatchObject({ seq: 1, hash: head.entry_hash, head });
  for (const changed of [
    { seq: 2 },
    { entry_hash: '00'.repeat(32) },
    { org_id: PLATFORM_CHAIN },
    { at: '2026-11-19T00:00:00.000Z' },
  ]) {
    expect(isSigned({ ...head, ...changed })).toBe(false);
  }
});

test('publishing again changes nothing; a chain that has not grown gets no further head', async () => {
  const orgId = await newOrganisation(engine);
  await chainAll(engine, orgId);
  await engine.audit.publishHeads(headsFolder, '2026-11-20');
  const before = await linesOf(orgId);
  accepted(await engine.members.create(orgId, { name: 'Ada' }, manager));
  await chainAll(engine, orgId);
  await engine.audit.publishHeads(headsFolder, '2026-11-20');
  expect(await linesOf(orgId)).toEqual(before); // the first of a day stays
  await engine.audit.publishHeads(headsFolder, '2026-11-21');
  expect(await linesOf(orgId)).toHaveLength(2);
  const later = await engine.audit.publishHeads(headsFolder, '2026-11-22');
  expect(later.some(({ org_id: id }) => id === orgId)).toBe(false);
  expect(await linesOf(orgId)).toHaveLength(2);
});

test('a line that a crash has cut short is not glued to the next', async () => {
  const orgId = await newOrganisation(engine);
  await chainAll(engine, orgId);
  await engine.audit.publishHeads(headsFolder, '2026-11-20');
  await appendFile(join(headsFolder, `${orgId}.jsonl`), '{"day":"2026-11-2');
  accepted(await engine.members.create(orgId, { name: 'Ada' }, manager));
  await chainAll(engine, orgId);
  await engine.audit.publishHeads(headsFolder, '2026-11-21');
  const lines = await linesOf(orgId);
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({ day: '2026-11-21', seq: 2 });
});

test('administrators and auditors of the organisation get it by mail, once, and nobody else does', async () => {
  const { person, email } = await newPerson(engine);
  accepted(await engine.organisations.create(person, { name: 'Rowing club', locale: 'en', timeZone: 'UTC' }));
  const [{ org_id: orgId } = { org_id: '' }] = await superuser<{ org_id: string }[]>`
    SELECT org_id FROM app.members WHERE account_id = ${person.accountId}`;
  const [auditor, member] = [newAddress('auditor'), newAddress('member')];
  accepted(await engine.members.create(orgId, { name: 'Otto', email: auditor, roles: ['auditor'] }, manager));
  accepted(await engine.members.create(orgId, { name: 'Emil', email: member }, manager));
  await chainAll(engine, orgId);
  await engine.audit.publishHeads(headsFolder, '2026-11-20');
  await engine.audit.publishHeads(headsFolder, '2026-11-20');
  const [line] = await linesOf(orgId);
  for (const address of [email, auditor]) {
    const mails = (await mailsTo(engine, address)).filter(({ template }) => template === 'audit-head');
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toContain(line);
  }
  expect((await mailsTo(engine, member)).filter(({ template }) => template === 'audit-head')).toEqual([]);
});

test('with another secret of the server a new key signs, and older heads still verify', async () => {
  const orgId = await newOrganisation(engine);
  await chainAll(engine, orgId);
  await engine.audit.publishHeads(headsFolder, '2026-11-23');
  accepted(await engine.members.create(orgId, { name: 'Ada' }, manager));
  await chainAll(engine, orgId);
  const other = await createEngine({ url: database.ownerUrl, secretKeys: [Buffer.alloc(32, 7)] });
  await other.audit.publishHeads(headsFolder, '2026-11-24');
  expect(await other.audit.verify(orgId)).toMatchObject({ problem: null, headsInside: 2 });
  const kids = (await linesOf(orgId)).map((line) => (JSON.parse(line) as PublishedHead).kid);
  expect(new Set(kids).size).toBe(2);
  await other.close();
});

test('the check goes on from where the last one ended, and says on the page what it found', async () => {
  const orgId = await newOrganisation(engine);
  await chainAll(engine, orgId);
  await engine.audit.check(headsFolder);
  accepted(await engine.members.create(orgId, { name: 'Ada' }, manager));
  await chainAll(engine, orgId);
  expect((await engine.audit.check(headsFolder)).filter((found) => found.orgId === orgId)).toEqual([]);
  expect(accepted(await engine.audit.state(orgId)).check).toMatchObject({ seq: 2, entries: 1, problem: null });
  accepted(await engine.members.create(orgId, { name: 'Grace' }, manager));
  await chainAll(engine, orgId);
  await superuser.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`UPDATE app.audit_entries SET actor = 'member:eve' WHERE org_id = ${orgId} AND seq = 3`;
  });
  expect((await engine.audit.check(headsFolder)).map((found) => found.orgId)).toEqual([orgId]);
  expect(accepted(await engine.audit.state(orgId)).check).toMatchObject({
    seq: 2,
    problem: expect.stringContaining('entry 3'),
  });
});
