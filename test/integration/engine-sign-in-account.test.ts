import { afterAll, describe, expect, test } from 'vitest';
import { stepAt, totpCode } from '../../engine/accounts/totp.ts';
import type { Person } from '../../engine/index.ts';
import { accepted, kindOf, openEngine } from '../harness/engines.ts';
import {
  DEVICE,
  mailsTo,
  newAccount,
  newAddress,
  newPerson,
  PASSWORD,
  reasonOf,
  signIn,
  tokenTo,
} from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const sql = connectAs(database.ownerUrl, null);
afterAll(() => sql.end());
const engine = await openEngine(database, { publicUrl: 'https://vote.example' });

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** Sign-ins of more than ten minutes ago. */
const stale = ({ accountId }: Person) =>
  sql`UPDATE app.account_sessions SET created_at = created_at - interval '11 minutes' WHERE account_id = ${accountId}`;

/** A person with an authenticator; `code` is what it shows so many steps from now. */
async function withTotp() {
  const made = await newPerson(engine);
  const { secret } = accepted(await engine.secondFactors.begin(made.person, made.email, PASSWORD));
  const code = (drift = 0) => totpCode(fromBase32(secret), stepAt(Date.now()) + drift);
  const codes = accepted(await engine.secondFactors.confirm(made.person, code(-1)));
  const enter = (given?: string) =>
    engine.signIn.byPassword({ email: made.email, password: PASSWORD, code: given }, DEVICE);
  return { ...made, secret, code, codes, enter };
}

