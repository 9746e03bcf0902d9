import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import type { MemberImport, MembersActor } from '../../engine/index.ts';
import { accepted, kindOf, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

const chair: MembersActor = { id: randomUUID(), givesRoles: true };
const helper: MembersActor = { id: randomUUID(), givesRoles: false };

interface More {
  readonly createGroups?: boolean;
  readonly as?: MembersActor;
}

const attempt = (orgId: string, file: string | Uint8Array, { createGroups, as = chair }: More = {}) =>
  engine.memberImports.preview(orgId, { bytes: typeof file === 'string' ? Buffer.from(file) : file, createGroups }, as);

async function preview(orgId: string, file: string, more?: More): Promise<MemberImport> {
  return accepted(await attempt(orgId, file, more));
}

async function load(orgId: string, file: string, more: More = {}): Promise<MemberImport> {
  const { importId } = await preview(orgId, file, more);
  return accepted(await engine.memberImports.accept(orgId, importId, more.as ?? chair));
}

const byNumber = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });

/** Everybody, by number, as short as a test can read it. */
async function members(orgId: string): Promise<string[]> {
  const { items } = accepted(await engine.members.list(orgId, { limit: 1_000 }));
  return items
    .map(({ number, name, email, roles, status, weight, groups }) =>
      [
        number,
        name,
        email ?? '-',
        roles.join('+'),
        status,
        weight / 1_000n,
        groups.map((group) => group.name).join('+'),
      ].join(' '),
    )
    .sort(byNumber);
}

const errorsOf = ({ errors }: MemberImport) =>
  errors.map(({ line, column, problem, value }) => [line, column, problem, value]);
const staged = (orgId: string) => superuser`SELECT FROM app.member_import_rows WHERE org_id = ${orgId}`;
const reasonOf = (outcome: { ok: boolean; failure?: { details?: Record<string, unknown> } }) =>
  outcome.ok ? 'ok' : outcome.failure?.details?.reason;

