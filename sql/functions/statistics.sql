SET LOCAL ROLE psephos_owner;
-- Analyses one table of the role that asks which has changed by more than p_rows rows and a tenth since it was last analysed, the one
-- that changed most, and names it; null where none is left. One a call, so that no lock is held longer than one table takes.
-- p_done: those that the caller has had, since one that is locked is passed over.
CREATE OR REPLACE FUNCTION app.analyse_most_changed(p_rows bigint, p_done text[]) RETURNS text
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_table text;
BEGIN
  SELECT s.relid::regclass::text INTO v_table FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
    WHERE c.relowner = (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
      AND s.n_mod_since_analyze > greatest(p_rows, s.n_live_tup / 10) AND s.relid::regclass::text <> ALL (p_done)
    ORDER BY s.n_mod_since_analyze DESC LIMIT 1;
  IF v_table IS NOT NULL THEN
    EXECUTE format('ANALYZE (SKIP_LOCKED) %s', v_table);
  END IF;
  RETURN v_table;
END $$;
REVOKE ALL ON FUNCTION app.analyse_most_changed(bigint, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.analyse_most_changed(bigint, text[]) TO psephos_urn;

CREATE OR REPLACE FUNCTION app.refresh_statistics(p_rows bigint, p_done text[]) RETURNS text
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT app.analyse_most_changed(p_rows, p_done) $$;
REVOKE ALL ON FUNCTION app.refresh_statistics(bigint, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.refresh_statistics(bigint, text[]) TO psephos_app;

-- Removes the oldest monthly partition of the log that ended more than p_months months ago, and names it; null where there is
-- none. What somebody who follows the log has not had yet stays, and so does all that is younger. The lock on the log is asked
-- for with a short patience: votes must not queue behind it.
CREATE OR REPLACE FUNCTION app.drop_log_partition(p_months integer) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET lock_timeout = '250ms'
AS $$
DECLARE
  v_last text := 'log_' || to_char(date_trunc('month', clock_timestamp()) - make_interval(months => p_months), 'YYYY_MM');
  v_name text;
  v_behind boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(7304); -- as make_log_partitions
  SELECT c.relname INTO v_name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'app.log'::regclass AND c.relname ~ '^log_\d{4}_\d{2}$' AND c.relname < v_last
    ORDER BY c.relname LIMIT 1;
  IF v_name IS NULL THEN
    RETURN NULL;
  END IF;
  -- forced row-level security hides these rows from their owner too; nobody else can look in before this transaction has ended
  EXECUTE format('ALTER TABLE app.%I NO FORCE ROW LEVEL SECURITY', v_name);
  ALTER TABLE app.relay_cursors NO FORCE ROW LEVEL SECURITY;
  ALTER TABLE app.consumer_cursors NO FORCE ROW LEVEL SECURITY;
  EXECUTE format($q$
    SELECT EXISTS (
      SELECT FROM (SELECT l.org_id, max(l.pos) AS pos FROM app.%I l GROUP BY l.org_id) l
      WHERE l.pos > coalesce((SELECT r.pos FROM app.relay_cursors r WHERE r.org_id = l.org_id), 0)
        OR l.pos > (SELECT min(k.pos) FROM app.consumer_cursors k WHERE k.org_id = l.org_id))$q$, v_name) INTO v_behind;
  ALTER TABLE app.consumer_cursors FORCE ROW LEVEL SECURITY;
  ALTER TABLE app.relay_cursors FORCE ROW LEVEL SECURITY;
  IF v_behind THEN
    EXECUTE format('ALTER TABLE app.%I FORCE ROW LEVEL SECURITY', v_name);
    RETURN NULL;
  END IF;
  EXECUTE format('DROP TABLE app.%I', v_name);
  RETURN v_name;
END $$;
REVOKE ALL ON FUNCTION app.drop_log_partition(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.drop_log_partition(integer) TO psephos_app;
