SET LOCAL ROLE psephos_owner;
-- Makes the monthly partitions of the log (months of UTC) for this month and the next p_ahead months. Answers how many
-- were made.
CREATE OR REPLACE FUNCTION app.make_log_partitions(p_ahead integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC'
AS $$
DECLARE
  v_month timestamptz;
  v_next timestamptz;
  v_name text;
  v_attach text;
  v_made integer := 0;
BEGIN
  -- one at a time: of two that find a month missing, the second would fail
  PERFORM pg_advisory_xact_lock(7304);
  FOR i IN 0..p_ahead LOOP
    v_month := date_trunc('month', clock_timestamp()) + make_interval(months => i);
    v_next := v_month + interval '1 month';
    v_name := 'log_' || to_char(v_month, 'YYYY_MM');
    CONTINUE WHEN to_regclass('app.' || v_name) IS NOT NULL;
    -- made apart and then attached: attaching does not lock out writers, creating in place would
    EXECUTE format('CREATE TABLE app.%I (LIKE app.log INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)', v_name);
    EXECUTE format('COMMENT ON TABLE app.%I IS ''Rows of app.log of one month.''', v_name);
    v_attach := format('ALTER TABLE app.log ATTACH PARTITION app.%I FOR VALUES FROM (%L) TO (%L)', v_name, v_month, v_next);
    BEGIN
      EXECUTE v_attach;
    EXCEPTION WHEN check_violation THEN
      -- Rows of this month came before their partition did and lie in the default one: they move. Forced row-level
      -- security hides them from their owner too; nobody else can look in before this transaction has ended.
      ALTER TABLE app.log_default NO FORCE ROW LEVEL SECURITY;
      EXECUTE format('WITH early AS (DELETE FROM app.log_default WHERE at >= %L AND at < %L RETURNING *)
        INSERT INTO app.%I SELECT * FROM early', v_month, v_next, v_name);
      ALTER TABLE app.log_default FORCE ROW LEVEL SECURITY;
      EXECUTE v_attach;
    END;
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', v_name);
    v_made := v_made + 1;
  END LOOP;
  RETURN v_made;
END $$;
REVOKE ALL ON FUNCTION app.make_log_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.make_log_partitions(integer) TO psephos_app;
