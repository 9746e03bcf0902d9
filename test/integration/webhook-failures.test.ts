import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { webhookReasonOf } from '../../protocol/webhook-problems.ts';
import { accepted, kindOf, newElection, newOrganisation } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { startReceiver, until } from '../harness/webhook-receiver.ts';
import { openWebhooks } from '../harness/webhooks.ts';

const database = await freshDatabase();
const { engine, superuser, startSender, queueAll, webhookTo, stateOf, deliveriesOf } = await openWebhooks(database);

describe('receivers that fail', () => {
  test('one that is down gets everything once it is there, each event under its own id', async () => {
    const orgId = await newOrganisation(engine);
    const { port, url, stop } = await startReceiver();
    await stop();
    const { webhookId } = await webhookTo(orgId, url, ['election.created']);
    startSender();
    for (let i = 0; i < 3; i += 1) await newElection(engine, orgId);
    await until(
      async () => (await deliveriesOf(orgId, webhookId)).some(({ attempts }) => attempts >= 2),
      'two attempts',
    );
    expect((await stateOf(orgId, webhookId)).failingSince).toBeInstanceOf(Date);
    const failing = (await deliveriesOf(orgId, webhookId)).find(({ attempts }) => attempts >= 2);
    expect(failing).toMatchObject({
      status: 'waiting',
      problem: 'The connection failed: ECONNREFUSED.',
      responseStatus: null,
    });
    const receiver = await startReceiver(port);
    await until(() => receiver.received.length >= 3, 'all events');
    await until(async () => (await deliveriesOf(orgId, webhookId)).every(({ status }) => status === 'delivered'));
    expect(new Set(receiver.received.map(({ json }) => json.id)).size).toBe(3);
    expect((await stateOf(orgId, webhookId)).failingSince).toBeNull();
  });

  test('a slow one holds up nobody else, and an answer that comes too late counts as none', async () => {
    const orgId = await newOrganisation(engine);
    const [slow, quick] = [await startReceiver(), await startReceiver()];
    slow.answers(async (_event, response) => {
      await sleep(2_000);
      response.end();
    });
    const { webhookId } = await webhookTo(orgId, slow.url, ['election.created']);
    await webhookTo(orgId, quick.url, ['election.created']);
    startSender({ timeoutMs: 400, retryMinMs: 60_000 });
    for (let i = 0; i < 4; i += 1) await newElection(engine, orgId);
    await until(() => quick.received.length === 4, 'the quick one');
    expect(slow.received.length).toBeLessThan(4);
    await until(async () => (await deliveriesOf(orgId, webhookId)).every(({ problem }) => problem !== null));
    for (const delivery of await deliveriesOf(orgId, webhookId)) {
      expect(delivery).toMatchObject({ status: 'waiting', problem: 'No answer in time.' });
      expect(delivery.latencyMs).toBeGreaterThanOrEqual(390);
      expect(delivery.latencyMs).toBeLessThan(1_500);
    }
  });

  test('what it answers is kept: the status and the first kilobyte, of whatever it sends', async () => {
    const orgId = await newOrganisation(engine);
    const receiver = await startReceiver();
    receiver.answers((_event, response) => {
      response.writeHead(500);
      response.end(`no\u0000 room ${'ä'.repeat(5_000_000)}`);
    });
    const { webhookId } = await webhookTo(orgId, receiver.url);
    startSender({ retryMinMs: 60_000 });
    accepted(await engine.webhooks.test(orgId, webhookId));
    await until(async () => (await deliveriesOf(orgId, webhookId))[0]?.responseStatus === 500, 'the answer');
    const [delivery] = await deliveriesOf(orgId, webhookId);
    expect(delivery).toMatchObject({ kind: 'webhook.test', status: 'waiting', attempts: 1, problem: 'Answered 500.' });
    expect(delivery?.responseExcerpt).toMatch(/^no room ä+$/);
    expect(Buffer.byteLength(delivery?.responseExcerpt ?? '')).toBeLessThanOrEqual(1_024);
  });

  test('a redirect is not followed', async () => {
    const orgId = await newOrganisation(engine);
    const [receiver, target] = [await startReceiver(), await startReceiver()];
    receiver.answers((_event, response) => response.writeHead(307, { location: target.url }).end());
    const { webhookId } = await webhookTo(orgId, receiver.url);
    startSender({ retryMinMs: 60_000 });
    accepted(await engine.webhooks.test(orgId, webhookId));
    await until(async () => (await deliveriesOf(orgId, webhookId))[0]?.responseStatus === 307, 'the answer');
    expect((await deliveriesOf(orgId, webhookId))[0]?.problem).toContain('redirects are not followed');
    expect(target.received).toEqual([]);
  });

  test('an event that fails for a day is given up; a webhook that never answered well meanwhile is disabled', async () => {
    const orgId = await newOrganisation(engine);
    const receiver = await startReceiver();
    receiver.answers(503);
    const { webhookId } = await webhookTo(orgId, receiver.url, ['election.created']);
    await newElection(engine, orgId);
    await newElection(engine, orgId);
    startSender({ retryMinMs: 60_000 });
    await until(() => receiver.received.length === 2, 'the first attempts');
    await until(async () =>
      (await deliveriesOf(orgId, webhookId)).every(({ attempts, problem }) => attempts === 1 && problem !== null),
    );
    // a day passes; the webhook last: a look that finds nothing due would put the next one off
    await superuser`UPDATE app.webhook_deliveries SET retry_until = clock_timestamp(), due_at = clock_timestamp()
      WHERE webhook_id = ${webhookId} AND seq = (SELECT min(seq) FROM app.webhook_deliveries WHERE webhook_id = ${webhookId})`;
    await superuser`UPDATE app.webhooks SET failing_since = failing_since - interval '1 day', next_at = clock_timestamp()
      WHERE webhook_id = ${webhookId}`;
    await until(async () => (await stateOf(orgId, webhookId)).state === 'disabled', 'disabled');
    expect(webhookReasonOf((await stateOf(orgId, webhookId)).disabledReason)).toEqual({
      reason: 'no_success',
      params: { problem: 'Answered 503.' },
    });
    expect((await deliveriesOf(orgId, webhookId)).map(({ status }) => status)).toEqual(['failed', 'failed']);
    expect(kindOf(await engine.webhooks.test(orgId, webhookId))).toBe('conflict');
    await newElection(engine, orgId);
    receiver.answers(200);
    expect(accepted(await engine.webhooks.change(orgId, webhookId, { state: 'active' }))).toMatchObject({
      state: 'active',
      disabledReason: null,
      failingSince: null,
    });
    await queueAll(orgId); // what happened meanwhile is not made up for
    const [newest, ...older] = await deliveriesOf(orgId, webhookId);
    expect(older).toHaveLength(1);
    accepted(await engine.webhooks.redeliver(orgId, newest?.deliveryId as string));
    await until(() => receiver.received.length === 4, 'the event again');
    expect(receiver.received[3]?.json.id).toBe(newest?.eventId);
    expect(receiver.received[3]?.headers['psephos-attempt']).toBe('2');
  });

  test('410 Gone disables at once', async () => {
    const orgId = await newOrganisation(engine);
    const receiver = await startReceiver();
    receiver.answers(410);
    const { webhookId } = await webhookTo(orgId, receiver.url);
    startSender();
    accepted(await engine.webhooks.test(orgId, webhookId));
    await until(async () => (await stateOf(orgId, webhookId)).state === 'disabled', 'disabled');
    expect(receiver.received).toHaveLength(1);
  });
});

