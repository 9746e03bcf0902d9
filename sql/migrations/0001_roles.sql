-- Up Migration
-- Roles belong to the cluster, so several databases of one cluster (tests, staging) share them: create when absent.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['psephos_owner', 'psephos_urn', 'psephos_door', 'psephos_app', 'psephos_worker', 'psephos_auditor'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', name);
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL; -- another database of the cluster is being migrated at this moment
    END;
    -- Whoever migrates may act as each role (PostgreSQL 16 gives a creator ADMIN but not SET). INHERIT FALSE keeps his
    -- own statements without their rights; the application's are the exception: a gateway that logs in as him calls
    -- the urn without changing its role first, which would cost a round trip a batch.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = current_user AND rolsuper) THEN
      EXECUTE format('GRANT %I TO %I WITH INHERIT %s, SET TRUE', name, current_user,
        CASE name WHEN 'psephos_app' THEN 'TRUE' ELSE 'FALSE' END);
    END IF;
  END LOOP;
END $$;

DO $$
BEGIN
  EXECUTE format('GRANT CREATE ON DATABASE %I TO psephos_owner, psephos_urn', current_database());
END $$;

SET LOCAL ROLE psephos_owner;
CREATE SCHEMA app;
COMMENT ON SCHEMA app IS 'Organisations and all that belongs to them; every table under forced row-level security.';
CREATE SCHEMA door;
COMMENT ON SCHEMA door IS 'Look-ups before an organisation is known: functions that return one row.';
GRANT USAGE ON SCHEMA app TO psephos_urn, psephos_door, psephos_app, psephos_worker, psephos_auditor;
GRANT USAGE ON SCHEMA door TO psephos_app;
GRANT USAGE, CREATE ON SCHEMA door TO psephos_door;
RESET ROLE;

SET LOCAL ROLE psephos_urn;
CREATE SCHEMA urn;
COMMENT ON SCHEMA urn IS 'Credentials and ballots. Its owner logs in nowhere; its functions are its only doors.';
GRANT USAGE ON SCHEMA urn TO psephos_app;
RESET ROLE;
