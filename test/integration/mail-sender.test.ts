import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { NewMail } from '../../engine/index.ts';
import { MailSender, type MailSettings } from '../../workers/mail.ts';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { smtpRefusal, startMailServer } from '../harness/mail-server.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());
const orgId = await newOrganisation(engine);

const lines: unknown[][] = [];
const write = (...line: unknown[]) => {
  lines.push(line);
};
const logger = { debug: write, info: write, warn: write, error: write };

const running: MailSender[] = [];
function startSender(smtpUrl: string, more: Partial<MailSettings> = {}): MailSender {
  const settings = {
    smtpUrl,
    from: 'Psephos <votes@example.org>',
    perSecond: 1_000,
    retryMinMs: 20,
    pollMs: 30,
    ...more,
  };
  const sender = new MailSender(engine, settings, logger);
  running.push(sender);
  sender.start();
  return sender;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((sender) => sender.stop()));
  await superuser`DELETE FROM app.mails`;
});

function invitations(count: number, organisation = 'Verein'): NewMail[] {
  return Array.from({ length: count }, (_, index) => ({
    orgId,
    to: `member${index}@example.org`,
    locale: 'de' as const,
    template: 'member-invitation' as const,
    data: { organisation, link: `https://vote.example/i#SECRET${index}`, validForMinutes: 20_160 },
    key: `member-invitation:${index}`,
  }));
}

async function queue(mails: readonly NewMail[]): Promise<void> {
  expect(accepted(await engine.mails.enqueue(mails))).toBe(mails.length);
}

/** Mails by status, e.g. { sent: 3 }. */
async function statuses(): Promise<Record<string, number>> {
  const rows = await superuser<
    { status: string; n: number }[]
  >`SELECT status, count(*)::int AS n FROM app.mails GROUP BY status`;
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
}

