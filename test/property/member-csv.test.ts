import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { weightOf } from '../../engine/members/csv/cells.ts';
import { readColumns } from '../../engine/members/csv/columns.ts';
import { decodeFile } from '../../engine/members/csv/encoding.ts';
import { readRecords, type Separator, SIGNS } from '../../engine/members/csv/records.ts';
import { RowReader } from '../../engine/members/csv/rows.ts';
import type { ImportEncoding } from '../../protocol/member-imports.ts';
import { isEmail } from '../../protocol/members.ts';
import { lineProblem } from '../../protocol/plain-line.ts';
import { votesOfMicro } from '../../protocol/weight.ts';

const NO_GROUPS = { ids: new Map<string, string>(), create: true };
const ENCODINGS: readonly (ImportEncoding | undefined)[] = [undefined, 'utf-8', 'windows-1252', 'utf-16le', 'utf-16be'];
const separators = fc.constantFrom<Separator>('comma', 'semicolon', 'tab');
const newlines = fc.constantFrom('\n', '\r\n');

/** What a person's file may hold, with signs that mean something to one reader or another. */
const cells = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('"', ',', ';', '\n', '=', "'", ' ', 'ä', '\t', '0', '1', '.'), maxLength: 8 }),
);

/** All that is read of a file: what it was refused for, or rows and errors. */
async function readAll(bytes: Uint8Array, encoding?: ImportEncoding) {
  const decoded = decodeFile(bytes, encoding);
  if (!decoded.ok) return decoded;
  const records = await readRecords(decoded.value.text);
  if (!records.ok) return records;
  const columns = readColumns(records.value.heading.cells);
  if (!columns.ok) return columns;
  const reader = new RowReader(columns.value, NO_GROUPS);
  for (const row of records.value.rows) reader.read(row);
  return { ok: true as const, reader, rows: records.value.rows };
}

/** Every row is taken or has an error that names a line of the file; no error repeats much of it. */
function expectSound({ reader, rows }: { reader: RowReader; rows: readonly { readonly line: number }[] }): void {
  const taken = new Set(reader.rows.map(({ line }) => line));
  const wrong = new Set(reader.errors.map(({ line }) => line));
  for (const { line } of rows) expect([taken.has(line), wrong.has(line)].filter(Boolean)).toHaveLength(1);
  for (const { value, message } of reader.errors) {
    expect([...value].length).toBeLessThanOrEqual(41);
    expect(message).not.toBe('');
  }
}

test('whatever bytes come, they are read or refused with a reason, never thrown at', async () => {
  const starts = fc.constantFrom('', 'number,name\n', 'Nr;Name;E-Mail\r\n', '\uFEFFemail\tname\n');
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 200 }).map(Buffer.from),
  );
  await fc.assert(
    fc.asyncProperty(starts, bytes, fc.constantFrom(...ENCODINGS), async (start, rest, encoding) => {
      const outcome = await readAll(Buffer.concat([Buffer.from(start), rest]), encoding);
      if (outcome.ok) expectSound(outcome);
      else expect(outcome.failure.details?.reason).toBeTypeOf('string');
    }),
  );
});

test('what a spreadsheet writes is read cell by cell, each row at its line', async () => {
  const tables = fc
    .integer({ min: 1, max: 6 })
    .chain((width) =>
      fc.array(fc.array(cells, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 12 }),
    );
  await fc.assert(
    fc.asyncProperty(tables, separators, newlines, async (table, separator, newline) => {
      const heading = table[0]?.map((_, i) => `column ${i}`) as string[];
      fc.pre(heading.length > 1 || separator === 'comma');
      const file = stringify([heading, ...table], {
        delimiter: SIGNS[separator],
        record_delimiter: newline,
        quoted: true,
      });
      const shown = table.filter((row) => row.some((cell) => cell.trim() !== ''));
      const records = await readRecords(file);
      if (shown.length === 0) {
        expect(records.ok).toBe(false);
        return;
      }
      if (!records.ok) throw new Error(records.failure.message);
      expect(records.value.separator).toBe(separator);
      expect(records.value.rows.map((row) => row.cells)).toEqual(shown);
      const lines = file.split(/\r\n|\n|\r/);
      for (const {
        line,
        cells: [first = ''],
      } of records.value.rows) {
        expect(lines[line - 1]).toContain(first.split(/\r\n|\n|\r/)[0]?.replaceAll('"', '""'));
      }
    }),
  );
});

