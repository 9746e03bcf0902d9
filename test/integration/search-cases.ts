import { beforeAll, expect, test } from 'vitest';
import { accepted, kindOf, newElection, newVoters, ONE_VOTE, openElection } from '../harness/engines.ts';
import type { SearchWorld } from '../harness/search-world.ts';

const TITLES = {
  budget: 'Haushalt 2027',
  statutes: 'Änderung der Satzung',
  benches: 'Neue Sitzbänke für den Stadtpark',
  fees: 'Erhöhung der Beiträge für Mitglieder',
  president: 'Election of the president',
  spanish: 'Votación sobre el presupuesto de la asociación',
  polish: 'Głosowanie nad budżetem obywatelskim',
  lake: 'Clean water for the lake',
};

/** What either search must find, by name; and what neither may. */
export function relevanceCases(name: string, open: () => Promise<SearchWorld>): void {
  let world: SearchWorld;
  let meetingId: string;
  beforeAll(async () => {
    world = await open();
    const { engine, orgId, otherOrgId } = world;
    for (const title of Object.values(TITLES)) {
      await openElection(engine, orgId, newVoters(1), { title });
      await openElection(engine, otherOrgId, newVoters(1), { title: `${title} (theirs)` });
    }
    await newElection(engine, orgId, { title: 'A secret draft about water' });
    await newElection(engine, orgId, { title: 'Minutes of the board', description: 'with a word about the president' });
    for (const [who, email] of [
      ['Jürgen Müller', 'juergen@club.example'],
      ['Anna Mueller', 'anna@club.example'],
      ['Łukasz Wąż', 'lukasz@club.example'],
    ] as const) {
      const member = { name: who, email, roles: ['member' as const], status: 'active' as const, weight: ONE_VOTE };
      accepted(
        await engine.members.create(
          orgId,
          { ...member, groups: [], note: 'owes fees' },
          { id: orgId, givesRoles: true },
        ),
      );
    }
    const meeting = { title: 'General assembly in autumn' };
    ({ meetingId } = accepted(await engine.meetings.create(orgId, meeting, orgId)));
    accepted(
      await engine.agendas.add(
        orgId,
        meetingId,
        { kind: 'text', title: 'Report of the treasurer', body: 'Figures' },
        orgId,
      ),
    );
    await openElection(engine, orgId, [], { title: 'Discharge of the treasurer', meetingId });
    for (const [title, description] of [
      ['More benches in the park', 'People want to sit down under the trees.'],
      ['A bench at the bus stop', ''],
      ['Bicycle racks at the station', 'So that nobody has to lock a bicycle to a bench.'],
    ] as const)
      await world.suggest(orgId, title, description);
    await world.settle();
  });

  test('answers by itself', async () => {
    expect((await world.search({ q: 'Haushalt' })).answeredBy).toBe(name);
  });

  test.each([
    ['letters exchanged', 'Haushlat', TITLES.budget],
    ['a letter missing', 'Satzng', TITLES.statutes],
    ['a letter too many', 'Haushhalt', TITLES.budget],
    ['a wrong letter', 'presidant', TITLES.president],
    ['two letters wrong', 'Sitzbenke', TITLES.benches],
    ['a slip in a second word', 'election presidnet', TITLES.president],
  ])('typos: %s', async (_, q, title) => {
    expect(await world.titles(q)).toContain(title);
  });

  test.each(['Müller', 'Mueller', 'Muller', 'MÜLLER', 'müller anna', 'juergen', 'jurgen'])('umlauts: %s', async (q) => {
    const expected = /anna/.test(q)
      ? ['Anna Mueller']
      : /j/.test(q)
        ? ['Jürgen Müller']
        : ['Anna Mueller', 'Jürgen Müller'];
    expect((await world.titles(q)).toSorted()).toEqual(expected);
  });

  test.each([
    ['Sat', TITLES.statutes],
    ['Stadtp', TITLES.benches],
    ['clean wat', TITLES.lake],
    ['assem', 'General assembly in autumn'],
  ])('prefixes: %s', async (q, title) => {
    expect(await world.titles(q)).toContain(title);
  });

  test.each([
    ['English', 'elections presidents', TITLES.president],
    ['German', 'Satzungen', TITLES.statutes],
    ['German, an umlaut in the plural', 'Haushalte', TITLES.budget],
    ['Spanish', 'votaciones', TITLES.spanish],
    ['Spanish without accents', 'votacion asociacion', TITLES.spanish],
    ['Polish without accents', 'glosowanie budzetem', TITLES.polish],
    ['Polish, other endings', 'głosowania', TITLES.polish],
    ['Polish names', 'Lukasz Waz', 'Łukasz Wąż'],
  ])('stems: %s', async (_, q, title) => {
    expect(await world.titles(q)).toContain(title);
  });

  test('small words of a question are passed over', async () => {
    expect(await world.titles('die Änderung an der Satzung')).toEqual([TITLES.statutes]);
  });

  test('every word must be there', async () => {
    expect(await world.titles('Haushalt Sitzbänke')).toEqual([]);
  });

  test('a title is worth more than a text', async () => {
    expect(await world.titles('president')).toEqual([TITLES.president, 'Minutes of the board']);
  });

  test('the agenda belongs to its meeting, and what was found is marked', async () => {
    const { hits } = await world.search({ q: 'treasurers report' });
    expect(hits.map(({ kind, id }) => [kind, id])).toEqual([['meetings', meetingId]]);
    expect(hits[0]?.excerpt.filter(({ hit }) => hit).map(({ text }) => text)).toEqual(['Report', 'treasurer']);
  });

  test('facets count what else there is', async () => {
    const all = await world.search({ q: 'treasurer' });
    expect([all.kinds, all.states]).toEqual([
      { elections: 1, meetings: 1 },
      { open: 1, planned: 1 },
    ]);
    const some = await world.search({ q: 'treasurer', kinds: ['elections'] });
    expect([some.hits.length, some.total, some.kinds, some.states]).toEqual([
      1,
      1,
      { elections: 1, meetings: 1 },
      { open: 1 },
    ]);
    const planned = await world.search({ q: 'treasurer', state: 'planned' });
    expect([planned.hits.map(({ kind }) => kind), planned.kinds]).toEqual([['meetings'], { meetings: 1 }]);
  });

  test('pages follow each other without a gap', async () => {
    const { engine, orgId } = world;
    for (let n = 0; n < 7; n += 1) await newElection(engine, orgId, { title: `Paragraph ${n}` });
    await world.settle();
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page: Awaited<ReturnType<typeof world.search>> = await world.search({ q: 'paragraph', cursor, limit: 3 });
      found.push(...page.hits.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect([found.length, new Set(found).size]).toEqual([7, 7]);
    expect(kindOf(await engine.search.search(world.reader(), { q: 'a', cursor: 'nonsense' }))).toBe('invalid_input');
  });

  test('similar titles: what is meant, not what shares a word', async () => {
    const { engine } = world;
    const similar = async (kind: string, title: string) =>
      accepted(await engine.search.similar(world.reader(), kind, title)).items.map((item) => item.title);
    expect(await similar('elections', 'Sitzbänke im Stadtpark')).toEqual([TITLES.benches]);
    expect(await similar('elections', 'Aenderung der Satzng')).toEqual([TITLES.statutes]);
    expect((await similar('suggestions', 'Benches for the park'))[0]).toBe('More benches in the park');
    expect(await similar('suggestions', 'A new roof for the school')).toEqual([]);
  });

  test('permission: drafts, kinds and other meetings are not found', async () => {
    const everyone = { kinds: [{ kind: 'elections', drafts: false }] };
    expect(await world.titles('secret draft')).toEqual(['A secret draft about water']);
    expect(await world.titles('water', everyone)).toEqual([TITLES.lake]);
    expect(await world.titles('Müller', everyone)).toEqual([]);
    expect(await world.titles('owes')).toEqual([]);
    expect(await world.titles('Müller', { kinds: [] })).toEqual([]);
    expect(await world.titles('of the treasurer', { meetingId })).toContain('Discharge of the treasurer');
    expect(await world.titles('president', { meetingId })).toEqual([]);
    const { items } = accepted(
      await world.engine.search.similar({ ...world.reader(), ...everyone }, 'elections', 'A secret draft'),
    );
    expect(items).toEqual([]);
  });

  test('isolation: nothing of another organisation, whoever asks', async () => {
    const theirs = { orgId: world.otherOrgId };
    for (const title of Object.values(TITLES)) {
      expect(await world.titles(title)).toEqual([title]);
      expect(await world.titles(title, theirs)).toEqual([`${title} (theirs)`]);
    }
    expect((await world.search({ q: 'treasurer' }, theirs)).kinds).toEqual({});
    const { items } = accepted(
      await world.engine.search.similar(world.reader(world.otherOrgId), 'elections', TITLES.lake),
    );
    expect(items.map(({ title }) => title)).toEqual([`${TITLES.lake} (theirs)`]);
  });

  test.each([
    `'; DROP TABLE app.search_documents; --`,
    `' OR '1'='1`,
    `water' | 'x`,
    'water:* & !lake',
    '{"match_all":{}}',
    `org_id:${'*'}`,
    '"}},{"query":{"match_all":{}}',
    '../../_all/_search',
    '<script>alert(1)</script> water',
    '\\ water \\',
    '% _ water',
    '\uE000water\uE001',
  ])('injection: %s is words and nothing else', async (q) => {
    for (const title of await world.titles(q)) expect(title).not.toContain('theirs');
    expect(kindOf(await world.engine.search.similar(world.reader(), 'elections', q))).toBe('ok');
    expect(await world.titles('Haushalt')).toEqual([TITLES.budget]);
  });

  test('a change is found, and what was deleted is not', async () => {
    const { engine, orgId } = world;
    const { electionId } = await newElection(engine, orgId, { title: 'Zebra crossing' });
    await world.settle();
    expect(await world.titles('zebra')).toEqual(['Zebra crossing']);
    accepted(await engine.elections.edit(orgId, electionId, { title: 'Traffic lights' }, 'test'));
    await world.settle();
    expect([await world.titles('zebra'), await world.titles('traffic')]).toEqual([[], ['Traffic lights']]);
    accepted(await engine.elections.remove(orgId, electionId, 'test'));
    await world.settle();
    expect(await world.titles('traffic')).toEqual([]);
  });

  test('a result is found once it is counted, by everyone once it is published', async () => {
    const { engine, orgId } = world;
    const { electionId } = await openElection(engine, orgId, newVoters(1), { title: 'Lighthouse' });
    accepted(await engine.elections.close(orgId, electionId, 'test'));
    accepted(await engine.elections.result(orgId, electionId));
    await world.settle();
    const seen = { kinds: [{ kind: 'results', drafts: false }] };
    expect([
      (await world.search({ q: 'lighthouse', kinds: ['results'] })).total,
      await world.titles('lighthouse', seen),
    ]).toEqual([1, []]);
    accepted(await engine.elections.publish(orgId, electionId, 'test'));
    await world.settle();
    expect(await world.titles('lighthouse', seen)).toEqual(['Lighthouse']);
  });
}
