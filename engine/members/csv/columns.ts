import { IMPORT_FIELDS, type ImportField } from '../../../protocol/member-imports.ts';
import type { RefusalReason } from '../../../protocol/refusal-reasons.ts';
import { limits } from '../../limits.ts';
import { accept, type Outcome, refuse } from '../../outcome.ts';

/** What people write over their columns, in letters and digits only: 'Mitglieds-Nr.' is mitgliedsnr. */
const HEADINGS: Readonly<Record<ImportField, string>> = {
  number:
    'number no nr membernumber membershipnumber memberno memberid id mitgliedsnummer mitgliedsnr mitgliednr mitgliedernummer nummer',
  name: 'name fullname membername displayname mitglied vollständigername vollername anzeigename',
  first_name: 'firstname givenname forename vorname rufname',
  last_name: 'lastname familyname surname nachname familienname zuname',
  email: 'email mail emailaddress mailaddress emailadresse mailadresse',
  roles: 'roles role rolle rollen',
  status: 'status state zustand',
  weight: 'weight votes votingweight shares gewicht stimmen stimmgewicht stimmenzahl stimmzahl anteile',
  groups: 'groups group gruppe gruppen abteilung abteilungen section branch ortsgruppe',
  note: 'note notes comment remark notiz notizen bemerkung bemerkungen kommentar anmerkung anmerkungen',
};

const FIELD_OF = new Map<string, ImportField>(
  IMPORT_FIELDS.flatMap((field) => HEADINGS[field].split(' ').map((heading) => [heading, field] as const)),
);

export interface Column {
  /** as it stands in the file */
  readonly heading: string;
  /** null: not known, left out of the import */
  readonly field: ImportField | null;
}

function fieldOf(heading: string): ImportField | null {
  return (
    FIELD_OF.get(
      heading
        .normalize('NFC')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}]/gu, ''),
    ) ?? null
  );
}

function refused(reason: RefusalReason, message: string, headings: readonly string[]): Outcome<never> {
  return refuse('invalid_input', message, { details: { reason, line: 1, headings } });
}

/** What the columns are. Refuses a field that is there twice, and a file by which nobody can tell whom it means. */
export function readColumns(headings: readonly string[]): Outcome<readonly Column[]> {
  const columns = headings.map((heading) => ({
    heading: heading.trim().slice(0, 100).toWellFormed(),
    field: fieldOf(heading),
  }));
  const shown = columns.map(({ heading }) => heading).slice(0, 30);
  if (columns.length > limits.importMaxColumnItems) {
    const message = `The file has more than ${limits.importMaxColumnItems} columns. Leave those out that are of no use here.`;
    return refused('too_many_columns', message, shown);
  }
  for (const field of IMPORT_FIELDS) {
    const same = columns.filter((column) => column.field === field);
    if (same.length > 1) {
      const names = same.map(({ heading }) => `"${heading}"`).join(' and ');
      return refused('columns_twice', `The columns ${names} mean the same (${field}). Leave one of them out.`, shown);
    }
  }
  const has = (field: ImportField) => columns.some((column) => column.field === field);
  if (!has('number') && !has('email')) {
    const message =
      'The file has no column for member numbers or e-mail addresses. Call one of them "number" or "email" in the first line.';
    return refused('columns_missing', message, shown);
  }
  if (has('name') && (has('first_name') || has('last_name'))) {
    return refused(
      'columns_twice',
      'The file has a column for whole names and one for parts of them. Leave one out.',
      shown,
    );
  }
  return accept(columns);
}
