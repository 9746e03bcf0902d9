import { afterAll, describe, expect, test } from 'vitest';
import { PLATFORM_CHAIN } from '../../engine/index.ts';
import { type AuditEntryView, auditEntry, auditPage, auditState } from '../../protocol/audit.ts';
import { actsOf, auditOf, chainAll } from '../harness/audit.ts';
import { auditPlace } from '../harness/audit-place.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { serveMembers } from './members-server.ts';

const database = await freshDatabase();
const { ask, engine, ours, theirs, stop } = await serveMembers(database.ownerUrl);
afterAll(stop);

const read = async (query = '', as = ours.auditor): Promise<AuditEntryView[]> => {
  await chainAll(engine, ours.orgId);
  const answer = await ask('GET', `/v1/audit${query}`, { as });
  expect(answer.status).toBe(200);
  return auditPage.parse(answer.json).items;
};
const as = ours.admin;

describe('what people do over HTTP', () => {
  test('is written down with the key that did it, the request and the address', async () => {
    const made = await ask('POST', '/v1/members', { as, body: { name: 'Grace Hopper', email: 'grace@club.example' } });
    const requestId = made.headers.get('x-request-id');
    const [entry] = await read('?act=members');
    expect(entry).toMatchObject({
      act: 'members.created',
      subject: `members/${made.json.member_id}`,
      request_id: requestId,
      origin: '127.0.0.1',
      actor_name: 'admin',
      bypassed: false,
      old: null,
      new: { name: 'Grace Hopper', email: 'grace@club.example' },
    });
    expect(entry?.actor).toMatch(/^api_key:[0-9a-f-]{36}$/);
  });

  test('a whole meeting leaves nothing that seems to bypass the engine', async () => {
    const post = async (path: string, body?: object) => {
      const answer = await ask('POST', path, { as, ...(body === undefined ? {} : { body }) });
      expect([path, answer.status < 300]).toEqual([path, true]);
      return answer.json;
    };
    const meeting = await post('/v1/meetings', { title: 'Assembly' });
    await post(`/v1/meetings/${meeting.meeting_id}/start`);
    const joined = await ask('POST', '/v1/join', { body: { code: meeting.join_code, name: 'Ada' } });
    const motion = {
      meeting_id: meeting.meeting_id,
      title: 'Budget',
      method: { method: 'motion', settings: {} },
      options: [
        { id: 'yes', title: 'Yes' },
        { id: 'no', title: 'No' },
      ],
      roll: 'meeting',
    };
    const election = await post('/v1/elections', motion);
    await ask('PATCH', `/v1/elections/${election.election_id}`, { as, body: { title: 'The budget' } });
    await post(`/v1/elections/${election.election_id}/open`);
    const ballot = { ballot: { choice: 'yes' }, cast_key: 'ab'.repeat(16) };
    const cast = await ask('POST', `/v1/elections/${election.election_id}/ballots`, {
      as: joined.json.session_token,
      body: ballot,
    });
    expect(cast.status).toBe(201);
    await post(`/v1/elections/${election.election_id}/close`);
    expect((await ask('GET', `/v1/elections/${election.election_id}/result`, { as })).status).toBe(200);
    await post(`/v1/elections/${election.election_id}/publish`);
    await post('/v1/webhooks', { url: 'https://hook.example/', events: ['election.closed'] });
    await post(`/v1/meetings/${meeting.meeting_id}/end`);
    const records = await auditOf(engine, ours.orgId);
    expect(records.filter(({ entry }) => entry.bypassed).map(({ entry }) => entry.act)).toEqual([]);
    expect(actsOf(records)).toEqual(
      expect.arrayContaining([
        'meetings.created meetings',
        'attendees.created attendees',
        'elections.changed elections',
        'ballots.cast elections',
        'results.created results',
        'electoral_roll.created electoral_roll',
      ]),
    );
    const platform = await auditOf(engine, PLATFORM_CHAIN);
    expect(platform.filter(({ entry }) => entry.bypassed).map(({ entry }) => entry.act)).toEqual([]);
    expect(await engine.audit.verify(ours.orgId)).toMatchObject({ problem: null });
  });
});

