import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../gateway/logging.ts';
import { startGateway } from '../../gateway/main.ts';
import { MailSender } from '../../workers/mail.ts';
import { notifyLog, notifySchedules } from '../../workers/notify.ts';
import { endOfPush, PushSender } from '../../workers/push.ts';
import { accepted, newElection, newOrganisation, openEngine } from '../harness/engines.ts';
import { startMailServer } from '../harness/mail-server.ts';
import { type NotifiedMember, newNotifiedMember, tellAll } from '../harness/notified.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { startPushService, TestBrowser, vapidClaims } from '../harness/push-service.ts';
import { startQueues } from '../harness/queues.ts';
import { connectAs } from '../harness/urn.ts';
import { until } from '../harness/webhook-receiver.ts';
import { RawSocket } from './raw-socket.ts';

/** Over the wire: HTTP, the socket, mails and pushes, each with a real other side. */

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
const logger = createLogger({ level: 'silent' });
const engine = await openEngine(database, { publicUrl: 'https://vote.example', webhookAllowPrivate: true });
const strict = await openEngine(database); // as it is where nobody has said that private networks are fine
const gateway = await startGateway({ host: '127.0.0.1', port: 0, socketPort: 0, origins: [] }, { engine, logger });
afterAll(async () => {
  await gateway.drain();
  await superuser.end();
});

