import { z } from 'zod';
import { pageOf } from './page.ts';
import { plainLine } from './plain-line.ts';
import { id, moment } from './text.ts';

const groupName = plainLine(1, 100)
  .refine((value) => !/[|;]/.test(value), 'contains | or ;, which stand between groups in lists of members')
  .meta({ description: 'Unique in the organisation, whatever its capitals.' });

export const newGroup = z.strictObject({ name: groupName }).meta({ id: 'NewGroup', example: { name: 'Delegates' } });

export const groupView = z
  .strictObject({
    group_id: id,
    name: z.string(),
    members: z.int().nonnegative().meta({ description: 'How many members are in it, whatever their status.' }),
    created_at: moment,
  })
  .meta({
    id: 'Group',
    example: {
      group_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a21',
      name: 'Delegates',
      members: 212,
      created_at: '2026-11-21T18:00:00.000Z',
    },
  });
export const groupPage = pageOf(groupView, 'GroupPage');
export type GroupView = z.infer<typeof groupView>;

/** Members that one request puts into a group or takes out of it. */
const GROUP_CALL_MAX_MEMBERS = 10_000;

export const groupChange = z
  .strictObject({
    add: z.array(id).max(GROUP_CALL_MAX_MEMBERS).default([]),
    remove: z.array(id).max(GROUP_CALL_MAX_MEMBERS).default([]),
  })
  .meta({
    id: 'GroupChange',
    example: { add: ['0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a22'], remove: [] },
  });

export const groupChanged = z
  .strictObject({
    added: z.int().nonnegative().meta({ description: 'Who was not in it before.' }),
    removed: z.int().nonnegative().meta({ description: 'Who was in it before.' }),
  })
  .meta({ id: 'GroupChanged', example: { added: 1, removed: 0 } });
