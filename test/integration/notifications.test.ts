import { hash } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Election } from '../../engine/index.ts';
import type { NewNotificationPreferences } from '../../protocol/notifications.ts';
import { accepted, kindOf, newElection, newOrganisation, openEngine } from '../harness/engines.ts';
import { type NotifiedMember, newNotifiedMember, newPlainMember, tellAll } from '../harness/notified.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

/** From what happens to who is told of it, and how: without a mail server or a browser. */

const database = await freshDatabase();
const engine = await openEngine(database, { publicUrl: 'https://vote.example' });
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

let orgId: string;
let ada: NotifiedMember;
let ben: NotifiedMember;
beforeEach(async () => {
  orgId = await newOrganisation(engine);
  ada = await newNotifiedMember(engine, superuser, orgId, 'Ada');
  ben = await newNotifiedMember(engine, superuser, orgId, 'Ben');
});

const WISHES: NewNotificationPreferences = {
  ...{ email: true, delivery: 'at_once', daily_hour: 7, quiet_hours: null, time_zone: 'UTC' },
  ...{ kinds: {}, organisations: [] },
};

async function openForMembers(title: string, closesInMs?: number): Promise<Election> {
  const { electionId } = await newElection(engine, orgId, {
    title,
    roll: 'members',
    ...(closesInMs === undefined ? {} : { closesAt: new Date(Date.now() + closesInMs) }),
  });
  return accepted(await engine.elections.open(orgId, electionId, 'test'));
}

const tell = () => tellAll(engine, superuser, orgId);
const inboxOf = async ({ person }: NotifiedMember) => accepted(await engine.notifications.inbox(person, {}));
const kindsOf = async (member: NotifiedMember) => (await inboxOf(member)).items.map(({ kind }) => kind);

/** Subjects of the mails to a member that are about what happened, in the order of their making. */
async function mailsTo(email: string) {
  const waiting = accepted(await engine.mails.waiting(1_000));
  return waiting.filter((mail) => mail.to === email && mail.template.startsWith('notification')).reverse();
}
const subjectsTo = async (email: string) => (await mailsTo(email)).map(({ subject }) => subject);

/** Lets the members of an election vote whose names are given. */
async function vote({ electionId }: Election, { memberId }: NotifiedMember): Promise<void> {
  const identity = { kind: 'account' as const, orgId, id: memberId, memberId, roles: ['member' as const] };
  const credential = accepted(
    await engine.meetings.credentialFor(
      { ...identity, meetingId: null, sessionId: null, scopes: null, expiresAtMs: null, tokenHashPrefix: '' },
      electionId,
    ),
  );
  const castKey = hash('sha256', memberId).slice(0, 32);
  accepted(await engine.elections.cast(orgId, { electionId, credential, castKey, ballot: { choice: 'yes' } }));
}

test('an election that opens is told to its members, each once, whatever happens to the jobs', async () => {
  await newPlainMember(engine, orgId, 'No account', 'nobody@example.org');
  const { electionId: subject } = await openForMembers('New statutes');
  await Promise.all([tell(), tell(), tell()]);
  await tell();
  for (const member of [ada, ben]) {
    const { items, unread } = await inboxOf(member);
    expect(items).toMatchObject([
      { kind: 'election.opened', organisation: 'Chess club', facts: { title: 'New statutes' }, readAt: null },
    ]);
    expect(unread).toBe(1);
    expect(await subjectsTo(member.email)).toEqual(['Chess club: Voting is open: New statutes']);
  }
  expect(await mailsTo('nobody@example.org')).toEqual([]); // could not vote
  expect(await superuser`SELECT payload FROM app.log WHERE org_id = ${orgId} AND kind = 'members.notified'`).toEqual([
    { payload: { kind: 'election.opened', subject, count: 2 } },
  ]);
});

