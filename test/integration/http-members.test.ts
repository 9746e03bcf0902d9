import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { memberImport } from '../../protocol/member-imports.ts';
import { memberView } from '../../protocol/members.ts';
import { newPerson } from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { serveMembers } from './members-server.ts';

const database = await freshDatabase();
const { ask, engine, ours, theirs, stop } = await serveMembers(database.ownerUrl);
afterAll(stop);

const asAdmin = { as: ours.admin };
const make = async (body: object, as = ours.admin) => ask('POST', '/v1/members', { as, body });
const csv = (text: string | Uint8Array, more: { as?: string; query?: string; headers?: Record<string, string> } = {}) =>
  ask('POST', `/v1/member-imports${more.query ?? ''}`, {
    as: more.as ?? ours.admin,
    file: text,
    headers: { 'content-type': 'text/csv', ...more.headers },
  });

describe('members over HTTP', () => {
  test('are created, read with an ETag, changed, found, deactivated and reactivated', async () => {
    const created = await make({ name: 'Ada Lovelace', email: 'Ada@Club.example', weight: '1.5' });
    expect(created.status).toBe(201);
    const member = memberView.parse(created.json);
    expect(member).toMatchObject({ email: 'ada@club.example', weight: '1.5', status: 'active', roles: ['member'] });
    const address = created.headers.get('location') as string;
    const read = await ask('GET', address, asAdmin);
    expect(read.json).toEqual(member);
    const etag = read.headers.get('etag') as string;
    expect((await ask('GET', address, { ...asAdmin, headers: { 'if-none-match': etag } })).status).toBe(304);
    const changed = await ask('PATCH', address, { ...asAdmin, body: { name: 'Ada King', email: null } });
    expect(changed.json).toMatchObject({ name: 'Ada King', email: null, weight: '1.5' });
    expect((await ask('GET', address, { ...asAdmin, headers: { 'if-none-match': etag } })).status).toBe(200);
    const found = await ask('GET', '/v1/members?q=KING&status=active&role=member', asAdmin);
    expect(found.json).toEqual({ items: [changed.json], next_cursor: null });
    expect((await ask('POST', `${address}/deactivate`, asAdmin)).json.status).toBe('inactive');
    expect((await ask('POST', `${address}/reactivate`, asAdmin)).json.status).toBe('active');
    const counts = await ask('GET', '/v1/member-counts', asAdmin);
    expect(counts.json).toMatchObject({ active: expect.any(Number), active_weight: expect.any(String) });
  });

  test.each([
    ['no name', {}, 'name'],
    ['a weight of zero', { name: 'A', weight: '0' }, 'weight'],
    ['a name with a line break in it', { name: 'A\nB' }, 'name'],
    ['a name that turns the direction of writing', { name: 'A\u202EB' }, 'name'],
    ['no e-mail address', { name: 'A', email: 'nowhere' }, 'email'],
    ['an unknown role', { name: 'A', roles: ['captain'] }, 'roles.0'],
    ['no role', { name: 'A', roles: [] }, 'roles'],
    ['a field that is not known', { name: 'A', shoe_size: 43 }, 'shoe_size'],
  ])('are refused with %s, naming the field', async (_, body, path) => {
    const refused = await make(body);
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({ error_code: 'VALIDATION_001', details: { fields: [{ path }] } });
  });

  test('are refused with a name that is too long, by a code of its own', async () => {
    const refused = await make({ name: 'x'.repeat(201) });
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({ error_code: 'VALIDATION_002', details: { fields: [{ path: 'name' }] } });
  });

  test('a number that is taken is a conflict that names the field', async () => {
    expect((await make({ number: 'T-1', name: 'A' })).status).toBe(201);
    const refused = await make({ number: 'T-1', name: 'B' });
    expect(refused.status).toBe(409);
    expect(refused.json.details).toMatchObject({ reason: 'number_taken', fields: [{ path: 'number' }] });
  });

  test('the same Idempotency-Key makes one member', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const twice = [
      await ask('POST', '/v1/members', { ...asAdmin, body: { name: 'Once' }, headers }),
      await ask('POST', '/v1/members', { ...asAdmin, body: { name: 'Once' }, headers }),
    ];
    expect(twice.map(({ status }) => status)).toEqual([201, 201]);
    expect(twice[0]?.json).toEqual(twice[1]?.json);
    expect((await ask('GET', '/v1/members?q=once', asAdmin)).json.items).toHaveLength(1);
  });

  test('who may do what', async () => {
    const { json: plain } = await make({ name: 'Plain' });
    const { json: chair } = await make({ name: 'Chair', roles: ['moderator'] });
    const table = [
      [ours.member, 'GET', '/v1/members', undefined, 403],
      [ours.auditor, 'GET', '/v1/members', undefined, 200],
      [ours.auditor, 'POST', '/v1/members', { name: 'A' }, 403],
      [ours.auditor, 'GET', '/v1/members.csv', undefined, 403],
      [ours.moderator, 'POST', '/v1/members', { name: 'A' }, 201],
      [ours.moderator, 'POST', '/v1/members', { name: 'A', roles: ['admin'] }, 403],
      [ours.moderator, 'PATCH', `/v1/members/${plain.member_id}`, { note: 'x' }, 200],
      [ours.moderator, 'PATCH', `/v1/members/${plain.member_id}`, { roles: ['admin'] }, 403],
      [ours.moderator, 'POST', `/v1/members/${chair.member_id}/deactivate`, undefined, 403],
      [ours.admin, 'POST', `/v1/members/${chair.member_id}/deactivate`, undefined, 200],
      [theirs.admin, 'GET', `/v1/members/${plain.member_id}`, undefined, 404],
      [theirs.admin, 'PATCH', `/v1/members/${plain.member_id}`, { name: 'Mine' }, 404],
    ] as const;
    for (const [as, method, path, body, status] of table) {
      expect([method, path, (await ask(method, path, { as, body })).status]).toEqual([method, path, status]);
    }
  });
});

