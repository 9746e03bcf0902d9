SET LOCAL ROLE psephos_owner;
-- Makes the partitions of the audit chain for this month and the next p_ahead months. Answers how many were made.
CREATE OR REPLACE FUNCTION app.make_audit_partitions(p_ahead integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7308);
  RETURN app.make_month_partitions('audit_entries', 'chained_at', true, p_ahead)
    + app.make_month_partitions('audit_details', 'chained_at', true, p_ahead);
END $$;
REVOKE ALL ON FUNCTION app.make_audit_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.make_audit_partitions(integer) TO psephos_app;

-- Months of the audit chain that have a partition and end before p_before, oldest first.
CREATE OR REPLACE FUNCTION app.audit_months(p_before date) RETURNS TABLE (month date)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT m.month FROM (
    SELECT to_date(right(c.relname, 7), 'YYYY_MM') AS month FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'app.audit_entries'::regclass AND c.relname ~ '^audit_entries_\d{4}_\d\d$') m
  WHERE m.month + interval '1 month' <= p_before ORDER BY m.month
$$;
REVOKE ALL ON FUNCTION app.audit_months(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.audit_months(date) TO psephos_app;

-- Removes a month that lies in files now. Only where every chain that has entries of that month has its row in
-- app.audit_archives with the very same end, and the month is over.
CREATE OR REPLACE FUNCTION app.drop_audit_month(p_month date) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC'
AS $$
DECLARE
  v_suffix text := to_char(p_month, '_YYYY_MM');
  v_missing bigint;
BEGIN
  IF date_trunc('month', clock_timestamp()) <= p_month THEN
    RAISE EXCEPTION 'the month % is not over', p_month USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(7308);
  -- forced row-level security hides other organisations' rows from their owner; nobody looks in before this has ended
  EXECUTE format('ALTER TABLE app.%I NO FORCE ROW LEVEL SECURITY', 'audit_entries' || v_suffix);
  ALTER TABLE app.audit_archives NO FORCE ROW LEVEL SECURITY;
  EXECUTE format('SELECT count(*) FROM (SELECT org_id, min(seq) AS first, max(seq) AS last FROM app.%I GROUP BY org_id) e
    WHERE NOT EXISTS (SELECT FROM app.audit_archives a WHERE a.org_id = e.org_id AND a.month = %L
      AND a.from_seq = e.first AND a.to_seq = e.last)', 'audit_entries' || v_suffix, p_month) INTO v_missing;
  ALTER TABLE app.audit_archives FORCE ROW LEVEL SECURITY;
  IF v_missing > 0 THEN
    RAISE EXCEPTION '% chains have entries of % that are in no archive', v_missing, p_month USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  EXECUTE format('ALTER TABLE app.audit_entries DETACH PARTITION app.%I', 'audit_entries' || v_suffix);
  EXECUTE format('DROP TABLE app.%I', 'audit_entries' || v_suffix);
  EXECUTE format('ALTER TABLE app.audit_details DETACH PARTITION app.%I', 'audit_details' || v_suffix);
  EXECUTE format('DROP TABLE app.%I', 'audit_details' || v_suffix);
END $$;
REVOKE ALL ON FUNCTION app.drop_audit_month(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.drop_audit_month(date) TO psephos_app;
