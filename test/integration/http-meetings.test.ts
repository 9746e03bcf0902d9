import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { agendaView } from '../../protocol/agenda.ts';
import {
  attendeePage,
  joined,
  meetingEnded,
  meetingLive,
  meetingView,
  ownAttendance,
  presenceView,
} from '../../protocol/meetings.ts';
import { proxyPage, proxyView } from '../../protocol/proxies.ts';
import { speakerList } from '../../protocol/speakers.ts';
import { newPerson } from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { newCastKey, serveMeetings } from './meeting-server.ts';
import type { RawSocket } from './raw-socket.ts';

const server = await serveMeetings(await freshDatabase());
const { call, chair, chairs } = server;
const ada = await server.newMember('Ada');
const bea = await server.newMember('Bea');

async function newMeeting(settings = {}) {
  const meeting = meetingView.parse(await chairs('POST', '/v1/meetings', { title: 'Assembly', ...settings }));
  return { ...meeting, path: `/v1/meetings/${meeting.meeting_id}` };
}
type Meeting = Awaited<ReturnType<typeof newMeeting>>;

async function join({ join_code: code }: Meeting, { as, name }: { as?: string; name?: string } = {}) {
  const { status, json } = await call('POST', '/v1/join', { as, body: { code, ...(name ? { name } : {}) } });
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(json)}`);
  return joined.parse(json);
}

async function openMotion(meeting: Meeting): Promise<string> {
  const body = {
    title: 'Motion',
    meeting_id: meeting.meeting_id,
    roll: 'meeting',
    method: { method: 'motion', settings: {} },
  };
  const { election_id: id } = await chairs('POST', '/v1/elections', body);
  await chairs('POST', `/v1/elections/${id}/open`, {});
  return id;
}

const refusal = async (asked: ReturnType<typeof call>) => {
  const { status, json } = await asked;
  return [status, json?.error_code, json?.details?.reason];
};

/** The next message on the topic that carries this part, with it. */
// biome-ignore lint/suspicious/noExplicitAny: a part of any shape
async function live(socket: RawSocket, part: string, fits: (value: any) => boolean = () => true) {
  const message = await socket.until(({ data }) => data?.live?.[part] !== undefined && fits(data.live[part]));
  meetingLive.parse(message.data.live);
  return message.data.live[part];
}

describe('joining', () => {
  test('with an account one is a member, on every device the same; strangers and nobody are guests', async () => {
    const meeting = await newMeeting();
    const phone = await join(meeting, { as: ada.token });
    expect(phone).toMatchObject({ member_id: ada.memberId, name: 'Ada', state: 'admitted' });
    expect((await join(meeting, { as: ada.token })).attendee_id).toBe(phone.attendee_id);
    const { pair } = await newPerson(server.engine);
    expect((await join(meeting, { as: pair.accessToken, name: 'Eve' })).member_id).toBeNull();
    const guest = await join(meeting, { name: 'Guest' });
    expect((await join(meeting, { as: guest.session_token })).attendee_id).toBe(guest.attendee_id);
    expect((await join(meeting, { as: 'pst_gone', name: 'Back' })).member_id).toBeNull();
    const own = ownAttendance.parse((await call('GET', '/v1/attendance', { as: phone.session_token })).json);
    expect(own).toMatchObject({ member_id: ada.memberId, roles: ['member'], state: 'admitted', ask_again_ms: null });
  });

  test.each([
    ['a broken account token', { as: 'aaaa.bbbb.cccc', body: { name: 'Eve' } }, [401, 'AUTH_001', 'unknown']],
    ['a line break in the name', { body: { name: 'A\nB' } }, [422, 'VALIDATION_001', undefined]],
    ['a name that turns the writing', { body: { name: 'A\u202eB' } }, [422, 'VALIDATION_001', undefined]],
    ['no name', { body: {} }, [422, 'VALIDATION_001', undefined]],
  ])('%s is refused', async (_, { as, body }: { as?: string; body: object }, expected) => {
    const meeting = await newMeeting();
    expect(await refusal(call('POST', '/v1/join', { as, body: { code: meeting.join_code, ...body } }))).toEqual(
      expected,
    );
    expect((await chairs('GET', `${meeting.path}/attendees`)).items).toEqual([]);
  });

  test('members only: guests are told how to come in', async () => {
    const meeting = await newMeeting({ guests_allowed: false });
    const asked = call('POST', '/v1/join', { body: { code: meeting.join_code, name: 'Eve' } });
    expect(await refusal(asked)).toEqual([403, 'AUTH_002', 'members_only']);
    expect((await join(meeting, { as: bea.token })).member_id).toBe(bea.memberId);
  });
});

test('from the waiting room nothing is seen but one’s own place, until the door opens', async () => {
  const meeting = await newMeeting({ waiting_room: true });
  const { session_token: as, state } = await join(meeting, { name: 'Guest' });
  expect(state).toBe('waiting');
  const own = async () => ownAttendance.parse((await call('GET', '/v1/attendance', { as })).json);
  expect(await own()).toMatchObject({ state: 'waiting', meeting: { title: 'Assembly' } });
  for (const path of [meeting.path, `${meeting.path}/agenda`, '/v1/elections', `${meeting.path}/presence`]) {
    expect(await refusal(call('GET', path, { as }))).toEqual([403, 'AUTH_002', 'waiting']);
  }
  expect(await refusal(call('POST', '/v1/socket-tickets', { as }))).toEqual([403, 'AUTH_002', 'waiting']);
  expect(await chairs('GET', `${meeting.path}/presence`)).toMatchObject({ present: 0, waiting: 1 });
  expect(await chairs('POST', `${meeting.path}/attendees/admit`)).toEqual({ admitted: 1 });
  await expect.poll(async () => (await own()).state, { timeout: 3_000 }).toBe('admitted');
  await expect.poll(async () => (await call('GET', meeting.path, { as })).status, { timeout: 3_000 }).toBe(200);
});

test('who is here reaches the topic, the operation of the socket and HTTP, and goes when they go', async () => {
  const meeting = await newMeeting();
  const guest = await join(meeting, { name: 'Guest' });
  const member = await join(meeting, { as: ada.token });
  const watching = await server.socketOf(guest.session_token);
  await watching.ask({ id: 1, op: 'subscribe', topic: `meeting:${meeting.meeting_id}` });
  const socket = await server.socketOf(member.session_token);
  expect(await live(watching, 'presence', ({ present }) => present === 2)).toMatchObject({
    guests: 1,
    members: 1,
    weight: '2',
  });
  const reply = await watching.ask({ id: 2, op: 'presence', meeting: meeting.meeting_id });
  expect(presenceView.parse(reply.presence)).toMatchObject({ present: 2, member_weight: '1' });
  const other = await newMeeting();
  expect(await watching.ask({ id: 3, op: 'presence', meeting: other.meeting_id })).toMatchObject({
    error: { code: 'NOT_FOUND_001' },
  });
  const { items } = attendeePage.parse(await chairs('GET', `${meeting.path}/attendees?present=true`));
  expect(items.map(({ name }) => name)).toEqual(['Ada', 'Guest']);
  // who comes back and has missed nothing in the log gets all the same what has no place in it
  const back = await server.socketOf(guest.session_token);
  const { epoch, offset } = watching.frames.findLast(({ topic }) => topic !== undefined);
  const again = { id: 1, op: 'subscribe', topic: `meeting:${meeting.meeting_id}`, epoch, offset };
  expect(await back.ask(again)).toMatchObject({ ok: true, mode: 'current' });
  expect(await live(back, 'presence')).toMatchObject({ present: 2 });
  socket.close();
  expect(await live(watching, 'presence', ({ present }) => present === 1)).toMatchObject({ members: 0 });
});

test('the agenda: added, moved, ordered, linked, current; every watcher has it whole', async () => {
  const meeting = await newMeeting();
  const election = await openMotion(meeting);
  const elsewhere = await openMotion(await newMeeting());
  const guest = await join(meeting, { name: 'Guest' });
  const watching = await server.socketOf(guest.session_token);
  await watching.ask({ id: 1, op: 'subscribe', topic: `meeting:${meeting.meeting_id}` });
  expect(await live(watching, 'agenda')).toEqual({ items: [], current_item_id: null });

  const path = `${meeting.path}/agenda`;
  await chairs('POST', path, { kind: 'text', title: 'Welcome', minutes: 5 });
  await chairs('POST', path, { kind: 'election', title: 'Motion', election_id: election });
  const agenda = agendaView.parse(await chairs('POST', path, { kind: 'break', title: 'Coffee', position: 1 }));
  expect(agenda.items.map(({ title }) => title)).toEqual(['Welcome', 'Coffee', 'Motion']);
  const ids = agenda.items.map(({ item_id: id }) => id);
  const [welcome, coffee, motion] = ids as [string, string, string];
  expect(
    await refusal(call('POST', path, { as: chair, body: { kind: 'election', title: 'X', election_id: elsewhere } })),
  ).toEqual([404, 'NOT_FOUND_001', undefined]);
  expect(await refusal(call('POST', path, { as: chair, body: { kind: 'text', title: 'A\u0007' } }))).toEqual([
    422,
    'VALIDATION_001',
    undefined,
  ]);
  expect((await chairs('PATCH', `${path}/${welcome}`, { position: 9, title: 'Goodbye' })).items.at(-1)).toMatchObject({
    title: 'Goodbye',
    minutes: 5,
  });
  const asked = { as: chair, body: { items: [coffee, motion] } };
  expect(await refusal(call('PUT', `${path}/order`, asked))).toEqual([409, 'CONFLICT_001', 'changed']);
  await chairs('PUT', `${path}/order`, { items: ids.toReversed() });
  await chairs('PUT', `${path}/current`, { item_id: motion });
  const shown = await live(watching, 'agenda', ({ current_item_id: id }) => id === motion);
  expect(shown.items.map(({ title }: { title: string }) => title)).toEqual(['Motion', 'Coffee', 'Goodbye']);
  const left = await chairs('DELETE', `${path}/${motion}`);
  expect(left).toMatchObject({ current_item_id: null, items: [{ title: 'Coffee' }, { title: 'Goodbye' }] });
  expect(await refusal(call('POST', path, { as: guest.session_token, body: { kind: 'text', title: 'X' } }))).toEqual([
    403,
    'AUTH_002',
    undefined,
  ]);
});

test('speakers ask and withdraw; the moderator gives the floor, orders and closes the list', async () => {
  const meeting = await newMeeting({ speaker_seconds: 60, speakers_max: 2 });
  const path = `${meeting.path}/speakers`;
  const guests = await Promise.all(['A', 'B', 'C'].map((name) => join(meeting, { name })));
  const [a, b, c] = guests.map(({ session_token: as }) => as) as [string, string, string];
  const watching = await server.socketOf(c);
  await watching.ask({ id: 1, op: 'subscribe', topic: `meeting:${meeting.meeting_id}` });
  for (const as of [a, b, a]) expect((await call('POST', path, { as, body: {} })).status).toBe(200);
  expect(await refusal(call('POST', path, { as: c }))).toEqual([409, 'CONFLICT_001', 'full']);
  const list = speakerList.parse(await live(watching, 'speakers', ({ items }) => items.length === 2));
  expect(list).toMatchObject({ open: true, seconds: 60, items: [{ name: 'A' }, { name: 'B' }] });
  const [first, second] = list.items.map(({ speaker_id: id }) => id) as [string, string];

  expect((await call('POST', `${path}/${first}/withdraw`, { as: b })).status).toBe(404);
  expect((await call('POST', `${path}/${first}/next`, { as: a })).status).toBe(403);
  expect((await chairs('PUT', `${path}/order`, { speakers: [second, first] })).items[0].name).toBe('B');
  expect((await chairs('POST', `${path}/${first}/next`)).items[0]).toMatchObject({ name: 'A', state: 'speaking' });
  expect((await chairs('POST', `${path}/${second}/next`)).items).toMatchObject([{ name: 'B', state: 'speaking' }]);
  expect((await chairs('POST', `${path}/${second}/done`)).items).toEqual([]);
  for (const act of ['next', 'done', 'withdraw']) {
    expect(await refusal(call('POST', `${path}/${first}/${act}`, { as: chair }))).toEqual([
      409,
      'CONFLICT_001',
      'over',
    ]);
    expect((await call('POST', `${path}/${randomUUID()}/${act}`, { as: chair })).status).toBe(404);
  }
  await chairs('PATCH', meeting.path, { speakers_open: false });
  expect(await live(watching, 'speakers', ({ open }) => !open)).toMatchObject({ items: [] });
  expect(await refusal(call('POST', path, { as: c }))).toEqual([409, 'CONFLICT_001', 'closed']);
  const put = await chairs('POST', path, { attendee_id: guests[2]?.attendee_id });
  expect(put.items).toMatchObject([{ name: 'C', state: 'waiting' }]);
  expect((await call('POST', `${path}/${put.items[0].speaker_id}/withdraw`, { as: c })).json.items).toEqual([]);
});

test('proxies: given by number in the hall, accepted, cast with over HTTP and the socket, revoked', async () => {
  const meeting = await newMeeting();
  const holder = (await join(meeting, { as: ada.token })).session_token;
  const grantor = (await join(meeting, { as: bea.token })).session_token;
  const given = await call('POST', '/v1/proxies', { as: grantor, body: { holder_number: ada.number } });
  const { proxy_id: id, meeting_id: of } = proxyView.parse(given.json);
  expect([given.status, of]).toEqual([201, meeting.meeting_id]);
  expect((await call('POST', `/v1/proxies/${id}/accept`, { as: grantor })).status).toBe(403);
  expect((await call('POST', `/v1/proxies/${id}/accept`, { as: holder })).json.state).toBe('accepted');
  const own = ownAttendance.parse((await call('GET', '/v1/attendance', { as: holder })).json);
  expect(own.proxies).toMatchObject([{ member_id: bea.memberId, name: 'Bea' }]);

  const [first, second] = [await openMotion(meeting), await openMotion(meeting)];
  const ballot = { ballot: { choice: 'yes' }, on_behalf_of: bea.memberId };
  const post = (election: string, as: string, body: object) =>
    call('POST', `/v1/elections/${election}/ballots`, { as, body: { ...body, cast_key: newCastKey() } });
  expect((await post(first, holder, ballot)).status).toBe(201);
  expect(await refusal(post(first, grantor, { ballot: { choice: 'no' } }))).toEqual([409, 'BALLOT_002', undefined]);
  expect(await refusal(post(first, holder, { ...ballot, credential: 'vt_0123456789abcdef' }))).toEqual([
    422,
    'VALIDATION_001',
    undefined,
  ]);
  expect(await refusal(post(first, grantor, { ...ballot, on_behalf_of: ada.memberId }))).toEqual([
    403,
    'AUTH_002',
    'no_proxy',
  ]);
  const socket = await server.socketOf(holder);
  const cast = { id: 7, op: 'cast', election: second, cast_key: newCastKey(), ...ballot };
  const reply = await socket.ask(cast);
  expect(reply).toMatchObject({ ok: true });
  expect(await socket.ask({ ...cast, id: 8 })).toMatchObject({ ok: true, tracking_code: reply.tracking_code });
  expect(await socket.ask({ ...cast, id: 9, cast_key: newCastKey() })).toMatchObject({ error: { code: 'BALLOT_002' } });

  expect((await call('POST', `/v1/proxies/${id}/revoke`, { as: grantor })).json.state).toBe('revoked');
  const third = await openMotion(meeting);
  const after = { ...cast, id: 10, election: third, cast_key: newCastKey() };
  expect(await socket.ask(after)).toMatchObject({ error: { code: 'AUTH_002', details: { reason: 'no_proxy' } } });
});

test('proxies: members see their own, moderators all; lists come by CSV; guests none', async () => {
  const meeting = await newMeeting();
  const file = { as: chair, csv: `grantor,holder\n${ada.number},${bea.number}\n` };
  const path = `/v1/proxies/import?meeting_id=${meeting.meeting_id}`;
  expect((await call('POST', path, file)).json).toEqual({ imported: 1, repeated: 0 });
  const cleo = await server.newMember('Cleo');
  const seen = async (as: string) =>
    proxyPage.parse((await call('GET', `/v1/proxies?meeting_id=${meeting.meeting_id}`, { as })).json).items.length;
  expect(await Promise.all([chair, ada.token, bea.token, cleo.token].map(seen))).toEqual([1, 1, 1, 0]);
  const guest = await join(meeting, { name: 'Guest' });
  expect((await call('GET', '/v1/proxies', { as: guest.session_token })).status).toBe(403);
  expect((await call('POST', path, { ...file, as: cleo.token })).status).toBe(403);
  const wrong = { as: chair, csv: 'grantor,holder\nnobody,ada\n' };
  expect((await call('POST', path, wrong)).json.details.rows).toMatchObject([{ line: 2, problem: 'unknown_member' }]);
  expect((await chairs('PUT', '/v1/proxy-settings', { holder_limit: 1 })).holder_limit).toBe(1);
  expect((await call('GET', '/v1/proxy-settings', { as: cleo.token })).json).toEqual({ holder_limit: 1 });
  expect((await call('PUT', '/v1/proxy-settings', { as: cleo.token, body: { holder_limit: 9 } })).status).toBe(403);
  const third = { holder_number: bea.number, meeting_id: meeting.meeting_id };
  const offered = await refusal(call('POST', '/v1/proxies', { as: cleo.token, body: third }));
  expect(offered).toEqual([409, 'CONFLICT_001', 'limit']);
  await chairs('PUT', '/v1/proxy-settings', { holder_limit: null });
});

test('a moderator of one meeting runs that one, and nothing beyond', async () => {
  const meeting = await newMeeting();
  const other = await newMeeting();
  const { attendee_id: id, session_token: as } = await join(meeting, { as: ada.token });
  expect((await call('POST', `${meeting.path}/start`, { as })).status).toBe(403);
  await chairs('POST', `${meeting.path}/attendees/${id}/role`, { role: 'moderator' });
  await expect
    .poll(async () => (await call('POST', `${meeting.path}/start`, { as })).status, { timeout: 3_000 })
    .toBe(200);
  expect((await call('GET', `${meeting.path}/attendees`, { as })).json.items).toMatchObject([{ role: 'moderator' }]);
  expect((await call('POST', `${meeting.path}/agenda`, { as, body: { kind: 'text', title: 'Hello' } })).status).toBe(
    201,
  );
  for (const path of ['start', 'end', 'rotate-code', 'attendees/admit', `attendees/${id}/remove`]) {
    expect((await call('POST', `${other.path}/${path}`, { as })).status).toBe(404);
  }
  expect((await call('PATCH', other.path, { as, body: { title: 'Mine' } })).status).toBe(404);
  for (const [method, path] of [
    ['GET', '/v1/meetings'],
    ['GET', '/v1/members'],
    ['POST', `${meeting.path}/attendees/${id}/role`],
  ] as const) {
    const body = method === 'POST' ? { role: null } : undefined;
    expect((await call(method, path, { as, body })).status).toBe(403);
  }
});

test('who is removed is cut off on the socket and over HTTP within a second', async () => {
  const meeting = await newMeeting();
  const { attendee_id: id, session_token: as } = await join(meeting, { name: 'Loud' });
  const socket = await server.socketOf(as);
  const startMs = performance.now();
  await chairs('POST', `${meeting.path}/attendees/${id}/remove`);
  expect(await socket.untilClosed()).toBe(1008);
  expect(performance.now() - startMs).toBeLessThan(1_000);
  expect(await refusal(call('GET', meeting.path, { as }))).toEqual([401, 'AUTH_001', 'revoked']);
});

test('ending: refused over open elections, named and forced, idempotent; titles are one line', async () => {
  const meeting = await newMeeting();
  const election = await openMotion(meeting);
  const refused = await call('POST', `${meeting.path}/end`, { as: chair });
  expect(refused.json).toMatchObject({ error_code: 'CONFLICT_001', details: { elections: [election] } });
  const ended = meetingEnded.parse(await chairs('POST', `${meeting.path}/end`, { force: true }));
  expect(ended).toMatchObject({ open_elections: [election], meeting: { state: 'ended' } });
  const late = call('POST', '/v1/join', { body: { code: meeting.join_code, name: 'Late' } });
  expect(await refusal(late)).toEqual([409, 'CONFLICT_001', 'ended']);
  for (const title of ['a\u0000b', 'a\nb', 'a\u009bb', 'a\u2066b', 'a\u202eb', ' ']) {
    expect((await call('POST', '/v1/meetings', { as: chair, body: { title } })).status).toBe(422);
    const motion = { title, method: { method: 'motion', settings: {} } };
    expect((await call('POST', '/v1/elections', { as: chair, body: motion })).status).toBe(422);
  }
  expect((await call('POST', '/v1/meetings', { as: chair, body: { title: 'عربي 株主総会' } })).status).toBe(201);
});

test('the QR code is a picture of the address to join by', async () => {
  const meeting = await newMeeting();
  const { status, text } = await call('GET', `${meeting.path}/qr.svg?base=https://vote.example`, { as: chair });
  expect(status).toBe(200);
  expect(text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 (\d+) \1"/);
  const plain = await call('GET', `${meeting.path}/qr.svg`, { as: chair });
  expect(plain.text).not.toBe(text);
  expect((await call('GET', `${meeting.path}/qr.svg?base=javascript:alert(1)`, { as: chair })).status).toBe(422);
  expect((await call('GET', `/v1/meetings/${randomUUID()}/qr.svg`, { as: chair })).status).toBe(404);
});
