SET LOCAL ROLE psephos_door;
-- Upkeep by the clock: who does what, when it was last done, and what is erased by age. One row a task; the nil UUID stands
-- for the installation.

-- Takes a task in hand. False where somebody began it less than p_pause_ms ago and did not fail, or is at it and began less than
-- p_longest_ms ago.
CREATE OR REPLACE FUNCTION door.begin_upkeep(p_task text, p_pause_ms double precision, p_longest_ms double precision) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO app.upkeep_tasks AS t (org_id, task, begun_at)
    VALUES ('00000000-0000-0000-0000-000000000000', p_task, clock_timestamp())
    ON CONFLICT (org_id, task) DO UPDATE SET begun_at = excluded.begun_at
      WHERE (t.begun_at < clock_timestamp() - p_pause_ms * interval '1 millisecond' OR t.problem IS NOT NULL)
        AND (t.ended_at >= t.begun_at OR t.begun_at < clock_timestamp() - p_longest_ms * interval '1 millisecond');
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION door.begin_upkeep(text, double precision, double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.begin_upkeep(text, double precision, double precision) TO psephos_app;

-- p_problem: why it failed; null where it ended well, and p_summary then says what it did.
CREATE OR REPLACE FUNCTION door.end_upkeep(p_task text, p_problem text, p_summary jsonb) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE app.upkeep_tasks t SET ended_at = clock_timestamp(), problem = left(p_problem, 1000),
      succeeded_at = CASE WHEN p_problem IS NULL THEN clock_timestamp() ELSE t.succeeded_at END,
      summary = coalesce(p_summary, t.summary)
    WHERE t.task = p_task
$$;
REVOKE ALL ON FUNCTION door.end_upkeep(text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.end_upkeep(text, text, jsonb) TO psephos_app;

CREATE OR REPLACE FUNCTION door.upkeep_tasks()
  RETURNS TABLE (task text, begun_at timestamptz, ended_at timestamptz, succeeded_at timestamptz, problem text, summary jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.task, t.begun_at, t.ended_at, t.succeeded_at, t.problem, t.summary FROM app.upkeep_tasks t ORDER BY t.task
$$;
REVOKE ALL ON FUNCTION door.upkeep_tasks() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.upkeep_tasks() TO psephos_app;

-- Sessions that ended, answers to repeated requests and tickets that nobody can use any more. Each is also cleared when its
-- owner makes another; this is for owners who do not come back.
CREATE OR REPLACE FUNCTION door.forget_ended(p_sessions_ms double precision, p_answers_ms double precision)
  RETURNS TABLE (sessions bigint, answers bigint, tickets bigint)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  DELETE FROM app.account_sessions s WHERE s.expires_at < clock_timestamp() - p_sessions_ms * interval '1 millisecond';
  GET DIAGNOSTICS sessions = ROW_COUNT;
  DELETE FROM app.idempotency_keys k WHERE k.created_at < clock_timestamp() - p_answers_ms * interval '1 millisecond';
  GET DIAGNOSTICS answers = ROW_COUNT;
  DELETE FROM app.socket_tickets t WHERE t.expires_at < clock_timestamp();
  GET DIAGNOSTICS tickets = ROW_COUNT;
  RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION door.forget_ended(double precision, double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.forget_ended(double precision, double precision) TO psephos_app;

-- Figures of months that ended more than p_months months ago.
CREATE OR REPLACE FUNCTION door.forget_usage(p_months integer) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_rows bigint;
BEGIN
  DELETE FROM app.usage u
    WHERE u.month < date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') - make_interval(months => p_months);
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  RETURN v_rows;
END $$;
REVOKE ALL ON FUNCTION door.forget_usage(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.forget_usage(integer) TO psephos_app;

-- Elections that are open, over all organisations: their tallies have snapshots.
CREATE OR REPLACE FUNCTION door.open_elections() RETURNS TABLE (org_id uuid, election_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT e.org_id, e.election_id FROM app.elections e WHERE e.state = 'open' $$;
REVOKE ALL ON FUNCTION door.open_elections() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.open_elections() TO psephos_app;

-- Organisations in which a vote has been opened: whoever sweeps the urn names each of them.
CREATE OR REPLACE FUNCTION door.organisations_with_elections() RETURNS TABLE (org_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT DISTINCT e.org_id FROM app.elections e WHERE e.state NOT IN ('draft', 'open') $$;
REVOKE ALL ON FUNCTION door.organisations_with_elections() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.organisations_with_elections() TO psephos_app;
