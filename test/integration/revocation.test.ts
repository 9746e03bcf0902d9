import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { revokeAccess } from '../../engine/log/index.ts';
import { createLogger } from '../../gateway/logging.ts';
import { type Gateway, startGateway } from '../../gateway/main.ts';
import { ACCESS_ENDED } from '../../protocol/subprotocol.ts';
import { accepted, kindOf, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { identified } from '../harness/two-organisations.ts';
import { connectAs } from '../harness/urn.ts';
import { RawSocket } from './raw-socket.ts';

/** What the requirement gives a revocation to reach every gateway. */
const WITHIN_MS = 1_000;

const database = await freshDatabase();
const app = connectAs(database.ownerUrl, 'psephos_app');
const [here, there] = [await gateway(), await gateway()];
const { engine } = here;
const orgId = await newOrganisation(engine);
const opened: RawSocket[] = [];

afterAll(async () => {
  await Promise.all([here.gateway.drain(), there.gateway.drain()]);
  await app.end();
});
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

async function gateway() {
  const own = await openEngine(database);
  const settings = { host: '127.0.0.1', port: 0, socketPort: 0, origins: [] };
  const started: Gateway = await startGateway(settings, { engine: own, logger: createLogger({ level: 'silent' }) });
  return { engine: own, gateway: started, ...started };
}

async function socketAt({ socketPort }: { socketPort: number }, secret: { api_key: string } | { ticket: string }) {
  const socket = await RawSocket.as(socketPort, secret);
  opened.push(socket);
  return socket;
}

const newKey = (more: object = {}) =>
  engine.apiKeys.create(orgId, { name: 'k', roles: ['moderator'], ...more }).then(accepted);

function statusAt({ port }: { port: number }, secret: string): Promise<number> {
  const headers = { authorization: `Bearer ${secret}` };
  return fetch(`http://127.0.0.1:${port}/v1/meetings`, { headers }).then(({ status }) => status);
}

/** Milliseconds from the end of an act until each of these has been closed, with the words that a client understands. */
async function closedIn(sockets: readonly RawSocket[], act: () => Promise<unknown>): Promise<number> {
  await act();
  const startMs = performance.now(); // from when whoever revoked knows that it is done
  for (const socket of sockets) {
    expect(await socket.untilClosed()).toBe(1008);
    expect(socket.closed?.reason).toBe(ACCESS_ENDED);
  }
  return performance.now() - startMs;
}

async function attendee() {
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Assembly' }, 'test'));
  const { sessionToken } = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Ada' }));
  return { sessionToken, identity: identified(await engine.accounts.authenticate(sessionToken)) };
}

const ticketOf = async (identity: Awaited<ReturnType<typeof attendee>>['identity']) =>
  accepted(await engine.accounts.issueSocketTicket(identity)).ticket;

function revoke(id: string, kind: 'attendee' | 'member' | 'session' = 'attendee'): Promise<unknown> {
  return app.begin(async (tx) => {
    await tx`SELECT set_config('app.org_id', ${orgId}, true)`;
    await revokeAccess(tx, orgId, kind, id);
  });
}

describe('a revoked key', () => {
  test('is refused by both gateways within a second, warm caches or not, and its sockets are closed', async () => {
    const { keyId, secret } = await newKey();
    const other = await newKey();
    expect([await statusAt(here, secret), await statusAt(there, secret)]).toEqual([200, 200]);
    const sockets = [await socketAt(here, { api_key: secret }), await socketAt(there, { api_key: secret })];
    const stays = await socketAt(there, { api_key: other.secret });
    const tookMs = await closedIn(sockets, () => engine.apiKeys.revoke(orgId, keyId));
    expect(tookMs).toBeLessThan(WITHIN_MS);
    expect([await statusAt(here, secret), await statusAt(there, secret)]).toEqual([401, 401]);
    expect((await stays.ask({ id: 1, op: 'ping' })).ok).toBe(true);
    await expect(socketAt(there, { api_key: secret })).rejects.toThrow('AUTH_001');
  });

  test('closes every one of its sockets, and a hundred others stay', async () => {
    const [{ keyId, secret }, other] = [await newKey(), await newKey()];
    const mine = await Promise.all(Array.from({ length: 50 }, () => socketAt(there, { api_key: secret })));
    const others = await Promise.all(Array.from({ length: 100 }, () => socketAt(there, { api_key: other.secret })));
    expect(await closedIn(mine, () => engine.apiKeys.revoke(orgId, keyId))).toBeLessThan(WITHIN_MS);
    await sleep(100);
    expect(others.filter(({ closed }) => closed !== undefined)).toHaveLength(0);
  });
});

describe('a key that is rotated', () => {
  test('without overlap closes the old sockets; the new secret works at once and stays', async () => {
    const { keyId, secret } = await newKey();
    const socket = await socketAt(there, { api_key: secret });
    let renewed = '';
    const tookMs = await closedIn([socket], async () => {
      renewed = accepted(await engine.apiKeys.rotate(orgId, keyId, 0)).secret;
    });
    expect(tookMs).toBeLessThan(WITHIN_MS);
    expect(await statusAt(there, secret)).toBe(401);
    const again = await socketAt(there, { api_key: renewed });
    await sleep(600);
    expect(again.closed).toBeUndefined();
  });

  test('with overlap lets both in until it is over, then closes what the old one had opened', async () => {
    const { keyId, secret } = await newKey();
    const old = await socketAt(there, { api_key: secret });
    const { secret: renewed } = accepted(await engine.apiKeys.rotate(orgId, keyId, 2));
    await sleep(500);
    expect(old.closed).toBeUndefined();
    const late = await socketAt(here, { api_key: secret });
    const fresh = await socketAt(here, { api_key: renewed });
    expect(await statusAt(there, secret)).toBe(200);
    expect(await closedIn([old, late], () => Promise.resolve())).toBeLessThan(1_500 + WITHIN_MS);
    expect(fresh.closed).toBeUndefined();
    expect([await statusAt(there, secret), await statusAt(there, renewed)]).toEqual([401, 200]);
  });
});

test('a key that expires is refused and its sockets are closed', async () => {
  const { secret } = await newKey({ expiresAt: new Date(Date.now() + 1_200) });
  const socket = await socketAt(there, { api_key: secret });
  expect(await closedIn([socket], () => Promise.resolve())).toBeLessThan(1_200 + WITHIN_MS);
  await sleep(800); // what was known a moment before
  expect(await statusAt(there, secret)).toBe(401);
});

describe('an attendee, member or session', () => {
  test('that is removed loses its sockets everywhere, and those of nobody else', async () => {
    const [ada, bob] = [await attendee(), await attendee()];
    const gone = [
      await socketAt(here, { ticket: await ticketOf(ada.identity) }),
      await socketAt(there, { ticket: await ticketOf(ada.identity) }),
    ];
    const stays = await socketAt(there, { ticket: await ticketOf(bob.identity) });
    expect(await closedIn(gone, () => revoke(ada.identity.id))).toBeLessThan(WITHIN_MS);
    expect((await stays.ask({ id: 1, op: 'ping' })).ok).toBe(true);
  });

  test('is found by member and by session too', async () => {
    const { identity } = await attendee();
    for (const kind of ['member', 'session'] as const) {
      const id = randomUUID();
      const changed = kind === 'member' ? { ...identity, memberId: id } : { ...identity, sessionId: id };
      const socket = await socketAt(there, { ticket: await ticketOf(changed) });
      expect(await closedIn([socket], () => revoke(id, kind))).toBeLessThan(WITHIN_MS);
    }
  });

  test('takes its unused tickets along, and gets no new one in the same moment', async () => {
    const { identity } = await attendee();
    const ticket = await ticketOf(identity);
    await revoke(identity.id);
    await expect(socketAt(here, { ticket })).rejects.toThrow('AUTH_001');
    expect(kindOf(await engine.accounts.issueSocketTicket(identity))).toBe('rate_limited');
    await sleep(2_100);
    expect(kindOf(await engine.accounts.issueSocketTicket(identity))).toBe('ok');
  });

  test('whose session ends has its socket closed', async () => {
    const { identity } = await attendee();
    const socket = await socketAt(here, { ticket: await ticketOf({ ...identity, expiresAtMs: Date.now() + 700 }) });
    expect(await closedIn([socket], () => Promise.resolve())).toBeLessThan(700 + WITHIN_MS);
  });
});

test('a person who signs out everywhere loses tokens and sockets on both gateways', async () => {
  const email = `ada.${randomUUID()}@example.org`;
  const made = accepted(await engine.registration.createAccount({ email, name: 'Ada', locale: 'en' }));
  const password = randomUUID();
  accepted(await engine.signIn.resetPassword(made.link.split('=')[1] ?? '', password));
  accepted(await engine.organisations.createFor(email, { name: 'Ada’s' }));
  const { accessToken } = accepted(await engine.signIn.byPassword({ email, password }, { userAgent: 'Test' }));
  const ask = ({ port }: Gateway, path: string, method = 'POST') =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { authorization: `Bearer ${accessToken}` } });
  const ticket = async (at: Gateway) =>
    ((await (await ask(at, '/v1/socket-tickets')).json()) as { ticket: string }).ticket;
  const sockets = [
    await socketAt(here, { ticket: await ticket(there) }),
    await socketAt(there, { ticket: await ticket(here) }),
  ];
  expect((await ask(there, '/v1/meetings', 'GET')).status).toBe(200);
  const tookMs = await closedIn(sockets, () => ask(here, '/v1/auth/sign-out-everywhere'));
  expect(tookMs).toBeLessThan(WITHIN_MS);
  for (const at of [here, there]) expect((await ask(at, '/v1/meetings', 'GET')).status).toBe(401);
});

test('keys that are revoked while they say hello never keep a socket', async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => newKey()));
  const sockets = await Promise.all(
    keys.flatMap(({ keyId, secret }, i) => [
      sleep(5 * i).then(() => socketAt(there, { api_key: secret }).catch(() => null)),
      sleep(5 * i + (i % 7)).then(async () => {
        accepted(await engine.apiKeys.revoke(orgId, keyId));
        return null;
      }),
    ]),
  );
  await sleep(WITHIN_MS);
  expect(sockets.filter((socket) => socket !== null && socket.closed === undefined)).toHaveLength(0);
});

test('transactions that announce other things before they revoke never block each other', async () => {
  const many = connectAs(database.ownerUrl, 'psephos_app', 6);
  const act = async (i: number) => {
    await many.begin(async (tx) => {
      await tx`SELECT set_config('app.org_id', ${orgId}, true)`;
      if (i % 2 === 0) await tx`SELECT urn.append_log(${orgId}, ${orgId}, 'member.changed', '{}')`;
      await revokeAccess(tx, orgId, 'member', randomUUID());
      await revokeAccess(tx, orgId, 'session', randomUUID());
    });
  };
  await Promise.all(Array.from({ length: 60 }, (_, i) => act(i)));
  await many.end();
});
