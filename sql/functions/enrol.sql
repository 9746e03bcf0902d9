SET LOCAL ROLE psephos_urn;
-- The credential of a guest who attends. The leading zero byte keeps it apart from the SHA-256 of any one-time token:
-- tokens are text without control characters. Parsed when it is made, so it needs no search path and can be inlined: with one,
-- 100,000 calls took 0.8 s longer.
CREATE OR REPLACE FUNCTION urn.attendee_credential(p_election uuid, p_attendee uuid) RETURNS bytea
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN sha256('\x00'::bytea || 'attendee'::bytea || uuid_send(p_election) || uuid_send(p_attendee));
REVOKE ALL ON FUNCTION urn.attendee_credential(uuid, uuid) FROM PUBLIC;

-- The credential of a member: one, whether they come by account, on two devices in a meeting, or somebody holds their
-- proxy. That is what keeps one member to one ballot.
CREATE OR REPLACE FUNCTION urn.member_credential(p_election uuid, p_member uuid) RETURNS bytea
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN sha256('\x00'::bytea || 'member'::bytea || uuid_send(p_election) || uuid_send(p_member));
REVOKE ALL ON FUNCTION urn.member_credential(uuid, uuid) FROM PUBLIC;

-- Puts attendees of a meeting (null: all) on the electoral roll of one of its elections, as far as they are admitted:
-- guests with one vote, members with their weight, and with each member those whose proxy they hold there.
-- Attendees of the last minutes are estimated at one row: what is joined to them is one index probe a row, whatever the
-- statistics say (3,000 attendees took 1.2 s otherwise).
-- Rows go in by their keys' order: two who enrol the same person at once wait for each other and never in a circle.
CREATE OR REPLACE FUNCTION urn.enrol(p_org uuid, p_election uuid, p_meeting uuid, p_attendees uuid[]) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_issued bigint;
BEGIN
  WITH present AS MATERIALIZED (
    SELECT a.attendee_id, a.member_id, a.name FROM app.attendees a
    WHERE a.org_id = p_org AND a.meeting_id = p_meeting AND a.state = 'admitted'
      AND (p_attendees IS NULL OR a.attendee_id = ANY (p_attendees))
  ), holders AS MATERIALIZED (
    SELECT m.member_id, m.name, m.weight FROM present p CROSS JOIN LATERAL (
      SELECT x.member_id, x.name, x.weight, x.status FROM app.members x
      WHERE x.org_id = p_org AND x.member_id = p.member_id OFFSET 0) m
    WHERE m.status = 'active'
  ), grantors AS (
    SELECT m.member_id, m.name, m.weight FROM holders h CROSS JOIN LATERAL (
      SELECT x.grantor_id, x.meeting_id FROM app.proxies x
      WHERE x.org_id = p_org AND x.holder_id = h.member_id AND x.state = 'accepted' OFFSET 0) g
    CROSS JOIN LATERAL (
      SELECT x.member_id, x.name, x.weight, x.status FROM app.members x
      WHERE x.org_id = p_org AND x.member_id = g.grantor_id OFFSET 0) m
    WHERE m.status = 'active' AND (g.meeting_id IS NULL OR g.meeting_id = p_meeting)
  ), voters AS MATERIALIZED (
    SELECT p.attendee_id AS voter_id, p.name, 1000000::bigint AS weight, urn.attendee_credential(p_election, p.attendee_id) AS credential
    FROM present p WHERE p.member_id IS NULL
    UNION ALL
    SELECT m.member_id, m.name, m.weight, urn.member_credential(p_election, m.member_id)
    FROM (SELECT * FROM holders UNION SELECT * FROM grantors) m
  ), entered AS (
    INSERT INTO app.electoral_roll (org_id, election_id, voter_id, name, credential)
    SELECT p_org, p_election, v.voter_id, v.name, v.credential FROM voters v ORDER BY v.voter_id
    ON CONFLICT DO NOTHING
  ), issued AS (
    INSERT INTO urn.credential (org_id, election_id, credential, weight)
    SELECT p_org, p_election, v.credential, v.weight FROM voters v ORDER BY v.credential
    ON CONFLICT DO NOTHING
    RETURNING 1
  )
  SELECT count(*) INTO v_issued FROM issued;
  PERFORM urn.meter_credentials(p_org, v_issued);
END $$;
REVOKE ALL ON FUNCTION urn.enrol(uuid, uuid, uuid, uuid[]) FROM PUBLIC;

