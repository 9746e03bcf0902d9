import { afterAll, describe, expect, test } from 'vitest';
import { limits } from '../../engine/limits.ts';
import { accepted, kindOf, openEngine } from '../harness/engines.ts';
import {
  DEVICE,
  mailsTo,
  newAccount,
  newAddress,
  newPerson,
  PASSWORD,
  personOf,
  reasonOf,
  signIn,
  tokenTo,
} from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const sql = connectAs(database.ownerUrl, null);
afterAll(() => sql.end());
const engine = await openEngine(database, { publicUrl: 'https://vote.example/' });
const OTHER = 'five red herons wade';

const register = (email: string, password = PASSWORD) =>
  engine.registration.register({ email, password, name: 'Ada', locale: 'en' });

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

describe('registering', () => {
  test('the link of the mail proves the address; before that the right password is told what is missing', async () => {
    const email = newAddress();
    accepted(await register(email));
    const [mail] = await mailsTo(engine, email);
    expect(mail?.template).toBe('verify-email');
    expect(mail?.text).toContain('https://vote.example/sign-in#verify=');
    expect(mail?.text).not.toContain('Ada'); // words of whoever typed the address stay out of it
    expect(reasonOf(await engine.signIn.byPassword({ email, password: PASSWORD }, DEVICE))).toBe('unverified');
    expect(reasonOf(await engine.signIn.byPassword({ email, password: OTHER }, DEVICE))).toBe('wrong');
    expect(accepted(await engine.registration.verifyEmail(mail?.token ?? ''))).toEqual({ email });
    const own = accepted(await engine.profiles.get(await personOf(engine, await signIn(engine, email))));
    expect(own).toMatchObject({ email, name: 'Ada', locale: 'en', hasPassword: true, totp: false, memberships: [] });
  });

  test('a link works once; used, expired and unknown ones say so', async () => {
    const email = newAddress();
    accepted(await register(email));
    const token = await tokenTo(engine, email, 'verify-email');
    accepted(await engine.registration.verifyEmail(token));
    expect(reasonOf(await engine.registration.verifyEmail(token))).toBe('used');
    expect(reasonOf(await engine.registration.verifyEmail(`psl_${'x'.repeat(43)}`))).toBe('unknown');
    const late = newAddress();
    accepted(await register(late));
    await sql`UPDATE app.account_tokens SET expires_at = clock_timestamp() WHERE email = ${late}`;
    expect(reasonOf(await engine.registration.verifyEmail(await tokenTo(engine, late, 'verify-email')))).toBe(
      'expired',
    );
  });

  test('an address that has an account gets another mail, once an hour, and the account stays as it is', async () => {
    const email = await newAccount(engine);
    expect(await register(email, OTHER)).toEqual({ ok: true, value: null });
    expect(await register(email, OTHER)).toEqual({ ok: true, value: null });
    const templates = (await mailsTo(engine, email)).map(({ template }) => template);
    expect(templates.filter((template) => template === 'account-exists')).toHaveLength(1);
    expect(reasonOf(await engine.signIn.byPassword({ email, password: OTHER }, DEVICE))).toBe('wrong');
    expect(kindOf(await engine.signIn.byPassword({ email, password: PASSWORD }, DEVICE))).toBe('ok');
  });

  test('nobody plants a password: what counts is the registration whose link was opened', async () => {
    const email = newAddress();
    accepted(await register(email, PASSWORD));
    const own = await tokenTo(engine, email, 'verify-email');
    accepted(await register(email, OTHER)); // somebody else, after the owner and before the click
    const planted = (await mailsTo(engine, email)).map(({ token }) => token).find((token) => token !== own) ?? '';
    accepted(await engine.registration.verifyEmail(own));
    expect(reasonOf(await engine.signIn.byPassword({ email, password: OTHER }, DEVICE))).toBe('wrong');
    expect(kindOf(await engine.signIn.byPassword({ email, password: PASSWORD }, DEVICE))).toBe('ok');
    expect(reasonOf(await engine.registration.verifyEmail(planted))).toBe('used');
  });

  test.each([
    ['Password', 'most common'],
    ['QWERTYUIOP', 'most common'],
    ['Ada.Lovelace@example.org', 'your address'],
    ['ada.lovelace', 'your address'],
  ])('the password %s is refused: %s', async (password, problem) => {
    const outcome = await register('ada.lovelace@example.org', password);
    expect(outcome).toMatchObject({ failure: { kind: 'invalid_input', details: { fields: [{ path: 'password' }] } } });
    expect(!outcome.ok && outcome.failure.message).toContain(problem);
    expect(await mailsTo(engine, 'ada.lovelace@example.org')).toEqual([]);
  });

  test('two at once with one address make one account', async () => {
    const email = newAddress();
    expect((await Promise.all([register(email), register(email), register(email)])).map(kindOf)).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect(await sql`SELECT FROM app.accounts WHERE email = ${email}`).toHaveLength(1);
  });
});

