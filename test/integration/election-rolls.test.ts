import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import type { Election, Meeting } from '../../engine/index.ts';
import { accepted, kindOf, newElection, ONE_VOTE } from '../harness/engines.ts';
import { accountOf, castAs, joinAs, newMembers } from '../harness/meeting.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { serveHttp } from './http-server.ts';

const database = await freshDatabase();
const server = await serveHttp(database.ownerUrl);
afterAll(() => server.stop());
const { call, engine, ours } = server;
const { orgId } = ours;
const NAMES = ['Dora', 'Ada', 'Cleo', 'Bea'];
const members = await newMembers(engine, orgId, NAMES, true);
const [dora, ada] = members as [string, string, string, string];

const participantsOf = async (electionId: string, query = {}) =>
  accepted(await engine.elections.participants(orgId, electionId, query)).items;

describe('a roll of members', () => {
  test('has all active members with their weight, or one group; who has voted is seen by name, also while it is open', async () => {
    const draft = await newElection(engine, orgId, { roll: 'members' });
    const election = accepted(await engine.elections.open(orgId, draft.electionId, 'mia'));
    expect(accepted(await engine.elections.participation(orgId, election.electionId))).toMatchObject({
      roll: 4,
      rollWeight: 10n * ONE_VOTE,
    });
    accepted(await castAs(engine, accountOf(orgId, ada), election));
    const listed = await participantsOf(election.electionId);
    expect(listed.map(({ name, voted }) => [name, voted])).toEqual([
      ['Ada', true],
      ['Bea', false],
      ['Cleo', false],
      ['Dora', false],
    ]);
    expect(Object.keys(listed[0] ?? {}).sort()).toEqual(['name', 'voted', 'voterId']);
    expect((await participantsOf(election.electionId, { voted: true })).map(({ voterId }) => voterId)).toEqual([ada]);
    expect(await participantsOf(election.electionId, { voted: false })).toHaveLength(3);

    const { groupId } = accepted(await engine.groups.create(orgId, { name: 'Board' }, 'mia'));
    const actor = { id: orgId, givesRoles: true };
    accepted(await engine.members.create(orgId, { number: '9', name: 'Eve', groups: [groupId] }, actor));
    const board = await newElection(engine, orgId, { roll: 'members', rollGroupId: groupId });
    accepted(await engine.elections.open(orgId, board.electionId, 'mia'));
    expect((await participantsOf(board.electionId)).map(({ name }) => name)).toEqual(['Eve']);
    const gone = await newElection(engine, orgId, { roll: 'members', rollGroupId: groupId });
    accepted(await engine.groups.delete(orgId, groupId, 'mia'));
    expect(kindOf(await engine.elections.open(orgId, gone.electionId, 'mia'))).toBe('conflict');
    const nowhere = { title: 'x', method: { method: 'motion' as const, settings: {} }, options: draft.options };
    const refused = await engine.elections.create(orgId, { ...nowhere, roll: 'members', rollGroupId: groupId }, 'mia');
    expect(refused).toMatchObject({ failure: { details: { fields: [{ path: 'roll_group_id' }] } } });
  });

  test('is paged by name over HTTP, as JSON and CSV, for chair and auditors alone', async () => {
    const draft = await newElection(engine, orgId, { roll: 'members' });
    accepted(await engine.elections.open(orgId, draft.electionId, 'mia'));
    const path = `/v1/elections/${draft.electionId}/participants`;
    const names: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await call('GET', `${path}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`, {
        as: ours.moderator,
      });
      expect(page.headers.get('cache-control')).toBe('no-store');
      names.push(...page.json.items.map(({ name }: { name: string }) => name));
      cursor = page.json.next_cursor;
    }
    expect(names).toEqual([...names].sort());
    expect(names).toContain('Dora');
    const csv = await call('GET', `${path}.csv?voted=false`, { as: ours.moderator });
    expect(csv.text.split('\r\n').slice(0, 2)).toEqual(['voter_id,name,voted', `${ada},Ada,no`]);
    expect((await call('GET', path, { as: ours.member })).status).toBe(403);
    expect((await call('GET', path, { as: server.theirs.admin })).status).toBe(404);
  });
});

