import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { accepted, kindOf, newElection, newOrganisation, openEngine } from '../harness/engines.ts';
import { accountOf, castAs, identityOf, joinAs, newMembers } from '../harness/meeting.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const orgId = await newOrganisation(engine);
const other = await newOrganisation(engine, 'Another');
const [ada, bea] = (await newMembers(engine, orgId, ['Ada', 'Bea'], true)) as [string, string];
const ACTOR = randomUUID();

const newMeeting = async (settings = {}) =>
  accepted(await engine.meetings.create(orgId, { title: 'Assembly', ...settings }, ACTOR));
const reasonOf = (outcome: { ok: boolean }) =>
  (outcome as { failure?: { details?: { reason?: unknown } } }).failure?.details?.reason;

describe('the life of a meeting', () => {
  test('settings have defaults, change one by one, and start and end are told once', async () => {
    const meeting = await newMeeting();
    expect(meeting).toMatchObject({ state: 'planned', guestsAllowed: true, waitingRoom: false, speakersOpen: true });
    const startsAt = new Date('2030-01-01T18:00:00Z');
    const changed = accepted(
      await engine.meetings.change(orgId, meeting.meetingId, { startsAt, proxyLimit: 2 }, ACTOR),
    );
    expect(changed).toMatchObject({ startsAt, proxyLimit: 2, title: 'Assembly', guestsAllowed: true });
    const cleared = accepted(await engine.meetings.change(orgId, meeting.meetingId, { proxyLimit: null }, ACTOR));
    expect(cleared).toMatchObject({ startsAt, proxyLimit: null });
    accepted(await engine.meetings.start(orgId, meeting.meetingId, ACTOR));
    expect(accepted(await engine.meetings.start(orgId, meeting.meetingId, ACTOR)).state).toBe('live');
    accepted(await engine.meetings.end(orgId, meeting.meetingId, false, ACTOR));
    expect(accepted(await engine.meetings.end(orgId, meeting.meetingId, false, ACTOR)).meeting.state).toBe('ended');
    expect(reasonOf(await engine.meetings.start(orgId, meeting.meetingId, ACTOR))).toBe('ended');
    expect(reasonOf(await engine.meetings.join(meeting.joinCode, { name: 'Late' }))).toBe('ended');
    const log = accepted(await engine.feed.read(orgId, 0, 1_000, meeting.meetingId)).map(({ kind }) => kind);
    expect(log).toEqual(['meeting.created', 'meeting.changed', 'meeting.changed', 'meeting.started', 'meeting.ended']);
  });

  test('is not ended over open elections, unless told so, and closes none of them', async () => {
    const meeting = await newMeeting();
    const { electionId } = await newElection(engine, orgId, { meetingId: meeting.meetingId, roll: 'meeting' });
    accepted(await engine.elections.open(orgId, electionId, ACTOR));
    const refused = await engine.meetings.end(orgId, meeting.meetingId, false, ACTOR);
    expect(refused).toMatchObject({ failure: { details: { reason: 'elections_open', elections: [electionId] } } });
    expect(accepted(await engine.meetings.get(orgId, meeting.meetingId)).state).toBe('planned');
    const ended = accepted(await engine.meetings.end(orgId, meeting.meetingId, true, ACTOR));
    expect(ended).toMatchObject({ openElections: [electionId], meeting: { state: 'ended' } });
    expect(accepted(await engine.elections.get(orgId, electionId)).state).toBe('open');
  });

  test('ends sessions after a grace, and tells the gateways so once', async () => {
    const meeting = await newMeeting();
    const joined = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Ada' }));
    accepted(await engine.meetings.end(orgId, meeting.meetingId, false, ACTOR));
    expect(kindOf(await engine.accounts.authenticate(joined.sessionToken))).toBe('ok');
    const superuser = connectAs(database.ownerUrl, null);
    await superuser`UPDATE app.meetings SET sessions_end_at = clock_timestamp() WHERE meeting_id = ${meeting.meetingId}`;
    await superuser.end();
    expect(reasonOf(await engine.accounts.authenticate(joined.sessionToken))).toBe('expired');
    await Promise.all([engine.meetings.cutSessions(), engine.meetings.cutSessions()]);
    const entries = accepted(await engine.feed.read(orgId, 0, 1_000, meeting.meetingId));
    const revoked = entries.filter(({ kind }) => kind === 'access.revoked');
    expect(revoked.map(({ payload }) => payload)).toEqual([{ kind: 'meeting', id: meeting.meetingId }]);
  });

  test('a new code stops the old one at once; who has joined stays', async () => {
    const meeting = await newMeeting();
    const joined = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Ada' }));
    const { joinCode } = accepted(await engine.meetings.rotateCode(orgId, meeting.meetingId, ACTOR));
    expect(joinCode).toMatch(/^[ACDEFGHJKMNPQRTUVWXY3467]{6}$/);
    expect(kindOf(await engine.meetings.join(meeting.joinCode, { name: 'Eve' }))).toBe('not_found');
    accepted(
      await engine.meetings.join(` ${joinCode.toLowerCase().slice(0, 3)}-${joinCode.slice(3)}`, { name: 'Bea' }),
    );
    expect(kindOf(await engine.accounts.authenticate(joined.sessionToken))).toBe('ok');
  });

  test.each(['change', 'start', 'end', 'rotateCode'] as const)(
    '%s: of another organisation is not found',
    async (act) => {
      const { meetingId } = await newMeeting();
      const { meetings } = engine;
      const acts = {
        change: () => meetings.change(other, meetingId, { title: 'Mine' }, ACTOR),
        start: () => meetings.start(other, meetingId, ACTOR),
        end: () => meetings.end(other, meetingId, true, ACTOR),
        rotateCode: () => meetings.rotateCode(other, meetingId, ACTOR),
      };
      expect(kindOf(await acts[act]())).toBe('not_found');
      expect(accepted(await meetings.get(orgId, meetingId))).toMatchObject({ title: 'Assembly', state: 'planned' });
    },
  );
});

