import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { createEngine } from '../../engine/index.ts';
import { createLogger } from '../../gateway/logging.ts';
import { startWorkers } from '../../workers/index.ts';
import { auditPlace } from '../harness/audit-place.ts';
import { accepted, newOrganisation } from '../harness/engines.ts';
import { startMailServer } from '../harness/mail-server.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { startReceiver, until } from '../harness/webhook-receiver.ts';

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

const magicLink = (key: string) =>
  ({
    orgId: null,
    to: 'ada@example.org',
    locale: 'en',
    template: 'magic-link',
    data: { link: 'https://vote.example/sign-in#SECRET', validForMinutes: 15 },
    key,
  }) as const;

const audit = auditPlace();

/** As the process of workers does that `npm start` starts. */
async function startAll(smtpUrl: string | null) {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line) => lines.push(line) } });
  const engine = await createEngine({
    url: database.ownerUrl,
    webhookAllowPrivate: true,
    report: (err) => logger.error({ err }, 'bug'),
  });
  const mail = smtpUrl === null ? null : { smtpUrl, from: 'votes@example.org', perSecond: 100 };
  const jobs = { databaseUrl: database.ownerUrl };
  const workers = await startWorkers(engine, { mail, webhookAllowPrivate: true, jobs, audit }, logger);
  const errors = () => lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 50);
  const stop = async () => {
    await workers.stop();
    await engine.close();
  };
  return { engine, stop, lines, errors };
}

test('without a mail server the log says that a mail waits, by its template and nothing else of it', async () => {
  const { engine, stop, lines, errors } = await startAll(null);
  accepted(await engine.mails.enqueue([magicLink('one')]));
  const told = () => lines.filter((line) => line.includes('/outbox'));
  await until(() => told().length > 0, 'the line');
  await sleep(2_500); // it is told once, not at every look
  expect(told()).toHaveLength(1);
  expect(JSON.parse(told()[0] as string)).toMatchObject({ template: 'magic-link' });
  await stop();
  expect(lines.join()).not.toMatch(/SECRET|ada@/);
  expect(errors()).toEqual([]);
  expect(await superuser`SELECT status FROM app.mails`).toEqual([{ status: 'waiting' }]);
});

test('stopping lets what is on its way end, cuts off what does not, and only then closes the engine', async () => {
  await superuser`DELETE FROM app.mails`;
  const [mails, receiver] = [await startMailServer({ onMessage: () => sleep(500) }), await startReceiver()];
  receiver.answers(() => sleep(60_000));
  const { engine, stop, errors } = await startAll(mails.url);
  const orgId = await newOrganisation(engine);
  const hook = { url: receiver.url, events: ['election.created'] };
  const { webhookId } = accepted(await engine.webhooks.create(orgId, hook, 'test'));
  accepted(await engine.webhooks.test(orgId, webhookId));
  accepted(await engine.mails.enqueue([magicLink('two')]));
  await until(
    async () =>
      receiver.received.length === 1 && (await superuser`SELECT FROM app.mails WHERE status = 'sending'`).length === 1,
  );
  const before = performance.now();
  await stop();
  expect(performance.now() - before).toBeLessThan(4_500);
  expect(mails.received).toHaveLength(1);
  expect(await superuser`SELECT status FROM app.mails`).toEqual([{ status: 'sent' }]);
  const [delivery] =
    await superuser`SELECT status, attempts, problem FROM app.webhook_deliveries WHERE org_id = ${orgId}`;
  expect(delivery).toMatchObject({
    status: 'waiting',
    attempts: 1,
    problem: 'This server was stopped during the attempt.',
  });
  expect(errors()).toEqual([]);
});