describe('groups over HTTP', () => {
  test('are created, filled, read, renamed, emptied and deleted', async () => {
    const ids = [(await make({ name: 'G1' })).json.member_id, (await make({ name: 'G2' })).json.member_id] as string[];
    const created = await ask('POST', '/v1/groups', { ...asAdmin, body: { name: 'Chor' } });
    expect(created.status).toBe(201);
    const address = created.headers.get('location') as string;
    const groupId = created.json.group_id as string;
    expect((await ask('POST', `${address}/members`, { ...asAdmin, body: { add: ids } })).json).toEqual({
      added: 2,
      removed: 0,
    });
    expect((await ask('GET', `/v1/members?group=${groupId}`, asAdmin)).json.items).toHaveLength(2);
    expect((await ask('DELETE', `${address}/members/${ids[0]}`, asAdmin)).status).toBe(204);
    expect((await ask('PUT', `${address}/members/${ids[1]}`, asAdmin)).status).toBe(204);
    expect((await ask('GET', address, asAdmin)).json).toMatchObject({ name: 'Chor', members: 1 });
    expect((await ask('PATCH', address, { ...asAdmin, body: { name: 'CHOR' } })).json.name).toBe('CHOR');
    expect((await ask('POST', '/v1/groups', { ...asAdmin, body: { name: 'chor' } })).status).toBe(409);
    expect((await ask('POST', '/v1/groups', { ...asAdmin, body: { name: 'a|b' } })).status).toBe(422);
    expect((await ask('GET', '/v1/groups', asAdmin)).json.items).toMatchObject([{ name: 'CHOR' }]);
    expect((await ask('GET', address, { as: theirs.admin })).status).toBe(404);
    expect((await ask('DELETE', address, asAdmin)).status).toBe(204);
    expect((await ask('GET', address, asAdmin)).status).toBe(404);
  });
});

