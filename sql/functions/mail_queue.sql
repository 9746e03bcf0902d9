SET LOCAL ROLE psephos_door;
-- Queues mails: [{org_id, to, locale, template, data, key, priority, expires_in_ms}], org_id null for those of no
-- organisation. Answers how many were new: a key that is there already is passed over. Within a transaction that has named
-- an organisation only its mails and those of none are taken.
CREATE OR REPLACE FUNCTION door.enqueue_mails(p_mails jsonb) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_org uuid := nullif(current_setting('app.org_id', true), '')::uuid;
  v_queued integer;
BEGIN
  IF v_org IS NOT NULL AND EXISTS (
      SELECT FROM jsonb_to_recordset(p_mails) m (org_id uuid) WHERE m.org_id IS NOT NULL AND m.org_id <> v_org) THEN
    RAISE EXCEPTION 'a mail of another organisation' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO app.mails (org_id, key, recipient, locale, template, data, priority, expires_at)
    SELECT coalesce(m.org_id, '00000000-0000-0000-0000-000000000000'), m.key, m."to", m.locale, m.template, m.data, m.priority,
      clock_timestamp() + make_interval(secs => m.expires_in_ms / 1000.0)
    FROM jsonb_to_recordset(p_mails) m (org_id uuid, key text, "to" text, locale text, template text, data jsonb,
      priority smallint, expires_in_ms double precision)
    ON CONFLICT (org_id, key) DO NOTHING;
  GET DIAGNOSTICS v_queued = ROW_COUNT;
  RETURN v_queued;
END $$;
REVOKE ALL ON FUNCTION door.enqueue_mails(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.enqueue_mails(jsonb) TO psephos_app;

-- Takes up to p_count mails that are due; nobody else gets them for p_lease_ms. One whose sender has died comes again
-- after that.
CREATE OR REPLACE FUNCTION door.claim_mails(p_count integer, p_lease_ms integer)
  RETURNS TABLE (org_id uuid, mail_id uuid, recipient text, locale text, template text, data jsonb, attempts integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN QUERY
    WITH due AS (
      SELECT m.org_id, m.mail_id FROM app.mails m
      WHERE m.status IN ('waiting', 'sending') AND m.due_at <= clock_timestamp() AND m.expires_at > clock_timestamp()
      ORDER BY m.priority, m.due_at LIMIT p_count FOR UPDATE SKIP LOCKED)
    UPDATE app.mails m
      SET status = 'sending', attempts = m.attempts + 1, due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
      FROM due WHERE m.org_id = due.org_id AND m.mail_id = due.mail_id
      RETURNING m.org_id, m.mail_id, m.recipient, m.locale, m.template, m.data, m.attempts;
END $$;
REVOKE ALL ON FUNCTION door.claim_mails(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.claim_mails(integer, integer) TO psephos_app;

-- What became of an attempt: p_status 'sent', 'failed', or 'waiting' for another one p_retry_ms later. Who held the mail too
-- long (p_attempt is no longer its last) may still say that it was sent, for that is true. False where it is settled
-- already or somebody else's.
CREATE OR REPLACE FUNCTION door.settle_mail(p_org uuid, p_mail uuid, p_attempt integer, p_status text, p_retry_ms double precision, p_answer text)
  RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE app.mails m SET
      status = p_status,
      answer = left(p_answer, 500),
      due_at = CASE p_status WHEN 'waiting' THEN clock_timestamp() + make_interval(secs => p_retry_ms / 1000.0) ELSE m.due_at END,
      settled_at = CASE p_status WHEN 'waiting' THEN NULL ELSE clock_timestamp() END,
      data = CASE p_status WHEN 'waiting' THEN m.data END
    WHERE m.org_id = p_org AND m.mail_id = p_mail AND m.settled_at IS NULL AND (m.attempts = p_attempt OR p_status = 'sent');
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION door.settle_mail(uuid, uuid, integer, text, double precision, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.settle_mail(uuid, uuid, integer, text, double precision, text) TO psephos_app;

-- Erases what is too old to be sent, and forgets mails (and with them their keys) that were settled p_kept_ms ago.
CREATE OR REPLACE FUNCTION door.tidy_mails(p_kept_ms double precision) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE app.mails m SET status = 'expired', settled_at = clock_timestamp(), data = NULL
    WHERE m.status IN ('waiting', 'sending') AND m.expires_at <= clock_timestamp()
      AND (m.status = 'waiting' OR m.due_at <= clock_timestamp()); -- one that is on its way is settled by its sender
  DELETE FROM app.mails m WHERE m.settled_at < clock_timestamp() - make_interval(secs => p_kept_ms / 1000.0);
END $$;
REVOKE ALL ON FUNCTION door.tidy_mails(double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.tidy_mails(double precision) TO psephos_app;

-- The outbox of a server that sends no mail: the newest that wait, with all that they say.
CREATE OR REPLACE FUNCTION door.waiting_mails(p_limit integer)
  RETURNS TABLE (mail_id uuid, recipient text, locale text, template text, data jsonb, created_at timestamptz, expires_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN QUERY
    SELECT m.mail_id, m.recipient, m.locale, m.template, m.data, m.created_at, m.expires_at FROM app.mails m
    WHERE m.status IN ('waiting', 'sending') AND m.expires_at > clock_timestamp()
    ORDER BY m.created_at DESC, m.mail_id LIMIT p_limit;
END $$;
REVOKE ALL ON FUNCTION door.waiting_mails(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.waiting_mails(integer) TO psephos_app;
