-- Up Migration
SET LOCAL ROLE psephos_owner;

CREATE TABLE app.epoch (
  epoch text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE app.epoch IS 'One row: the life of this database. A restore or failover writes a new one, so that cursors of the old are not believed.';
COMMENT ON COLUMN app.epoch.epoch IS 'What clients carry beside an offset.';
COMMENT ON COLUMN app.epoch.started_at IS 'Since when.';
INSERT INTO app.epoch (epoch) VALUES (substr(md5(random()::text || clock_timestamp()::text), 1, 12));
ALTER TABLE app.epoch ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON app.epoch FOR SELECT USING (true);
GRANT SELECT ON app.epoch TO psephos_app, psephos_worker, psephos_auditor;

CREATE TABLE app.log_head (
  org_id uuid PRIMARY KEY REFERENCES app.organisations (org_id),
  pos bigint NOT NULL
) WITH (fillfactor = 50); -- updated once per batch: room for heap-only tuples
COMMENT ON TABLE app.log_head IS 'The last position of each organisation''s log. Taken as a transaction''s last act, so positions are gapless and in commit order.';
COMMENT ON COLUMN app.log_head.org_id IS 'The organisation.';
COMMENT ON COLUMN app.log_head.pos IS 'Position of the newest row in app.log; 0 = none yet.';

CREATE TABLE app.log (
  org_id uuid NOT NULL,
  pos bigint NOT NULL,
  topic uuid NOT NULL,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, pos, at)
) PARTITION BY RANGE (at);
COMMENT ON TABLE app.log IS 'What became true, in order; append-only, one partition a month.';
COMMENT ON COLUMN app.log.org_id IS 'The organisation.';
COMMENT ON COLUMN app.log.pos IS 'Position: 1, 2, 3 ... within the organisation, in commit order.';
COMMENT ON COLUMN app.log.topic IS 'The meeting or election it is about.';
COMMENT ON COLUMN app.log.kind IS 'What happened, e.g. election.opened, election.ballots, meeting.joined.';
COMMENT ON COLUMN app.log.payload IS 'The particulars; of a secret election how many ballots, never what they say.';
COMMENT ON COLUMN app.log.at IS 'When, by the database''s clock.';
-- A vote never fails for a partition that nobody has made ahead.
CREATE TABLE app.log_default PARTITION OF app.log DEFAULT;
COMMENT ON TABLE app.log_default IS 'Rows of app.log of months without a partition of their own; stays empty while upkeep runs.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['log_head', 'log', 'log_default'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['log_head', 'log'] LOOP
    EXECUTE format('CREATE POLICY worker_reads_all ON app.%I FOR SELECT TO psephos_worker USING (true)', name);
    EXECUTE format('GRANT SELECT ON app.%I TO psephos_app, psephos_worker, psephos_auditor', name);
  END LOOP;
END $$;
GRANT INSERT ON app.log TO psephos_urn;
GRANT SELECT, INSERT, UPDATE ON app.log_head TO psephos_urn;
GRANT SELECT ON app.log_head TO psephos_door;
CREATE POLICY door ON app.log_head FOR SELECT TO psephos_door USING (true);
RESET ROLE;
