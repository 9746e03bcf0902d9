import { afterAll, expect, test } from 'vitest';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

/** Tables that no trigger watches, and why. Every other table of `app` is audited. */
const NOT_AUDITED: Readonly<Record<string, string>> = {
  audit_archives: 'the audit itself; every row is said by an entry',
  audit_chains: 'the audit itself',
  audit_checks: 'the audit itself',
  audit_details: 'the audit itself; an entry says what was erased',
  audit_details_default: 'the audit itself',
  audit_entries: 'the audit itself',
  audit_entries_default: 'the audit itself',
  audit_erasures: 'the audit itself; every row is said by an entry',
  audit_heads: 'the audit itself',
  audit_keys: 'the audit itself',
  audit_staged: 'the audit itself',
  attendee_sessions: 'comes and goes with its attendee, who is audited; holds a hash alone',
  campaign_active: 'statistics, made from the log and the ledger',
  campaign_cohort_weeks: 'statistics, made from the log and the ledger',
  campaign_cohorts: 'statistics, made from the log and the ledger',
  campaign_figures: 'statistics, made from the log and the ledger',
  campaign_hours: 'statistics, made from the log and the ledger',
  campaign_people: 'statistics, made from the log and the ledger',
  campaign_tag_totals: 'statistics, made from the log and the ledger',
  coin_allocations: 'sums of the ledger, which is written in the same statement',
  coin_balances: 'sums of the ledger, which is written in the same statement',
  coin_batches: 'who acted in a batch, until statistics have counted it; the ledger says the same for ever',
  consumer_cursors: 'how far a worker has read',
  dead_letters: 'jobs that failed; who has one run again or drops it notes that in the same transaction',
  epoch: 'written by a restore, when nothing else is',
  idempotency_keys: 'answers that are kept for a day',
  idea_totals: 'made from the log, a second behind',
  ledger: 'append-only itself, written by the urn alone: the journal of coins, with who did each act',
  log: 'append-only itself; ballots and revocations are chained from it',
  log_default: 'the log',
  log_head: 'where the log ends; moves with every batch of ballots',
  mails: 'a queue: whoever queues a mail has done something that is audited',
  member_import_rows: 'a list before it is accepted; what it changes in members is audited',
  member_lexicon: 'made from members for searching',
  member_words: 'made from members for searching',
  notification_events: 'made from the log, of which people are told',
  notifications: 'who was told of what; what happened is audited',
  oidc_logins: 'sign-ins that are at a provider, for ten minutes',
  presence: 'who is connected at this moment',
  push_messages: 'a queue',
  queue_stats: 'figures of queues, every two seconds',
  rate_limits: 'counters of attempts',
  relay_cursors: 'how far the relay has read',
  search_dirty: 'what the search has to take in yet',
  search_documents: 'made from other tables for searching',
  search_lexicon: 'made from other tables for searching',
  search_outbox: 'what the search server has to take in yet',
  search_retries: 'what the search server has to take in yet',
  signed_requests: 'signatures that were seen, for five minutes',
  socket_tickets: 'good once, for thirty seconds',
  upkeep_tasks: 'when each task of upkeep last ran',
  usage: 'counters; move with every batch of ballots',
  webhook_cursors: 'how far the log was turned into deliveries',
  webhook_deliveries: 'a queue: the webhook and the event are audited',
  webhook_milestones: 'turnout as the queue of webhooks has seen it',
};

const MONTH = /^(?:log|audit_entries|audit_details)_\d{4}_\d\d$/;

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

interface Watched {
  readonly name: string;
  readonly events: string;
  readonly kind: string | null;
}

/** Every table of app with the events that its audit triggers fire on. */
const watched = () => superuser<Watched[]>`
  SELECT c.relname AS name, max(t.tgfoid::regproc::text) AS kind,
    coalesce(string_agg(CASE WHEN t.tgtype & 4 > 0 THEN 'insert' WHEN t.tgtype & 8 > 0 THEN 'delete'
      WHEN t.tgtype & 16 > 0 THEN 'update' WHEN t.tgtype & 32 > 0 THEN 'truncate' END, ' ' ORDER BY t.tgtype), '') AS events
  FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgenabled = 'O'
    AND t.tgfoid IN ('app.audit_stage'::regproc, 'app.audit_stage_count'::regproc)
  WHERE c.relnamespace = 'app'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.relname ORDER BY c.relname`;

test('every table is watched for inserts, deletes and updates, or stands on the list with its reason', async () => {
  const missing = (await watched()).filter(
    ({ name, events }) =>
      !MONTH.test(name) && NOT_AUDITED[name] === undefined && !events.startsWith('insert delete update'),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('nothing is on the list that is watched, or is no more', async () => {
  const tables = new Map((await watched()).map((table) => [table.name, table.events]));
  for (const name of Object.keys(NOT_AUDITED)) expect({ name, events: tables.get(name) }).toEqual({ name, events: '' });
});

test('the whole key of each audited table is what rows are told apart by', async () => {
  const rows = await superuser<{ name: string; keys: string; given: string }[]>`
    SELECT c.relname AS name,
      (SELECT string_agg(a.attname, ',' ORDER BY k.o) FROM pg_constraint p CROSS JOIN unnest(p.conkey) WITH ORDINALITY k (n, o)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.n WHERE p.conrelid = c.oid AND p.contype = 'p') AS keys,
      split_part(encode(t.tgargs, 'escape'), E'\\\\000', 1) AS given
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'audit_changed' AND t.tgfoid = 'app.audit_stage'::regproc`;
  expect(rows.length).toBeGreaterThan(20);
  for (const { name, keys, given } of rows) expect({ name, given }).toEqual({ name, given: keys });
});

test('columns that are hidden, ignored or named as subject exist', async () => {
  const rows = await superuser<{ name: string; column: string }[]>`
    SELECT c.relname AS name, u.col AS "column" FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    CROSS JOIN unnest(string_to_array(replace(encode(t.tgargs, 'escape'), E'\\\\000', ','), ',')) u (col)
    WHERE t.tgname = 'audit_changed' AND u.col <> ''
      AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = u.col AND NOT a.attisdropped)`;
  expect(rows).toEqual([]);
});

test('no column that holds bytes, and none that is called after a secret, is written down as it is', async () => {
  const rows = await superuser<{ name: string; column: string }[]>`
    SELECT c.relname AS name, a.attname AS column FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE t.tgname = 'audit_changed' AND t.tgfoid = 'app.audit_stage'::regproc
      AND (a.atttypid = 'bytea'::regtype OR a.attname ~ 'hash|secret|token|password|private')
      AND NOT a.attname = ANY (string_to_array(split_part(encode(t.tgargs, 'escape'), E'\\\\000', 4), ','))
    ORDER BY 1, 2`;
  // how many ballots a step of live figures has; a digest of the running tally, for comparing; when a password was changed
  expect(rows.map(({ name, column }) => `${name}.${column}`)).toEqual([
    'account_secrets.password_changed_at',
    'elections.secret_step',
    'results.tally_digest',
  ]);
});