async function meetingWith(
  ...memberIds: string[]
): Promise<{ meeting: Meeting; tokens: string[]; attendees: string[] }> {
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Assembly' }, 'mia'));
  const joined = [];
  for (const memberId of memberIds) joined.push(await joinAs(engine, meeting, memberId));
  return {
    meeting,
    tokens: joined.map(({ sessionToken }) => sessionToken),
    attendees: joined.map(({ attendeeId }) => attendeeId),
  };
}

const PRESENT = { majority: { base: 'present', threshold: 'absolute' } } as const;

describe('who is present', () => {
  test('is taken from the meeting at the close, with their weight, so that weighted votes have that base', async () => {
    const { meeting, tokens, attendees } = await meetingWith(dora, ada);
    accepted(await engine.meetings.keepPresence(orgId, meeting.meetingId, randomUUID(), attendees));
    const draft = await newElection(engine, orgId, { meetingId: meeting.meetingId, roll: 'meeting', rules: PRESENT });
    const election = accepted(await engine.elections.open(orgId, draft.electionId, 'mia'));
    const identity = accepted(await engine.accounts.authenticate(tokens[1] ?? '')).identity;
    if (identity === null) throw new Error('nobody');
    accepted(await castAs(engine, identity, election));
    const closed = accepted(await engine.elections.close(orgId, election.electionId, 'mia'));
    expect(closed).toMatchObject({ present: 2, presentWeight: 3n * ONE_VOTE });
    const { ruling } = accepted(await engine.elections.result(orgId, election.electionId));
    expect(ruling).toMatchObject({ outcome: 'carried', majority: { baseWeight: 3n * ONE_VOTE, given: 2n * ONE_VOTE } });
  });

  test('stays what a moderator has set by hand, and is left alone where no rule asks', async () => {
    const { meeting, attendees } = await meetingWith(dora);
    accepted(await engine.meetings.keepPresence(orgId, meeting.meetingId, randomUUID(), attendees));
    const of = async (more: object): Promise<Election> => {
      const draft = await newElection(engine, orgId, { meetingId: meeting.meetingId, roll: 'meeting', ...more });
      return accepted(await engine.elections.open(orgId, draft.electionId, 'mia'));
    };
    const byHand = await of({ rules: PRESENT });
    accepted(await engine.elections.setPresent(orgId, byHand.electionId, 7, 'mia', 9n * ONE_VOTE));
    const close = async ({ electionId }: Election) => accepted(await engine.elections.close(orgId, electionId, 'mia'));
    expect(await close(byHand)).toMatchObject({ present: 7, presentWeight: 9n * ONE_VOTE });
    expect(await close(await of({}))).toMatchObject({ present: null, presentWeight: null });
  });
});

