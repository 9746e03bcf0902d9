import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import type { MemberQuery } from '../../engine/index.ts';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

const chair = { id: randomUUID(), givesRoles: true };

interface Person {
  readonly number: string;
  readonly name: string;
  readonly email?: string;
}

async function organisationOf(people: readonly Person[]): Promise<string> {
  const orgId = await newOrganisation(engine);
  await superuser`INSERT INTO app.members (org_id, member_id, number, name, email)
    SELECT ${orgId}, gen_random_uuid(), p.number, p.name, p.email
    FROM jsonb_to_recordset(${superuser.json(people as never)}) p (number text, name text, email text)`;
  return orgId;
}

async function namesOf(orgId: string, query: MemberQuery): Promise<string[]> {
  return accepted(await engine.members.list(orgId, query)).items.map(({ name }) => name);
}

const orgId = await organisationOf([
  { number: 'M-00123', name: 'Jürgen Müller-Lüdenscheidt', email: 'juergen@werkstatt.example' },
  { number: 'M-00124', name: 'Zoë Müller', email: 'zoe.m@club.example' },
  { number: 'M-00200', name: 'François Ångström', email: 'f.angstrom@club.example' },
  { number: 'M-00201', name: 'Łukasz Żółć', email: 'lukasz@club.example' },
  { number: 'M-00202', name: "Siobhán O'Brien", email: 'siobhan@irland.example' },
  { number: 'M-00203', name: 'Жанна Иванова' },
  { number: 'M-00204', name: 'Anna Anders' },
]);
const strangers = await organisationOf([
  { number: 'M-00123', name: 'Jürgen Fremd' },
  { number: '9', name: 'Schmidtbauer' },
]);

describe('a search', () => {
  test.each([
    ['the beginning of a name', 'jürg', ['Jürgen Müller-Lüdenscheidt']],
    ['without accents', 'angstrom', ['François Ångström']],
    ['with accents where the name has none of them', 'Änders', ['Anna Anders']],
    ['in capitals', 'ZOË', ['Zoë Müller']],
    ['letters that are no plain ones with a mark', 'lukasz zolc', ['Łukasz Żółć']],
    ['another script', 'иван', ['Жанна Иванова']],
    ['either half of a double name', 'ludensch', ['Jürgen Müller-Lüdenscheidt']],
    ['a double name as it is written', 'Müller-L', ['Jürgen Müller-Lüdenscheidt']],
    ['what follows an apostrophe', 'brien', ["Siobhán O'Brien"]],
    ['a number as it is written', 'm-00201', ['Łukasz Żółć']],
    ['a part of a number', '00202', ["Siobhán O'Brien"]],
    ['an e-mail address', 'zoe.m@club.example', ['Zoë Müller']],
    ['the beginning of an e-mail address', 'siobhan@', ["Siobhán O'Brien"]],
    ['words in any order', 'muller jurgen', ['Jürgen Müller-Lüdenscheidt']],
    ['words of name and number', '00124 zoe', ['Zoë Müller']],
    ['several that fit', 'mull', ['Jürgen Müller-Lüdenscheidt', 'Zoë Müller']],
    ['what nobody has', 'xylophon', []],
    ['one word that fits and one that does not', 'müller xylophon', []],
    ['words of two members', 'zoe anders', []],
    ['signs only', '% _ \\ \' "', []],
  ])('finds %s', async (_, q, names) => {
    expect((await namesOf(orgId, { q })).sort()).toEqual([...names].sort());
  });

  test.each([
    ['mueller', ['Jürgen Müller-Lüdenscheidt', 'Zoë Müller']],
    ['Ludenscheit', ['Jürgen Müller-Lüdenscheidt']],
    ['angstroem', ['François Ångström']],
    ['jurgen mueler', ['Jürgen Müller-Lüdenscheidt']],
  ])('takes %s for what is meant', async (q, names) => {
    expect((await namesOf(orgId, { q })).sort()).toEqual([...names].sort());
  });

  test('stays in its organisation, also with what a misspelt word may mean', async () => {
    expect(await namesOf(strangers, { q: '00123' })).toEqual(['Jürgen Fremd']);
    expect(await namesOf(strangers, { q: 'jürgen' })).toEqual(['Jürgen Fremd']);
    expect(await namesOf(orgId, { q: 'schmidtbaur' })).toEqual([]);
    expect(await namesOf(strangers, { q: 'schmidtbaur' })).toEqual(['Schmidtbauer']);
  });

  test('shows a member once, though several words fit, and page after page each of them', async () => {
    const people = Array.from({ length: 57 }, (_, i) => ({
      number: `A${i}`,
      name: `Anna Ann${'abcdefg'[i % 7]} Andersen`,
      email: `anna${i}@club.example`,
    }));
    const club = await organisationOf(people);
    for (const q of ['an', 'ann', 'a anders', 'annna']) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = accepted(
          await engine.members.list(club, { q, limit: 10, ...(cursor === undefined ? {} : { cursor }) }),
        );
        expect(page.items.length).toBeGreaterThan(0);
        seen.push(...page.items.map(({ number }) => number));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toHaveLength(57);
      expect(new Set(seen).size).toBe(57);
    }
  });

  test('follows what is changed', async () => {
    const club = await newOrganisation(engine);
    const { memberId } = accepted(await engine.members.create(club, { name: 'Ada Byron' }, chair));
    expect(await namesOf(club, { q: 'byron' })).toEqual(['Ada Byron']);
    accepted(
      await engine.members.change(club, memberId, { name: 'Ada Lovelace', email: 'ada@babbage.example' }, chair),
    );
    expect(await namesOf(club, { q: 'byron' })).toEqual([]);
    expect(await namesOf(club, { q: 'lovel' })).toEqual(['Ada Lovelace']);
    expect(await namesOf(club, { q: 'ada@babb' })).toEqual(['Ada Lovelace']);
  });

  test('is narrowed by status, role and group', async () => {
    const club = await newOrganisation(engine);
    const group = accepted(await engine.groups.create(club, { name: 'Board' }, chair.id));
    const make = async (name: string, more: object = {}) =>
      accepted(await engine.members.create(club, { name, ...more }, chair));
    await make('Ada Alpha', { groups: [group.groupId] });
    await make('Ada Beta', { roles: ['auditor', 'member'] });
    await make('Ada Gamma', { status: 'invited' });
    const gone = await make('Ada Delta');
    accepted(await engine.members.deactivate(club, gone.memberId, chair));
    for (const q of ['ada', undefined]) {
      expect((await namesOf(club, { q, status: 'active' })).sort()).toEqual(['Ada Alpha', 'Ada Beta']);
      expect(await namesOf(club, { q, status: 'inactive' })).toEqual(['Ada Delta']);
      expect(await namesOf(club, { q, role: 'auditor' })).toEqual(['Ada Beta']);
      expect(await namesOf(club, { q, group: group.groupId })).toEqual(['Ada Alpha']);
      expect(await namesOf(club, { q, group: group.groupId, role: 'auditor' })).toEqual([]);
    }
    expect(accepted(await engine.members.counts(club))).toEqual({
      invited: 1,
      active: 2,
      inactive: 1,
      withoutEmail: 3,
      withoutAccount: 3,
      activeWeight: 2_000_000n,
    });
  });
});