describe('a preview', () => {
  test('tells what would be new, changed and unchanged, and writes no member', async () => {
    const orgId = await newOrganisation(engine);
    await load(orgId, 'number,name,email\n1,Ada,ada@club.example\n2,Grace,grace@club.example');
    const before = await members(orgId);
    const shown = await preview(orgId, 'number,name,weight,phone\n1,Ada King,1\n2,Grace,1,555\n3,Emmy,2.5,');
    expect(shown).toMatchObject({
      state: 'preview',
      encoding: 'utf-8',
      separator: 'comma',
      columns: [{ field: 'number' }, { field: 'name' }, { field: 'weight' }, { heading: 'phone', field: null }],
      counts: { rows: 3, new: 1, changed: 0, unchanged: 1, wrong: 1 },
    });
    expect(errorsOf(shown)).toEqual([[2, null, 'too_few_cells', '1 Ada King 1']]);
    const right = await preview(orgId, 'number,name,weight\n1,Ada King,1\n2,Grace,1\n3,Emmy,2.5');
    expect(right.counts).toEqual({ rows: 3, new: 1, changed: 1, unchanged: 1, wrong: 0 });
    expect(right.sample).toEqual([
      expect.objectContaining({ line: 2, action: 'changed', number: '1', name: 'Ada King', email: 'ada@club.example' }),
      expect.objectContaining({ line: 3, action: 'unchanged', name: 'Grace' }),
      expect.objectContaining({
        line: 4,
        action: 'new',
        weight: '2500000',
        roles: ['member'],
        status: 'active',
        groups: [],
      }),
    ]);
    expect(await members(orgId)).toEqual(before);
  });

  test('knows German headings, words and numbers, separated by semicolons', async () => {
    const orgId = await newOrganisation(engine);
    const file =
      '\uFEFFMitglieds-Nr.;Vorname;Nachname;E-Mail-Adresse;Rolle;Status;Stimmgewicht;Gruppen;Bemerkung\r\n' +
      '1;Jürgen;Müller;J@Club.Example;Mitglied|Prüfer;aktiv;1,5;Vorstand|Chor;"mit ""Anführung""\nund Umbruch"\r\n' +
      '2;Zoë;;;;eingeladen;;;\r\n;;;;;;;;\r\n';
    const shown = await preview(orgId, file, { createGroups: true });
    expect(shown).toMatchObject({
      separator: 'semicolon',
      newGroups: ['Chor', 'Vorstand'],
      errors: [],
      counts: { rows: 2, new: 2 },
    });
    accepted(await engine.memberImports.accept(orgId, shown.importId, chair));
    expect(await members(orgId)).toEqual([
      '1 Jürgen Müller j@club.example auditor+member active 1500 Chor+Vorstand',
      '2 Zoë - member invited 1000 ',
    ]);
  });

  test('names every mistake with its line, column and value', async () => {
    const orgId = await newOrganisation(engine);
    await load(orgId, 'number,name,email\n1,Ada,ada@club.example\n2,Bea,bea@club.example');
    const long = 'x'.repeat(201);
    const rows = [
      '10,Zero,z@club.example,0,member,active,',
      '11,Minus,m@club.example,-1,member,active,',
      '12,Role,r@club.example,1,captain,active,',
      '13,Status,s@club.example,1,member,sleeping,',
      '14,Mail,nowhere,1,member,active,',
      `15,${long},l@club.example,1,member,active,`,
      '16,Turn\u202Eed,t@club.example,1,member,active,',
      '17,"Two\nlines",w@club.example,1,member,active,',
      '18,Group,g@club.example,1,member,active,Nowhere',
      '10,Again,again@club.example,1,member,active,',
      '19,Same mail,Z@club.example,1,member,active,',
      '20,Taken,ada@club.example,1,member,active,',
      '21,,nameless@club.example,1,member,active,',
      ',Nobody,,1,member,active,',
      '22,Thousand,th@club.example,1.000,member,active,',
      '23,Many,many@club.example,1,member,active,,more',
      '2,Bea,,1,member,active,',
    ];
    const shown = await preview(orgId, ['number,name,email,weight,roles,status,groups', ...rows].join('\n'));
    expect(errorsOf(shown)).toEqual([
      [2, 'weight', 'weight_of_zero', '0'],
      [3, 'weight', 'not_a_weight', '-1'],
      [4, 'roles', 'unknown_role', 'captain'],
      [5, 'status', 'unknown_status', 'sleeping'],
      [6, 'email', 'not_an_email', 'nowhere'],
      [7, 'name', 'too_long', `${'x'.repeat(40)}…`],
      [8, 'name', 'direction_override', 'Turn\u202Eed'],
      [9, 'name', 'control_character', 'Two\nlines'],
      [11, 'groups', 'unknown_group', 'Nowhere'],
      [12, 'number', 'number_twice', '10'],
      [13, 'email', 'email_twice', 'z@club.example'],
      [14, 'email', 'email_taken', 'ada@club.example'],
      [15, 'name', 'missing', ''],
      [16, null, 'missing', ' Nobody  1 member active '],
      [17, 'weight', 'not_a_weight', '1.000'],
      [18, null, 'too_many_cells', 'more'],
    ]);
    expect(shown.errors.find(({ line }) => line === 12)?.message).toContain('Line 2');
    expect(shown.counts).toMatchObject({ rows: 17, wrong: 16, unchanged: 1 });
    expect(await staged(orgId)).toHaveLength(0);
    expect(reasonOf(await engine.memberImports.accept(orgId, shown.importId, chair))).toBe('has_errors');
    expect(await members(orgId)).toHaveLength(2);
  });

  test.each([
    ['nothing at all', '', 'empty'],
    ['a heading alone', 'number,name\n', 'empty'],
    ['quotes that do not match', 'number,name\n1,"Ada\n2,Bea', 'quotes'],
    ['a quote in the middle', 'number,name\n1,A"d"a\n', 'quotes'],
    ['no column to know members by', 'name,weight\nAda,1', 'columns_missing'],
    ['more than 100 columns', `number,name${',x'.repeat(99)}\n1,A${','.repeat(99)}`, 'too_many_columns'],
    ['two columns for the same', 'Nr.,Nummer,name\n1,1,Ada', 'columns_twice'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d]), 'encoding'],
  ])('refuses %s', async (_, file, reason) => {
    const outcome = await attempt(await newOrganisation(engine), file);
    expect(kindOf(outcome)).toBe('invalid_input');
    expect(reasonOf(outcome)).toBe(reason);
  });

  test('refuses more than 50,000 rows', async () => {
    const file = `number,name\n${Array.from({ length: 50_001 }, (_, i) => `${i},A`).join('\n')}`;
    expect(reasonOf(await attempt(await newOrganisation(engine), file))).toBe('too_many_rows');
  });

  test.each([
    ['windows-1252', Buffer.from('number,name\n1,J\xfcrgen \x80 \x92', 'latin1'), 'Jürgen € ’'],
    ['utf-16le', Buffer.from('\uFEFFnumber,name\n1,Jürgen', 'utf16le'), 'Jürgen'],
    ['utf-16be', Buffer.from('\uFEFFnumber,name\n1,Jürgen', 'utf16le').swap16(), 'Jürgen'],
    ['utf-16le', Buffer.from('number,name\n1,Jürgen', 'utf16le'), 'Jürgen'],
  ] as const)('says that a file looks like %s, and takes it as such when told to', async (found, bytes, name) => {
    const orgId = await newOrganisation(engine);
    const outcome = await engine.memberImports.preview(orgId, { bytes }, chair);
    expect(outcome).toMatchObject({
      ok: false,
      failure: {
        kind: 'invalid_input',
        details: { reason: 'encoding', found },
        message: expect.stringContaining(`?encoding=${found}`),
      },
    });
    const shown = accepted(await engine.memberImports.preview(orgId, { bytes, encoding: found }, chair));
    expect(shown.sample[0]?.name).toBe(name);
  });
});