async function until(met: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await met())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${JSON.stringify(await statuses())}`);
    await sleep(10);
  }
}
const settled = () => until(async () => Object.keys(await statuses()).every((status) => /sent|failed/.test(status)));

test('1,000 mails arrive once each, over five connections, and what they said is erased', async () => {
  const server = await startMailServer();
  await queue(invitations(1_000));
  startSender(server.url);
  await settled();
  expect(server.received).toHaveLength(1_000);
  expect(new Set(server.received.map(({ to }) => to.join())).size).toBe(1_000);
  expect(new Set(server.received.map(({ messageId }) => messageId)).size).toBe(1_000);
  expect(server.mostOpen()).toBe(5);
  expect(server.received[0]).toMatchObject({ from: 'votes@example.org' });
  expect(server.received[0]?.source).toContain('Auto-Submitted: auto-generated');
  expect(await superuser`SELECT FROM app.mails WHERE data IS NOT NULL`).toHaveLength(0);
});

describe('failures', () => {
  test('a temporary refusal (greylisting) is tried again until it is accepted, under the same Message-ID', async () => {
    const seen = new Map<string, number>();
    const ids = new Set<string>();
    const server = await startMailServer({
      onMessage: ({ to, messageId }) => {
        const address = to.join();
        seen.set(address, (seen.get(address) ?? 0) + 1);
        ids.add(messageId);
        if ((seen.get(address) ?? 0) < 3) throw smtpRefusal(451, '4.7.1 greylisted, come back later');
      },
    });
    await queue(invitations(3));
    startSender(server.url);
    await settled();
    expect(server.received).toHaveLength(3);
    expect([...seen.values()]).toEqual([3, 3, 3]);
    expect(ids.size).toBe(3);
    expect(await superuser`SELECT DISTINCT status, attempts FROM app.mails`).toEqual([{ status: 'sent', attempts: 3 }]);
  });

  test('a final refusal ends the mail and is written down; the others go on', async () => {
    const server = await startMailServer({
      onRecipient: (address) => {
        if (address === 'member1@example.org') throw smtpRefusal(550, '5.1.1 no such user');
      },
    });
    await queue(invitations(3));
    startSender(server.url);
    await settled();
    expect(await statuses()).toEqual({ sent: 2, failed: 1 });
    const [row] = await superuser`SELECT answer, attempts, data FROM app.mails WHERE status = 'failed'`;
    expect(row).toMatchObject({ answer: expect.stringContaining('550'), attempts: 1, data: null });
  });

  test('a server that is away holds mails up and ends none; once it is there they arrive', async () => {
    const placeholder = await startMailServer();
    const { port, url } = placeholder;
    await placeholder.stop();
    await queue(invitations(12));
    startSender(url);
    await until(async () => (await superuser`SELECT FROM app.mails WHERE answer LIKE 'ESOCKET%'`).length === 12);
    expect(await superuser`SELECT FROM app.mails WHERE settled_at IS NOT NULL OR data IS NULL`).toHaveLength(0);
    const server = await startMailServer({}, port);
    await settled();
    expect(server.received).toHaveLength(12);
  });

  test('a connection that breaks in the middle of a message costs that message an attempt, not its life', async () => {
    let broken = 0;
    const server = await startMailServer({
      onMessage: () => {
        broken += 1;
        if (broken <= 2) throw smtpRefusal(421, '4.3.2 closing the connection');
      },
    });
    await queue(invitations(4));
    startSender(server.url);
    await settled();
    expect(await statuses()).toEqual({ sent: 4 });
    expect(server.received).toHaveLength(4);
  });
});

test('killed half-way and resumed: everybody gets the mail, and a second copy at most of what was on its way', async () => {
  const server = await startMailServer({ onMessage: () => sleep(2) });
  await queue(invitations(300));
  const program = join(import.meta.dirname, '../harness/send-mails.ts');
  const child = spawn(process.execPath, [program, database.ownerUrl, server.url], { stdio: 'ignore' });
  await until(() => server.received.length >= 100);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await sleep(100); // what it had handed over is still being accepted
  expect((await statuses()).sent).toBeLessThan(300);
  await superuser`UPDATE app.mails SET due_at = clock_timestamp() WHERE status = 'sending'`; // its leases run out
  startSender(server.url);
  await settled();
  expect(await statuses()).toEqual({ sent: 300 });
  const copies = new Map<string, Set<string>>();
  for (const { to, messageId } of server.received) {
    copies.set(to.join(), (copies.get(to.join()) ?? new Set()).add(messageId));
  }
  expect(copies.size).toBe(300);
  for (const ids of copies.values()) expect(ids.size).toBe(1); // a second copy can be told by its Message-ID
  expect(server.received.length - 300).toBeLessThanOrEqual(5);
});

test('two senders share the work and send nothing twice', async () => {
  const server = await startMailServer();
  await queue(invitations(200));
  startSender(server.url);
  startSender(server.url);
  await settled();
  expect(server.received).toHaveLength(200);
});

test('no faster than it may', async () => {
  const server = await startMailServer();
  await queue(invitations(25));
  const before = performance.now();
  startSender(server.url, { perSecond: 10 });
  await settled();
  expect(performance.now() - before).toBeGreaterThan(1_900);
});

test('stopping finishes what is on its way and gives back the rest', async () => {
  const server = await startMailServer({ onMessage: () => sleep(50) });
  await queue(invitations(30));
  const sender = startSender(server.url);
  await until(() => server.received.length > 0);
  await sender.stop();
  const { sent = 0, waiting = 0, sending = 0 } = await statuses();
  expect(sent).toBe(server.received.length);
  expect({ all: sent + waiting, sending }).toEqual({ all: 30, sending: 0 });
});

test('nothing that somebody has called an organisation becomes a header, and the log holds no address and no link', async () => {
  const server = await startMailServer();
  const name = 'Verein\r\nBcc: eve@example.org\r\n\r\n<script>alert(1)</script>\u2028X-Evil: 1';
  await queue(invitations(1, name));
  lines.length = 0;
  startSender(server.url);
  await settled();
  const [mail] = server.received;
  expect(mail?.to).toEqual(['member0@example.org']);
  const headers = mail?.source.split('\r\n\r\n')[0] ?? '';
  expect(headers).not.toMatch(/^(bcc|x-evil):/im);
  const html = mail?.source.slice(mail.source.indexOf('text/html'));
  expect(html).toContain('&lt;script&gt;alert');
  expect(html).not.toContain('<script>');
  expect(JSON.stringify(lines)).toContain('member-invitation');
  expect(JSON.stringify(lines)).not.toMatch(/member0@|SECRET|127\.0\.0\.1/);
});