let orgId: string;
let ada: NotifiedMember;
beforeEach(async () => {
  orgId = await newOrganisation(engine);
  ada = await newNotifiedMember(engine, superuser, orgId, 'Ada', ['admin']);
});
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function ask(
  method: string,
  path: string,
  { as, body, headers }: { as?: NotifiedMember; body?: unknown; headers?: object } = {},
) {
  const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${as.accessToken}`, 'x-org-id': orgId }),
      ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  const json: any = text.startsWith('{') ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, json };
}

async function openForMembers(title: string): Promise<void> {
  const { electionId } = await newElection(engine, orgId, { title, roll: 'members' });
  accepted(await engine.elections.open(orgId, electionId, 'test'));
}
const tell = () => tellAll(engine, superuser, orgId);

test('the queue of workers tells what the log says, and the inbox is told live', async () => {
  const ticket = (await ask('POST', '/v1/socket-tickets', { as: ada, body: {} })).json.ticket as string;
  const socket = await RawSocket.as(gateway.socketPort, { ticket });
  stops.push(() => socket.close());
  const topic = `inbox:${ada.memberId}`;
  expect(await socket.ask({ id: 1, op: 'subscribe', topic })).toMatchObject({ ok: true, mode: 'snapshot' });
  const figures = () => socket.frames.filter((frame) => frame.topic === topic && frame.id === undefined);
  await until(() => figures().length === 1, 'the snapshot');
  expect(figures()[0]).toMatchObject({ snapshot: true, data: { unread: 0, newest_at: null } });
  const other = await socket.ask({ id: 2, op: 'subscribe', topic: `inbox:${orgId}` });
  expect(other).toMatchObject({ ok: false, error: { code: 'NOT_FOUND_001' } });

  const queues = await startQueues(engine, { databaseUrl: database.ownerUrl }, [notifyLog, notifySchedules]);
  stops.push(() => queues.stop());
  await openForMembers('One');
  await until(() => figures().length === 2, 'the figure');
  const page = (await ask('GET', '/v1/me/notifications', { as: ada })).json;
  expect(figures()[1]).toMatchObject({ data: { unread: 1, newest_at: page.items[0].created_at } });

  // what was read meanwhile does not hide what comes
  expect(
    (await ask('POST', '/v1/me/notifications/read', { as: ada, body: { until: page.items[0].created_at } })).json,
  ).toEqual({ unread: 0 });
  // read in another tab: this one is told
  await until(() => figures().length === 3, 'nothing unread');
  expect(figures()[2]).toMatchObject({ data: { unread: 0, newest_at: page.items[0].created_at } });
  await openForMembers('Two');
  await until(() => figures().length === 4, 'the next figure');
  expect(figures()[3]?.data).toMatchObject({ unread: 1 });
  const offsets = figures().map(({ offset }) => Number(offset));
  expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
});

test('what was read through another gateway is told here, too', async () => {
  const other = await startGateway(
    { host: '127.0.0.1', port: 0, socketPort: 0, origins: [], socketLimits: { inboxRefreshMs: 200 } },
    { engine: await openEngine(database), logger }, // as another process has
  );
  stops.push(() => other.drain());
  await openForMembers('One');
  await tell();
  const ticket = (await ask('POST', '/v1/socket-tickets', { as: ada, body: {} })).json.ticket as string;
  const socket = await RawSocket.as(other.socketPort, { ticket });
  stops.push(() => socket.close());
  await socket.ask({ id: 1, op: 'subscribe', topic: `inbox:${ada.memberId}` });
  const unread = () => socket.frames.findLast((frame) => frame.topic !== undefined && frame.id === undefined)?.data;
  await until(() => unread()?.unread === 1, 'the snapshot');
  await ask('POST', '/v1/me/notifications/read', { as: ada, body: { until: unread()?.newest_at } });
  await until(() => unread()?.unread === 0, 'nothing unread');
});

test('over HTTP: the inbox, preferences, and nobody else’s', async () => {
  await openForMembers('One');
  await tell();
  const page = await ask('GET', '/v1/me/notifications?unread=true', { as: ada });
  expect(page).toMatchObject({ status: 200, json: { unread: 1, items: [{ kind: 'election.opened', read_at: null }] } });
  const { json: wishes } = await ask('GET', '/v1/me/notifications/preferences', { as: ada });
  expect(wishes).toMatchObject({ email: true, delivery: 'at_once', quiet_hours: null, time_zone: 'UTC' });
  const { organisations: _, ...said } = wishes;
  const body = { ...said, organisations: [], quiet_hours: { from: '22:00', to: '06:30' } };
  expect((await ask('PUT', '/v1/me/notifications/preferences', { as: ada, body })).json.quiet_hours).toEqual(
    body.quiet_hours,
  );
  const bad = { ...body, quiet_hours: { from: '22:00', to: '22:00' }, time_zone: 'Mars/Olympus' };
  const refused = await ask('PUT', '/v1/me/notifications/preferences', { as: ada, body: bad });
  expect(refused.status).toBe(422);
  expect(JSON.stringify(refused.json)).toMatch(/begins and ends at the same time.*is no time zone/);
  expect((await ask('GET', '/v1/me/notifications')).status).toBe(401);
  const key = accepted(await engine.apiKeys.create(orgId, { name: 'k', roles: ['admin'] })).secret;
  expect((await ask('GET', '/v1/me/notifications', { headers: { authorization: `Bearer ${key}` } })).status).toBe(403);
});

describe('mails', () => {
  test('carry a calendar that programs read, and stop by one click without a sign-in', async () => {
    const server = await startMailServer();
    const start = new Date(Date.now() + 24 * 3_600_000);
    const made = await ask('POST', '/v1/meetings', {
      as: ada,
      body: { title: 'Assembly; with, signs', starts_at: start.toISOString() },
    });
    const meetingId = made.json.meeting_id as string;
    const invited = await ask('POST', `/v1/meetings/${meetingId}/invitations`, { as: ada, body: {} });
    expect(invited).toMatchObject({ status: 200, json: { invited: 1, repeated: 0 } });
    await tell();
    accepted(await engine.meetings.end(orgId, meetingId, false, 'test'));
    await tell();
    const settings = { smtpUrl: server.url, from: 'Psephos <votes@example.org>', perSecond: 1_000, pollMs: 30 };
    const sender = new MailSender(engine, settings, logger);
    sender.start();
    stops.push(() => sender.stop());
    const own = () => server.received.filter(({ source }) => source.includes('text/calendar'));
    await until(() => own().length === 2, 'both mails');
    const sources = own().map(({ source }) => source.replaceAll(/=\r?\n/g, ''));
    const [request, cancel] = sources.map((source) => ({ source, calendar: calendarIn(source) }));
    expect(request?.source).toMatch(/Content-Type: text\/calendar; charset=utf-8; method=REQUEST/i);
    expect(request?.calendar).toMatchObject({
      METHOD: 'REQUEST',
      UID: `${meetingId}@psephos`,
      DTSTART: start.toISOString().replaceAll(/[-:]|\.\d+/g, ''),
      SUMMARY: 'Assembly\\; with\\, signs',
      STATUS: 'CONFIRMED',
    });
    expect(cancel?.calendar).toMatchObject({ METHOD: 'CANCEL', UID: `${meetingId}@psephos`, STATUS: 'CANCELLED' });
    expect(Number(cancel?.calendar.SEQUENCE)).toBeGreaterThan(Number(request?.calendar.SEQUENCE));

    expect(request?.source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$/m);
    const link = /^List-Unsubscribe:\s*<https:\/\/vote\.example(\/v1\/unsubscribe\/psu_[\w-]+)>/m.exec(
      request?.source ?? '',
    )?.[1] as string;
    const page = await ask('GET', link);
    expect([page.status, page.headers.get('location')]).toEqual([303, `/unsubscribe#token=${link.split('/').at(-1)}`]);
    const before = (await ask('GET', '/v1/me/notifications/preferences', { as: ada })).json;
    expect(before.organisations).toMatchObject([{ email: true }]); // looking stops nothing
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const stopped = await ask('POST', link, { body: 'List-Unsubscribe=One-Click', headers });
    expect(stopped).toMatchObject({ status: 200, json: { organisation: 'Chess club' } });
    const after = (await ask('GET', '/v1/me/notifications/preferences', { as: ada })).json;
    expect(after.organisations).toMatchObject([{ email: false }]);
    expect((await ask('POST', '/v1/unsubscribe/psu_short')).status).toBe(422);
  });
});

