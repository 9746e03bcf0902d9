import { ElectionFileError, shown } from './election-file-error.ts';
import { makeOptions } from './option-ids.ts';
import { type Entry, MAX_VOTERS, type RankedBallot, type RankedElection } from './parsed-election.ts';
import type { SourceText } from './source-text.ts';
import { isEmptyRow, type Row, readRows } from './table-rows.ts';

// A voting weight has six decimals (1 vote = 1,000,000 micro-units) and is at most a million votes.
const WEIGHT = /^(\d{1,7})(?:\.(\d{1,6}))?$/;
const MAX_WEIGHT_MICRO = 1_000_000_000_000n;

interface Columns {
  /** places of rank1, rank2, … in the order of their ranks */
  readonly ranks: readonly number[];
  readonly weight: number | undefined;
  readonly count: number | undefined;
  readonly width: number;
}

interface Tally {
  skipped: number;
  overvotes: number;
  repeated: number;
  blank: number;
}

/**
 * Plain ranked CSV: a header row, then one row per ballot. Columns rank1, rank2, … (also 'Rank 1', 'rank_1') hold names
 * of candidates, in any column order; `weight` (decimal, up to six places) is the weight of the voter, `count` says
 * that so many voters cast the row; other columns are ignored. Of the cells (any case) `skipped`, `undervote` and the
 * empty one skip a rank, `overvote` ends the ballot, a candidate named again is skipped; any other cell is a candidate,
 * 'UWI' and 'write-in' too. A row without any choice is a blank ballot. In a file of one single column an empty line
 * is such a row too (except at the end of the file), in others it is no row.
 * Candidates are numbered in the order of their first appearance. Throws ElectionFileError with the line.
 */
export function readRankedCsv(source: SourceText): RankedElection {
  const file = source.name;
  const rows = readRows(source, ',');
  while (rows.length > 0 && isEmptyLine(rows.at(-1))) rows.pop();
  const start = rows.findIndex((row) => !isEmptyLine(row));
  const columns = readColumns(file, rows[start]);
  const body = rows.slice(start + 1).filter((row) => columns.width === 1 || !isEmptyLine(row));
  const tally: Tally = { skipped: 0, overvotes: 0, repeated: 0, blank: 0 };
  const named = body.map((row) => {
    refuseRaggedRow(file, row, columns.width);
    const count = readCount(file, row, columns);
    const weight = readWeight(file, row, columns);
    const names = readNames(row, columns, count, tally);
    return { names, count, ...(weight === undefined ? {} : { weight }), line: row.line };
  });
  const voters = named.reduce((sum, ballot) => sum + ballot.count, 0);
  if (voters === 0 || voters > MAX_VOTERS) {
    const problem = voters === 0 ? 'no ballots follow the column names' : `there are ${voters} ballots`;
    throw new ElectionFileError(file, {}, problem, `an election takes 1 to ${MAX_VOTERS} voters`);
  }
  const notes: string[] = [];
  const candidates = [...new Set(named.flatMap(({ names }) => names))];
  const sources = candidates.map((name) => ({ source: name, title: name }));
  const options = makeOptions(file, sources, notes);
  const idOf = new Map(options.map((option) => [option.source, option.id]));
  const ballots: Entry<RankedBallot>[] = named.map(({ names, ...rest }) => ({
    ballot: { ranking: names.map((name) => [idOf.get(name) ?? name]) },
    ...rest,
  }));
  return {
    kind: 'ranked',
    format: 'ranked csv',
    complete: false,
    title: file,
    source: { file, header: new Map() },
    options,
    ballots,
    voters,
    suggestedMethod: 'irv',
    notes: [...notes, ...describe(tally)],
  };
}

function isEmptyLine(row: Row | undefined): boolean {
  return row !== undefined && row.cells.length === 1 && isEmptyRow(row);
}