describe('an authenticator', () => {
  test('counts once a code of it was confirmed; then signing in asks for one', async () => {
    const { email, person } = await newPerson(engine);
    const { secret, uri } = accepted(await engine.secondFactors.begin(person, email, undefined)); // signed in just now
    expect(uri).toContain(`secret=${secret}`);
    expect(reasonOf(await engine.signIn.byPassword({ email, password: PASSWORD }, DEVICE))).toBe('ok');
    expect(kindOf(await engine.secondFactors.confirm(person, '000000'))).toBe('invalid_input');
    const codes = accepted(
      await engine.secondFactors.confirm(person, totpCode(fromBase32(secret), stepAt(Date.now()))),
    );
    expect(new Set(codes).size).toBe(10);
    for (const each of codes) expect(each).toMatch(/^[A-Z2-7]{6}(-[A-Z2-7]{6}){3}$/);
    expect(reasonOf(await engine.signIn.byPassword({ email, password: PASSWORD }, DEVICE))).toBe('code_missing');
    expect(accepted(await engine.profiles.get(person))).toMatchObject({ totp: true, recoveryCodesLeft: 10 });
  });

  test('a code lets in once, a wrong one never, and a wrong password is told before any code is looked at', async () => {
    const { email, code, enter } = await withTotp();
    const now = code();
    expect(reasonOf(await enter('000000'))).toBe('code_wrong');
    expect(reasonOf(await engine.signIn.byPassword({ email, password: 'not mine', code: now }, DEVICE))).toBe('wrong');
    expect((await Promise.all([enter(now), enter(now)])).map(reasonOf).sort()).toEqual(['code_wrong', 'ok']);
    expect(reasonOf(await enter(code(-1)))).toBe('code_wrong'); // of a step before the last one
    expect(reasonOf(await enter(code(1)))).toBe('ok');
  });

  test('each recovery code works once, in any writing; new ones replace them', async () => {
    const { person, codes, code, enter } = await withTotp();
    const [first = '', second = ''] = codes;
    expect(reasonOf(await enter(first.toLowerCase().replaceAll('-', ' ')))).toBe('ok');
    expect(reasonOf(await enter(first))).toBe('code_wrong');
    expect(accepted(await engine.profiles.get(person)).recoveryCodesLeft).toBe(9);
    const renewed = accepted(await engine.secondFactors.renewCodes(person, code()));
    expect(reasonOf(await enter(second))).toBe('code_wrong');
    expect(reasonOf(await enter(renewed[0]))).toBe('ok');
  });

  test('after five wrong codes there is a minute between two attempts, wherever they are made', async () => {
    const { person, code, enter } = await withTotp();
    for (let i = 0; i < 5; i += 1) expect(reasonOf(await enter('000000'))).toBe('code_wrong');
    expect(reasonOf(await enter(code()))).toBe('code_wait');
    expect(reasonOf(await engine.secondFactors.disable(person, code()))).toBe('code_wait');
    await sql`UPDATE app.account_secrets SET code_failed_at = code_failed_at - interval '1 minute' WHERE account_id = ${person.accountId}`;
    expect(reasonOf(await enter('000000'))).toBe('code_wrong');
    expect(reasonOf(await enter(code()))).toBe('code_wait');
    await sql`UPDATE app.account_secrets SET code_failed_at = code_failed_at - interval '1 minute' WHERE account_id = ${person.accountId}`;
    expect(reasonOf(await enter(code()))).toBe('ok');
    expect(reasonOf(await enter('000000'))).toBe('code_wrong'); // all is forgotten
  });

  test('a magic link asks for the code too, and waits for the right one', async () => {
    const { email, code } = await withTotp();
    accepted(await engine.signIn.requestMagicLink(email));
    const token = await tokenTo(engine, email, 'magic-link');
    expect(reasonOf(await engine.signIn.byMagicLink({ token }, DEVICE))).toBe('code_missing');
    expect(reasonOf(await engine.signIn.byMagicLink({ token, code: '000000' }, DEVICE))).toBe('code_wrong');
    expect(reasonOf(await engine.signIn.byMagicLink({ token, code: code() }, DEVICE))).toBe('ok');
  });

  test('stays when the password is chosen anew by mail', async () => {
    const { email, code } = await withTotp();
    accepted(await engine.signIn.requestReset(email));
    accepted(await engine.signIn.resetPassword(await tokenTo(engine, email, 'password-reset'), 'five red herons wade'));
    const enter = (given?: string) =>
      engine.signIn.byPassword({ email, password: 'five red herons wade', code: given }, DEVICE);
    expect(reasonOf(await enter())).toBe('code_missing');
    expect(reasonOf(await enter(code()))).toBe('ok');
  });

  test('goes by a code of either kind; a second one needs the first to go', async () => {
    const { email, person, codes, enter } = await withTotp();
    expect(reasonOf(await engine.secondFactors.begin(person, email, PASSWORD))).toBe('totp_on');
    expect(kindOf(await engine.secondFactors.disable(person, '123456'))).toBe('invalid_input');
    accepted(await engine.secondFactors.disable(person, codes[0] ?? ''));
    expect(reasonOf(await enter())).toBe('ok');
    expect(reasonOf(await engine.secondFactors.disable(person, codes[1] ?? ''))).toBe('totp_off');
  });

  test('neither its secret nor a recovery code can be read in the tables', async () => {
    const { person, secret, codes } = await withTotp();
    const [row] = await sql<
      { totp_secret: Buffer }[]
    >`SELECT totp_secret FROM app.account_secrets WHERE account_id = ${person.accountId}`;
    expect(row?.totp_secret.includes(fromBase32(secret))).toBe(false);
    const kept =
      await sql`SELECT c::text AS row FROM app.account_recovery_codes c WHERE account_id = ${person.accountId}`;
    expect(kept).toHaveLength(10);
    for (const each of kept) expect(each.row).not.toContain(codes[0]?.replaceAll('-', ''));
  });
});

