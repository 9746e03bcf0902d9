SET LOCAL ROLE psephos_urn;
-- Takes the organisation's next log position and writes the row. The last act of a transaction: the head's row lock is
-- held until commit, which makes positions gapless and in commit order.
CREATE OR REPLACE FUNCTION urn.announce(p_org uuid, p_topic uuid, p_kind text, p_payload jsonb) RETURNS bigint
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_pos bigint;
BEGIN
  UPDATE app.log_head SET pos = pos + 1 WHERE org_id = p_org RETURNING pos INTO v_pos;
  IF NOT FOUND THEN
    INSERT INTO app.log_head AS h (org_id, pos) VALUES (p_org, 1)
      ON CONFLICT (org_id) DO UPDATE SET pos = h.pos + 1 RETURNING pos INTO v_pos;
  END IF;
  INSERT INTO app.log (org_id, pos, topic, kind, payload) VALUES (p_org, v_pos, p_topic, p_kind, p_payload);
  RETURN v_pos;
END $$;
REVOKE ALL ON FUNCTION urn.announce(uuid, uuid, text, jsonb) FROM PUBLIC;

-- What the application may announce itself. Everything about ballots and states is announced by the urn alone.
CREATE OR REPLACE FUNCTION urn.append_log(p_org uuid, p_topic uuid, p_kind text, p_payload jsonb) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_pos bigint;
BEGIN
  IF p_kind NOT IN ('access.revoked', 'member.created', 'member.changed', 'member.deactivated',
      'member.reactivated', 'member.joined', 'members.imported', 'members.invited', 'members.notified', 'group.created', 'group.changed', 'group.deleted',
      'meeting.created', 'meeting.invited', 'meeting.changed', 'meeting.started', 'meeting.ended', 'meeting.code_rotated', 'meeting.joined',
      'meeting.admitted', 'meeting.removed', 'meeting.role', 'agenda.changed', 'speakers.changed', 'proxy.offered', 'proxy.accepted',
      'proxy.revoked', 'proxies.imported', 'election.created', 'election.counted', 'election.present', 'campaign.created', 'campaign.changed',
      'campaign.deleted', 'campaign.member', 'campaign.tags', 'idea.submitted', 'idea.changed', 'idea.commented') THEN
    RAISE EXCEPTION 'the application may not announce %', p_kind USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('app.org_id', p_org::text, true);
  v_pos := urn.announce(p_org, p_topic, p_kind, p_payload);
  IF p_kind = 'access.revoked' THEN
    -- A ticket that was issued and not used yet carries what its holder was allowed then. The lock keeps apart a ticket that
    -- is being issued: either this sees it, or it sees this (engine/accounts/queries.ts, insertTicket). It comes after the
    -- log's head, as it must where a transaction has announced something else before: else two of them could deadlock.
    PERFORM pg_advisory_xact_lock(hashtextextended(p_org::text, 7303));
    DELETE FROM app.socket_tickets t WHERE t.org_id = p_org
      AND p_topic::text IN (t.identity ->> 'id', t.identity ->> 'memberId', t.identity ->> 'sessionId', t.identity ->> 'meetingId');
  END IF;
  IF p_kind = 'election.present' THEN
    UPDATE app.elections e SET changed_pos = v_pos WHERE e.org_id = p_org AND e.election_id = p_topic;
  END IF;
  RETURN v_pos;
END $$;
REVOKE ALL ON FUNCTION urn.append_log(uuid, uuid, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.append_log(uuid, uuid, text, jsonb) TO psephos_app;
