SET LOCAL ROLE psephos_owner;
-- Makes the monthly partitions of the log for this month and the next p_ahead months. Answers how many were made.
CREATE OR REPLACE FUNCTION app.make_log_partitions(p_ahead integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_month timestamptz;
  v_name text;
  v_made integer := 0;
BEGIN
  FOR i IN 0..p_ahead LOOP
    v_month := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => i);
    v_name := 'log_' || to_char(v_month AT TIME ZONE 'UTC', 'YYYY_MM');
    CONTINUE WHEN to_regclass('app.' || v_name) IS NOT NULL;
    -- made apart and then attached: attaching does not lock out writers, creating in place would
    EXECUTE format('CREATE TABLE app.%I (LIKE app.log INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)', v_name);
    EXECUTE format('COMMENT ON TABLE app.%I IS ''Rows of app.log of one month.''', v_name);
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', v_name);
    EXECUTE format('ALTER TABLE app.log ATTACH PARTITION app.%I FOR VALUES FROM (%L) TO (%L)', v_name, v_month, v_month + interval '1 month');
    v_made := v_made + 1;
  END LOOP;
  RETURN v_made;
END $$;
REVOKE ALL ON FUNCTION app.make_log_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.make_log_partitions(integer) TO psephos_app;