test('members that were exported are read as they are, whatever a spreadsheet would make of them', async () => {
  const names = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .map((name) => name.normalize('NFC').trim())
    .filter((name) => name !== '' && lineProblem(name) === null && !/^'[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u.test(name));
  const formulas = fc
    .constantFrom('=1+1', '+49', '-1', '@a', '＝1', "'quoted'")
    .chain((start) => names.map((name) => start + name));
  const members = fc.uniqueArray(fc.record({ name: fc.oneof(names, formulas), number: fc.nat(1_000_000) }), {
    selector: ({ number }) => number,
    minLength: 1,
    maxLength: 10,
  });
  await fc.assert(
    fc.asyncProperty(members, separators, fc.boolean(), async (people, separator, marked) => {
      const rows = [['number', 'name'], ...people.map(({ number, name }) => [String(number), name])];
      const file = stringify(rows, { delimiter: SIGNS[separator], escape_formulas: true, record_delimiter: '\r\n' });
      for (const cell of file.split('\r\n')) expect(cell.split(SIGNS[separator])[1] ?? '').not.toMatch(/^"?[=+\-@]/);
      const outcome = await readAll(Buffer.from(marked ? `\uFEFF${file}` : file));
      if (!outcome.ok) throw new Error(outcome.failure.message);
      expect(outcome.reader.errors).toEqual([]);
      expect(outcome.reader.rows.map(({ number, name }) => ({ number: Number(number), name }))).toEqual(people);
    }),
  );
});

test('of rows with the same number or address the first is taken, and every other is told its line', async () => {
  const few = fc.array(fc.record({ number: fc.nat(4), mail: fc.nat(4) }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(few, async (people) => {
      const lines = people.map(({ number, mail }) => `${number},A,a${mail}@club.example`);
      const outcome = await readAll(Buffer.from(`number,name,email\n${lines.join('\n')}`));
      if (!outcome.ok) throw new Error(outcome.failure.message);
      expectSound(outcome);
      const { rows } = outcome.reader;
      expect(new Set(rows.map(({ number }) => number)).size).toBe(rows.length);
      expect(new Set(rows.map(({ email }) => email)).size).toBe(rows.length);
      for (const { line, problem, message } of outcome.reader.errors) {
        const key = problem === 'number_twice' ? 'number' : 'mail';
        const first = people.findIndex((person) => person[key] === people[line - 2]?.[key]);
        expect(message).toContain(`Line ${first + 2} `);
      }
    }),
  );
});

test('a weight is read as it is written, with a dot or a comma, unless it could mean two things', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 1_000_000_000_000n }), fc.boolean(), (micro, comma) => {
      const written = comma ? votesOfMicro(micro).replace('.', ',') : votesOfMicro(micro);
      const read = weightOf(written);
      if (/^[1-9]\d{0,2}[.,]\d{3}$/.test(written)) expect(read).toMatchObject({ ok: false, problem: 'not_a_weight' });
      else expect(read).toEqual({ ok: true, value: micro });
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.,-+e '), maxLength: 10 }), (text) => {
      const read = weightOf(text);
      if (read.ok) expect(read.value > 0n && read.value <= 1_000_000_000_000n).toBe(true);
    }),
  );
});

test('whatever passes for an address has one @, a domain, and nothing that would begin another header', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.emailAddress(),
        fc.string({ unit: 'binary', maxLength: 30 }).map((text) => `a${text}@b.example`),
      ),
      (text) => {
        if (isEmail(text)) expect(text).toMatch(/^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@,;<>"]+$/);
      },
    ),
  );
});