describe('the list', () => {
  test('is sorted by name without regard to capitals and accents, page by page', async () => {
    const names = ['Zorn', 'anders', 'Ångström', 'Äpfel', 'Bach', 'änders'];
    const club = await organisationOf(names.map((name, i) => ({ number: String(i), name })));
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = accepted(await engine.members.list(club, { limit: 2, ...(cursor === undefined ? {} : { cursor }) }));
      seen.push(...page.items.map(({ name }) => name));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen.map((name) => name.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, ''))).toEqual([
      'anders',
      'anders',
      'angstrom',
      'apfel',
      'bach',
      'zorn',
    ]);
  });

  test.each([
    ['of nothing', 'nonsense'],
    ['of JSON that is none of ours', Buffer.from('{"a":1}').toString('base64url')],
    ['of a text that cannot be stored', Buffer.from('[1,"\\u0000","a"]').toString('base64url')],
    ['of a member who is not there', randomUUID()],
  ])('refuses a cursor %s', async (_, cursor) => {
    for (const q of ['a', undefined]) {
      const outcome = await engine.members.list(orgId, { q, cursor });
      expect(outcome).toMatchObject({
        ok: false,
        failure: { kind: 'invalid_input', details: { fields: [{ path: 'cursor' }] } },
      });
    }
  });
});

// Statements are prepared, and after some calls their plans are kept: those of a small table would read a large one whole.
test('plans made for a handful of members are not used on thousands', async () => {
  const own = await freshDatabase();
  const admin = connectAs(own.ownerUrl, null);
  const lone = await openEngine(own, { connections: 1 });
  const club = await newOrganisation(lone);
  const everyKind = async () => {
    for (const q of ['member 7', 'm', 'club', 'meember', undefined]) accepted(await lone.members.list(club, { q }));
  };
  const fill = (from: number, upto: number) =>
    admin`INSERT INTO app.members (org_id, member_id, number, name)
      SELECT ${club}, gen_random_uuid(), n::text, 'Member Club' || n FROM generate_series(${from}::int, ${upto}::int) n`;
  const readWhole = async () => {
    await admin`SELECT pg_sleep(1.1)`; // a connection hands in its counts once a second at most
    const [row] = await admin<
      { scans: number; rows: number }[]
    >`SELECT sum(seq_scan)::int AS scans, sum(seq_tup_read)::int AS rows
      FROM pg_stat_user_tables WHERE relname IN ('members', 'member_words', 'member_lexicon', 'group_members', 'groups')`;
    return row;
  };
  await admin`ALTER TABLE app.members SET (autovacuum_enabled = false)`;
  await admin`ALTER TABLE app.member_words SET (autovacuum_enabled = false)`;
  await fill(1, 5);
  await admin`ANALYZE app.members, app.member_words, app.member_lexicon`;
  for (let turn = 0; turn < 8; turn += 1) await everyKind();
  await fill(6, 5_000);
  await everyKind();
  const before = await readWhole();
  for (let turn = 0; turn < 3; turn += 1) await everyKind();
  await lone.close(); // hands in its counts
  expect(await readWhole()).toEqual(before);
  await admin.end();
});
