import { request } from 'node:http';
import { afterAll, describe, expect, test } from 'vitest';
import type { Role } from '../../engine/index.ts';
import { createLogger } from '../../gateway/logging.ts';
import { startGateway } from '../../gateway/main.ts';
import { errorBody } from '../../protocol/errors.ts';
import {
  outboxView,
  webhookCreated,
  webhookDeliveryPage,
  webhookDeliveryView,
  webhookPage,
  webhookRotated,
  webhookView,
} from '../../protocol/webhooks.ts';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const lines: string[] = [];
const logger = createLogger({ level: 'trace', destination: { write: (line) => lines.push(line) } });
const at = { host: '127.0.0.1', port: 0, socketPort: 0, origins: [] };
const gateway = await startGateway({ ...at, outbox: true }, { engine, logger });
const [orgId, otherId] = [await newOrganisation(engine), await newOrganisation(engine)];
const keyOf = async (org: string, role: Role) =>
  accepted(await engine.apiKeys.create(org, { name: role, roles: [role] })).secret;
const [admin, moderator, stranger] = [
  await keyOf(orgId, 'admin'),
  await keyOf(orgId, 'moderator'),
  await keyOf(otherId, 'admin'),
];
afterAll(() => gateway.drain());

interface Asking {
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly port?: number;
}

async function ask(method: string, path: string, { as, body, headers, port = gateway.port }: Asking = {}) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = text === '' ? undefined : JSON.parse(text);
  if (response.status >= 400) errorBody.parse(json);
  return { status: response.status, headers: response.headers, json };
}

const HOOK = { url: 'https://members.example/hooks', events: ['election.closed'] };

