import { ElectionFileError, shown } from './election-file-error.ts';
import { makeOptions } from './option-ids.ts';
import { pabulibBallots } from './pabulib-ballots.ts';
import { columnAt, metaNumber, type PabulibSections, readSections, type Section } from './pabulib-sections.ts';
import { readVotes, VOTE_TYPES, type Vote, type VoteType, voteTotals } from './pabulib-votes.ts';
import type { ExpectedFigures, FileBudget, FileOption, ParsedElection } from './parsed-election.ts';
import type { SourceText } from './source-text.ts';

/**
 * Pabulib's participatory budgets (https://pabulib.org/format): approval, choose-1, ordinal, cumulative, scoring.
 * Every row of VOTES is one ballot; an empty vote is a blank one. The settings are widened where ballots of the file
 * break them, since their city counted them: every ballot can be cast. Costs and the budget are read, and not applied.
 * Throws ElectionFileError with the line.
 */
export function readPabulib(source: SourceText): ParsedElection {
  const file = source.name;
  const sections = readSections(source);
  const type = voteType(file, sections);
  const notes: string[] = [];
  const options = readProjects(file, sections.projects, notes);
  checkAnnounced(file, sections, 'num_projects', options.length, 'projects');
  const idOf = new Map(options.map((option) => [option.source, option.id]));
  const votes = readVotes(file, sections.votes, idOf, type === 'cumulative' || type === 'scoring', notes);
  checkAnnounced(file, sections, 'num_votes', votes.length, 'votes');
  const expected = readExpected(sections.projects, options);
  noteDifferences(expected, votes, notes);
  const selected = [...expected.values()].filter((figures) => figures.selected === 1).length;
  const budget = readBudget(sections, options);
  const header = new Map([...sections.meta].map(([key, entry]) => [key, entry.value]));
  return {
    ...pabulibBallots(file, type, sections.meta, options, votes, notes),
    format: 'pabulib',
    title: header.get('description') || file,
    source: { file, header },
    options,
    voters: votes.length,
    ...(selected > 0 ? { seats: selected } : {}),
    notes,
    expected,
    ...(budget === null ? {} : { budget }),
  };
}

/** null unless the budget and every cost are whole numbers above zero. */
function readBudget({ meta, projects }: PabulibSections, options: readonly FileOption[]): FileBudget | null {
  const whole = (cell: string | undefined) => (/^[1-9]\d{0,14}$/.test(cell ?? '') ? Number(cell) : Number.NaN);
  const costAt = projects.columns.get('cost') ?? -1;
  const costs = new Map(options.map(({ id }, index) => [id, whole(projects.rows[index]?.cells[costAt])]));
  const total = whole(meta.get('budget')?.value);
  return [total, ...costs.values()].some(Number.isNaN) ? null : { total, costs };
}

function voteType(file: string, { meta }: PabulibSections): VoteType {
  const entry = meta.get('vote_type');
  const hint = `vote_type is one of ${VOTE_TYPES.join(', ')}`;
  if (entry === undefined) throw new ElectionFileError(file, {}, 'META has no vote_type', hint);
  const type = VOTE_TYPES.find((known) => known === entry.value.toLowerCase());
  if (type !== undefined) return type;
  throw new ElectionFileError(file, { line: entry.line }, `vote_type ${shown(entry.value)} is unknown`, hint);
}

function readProjects(file: string, section: Section, notes: string[]): FileOption[] {
  const idAt = columnAt(file, section, 'PROJECTS', 'project_id');
  const nameAt = section.columns.get('name');
  const lineOf = new Map<string, number>();
  const named = section.rows.map((row) => {
    const source = row.cells[idAt] ?? '';
    const hint = 'give each project an id of its own';
    if (source === '') throw new ElectionFileError(file, { line: row.line }, 'a project has no project_id', hint);
    if (lineOf.has(source)) {
      const problem = `project ${shown(source)} stands twice in PROJECTS (first on line ${lineOf.get(source)})`;
      throw new ElectionFileError(file, { line: row.line }, problem, hint);
    }
    lineOf.set(source, row.line);
    return { source, title: (nameAt === undefined ? '' : row.cells[nameAt]) || source };
  });
  return makeOptions(file, named, notes);
}

function checkAnnounced(file: string, sections: PabulibSections, key: string, found: number, what: string): void {
  const announced = metaNumber(file, sections.meta, key);
  if (announced === undefined || announced === found) return;
  const problem = `${key} is ${announced}, but the file has ${found} ${what}`;
  throw new ElectionFileError(file, { line: sections.meta.get(key)?.line }, problem, 'the file may be cut off');
}

function readExpected(section: Section, options: readonly FileOption[]): Map<string, ExpectedFigures> {
  const figure = (row: readonly string[], column: string): number | undefined => {
    const cell = row[section.columns.get(column) ?? -1] ?? '';
    const value = cell === '' ? Number.NaN : Number(cell);
    return Number.isFinite(value) ? value : undefined;
  };
  return new Map(
    options.map((option, index) => {
      const cells = section.rows[index]?.cells ?? [];
      const votes = figure(cells, 'votes');
      const score = figure(cells, 'score');
      const selected = figure(cells, 'selected');
      const figures = {
        ...(votes === undefined ? {} : { votes }),
        ...(score === undefined ? {} : { score }),
        ...(selected === undefined ? {} : { selected }),
      };
      return [option.id, figures];
    }),
  );
}

/** Says where the file's own columns and its votes disagree; cities counted some of what is in it in their own way. */
function noteDifferences(
  expected: ReadonlyMap<string, ExpectedFigures>,
  votes: readonly Vote[],
  notes: string[],
): void {
  const differing = { mentions: [] as string[], votes: [] as string[], score: [] as string[] };
  const hasPoints = votes.some((vote) => vote.values !== undefined);
  for (const [id, total] of voteTotals(expected.keys(), votes)) {
    const figures = expected.get(id);
    if (figures?.votes !== undefined && figures.votes !== total.voters) {
      (figures.votes === total.mentions ? differing.mentions : differing.votes).push(id);
    }
    if (hasPoints && figures?.score !== undefined && figures.score !== total.points) differing.score.push(id);
  }
  const listed = (ids: readonly string[]) =>
    `${ids.length} (${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''})`;
  if (differing.mentions.length > 0) {
    notes.push(`projects whose column "votes" counts every mention on a ballot: ${listed(differing.mentions)}`);
  }
  if (differing.votes.length > 0)
    notes.push(`projects whose column "votes" differs from their votes: ${listed(differing.votes)}`);
  if (differing.score.length > 0)
    notes.push(`projects whose column "score" differs from their points: ${listed(differing.score)}`);
}