describe('imports over HTTP', () => {
  test('show a preview, change nothing, and are accepted once', async () => {
    const shown = await csv('Nr;Name;Gruppe\nI-1;Jürgen Import;Neu\nI-2;Zoë Import;', { query: '?create_groups=true' });
    expect(shown.status).toBe(201);
    expect(memberImport.parse(shown.json)).toMatchObject({ state: 'preview', counts: { new: 2 }, new_groups: ['Neu'] });
    const address = shown.headers.get('location') as string;
    expect((await ask('GET', '/v1/members?q=import', asAdmin)).json.items).toEqual([]);
    expect((await ask('GET', address, asAdmin)).json).toEqual(shown.json);
    const accepted = await ask('POST', `${address}/accept`, asAdmin);
    expect(memberImport.parse(accepted.json)).toMatchObject({ state: 'accepted', accepted_at: expect.any(String) });
    expect((await ask('POST', `${address}/accept`, asAdmin)).json).toEqual(accepted.json);
    expect((await ask('GET', '/v1/members?q=import', asAdmin)).json.items).toHaveLength(2);
    expect((await ask('DELETE', address, asAdmin)).status).toBe(204);
  });

  test.each([
    ['another media type', 'a,b', { headers: { 'content-type': 'application/json' } }, 415, undefined],
    ['a wrong encoding', Buffer.from('number,name\n1,J\xfcrgen', 'latin1'), {}, 422, 'encoding'],
    ['an unknown encoding asked for', 'number,name\n1,A', { query: '?encoding=ebcdic' }, 422, undefined],
    ['no column to know members by', 'name\nAda', {}, 422, 'columns_missing'],
    ['more than 8 MB', new Uint8Array(8 * 1024 * 1024 + 1), {}, 413, undefined],
  ])('are refused for %s', async (_, file, more, status, reason) => {
    const refused = await csv(file, more);
    expect(refused.status).toBe(status);
    expect(refused.json.details.reason).toBe(reason);
  });

  test('with errors are told row by row and cannot be accepted', async () => {
    const shown = await csv('number,name,weight\nE-1,Ada,0\nE-2,Bea,1');
    expect(shown.json).toMatchObject({
      counts: { rows: 2, wrong: 1 },
      errors: [{ line: 2, column: 'weight', problem: 'weight_of_zero', value: '0', message: expect.any(String) }],
    });
    const refused = await ask('POST', `/v1/member-imports/${shown.json.import_id}/accept`, asAdmin);
    expect(refused.status).toBe(409);
    expect(refused.json.details.reason).toBe('has_errors');
  });
});

