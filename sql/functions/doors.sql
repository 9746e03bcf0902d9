SET LOCAL ROLE psephos_door;
-- Look-ups before an organisation is known, or over several. Each tells no more than its caller needs, and runs as a role
-- that may read no more; those by a secret or a code return one row at most.
-- A ticket is good once: reading it removes it.
CREATE OR REPLACE FUNCTION door.redeem_ticket(p_hash bytea)
  RETURNS TABLE (org_id uuid, identity jsonb, expired boolean)
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM app.socket_tickets t WHERE t.ticket_hash = p_hash
  RETURNING t.org_id, t.identity, t.expires_at <= clock_timestamp()
$$;
REVOKE ALL ON FUNCTION door.redeem_ticket(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.redeem_ticket(bytea) TO psephos_app;

-- Elections that the sweep must look at, over all organisations: due to open or close now (in_ms 0) or within p_ahead_ms
-- (in_ms: when), or closed and not yet sealed.
CREATE OR REPLACE FUNCTION door.due_elections(p_ahead_ms double precision DEFAULT 0)
  RETURNS TABLE (org_id uuid, election_id uuid, act text, in_ms double precision)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT e.org_id, e.election_id, 'open', greatest(0, extract(epoch FROM e.opens_at - clock_timestamp()) * 1000)::double precision
  FROM app.elections e
  WHERE e.state = 'draft' AND e.opens_at <= clock_timestamp() + p_ahead_ms * interval '1 millisecond'
    AND (e.closes_at IS NULL OR e.closes_at > clock_timestamp()) -- one that was never opened in its time stays a draft
  UNION ALL
  SELECT e.org_id, e.election_id, 'close', greatest(0, extract(epoch FROM e.closes_at - clock_timestamp()) * 1000)::double precision
  FROM app.elections e WHERE e.state = 'open' AND e.closes_at <= clock_timestamp() + p_ahead_ms * interval '1 millisecond'
  UNION ALL
  SELECT e.org_id, e.election_id, 'seal', 0 FROM app.elections e WHERE e.state IN ('closed', 'cancelled') AND e.sealed_at IS NULL
$$;
REVOKE ALL ON FUNCTION door.due_elections(double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.due_elections(double precision) TO psephos_app;

-- Heads of the logs that a gateway follows, so that one call a poll tells which of them moved.
CREATE OR REPLACE FUNCTION door.log_heads(p_orgs uuid[])
  RETURNS TABLE (org_id uuid, pos bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT h.org_id, h.pos FROM app.log_head h WHERE h.org_id = ANY (p_orgs) $$;
REVOKE ALL ON FUNCTION door.log_heads(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.log_heads(uuid[]) TO psephos_app;