describe('the own account', () => {
  test('name and language can be changed, one without the other', async () => {
    const { person } = await newPerson(engine);
    expect(accepted(await engine.profiles.change(person, { locale: 'de' }))).toMatchObject({
      name: 'Ada',
      locale: 'de',
    });
    expect(accepted(await engine.profiles.change(person, { name: 'Grace' }))).toMatchObject({
      name: 'Grace',
      locale: 'de',
    });
  });

  test('a new address counts once its link was opened; links to the old one are void', async () => {
    const { email, person } = await newPerson(engine);
    const next = newAddress('new');
    accepted(await engine.signIn.requestMagicLink(email));
    expect(kindOf(await engine.profiles.changeEmail(person, next, 'not mine'))).toBe('invalid_input');
    accepted(await engine.profiles.changeEmail(person, next, PASSWORD));
    expect((await signIn(engine, email)).accountId).toBe(person.accountId);
    const token = await tokenTo(engine, next, 'email-change');
    expect(accepted(await engine.registration.verifyEmail(token))).toEqual({ email: next });
    expect(reasonOf(await engine.signIn.byPassword({ email, password: PASSWORD }, DEVICE))).toBe('wrong');
    expect((await signIn(engine, next)).accountId).toBe(person.accountId);
    const magic = await tokenTo(engine, email, 'magic-link');
    expect(reasonOf(await engine.signIn.byMagicLink({ token: magic }, DEVICE))).toBe('used');
  });

  test('an address that is taken gets no link, with the same answer; one taken meanwhile is refused at the link', async () => {
    const { person } = await newPerson(engine);
    const taken = await newAccount(engine);
    expect(await engine.profiles.changeEmail(person, taken, PASSWORD)).toEqual({ ok: true, value: null });
    expect((await mailsTo(engine, taken)).map(({ template }) => template)).not.toContain('email-change');
    const free = newAddress();
    accepted(await engine.profiles.changeEmail(person, free, PASSWORD));
    const token = await tokenTo(engine, free, 'email-change');
    await newAccount(engine, free);
    expect(reasonOf(await engine.registration.verifyEmail(token))).toBe('taken');
  });

  test('acts that count ask for the password, or for a sign-in of the last ten minutes', async () => {
    const { email, person } = await newPerson(engine);
    await stale(person);
    for (const act of [
      () => engine.profiles.changeEmail(person, newAddress(), undefined),
      () => engine.secondFactors.begin(person, email, undefined),
      () => engine.profiles.delete(person, undefined),
    ]) {
      expect(reasonOf(await act())).toBe('not_confirmed');
    }
    expect(kindOf(await engine.profiles.delete(person, 'not mine'))).toBe('invalid_input');
    expect(reasonOf(await engine.secondFactors.begin(person, email, PASSWORD))).toBe('ok');
  });

  test('the export holds everything about the person, and no secret', async () => {
    const { email, person, pair } = await newPerson(engine);
    const { orgId } = accepted(await engine.organisations.create(person, { name: 'Chess club' }));
    const parts = accepted(await engine.profiles.export(person));
    expect(parts).toMatchObject({
      account: { account_id: person.accountId, email, display_name: 'Ada' },
      memberships: [{ org_id: orgId, name: 'Chess club', roles: ['admin', 'member'], weight: '1000000' }],
      sessions: [{ session_id: pair.sessionId, user_agent: DEVICE.userAgent }],
      identities: [],
    });
    expect(JSON.stringify(parts)).not.toMatch(/argon2|hash|secret/);
  });
});

