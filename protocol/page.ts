import { z } from 'zod';
import { id } from './text.ts';

/** Rows of one page at most, and when nothing is asked for. */
export const PAGE_MAX_ROWS = 1_000;
const PAGE_DEFAULT_ROWS = 100;

/** A cursor is the key of the last row before; a list says of which form. */
function cursor(form: RegExp) {
  return z
    .string()
    .regex(form, 'is no cursor; send the next_cursor of the page before as it is')
    .meta({ description: 'next_cursor of the page before; left out for the first page.' });
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TRACKING_CODE = /^[0-9a-f]{32}$/;

const limit = z
  .string()
  .regex(/^[1-9][0-9]{0,3}$/, `is no whole number from 1 to ${PAGE_MAX_ROWS}`)
  .transform(Number)
  .refine((rows) => rows <= PAGE_MAX_ROWS, `is more than ${PAGE_MAX_ROWS}`)
  .meta({ description: `Rows of this page, 1 to ${PAGE_MAX_ROWS}; ${PAGE_DEFAULT_ROWS} if left out.`, example: '100' });

/** Query of a list of things with ids. */
export const pageQuery = z.strictObject({ cursor: cursor(UUID).optional(), limit: limit.optional() });

/** Query of a list of ballots. */
export const ballotPageQuery = z.strictObject({ cursor: cursor(TRACKING_CODE).optional(), limit: limit.optional() });

/** Query of lists that one meeting narrows. */
export const meetingPageQuery = pageQuery.extend({
  meeting_id: id.optional().meta({ description: 'Only what belongs to this meeting.' }),
});

/** One page: its rows, and where the next one starts (null on the last). */
export function pageOf<T extends z.ZodType>(item: T, name: string) {
  return z.strictObject({ items: z.array(item), next_cursor: z.string().nullable() }).meta({ id: name });
}
