SET LOCAL ROLE psephos_door;
-- Look-ups before an organisation is known, or over several. Each tells no more than its caller needs, and runs as a role
-- that may read no more; those by a secret or a code return one row at most.
CREATE OR REPLACE FUNCTION door.find_api_key(p_hash bytea)
  RETURNS TABLE (org_id uuid, key_id uuid, roles text[], revoked boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT k.org_id, k.key_id, k.roles, k.revoked_at IS NOT NULL FROM app.api_keys k WHERE k.secret_hash = p_hash LIMIT 1 $$;
REVOKE ALL ON FUNCTION door.find_api_key(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_api_key(bytea) TO psephos_app;

DROP FUNCTION IF EXISTS door.find_session(bytea); -- its answer has changed its shape
CREATE FUNCTION door.find_session(p_hash bytea)
  RETURNS TABLE (org_id uuid, attendee_id uuid, meeting_id uuid, expires_at timestamptz, expired boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT a.org_id, a.attendee_id, a.meeting_id, a.expires_at, a.expires_at <= clock_timestamp() FROM app.attendees a WHERE a.session_hash = p_hash LIMIT 1 $$;
REVOKE ALL ON FUNCTION door.find_session(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_session(bytea) TO psephos_app;

CREATE OR REPLACE FUNCTION door.find_meeting(p_code text)
  RETURNS TABLE (org_id uuid, meeting_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT m.org_id, m.meeting_id FROM app.meetings m WHERE m.join_code = p_code LIMIT 1 $$;
REVOKE ALL ON FUNCTION door.find_meeting(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_meeting(text) TO psephos_app;

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

-- Elections that the sweep must look at, over all organisations: due to open or close, or closed and not yet sealed.
CREATE OR REPLACE FUNCTION door.due_elections()
  RETURNS TABLE (org_id uuid, election_id uuid, act text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT e.org_id, e.election_id, 'open' FROM app.elections e WHERE e.state = 'draft' AND e.opens_at <= clock_timestamp()
    AND (e.closes_at IS NULL OR e.closes_at > clock_timestamp()) -- one that was never opened in its time stays a draft
  UNION ALL
  SELECT e.org_id, e.election_id, 'close' FROM app.elections e WHERE e.state = 'open' AND e.closes_at <= clock_timestamp()
  UNION ALL
  SELECT e.org_id, e.election_id, 'seal' FROM app.elections e WHERE e.state IN ('closed', 'cancelled') AND e.sealed_at IS NULL
$$;
REVOKE ALL ON FUNCTION door.due_elections() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.due_elections() TO psephos_app;

-- Heads of the logs that a gateway follows, so that one call a poll tells which of them moved.
CREATE OR REPLACE FUNCTION door.log_heads(p_orgs uuid[])
  RETURNS TABLE (org_id uuid, pos bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT h.org_id, h.pos FROM app.log_head h WHERE h.org_id = ANY (p_orgs) $$;
REVOKE ALL ON FUNCTION door.log_heads(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.log_heads(uuid[]) TO psephos_app;
