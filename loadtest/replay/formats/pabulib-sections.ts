import { ElectionFileError, shown } from './election-file-error.ts';
import type { SourceText } from './source-text.ts';
import { isEmptyRow, type Row, readRows } from './table-rows.ts';

const SECTIONS = ['META', 'PROJECTS', 'VOTES'] as const;
type SectionName = (typeof SECTIONS)[number];

/** A section's records by column name (lower case); `line` is where its title stands. */
export interface Section {
  readonly line: number;
  readonly columns: ReadonlyMap<string, number>;
  readonly rows: readonly Row[];
}

export interface PabulibSections {
  /** key in lower case -> value and its line */
  readonly meta: ReadonlyMap<string, { readonly value: string; readonly line: number }>;
  readonly projects: Section;
  readonly votes: Section;
}

const FORM_HINT = 'a Pabulib file has the sections META, PROJECTS, VOTES in this order (https://pabulib.org/format)';

/** Cuts a .pb file into its sections. Throws ElectionFileError with the line: sections, columns or cells amiss. */
export function readSections(source: SourceText): PabulibSections {
  const file = source.name;
  const rows = readRows(source, ';').filter((row) => !isEmptyRow(row));
  const found = new Map<SectionName, { line: number; rows: Row[] }>();
  let current: Row[] | undefined;
  for (const row of rows) {
    const title = sectionTitle(row);
    if (title === null) {
      if (current === undefined) {
        const problem = `${shown(row.cells.join(';'))} stands where META was expected`;
        throw new ElectionFileError(file, { line: row.line }, problem, FORM_HINT);
      }
      current.push(row);
      continue;
    }
    if (title !== SECTIONS[found.size]) {
      const problem = `section ${title} stands where ${SECTIONS[found.size] ?? 'the end'} was expected`;
      throw new ElectionFileError(file, { line: row.line }, problem, FORM_HINT);
    }
    current = [];
    found.set(title, { line: row.line, rows: current });
  }
  const section = (name: SectionName): Section => {
    const raw = found.get(name);
    if (raw !== undefined) return makeSection(file, name, raw.line, raw.rows);
    throw new ElectionFileError(file, {}, `there is no section ${name}; the file may be cut off`, FORM_HINT);
  };
  return { meta: readMeta(file, section('META')), projects: section('PROJECTS'), votes: section('VOTES') };
}

function sectionTitle(row: Row): SectionName | null {
  const [first = '', ...rest] = row.cells;
  const title = SECTIONS.find((name) => name === first.toUpperCase());
  return title !== undefined && rest.every((cell) => cell === '') ? title : null;
}

function makeSection(file: string, name: SectionName, line: number, rows: readonly Row[]): Section {
  const [header, ...records] = rows;
  if (header === undefined) {
    const problem = `section ${name} has no line of column names; the file may be cut off`;
    throw new ElectionFileError(file, { line }, problem, FORM_HINT);
  }
  const columns = new Map<string, number>();
  header.cells.forEach((cell, index) => {
    const column = cell.toLowerCase();
    if (column === '') return; // an empty last column comes from spreadsheets
    if (columns.has(column)) {
      throw new ElectionFileError(file, { line: header.line }, `column ${shown(column)} stands twice`, FORM_HINT);
    }
    columns.set(column, index);
  });
  // A description in META may hold the separator unquoted; its columns are fixed, so nothing can shift.
  if (name !== 'META') {
    const width = header.cells.length;
    for (const row of records) refuseRaggedRow(file, row, width);
  }
  return { line, columns, rows: records };
}

function refuseRaggedRow(file: string, row: Row, width: number): void {
  const extra = row.cells.slice(width).filter((cell) => cell !== '').length;
  if (row.cells.length >= width && extra === 0) return;
  const problem = `${row.cells.length} cells in a section of ${width} columns`;
  const hint =
    extra > 0 ? 'a cell with ";" in it must be quoted' : 'the line may be cut off; leave unknown cells empty';
  throw new ElectionFileError(file, { line: row.line }, problem, hint);
}

function readMeta(file: string, section: Section): PabulibSections['meta'] {
  const meta = new Map<string, { value: string; line: number }>();
  const keyAt = columnAt(file, section, 'META', 'key');
  const valueAt = columnAt(file, section, 'META', 'value');
  for (const row of section.rows) {
    const key = row.cells[keyAt]?.toLowerCase() ?? '';
    if (meta.has(key)) {
      throw new ElectionFileError(file, { line: row.line }, `${shown(key)} stands twice in META`, FORM_HINT);
    }
    meta.set(key, { value: row.cells.slice(valueAt).join(';').replace(/;+$/, ''), line: row.line });
  }
  return meta;
}

/** The place of a column a section must have. Throws ElectionFileError without it. */
export function columnAt(file: string, section: Section, sectionName: SectionName, column: string): number {
  const index = section.columns.get(column);
  if (index !== undefined) return index;
  const problem = `section ${sectionName} has no column ${shown(column)}`;
  throw new ElectionFileError(file, { line: section.line + 1 }, problem, FORM_HINT);
}

/** A whole number of META; undefined where META has no such key. Throws ElectionFileError for anything else. */
export function metaNumber(file: string, meta: PabulibSections['meta'], key: string): number | undefined {
  const entry = meta.get(key);
  if (entry === undefined || entry.value === '') return undefined;
  const value = Number(entry.value);
  if (Number.isSafeInteger(value)) return value;
  throw new ElectionFileError(
    file,
    { line: entry.line },
    `${key} is ${shown(entry.value)}, not a whole number`,
    FORM_HINT,
  );
}
