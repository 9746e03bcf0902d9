import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { AUDIT_ACTS, type AuditTask } from '../../cli/audit-acts.ts';
import { type PublishedHead, readHeads } from '../../engine/index.ts';
import { createLogger } from '../../gateway/logging.ts';
import { auditChanges, auditLog, auditUpkeep } from '../../workers/audit.ts';
import { startWorkers } from '../../workers/index.ts';
import { auditPlace } from '../harness/audit-place.ts';
import { endCommands, runCommandOf } from '../harness/command.ts';
import { accepted, castOf, newOrganisation, newVoters, openElection, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { until } from '../harness/webhook-receiver.ts';

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
const engine = await openEngine(database);
afterAll(() => Promise.all([superuser.end(), endCommands()]));
const audit = auditPlace();
const headFile = (orgId: string) => join(audit.headsFolder, `${orgId}.jsonl`);
let orgId = '';

test('workers chain what is staged and what the log says, and sign the day’s head, each once', async () => {
  orgId = await newOrganisation(engine);
  const voters = newVoters(6);
  const election = await openElection(engine, orgId, voters);
  for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
  const lines: string[] = [];
  const logger = createLogger({ level: 'warn', destination: { write: (line) => lines.push(line) } });
  const settings = { mail: null, webhookAllowPrivate: true, jobs: { databaseUrl: database.ownerUrl }, audit };
  const workers = [
    await startWorkers(engine, settings, logger, { queues: [auditLog, auditChanges, auditUpkeep] }),
    await startWorkers(engine, settings, logger, { queues: [auditLog, auditChanges, auditUpkeep] }),
  ];
  const ballots = async () => {
    const page = accepted(await engine.audit.list(orgId, { act: 'ballots.cast', limit: 1_000 }));
    return page.items.reduce((sum, { entry }) => sum + Number(entry.facts?.ballots), 0);
  };
  await until(async () => (await ballots()) === 6, 'the ballots in the chain');
  await until(async () => (await superuser`SELECT FROM app.audit_staged`).length === 0, 'nothing staged any more');
  await until(() => existsSync(headFile(orgId)), 'the signed head');
  for (const each of workers) await each.stop();
  expect(await ballots()).toBe(6);
  const { heads } = await readHeads(audit.headsFolder);
  expect(heads.filter((head) => head.org_id === orgId)).toHaveLength(1);
  expect(await engine.audit.verify(orgId, { heads })).toMatchObject({ problem: null });
  expect(lines).toEqual([]);
});

/** What an act answers, in this process: one of its own for each would take seconds to start. */
async function run(
  act: keyof typeof AUDIT_ACTS,
  more: Partial<AuditTask> = {},
): Promise<{ code: number; out: string }> {
  const said: string[] = [];
  const task: AuditTask = {
    orgId: undefined,
    headsAt: audit.headsFolder,
    archiveAt: undefined,
    place: audit,
    out: undefined,
    print: (line) => said.push(line),
    tell: () => {},
    ...more,
  };
  return { code: await AUDIT_ACTS[act](engine, task), out: said.join('\n') };
}

test('the command verifies, signs and exports', async () => {
  const whole = await run('verify');
  expect(whole.out).toMatch(
    new RegExp(`^whole {2}${orgId}: \\d+ entries; 1 heads in the database and 1 outside agree`, 'm'),
  );
  expect(whole.code).toBe(0);
  expect((await run('verify', { headsAt: undefined })).out).toContain('could have rewritten these chains');

  const signed = await run('head');
  const [line = ''] = signed.out.split('\n').filter((each) => each.includes(orgId));
  expect([signed.code, JSON.parse(line)]).toMatchObject([0, { org_id: orgId }]);

  const out = join(audit.headsFolder, '..', 'export.jsonl');
  expect(await run('export', { orgId, out })).toMatchObject({ code: 0 });
  const entries = (await readFile(out, 'utf8'))
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each) as { entry: { seq: number } });
  expect(entries.map(({ entry }) => entry.seq)).toEqual(entries.map((_, i) => i + 1));
  expect((await run('archive')).out).toBe('No month is older than 24 months.');
});

test('the command names a forged head, a line that is none, and a chain that is gone', async () => {
  const [head] = (await readHeads(headFile(orgId))).heads as [PublishedHead];
  const headsAt = join(audit.headsFolder, '..', 'mails.jsonl');
  await writeFile(headsAt, JSON.stringify({ ...head, seq: 1 }));
  const forged = await run('verify', { orgId, headsAt });
  expect(forged.out).toContain(`BROKEN ${orgId}: head_forged: the signature of the head of`);
  expect(forged.code).toBe(1);
  await writeFile(headsAt, '{"day": "2026-11-20"}\n');
  expect(await run('verify', { headsAt })).toMatchObject({
    code: 1,
    out: expect.stringContaining(`unreadable: ${headsAt}:1`),
  });
  const gone = randomUUID();
  await writeFile(headsAt, JSON.stringify({ ...head, org_id: gone }));
  expect(await run('verify', { headsAt })).toMatchObject({
    code: 1,
    out: expect.stringContaining(`BROKEN ${gone}: truncated`),
  });
});

test('npm run audit -- verify ends with 1 and the first break where there is one, else says what to do', {
  timeout: 120_000,
}, async () => {
  await superuser.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`UPDATE app.audit_entries SET actor = 'member:eve' WHERE org_id = ${orgId} AND seq = 2`;
  });
  const environment = { DATABASE_URL: database.ownerUrl, AUDIT_HEADS_DIR: audit.headsFolder };
  const broken = runCommandOf('audit', ['verify'], environment);
  expect(await broken.ended).toBe(1);
  expect(broken.out()).toMatch(new RegExp(`^BROKEN ${orgId}: changed: entry 2 .* was changed`, 'm'));
  const wrong = runCommandOf('audit', ['export'], environment);
  expect(await wrong.ended).toBe(1);
  expect(wrong.err()).toContain('export needs an organisation');
});