describe('the audit record over HTTP', () => {
  test('is for auditors and administrators of the organisation', async () => {
    for (const path of ['/v1/audit', '/v1/audit.csv', '/v1/audit.jsonl', '/v1/audit/state']) {
      const statuses = await Promise.all(
        [ours.auditor, ours.admin, ours.moderator, ours.member].map(
          async (key) => (await ask('GET', path, { as: key })).status,
        ),
      );
      expect([path, statuses]).toEqual([path, [200, 200, 403, 403]]);
    }
  });

  test('shows nothing of another organisation', async () => {
    await ask('POST', '/v1/members', { as: theirs.admin, body: { name: 'Their secret member' } });
    await chainAll(engine, theirs.orgId);
    for (const path of ['/v1/audit', '/v1/audit.csv', '/v1/audit.jsonl', '/v1/audit?act=members&limit=1000']) {
      expect((await ask('GET', path, { as: ours.auditor })).text).not.toContain('Their secret member');
    }
    expect((await ask('GET', '/v1/audit?act=members', { as: theirs.auditor })).text).toContain('Their secret member');
  });

  test('is filtered by who, what, when, and what about, and paged', async () => {
    const { member_id: id } = (await ask('POST', '/v1/members', { as, body: { name: 'Lise' } })).json;
    await ask('PATCH', `/v1/members/${id}`, { as, body: { name: 'Lise Meitner' } });
    const about = await read(`?subject=members/${id}`);
    expect(about.map(({ act }) => act)).toEqual(['members.changed', 'members.created']);
    const [changed] = about as [AuditEntryView];
    expect(changed).toMatchObject({ old: { name: 'Lise' }, new: { name: 'Lise Meitner' } });
    expect(await read(`?subject=members/${id}&from=${changed.at}`)).toHaveLength(1);
    expect((await read(`?subject=members/${id}&to=${changed.at}`)).map(({ act }) => act)).toEqual(['members.created']);
    expect((await read(`?act=members.changed&subject=members/${id}`)).map(({ seq }) => seq)).toEqual([changed.seq]);
    expect((await read(`?actor=${changed.actor}&limit=1`)).map(({ seq }) => seq)).toEqual([changed.seq]);
    expect(new Set((await read('?actor=api_key')).map(({ actor }) => actor.split(':')[0]))).toEqual(
      new Set(['api_key']),
    );
    expect(await read('?bypassed=true')).toEqual([]);
    const first = await ask('GET', '/v1/audit?limit=2', { as: ours.auditor });
    const next = await ask('GET', `/v1/audit?limit=2&cursor=${first.json.next_cursor}`, { as: ours.auditor });
    const seqs = [...first.json.items, ...next.json.items].map(({ seq }: AuditEntryView) => seq);
    const newest = Number(seqs[0]);
    expect(seqs).toEqual([newest, newest - 1, newest - 2, newest - 3]);
  });

  test.each(['?cursor=x', '?from=yesterday', '?bypassed=maybe', '?actor=', '?other=1', '?limit=0'])(
    '%s is refused with the field',
    async (query) => {
      const answer = await ask('GET', `/v1/audit${query}`, { as: ours.auditor });
      expect([answer.status, answer.json.details.fields.length]).toEqual([422, 1]);
    },
  );

  test('is exported as CSV, with formulas disarmed, and as JSON lines', async () => {
    await ask('POST', '/v1/members', { as, body: { name: 'Emmy', note: '=1+1' } });
    await chainAll(engine, ours.orgId);
    const csv = await ask('GET', '/v1/audit.csv?act=members', { as: ours.auditor });
    const [head, first] = csv.text.split('\r\n');
    expect(head).toBe(
      'seq,at,actor,actor_name,bypassed,act,subject,origin,request_id,facts,old,new,erased,prev_hash,entry_hash',
    );
    expect(first).toContain('members.created');
    const lines = (await ask('GET', '/v1/audit.jsonl?act=members', { as: ours.auditor })).text.trim().split('\n');
    expect(auditEntry.parse(JSON.parse(lines[0] ?? ''))).toMatchObject({
      act: 'members.created',
      new: { name: 'Emmy' },
    });
  });

  test('says how the chain stands: its end, the signed head, the last check', async () => {
    const { headsFolder } = auditPlace();
    await chainAll(engine, ours.orgId);
    await engine.audit.publishHeads(headsFolder);
    await engine.audit.check(headsFolder);
    const state = auditState.parse((await ask('GET', '/v1/audit/state', { as: ours.auditor })).json);
    expect(state).toMatchObject({
      head: { seq: state.seq, entry_hash: state.hash },
      check: { seq: state.seq, problem: null },
    });
  });
});