test('what happened long ago, what is over, and what happens in a hall is told nobody', async () => {
  const old = await openForMembers('Long ago');
  await superuser`UPDATE app.log SET at = at - interval '4 days' WHERE org_id = ${orgId} AND topic = ${old.electionId}`;
  const over = await openForMembers('Over already');
  accepted(await engine.elections.close(orgId, over.electionId, 'test'));
  const { meetingId } = accepted(await engine.meetings.create(orgId, { title: 'Hall' }, 'test'));
  const { electionId } = await newElection(engine, orgId, { roll: 'meeting', meetingId });
  accepted(await engine.elections.open(orgId, electionId, 'test'));
  await tell();
  expect(await kindsOf(ada)).toEqual([]);
});

test('only who has not voted is reminded, once, in the last quarter of the time', async () => {
  const { electionId, ...election } = await openForMembers('Budget', 100 * 3_600_000);
  await vote({ electionId, ...election }, ada);
  await tell();
  await engine.notifications.look();
  expect(await kindsOf(ben)).toEqual(['election.opened']);
  // 80 of the 100 hours are over
  await superuser`UPDATE app.elections SET opened_at = opened_at - interval '80 hours', closes_at = closes_at - interval '80 hours'
    WHERE org_id = ${orgId} AND election_id = ${electionId}`;
  await engine.notifications.look();
  await engine.notifications.look();
  expect(await kindsOf(ben)).toEqual(['election.reminder', 'election.opened']);
  expect(await kindsOf(ada)).toEqual(['election.opened']);
  expect((await subjectsTo(ben.email)).at(-1)).toBe('Chess club: You have not voted yet: Budget');
  const [row] = await superuser<{ facts: object }[]>`
    SELECT facts FROM app.notification_events WHERE org_id = ${orgId} AND kind = 'election.reminder'`;
  expect(Object.keys(row?.facts ?? {}).sort()).toEqual(['closes_at', 'join_code', 'title']); // nothing of anybody's vote
});

test('a published result, proxies and roles reach those whom they concern', async () => {
  const { electionId } = await openForMembers('Budget');
  accepted(await engine.elections.close(orgId, electionId, 'test'));
  accepted(await engine.elections.publish(orgId, electionId, 'test'));
  await tell();
  expect(await kindsOf(ada)).toEqual(['result.published']);

  const { meetingId } = accepted(await engine.meetings.create(orgId, { title: 'Assembly' }, 'test'));
  const proxy = { grantor: { id: ada.memberId }, holder: { id: ben.memberId }, meetingId, recorded: false };
  const { proxyId } = accepted(await engine.proxies.give(orgId, proxy, ada.memberId));
  await tell();
  expect((await inboxOf(ben)).items[0]).toMatchObject({ kind: 'proxy.offered', facts: { person: 'Ada' } });
  const holder = { id: ben.memberId, memberId: ben.memberId, moderates: 'none' as const };
  accepted(await engine.proxies.accept(orgId, proxyId, holder));
  await tell();
  expect((await inboxOf(ada)).items[0]).toMatchObject({ kind: 'proxy.accepted', facts: { person: 'Ben' } });

  const actor = { id: orgId, givesRoles: true };
  accepted(await engine.members.change(orgId, ben.memberId, { note: 'nothing that concerns Ben' }, actor));
  accepted(await engine.members.change(orgId, ben.memberId, { roles: ['moderator'] }, actor));
  await tell();
  expect((await inboxOf(ben)).items.map(({ kind, facts }) => [kind, facts.roles])).toEqual([
    ['member.roles', ['moderator']],
    ['proxy.offered', undefined],
    ['result.published', undefined],
  ]);
});