test('a moderator of one meeting runs its votes, and nothing of another meeting or of the organisation', async () => {
  const { meeting, attendees } = await meetingWith(dora);
  const other = await meetingWith(ada);
  accepted(await engine.attendees.setRole(orgId, meeting.meetingId, attendees[0] ?? '', 'moderator', 'mia'));
  const as = (await joinAs(engine, meeting, dora)).sessionToken;
  const body = { title: 'Adopt?', method: { method: 'motion', settings: {} } };

  const made = await call('POST', '/v1/elections', { as, body });
  expect([made.status, made.json.meeting_id]).toEqual([201, meeting.meetingId]);
  const own = `/v1/elections/${made.json.election_id}`;
  expect((await call('PATCH', own, { as, body: { title: 'Adopt it?' } })).status).toBe(200);
  expect((await call('POST', `${own}/copy`, { as, body: {} })).json.meeting_id).toBe(meeting.meetingId);
  const fromTemplate = await call('POST', '/v1/election-templates/motion/elections', { as, body: { title: 'x' } });
  expect(fromTemplate.json.meeting_id).toBe(meeting.meetingId);
  expect((await call('POST', `${own}/open`, { as, body: { duration_seconds: 600 } })).status).toBe(200);
  expect((await call('GET', `${own}/participants`, { as })).status).toBe(200);
  expect((await call('PUT', `${own}/paper-declaration`, { as, body: { ballots: 2 } })).status).toBe(200);
  for (const act of ['close', 'recount', 'publish'])
    expect([act, (await call('POST', `${own}/${act}`, { as })).status]).toEqual([act, 200]);

  const foreign = await newElection(engine, orgId, { meetingId: other.meeting.meetingId });
  const alone = await newElection(engine, orgId);
  const paper = { ballots: 1, totals: { options: { yes: 1 } } };
  for (const { electionId } of [foreign, alone]) {
    const path = `/v1/elections/${electionId}`;
    const answers = [
      await call('PATCH', path, { as, body: { title: 'x' } }),
      await call('DELETE', path, { as }),
      await call('POST', `${path}/copy`, { as, body: {} }),
      await call('POST', `${path}/open`, { as }),
      await call('POST', `${path}/extend`, { as, body: { by_seconds: 5 } }),
      await call('POST', `${path}/close`, { as }),
      await call('POST', `${path}/publish`, { as }),
      await call('POST', `${path}/cancel`, { as, body: { reason: 'x' } }),
      await call('POST', `${path}/present`, { as, body: { present: 1 } }),
      await call('POST', `${path}/recount`, { as }),
      await call('GET', `${path}/participation`, { as }),
      await call('GET', `${path}/participants`, { as }),
      await call('GET', `${path}/participants.csv`, { as }),
      await call('GET', `${path}/result`, { as }),
      await call('GET', `${path}/standing`, { as }),
      await call('GET', `${path}/minutes.pdf`, { as }),
      await call('GET', `${path}/paper-batches`, { as }),
      await call('PUT', `${path}/paper-declaration`, { as, body: { ballots: 1 } }),
      await call('POST', `${path}/paper-batches`, { as, body: { label: 'x', count: paper } }),
      await call('POST', `${path}/paper-batches/${randomUUID()}/confirm`, { as, body: { count: paper } }),
      await call('DELETE', `${path}/paper-batches/${randomUUID()}`, { as }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  }
  const elsewhere = { ...body, meeting_id: other.meeting.meetingId };
  expect((await call('POST', '/v1/elections', { as, body: elsewhere })).status).toBe(404);
  expect((await call('POST', `${own}/copy`, { as, body: { meeting_id: other.meeting.meetingId } })).status).toBe(404);
  expect((await call('POST', '/v1/election-templates', { as, body: { name: 'x', election: body } })).status).toBe(403);
  expect((await call('GET', `/v1/meetings/${other.meeting.meetingId}/minutes.pdf`, { as })).status).toBe(404);
  const minutes = await call('GET', `/v1/meetings/${meeting.meetingId}/minutes.pdf`, { as });
  expect([minutes.status, minutes.headers.get('content-type')]).toEqual([200, 'application/pdf']);
});

test('a draft on the agenda can be deleted: the item stays, without it', async () => {
  const { meeting } = await meetingWith(dora);
  const draft = await newElection(engine, orgId, { meetingId: meeting.meetingId });
  const item = { kind: 'election', title: 'Vote', electionId: draft.electionId } as const;
  accepted(await engine.agendas.add(orgId, meeting.meetingId, item, 'mia'));
  accepted(await engine.elections.remove(orgId, draft.electionId, 'mia'));
  const { items } = accepted(await engine.agendas.get(orgId, meeting.meetingId));
  expect(items.map(({ title, electionId }) => [title, electionId])).toEqual([['Vote', null]]);
  const last = accepted(await engine.feed.read(orgId, 0, 500, draft.electionId)).at(-1);
  expect(last).toMatchObject({ kind: 'election.deleted', payload: { meeting: meeting.meetingId } });
});

test('a member on two devices is one person for paper ballots', async () => {
  const { meeting, attendees } = await meetingWith(dora);
  accepted(await engine.attendees.setRole(orgId, meeting.meetingId, attendees[0] ?? '', 'moderator', 'mia'));
  const [phone, laptop] = [await joinAs(engine, meeting, dora), await joinAs(engine, meeting, dora)];
  const draft = await newElection(engine, orgId, { meetingId: meeting.meetingId });
  accepted(await engine.elections.open(orgId, draft.electionId, 'mia'));
  accepted(await engine.paper.declare(orgId, draft.electionId, 1, 'mia'));
  const path = `/v1/elections/${draft.electionId}/paper-batches`;
  const count = { ballots: 1, totals: { options: { yes: 1 } } };
  const entered = await call('POST', path, { as: phone.sessionToken, body: { label: 'Box', count } });
  const second = await call('POST', `${path}/${entered.json.batch_id}/confirm`, {
    as: laptop.sessionToken,
    body: { count },
  });
  expect([entered.status, second.status, second.json.details.reason]).toEqual([201, 409, 'same_person']);
});
