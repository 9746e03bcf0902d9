import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { lineProblem, plainLine } from './plain-line.ts';
import { id, moment, text } from './text.ts';
import { weight } from './weight.ts';

export const MEMBER_ROLES = ['admin', 'sponsor', 'moderator', 'auditor', 'member'] as const;
export const MEMBER_STATUSES = ['invited', 'active', 'inactive'] as const;

/** UTF-16 units. */
export const NUMBER_MAX_CHARACTERS = 64;
export const NAME_MAX_CHARACTERS = 200;
export const EMAIL_MAX_CHARACTERS = 254; // RFC 5321: a path of 256 with its brackets
export const NOTE_MAX_CHARACTERS = 1_000;
const MEMBER_MAX_GROUPS = 100;

/** One @, a domain with a dot, no blanks: whether it takes mail only a mail can tell. */
const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@(?:[^\s@<>()[\]\\,;:".]{1,63}\.)+[^\s@<>()[\]\\,;:".]{2,63}$/;

/** Whether a text is written like an e-mail address. */
export function isEmail(value: string): boolean {
  return value.length <= EMAIL_MAX_CHARACTERS && lineProblem(value) === null && EMAIL.test(value);
}

const number = plainLine(1, NUMBER_MAX_CHARACTERS).meta({
  description: 'Member number as your organisation gives it; unique. Left out: the next free whole number.',
});
const name = plainLine(1, NAME_MAX_CHARACTERS).meta({ description: 'Name on the electoral roll.' });
const email = text(1, EMAIL_MAX_CHARACTERS)
  .refine(isEmail, 'is no e-mail address')
  .toLowerCase()
  .meta({ description: 'E-mail address; unique in the organisation.' });
const note = text(0, NOTE_MAX_CHARACTERS).meta({ description: 'For administrators; the member does not see it.' });
const role = z.enum(MEMBER_ROLES);
const roles = z
  .array(role)
  .min(1)
  .max(MEMBER_ROLES.length)
  .meta({ description: 'What the member may do. Only an admin gives or takes another role than member.' });
const groupIds = z.array(id).max(MEMBER_MAX_GROUPS).meta({ description: 'The groups the member is in.' });

export const newMember = z
  .strictObject({
    number: number.optional(),
    name,
    email: email.optional(),
    roles: roles.default(['member']),
    status: z
      .enum(['invited', 'active'])
      .default('active')
      .meta({ description: 'Active members stand on electoral rolls; invited ones do once they have accepted.' }),
    weight: weight.default('1'),
    groups: groupIds.default([]),
    note: note.default(''),
  })
  .meta({
    id: 'NewMember',
    example: { number: '1042', name: 'Ada Lovelace', email: 'ada@club.example', weight: '1' },
  });

export const memberChange = z
  .strictObject({
    number: number.optional(),
    name: name.optional(),
    email: email.nullable().optional(),
    roles: roles.optional(),
    weight: weight.optional(),
    groups: groupIds.optional(),
    note: note.optional(),
  })
  .meta({ id: 'MemberChange', description: 'What is left out stays as it is.', example: { weight: '2' } });

export const memberView = z
  .strictObject({
    member_id: id,
    number: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    roles: z.array(role),
    status: z.enum(MEMBER_STATUSES),
    weight,
    groups: z.array(z.strictObject({ group_id: id, name: z.string() })),
    note: z.string(),
    has_account: z.boolean().meta({ description: 'Whether a person has signed in as this member.' }),
    created_at: moment,
    changed_at: moment,
  })
  .meta({
    id: 'Member',
    example: {
      member_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a22',
      number: '1042',
      name: 'Ada Lovelace',
      email: 'ada@club.example',
      roles: ['member'],
      status: 'active',
      weight: '1',
      groups: [{ group_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a21', name: 'Delegates' }],
      note: '',
      has_account: false,
      created_at: '2026-11-21T18:00:00.000Z',
      changed_at: '2026-11-21T18:00:00.000Z',
    },
  });
export const memberPage = pageOf(memberView, 'MemberPage');
export type MemberView = z.infer<typeof memberView>;

/** Longer than any cursor that a list of members gives out. */
const CURSOR_MAX_CHARACTERS = 1_024;
const cursor = z
  .string()
  .max(CURSOR_MAX_CHARACTERS)
  .regex(/^[\w-]+$/, 'is no cursor; send the next_cursor of the page before as it is')
  .meta({ description: 'next_cursor of the page before; left out for the first page.' });

const filters = {
  status: z.enum(MEMBER_STATUSES).optional(),
  group: id.optional().meta({ description: 'Only members of this group.' }),
  role: role.optional().meta({ description: 'Only members with this role.' }),
};

const SEARCH_MAX_CHARACTERS = 100;

export const memberQuery = z.strictObject({
  cursor: cursor.optional(),
  limit: pageQuery.shape.limit,
  q: text(0, SEARCH_MAX_CHARACTERS)
    .optional()
    .meta({
      description:
        'Beginnings of words of name, number or e-mail, in any order; capitals and accents do not matter. ' +
        'A word that nobody has is taken for the most similar ones.',
      example: 'lovel',
    }),
  ...filters,
});

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const memberExportQuery = z.strictObject({
  ...filters,
  cursor: cursor.optional(),
  bom: flag.optional().meta({ description: 'Put a byte order mark first, by which Excel knows UTF-8.' }),
  separator: z.enum(['comma', 'semicolon']).optional().meta({ description: 'comma if left out.' }),
});

export const memberCounts = z
  .strictObject({
    invited: z.int().nonnegative(),
    active: z.int().nonnegative(),
    inactive: z.int().nonnegative(),
    without_email: z.int().nonnegative().meta({ description: 'Active or invited members who cannot get mail.' }),
    without_account: z.int().nonnegative().meta({ description: 'Active or invited members who never signed in.' }),
    active_weight: z.string().meta({ description: 'Votes of all active members together, as decimal text.' }),
  })
  .meta({
    id: 'MemberCounts',
    example: {
      invited: 0,
      active: 3000,
      inactive: 41,
      without_email: 120,
      without_account: 2400,
      active_weight: '3000',
    },
  });