describe('an inbox', () => {
  test('is the person’s alone, over all organisations, in pages; what was read stays read', async () => {
    for (const title of ['One', 'Two', 'Three']) await openForMembers(title);
    await tell();
    const first = accepted(await engine.notifications.inbox(ada.person, { limit: 2 }));
    expect(first.items.map(({ facts }) => facts.title)).toEqual(['Three', 'Two']);
    expect(first.unread).toBe(3);
    const rest = accepted(
      await engine.notifications.inbox(ada.person, { limit: 2, cursor: first.nextCursor ?? undefined }),
    );
    expect(rest).toMatchObject({ items: [{ facts: { title: 'One' } }], nextCursor: null });

    const [three, two] = first.items;
    const own = { ids: [three?.notificationId as string] };
    expect(accepted(await engine.notifications.markRead(ben.person, own))).toBe(3); // Ada's id is not Ben's
    expect(accepted(await engine.notifications.markRead(ada.person, own))).toBe(2);
    expect(accepted(await engine.notifications.markRead(ada.person, own))).toBe(2);
    expect(accepted(await engine.notifications.markRead(ada.person, { until: two?.createdAt as Date }))).toBe(0);
    expect(accepted(await engine.notifications.inbox(ada.person, { unread: true })).items).toEqual([]);
    expect((await inboxOf(ben)).unread).toBe(3);
  });

  test('is told of live by its figure alone', async () => {
    await openForMembers('One');
    await tell();
    const unread = accepted(await engine.notifications.unreadOf(orgId, [ada.memberId, ben.memberId]));
    expect([...unread.values()]).toMatchObject([{ unread: 1 }, { unread: 1 }]);
    expect(unread.get(ada.memberId)?.newestAt).toEqual((await inboxOf(ada)).items[0]?.createdAt);
  });

  test('forgets after 90 days', async () => {
    await openForMembers('One');
    await tell();
    await superuser`UPDATE app.notification_events SET created_at = created_at - interval '91 days' WHERE org_id = ${orgId}`;
    await engine.notifications.tidy();
    expect((await inboxOf(ada)).items).toEqual([]);
  });
});

