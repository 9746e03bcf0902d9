SET LOCAL ROLE psephos_door;
-- Whose session it is. A member who was deactivated is answered like one who was removed.
CREATE OR REPLACE FUNCTION door.find_session(p_hash bytea)
  RETURNS TABLE (org_id uuid, attendee_id uuid, meeting_id uuid, member_id uuid, role text, state text, expires_at timestamptz, expired boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT s.org_id, a.attendee_id, a.meeting_id, a.member_id, a.role,
    CASE WHEN a.member_id IS NULL OR u.status = 'active' THEN a.state ELSE 'removed' END,
    least(s.expires_at, m.sessions_end_at), least(s.expires_at, m.sessions_end_at) <= clock_timestamp()
  FROM app.attendee_sessions s
  JOIN app.attendees a ON a.org_id = s.org_id AND a.attendee_id = s.attendee_id
  JOIN app.meetings m ON m.org_id = a.org_id AND m.meeting_id = a.meeting_id
  LEFT JOIN app.members u ON u.org_id = a.org_id AND u.member_id = a.member_id
  WHERE s.session_hash = p_hash LIMIT 1
$$;
REVOKE ALL ON FUNCTION door.find_session(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_session(bytea) TO psephos_app;

CREATE OR REPLACE FUNCTION door.find_meeting(p_code text)
  RETURNS TABLE (org_id uuid, meeting_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT m.org_id, m.meeting_id FROM app.meetings m WHERE m.join_code = p_code LIMIT 1 $$;
REVOKE ALL ON FUNCTION door.find_meeting(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_meeting(text) TO psephos_app;

-- Meetings whose attendees' sessions have ended and whose connections have not been, over all organisations.
CREATE OR REPLACE FUNCTION door.meetings_to_cut()
  RETURNS TABLE (org_id uuid, meeting_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT m.org_id, m.meeting_id FROM app.meetings m
  WHERE m.sessions_end_at IS NOT NULL AND NOT m.sessions_cut AND m.sessions_end_at <= clock_timestamp()
$$;
REVOKE ALL ON FUNCTION door.meetings_to_cut() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.meetings_to_cut() TO psephos_app;

-- Erases sessions that ended long ago, and what dead gateways left behind, in all organisations.
CREATE OR REPLACE FUNCTION door.forget_sessions(p_seconds double precision) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM app.attendee_sessions s WHERE s.expires_at < clock_timestamp() - make_interval(secs => p_seconds);
  DELETE FROM app.presence p WHERE p.expires_at < clock_timestamp() - interval '1 hour'
$$;
REVOKE ALL ON FUNCTION door.forget_sessions(double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.forget_sessions(double precision) TO psephos_app;