describe('what a stranger learns', () => {
  test('registering, link and reset answer the same after the same time, known or not', async () => {
    const known = await newAccount(engine);
    const asks = [
      (email: string) => register(email, OTHER),
      (email: string) => engine.signIn.requestMagicLink(email),
      (email: string) => engine.signIn.requestReset(email),
    ];
    for (const ask of asks) {
      for (const email of [known, newAddress()]) {
        const ms = await timed(async () => expect(await ask(email)).toEqual({ ok: true, value: null }));
        expect(ms).toBeGreaterThanOrEqual(limits.uniformAnswerMs - 5);
      }
    }
  });

  test('an unknown address costs a hash like a known one, and has the same answer as a wrong password', async () => {
    const known = await newAccount(engine);
    const attempt = (email: string) => engine.signIn.byPassword({ email, password: 'no such password' }, DEVICE);
    expect(await attempt(newAddress())).toEqual(await attempt(known));
    const median = async (email: string) => {
      const times: number[] = [];
      for (let i = 0; i < 9; i += 1) times.push(await timed(() => attempt(email)));
      return times.sort((a, b) => a - b)[4] as number;
    };
    const [unknown, wrong] = [await median(newAddress()), await median(known)];
    expect(unknown).toBeGreaterThan(wrong / 3); // without the stand-in it is a tenth
  });

  test('one account gets at most six links an hour; the answer stays the same', async () => {
    const email = await newAccount(engine);
    for (let i = 0; i < 8; i += 1) accepted(await engine.signIn.requestMagicLink(email));
    const mails = (await mailsTo(engine, email)).filter(({ template }) => template === 'magic-link');
    expect(mails).toHaveLength(limits.hourlyLinkMessages - 1); // one was for the address
  });
});

describe('by magic link', () => {
  test('signs in once', async () => {
    const email = await newAccount(engine);
    accepted(await engine.signIn.requestMagicLink(email));
    const token = await tokenTo(engine, email, 'magic-link');
    const pair = accepted(await engine.signIn.byMagicLink({ token }, DEVICE));
    expect((await personOf(engine, pair)).accountId).toBe(pair.accountId);
    expect(reasonOf(await engine.signIn.byMagicLink({ token }, DEVICE))).toBe('used');
  });

  test('two at once: one is in', async () => {
    const email = await newAccount(engine);
    accepted(await engine.signIn.requestMagicLink(email));
    const token = await tokenTo(engine, email, 'magic-link');
    const both = await Promise.all([1, 2].map(() => engine.signIn.byMagicLink({ token }, DEVICE)));
    expect(both.map(reasonOf).sort()).toEqual(['ok', 'used']);
  });

  test('proves the address of an account that is not verified, and drops the password that nobody confirmed', async () => {
    const email = newAddress();
    accepted(await register(email, OTHER));
    const proof = await tokenTo(engine, email, 'verify-email');
    accepted(await engine.signIn.requestMagicLink(email));
    accepted(await engine.signIn.byMagicLink({ token: await tokenTo(engine, email, 'magic-link') }, DEVICE));
    expect(reasonOf(await engine.registration.verifyEmail(proof))).toBe('used');
    expect(reasonOf(await engine.signIn.byPassword({ email, password: OTHER }, DEVICE))).toBe('wrong');
  });

  test('a link of one kind is none of another, and an expired one says so', async () => {
    const email = await newAccount(engine);
    accepted(await engine.signIn.requestReset(email));
    const reset = await tokenTo(engine, email, 'password-reset');
    expect(reasonOf(await engine.signIn.byMagicLink({ token: reset }, DEVICE))).toBe('unknown');
    await sql`UPDATE app.account_tokens SET expires_at = clock_timestamp() WHERE purpose = 'reset'`;
    expect(reasonOf(await engine.signIn.resetPassword(reset, OTHER))).toBe('expired');
  });

  test('no token lies in the tables', async () => {
    const email = await newAccount(engine);
    accepted(await engine.signIn.requestMagicLink(email));
    const token = await tokenTo(engine, email, 'magic-link');
    const rows = await sql`SELECT t::text AS row FROM app.account_tokens t`;
    for (const { row } of rows) expect(row).not.toContain(token);
  });
});

