-- Up Migration
SET LOCAL ROLE psephos_owner;

CREATE TABLE app.upkeep_tasks (
  -- the nil UUID: upkeep is of the installation, not of an organisation; as in app.mails
  org_id uuid NOT NULL,
  task text NOT NULL CHECK (length(task) BETWEEN 1 AND 40),
  begun_at timestamptz NOT NULL,
  ended_at timestamptz,
  succeeded_at timestamptz,
  problem text CHECK (length(problem) <= 1000),
  summary jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (org_id, task)
);
COMMENT ON TABLE app.upkeep_tasks IS 'What is done by the clock, when it was last done and how that went: one row a task. Whoever begins one keeps others from it.';
COMMENT ON COLUMN app.upkeep_tasks.org_id IS 'The nil UUID: upkeep is of the installation.';
COMMENT ON COLUMN app.upkeep_tasks.task IS 'Which, e.g. tidy, statistics, backup, restore-drill.';
COMMENT ON COLUMN app.upkeep_tasks.begun_at IS 'When it was last begun.';
COMMENT ON COLUMN app.upkeep_tasks.ended_at IS 'When that ended, well or not; null or before begun_at: it is at work, or its process died.';
COMMENT ON COLUMN app.upkeep_tasks.succeeded_at IS 'When it last ended well; null: never.';
COMMENT ON COLUMN app.upkeep_tasks.problem IS 'Why the last one failed; null: it did not.';
COMMENT ON COLUMN app.upkeep_tasks.summary IS 'What the last one that ended well did, in figures.';
ALTER TABLE app.upkeep_tasks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.upkeep_tasks USING (org_id = (SELECT app.current_org()));
CREATE POLICY door ON app.upkeep_tasks TO psephos_door USING (true);
GRANT SELECT, INSERT, UPDATE ON app.upkeep_tasks TO psephos_door;

-- What is erased by policy or by age, over all organisations.
GRANT DELETE ON app.usage, app.idempotency_keys, app.account_sessions TO psephos_door;
GRANT SELECT (org_id, key, created_at) ON app.idempotency_keys TO psephos_door;
CREATE POLICY door ON app.idempotency_keys FOR SELECT TO psephos_door USING (true);
-- what is still of use is out of its reach
CREATE POLICY door_erases ON app.usage FOR DELETE TO psephos_door
  USING (month < date_trunc('month', statement_timestamp() AT TIME ZONE 'UTC'));
CREATE POLICY door_erases ON app.idempotency_keys FOR DELETE TO psephos_door
  USING (created_at < statement_timestamp() - interval '24 hours');
CREATE POLICY door_erases ON app.account_sessions FOR DELETE TO psephos_door USING (expires_at < statement_timestamp());
RESET ROLE;
