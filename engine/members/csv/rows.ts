import type { ImportField } from '../../../protocol/member-imports.ts';
import type { ImportError, StagedRow } from '../import.ts';
import type { Cell } from './cells.ts';
import * as cells from './cells.ts';
import type { Column } from './columns.ts';
import { problemAt } from './problems.ts';
import type { FileRecord } from './records.ts';

export interface GroupsKnown {
  /** ids of the groups that there are, by their names in small letters */
  readonly ids: ReadonlyMap<string, string>;
  /** groups that are not there are made */
  readonly create: boolean;
}

/** Reads row by row, and remembers who has a number or an address already. Knows the file, and of the organisation its groups. */
export class RowReader {
  readonly #columns: readonly Column[];
  readonly #groups: GroupsKnown;
  readonly #places: ReadonlyMap<ImportField, number>;
  readonly #lineOfNumber = new Map<string, number>();
  readonly #lineOfEmail = new Map<string, number>();
  readonly rows: StagedRow[] = [];
  readonly errors: ImportError[] = [];

  constructor(columns: readonly Column[], groups: GroupsKnown) {
    this.#columns = columns;
    this.#groups = groups;
    this.#places = new Map(columns.flatMap(({ field }, at) => (field === null ? [] : [[field, at] as const])));
  }

  read({ line, cells: values }: FileRecord): void {
    const errors: ImportError[] = [];
    const width = this.#columns.length;
    if (values.slice(width).some((cell) => cell.trim() !== '')) {
      errors.push(problemAt(line, null, 'too_many_cells', values.slice(width).join(' ')));
    } else if (values.length < width) {
      errors.push(problemAt(line, null, 'too_few_cells', values.join(' ')));
    }
    const row = errors.length > 0 ? null : this.#rowOf(line, values, errors);
    if (errors.length === 0 && row !== null) this.rows.push(row);
    this.errors.push(...errors);
  }

  #rowOf(line: number, values: readonly string[], errors: ImportError[]): StagedRow {
    const textOf = (field: ImportField): [heading: string, text: string] => {
      const at = this.#places.get(field);
      return at === undefined ? ['', ''] : [this.#columns[at]?.heading ?? '', cells.cleaned(values[at] ?? '')];
    };
    /** null where the cell is empty or there is no such column */
    const read = <T>(field: ImportField, understand: (text: string) => Cell<T>): T | null => {
      const [heading, text] = textOf(field);
      if (text === '') return null;
      const cell = understand(text);
      if (cell.ok) return cell.value;
      errors.push(problemAt(line, heading, cell.problem, text, cell.message));
      return null;
    };
    const before = errors.length;
    const number = read('number', cells.numberOf);
    const email = read('email', cells.emailOf);
    if (number === null && email === null && errors.length === before) {
      const message = 'Number and e-mail address are both missing: nobody can tell who is meant.';
      errors.push(problemAt(line, null, 'missing', values.join(' '), message));
    }
    this.#noteOnce(this.#lineOfNumber, number, line, textOf('number')[0], 'number_twice', errors);
    this.#noteOnce(this.#lineOfEmail, email, line, textOf('email')[0], 'email_twice', errors);
    const groups = read('groups', cells.groupNamesOf);
    return {
      line,
      number,
      email,
      name: this.#nameOf(line, textOf, errors),
      roles: read('roles', cells.rolesOf),
      status: read('status', cells.statusOf),
      weight: read('weight', cells.weightOf)?.toString() ?? null,
      note: read('note', cells.noteOf),
      ...this.#groupsOf(line, textOf('groups')[0], groups, errors),
    };
  }

  #nameOf(line: number, textOf: (field: ImportField) => [string, string], errors: ImportError[]): string | null {
    const [heading, whole] = textOf('name');
    const [firstHeading, first] = textOf('first_name');
    const [lastHeading, last] = textOf('last_name');
    const name = whole === '' ? `${first} ${last}`.trim() : whole;
    if (name === '') return null;
    const cell = cells.nameOf(name);
    if (cell.ok) return cell.value;
    const column = heading === '' ? lastHeading || firstHeading : heading;
    errors.push(problemAt(line, column, cell.problem, name, cell.message));
    return null;
  }

  #noteOnce(
    seen: Map<string, number>,
    value: string | null,
    line: number,
    heading: string,
    problem: 'number_twice' | 'email_twice',
    errors: ImportError[],
  ): void {
    if (value === null) return;
    const earlier = seen.get(value);
    if (earlier === undefined) seen.set(value, line);
    else
      errors.push(
        problemAt(
          line,
          heading,
          problem,
          value,
          `Line ${earlier} has this ${problem === 'number_twice' ? 'number' : 'e-mail address'} already.`,
        ),
      );
  }

  #groupsOf(
    line: number,
    heading: string,
    names: readonly string[] | null,
    errors: ImportError[],
  ): Pick<StagedRow, 'group_ids' | 'new_groups'> {
    if (names === null) return { group_ids: null, new_groups: [] };
    const known: string[] = [];
    const unknown: string[] = [];
    for (const name of names) {
      const groupId = this.#groups.ids.get(name.toLowerCase());
      if (groupId === undefined) unknown.push(name);
      else known.push(groupId);
    }
    if (!this.#groups.create) {
      for (const name of unknown) errors.push(problemAt(line, heading, 'unknown_group', name));
    }
    return { group_ids: known.sort(), new_groups: unknown };
  }
}
