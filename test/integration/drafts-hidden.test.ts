import { expect, test } from 'vitest';
import { agendaView } from '../../protocol/agenda.ts';
import { joined, meetingLive, meetingView } from '../../protocol/meetings.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { serveMeetings } from './meeting-server.ts';
import type { RawSocket } from './raw-socket.ts';

const server = await serveMeetings(await freshDatabase());
const { call, chair, chairs } = server;
const ada = await server.newMember('Ada');
const bea = await server.newMember('Bea');
const memberKey = await server.key('member');
const auditorKey = await server.key('auditor');
// the scopes of a key narrow what it does: it finds the drafts that it made
const scopedKey = (
  (await call('POST', '/v1/api-keys', {
    as: await server.key('admin'),
    body: { name: 'Scoped', roles: ['moderator'], scopes: ['elections.create', 'elections.read'] },
  })) as { json: { secret: string } }
).json.secret;

/** Words that stand in the draft alone. */
const WORDS = ['Merge with the harbour', 'In secret until Friday', 'Quay Street', 'Mole Road'];
const [title, description, first, second] = WORDS as [string, string, string, string];

async function joinAs(code: string, as?: string, name?: string): Promise<string> {
  const { json } = await call('POST', '/v1/join', { as, body: { code, ...(name ? { name } : {}) } });
  return joined.parse(json).session_token;
}

async function newDraft(more: object = {}) {
  const meeting = meetingView.parse(await chairs('POST', '/v1/meetings', { title: 'Assembly' }));
  const picture = await server.engine.pictures.add(server.orgId, await onePixel(), 'test');
  if (!picture.ok) throw new Error(picture.failure.message);
  const draft = await chairs('POST', '/v1/elections', {
    title,
    description,
    method: { method: 'choose', settings: { min: 1, max: 1 } },
    options: [
      { id: 'a', title: first, picture: picture.value.pictureId },
      { id: 'b', title: second },
    ],
    roll: 'meeting',
    meeting_id: meeting.meeting_id,
    ...more,
  });
  const id = draft.election_id as string;
  const agenda = { kind: 'election', title: 'A vote', election_id: id };
  await chairs('POST', `/v1/meetings/${meeting.meeting_id}/agenda`, agenda);
  const guest = await joinAs(meeting.join_code, undefined, 'Grace');
  return { meeting, id, guest, secrets: [...WORDS, id, picture.value.pictureId] };
}

async function onePixel(): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  return sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
}

/** Addresses of all that can be read, by what they name. */
async function readable(): Promise<{ ofElections: string[]; others: string[] }> {
  const { json } = await call('GET', '/openapi.json');
  const paths = Object.entries(json.paths as Record<string, object>).flatMap(([path, of]) => ('get' in of ? path : []));
  const ofElections = paths.filter((path) => path.includes('{election_id}'));
  const others = paths.filter((path) => path.startsWith('/v1/') && !path.replace('{meeting_id}', '').includes('{'));
  return { ofElections, others };
}

test('until it opens a draft is nowhere for guests, members and their keys, whatever they read', async () => {
  const { meeting, id, guest, secrets } = await newDraft();
  const attending = await joinAs(meeting.join_code, ada.token);
  const { ofElections, others } = await readable();
  expect(ofElections.length).toBeGreaterThan(10);
  expect(others.length).toBeGreaterThan(10);
  for (const as of [guest, attending, ada.token, memberKey]) {
    for (const path of ofElections) {
      const { status, text } = await call('GET', path.replace('{election_id}', id).replace(/\{\w+\}/, 'b'.repeat(32)), {
        as,
      });
      expect([path, [403, 404].includes(status)]).toEqual([path, true]); // 403: what the role may not read of any election
      for (const secret of secrets) expect(text.replaceAll(path, '')).not.toContain(secret);
    }
    for (const path of others) {
      const { text } = await call('GET', path.replace('{meeting_id}', meeting.meeting_id), { as });
      for (const secret of secrets) expect([path, text.includes(secret)]).toEqual([path, false]);
    }
    expect((await call('GET', `/v1/elections/${id}`, { as })).status).toBe(404);
    expect((await call('GET', `/v1/elections?meeting_id=${meeting.meeting_id}`, { as })).json.items).toEqual([]);
    const agenda = agendaView.parse((await call('GET', `/v1/meetings/${meeting.meeting_id}/agenda`, { as })).json);
    expect(agenda.items).toMatchObject([{ title: 'A vote', election_id: null }]);
  }
});

test('whoever prepares or oversees sees it, by whatever way they come', async () => {
  const { meeting, id } = await newDraft();
  await joinAs(meeting.join_code, bea.token);
  const attendee = await attendeeOf(meeting.meeting_id);
  await chairs('POST', `/v1/meetings/${meeting.meeting_id}/attendees/${attendee}/role`, { role: 'moderator' });
  const moderator = await joinAs(meeting.join_code, bea.token);
  for (const as of [chair, auditorKey, scopedKey, moderator]) {
    expect((await call('GET', `/v1/elections/${id}`, { as })).json.title).toBe(title);
    const { json } = await call('GET', `/v1/elections?meeting_id=${meeting.meeting_id}`, { as });
    expect(json.items).toHaveLength(1);
  }
  for (const as of [chair, auditorKey, moderator]) {
    const { json } = await call('GET', `/v1/meetings/${meeting.meeting_id}/agenda`, { as });
    expect(json.items[0].election_id).toBe(id);
  }
});