describe('exports over HTTP', () => {
  test('guard against formulas, and come back as they went', async () => {
    const { theirs: club } = { theirs };
    const as = club.admin;
    const evil = [
      '=1+1',
      '+49 170',
      '-5',
      '@sum',
      '=HYPERLINK("https://evil.example")',
      'plain, with "quotes"; and more',
    ];
    for (const name of evil) expect((await make({ name, note: 'two\nlines' }, as)).status).toBe(201);
    const out = await ask('GET', '/v1/members.csv', { as });
    expect(out.headers.get('content-type')).toContain('text/csv');
    expect(out.headers.get('content-disposition')).toContain('members.csv');
    expect(out.text).toMatch(/^number,name,email,roles,status,weight,groups,note\r\n/);
    for (const line of out.text.split('\r\n')) expect(line).not.toMatch(/(?:^|,)"?[=+\-@]/);
    const back = await csv(out.text, { as });
    expect(back.json).toMatchObject({ counts: { rows: evil.length, unchanged: evil.length, wrong: 0 } });
    const marked = await ask('GET', '/v1/members.csv?bom=true&separator=semicolon', { as });
    expect(marked.bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect((await csv(marked.bytes, { as })).json).toMatchObject({
      separator: 'semicolon',
      counts: { unchanged: evil.length },
    });
    const some = await ask('GET', '/v1/members.csv?status=inactive', { as });
    expect(some.text.trim().split('\r\n')).toHaveLength(1);
  });

  test('have every row, over more pages than one', async () => {
    const rows = Array.from({ length: 2_300 }, (_, i) => `X-${i},Export ${i},`).join('\n');
    const shown = await csv(`number,name,email\n${rows}`);
    expect((await ask('POST', `/v1/member-imports/${shown.json.import_id}/accept`, asAdmin)).status).toBe(200);
    const out = await ask('GET', '/v1/members.csv', asAdmin);
    expect(new Set(out.text.match(/X-\d+,Export/g)).size).toBe(2_300);
  });
});

describe('invitations over HTTP', () => {
  test('lead from a mail to a membership', async () => {
    const { json: member } = await make({ name: 'Invited', email: 'invited@club.example', status: 'invited' });
    const body = { campaign: 'http', members: [member.member_id], locale: 'de' };
    expect((await ask('POST', '/v1/member-invitations', { ...asAdmin, body })).json).toMatchObject({
      invited: 1,
      remaining: 0,
    });
    expect((await ask('POST', '/v1/member-invitations', { ...asAdmin, body })).json).toMatchObject({
      invited: 0,
      repeated: 1,
    });
    const listed = await ask('GET', `/v1/member-invitations?member=${member.member_id}&state=open`, asAdmin);
    const invitation = listed.json.items[0];
    const address = `/v1/member-invitations/${invitation.invitation_id}`;
    expect((await ask('GET', address, asAdmin)).json).toEqual(invitation);
    expect((await ask('POST', `${address}/resend`, asAdmin)).json).toMatchObject({ sent: 2, state: 'open' });
    expect(listed.text).not.toContain('piv_');

    const waiting = await engine.mails.waiting(1_000);
    const mails = waiting.ok ? waiting.value.filter(({ to }) => to === 'invited@club.example') : [];
    const tokens = mails.map(({ text }) => /#invite=(piv_[\w-]{43})/.exec(text)?.[1] as string);
    const looks = await Promise.all(tokens.map((token) => ask('POST', '/v1/invitations/look', { body: { token } })));
    expect(looks.map(({ status }) => status).sort()).toEqual([200, 404]);
    const token = tokens[looks.findIndex(({ status }) => status === 200)] as string;
    expect(looks.find(({ status }) => status === 200)?.json).toMatchObject({ organisation: 'Ours', name: 'Invited' });

    expect((await ask('POST', '/v1/invitations/redeem', { ...asAdmin, body: { token } })).status).toBe(403);
    expect((await ask('POST', '/v1/invitations/redeem', { body: { token } })).status).toBe(401);
    const { pair } = await newPerson(engine);
    const redeemed = await ask('POST', '/v1/invitations/redeem', { as: pair.accessToken, body: { token } });
    expect(redeemed.json).toEqual({ org_id: ours.orgId, organisation: 'Ours', member_id: member.member_id });
    const now = await ask('GET', `/v1/members/${member.member_id}`, asAdmin);
    expect(now.json).toMatchObject({ status: 'active', has_account: true });
    const stranger = await newPerson(engine);
    const used = await ask('POST', '/v1/invitations/redeem', { as: stranger.pair.accessToken, body: { token } });
    expect([used.status, used.json.details.reason]).toEqual([409, 'used']);
    expect((await ask('POST', `${address}/revoke`, asAdmin)).json.details.reason).toBe('used');
    expect((await ask('GET', address, { as: theirs.admin })).status).toBe(404);
  });

  test('of a member who is deactivated end the access of the person within a second', async () => {
    const { pair, person } = await newPerson(engine);
    const { json: member } = await make({ name: 'Short', email: 'short@club.example' });
    await engine.organisations.linkMember(ours.orgId, member.member_id, person.accountId);
    const read = () => ask('GET', '/v1/meetings', { as: pair.accessToken, headers: { 'x-org-id': ours.orgId } });
    expect((await read()).json.error_code).toBe('AUTH_002'); // known, and no moderator
    expect((await ask('POST', `/v1/members/${member.member_id}/deactivate`, asAdmin)).status).toBe(200);
    const until = performance.now() + 1_000;
    let answer = await read();
    while (answer.json.error_code === 'AUTH_002' && performance.now() < until) {
      await sleep(50); // within what an address may ask
      answer = await read();
    }
    expect(answer.status).toBe(404); // the organisation is none of the person's any more
  });
});
