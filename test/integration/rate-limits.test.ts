import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type LimitName, RATE_LIMITS } from '../../gateway/auth/attempt-limits.ts';
import { type Asking, createRateLimits, type RateLimits } from '../../gateway/auth/rate-limits.ts';
import type { Answer } from '../../gateway/http/operation.ts';
import { openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
// two gateways on one database
const [here, there] = [
  createRateLimits((await openEngine(database)).attempts),
  createRateLimits((await openEngine(database)).attempts),
];

const GOOD: Answer = { ok: true, value: { status: 200 } };
const WRONG: Answer = { ok: false, failure: { kind: 'unauthenticated', message: 'Wrong.' } };
const UNKNOWN = { ok: false, failure: { kind: 'not_found', message: 'Unknown.' } } as const satisfies Answer;
const NO_LINK = {
  ok: false,
  failure: { kind: 'unauthenticated', message: 'No link.', details: { reason: 'unknown' } },
} as const satisfies Answer;
const TWICE: Answer = { ok: false, failure: { kind: 'already_voted', message: 'You have voted.' } };
const AWAY: Answer = { ok: false, failure: { kind: 'database_away', message: 'Away.' } };

let hosts = 0;
/** An address that no other test has used. */
function newAddress(): string {
  hosts += 1;
  return `192.0.${hosts >> 8}.${hosts & 255}`;
}
const asking = (address: string, email?: string): Asking => ({
  address,
  identity: null,
  person: null,
  body: email === undefined ? {} : { email, password: 'x' },
});

/** 'done' where the work was begun, else how many seconds to wait. */
async function attempt(limits: RateLimits, name: LimitName, who: Asking, answer: Answer = WRONG) {
  let begun = false;
  const told = await limits.attempt(name, who, async () => {
    begun = true;
    return answer;
  });
  if (begun) return 'done';
  if (told.ok) throw new Error('refused without a word');
  expect(told.failure).toMatchObject({ kind: 'rate_limited', details: { limit: name } });
  return Math.ceil((told.failure.retryAfterMs ?? 0) / 1_000);
}

async function many(count: number, once: (i: number) => Promise<string | number>) {
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => once(i)));
  return answers.filter((answer) => answer === 'done').length;
}

describe('signing in', () => {
  test('five wrong passwords are free, then each is followed by a pause twice as long, over both gateways', async () => {
    const who = asking(newAddress(), 'ada@example.org');
    for (let i = 0; i < 5; i += 1) expect(await attempt(i % 2 ? here : there, 'sign-in', who)).toBe('done');
    expect(await attempt(here, 'sign-in', who)).toBe(1);
    expect(await attempt(there, 'sign-in', who, GOOD)).toBe(1); // the right one as well: guesses learn nothing
    await sleep(1_050);
    expect(await attempt(there, 'sign-in', who)).toBe('done');
    expect(await attempt(here, 'sign-in', who)).toBe(2);
  });

  test('success forgets the failures before it', async () => {
    const who = asking(newAddress(), 'bob@example.org');
    for (let i = 0; i < 4; i += 1) await attempt(here, 'sign-in', who);
    expect(await attempt(here, 'sign-in', who, GOOD)).toBe('done');
    for (let i = 0; i < 4; i += 1) expect(await attempt(there, 'sign-in', who)).toBe('done');
  });

  test('guesses side by side gain nothing over guesses one by one', async () => {
    const who = asking(newAddress(), 'cyd@example.org');
    expect(await many(60, (i) => attempt(i % 2 ? here : there, 'sign-in', who))).toBe(5);
  });

  test('an address is written in any case and any spelling of an IPv6 household', async () => {
    for (let i = 0; i < 5; i += 1) await attempt(here, 'sign-in', asking(`2001:db8::${i + 1}`, 'dot@example.org'));
    expect(await attempt(here, 'sign-in', asking('2001:db8::77', ' DOT@Example.org '))).toBe(1);
  });

  test('one account tried from everywhere is slowed down, by a minute at most, and its owner gets a turn', async () => {
    const from = () => asking(newAddress(), 'eve@example.org');
    for (let i = 0; i < 25; i += 1) expect(await attempt(here, 'sign-in', from())).toBe('done');
    expect(await attempt(here, 'sign-in', from())).toBe(1);
    const superuser = connectAs(database.ownerUrl, null);
    // the pause as it stands after very many attempts
    await superuser`UPDATE app.rate_limits SET points = 5000, ends_at = clock_timestamp() WHERE points = 25`;
    expect(await attempt(here, 'sign-in', from())).toBe('done');
    expect(await attempt(here, 'sign-in', from())).toBeLessThanOrEqual(60);
    await superuser`UPDATE app.rate_limits SET ends_at = clock_timestamp() WHERE points > 5000`;
    expect(await attempt(there, 'sign-in', from(), GOOD)).toBe('done');
    expect(await attempt(there, 'sign-in', from())).toBe('done');
    await superuser.end();
  });

  test('one address that tries many accounts is stopped; a hall of honest people is not', async () => {
    const hall = newAddress();
    const mistyping = 150; // one in twenty of 3,000
    expect(await many(mistyping, (i) => attempt(here, 'sign-in', asking(hall, `p${i}@hall.example`)))).toBe(mistyping);
    expect(await many(200, (i) => attempt(here, 'sign-in', asking(hall, `g${i}@hall.example`), GOOD))).toBe(200);
    const attacker = newAddress();
    const tried = async (from: number) =>
      many(100, (i) => attempt(here, 'sign-in', asking(attacker, `v${from + i}@example.org`)));
    let done = 0;
    for (let from = 0; from < 700; from += 100) done += await tried(from);
    expect(done).toBeLessThanOrEqual(RATE_LIMITS['sign-in'].windows[0].most + 100); // what was in work when it was reached
    expect(await attempt(there, 'sign-in', asking(attacker, 'last@example.org'))).toBeGreaterThan(60);
  });
});