test('killed half-way and resumed: every event arrives, in order, and a second copy has the same id', async () => {
  const orgId = await newOrganisation(engine);
  const receiver = await startReceiver();
  receiver.answers(async (_event, response) => {
    await sleep(20);
    response.end();
  });
  const { webhookId } = await webhookTo(orgId, receiver.url, ['election.created']);
  for (let i = 0; i < 40; i += 1) await newElection(engine, orgId, { title: `${i}` });
  await queueAll(orgId);
  const program = join(import.meta.dirname, '../harness/send-webhooks.ts');
  const child = spawn(process.execPath, [program, database.ownerUrl], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await until(() => receiver.received.length >= 10, 'the first ten');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(receiver.received.length).toBeLessThan(40);
  await superuser`UPDATE app.webhooks SET busy_until = clock_timestamp() WHERE webhook_id = ${webhookId}`; // its lease ends
  startSender();
  await until(async () => (await deliveriesOf(orgId, webhookId)).every(({ status }) => status === 'delivered'), 'all');
  const firsts = receiver.received.filter(({ json }, i, all) => all.findIndex((e) => e.json.id === json.id) === i);
  expect(firsts.map(({ json }) => json.data.title)).toEqual(Array.from({ length: 40 }, (_, i) => `${i}`));
  expect(receiver.received.length).toBeLessThanOrEqual(41); // at most the one that was on its way
});
