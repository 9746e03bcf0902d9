import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { chosenMoment, id, moment, text } from './text.ts';

const SEQ = /^[1-9][0-9]{0,14}$/;
const NAME_MAX = 200;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const values = z.record(z.string(), z.unknown()).nullable();

/** One entry of an organisation's audit chain, with what may be erased of it. */
export const auditEntry = z
  .strictObject({
    seq: z.int().positive().meta({ description: '1, 2, 3 … without gaps.' }),
    at: moment.meta({ description: 'When it was done.' }),
    chained_at: moment.meta({ description: 'When it was appended to the chain.' }),
    actor: z.string().meta({
      description:
        'Who: member:ID, api_key:ID, attendee:ID, account:ID, voters (batches of ballots), system:…, operator, anonymous, or database:LOGIN where it was not the engine that wrote.',
    }),
    actor_name: z
      .string()
      .nullable()
      .meta({ description: 'Name of the member, key, attendee or account, where there still is one.' }),
    bypassed: z.boolean().meta({ description: 'It was not the engine that wrote.' }),
    act: z.string().meta({ description: 'What was done.', example: 'members.changed' }),
    subject: z.string().meta({ description: 'What it was done to: table and id.' }),
    request_id: z.string().nullable(),
    facts: values.meta({
      description: 'Particulars that are nobody’s personal data; of ballots how many, never what they say.',
    }),
    old: values.meta({ description: 'Values before, of the columns that changed; null: none, or erased.' }),
    new: values.meta({ description: 'Values after; secrets only say that there is one.' }),
    origin: z
      .string()
      .nullable()
      .meta({ description: 'Network address that the request came from; null: none, or erased.' }),
    erased: z
      .boolean()
      .meta({ description: 'Values or origin were erased for a person; the entry still proves that there were some.' }),
    entry_hash: hash.meta({
      description: 'SHA-256 over prev_hash and the canonical JSON of the entry (docs/guides/audit.md).',
    }),
    prev_hash: hash,
  })
  .meta({ id: 'AuditEntry' });
export const auditPage = pageOf(auditEntry, 'AuditPage');

export type AuditEntryView = z.infer<typeof auditEntry>;

const filters = {
  actor: text(1, NAME_MAX)
    .optional()
    .meta({ description: "One actor, or all of one kind: 'member' takes in every member.", example: 'member' }),
  act: text(1, NAME_MAX)
    .optional()
    .meta({ description: "One act, or all on one table: 'members' takes in 'members.changed'.", example: 'members' }),
  subject: text(1, NAME_MAX)
    .optional()
    .meta({ description: "One subject, or a whole table: 'elections' takes in 'elections/ID'.", example: 'elections' }),
  from: chosenMoment.optional().meta({ description: 'Only what was done then or later.' }),
  to: chosenMoment.optional().meta({ description: 'Only what was done before.' }),
  bypassed: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .meta({ description: 'Only what did, or did not, come by no engine.' }),
};

const cursor = z
  .string()
  .regex(SEQ, 'is no cursor; send the next_cursor of the page before as it is')
  .optional()
  .meta({ description: 'next_cursor of the page before; left out for the newest.' });

export const auditQuery = pageQuery.extend({ cursor, ...filters });

/** The same for a file of many rows. */
export const auditExportQuery = z.strictObject({ cursor, ...filters });

const signedHead = z
  .strictObject({
    day: z.iso.date(),
    org_id: id,
    seq: z.int().positive(),
    entry_hash: hash,
    at: moment,
    kid: z.string().meta({ description: 'The key that signed: first bytes of the SHA-256 of its public half.' }),
    public_key: z.string().meta({ description: 'Ed25519, raw, base64.' }),
    signature: z
      .string()
      .meta({ description: 'base64; over org_id, seq, entry_hash, at and kid (docs/guides/audit.md).' }),
  })
  .meta({ id: 'AuditHead' });

export const auditState = z
  .strictObject({
    seq: z.int().nonnegative().meta({ description: 'Number of the newest entry; 0: none yet.' }),
    hash: hash.nullable(),
    head: signedHead.nullable().meta({ description: 'The newest signed end of the chain.' }),
    check: z
      .strictObject({
        at: moment,
        seq: z.int().nonnegative().meta({ description: 'Up to which entry all was right.' }),
        problem: z.string().nullable().meta({ description: 'The first break; null: none.' }),
      })
      .nullable()
      .meta({ description: 'The last verification by the server itself; your own is npm run audit -- verify.' }),
  })
  .meta({ id: 'AuditState' });

export type AuditStateView = z.infer<typeof auditState>;