describe('preferences', () => {
  test('by kind and channel: what is not wanted does not come', async () => {
    const kinds = { 'election.opened': { in_app: false, email: true, push: true } };
    accepted(await engine.preferences.set(ada.person, { ...WISHES, kinds }));
    accepted(await engine.preferences.set(ben.person, { ...WISHES, email: false }));
    await openForMembers('One');
    await tell();
    expect([await kindsOf(ada), (await mailsTo(ada.email)).length]).toEqual([[], 1]);
    expect([await kindsOf(ben), (await mailsTo(ben.email)).length]).toEqual([['election.opened'], 0]);
  });

  test('are kept as they were said, with an answer for every kind', async () => {
    const said = {
      ...WISHES,
      quiet_hours: { from: '22:30', to: '06:05' },
      delivery: 'daily' as const,
      time_zone: 'Europe/Berlin',
      organisations: [{ org_id: orgId, email: false }],
    };
    const now = accepted(await engine.preferences.set(ada.person, said));
    expect(now).toMatchObject({
      ...said,
      kinds: {},
      organisations: [{ org_id: orgId, name: 'Chess club', email: false }],
    });
    expect(Object.keys(now.kinds)).toContain('result.published');
    const foreign = await newOrganisation(engine);
    const bad = { ...WISHES, organisations: [{ org_id: foreign, email: false }] };
    expect(kindOf(await engine.preferences.set(ada.person, bad))).toBe('not_found');
  });

  test('quiet hours and the daily mail hold mails back; they go once after, together', async () => {
    accepted(await engine.preferences.set(ada.person, { ...WISHES, delivery: 'daily' }));
    const minute = new Date().getUTCHours() * 60 + new Date().getUTCMinutes();
    const at = (m: number) => new Date(((m + 1_440) % 1_440) * 60_000).toISOString().slice(11, 16);
    const quiet_hours = { from: at(minute - 60), to: at(minute + 60) };
    accepted(await engine.preferences.set(ben.person, { ...WISHES, quiet_hours }));
    await openForMembers('One');
    await openForMembers('Two');
    await tell();
    await engine.notifications.look();
    expect([await subjectsTo(ada.email), await subjectsTo(ben.email)]).toEqual([[], []]);
    expect((await inboxOf(ada)).unread).toBe(2); // the inbox waits for nothing

    const held = await superuser<{ member_id: string; minutes: number }[]>`
      SELECT member_id, round(extract(epoch FROM mail_due_at - clock_timestamp()) / 60)::int AS minutes
      FROM app.notifications WHERE org_id = ${orgId} AND member_id = ${ben.memberId}`;
    for (const { minutes } of held) expect(Math.abs(minutes - 60)).toBeLessThanOrEqual(1);
    await superuser`UPDATE app.notifications SET mail_due_at = clock_timestamp() WHERE org_id = ${orgId}`;
    await Promise.all([engine.notifications.look(), engine.notifications.look()]);
    await engine.notifications.look();
    for (const { email } of [ada, ben]) expect(await subjectsTo(email)).toEqual(['Chess club: 2 messages']);
    const [mail] = await mailsTo(ada.email);
    expect(mail?.text).toMatch(/• You can vote now on: One\.[\s\S]*• You can vote now on: Two\./);
  });

  test('who says no while a mail is held does not get it', async () => {
    accepted(await engine.preferences.set(ada.person, { ...WISHES, delivery: 'daily' }));
    await openForMembers('One');
    await tell();
    accepted(await engine.preferences.set(ada.person, { ...WISHES, email: false }));
    await superuser`UPDATE app.notifications SET mail_due_at = clock_timestamp() WHERE org_id = ${orgId} AND mail_due_at IS NOT NULL`;
    await engine.notifications.look();
    expect(await mailsTo(ada.email)).toEqual([]);
  });

  test('the link of a mail stops those of the organisation, or all; not those that people ask for', async () => {
    await openForMembers('One');
    await tell();
    const [mail] = await mailsTo(ada.email);
    const token = /#token=(psu_[\w-]+)/.exec(mail?.text ?? '')?.[1] as string;
    expect(accepted(await engine.preferences.unsubscribe(token, 'organisation'))).toEqual({
      organisation: 'Chess club',
    });
    accepted(await engine.preferences.unsubscribe(token, 'organisation'));
    expect(accepted(await engine.preferences.get(ada.person))).toMatchObject({
      email: true,
      organisations: [{ email: false }],
    });
    await openForMembers('Two');
    await tell();
    expect(await subjectsTo(ada.email)).toHaveLength(1);
    expect(await subjectsTo(ben.email)).toHaveLength(2);
    accepted(await engine.preferences.unsubscribe(token, 'everything'));
    expect(accepted(await engine.preferences.get(ada.person)).email).toBe(false);

    const forged = `${token.slice(0, -3)}AAA`;
    expect(kindOf(await engine.preferences.unsubscribe(forged, 'organisation'))).toBe('not_found');
    accepted(await engine.signIn.requestMagicLink(ada.email));
    const waiting = accepted(await engine.mails.waiting(1_000));
    expect(waiting.some(({ to, template }) => to === ada.email && template === 'magic-link')).toBe(true);
  });
});