function readColumns(file: string, header: Row | undefined): Columns {
  const line = header?.line ?? 1;
  const places = new Map<string, number>();
  (header?.cells ?? []).forEach((cell, index) => {
    const match = /^rank[ _-]?0*(\d+)$/i.exec(cell);
    const name = match === null ? cell.toLowerCase() : `rank${match[1]}`;
    const ours = match !== null || name === 'weight' || name === 'count';
    if (ours && places.has(name)) {
      throw new ElectionFileError(file, { line }, `column ${name} stands twice`, 'rename or remove one of them');
    }
    places.set(name, index);
  });
  const ranks: number[] = [];
  for (let place = places.get('rank1'); place !== undefined; place = places.get(`rank${ranks.length + 1}`)) {
    ranks.push(place);
  }
  const hint = 'the first line names the columns, separated by commas: rank1,rank2,…';
  if (ranks.length === 0) throw new ElectionFileError(file, { line }, 'there is no column rank1', hint);
  const all = [...places.keys()].filter((name) => /^rank\d+$/.test(name)).length;
  if (all > ranks.length) {
    const problem = `column rank${ranks.length + 1} is missing among ${all} columns of ranks`;
    throw new ElectionFileError(file, { line }, problem, hint);
  }
  return { ranks, weight: places.get('weight'), count: places.get('count'), width: header?.cells.length ?? 0 };
}

function refuseRaggedRow(file: string, row: Row, width: number): void {
  const extra = row.cells.slice(width).filter((cell) => cell !== '').length;
  if (row.cells.length >= width && extra === 0) return;
  const problem = `${row.cells.length} cells in a table of ${width} columns`;
  const hint = 'quote names with commas, leave the cells of skipped ranks empty; the line may be cut off';
  throw new ElectionFileError(file, { line: row.line }, problem, hint);
}

function readCount(file: string, row: Row, columns: Columns): number {
  if (columns.count === undefined) return 1;
  const cell = row.cells[columns.count] ?? '';
  const count = /^\d+$/.test(cell) ? Number(cell) : 0;
  if (count >= 1 && count <= MAX_VOTERS) return count;
  const hint = `a count is a whole number from 1 to ${MAX_VOTERS}`;
  throw new ElectionFileError(file, { line: row.line }, `the count is ${shown(cell)}`, hint);
}

function readWeight(file: string, row: Row, columns: Columns): bigint | undefined {
  if (columns.weight === undefined) return undefined;
  const cell = row.cells[columns.weight] ?? '';
  const match = WEIGHT.exec(cell);
  const micro = match === null ? 0n : BigInt(match[1] ?? '0') * 1_000_000n + BigInt((match[2] ?? '').padEnd(6, '0'));
  if (micro > 0n && micro <= MAX_WEIGHT_MICRO) return micro;
  const hint = 'a weight is more than 0, at most 1000000, with up to six decimals after a point';
  throw new ElectionFileError(file, { line: row.line }, `the weight is ${shown(cell)}`, hint);
}

function readNames(row: Row, columns: Columns, count: number, tally: Tally): string[] {
  const names = new Set<string>();
  let afterSkip = false;
  for (const place of columns.ranks) {
    const cell = row.cells[place] ?? '';
    const word = cell.toLowerCase();
    if (word === 'overvote') {
      tally.overvotes += count;
      break;
    }
    if (word === '' || word === 'skipped' || word === 'undervote') {
      afterSkip = true;
      continue;
    }
    if (names.has(cell)) {
      tally.repeated += count;
      continue;
    }
    // Only a rank left out above a choice changes the ballot; those below the last choice are its end.
    if (afterSkip) tally.skipped += count;
    afterSkip = false;
    names.add(cell);
  }
  if (names.size === 0) tally.blank += count;
  return [...names];
}

function describe(tally: Tally): string[] {
  const notes: string[] = [];
  if (tally.skipped > 0) notes.push(`skipped ranks above a choice, closed up: ${tally.skipped}`);
  if (tally.repeated > 0) notes.push(`later mentions of a candidate on the same ballot, skipped: ${tally.repeated}`);
  if (tally.overvotes > 0) notes.push(`ballots ended by an overvote: ${tally.overvotes}`);
  if (tally.blank > 0) notes.push(`blank ballots: ${tally.blank}`);
  return notes;
}