describe('mails', () => {
  test('five to one address of mail in a quarter of an hour, whoever asks', async () => {
    const asked = await many(9, (i) =>
      attempt(i % 2 ? here : there, 'e-mail', asking(newAddress(), 'ada@mail.example'), GOOD),
    );
    expect(asked).toBe(5);
    expect(await attempt(here, 'e-mail', asking(newAddress(), 'bob@mail.example'), GOOD)).toBe('done');
  });
});

describe('joining', () => {
  test('a hall of 3,000 joins through one address; its typing errors are no matter', async () => {
    const hall = newAddress();
    let joined = 0;
    for (let part = 0; part < 6; part += 1) {
      joined += await many(400, (i) =>
        attempt(i % 2 ? here : there, 'join', asking(hall), i % 20 === 0 ? UNKNOWN : GOOD),
      );
    }
    expect(joined).toBe(2_400);
  });

  test('after 300 failures in ten minutes 20 attempts a second go on, over both gateways', async () => {
    const attacker = newAddress();
    for (let part = 0; part < 6; part += 1) await many(50, () => attempt(here, 'join', asking(attacker), UNKNOWN));
    const startedMs = performance.now();
    let tried = 0;
    for (let part = 0; part < 6; part += 1) {
      tried += await many(50, (i) => attempt(i % 2 ? here : there, 'join', asking(attacker), UNKNOWN));
    }
    const seconds = Math.floor((performance.now() - startedMs) / 1_000) + 1;
    expect(tried).toBeGreaterThanOrEqual(20);
    expect(tried).toBeLessThanOrEqual(20 * seconds);
    expect(await attempt(there, 'join', asking(newAddress()), GOOD)).toBe('done');
  });

  test('whoever has the code gets in behind the address of a guesser, after a second or two', async () => {
    const hall = newAddress();
    for (let part = 0; part < 7; part += 1) await many(50, () => attempt(here, 'join', asking(hall), UNKNOWN));
    const entering = async (gateway: RateLimits) => {
      for (;;) {
        const told = await attempt(gateway, 'join', asking(hall), GOOD);
        if (told === 'done') return told;
        expect(told).toBeGreaterThanOrEqual(1);
        expect(told).toBeLessThanOrEqual(2);
        await sleep(200);
      }
    };
    expect(await many(30, (i) => entering(i % 2 ? here : there))).toBe(30);
  });
});

test.for([
  ['ballot-access', 60, UNKNOWN],
  ['token', 100, NO_LINK],
] as const)(
  '%s: unknown secrets are stopped after %i; whoever holds a right one is served',
  async ([name, most, no]) => {
    const who = asking(newAddress());
    const told = async (answer: Answer) => {
      const { ok, failure } = { failure: null, ...(await there.attempt(name, who, async () => answer)) };
      return ok ? 'served' : failure;
    };
    for (let i = 0; i < most; i += 1) expect(await told(no)).toMatchObject({ kind: no.failure.kind });
    expect(await told(no)).toMatchObject({ kind: 'rate_limited', details: { limit: name } });
    expect(await told(GOOD)).toBe('served');
    expect(await told(TWICE)).toMatchObject({ kind: 'already_voted' }); // of a holder: no guess
    expect(await told(no)).toMatchObject({ kind: 'rate_limited' });
  },
);

test('what fails for load is no failure of the caller', async () => {
  const who = asking(newAddress());
  for (let i = 0; i < 80; i += 1) expect(await attempt(here, 'ballot-access', who, AWAY)).toBe('done');
});

test('neither addresses nor e-mails are written down', async () => {
  await attempt(here, 'sign-in', asking('198.51.100.77', 'somebody@example.org'));
  const superuser = connectAs(database.ownerUrl, null);
  const rows = await superuser`SELECT key FROM app.rate_limits`;
  await superuser.end();
  expect(rows.length).toBeGreaterThan(10);
  expect(JSON.stringify(rows)).not.toMatch(/example\.org|198\.51/);
});

test('whoever is unknown may ask a thousand times a second from one address, a person a hundred times', async () => {
  const person = { accountId: 'p', sessionId: 's', platformAdmin: false, expiresAtMs: 0, tokenHashPrefix: '' };
  const admitted = (who: Asking) => here.admit(who).then(({ ok }) => (ok ? 'done' : 'refused'));
  const address = newAddress();
  expect(await many(1_200, () => admitted(asking(address)))).toBe(1_000);
  expect(await many(300, () => admitted({ ...asking(address), person }))).toBe(100);
});
