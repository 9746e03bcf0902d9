SET LOCAL ROLE psephos_owner;
-- Makes the monthly partitions (months of UTC) of a table of app for this month and the next p_ahead months, by its column
-- p_at. Nobody may truncate them where p_kept. Answers how many were made. For functions that hold the table's lock for this and run
-- as the owner: of two that find a month missing at once the second would fail.
CREATE OR REPLACE FUNCTION app.make_month_partitions(p_parent text, p_at text, p_kept boolean, p_ahead integer) RETURNS integer
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC'
AS $$
DECLARE
  v_default text := p_parent || '_default';
  v_month timestamptz;
  v_next timestamptz;
  v_name text;
  v_attach text;
  v_made integer := 0;
BEGIN
  FOR i IN 0..p_ahead LOOP
    v_month := date_trunc('month', clock_timestamp()) + make_interval(months => i);
    v_next := v_month + interval '1 month';
    v_name := p_parent || '_' || to_char(v_month, 'YYYY_MM');
    CONTINUE WHEN to_regclass('app.' || v_name) IS NOT NULL;
    -- made apart and then attached: attaching does not lock out writers, creating in place would
    EXECUTE format('CREATE TABLE app.%I (LIKE app.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)', v_name, p_parent);
    EXECUTE format('COMMENT ON TABLE app.%I IS ''Rows of app.%s of one month.''', v_name, p_parent);
    v_attach := format('ALTER TABLE app.%I ATTACH PARTITION app.%I FOR VALUES FROM (%L) TO (%L)', p_parent, v_name, v_month, v_next);
    BEGIN
      EXECUTE v_attach;
    EXCEPTION WHEN check_violation THEN
      -- Rows of this month came before their partition did and lie in the default one: they move, which guards would refuse. Forced
      -- row-level security hides them from their owner too; nobody else can look in before this transaction has ended.
      EXECUTE format('ALTER TABLE app.%I NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER', v_default);
      EXECUTE format('WITH early AS (DELETE FROM app.%1$I WHERE %2$I >= %3$L AND %2$I < %4$L RETURNING *)
        INSERT INTO app.%5$I SELECT * FROM early', v_default, p_at, v_month, v_next, v_name);
      EXECUTE format('ALTER TABLE app.%I FORCE ROW LEVEL SECURITY, ENABLE TRIGGER USER', v_default);
      EXECUTE v_attach;
    END;
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', v_name);
    IF p_kept THEN
      EXECUTE format('CREATE TRIGGER keep_whole BEFORE TRUNCATE ON app.%I FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse()', v_name);
    END IF;
    v_made := v_made + 1;
  END LOOP;
  RETURN v_made;
END $$;
REVOKE ALL ON FUNCTION app.make_month_partitions(text, text, boolean, integer) FROM PUBLIC;