describe('joining', () => {
  test('guests: with a name, without where none is wanted, not at all where none are', async () => {
    const open = await newMeeting();
    expect(await engine.meetings.join(open.joinCode, {})).toMatchObject({
      failure: { kind: 'invalid_input', details: { fields: [{ path: 'name' }] } },
    });
    const nameless = await newMeeting({ nameRequired: false });
    expect(accepted(await engine.meetings.join(nameless.joinCode, {})).name).toMatch(/^Guest [A-Z0-9]{4}$/);
    const closed = await newMeeting({ guestsAllowed: false });
    expect(reasonOf(await engine.meetings.join(closed.joinCode, { name: 'Eve' }))).toBe('members_only');
    // a member of another organisation is a stranger here
    const stranger = accountOf(other, ada);
    expect(reasonOf(await engine.meetings.join(closed.joinCode, { name: 'Eve', caller: stranger }))).toBe(
      'members_only',
    );
    expect((await joinAs(engine, closed, ada)).memberId).toBe(ada);
  });

  test('a member on two devices is one attendee with two sessions; so is a guest who shows the first', async () => {
    const meeting = await newMeeting();
    const [phone, laptop] = await Promise.all([joinAs(engine, meeting, ada), joinAs(engine, meeting, ada)]);
    expect(laptop.attendeeId).toBe(phone.attendeeId);
    expect(laptop.sessionToken).not.toBe(phone.sessionToken);
    const identity = await identityOf(engine, phone);
    expect(identity).toMatchObject({
      kind: 'attendee',
      roles: ['member'],
      memberId: ada,
      meetingId: meeting.meetingId,
    });
    expect(identity.id).toBe((await identityOf(engine, laptop)).id);
    const guest = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Guest' }));
    const caller = await identityOf(engine, guest);
    const again = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Somebody else', caller }));
    expect(again).toMatchObject({ attendeeId: guest.attendeeId, name: 'Guest' });
    expect(accepted(await engine.attendees.list(orgId, meeting.meetingId, {})).items).toHaveLength(2);
  });

  test('an inactive member is no member, and one who is deactivated later has no session any more', async () => {
    const [gone] = (await newMembers(engine, orgId, ['Gone'])) as [string];
    const meeting = await newMeeting({ guestsAllowed: false });
    const joined = await joinAs(engine, meeting, gone);
    accepted(await engine.members.deactivate(orgId, gone, { id: ACTOR, givesRoles: true }));
    expect(reasonOf(await engine.accounts.authenticate(joined.sessionToken))).toBe('revoked');
    const caller = accountOf(orgId, gone);
    expect(reasonOf(await engine.meetings.join(meeting.joinCode, { caller }))).toBe('members_only');
  });
});

