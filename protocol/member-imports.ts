import { z } from 'zod';
import { MEMBER_ROLES, MEMBER_STATUSES } from './members.ts';
import { id, moment } from './text.ts';
import { weight } from './weight.ts';

const IMPORT_ENCODINGS = ['utf-8', 'windows-1252', 'utf-16le', 'utf-16be'] as const;
export type ImportEncoding = (typeof IMPORT_ENCODINGS)[number];

/** What a column of the file can be. */
export const IMPORT_FIELDS = [
  'number',
  'name',
  'first_name',
  'last_name',
  'email',
  'roles',
  'status',
  'weight',
  'groups',
  'note',
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** What can be wrong with a row; each has its own sentence in `message`. */
const IMPORT_PROBLEMS = [
  'missing',
  'too_long',
  'control_character',
  'direction_override',
  'not_an_email',
  'not_a_weight',
  'weight_of_zero',
  'unknown_role',
  'role_not_allowed',
  'unknown_status',
  'unknown_group',
  'too_many_cells',
  'too_few_cells',
  'number_twice',
  'email_twice',
  'email_taken',
  'account_taken',
  'member_twice',
  'last_admin',
] as const;
export type ImportProblem = (typeof IMPORT_PROBLEMS)[number];

export const importQuery = z.strictObject({
  encoding: z.enum(IMPORT_ENCODINGS).optional().meta({
    description: 'How the file is encoded. Left out: UTF-8, and anything else is refused with what was found.',
  }),
  create_groups: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .meta({ description: 'Make the groups that the file names and that do not exist yet.' }),
});

const line = z.int().positive().meta({ description: 'Line of the file, the heading being 1.' });

const importedRow = z
  .strictObject({
    line,
    action: z.enum(['new', 'changed', 'unchanged']),
    number: z.string().nullable().meta({ description: 'null: the next free number will be given.' }),
    name: z.string(),
    email: z.string().nullable(),
    roles: z.array(z.enum(MEMBER_ROLES)),
    status: z.enum(MEMBER_STATUSES),
    weight,
    groups: z.array(z.string()),
    before: z
      .strictObject({ name: z.string(), email: z.string().nullable() })
      .nullable()
      .meta({ description: 'Who the member is at this moment, where the row would change it; else null.' }),
  })
  .meta({ id: 'ImportedRow', description: 'A member as the import would leave it.' });

const importError = z
  .strictObject({
    line,
    column: z.string().nullable().meta({ description: 'Heading of the column; null where the whole row is meant.' }),
    problem: z.enum(IMPORT_PROBLEMS),
    message: z.string(),
    value: z.string().meta({ description: 'What stands there, shortened.' }),
  })
  .meta({ id: 'ImportError' });

export const memberImport = z
  .strictObject({
    import_id: id,
    state: z.enum(['preview', 'accepted', 'expired']),
    encoding: z.enum(IMPORT_ENCODINGS),
    separator: z.enum(['comma', 'semicolon', 'tab']),
    columns: z.array(
      z.strictObject({
        heading: z.string(),
        field: z.enum(IMPORT_FIELDS).nullable().meta({ description: 'null: not known, left out of the import.' }),
      }),
    ),
    counts: z.strictObject({
      rows: z.int().nonnegative(),
      new: z.int().nonnegative(),
      changed: z.int().nonnegative(),
      unchanged: z.int().nonnegative(),
      wrong: z.int().nonnegative().meta({ description: 'Rows with an error. The import can be accepted at 0 only.' }),
    }),
    new_groups: z.array(z.string()).meta({ description: 'Groups that the import would make.' }),
    errors: z.array(importError).meta({ description: 'The first 1,000 errors, by line.' }),
    errors_total: z.int().nonnegative(),
    sample: z
      .array(importedRow)
      .meta({ description: 'Some rows as they would be: those that change a member first, then by line.' }),
    created_at: moment,
    expires_at: moment,
    accepted_at: moment.nullable(),
  })
  .meta({
    id: 'MemberImport',
    example: {
      import_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a23',
      state: 'preview',
      encoding: 'utf-8',
      separator: 'semicolon',
      columns: [
        { heading: 'Mitgliedsnummer', field: 'number' },
        { heading: 'Name', field: 'name' },
        { heading: 'Telefon', field: null },
      ],
      counts: { rows: 2, new: 1, changed: 0, unchanged: 0, wrong: 1 },
      new_groups: [],
      errors: [{ line: 3, column: 'Name', problem: 'missing', message: 'A name is missing.', value: '' }],
      errors_total: 1,
      sample: [
        {
          line: 2,
          action: 'new',
          number: '1042',
          name: 'Ada Lovelace',
          email: null,
          roles: ['member'],
          status: 'active',
          weight: '1',
          groups: [],
          before: null,
        },
      ],
      created_at: '2026-11-21T18:00:00.000Z',
      expires_at: '2026-11-22T18:00:00.000Z',
      accepted_at: null,
    },
  });
export type MemberImportView = z.infer<typeof memberImport>;