async function attendeeOf(meetingId: string): Promise<string> {
  const { items } = await chairs('GET', `/v1/meetings/${meetingId}/attendees`);
  return items.find(({ name }: { name: string }) => name === 'Bea').attendee_id;
}

test('from its opening on it is there; one that is cancelled before never is', async () => {
  const { meeting, id, guest } = await newDraft();
  const { election_id: never } = await chairs('POST', `/v1/elections/${id}/copy`);
  await chairs('POST', `/v1/elections/${never}/cancel`, { reason: 'Not this year' });
  await chairs('POST', `/v1/elections/${id}/open`);
  expect((await call('GET', `/v1/elections/${id}`, { as: guest })).json).toMatchObject({ title, state: 'open' });
  const { json } = await call('GET', '/v1/elections', { as: guest });
  expect(json.items.map((each: { election_id: string }) => each.election_id)).toEqual([id]);
  expect((await call('GET', `/v1/elections/${never}`, { as: guest })).status).toBe(404);
  const agenda = await call('GET', `/v1/meetings/${meeting.meeting_id}/agenda`, { as: guest });
  expect(agenda.json.items[0].election_id).toBe(id);
});

/** Until what has come, all of it, fits. */
async function met(socket: RawSocket, fits: () => boolean): Promise<void> {
  if (!fits()) await socket.until(fits);
}

const subscribe = (socket: RawSocket, topic: string, since: object = {}) =>
  socket.ask({ id: `subscribe ${Math.random()}`, op: 'subscribe', topic, ...since });

test('topics: nothing of a draft, then its opening with the election whole; moderators get every step', async () => {
  const { meeting, id, guest, secrets } = await newDraft();
  const [watching, leading] = [await server.socketOf(guest), await server.socketOf(chair)];
  const topic = `meeting:${meeting.meeting_id}`;
  for (const kind of ['election', 'tally']) {
    expect((await subscribe(watching, `${kind}:${id}`)).error.code).toBe('NOT_FOUND_001');
    expect((await subscribe(leading, `${kind}:${id}`)).ok).toBe(true);
  }
  const { epoch, offset } = await subscribe(watching, topic);
  await subscribe(leading, topic);
  await chairs('PATCH', `/v1/elections/${id}`, { description: `${description}!` });
  await chairs('PUT', `/v1/elections/${id}/paper-declaration`, { ballots: 3 });
  const { election_id: gone } = await chairs('POST', `/v1/elections/${id}/copy`);
  await chairs('DELETE', `/v1/elections/${gone}`);
  const kinds = (socket: RawSocket) =>
    socket.frames
      .filter((frame) => frame.topic === topic)
      .flatMap((frame) => frame.data?.events ?? [])
      .map(({ kind }: { kind: string }) => kind);
  await met(leading, () => kinds(leading).includes('election.deleted'));
  expect(kinds(leading)).toEqual(
    expect.arrayContaining(['election.edited', 'election.paper_declared', 'election.created']),
  );
  // what comes later arrives later: a guest's topic that has told of this would have told of the draft before
  await chairs('PATCH', `/v1/meetings/${meeting.meeting_id}`, { title: 'General assembly' });
  await met(watching, () => kinds(watching).includes('meeting.changed'));
  expect(kinds(watching).filter((kind) => kind.startsWith('election.'))).toEqual([]);
  const seen = JSON.stringify(watching.frames).replaceAll(`"topic":"election:${id}"`, '');
  for (const secret of [...secrets, gone]) expect(seen).not.toContain(secret);

  await chairs('POST', `/v1/elections/${id}/open`);
  const live = () => watching.frames.flatMap((frame) => frame.data?.live ?? []);
  await met(watching, () => kinds(watching).includes('election.opened'));
  await met(watching, () => live().some(({ agenda }) => agenda?.items[0]?.election_id === id));
  await met(watching, () => live().some(({ elections }) => elections !== undefined));
  const brought = meetingLive.parse(live().find(({ elections }) => elections !== undefined));
  expect(brought.elections).toMatchObject([{ election_id: id, title, state: 'open' }]);
  expect((await subscribe(watching, `election:${id}`)).ok).toBe(true);
  expect((await subscribe(watching, `tally:${id}`)).ok).toBe(true);

  // a resume reads the log again: of what happened to the draft it tells nothing
  const resumed = await server.socketOf(guest);
  expect((await subscribe(resumed, topic, { epoch, offset })).mode).toBe('resumed');
  await met(resumed, () => kinds(resumed).includes('election.opened'));
  expect(kinds(resumed).filter((kind) => kind.startsWith('election.'))).toEqual(['election.opened']);
});
