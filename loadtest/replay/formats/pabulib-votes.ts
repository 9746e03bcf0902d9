import { ElectionFileError, shown } from './election-file-error.ts';
import { columnAt, type Section } from './pabulib-sections.ts';
import { MAX_VOTERS } from './parsed-election.ts';
import type { Row } from './table-rows.ts';

export const VOTE_TYPES = ['approval', 'choose-1', 'ordinal', 'cumulative', 'scoring'] as const;
export type VoteType = (typeof VOTE_TYPES)[number];

/** One row of VOTES: the marked options in the file's order, repeated mentions included; values beside them. */
export interface Vote {
  readonly line: number;
  readonly marks: readonly string[];
  /** one whole number per mark; absent where the kind of vote has no points */
  readonly values?: readonly number[];
}

const POINTS_HINT = 'points are whole numbers, separated by commas, one for each project of the vote';

/**
 * The rows of VOTES with project ids turned into option ids. pointed: cumulative and scoring votes, which have a column
 * "points" (without it every mark is worth 1, with a note). Throws ElectionFileError with the line.
 */
export function readVotes(
  file: string,
  section: Section,
  idOf: ReadonlyMap<string, string>,
  pointed: boolean,
  notes: string[],
): Vote[] {
  if (section.rows.length === 0 || section.rows.length > MAX_VOTERS) {
    const problem = `section VOTES has ${section.rows.length} votes`;
    throw new ElectionFileError(file, { line: section.line }, problem, `an election takes 1 to ${MAX_VOTERS} voters`);
  }
  noteRepeatedVoters(section, notes);
  const voteAt = columnAt(file, section, 'VOTES', 'vote');
  const pointsAt = pointed ? section.columns.get('points') : undefined;
  if (pointed && pointsAt === undefined) notes.push('there is no column "points": every marked project has 1 point');
  return section.rows.map((row) => {
    const marks = readMarks(file, row, row.cells[voteAt] ?? '', idOf);
    if (!pointed) return { line: row.line, marks };
    if (pointsAt === undefined) return { line: row.line, marks, values: marks.map(() => 1) };
    return { line: row.line, marks, values: readValues(file, row, row.cells[pointsAt] ?? '', marks.length) };
  });
}

function noteRepeatedVoters(section: Section, notes: string[]): void {
  const voterAt = section.columns.get('voter_id');
  if (voterAt === undefined) return;
  const voters = new Set(section.rows.map((row) => row.cells[voterAt]));
  const repeated = section.rows.length - voters.size;
  if (repeated > 0) notes.push(`votes with the voter_id of another one, each kept as a ballot: ${repeated}`);
}

function readMarks(file: string, row: Row, cell: string, idOf: ReadonlyMap<string, string>): string[] {
  if (cell === '') return [];
  // An id may hold a comma only where it is the whole vote: a list could not be told apart.
  const whole = idOf.get(cell);
  if (whole !== undefined) return [whole];
  return cell.split(',').map((part) => {
    const id = idOf.get(part.trim());
    if (id !== undefined) return id;
    const problem = `project ${shown(part.trim())} is not declared (PROJECTS names ${idOf.size})`;
    const hint = 'add the project to PROJECTS or correct the vote; ids are separated by commas';
    throw new ElectionFileError(file, { line: row.line }, problem, hint);
  });
}

function readValues(file: string, row: Row, cell: string, marks: number): number[] {
  const parts = cell === '' ? [] : cell.split(',');
  if (parts.length !== marks) {
    const problem = `${marks} projects, but ${parts.length} points`;
    throw new ElectionFileError(file, { line: row.line }, problem, POINTS_HINT);
  }
  return parts.map((part) => {
    const value = part.trim() === '' ? Number.NaN : Number(part);
    if (Number.isSafeInteger(value)) return value;
    throw new ElectionFileError(file, { line: row.line }, `${shown(part)} is no number of points`, POINTS_HINT);
  });
}

/** What a file's votes come to per option, as Pabulib's columns "votes" and "score" count it. */
interface VoteTotals {
  /** voters who named the option */
  voters: number;
  /** times it was named: more than voters where one ballot names it twice */
  mentions: number;
  points: number;
}

export function voteTotals(ids: Iterable<string>, votes: readonly Vote[]): Map<string, VoteTotals> {
  const totals = new Map([...ids].map((id) => [id, { voters: 0, mentions: 0, points: 0 }]));
  for (const { marks, values } of votes) {
    const named = new Set<string>();
    marks.forEach((id, index) => {
      const total = totals.get(id);
      if (total === undefined) return;
      total.mentions += 1;
      total.points += values?.[index] ?? 0;
      if (!named.has(id)) total.voters += 1;
      named.add(id);
    });
  }
  return totals;
}
