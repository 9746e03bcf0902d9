import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { startMailServer } from '../harness/mail-server.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { until } from '../harness/webhook-receiver.ts';

/** Workers that are killed while 10,000 people are told of one thing. */

const MEMBERS = 10_000;
const PER_SECOND = 1_000;
const PROGRAM = join(import.meta.dirname, '../harness/notify-members.ts');

const database = await freshDatabase();
const engine = await openEngine(database);
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

function startWorker(smtpUrl: string): ChildProcess {
  const options = [PROGRAM, database.ownerUrl, smtpUrl, String(PER_SECOND)];
  return spawn(process.execPath, options, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function count(what: 'notifications' | 'mails'): Promise<number> {
  const [row] = await superuser<{ n: number }[]>`SELECT count(*)::int AS n FROM ${superuser(`app.${what}`)}`;
  return row?.n ?? 0;
}

test('10,000 invitations leave at the rate that is set, one for each, though workers are killed on the way', {
  timeout: 240_000,
}, async () => {
  const orgId = await newOrganisation(engine);
  await superuser`
    INSERT INTO app.members (org_id, member_id, number, name, email)
    SELECT ${orgId}, gen_random_uuid(), n::text, 'Member ' || n, 'member' || n || '@example.org' FROM generate_series(1, ${MEMBERS}::int) n`;
  const startsAt = new Date(Date.now() + 24 * 3_600_000);
  const { meetingId } = accepted(await engine.meetings.create(orgId, { title: 'Assembly', startsAt }, 'test'));
  expect(accepted(await engine.invitees.invite(orgId, meetingId, null, 'test')).invited).toBe(MEMBERS);
  const server = await startMailServer();

  // the first dies while members are told, the second while mails are sent
  const first = startWorker(server.url);
  await until(async () => (await count('notifications')) >= MEMBERS / 10, 'the first told', 60_000);
  await kill(first);
  const told = await count('notifications');
  expect(told).toBeLessThan(MEMBERS);
  expect(await count('mails')).toBe(told); // whoever was told has a mail, and nobody else
  const second = startWorker(server.url);
  await until(() => server.received.length >= MEMBERS / 2, 'half of the mails', 90_000);
  await kill(second);
  await sleep(200); // what it had handed over is still being accepted
  await superuser`UPDATE app.mails SET due_at = clock_timestamp() WHERE status = 'sending'`; // its leases run out
  const [sentBefore, startedMs] = [server.received.length, performance.now()];
  const third = startWorker(server.url);
  await until(
    async () =>
      (await superuser`SELECT FROM app.mails WHERE status <> 'sent' LIMIT 1`).length === 0 &&
      (await count('mails')) === MEMBERS,
    'all',
    120_000,
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  await kill(third);

  expect([await count('notifications'), await count('mails')]).toEqual([MEMBERS, MEMBERS]);
  expect((server.received.length - sentBefore) / seconds).toBeLessThanOrEqual(PER_SECOND * 1.1);
  const copies = new Map<string, string[]>();
  for (const { to, messageId } of server.received) copies.set(to.join(), [...(copies.get(to.join()) ?? []), messageId]);
  expect(copies.size).toBe(MEMBERS);
  for (const ids of copies.values()) expect(new Set(ids).size).toBe(1); // a second copy can be told by its Message-ID
  expect(server.received.length - MEMBERS).toBeLessThanOrEqual(2 * 5); // what was on its way when a sender was killed
});