describe('deleting an account', () => {
  test('leaves nothing of the person in any table, and memberships without the person', async () => {
    const { email, person, pair } = await newPerson(engine);
    const { orgId } = accepted(await engine.organisations.create(person, { name: 'Alone' }));
    accepted(await engine.signIn.requestMagicLink(email));
    accepted(await engine.profiles.delete(person, PASSWORD));
    expect(reasonOf(await engine.accounts.authenticate(pair.accessToken))).toBe('revoked');
    expect(reasonOf(await engine.sessions.refresh(pair.refreshToken))).toBe('unknown');
    expect(reasonOf(await engine.signIn.byPassword({ email, password: PASSWORD }, DEVICE))).toBe('wrong');
    for (const table of [
      'account_secrets',
      'account_sessions',
      'account_tokens',
      'account_identities',
      'account_recovery_codes',
    ]) {
      expect(await sql`SELECT FROM ${sql(`app.${table}`)} WHERE account_id = ${person.accountId}`).toHaveLength(0);
    }
    const [row] =
      await sql`SELECT email, display_name, deleted_at IS NOT NULL AS deleted FROM app.accounts WHERE account_id = ${person.accountId}`;
    expect(row).toEqual({ email: null, display_name: '-', deleted: true });
    const members = await sql`SELECT account_id, email FROM app.members WHERE org_id = ${orgId}`;
    expect(members).toEqual([{ account_id: null, email: null }]);
    const told = await sql`SELECT topic FROM app.log WHERE org_id = ${orgId} AND kind = 'access.revoked'`;
    expect(told).toEqual([{ topic: pair.sessionId }]);
    await newAccount(engine, email); // the address is free again
  });

  test('the last administrator of others stays until there is another', async () => {
    const { person } = await newPerson(engine);
    const second = await newPerson(engine);
    const { orgId } = accepted(await engine.organisations.create(person, { name: 'Club' }));
    const { memberId } = await addMember(orgId, '{member}');
    const outcome = await engine.profiles.delete(person, PASSWORD);
    expect(outcome).toMatchObject({
      failure: { kind: 'conflict', details: { reason: 'last_admin', organisations: [orgId] } },
    });
    expect(accepted(await engine.profiles.get(person)).memberships).toHaveLength(1);
    accepted(await engine.organisations.linkMember(orgId, memberId, second.person.accountId));
    await sql`UPDATE app.members SET roles = '{admin}' WHERE org_id = ${orgId} AND member_id = ${memberId}`;
    const both = await Promise.all([person, second.person].map((each) => engine.profiles.delete(each, PASSWORD)));
    expect(both.map(reasonOf).sort()).toEqual(['last_admin', 'ok']); // the other is the last then
  });
});

/** A member as an organisation has it, whose person has not signed in yet. */
async function addMember(orgId: string, roles: string): Promise<{ memberId: string }> {
  const memberId = crypto.randomUUID();
  await sql`INSERT INTO app.members (org_id, member_id, number, name, roles)
    VALUES (${orgId}, ${memberId}, ${memberId.slice(0, 8)}, 'Grace', ${roles}::text::text[])`;
  return { memberId };
}

describe('organisations', () => {
  test('are founded, listed, read and changed', async () => {
    const { person } = await newPerson(engine);
    const made = accepted(await engine.organisations.create(person, { name: 'Club', timeZone: 'Europe/Berlin' }));
    expect(made).toMatchObject({ name: 'Club', locale: 'en', timeZone: 'Europe/Berlin' });
    expect(accepted(await engine.organisations.list(person))).toMatchObject([
      { orgId: made.orgId, name: 'Club', number: 'founder', roles: ['admin', 'member'], status: 'active' },
    ]);
    accepted(await engine.organisations.change(made.orgId, { name: 'Chess club' }));
    expect(accepted(await engine.organisations.get(made.orgId))).toEqual({ ...made, name: 'Chess club' });
    expect(kindOf(await engine.organisations.get(person.accountId))).toBe('not_found');
  });

  test('a member is joined to one account, and an account to one member of each', async () => {
    const [first, second] = [await newPerson(engine), await newPerson(engine)];
    const { orgId } = accepted(await engine.organisations.create(first.person, { name: 'Club' }));
    const [one, two] = [await addMember(orgId, '{member}'), await addMember(orgId, '{member}')];
    const link = (memberId: string, { accountId }: Person) =>
      engine.organisations.linkMember(orgId, memberId, accountId);
    expect(reasonOf(await link(one.memberId, first.person))).toBe('member_already');
    accepted(await link(one.memberId, second.person));
    accepted(await link(one.memberId, second.person));
    expect(reasonOf(await link(two.memberId, second.person))).toBe('member_already');
    expect(reasonOf(await link(one.memberId, (await newPerson(engine)).person))).toBe('linked');
  });
});
