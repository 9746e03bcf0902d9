import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { id, moment } from './text.ts';

const POSITION = /^[1-9][0-9]{0,14}$/;

/** One row of an organisation's log: what became true, in commit order and without gaps. */
const logEntry = z
  .strictObject({
    pos: z.int().meta({ description: '1, 2, 3 … without gaps.' }),
    kind: z.string().meta({ description: 'What happened.', example: 'election.closed' }),
    topic: id.meta({ description: 'The meeting, election, member or key that it is about.' }),
    payload: z.record(z.string(), z.unknown()).meta({
      description: 'The particulars: ids and figures, never names; of a secret election how many ballots, never what.',
    }),
    at: moment,
  })
  .meta({ id: 'LogEntry' });
export const logPage = pageOf(logEntry, 'LogPage');

export const logQuery = pageQuery.extend({
  cursor: z
    .string()
    .regex(POSITION, 'is no cursor; send the next_cursor of the page before as it is')
    .optional()
    .meta({ description: 'next_cursor of the page before; left out for the newest.' }),
  kind: z
    .string()
    .regex(/^[a-z_]{1,40}(?:\.[a-z_]{1,40})?$/, "is no kind; write it like 'election' or 'election.closed'")
    .optional()
    .meta({ description: "One kind, or all of one sort: 'election' takes in 'election.closed'.", example: 'election' }),
  topic: id.optional().meta({ description: 'Only what is about this.' }),
});
