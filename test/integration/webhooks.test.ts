import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { webhookEvents } from '../../workers/webhook-events.ts';
import {
  accepted,
  castOf,
  kindOf,
  newElection,
  newOrganisation,
  newVoters,
  openElection,
  openEngine,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { startQueues } from '../harness/queues.ts';
import { startReceiver, until } from '../harness/webhook-receiver.ts';
import { LIFE, openWebhooks } from '../harness/webhooks.ts';

const database = await freshDatabase();
const { engine, superuser, startSender, queueAll, webhookTo, deliveriesOf } = await openWebhooks(database);

/** The signature as a receiver checks it, written apart from the sender. */
function isSignedBy(secret: string, header: unknown, body: string): boolean {
  const [, seconds] = /t=(\d+)/.exec(String(header)) ?? [];
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return Math.abs(Number(seconds) * 1_000 - Date.now()) < 60_000 && String(header).split(',').includes(`v1=${mac}`);
}

describe('what is told', () => {
  test('the life of an election arrives in order, signed, with counts and states and nothing of a ballot', async () => {
    const orgId = await newOrganisation(engine);
    const receiver = await startReceiver();
    const { secret } = await webhookTo(orgId, receiver.url);
    startSender();
    const voters = newVoters(4);
    const election = await openElection(engine, orgId, voters, { title: 'Shall we?' });
    const { electionId } = election;
    for (const voter of voters.slice(0, 3)) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
    accepted(await engine.elections.close(orgId, electionId, 'test'));
    accepted(await engine.elections.publish(orgId, electionId, 'test'));
    await until(() => receiver.received.length >= LIFE.length, 'all events');
    expect(receiver.kinds()).toEqual(LIFE);
    const [, opened, closed] = receiver.received;
    expect(opened?.json).toMatchObject({
      event: 'election.opened',
      organisation_id: orgId,
      data: { election_id: electionId, title: 'Shall we?', state: 'open' },
    });
    expect(closed?.json.data).toMatchObject({ state: 'closed', roll: 4, voted: 3 });
    for (const { headers, body, json } of receiver.received) {
      expect(isSignedBy(secret, headers['psephos-signature'], body)).toBe(true);
      expect(isSignedBy('another', headers['psephos-signature'], body)).toBe(false);
      expect(headers['psephos-event-id']).toBe(json.id);
      expect(body).not.toMatch(/choice|"yes"|tracking|credential|patterns/);
    }
    expect(new Set(receiver.received.map(({ json }) => json.id)).size).toBe(LIFE.length);
  });

  test('only the kinds that it asked for, only of its organisation, only from then on', async () => {
    const [orgId, other] = [await newOrganisation(engine), await newOrganisation(engine)];
    await newElection(engine, orgId, { title: 'before' });
    const [receiver, another] = [await startReceiver(), await startReceiver()];
    await webhookTo(orgId, receiver.url, ['election.created']);
    await webhookTo(other, another.url, ['election.opened']);
    startSender();
    await openElection(engine, orgId, [], { title: 'after' });
    await newElection(engine, other);
    await until(() => receiver.received.length > 0, 'the event');
    for (const id of [orgId, other]) await queueAll(id);
    expect(await superuser`SELECT kind FROM app.webhook_deliveries WHERE org_id IN (${orgId}, ${other})`).toEqual([
      { kind: 'election.created' },
    ]);
    expect(receiver.received[0]?.json.data).toMatchObject({ title: 'after' });
  });

  test('each milestone of the roll once, also where one batch passes several', async () => {
    const orgId = await newOrganisation(engine);
    const receiver = await startReceiver();
    await webhookTo(orgId, receiver.url, ['election.milestone']);
    startSender();
    const voters = newVoters(20);
    const election = await openElection(engine, orgId, voters);
    const cast = (from: number, to: number) =>
      Promise.all(voters.slice(from, to).map((voter) => engine.elections.cast(orgId, castOf(election, voter))));
    await cast(0, 1);
    await cast(1, 2);
    await until(() => receiver.received.length === 1, '10 %');
    await cast(2, 11);
    await until(() => receiver.received.length === 3, '25 % and 50 %');
    await cast(11, 20);
    await until(() => receiver.received.length === 5, '75 % and 100 %');
    accepted(await engine.elections.close(orgId, election.electionId, 'test'));
    expect(receiver.received.map(({ json }) => json.data.percent)).toEqual([10, 25, 50, 75, 100]);
    for (const { json } of receiver.received) {
      expect(json.data.voted * 100).toBeGreaterThanOrEqual(json.data.percent * json.data.roll);
      expect(json.data).toMatchObject({ roll: 20, state: 'open', election_id: election.electionId });
    }
    const followed = () => superuser`SELECT FROM app.webhook_milestones WHERE org_id = ${orgId}`;
    await until(async () => (await followed()).length === 0, 'the election is no longer followed');
    expect(receiver.received).toHaveLength(5);
  });

  test('a webhook that comes in the middle of a vote is told the milestones that are still to come', async () => {
    const orgId = await newOrganisation(engine);
    const voters = newVoters(10);
    const election = await openElection(engine, orgId, voters);
    for (const voter of voters.slice(0, 3)) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
    const receiver = await startReceiver();
    await webhookTo(orgId, receiver.url, ['election.milestone']);
    startSender();
    for (const voter of voters.slice(3, 6)) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
    await until(() => receiver.received.length === 1, '50 %');
    expect(receiver.received[0]?.json.data.percent).toBe(50);
  });

  test('several processes that look at the same log queue each event once', async () => {
    const orgId = await newOrganisation(engine);
    const { webhookId } = await webhookTo(orgId, 'http://127.0.0.1:1/', ['election.created']);
    for (let i = 0; i < 30; i += 1) await newElection(engine, orgId);
    const second = await openEngine(database);
    await Promise.all([engine, second, engine, second].map((at) => queueAll(orgId, at)));
    expect(await deliveriesOf(orgId, webhookId)).toHaveLength(30);
    await superuser`UPDATE app.webhook_cursors SET pos = 0 WHERE org_id = ${orgId}`; // as after a bug of ours
    await queueAll(orgId);
    expect(await deliveriesOf(orgId, webhookId)).toHaveLength(30);
    accepted(await engine.webhooks.remove(orgId, webhookId));
    await second.close();
  });
});

test('one organisation whose log cannot be told has a dead letter, keeps no other waiting, and is made up for', async () => {
  const [broken, whole] = [await newOrganisation(engine), await newOrganisation(engine)];
  await webhookTo(broken, 'https://members.example/', ['election.created']);
  const { webhookId } = await webhookTo(whole, 'https://members.example/', ['election.created']);
  for (const orgId of [broken, whole]) await newElection(engine, orgId);
  await superuser`ALTER TABLE app.webhook_deliveries ADD CONSTRAINT broken CHECK (org_id <> ${superuser.unsafe(`'${broken}'`)})`;
  const queues = await startQueues(engine, { databaseUrl: database.ownerUrl }, [{ ...webhookEvents, attempts: 2 }]);
  const letters = async () => accepted(await engine.deadLetters.list(broken, {})).items;
  await until(async () => (await letters()).length > 0, 'the dead letter');
  await until(async () => (await deliveriesOf(whole, webhookId)).length === 1, 'the other organisation');
  const [letter] = await letters();
  expect(letter).toMatchObject({ queue: 'webhooks', attempts: 2, reason: expect.stringContaining('check constraint') });
  await superuser`ALTER TABLE app.webhook_deliveries DROP CONSTRAINT broken`;
  accepted(await engine.deadLetters.retry(broken, letter?.letterId ?? ''));
  await until(async () => (await superuser`SELECT FROM app.webhook_deliveries WHERE org_id = ${broken}`).length === 1);
  expect(await letters()).toEqual([]);
  await queues.stop();
});

describe('addresses', () => {
  test('what leads into a private network is refused when it is named, and again when something is sent', async () => {
    const strict = await openEngine(database);
    const orgId = await newOrganisation(engine);
    for (const url of [
      'http://127.0.0.1:9/',
      'https://localhost/',
      'https://10.0.0.1/',
      'https://[::1]/',
      'https://0x7f000001/',
    ]) {
      const outcome = await strict.webhooks.create(orgId, { url, events: LIFE }, 'test');
      expect(outcome).toMatchObject({ failure: { kind: 'invalid_input', details: { fields: [{ path: 'url' }] } } });
    }
    expect(await superuser`SELECT FROM app.webhooks WHERE org_id = ${orgId}`).toHaveLength(0);
    const receiver = await startReceiver();
    const { webhookId } = await webhookTo(orgId, `http://localhost:${receiver.port}/`);
    startSender({ allowPrivate: false, retryMinMs: 60_000 });
    accepted(await engine.webhooks.test(orgId, webhookId));
    await until(async () => (await deliveriesOf(orgId, webhookId))[0]?.problem !== null, 'the refusal');
    expect((await deliveriesOf(orgId, webhookId))[0]?.problem).toBe(
      'The address leads into a private network, where webhooks may not go.',
    );
    expect(receiver.received).toEqual([]);
    await strict.close();
  });
});

test('a new secret signs at once, and the old one for a day beside it', async () => {
  const orgId = await newOrganisation(engine);
  const receiver = await startReceiver();
  const { webhookId, secret } = await webhookTo(orgId, receiver.url);
  const rotated = accepted(await engine.webhooks.rotateSecret(orgId, webhookId));
  startSender();
  accepted(await engine.webhooks.test(orgId, webhookId));
  await until(() => receiver.received.length === 1);
  await superuser`UPDATE app.webhooks SET previous_until = clock_timestamp() WHERE webhook_id = ${webhookId}`;
  accepted(await engine.webhooks.test(orgId, webhookId));
  await until(() => receiver.received.length === 2);
  const signedBy = (key: string) =>
    receiver.received.map(({ headers, body }) => isSignedBy(key, headers['psephos-signature'], body));
  expect({ next: signedBy(rotated.secret), old: signedBy(secret) }).toEqual({ next: [true, true], old: [true, false] });
});

test('an organisation has twenty at most; without any its log is followed no more', async () => {
  const orgId = await newOrganisation(engine);
  const made = await Promise.all(
    Array.from({ length: 22 }, () =>
      engine.webhooks.create(orgId, { url: 'https://members.example/', events: LIFE }, 'test'),
    ),
  );
  expect(made.filter(({ ok }) => ok)).toHaveLength(20);
  expect(made.filter((outcome) => kindOf(outcome) === 'over_quota')).toHaveLength(2);
  for (const { webhookId } of accepted(await engine.webhooks.list(orgId, {})).items) {
    accepted(await engine.webhooks.remove(orgId, webhookId));
  }
  expect(await superuser`SELECT FROM app.webhook_cursors WHERE org_id = ${orgId}`).toHaveLength(0);
  expect(kindOf(await engine.webhooks.get(orgId, made[0]?.ok === true ? made[0].value.webhookId : ''))).toBe(
    'not_found',
  );
});
