-- Up Migration
-- BullMQ's own tables, made and brought up to date by whoever migrates (workers/jobs-schema.ts); the worker only uses them.
SET LOCAL ROLE psephos_owner;
CREATE SCHEMA IF NOT EXISTS jobs;
COMMENT ON SCHEMA jobs IS 'Jobs that wait, where no Redis holds them. BullMQ''s own tables: work to be done, never the truth.';
GRANT USAGE ON SCHEMA jobs TO psephos_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA jobs GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO psephos_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA jobs GRANT USAGE, SELECT ON SEQUENCES TO psephos_worker;

CREATE TABLE app.relay_cursors (
  org_id uuid PRIMARY KEY REFERENCES app.organisations (org_id),
  pos bigint NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE app.relay_cursors IS 'How far each organisation''s log has been made into jobs. Moves once the jobs are with the queue: a job may come twice, never not at all.';
COMMENT ON COLUMN app.relay_cursors.org_id IS 'The organisation.';
COMMENT ON COLUMN app.relay_cursors.pos IS 'Log position up to which every row is in a job.';

CREATE TABLE app.consumer_cursors (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  consumer text NOT NULL CHECK (length(consumer) BETWEEN 1 AND 40),
  pos bigint NOT NULL,
  PRIMARY KEY (org_id, consumer)
) WITH (fillfactor = 50);
COMMENT ON TABLE app.consumer_cursors IS 'How far each consumer has taken an organisation''s log in. Moves in the transaction of what it did: each row takes effect once, and in order.';
COMMENT ON COLUMN app.consumer_cursors.org_id IS 'The organisation.';
COMMENT ON COLUMN app.consumer_cursors.consumer IS 'Who follows the log, e.g. audit, search.';
COMMENT ON COLUMN app.consumer_cursors.pos IS 'Log position up to which every row has taken effect.';

CREATE TABLE app.dead_letters (
  -- the nil UUID stands for no organisation, as in app.mails
  org_id uuid NOT NULL,
  letter_id uuid NOT NULL DEFAULT gen_random_uuid(),
  queue text NOT NULL CHECK (length(queue) BETWEEN 1 AND 40),
  job_id text NOT NULL CHECK (length(job_id) BETWEEN 1 AND 200),
  job_name text NOT NULL CHECK (length(job_name) <= 100),
  payload jsonb NOT NULL,
  reason text NOT NULL CHECK (length(reason) <= 1000),
  attempts integer NOT NULL,
  times integer NOT NULL DEFAULT 1,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'again')),
  first_failed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  failed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, letter_id),
  UNIQUE (org_id, queue, job_id)
);
CREATE INDEX dead_letters_again ON app.dead_letters (failed_at) WHERE state = 'again';
COMMENT ON TABLE app.dead_letters IS 'Jobs that failed for the last time. They wait here until somebody has them run again or drops them.';
COMMENT ON COLUMN app.dead_letters.org_id IS 'The organisation whose work it is; the nil UUID where it is of none or cannot be told.';
COMMENT ON COLUMN app.dead_letters.letter_id IS 'The letter.';
COMMENT ON COLUMN app.dead_letters.queue IS 'Queue that the job was in.';
COMMENT ON COLUMN app.dead_letters.job_id IS 'The job. Of a queue that follows the log one letter stands for all that failed: the next run takes in what was missed.';
COMMENT ON COLUMN app.dead_letters.job_name IS 'Name that the job was added under: its queue''s, unless nobody knows it.';
COMMENT ON COLUMN app.dead_letters.payload IS 'What the job carried, without its log rows.';
COMMENT ON COLUMN app.dead_letters.reason IS 'Why it failed the last time.';
COMMENT ON COLUMN app.dead_letters.attempts IS 'Attempts of the last time.';
COMMENT ON COLUMN app.dead_letters.times IS 'How often it has come to this.';
COMMENT ON COLUMN app.dead_letters.state IS 'waiting: for a person; again: the relay puts it back into its queue.';
COMMENT ON COLUMN app.dead_letters.first_failed_at IS 'When it came here first.';
COMMENT ON COLUMN app.dead_letters.failed_at IS 'When it came here last.';

CREATE TABLE app.queue_stats (
  queue text PRIMARY KEY,
  waiting bigint NOT NULL,
  active bigint NOT NULL,
  delayed bigint NOT NULL,
  failed bigint NOT NULL,
  done bigint NOT NULL,
  oldest_age_ms bigint NOT NULL,
  measured_at timestamptz NOT NULL
);
COMMENT ON TABLE app.queue_stats IS 'What the workers last said of each queue, over all organisations.';
COMMENT ON COLUMN app.queue_stats.queue IS 'The queue.';
COMMENT ON COLUMN app.queue_stats.waiting IS 'Jobs that wait for a worker.';
COMMENT ON COLUMN app.queue_stats.active IS 'Jobs that a worker has.';
COMMENT ON COLUMN app.queue_stats.delayed IS 'Jobs that wait for their time, or for their next attempt.';
COMMENT ON COLUMN app.queue_stats.failed IS 'Attempts that failed, since this database began.';
COMMENT ON COLUMN app.queue_stats.done IS 'Jobs that were done, since this database began.';
COMMENT ON COLUMN app.queue_stats.oldest_age_ms IS 'How long the first of the waiting jobs has waited.';
COMMENT ON COLUMN app.queue_stats.measured_at IS 'When.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['relay_cursors', 'consumer_cursors', 'dead_letters', 'queue_stats'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['relay_cursors', 'consumer_cursors', 'dead_letters'] LOOP
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
    EXECUTE format('GRANT SELECT ON app.%I TO psephos_app, psephos_auditor', name);
  END LOOP;
  -- the relay and the runners work for every organisation
  FOREACH name IN ARRAY ARRAY['relay_cursors', 'dead_letters', 'queue_stats'] LOOP
    EXECUTE format('CREATE POLICY worker ON app.%I TO psephos_worker USING (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON app.%I TO psephos_worker', name);
  END LOOP;
END $$;
GRANT INSERT, UPDATE ON app.consumer_cursors TO psephos_app;
GRANT UPDATE (state), DELETE ON app.dead_letters TO psephos_app;
CREATE POLICY everyone_reads ON app.queue_stats FOR SELECT USING (true);
GRANT SELECT ON app.queue_stats TO psephos_app, psephos_auditor;
GRANT SELECT ON app.consumer_cursors TO psephos_worker;
CREATE POLICY worker ON app.consumer_cursors FOR SELECT TO psephos_worker USING (true);
GRANT USAGE ON SCHEMA door TO psephos_worker;

-- Webhooks follow the log by jobs now.
DROP POLICY door ON app.webhook_cursors;
REVOKE SELECT ON app.webhook_cursors FROM psephos_door;
GRANT SELECT ON app.webhook_cursors TO psephos_worker;
CREATE POLICY worker ON app.webhook_cursors FOR SELECT TO psephos_worker USING (true);
RESET ROLE;
SET LOCAL ROLE psephos_door;
DROP FUNCTION IF EXISTS door.webhooks_behind(integer);
RESET ROLE;
