SET LOCAL ROLE psephos_urn;
-- A gateway says who of a meeting has a connection to it, every few seconds. p_attendees null: the same as it said last;
-- false then means that nothing is known of that, and it must say all of them.
CREATE OR REPLACE FUNCTION urn.keep_presence(p_org uuid, p_meeting uuid, p_gateway uuid, p_attendees uuid[], p_seconds double precision)
  RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  IF p_attendees IS NULL THEN
    UPDATE app.presence p SET expires_at = clock_timestamp() + make_interval(secs => p_seconds)
      WHERE p.org_id = p_org AND p.meeting_id = p_meeting AND p.gateway_id = p_gateway;
    RETURN FOUND;
  ELSIF cardinality(p_attendees) = 0 THEN
    DELETE FROM app.presence p WHERE p.org_id = p_org AND p.meeting_id = p_meeting AND p.gateway_id = p_gateway;
  ELSE
    INSERT INTO app.presence AS p (org_id, meeting_id, gateway_id, attendee_ids, expires_at)
      VALUES (p_org, p_meeting, p_gateway, p_attendees, clock_timestamp() + make_interval(secs => p_seconds))
      ON CONFLICT (org_id, meeting_id, gateway_id) DO UPDATE SET attendee_ids = excluded.attendee_ids, expires_at = excluded.expires_at;
  END IF;
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION urn.keep_presence(uuid, uuid, uuid, uuid[], double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.keep_presence(uuid, uuid, uuid, uuid[], double precision) TO psephos_app;

-- Attendees of the last minutes are estimated at one row, so what is joined to them is one index probe a row.
-- How many are here, and what they weigh in micro-units: members with those whose proxy they hold, each once; a guest one vote.
CREATE OR REPLACE FUNCTION urn.presence(p_org uuid, p_meeting uuid)
  RETURNS TABLE (present bigint, moderators bigint, auditors bigint, members bigint, guests bigint, represented bigint,
    weight bigint, member_weight bigint, waiting bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  RETURN QUERY
  WITH here AS MATERIALIZED (
    SELECT a.attendee_id, a.member_id, a.role FROM (
      SELECT DISTINCT u.attendee_id FROM app.presence p CROSS JOIN unnest(p.attendee_ids) u (attendee_id)
      WHERE p.org_id = p_org AND p.meeting_id = p_meeting AND p.expires_at > clock_timestamp()) u
    CROSS JOIN LATERAL (
      SELECT x.attendee_id, x.member_id, x.role, x.meeting_id, x.state FROM app.attendees x
      WHERE x.org_id = p_org AND x.attendee_id = u.attendee_id OFFSET 0) a
    WHERE a.meeting_id = p_meeting AND a.state = 'admitted'
  ), persons AS (
    SELECT count(*) AS present, count(*) FILTER (WHERE h.role = 'moderator') AS moderators,
      count(*) FILTER (WHERE h.role = 'auditor') AS auditors,
      count(*) FILTER (WHERE h.member_id IS NOT NULL AND h.role IS NULL) AS members,
      count(*) FILTER (WHERE h.member_id IS NULL) AS guests
    FROM here h
  ), electors AS (
    SELECT h.member_id, true AS in_person FROM here h WHERE h.member_id IS NOT NULL
    UNION
    SELECT g.grantor_id, false FROM here h CROSS JOIN LATERAL (
      SELECT x.grantor_id, x.meeting_id FROM app.proxies x
      WHERE x.org_id = p_org AND x.holder_id = h.member_id AND x.state = 'accepted' OFFSET 0) g
    WHERE g.meeting_id IS NULL OR g.meeting_id = p_meeting
  ), electors_once AS (
    SELECT e.member_id, bool_or(e.in_person) AS in_person FROM electors e GROUP BY e.member_id
  ), votes AS (
    SELECT count(*) FILTER (WHERE NOT e.in_person) AS represented, coalesce(sum(m.weight), 0)::bigint AS weight
    FROM electors_once e CROSS JOIN LATERAL (
      SELECT x.weight, x.status FROM app.members x WHERE x.org_id = p_org AND x.member_id = e.member_id OFFSET 0) m
    WHERE m.status = 'active'
  )
  SELECT n.present, n.moderators, n.auditors, n.members, n.guests, v.represented, v.weight + n.guests * 1000000, v.weight,
    (SELECT count(*) FROM app.attendees a WHERE a.org_id = p_org AND a.meeting_id = p_meeting AND a.state = 'waiting')
  FROM persons n, votes v;
END $$;
REVOKE ALL ON FUNCTION urn.presence(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.presence(uuid, uuid) TO psephos_app;

-- The same for majorities of those present: people here and those whom they represent.
CREATE OR REPLACE FUNCTION urn.present_in(p_org uuid, p_meeting uuid) RETURNS TABLE (present bigint, weight bigint)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
  AS $$ SELECT p.present + p.represented, p.weight FROM urn.presence(p_org, p_meeting) p $$;
REVOKE ALL ON FUNCTION urn.present_in(uuid, uuid) FROM PUBLIC;