-- Puts all active members of the organisation, or those of one group, on the roll of an election, each with their weight.
CREATE OR REPLACE FUNCTION urn.enrol_members(p_org uuid, p_election uuid, p_group uuid) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_issued bigint;
BEGIN
  WITH voters AS MATERIALIZED (
    SELECT m.member_id AS voter_id, m.name, m.weight, urn.member_credential(p_election, m.member_id) AS credential
    FROM app.members m
    WHERE m.org_id = p_org AND m.status = 'active' AND (p_group IS NULL OR m.member_id IN (
      SELECT g.member_id FROM app.group_members g WHERE g.org_id = p_org AND g.group_id = p_group))
  ), entered AS (
    INSERT INTO app.electoral_roll (org_id, election_id, voter_id, name, credential)
    SELECT p_org, p_election, v.voter_id, v.name, v.credential FROM voters v ORDER BY v.voter_id
    ON CONFLICT DO NOTHING
  ), issued AS (
    INSERT INTO urn.credential (org_id, election_id, credential, weight)
    SELECT p_org, p_election, v.credential, v.weight FROM voters v ORDER BY v.credential
    ON CONFLICT DO NOTHING
    RETURNING 1
  )
  SELECT count(*) INTO v_issued FROM issued;
  PERFORM urn.meter_credentials(p_org, v_issued);
END $$;
REVOKE ALL ON FUNCTION urn.enrol_members(uuid, uuid, uuid) FROM PUBLIC;

-- The elections of these meetings that take attendees and may still be open when this answers, each locked against being
-- opened or closed. All locks are taken before anything is written: an opener that one of them waits for may itself want
-- the counter of credentials, or the head of the log.
-- Drafts too: one that is being opened at this moment may have read the attendees before these were there. The lock waits
-- for it, and its state is read again afterwards.
CREATE OR REPLACE FUNCTION urn.hold_rolls(p_org uuid, p_meetings uuid[]) RETURNS uuid[]
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_election uuid;
  v_held uuid[] := '{}';
BEGIN
  FOR v_election IN
    SELECT e.election_id FROM app.elections e
    WHERE e.org_id = p_org AND e.meeting_id = ANY (p_meetings) AND e.roll = 'meeting' AND e.state IN ('draft', 'open')
    ORDER BY e.election_id
  LOOP
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(v_election::text, 7301));
    v_held := v_held || v_election;
  END LOOP;
  RETURN v_held;
END $$;
REVOKE ALL ON FUNCTION urn.hold_rolls(uuid, uuid[]) FROM PUBLIC;

-- These have been admitted: a place on the roll of every election of the meeting that is open and takes attendees.
CREATE OR REPLACE FUNCTION urn.enrol_attendees(p_org uuid, p_meeting uuid, p_attendees uuid[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_held uuid[];
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  v_held := urn.hold_rolls(p_org, ARRAY[p_meeting]);
  PERFORM urn.enrol(p_org, e.election_id, p_meeting, p_attendees) FROM app.elections e
    WHERE e.org_id = p_org AND e.election_id = ANY (v_held) AND e.state = 'open';
END $$;
REVOKE ALL ON FUNCTION urn.enrol_attendees(uuid, uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.enrol_attendees(uuid, uuid, uuid[]) TO psephos_app;

-- These members hold further proxies: the same in every meeting that they attend, for them and those whom they represent.
CREATE OR REPLACE FUNCTION urn.enrol_holders(p_org uuid, p_holders uuid[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_held uuid[];
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  v_held := urn.hold_rolls(p_org, ARRAY(
    SELECT DISTINCT a.meeting_id FROM app.attendees a
    JOIN app.meetings m ON m.org_id = p_org AND m.meeting_id = a.meeting_id AND m.state <> 'ended'
    WHERE a.org_id = p_org AND a.member_id = ANY (p_holders) AND a.state = 'admitted'));
  PERFORM urn.enrol(p_org, e.election_id, e.meeting_id, ARRAY(
      SELECT a.attendee_id FROM app.attendees a
      WHERE a.org_id = p_org AND a.meeting_id = e.meeting_id AND a.member_id = ANY (p_holders)))
    FROM app.elections e
    WHERE e.org_id = p_org AND e.election_id = ANY (v_held) AND e.state = 'open';
END $$;
REVOKE ALL ON FUNCTION urn.enrol_holders(uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.enrol_holders(uuid, uuid[]) TO psephos_app;