describe('pushes', () => {
  const startPushes = () => {
    const sender = new PushSender(
      engine,
      { contact: 'mailto:admin@example.org', allowPrivate: true, pollMs: 30 },
      logger,
    );
    sender.start();
    stops.push(() => sender.stop());
  };
  const subscribe = (endpoint: string, keys = new TestBrowser().keys) =>
    ask('POST', '/v1/me/push-subscriptions', { as: ada, body: { endpoint, keys } });

  test('reach the browser, which alone can read them; the service can tell who sends', async () => {
    const service = await startPushService();
    const browser = new TestBrowser();
    const { json: list } = await ask('GET', '/v1/me/push-subscriptions', { as: ada });
    const made = await subscribe(service.endpoint('ada'), browser.keys);
    expect(made.status).toBe(201);
    expect((await subscribe(service.endpoint('ada'), browser.keys)).json.subscription_id).toBe(
      made.json.subscription_id,
    );
    await openForMembers('One');
    await tell();
    startPushes();
    await until(() => service.received.length > 0, 'the push');
    const [push] = service.received;
    if (push === undefined) throw new Error('no push');
    expect(browser.read(push.body)).toMatchObject({
      title: 'Chess club: Voting is open: One',
      body: 'You can vote now on: One.',
      url: 'https://vote.example/inbox',
    });
    expect(() => new TestBrowser().read(push.body)).toThrow();
    expect(push.headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'normal' });
    expect(Number(push.headers.ttl)).toBeGreaterThan(3_600);
    const { key, aud, sub } = vapidClaims(push);
    expect({ key, aud, sub }).toEqual({
      key: list.public_key,
      aud: new URL(service.endpoint('ada')).origin,
      sub: 'mailto:admin@example.org',
    });
    await until(async () => (await superuser`SELECT FROM app.push_messages`).length === 0, 'the end');
    expect(service.received).toHaveLength(1);
    expect(await superuser`SELECT FROM app.server_secrets WHERE name = 'vapid'`).toHaveLength(1);
  });

  test('a browser that is gone is forgotten; a service that is busy is asked again', async () => {
    const service = await startPushService((path, times) => (path.endsWith('gone') ? 410 : times === 1 ? 503 : 201));
    await subscribe(service.endpoint('gone'));
    await subscribe(service.endpoint('busy'));
    await openForMembers('One');
    await tell();
    startPushes();
    await until(
      async () => (await ask('GET', '/v1/me/push-subscriptions', { as: ada })).json.items.length === 1,
      'one left',
    );
    await until(() => service.received.length === 2, 'both tried');
    await until(
      async () =>
        (
          await superuser`SELECT FROM app.push_messages WHERE due_at > clock_timestamp() + interval '1 second'
      AND due_at < clock_timestamp() + interval '12 seconds'`
        ).length === 1,
      'put off',
    );
    await superuser`UPDATE app.push_messages SET due_at = clock_timestamp()`;
    await until(async () => (await superuser`SELECT FROM app.push_messages`).length === 0, 'sent');
    expect(service.received.filter(({ path }) => path.endsWith('busy'))).toHaveLength(2);
    expect([429, 500, 404, 413, 201].map((status) => endOfPush(status, 1).status)).toEqual([
      'again',
      'again',
      'gone',
      'done',
      'done',
    ]);
    expect(endOfPush(503, 8).status).toBe('done');
  });

  test('lead into no private network, and to nobody without the browser’s keys', async () => {
    const refused = await strict.pushes.subscribe(ada.person, {
      endpoint: 'https://169.254.169.254/latest',
      ...new TestBrowser().keys,
      userAgent: '',
    });
    expect(refused).toMatchObject({ ok: false, failure: { kind: 'invalid_input' } });
    const plain = await strict.pushes.subscribe(ada.person, {
      endpoint: 'http://push.example/x',
      ...new TestBrowser().keys,
      userAgent: '',
    });
    expect(plain).toMatchObject({ ok: false, failure: { details: { fields: [{ path: 'endpoint' }] } } });
    expect((await subscribe('https://push.example/x', { p256dh: 'x', auth: 'y' })).status).toBe(422);
    const made = await subscribe('https://push.example/x');
    const path = `/v1/me/push-subscriptions/${made.json.subscription_id}`;
    const ben = await newNotifiedMember(engine, superuser, orgId, 'Ben');
    expect((await ask('DELETE', path, { as: ben })).status).toBe(404);
    expect((await ask('DELETE', path, { as: ada })).status).toBe(204);
    expect((await ask('DELETE', path, { as: ada })).status).toBe(404);
  });
});

