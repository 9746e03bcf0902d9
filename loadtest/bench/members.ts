import { SeededRandom } from '../fault/seeded-random.ts';
import { makePeople, type Person } from './member-names.ts';
import { analyseMembers, insertMembers } from './members-queries.ts';
import { quantile, rounded } from './quantiles.ts';
import { type Stage, valueFrom } from './stage.ts';

export interface MemberSizes {
  /** in the one large organisation */
  readonly members: number;
  /** beside it, in the same tables */
  readonly otherOrganisations: number;
  readonly otherMembers: number;
  readonly searches: number;
  readonly pages: number;
}

export const MEMBER_SIZES: MemberSizes = {
  members: 100_000,
  otherOrganisations: 50,
  otherMembers: 2_000,
  searches: 1_000,
  pages: 200,
};

/** Milliseconds; what people type, and how long the worst kind of it takes. */
export interface MemberFigures {
  readonly members: number;
  readonly organisations: number;
  readonly search_p50_ms: number;
  readonly search_p95_ms: number;
  readonly search_p95_by_kind_ms: Readonly<Record<string, number>>;
  readonly page_of_100_p95_ms: number;
}

/** A letter is doubled, dropped, or another. */
function misspelt(word: string, random: SeededRandom): string {
  const at = 1 + (random.word() % Math.max(1, word.length - 1));
  const cut = random.word() % 3;
  if (cut === 0) return word.slice(0, at) + word.slice(at + 1);
  return cut === 1 ? word.slice(0, at) + word.slice(at - 1) : `${word.slice(0, at)}x${word.slice(at + 1)}`;
}

/** What people type into the field, each kind as often as the others. */
const KINDS: Readonly<Record<string, (person: Person, random: SeededRandom) => string>> = {
  one_letter: ({ last }) => last.slice(0, 1),
  two_letters: ({ last }) => last.slice(0, 2),
  four_letters: ({ last }) => last.slice(0, 4),
  last_name: ({ last }) => last,
  both_names: ({ name }) => name,
  common_first_name: ({ first }) => first,
  initial_and_name: ({ first, last }) => `${first.slice(0, 1)} ${last.slice(0, 5)}`,
  number: ({ number }) => number,
  email: ({ email }) => email.slice(0, -4),
  misspelt_name: ({ last }, random) => misspelt(last, random),
  misspelt_both: ({ first, last }, random) => `${first} ${misspelt(last, random)}`,
  nobody: (_, random) => `zz${random.word().toString(36)}`,
};

/** Fills the tables, then looks people up through the engine as a page does, 100 rows at most. */
export async function measureMembers(stage: Stage, sizes: MemberSizes = MEMBER_SIZES): Promise<MemberFigures> {
  const { engine, sql } = stage;
  const people = makePeople(sizes.members, 'large');
  const { orgId } = valueFrom(await engine.accounts.createOrganisation({ name: 'Large' }));
  await insertMembers(sql, orgId, people);
  for (let other = 0; other < sizes.otherOrganisations; other += 1) {
    const beside = valueFrom(await engine.accounts.createOrganisation({ name: `Beside ${other}` }));
    await insertMembers(sql, beside.orgId, makePeople(sizes.otherMembers, `beside ${other}`));
  }
  await analyseMembers(sql);
  stage.say(`${sizes.members} members beside ${sizes.otherOrganisations} organisations of ${sizes.otherMembers}`);

  const random = new SeededRandom('searches');
  const kinds = Object.entries(KINDS);
  const timesMs = new Map<string, number[]>(kinds.map(([kind]) => [kind, []]));
  for (let turn = 0; turn < sizes.searches; turn += 1) {
    const [kind, questionOf] = kinds[turn % kinds.length] as (typeof kinds)[number];
    const person = people[random.word() % people.length] as Person;
    const q = questionOf(person, random);
    const startedAt = performance.now();
    valueFrom(await engine.members.list(orgId, { q }));
    timesMs.get(kind)?.push(performance.now() - startedAt);
  }
  const all = [...timesMs.values()].flat();
  return {
    members: sizes.members,
    organisations: sizes.otherOrganisations + 1,
    search_p50_ms: rounded(quantile(all, 0.5)),
    search_p95_ms: rounded(quantile(all, 0.95)),
    search_p95_by_kind_ms: Object.fromEntries(
      [...timesMs].map(([kind, times]) => [kind, rounded(quantile(times, 0.95))]),
    ),
    page_of_100_p95_ms: rounded(quantile(await pageTimes(stage, orgId, sizes.pages), 0.95)),
  };
}

/** Milliseconds of reading a list and accepting it, and of both, the slowest of several organisations. */
export interface ImportFigures {
  readonly rows: number;
  readonly preview_ms: number;
  readonly accept_ms: number;
  readonly import_ms: number;
}

const IMPORTS = 3;
const ACTOR = { id: '00000000-0000-4000-8000-000000000000', givesRoles: true };

/** A file of new members with all that a file may say, for an organisation that has none yet. */
export async function measureImport(stage: Stage, rows = 10_000): Promise<ImportFigures> {
  const { memberImports, accounts } = stage.engine;
  const slowest = { preview_ms: 0, accept_ms: 0, import_ms: 0 };
  for (let turn = 0; turn < IMPORTS; turn += 1) {
    const { orgId } = valueFrom(await accounts.createOrganisation({ name: `Import ${turn}` }));
    const lines = makePeople(rows, `import ${turn}`).map(
      ({ number, name, email }) => `${number};${name};${email};1,5;Gruppe ${Number(number) % 20};seit 2019`,
    );
    const bytes = Buffer.from(['Nr;Name;E-Mail;Gewicht;Gruppe;Notiz', ...lines].join('\r\n'));
    const startedAt = performance.now();
    const preview = valueFrom(await memberImports.preview(orgId, { bytes, createGroups: true }, ACTOR));
    const shownAt = performance.now();
    const { counts } = valueFrom(await memberImports.accept(orgId, preview.importId, ACTOR));
    const acceptedAt = performance.now();
    if (counts.new !== rows) throw new Error(`${counts.new} of ${rows} members were made`);
    slowest.preview_ms = Math.max(slowest.preview_ms, rounded(shownAt - startedAt));
    slowest.accept_ms = Math.max(slowest.accept_ms, rounded(acceptedAt - shownAt));
    slowest.import_ms = Math.max(slowest.import_ms, rounded(acceptedAt - startedAt));
  }
  stage.say(`import of ${rows} members: ${slowest.import_ms} ms`);
  return { rows, ...slowest };
}

/** Milliseconds of each page of the list, one after the other. */
async function pageTimes(stage: Stage, orgId: string, pages: number): Promise<number[]> {
  const timesMs: number[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const startedAt = performance.now();
    const { nextCursor } = valueFrom(
      await stage.engine.members.list(orgId, { limit: 100, ...(cursor === undefined ? {} : { cursor }) }),
    );
    timesMs.push(performance.now() - startedAt);
    cursor = nextCursor ?? undefined;
  }
  return timesMs;
}
