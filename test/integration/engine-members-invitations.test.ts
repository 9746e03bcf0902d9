import { createHash, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import type { Member, WaitingMail } from '../../engine/index.ts';
import { accepted, kindOf, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database, { publicUrl: 'https://vote.example/' });
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

const chair = { id: randomUUID(), givesRoles: true };
const reasonOf = (outcome: { ok: boolean; failure?: { details?: Record<string, unknown> } }) =>
  outcome.ok ? 'ok' : outcome.failure?.details?.reason;

async function newAccount(): Promise<string> {
  const accountId = randomUUID();
  await superuser`INSERT INTO app.accounts (account_id, display_name) VALUES (${accountId}, 'Somebody')`;
  return accountId;
}

let people = 0;
async function newMember(orgId: string, more: object = {}): Promise<Member> {
  people += 1;
  const email = `member${people}@club.example`;
  return accepted(await engine.members.create(orgId, { name: `Member ${people}`, email, ...more }, chair));
}

const invite = (orgId: string, more: object = {}) =>
  engine.invitations.invite(orgId, { campaign: 'spring', ...more }, 'en', chair.id);

/** Mails to this address, the newest first, and the token in the link of each. */
async function mailsTo(email: string | null): Promise<{ mail: WaitingMail; token: string }[]> {
  const waiting = accepted(await engine.mails.waiting(1_000)).filter((mail) => mail.to === email);
  return waiting.map((mail) => ({ mail, token: /#invite=(piv_[\w-]{43})/.exec(mail.text)?.[1] ?? '' }));
}

const tokenFor = async (member: Member) => (await mailsTo(member.email))[0]?.token as string;

async function invited(
  orgId: string,
  more: object = {},
): Promise<{ member: Member; token: string; invitationId: string }> {
  const member = await newMember(orgId, more);
  accepted(await invite(orgId, { members: [member.memberId], campaign: member.memberId }));
  const { items } = accepted(await engine.invitations.list(orgId, { member: member.memberId }));
  return { member, token: await tokenFor(member), invitationId: items[0]?.invitationId as string };
}

describe('inviting', () => {
  test('sends each member one mail a campaign, with a link whose token is nowhere else', async () => {
    const orgId = await newOrganisation(engine, 'Chess club');
    const member = await newMember(orgId);
    expect(accepted(await invite(orgId))).toMatchObject({ invited: 1, repeated: 0, remaining: 0 });
    expect(accepted(await invite(orgId))).toMatchObject({ invited: 0, repeated: 1 });
    const [{ mail, token } = { mail: null, token: '' }, ...more] = await mailsTo(member.email);
    expect(more).toEqual([]);
    expect(mail?.text).toContain('https://vote.example/sign-in#invite=piv_');
    expect(mail?.text).toContain('Chess club');
    const [row] = await superuser<{ all: string; token_hash: Buffer }[]>`
      SELECT i::text AS all, token_hash FROM app.member_invitations i WHERE org_id = ${orgId}`;
    expect(row?.token_hash).toEqual(createHash('sha256').update(token).digest());
    expect(row?.all).not.toContain(token);
    const log = await superuser`SELECT payload FROM app.log WHERE org_id = ${orgId}`;
    expect(JSON.stringify(log)).not.toMatch(/piv_|club\.example/);
    expect(accepted(await invite(orgId, { campaign: 'autumn' }))).toMatchObject({ invited: 1 });
    expect(await mailsTo(member.email)).toHaveLength(2);
  });

  test('passes over who has an account, has no address, or is inactive, and says how many', async () => {
    const orgId = await newOrganisation(engine);
    await newMember(orgId, { email: null });
    const gone = await newMember(orgId);
    accepted(await engine.members.deactivate(orgId, gone.memberId, chair));
    const here = await invited(orgId);
    accepted(await engine.invitations.redeem(here.token, await newAccount()));
    await newMember(orgId, { status: 'invited' });
    expect(accepted(await invite(orgId))).toEqual({
      invited: 1,
      repeated: 0,
      withoutEmail: 1,
      withAccount: 1,
      inactive: 1,
      remaining: 0,
    });
  });

  test('can be narrowed to members, a group, a status', async () => {
    const orgId = await newOrganisation(engine);
    const group = accepted(await engine.groups.create(orgId, { name: 'Board' }, chair.id));
    const one = await newMember(orgId, { groups: [group.groupId] });
    const two = await newMember(orgId, { status: 'invited' });
    await newMember(orgId);
    expect(accepted(await invite(orgId, { group: group.groupId })).invited).toBe(1);
    const elsewhere = await newOrganisation(engine);
    const foreign = accepted(await engine.groups.create(elsewhere, { name: 'Board' }, chair.id));
    for (const unknown of [foreign.groupId, randomUUID()]) {
      expect(await invite(orgId, { group: unknown })).toMatchObject({
        ok: false,
        failure: { kind: 'not_found', details: { resource: 'group' } },
      });
    }
    expect(accepted(await invite(orgId, { status: 'invited' })).invited).toBe(1);
    expect(accepted(await invite(orgId, { members: [one.memberId, two.memberId] }))).toMatchObject({
      invited: 0,
      repeated: 2,
    });
    const stranger = randomUUID();
    expect(await invite(orgId, { members: [one.memberId, stranger], campaign: 'new' })).toMatchObject({
      ok: false,
      failure: { kind: 'not_found', details: { ids: [stranger] } },
    });
    expect(accepted(await engine.invitations.list(orgId, { campaign: 'new' })).items).toEqual([]);
  });

  test('thousands in one call goes on where the call before ended, and sends each one mail', async () => {
    const orgId = await newOrganisation(engine);
    await superuser`INSERT INTO app.members (org_id, member_id, number, name, email)
      SELECT ${orgId}, gen_random_uuid(), n::text, 'Member ' || n, 'bulk' || n || '@club.example' FROM generate_series(1, 10500) n`;
    expect(accepted(await invite(orgId))).toMatchObject({ invited: 10_000, remaining: 500 });
    const again = await Promise.all([invite(orgId), invite(orgId)]);
    expect(again.map((outcome) => accepted(outcome).invited).sort((a, b) => a - b)).toEqual([0, 500]);
    const [row] = await superuser<{ mails: number; addresses: number; tokens: number }[]>`
      SELECT (SELECT count(*)::int FROM app.mails WHERE org_id = ${orgId}) AS mails,
        (SELECT count(DISTINCT recipient)::int FROM app.mails WHERE org_id = ${orgId}) AS addresses,
        (SELECT count(DISTINCT token_hash)::int FROM app.member_invitations WHERE org_id = ${orgId}) AS tokens`;
    expect(row).toEqual({ mails: 10_500, addresses: 10_500, tokens: 10_500 });
  });
});

describe('a link', () => {
  test('shows who invites whom, then joins account and member, who is active from then on', async () => {
    const orgId = await newOrganisation(engine, 'Chess club');
    const { member, token, invitationId } = await invited(orgId, { status: 'invited' });
    expect(accepted(await engine.invitations.look(token))).toMatchObject({
      organisation: 'Chess club',
      name: member.name,
    });
    const accountId = await newAccount();
    const redeemed = { orgId, organisation: 'Chess club', memberId: member.memberId };
    expect(accepted(await engine.invitations.redeem(token, accountId))).toEqual(redeemed);
    expect(accepted(await engine.invitations.redeem(token, accountId))).toEqual(redeemed);
    expect(accepted(await engine.members.get(orgId, member.memberId))).toMatchObject({
      status: 'active',
      hasAccount: true,
    });
    expect(accepted(await engine.invitations.get(orgId, invitationId)).state).toBe('used');
    const joined = await superuser`SELECT payload FROM app.log WHERE org_id = ${orgId} AND kind = 'member.joined'`;
    expect(joined.map(({ payload }) => payload)).toEqual([{ invitation: invitationId }]);
  });

  test('that is used, expired, taken back or was replaced says so', async () => {
    const orgId = await newOrganisation(engine);
    const used = await invited(orgId);
    accepted(await engine.invitations.redeem(used.token, await newAccount()));
    const expired = await invited(orgId);
    await superuser`UPDATE app.member_invitations SET expires_at = clock_timestamp() WHERE invitation_id = ${expired.invitationId}`;
    const revoked = await invited(orgId);
    accepted(await engine.invitations.revoke(orgId, revoked.invitationId));
    const inactive = await invited(orgId);
    accepted(await engine.members.deactivate(orgId, inactive.member.memberId, chair));
    const other = await newAccount();
    for (const [{ token }, reason] of [
      [used, 'used'],
      [expired, 'expired'],
      [revoked, 'revoked'],
      [inactive, 'member_inactive'],
    ] as const) {
      expect(reasonOf(await engine.invitations.look(token))).toBe(reason);
      expect(reasonOf(await engine.invitations.redeem(token, other))).toBe(reason);
    }
    expect(kindOf(await engine.invitations.redeem(`piv_${'A'.repeat(43)}`, other))).toBe('not_found');
    const [row] = await superuser`SELECT count(*)::int AS n FROM app.members WHERE account_id = ${other}`;
    expect(row?.n).toBe(0);
  });

  test('of one of two campaigns makes the other worthless', async () => {
    const orgId = await newOrganisation(engine);
    const { member, token } = await invited(orgId);
    accepted(await invite(orgId, { members: [member.memberId], campaign: 'second' }));
    const tokens = (await mailsTo(member.email)).map((each) => each.token);
    const second = tokens.find((each) => each !== token) as string;
    accepted(await engine.invitations.redeem(second, await newAccount()));
    expect(reasonOf(await engine.invitations.redeem(token, await newAccount()))).toBe('revoked');
  });

  test('does not make one account two members', async () => {
    const orgId = await newOrganisation(engine);
    const [first, second] = [await invited(orgId), await invited(orgId)];
    const accountId = await newAccount();
    accepted(await engine.invitations.redeem(first.token, accountId));
    expect(reasonOf(await engine.invitations.redeem(second.token, accountId))).toBe('member_already');
    const elsewhere = await invited(await newOrganisation(engine));
    expect(kindOf(await engine.invitations.redeem(elsewhere.token, accountId))).toBe('ok');
  });

  test('used by two at once is used by one', async () => {
    const { token } = await invited(await newOrganisation(engine));
    const accounts = [await newAccount(), await newAccount()];
    const outcomes = await Promise.all(accounts.map((accountId) => engine.invitations.redeem(token, accountId)));
    expect(outcomes.map((outcome) => reasonOf(outcome)).sort()).toEqual(['ok', 'used']);
  });
});

describe('an invitation', () => {
  test('that is sent again goes to the present address, with another link', async () => {
    const orgId = await newOrganisation(engine);
    const { member, token, invitationId } = await invited(orgId);
    await superuser`UPDATE app.member_invitations SET expires_at = clock_timestamp() WHERE invitation_id = ${invitationId}`;
    const moved = accepted(await engine.members.change(orgId, member.memberId, { email: `new${member.email}` }, chair));
    expect(accepted(await engine.invitations.resend(orgId, invitationId, 'de'))).toMatchObject({
      state: 'open',
      sent: 2,
      email: moved.email,
    });
    expect(kindOf(await engine.invitations.redeem(token, await newAccount()))).toBe('not_found');
    expect(kindOf(await engine.invitations.redeem(await tokenFor(moved), await newAccount()))).toBe('ok');
    expect(reasonOf(await engine.invitations.resend(orgId, invitationId, 'de'))).toBe('used');
    expect(reasonOf(await engine.invitations.revoke(orgId, invitationId))).toBe('used');
  });

  test('is not sent again without end, nor to nowhere', async () => {
    const orgId = await newOrganisation(engine);
    const { member, invitationId } = await invited(orgId);
    for (let sent = 2; sent <= 10; sent += 1) accepted(await engine.invitations.resend(orgId, invitationId, 'en'));
    expect(reasonOf(await engine.invitations.resend(orgId, invitationId, 'en'))).toBe('sent_too_often');
    const nowhere = await invited(orgId);
    accepted(await engine.members.change(orgId, nowhere.member.memberId, { email: null }, chair));
    expect(reasonOf(await engine.invitations.resend(orgId, nowhere.invitationId, 'en'))).toBe('no_address');
    expect(await mailsTo(member.email)).toHaveLength(10);
  });

  test('is listed newest first, by state, member and campaign, and never beyond its organisation', async () => {
    const [orgId, strangers] = [await newOrganisation(engine), await newOrganisation(engine)];
    const all = [await invited(orgId), await invited(orgId), await invited(orgId)];
    const [first] = all as [(typeof all)[number]];
    accepted(await engine.invitations.revoke(orgId, first.invitationId));
    accepted(await engine.invitations.revoke(orgId, first.invitationId));
    const page = accepted(await engine.invitations.list(orgId, { limit: 2 }));
    const rest = accepted(await engine.invitations.list(orgId, { limit: 2, cursor: page.nextCursor as string }));
    expect([...page.items, ...rest.items].map(({ invitationId }) => invitationId)).toEqual(
      all.map(({ invitationId }) => invitationId).reverse(),
    );
    const states = async (state: 'open' | 'revoked') =>
      accepted(await engine.invitations.list(orgId, { state })).items.length;
    expect([await states('open'), await states('revoked')]).toEqual([2, 1]);
    expect(kindOf(await engine.invitations.get(strangers, first.invitationId))).toBe('not_found');
    expect(kindOf(await engine.invitations.resend(strangers, first.invitationId, 'en'))).toBe('not_found');
    expect(kindOf(await engine.invitations.revoke(strangers, first.invitationId))).toBe('not_found');
  });
});