test('deleting the account forgets wishes and browsers; the export holds them before', async () => {
  await ask('POST', '/v1/me/push-subscriptions', {
    as: ada,
    body: { endpoint: 'https://push.example/x', keys: new TestBrowser().keys },
  });
  const wishes = {
    email: false,
    delivery: 'daily',
    daily_hour: 6,
    quiet_hours: null,
    time_zone: 'UTC',
    kinds: {},
    organisations: [],
  };
  await ask('PUT', '/v1/me/notifications/preferences', { as: ada, body: wishes });
  const held = (await ask('GET', '/v1/account/export', { as: ada })).json;
  expect(held).toMatchObject({
    notification_preferences: { delivery: 'daily' },
    push_subscriptions: [{}],
    notifications: [],
  });
  expect((await ask('DELETE', '/v1/account', { as: ada, body: {} })).status).toBe(204);
  const { accountId } = ada.person;
  expect(await superuser`SELECT FROM app.notification_preferences WHERE account_id = ${accountId}`).toHaveLength(0);
  expect(await superuser`SELECT FROM app.push_subscriptions WHERE account_id = ${accountId}`).toHaveLength(0);
});

/** The properties of the calendar in a mail's source, the event's over the calendar's. */
function calendarIn(source: string): Record<string, string> {
  const encoded = /Content-Type: application\/ics[\s\S]*?\r?\n\r?\n([\w+/=\r\n]+)/i.exec(source)?.[1] ?? '';
  const text = Buffer.from(encoded, 'base64')
    .toString()
    .replaceAll(/\r\n[ \t]/g, '');
  return Object.fromEntries(text.split('\r\n').map((line) => line.split(/[:;](.*)/s).slice(0, 2) as [string, string]));
}
