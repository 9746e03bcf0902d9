SET LOCAL ROLE psephos_owner;
-- Makes the partitions of the log for this month and the next p_ahead months. Answers how many were made.
CREATE OR REPLACE FUNCTION app.make_log_partitions(p_ahead integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7304);
  RETURN app.make_month_partitions('log', 'at', false, p_ahead);
END $$;
REVOKE ALL ON FUNCTION app.make_log_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.make_log_partitions(integer) TO psephos_app;