describe('the waiting room', () => {
  test('who waits votes only once admitted, one by one or all, and moderators need not wait', async () => {
    const meeting = await newMeeting({ waitingRoom: true });
    const election = await newElection(engine, orgId, { meetingId: meeting.meetingId, roll: 'meeting' });
    accepted(await engine.elections.open(orgId, election.electionId, ACTOR));
    const waiting = await joinAs(engine, meeting, bea);
    expect(waiting.state).toBe('waiting');
    const identity = await identityOf(engine, waiting);
    expect(identity.scopes).toEqual(['meetings.attend']);
    expect(kindOf(await castAs(engine, identity, election))).toBe('not_found');
    const own = accepted(await engine.attendees.own(orgId, meeting.meetingId, waiting.attendeeId));
    expect(own.askAgainMs).toBeGreaterThan(0);

    const guest = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Guest' }));
    const admit = (ids: string[] | null) => engine.attendees.admit(orgId, meeting.meetingId, ids, ACTOR);
    expect(accepted(await admit([waiting.attendeeId]))).toEqual({ admitted: 1 });
    expect(accepted(await admit([waiting.attendeeId]))).toEqual({ admitted: 0 });
    const admitted = await identityOf(engine, waiting);
    expect(admitted.scopes).toBeNull();
    expect(kindOf(await castAs(engine, admitted, election))).toBe('ok');
    expect(accepted(await admit(null))).toEqual({ admitted: 1 });
    expect(kindOf(await castAs(engine, await identityOf(engine, guest), election))).toBe('ok');

    const caller = accountOf(orgId, ada, ['member', 'moderator']);
    expect(accepted(await engine.meetings.join(meeting.joinCode, { caller })).state).toBe('admitted');
    const counted = accepted(await engine.elections.participation(orgId, election.electionId));
    expect(counted).toMatchObject({ roll: 3, voted: 2, votedWeight: 3_000_000n }); // Bea weighs 2, a guest 1
  });

  test('who was removed is out on every device, stays out, and comes back when admitted', async () => {
    const meeting = await newMeeting();
    const devices = [await joinAs(engine, meeting, bea), await joinAs(engine, meeting, bea)];
    const { attendeeId } = devices[0] as { attendeeId: string };
    accepted(await engine.speakers.ask(orgId, meeting.meetingId, attendeeId, false));
    accepted(await engine.attendees.remove(orgId, meeting.meetingId, attendeeId, ACTOR));
    for (const { sessionToken } of devices)
      expect(reasonOf(await engine.accounts.authenticate(sessionToken))).toBe('revoked');
    const caller = accountOf(orgId, bea);
    expect(reasonOf(await engine.meetings.join(meeting.joinCode, { caller }))).toBe('removed');
    expect(accepted(await engine.speakers.list(orgId, meeting.meetingId)).items).toEqual([]);
    const revocations = accepted(await engine.feed.read(orgId, 0, 1_000, attendeeId));
    expect(revocations.map(({ payload }) => payload)).toEqual([{ kind: 'attendee', id: attendeeId }]);
    accepted(await engine.attendees.admit(orgId, meeting.meetingId, null, ACTOR));
    expect(reasonOf(await engine.meetings.join(meeting.joinCode, { caller }))).toBe('removed');
    accepted(await engine.attendees.admit(orgId, meeting.meetingId, [attendeeId], ACTOR));
    expect((await joinAs(engine, meeting, bea)).attendeeId).toBe(attendeeId);
  });

  test('a role in the meeting: members only, for this meeting only', async () => {
    const meeting = await newMeeting();
    const joined = await joinAs(engine, meeting, bea);
    const guest = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Guest' }));
    const setRole = (id: string, role: 'moderator' | null) =>
      engine.attendees.setRole(orgId, meeting.meetingId, id, role, ACTOR);
    expect(reasonOf(await setRole(guest.attendeeId, 'moderator'))).toBe('guest');
    accepted(await setRole(joined.attendeeId, 'moderator'));
    expect((await identityOf(engine, joined)).roles).toEqual(['member', 'moderator']);
    expect((await identityOf(engine, await joinAs(engine, await newMeeting(), bea))).roles).toEqual(['member']);
    accepted(await setRole(joined.attendeeId, null));
    expect((await identityOf(engine, joined)).roles).toEqual(['member']);
  });
});