describe('a new password', () => {
  test('by a link: ends every session, voids every other link, writes to the owner', async () => {
    const { email, pair, person } = await newPerson(engine);
    accepted(await engine.signIn.requestMagicLink(email));
    accepted(await engine.signIn.requestReset(email));
    const token = await tokenTo(engine, email, 'password-reset');
    expect(kindOf(await engine.signIn.resetPassword(token, 'password'))).toBe('invalid_input');
    accepted(await engine.signIn.resetPassword(token, OTHER)); // the link was not used up by the weak one
    expect(reasonOf(await engine.signIn.resetPassword(token, OTHER))).toBe('used');
    expect(reasonOf(await engine.accounts.authenticate(pair.accessToken))).toBe('revoked');
    expect(reasonOf(await engine.sessions.refresh(pair.refreshToken))).toBe('revoked');
    const magic = await tokenTo(engine, email, 'magic-link');
    expect(reasonOf(await engine.signIn.byMagicLink({ token: magic }, DEVICE))).toBe('used');
    expect(reasonOf(await engine.signIn.byPassword({ email, password: PASSWORD }, DEVICE))).toBe('wrong');
    expect((await signIn(engine, email, OTHER)).accountId).toBe(person.accountId);
    const told = (await mailsTo(engine, email)).filter(({ template }) => template === 'password-changed');
    expect(told).toHaveLength(2); // the first password was set by a link too
  });

  test('by the old one: the other sessions end, this one goes on', async () => {
    const { email, pair, person } = await newPerson(engine);
    const other = await signIn(engine, email);
    const change = (currentPassword: string | undefined, password: string) =>
      engine.profiles.changePassword(person, { currentPassword, password });
    expect(await change('not mine at all', OTHER)).toMatchObject({
      failure: { kind: 'invalid_input', details: { fields: [{ path: 'current_password' }] } },
    });
    expect(reasonOf(await change(undefined, OTHER))).toBe('not_confirmed'); // however fresh the sign-in
    accepted(await change(PASSWORD, OTHER));
    expect(reasonOf(await engine.accounts.authenticate(other.accessToken))).toBe('revoked');
    expect(reasonOf(await engine.accounts.authenticate(pair.accessToken))).toBe('ok');
    expect(kindOf(await engine.signIn.byPassword({ email, password: OTHER }, DEVICE))).toBe('ok');
  });

  test('is kept as Argon2id with the figures of OWASP', async () => {
    const { person } = await newPerson(engine);
    const [row] = await sql`SELECT password_hash FROM app.account_secrets WHERE account_id = ${person.accountId}`;
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

test('whoever made an account at the command line chooses a password by its link', async () => {
  const email = newAddress('grace');
  const made = accepted(await engine.registration.createAccount({ email, name: 'Grace', locale: 'de' }));
  expect(reasonOf(await engine.registration.createAccount({ email, name: 'Grace', locale: 'de' }))).toBe('taken');
  accepted(await engine.signIn.resetPassword(made.link.split('#reset=')[1] ?? '', OTHER));
  expect((await signIn(engine, email, OTHER)).accountId).toBe(made.accountId);
});