describe('webhooks over HTTP', () => {
  test('made, listed, read, changed, tested, given a new secret, deleted', async () => {
    const made = await ask('POST', '/v1/webhooks', { as: admin, body: HOOK });
    expect(made.status).toBe(201);
    const { webhook_id: id, secret } = webhookCreated.parse(made.json);
    expect(made.headers.get('location')).toBe(`/v1/webhooks/${id}`);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const listed = await ask('GET', '/v1/webhooks?limit=1', { as: admin });
    expect(webhookPage.parse(listed.json).items).toEqual([
      webhookView.parse((await ask('GET', `/v1/webhooks/${id}`, { as: admin })).json),
    ]);
    expect(JSON.stringify(listed.json)).not.toContain(secret);
    const changed = await ask('PATCH', `/v1/webhooks/${id}`, { as: admin, body: { description: 'Members' } });
    expect(webhookView.parse(changed.json)).toMatchObject({ ...HOOK, description: 'Members', state: 'active' });
    const tested = await ask('POST', `/v1/webhooks/${id}/test`, { as: admin });
    expect([tested.status, webhookDeliveryView.parse(tested.json).event]).toEqual([202, 'webhook.test']);
    const deliveries = await ask('GET', `/v1/webhooks/${id}/deliveries`, { as: admin });
    expect(webhookDeliveryPage.parse(deliveries.json).items).toEqual([tested.json]);
    const again = await ask('POST', `/v1/webhook-deliveries/${tested.json.delivery_id}/redeliver`, { as: admin });
    expect(again).toMatchObject({ status: 202, json: { event_id: tested.json.event_id } });
    const rotated = webhookRotated.parse((await ask('POST', `/v1/webhooks/${id}/rotate-secret`, { as: admin })).json);
    expect(rotated.secret).not.toBe(secret);
    await ask('PATCH', `/v1/webhooks/${id}`, { as: admin, body: { state: 'disabled' } });
    expect(await ask('POST', `/v1/webhooks/${id}/test`, { as: admin })).toMatchObject({
      status: 409,
      json: { error_code: 'CONFLICT_001', details: { state: 'disabled' } },
    });
    expect((await ask('DELETE', `/v1/webhooks/${id}`, { as: admin })).status).toBe(204);
    expect((await ask('GET', `/v1/webhooks/${id}`, { as: admin })).status).toBe(404);
    expect(lines.join()).not.toMatch(/whsec_/);
  });

  test('pages follow each other', async () => {
    const { json } = await ask('POST', '/v1/webhooks', { as: admin, body: HOOK });
    for (let i = 0; i < 5; i += 1) await ask('POST', `/v1/webhooks/${json.webhook_id}/test`, { as: admin });
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await ask('GET', `/v1/webhooks/${json.webhook_id}/deliveries?limit=2${cursor}`, { as: admin });
      seen.push(...page.json.items.map(({ event_id }: { event_id: string }) => event_id));
      cursor = page.json.next_cursor === null ? '' : `&cursor=${page.json.next_cursor}`;
    } while (cursor !== '');
    expect(new Set(seen).size).toBe(5);
    await ask('DELETE', `/v1/webhooks/${json.webhook_id}`, { as: admin });
  });

  test('the same Idempotency-Key makes one', async () => {
    const headers = { 'idempotency-key': 'hook-1' };
    const [one, two] = [
      await ask('POST', '/v1/webhooks', { as: admin, body: HOOK, headers }),
      await ask('POST', '/v1/webhooks', { as: admin, body: HOOK, headers }),
    ];
    expect(two.json).toEqual(one.json);
    expect((await ask('GET', '/v1/webhooks', { as: admin })).json.items).toHaveLength(1);
    await ask('DELETE', `/v1/webhooks/${one.json.webhook_id}`, { as: admin });
  });

  test('a moderator may not, and another organisation finds nothing', async () => {
    expect((await ask('GET', '/v1/webhooks', { as: moderator })).json.details.role).toBe('admin');
    expect((await ask('GET', '/v1/webhooks')).status).toBe(401);
    const { json } = await ask('POST', '/v1/webhooks', { as: admin, body: HOOK });
    const { json: tested } = await ask('POST', `/v1/webhooks/${json.webhook_id}/test`, { as: admin });
    const path = `/v1/webhooks/${json.webhook_id}`;
    const strange = [
      await ask('GET', path, { as: stranger }),
      await ask('PATCH', path, { as: stranger, body: { state: 'disabled' } }),
      await ask('DELETE', path, { as: stranger }),
      await ask('POST', `${path}/test`, { as: stranger }),
      await ask('POST', `${path}/rotate-secret`, { as: stranger }),
      await ask('GET', `${path}/deliveries`, { as: stranger }),
      await ask('POST', `/v1/webhook-deliveries/${tested.delivery_id}/redeliver`, { as: stranger }),
    ];
    expect(strange.map(({ status }) => status)).toEqual(strange.map(() => 404));
    expect((await ask('GET', path, { as: admin })).json.state).toBe('active');
  });

  test.each([
    [{ ...HOOK, url: 'http://members.example/' }, 'url'],
    [{ ...HOOK, url: 'https://user:secret@members.example/' }, 'url'],
    [{ ...HOOK, url: 'https://192.168.1.1/' }, 'url'],
    [{ ...HOOK, url: 'https://169.254.169.254/latest' }, 'url'],
    [{ ...HOOK, url: 'hooks' }, 'url'],
    [{ ...HOOK, events: [] }, 'events'],
    [{ ...HOOK, events: ['election.ballots'] }, 'events.0'],
    [{ ...HOOK, events: ['election.closed', 'election.closed'] }, 'events'],
    [{ ...HOOK, secret: 'mine' }, 'secret'],
  ])('bad input is named, and nothing is written: %j', async (body, path) => {
    const before = (await ask('GET', '/v1/webhooks', { as: admin })).json.items.length;
    const refused = await ask('POST', '/v1/webhooks', { as: admin, body });
    expect(refused).toMatchObject({ status: 422, json: { error_code: 'VALIDATION_001' } });
    expect(refused.json.details.fields[0].path).toBe(path);
    expect((await ask('GET', '/v1/webhooks', { as: admin })).json.items).toHaveLength(before);
  });
});

describe('the outbox', () => {
  const SECRET = 'https://vote.example/sign-in#SECRET';
  const mail = {
    orgId: null,
    to: 'ada@example.org',
    locale: 'en',
    template: 'magic-link',
    data: { link: SECRET, validForMinutes: 15 },
    key: 'one',
  } as const;

  test('shows what waits to whoever sits at this machine, and to nobody else', async () => {
    accepted(await engine.mails.enqueue([mail]));
    const open = await ask('GET', '/v1/outbox');
    expect(open.status).toBe(200);
    expect(open.headers.get('cache-control')).toBe('no-store');
    const [item] = outboxView.parse(open.json).items;
    expect(item).toMatchObject({ to: 'ada@example.org', template: 'magic-link', subject: 'Your link to sign in' });
    expect(item?.text).toContain(SECRET);
    // a proxy on this machine, and a page whose name was made to lead here
    expect((await ask('GET', '/v1/outbox', { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(404);
    const rebound = await statusFor(gateway.port, 'evil.example');
    expect(rebound).toBe(404);
    expect(lines.join()).not.toContain('SECRET');
  });

  test('is not there where mails are sent or others reach the gateway', async () => {
    const closed = await startGateway(at, { engine: { ...engine, close: async () => {} }, logger });
    expect((await ask('GET', '/v1/outbox', { port: closed.port })).status).toBe(404);
    await closed.drain();
  });
});

/** A request whose Host header names somebody else; fetch sets its own. */
function statusFor(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path: '/v1/outbox', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