describe('an invitation to a meeting', () => {
  const START = new Date(Date.now() + 7 * 24 * 3_600_000);
  const appointments = async (email: string) => {
    const rows = await superuser<
      { appointment: { uid: string; sequence: number; cancelled: boolean; startsAt: string } }[]
    >`
      SELECT data -> 'news' -> 'appointment' AS appointment FROM app.mails
      WHERE recipient = ${email} AND template = 'notification' ORDER BY created_at`;
    return rows.map(({ appointment }) => appointment);
  };

  test('goes to whom it is for, once; what changes follows with the same appointment', async () => {
    await newPlainMember(engine, orgId, 'Cleo', 'cleo@example.org'); // without an account, and told all the same
    const { meetingId } = accepted(await engine.meetings.create(orgId, { title: 'Assembly', startsAt: START }, 'test'));
    const invite = async () => accepted(await engine.invitees.invite(orgId, meetingId, null, 'test'));
    expect(await invite()).toEqual({ invited: 3, repeated: 0 });
    await tell();
    await newPlainMember(engine, orgId, 'Dora', 'dora@example.org');
    expect(await invite()).toEqual({ invited: 1, repeated: 3 });
    await tell();
    expect(await subjectsTo(ada.email)).toEqual(['Chess club: Assembly']);
    expect(await subjectsTo('cleo@example.org')).toEqual(['Chess club: Assembly']);
    expect(await subjectsTo('dora@example.org')).toEqual(['Chess club: Assembly']);

    accepted(await engine.meetings.change(orgId, meetingId, { speakersOpen: false }, 'test')); // concerns no invitation
    const later = new Date(START.getTime() + 3_600_000);
    accepted(await engine.meetings.change(orgId, meetingId, { startsAt: later }, 'test'));
    await tell();
    accepted(await engine.meetings.end(orgId, meetingId, false, 'test'));
    await tell();
    for (const email of [ada.email, 'dora@example.org']) {
      expect(await subjectsTo(email)).toEqual([
        'Chess club: Assembly',
        'Chess club: Changed: Assembly',
        'Chess club: Cancelled: Assembly',
      ]);
      const [first, second, third] = await appointments(email);
      expect([first?.startsAt, second?.startsAt, third?.startsAt]).toEqual(
        [START, later, later].map((moment) => moment.toISOString()),
      );
      expect([first?.cancelled, second?.cancelled, third?.cancelled]).toEqual([false, false, true]);
      expect(new Set([first?.uid, second?.uid, third?.uid]).size).toBe(1);
      expect((first?.sequence ?? 0) < (second?.sequence ?? 0) && (second?.sequence ?? 0) < (third?.sequence ?? 0)).toBe(
        true,
      );
    }
    expect(kindOf(await engine.invitees.invite(orgId, meetingId, null, 'test'))).toBe('conflict');
  });

  test('one that loses its date is called off, and told anew with another', async () => {
    const { meetingId } = accepted(await engine.meetings.create(orgId, { title: 'Assembly', startsAt: START }, 'test'));
    accepted(await engine.invitees.invite(orgId, meetingId, null, 'test'));
    await tell();
    accepted(await engine.meetings.change(orgId, meetingId, { startsAt: null }, 'test'));
    await tell();
    accepted(await engine.meetings.change(orgId, meetingId, { title: 'Spring assembly' }, 'test'));
    await tell();
    accepted(await engine.meetings.change(orgId, meetingId, { startsAt: START }, 'test'));
    await tell();
    accepted(await engine.meetings.start(orgId, meetingId, 'test'));
    accepted(await engine.meetings.end(orgId, meetingId, false, 'test')); // it took place
    await tell();
    expect(await subjectsTo(ada.email)).toEqual([
      'Chess club: Assembly',
      'Chess club: Cancelled: Assembly',
      'Chess club: Changed: Spring assembly',
    ]);
  });

  test('to a group, to those in it; to a group that is not there, to nobody', async () => {
    const { meetingId } = accepted(await engine.meetings.create(orgId, { title: 'Board' }, 'test'));
    const { groupId } = accepted(await engine.groups.create(orgId, { name: 'Board' }, 'test'));
    accepted(await engine.members.change(orgId, ada.memberId, { groups: [groupId] }, { id: orgId, givesRoles: true }));
    expect(accepted(await engine.invitees.invite(orgId, meetingId, groupId, 'test'))).toEqual({
      invited: 1,
      repeated: 0,
    });
    await tell();
    expect([await kindsOf(ada), await kindsOf(ben)]).toEqual([['meeting.invitation'], []]);
    expect(kindOf(await engine.invitees.invite(orgId, meetingId, orgId, 'test'))).toBe('not_found');
  });
});