describe('an acceptance', () => {
  test('changes what the file says, keeps what it leaves out, and happens once', async () => {
    const orgId = await newOrganisation(engine);
    await load(orgId, 'number,name,email,groups,weight\n1,Ada,ada@club.example,A|B,2\n2,Bea,,,\n7,Cy,,,', {
      createGroups: true,
    });
    const { importId } = await preview(orgId, 'number,name,groups,weight\n1,,B,\n2,Beatrix,,3\n7,Cy,,');
    const first = accepted(await engine.memberImports.accept(orgId, importId, chair));
    expect(first).toMatchObject({ state: 'accepted', counts: { changed: 2, unchanged: 1 } });
    const after = [
      '1 Ada ada@club.example member active 2000 B',
      '2 Beatrix - member active 3000 ',
      '7 Cy - member active 1000 ',
    ];
    expect(await members(orgId)).toEqual(after);
    expect(accepted(await engine.memberImports.accept(orgId, importId, chair))).toEqual(first);
    expect(await members(orgId)).toEqual(after);
    expect(await staged(orgId)).toHaveLength(0);
    const [entry] = await superuser<{ payload: object }[]>`
      SELECT payload FROM app.log WHERE org_id = ${orgId} AND kind = 'members.imported' ORDER BY pos DESC LIMIT 1`;
    expect(entry?.payload).toEqual({ by: chair.id, made: 0, changed: 2 });
  });

  test('knows members by e-mail where the file has no numbers, and gives the next free ones', async () => {
    const orgId = await newOrganisation(engine);
    await load(orgId, 'number,name,email\n40,Ada,ada@club.example\nM-9,Bea,bea@club.example');
    await load(orgId, 'name,email\nAda King,ADA@club.example\nCy,cy@club.example\nDee,dee@club.example');
    expect(await members(orgId)).toEqual([
      '40 Ada King ada@club.example member active 1000 ',
      '41 Cy cy@club.example member active 1000 ',
      '42 Dee dee@club.example member active 1000 ',
      'M-9 Bea bea@club.example member active 1000 ',
    ]);
  });

  test('lets two members exchange their addresses', async () => {
    const orgId = await newOrganisation(engine);
    await load(orgId, 'number,name,email\n1,Ada,a@club.example\n2,Bea,b@club.example');
    await load(orgId, 'number,email\n1,b@club.example\n2,a@club.example');
    expect((await members(orgId)).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      '1 Ada b@club.example',
      '2 Bea a@club.example',
    ]);
    expect(accepted(await engine.members.list(orgId, { q: 'a@club' })).items.map(({ name }) => name)).toEqual(['Bea']);
  });

  test('finds two rows that mean one member', async () => {
    const orgId = await newOrganisation(engine);
    await load(orgId, 'number,name,email\n1,Ada,a@club.example');
    const shown = await preview(orgId, 'number,name,email\n1,Ada,\n,Ada,a@club.example');
    expect(errorsOf(shown)).toEqual([[3, null, 'member_twice', 'a@club.example']]);
  });

  test.each([
    ['a member of the list', 'change'],
    ['somebody new with the same number', 'create'],
    ['a group of the list', 'group'],
  ])('is refused as stale when %s came in between; another member does not matter', async (_, kind) => {
    const orgId = await newOrganisation(engine);
    const group = accepted(await engine.groups.create(orgId, { name: 'G' }, chair.id));
    const ada = accepted(await engine.members.create(orgId, { number: '1', name: 'Ada' }, chair));
    const other = accepted(await engine.members.create(orgId, { number: '9', name: 'Other' }, chair));
    const { importId } = await preview(orgId, 'number,name,groups\n1,Ada King,\n2,Bea,G');
    accepted(await engine.members.change(orgId, other.memberId, { name: 'Changed' }, chair));
    if (kind === 'change') accepted(await engine.members.change(orgId, ada.memberId, { note: 'x' }, chair));
    if (kind === 'create') accepted(await engine.members.create(orgId, { number: '2', name: 'Quick' }, chair));
    if (kind === 'group') accepted(await engine.groups.delete(orgId, group.groupId, chair.id));
    const before = await members(orgId);
    expect(reasonOf(await engine.memberImports.accept(orgId, importId, chair))).toBe('stale');
    expect(await members(orgId)).toEqual(before);
  });

  test('is not hindered by what another member did', async () => {
    const orgId = await newOrganisation(engine);
    await load(orgId, 'number,name\n1,Ada\n9,Other');
    const { importId } = await preview(orgId, 'number,name\n1,Ada King');
    await load(orgId, 'number,name\n9,Changed');
    expect(kindOf(await engine.memberImports.accept(orgId, importId, chair))).toBe('ok');
  });

  test('of many callers at once happens once', async () => {
    const orgId = await newOrganisation(engine);
    const { importId } = await preview(orgId, 'number,name\n1,Ada\n2,Bea');
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => engine.memberImports.accept(orgId, importId, chair)),
    );
    expect(outcomes.map(kindOf)).toEqual(Array(6).fill('ok'));
    const entries = await superuser`SELECT FROM app.log WHERE org_id = ${orgId} AND kind = 'members.imported'`;
    expect(entries).toHaveLength(1);
  });

  test('cuts off whom it deactivates or gives other roles, and nobody else', async () => {
    const orgId = await newOrganisation(engine);
    await load(orgId, 'number,name,roles\n1,Ada,admin\n2,Bea,moderator\n3,Cy,member\n4,Dee,member');
    await load(orgId, 'number,roles,status,weight\n2,member,,\n3,,inaktiv,\n4,,,2');
    const cut = await superuser<{ name: string }[]>`
      SELECT m.name FROM app.log l JOIN app.members m ON m.org_id = l.org_id AND m.member_id = l.topic
      WHERE l.org_id = ${orgId} AND l.kind = 'access.revoked' AND l.payload ->> 'kind' = 'member' AND l.payload ->> 'id' = m.member_id::text ORDER BY 1`;
    expect(cut.map(({ name }) => name)).toEqual(['Bea', 'Cy']);
  });

  test('leaves roles to admins, and one admin to the organisation', async () => {
    const orgId = await newOrganisation(engine);
    await load(orgId, 'number,name,roles\n1,Ada,admin\n2,Bea,member');
    const file = 'number,name,roles\n1,Ada King,\n2,Bea,member|moderator\n3,Cy,admin\n4,Dee,';
    const shown = await preview(orgId, file, { as: helper });
    expect(errorsOf(shown)).toEqual(
      [2, 3, 4].map((line) => [line, 'roles', 'role_not_allowed', ['', '', 'Ada King', 'Bea', 'Cy'][line]]),
    );
    const byAdmin = await preview(orgId, file);
    const refused = await engine.memberImports.accept(orgId, byAdmin.importId, helper);
    expect(kindOf(refused)).toBe('forbidden');
    expect(errorsOf(await preview(orgId, 'number,roles\n1,member'))).toEqual([[2, null, 'last_admin', '1']]);
    expect(errorsOf(await preview(orgId, 'number,status\n1,inactive'))).toEqual([[2, null, 'last_admin', '1']]);
    expect(
      (await preview(orgId, 'number,name,roles,status\n1,Ada,admin,active', { as: helper })).counts.unchanged,
    ).toBe(1);
  });

  test('is too late after a day, and the list is erased then', async () => {
    const orgId = await newOrganisation(engine);
    const { importId } = await preview(orgId, 'number,name\n1,Ada');
    await superuser`UPDATE app.member_imports SET expires_at = clock_timestamp() WHERE import_id = ${importId}`;
    expect(accepted(await engine.memberImports.get(orgId, importId)).state).toBe('expired');
    expect(reasonOf(await engine.memberImports.accept(orgId, importId, chair))).toBe('expired');
    await engine.memberImports.tidy();
    expect(kindOf(await engine.memberImports.get(orgId, importId))).toBe('not_found');
    expect(await staged(orgId)).toHaveLength(0);
  });

  test('makes room for newer ones: ten wait at most', async () => {
    const orgId = await newOrganisation(engine);
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push((await preview(orgId, `number,name\n${n},A`)).importId);
    const found = await Promise.all(
      ids.map(async (importId) => kindOf(await engine.memberImports.get(orgId, importId))),
    );
    expect(found).toEqual([...Array(2).fill('not_found'), ...Array(10).fill('ok')]);
  });

  test('belongs to its organisation, and is gone once deleted', async () => {
    const [ours, theirs] = [await newOrganisation(engine), await newOrganisation(engine)];
    const { importId } = await preview(theirs, 'number,name\n1,Eve');
    for (const outcome of [
      await engine.memberImports.get(ours, importId),
      await engine.memberImports.accept(ours, importId, chair),
      await engine.memberImports.delete(ours, importId),
    ]) {
      expect(kindOf(outcome)).toBe('not_found');
    }
    accepted(await engine.memberImports.delete(theirs, importId));
    expect(kindOf(await engine.memberImports.accept(theirs, importId, chair))).toBe('not_found');
  });
});