test('attendees are found by a part of the name and by state, page by page', async () => {
  const meeting = await newMeeting({ waitingRoom: true });
  for (const name of ['Édith 100%', 'Edgar', 'Zoë']) accepted(await engine.meetings.join(meeting.joinCode, { name }));
  const list = async (query: object) =>
    accepted(await engine.attendees.list(orgId, meeting.meetingId, query)).items.map(({ name }) => name);
  expect(await list({ q: 'ed' })).toEqual(['Edgar', 'Édith 100%']);
  expect(await list({ q: '%' })).toEqual(['Édith 100%']);
  expect(await list({ state: 'admitted' })).toEqual([]);
  const first = accepted(await engine.attendees.list(orgId, meeting.meetingId, { limit: 2 }));
  expect(first.items).toHaveLength(2);
  expect(await list({ cursor: first.nextCursor })).toEqual(['Zoë']);
  expect(await list({ present: true })).toEqual([]);
});

describe('who is here', () => {
  const gatewayA = randomUUID();
  const gatewayB = randomUUID();

  test('each once over all gateways, by role, with weights and those they represent', async () => {
    const meeting = await newMeeting();
    const { meetingId } = meeting;
    const [cleo] = (await newMembers(engine, orgId, ['Cleo'])) as [string];
    const a = await joinAs(engine, meeting, ada);
    const b = await joinAs(engine, meeting, bea);
    const guest = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Guest' }));
    const proxy = { meetingId, grantor: { id: cleo }, holder: { id: bea }, recorded: true };
    accepted(await engine.proxies.give(orgId, proxy, ACTOR));
    accepted(await engine.attendees.setRole(orgId, meetingId, a.attendeeId, 'moderator', ACTOR));
    const keep = (gateway: string, ids: string[] | null) =>
      engine.meetings.keepPresence(orgId, meetingId, gateway, ids);
    expect(accepted(await keep(gatewayA, null))).toBe(false);
    accepted(await keep(gatewayA, [a.attendeeId, b.attendeeId, randomUUID()]));
    accepted(await keep(gatewayB, [b.attendeeId, guest.attendeeId]));
    expect(accepted(await keep(gatewayA, null))).toBe(true);
    const presence = async () => accepted(await engine.meetings.presenceOf(orgId, meetingId));
    expect(await presence()).toEqual({
      count: 3,
      byRole: { moderators: 1, auditors: 0, members: 1, guests: 1 },
      represented: 1,
      weightMicro: 5_000_000n, // Ada 1, Bea 2, Cleo by proxy 1, a guest 1
      memberWeightMicro: 4_000_000n,
      waiting: 0,
    });
    // who comes in person is not represented as well
    const c = await joinAs(engine, meeting, cleo);
    accepted(await keep(gatewayB, [b.attendeeId, c.attendeeId]));
    expect(await presence()).toMatchObject({ count: 3, represented: 0, memberWeightMicro: 4_000_000n });
    accepted(await keep(gatewayA, []));
    expect(await presence()).toMatchObject({ count: 2, byRole: { moderators: 0, members: 2 } });
  });

  test('a gateway that fell silent counts no more', async () => {
    const meeting = await newMeeting();
    const { attendeeId } = await joinAs(engine, meeting, ada);
    accepted(await engine.meetings.keepPresence(orgId, meeting.meetingId, gatewayA, [attendeeId]));
    expect(accepted(await engine.meetings.presenceOf(orgId, meeting.meetingId)).count).toBe(1);
    const superuser = connectAs(database.ownerUrl, null);
    await superuser`UPDATE app.presence SET expires_at = clock_timestamp() WHERE meeting_id = ${meeting.meetingId}`;
    await superuser.end();
    expect(accepted(await engine.meetings.presenceOf(orgId, meeting.meetingId)).count).toBe(0);
    accepted(await engine.meetings.keepPresence(orgId, meeting.meetingId, gatewayA, null));
    expect(accepted(await engine.meetings.presenceOf(orgId, meeting.meetingId)).count).toBe(1);
  });
});

test('upkeep erases sessions long ended, and only those', async () => {
  const meeting = await newMeeting();
  const [old, fresh] = [await joinAs(engine, meeting, ada), await joinAs(engine, meeting, bea)];
  const superuser = connectAs(database.ownerUrl, null);
  await superuser`UPDATE app.attendee_sessions SET expires_at = clock_timestamp() - interval '8 days' WHERE attendee_id = ${old.attendeeId}`;
  await superuser.end();
  expect(reasonOf(await engine.accounts.authenticate(old.sessionToken))).toBe('expired');
  await engine.meetings.forgetSessions();
  expect(reasonOf(await engine.accounts.authenticate(old.sessionToken))).toBe('unknown');
  expect(kindOf(await engine.accounts.authenticate(fresh.sessionToken))).toBe('ok');
});
