SET LOCAL ROLE psephos_door;
-- Organisations in which somebody is to be told of something now: events that are not spread yet, mails whose time has come.
CREATE OR REPLACE FUNCTION door.notifications_waiting(p_limit integer) RETURNS TABLE (org_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT w.org_id FROM (
    SELECT e.org_id FROM app.notification_events e WHERE e.spread_at IS NULL
    UNION
    SELECT n.org_id FROM app.notifications n WHERE n.mail_due_at <= clock_timestamp()) w
  LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION door.notifications_waiting(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.notifications_waiting(integer) TO psephos_app;

-- Open elections of members whose end is near and of which nobody has been reminded: the last quarter of their time, at
-- most p_most_ms before the end. Those that last less than p_least_ms are over before a mail is read.
CREATE OR REPLACE FUNCTION door.reminders_due(p_most_ms double precision, p_least_ms double precision, p_limit integer)
  RETURNS TABLE (org_id uuid, election_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT e.org_id, e.election_id FROM app.elections e
  WHERE e.state = 'open' AND e.roll = 'members' AND e.closes_at > clock_timestamp() AND e.opened_at IS NOT NULL
    AND e.closes_at - e.opened_at >= make_interval(secs => p_least_ms / 1000.0)
    AND e.closes_at <= clock_timestamp() + least((e.closes_at - e.opened_at) / 4, make_interval(secs => p_most_ms / 1000.0))
    AND NOT EXISTS (SELECT FROM app.notification_events n
      WHERE n.org_id = e.org_id AND n.event = 'election.reminder:' || e.election_id)
  LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION door.reminders_due(double precision, double precision, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.reminders_due(double precision, double precision, integer) TO psephos_app;

-- The inbox of the account that the transaction has named, over all organisations, newest first, after p_after.
CREATE OR REPLACE FUNCTION door.own_notifications(p_unread boolean, p_after uuid, p_limit integer)
  RETURNS TABLE (notification_id uuid, org_id uuid, organisation text, kind text, subject uuid, facts jsonb, created_at timestamptz, read_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT n.notification_id, n.org_id, o.name, e.kind, e.subject, e.facts, n.created_at, n.read_at
  FROM app.notifications n
  JOIN app.notification_events e ON e.org_id = n.org_id AND e.event = n.event
  JOIN app.organisations o ON o.org_id = n.org_id
  WHERE n.account_id = app.current_account() AND n.in_app AND (NOT p_unread OR n.read_at IS NULL)
    AND (p_after IS NULL OR (n.created_at, n.notification_id) < (
      SELECT a.created_at, a.notification_id FROM app.notifications a
      WHERE a.account_id = app.current_account() AND a.notification_id = p_after))
  ORDER BY n.created_at DESC, n.notification_id DESC LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION door.own_notifications(boolean, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.own_notifications(boolean, uuid, integer) TO psephos_app;

CREATE OR REPLACE FUNCTION door.own_unread() RETURNS integer
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT count(*)::integer FROM app.notifications n
  WHERE n.account_id = app.current_account() AND n.in_app AND n.read_at IS NULL
$$;
REVOKE ALL ON FUNCTION door.own_unread() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.own_unread() TO psephos_app;

-- Marks as read: these, or (null) all up to p_until. Again changes nothing.
CREATE OR REPLACE FUNCTION door.read_notifications(p_ids uuid[], p_until timestamptz) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE app.notifications n SET read_at = clock_timestamp()
  WHERE n.account_id = app.current_account() AND n.in_app AND n.read_at IS NULL
    AND (p_ids IS NULL OR n.notification_id = ANY (p_ids)) AND (p_until IS NULL OR date_trunc('milliseconds', n.created_at) <= p_until) -- as clients know it
$$;
REVOKE ALL ON FUNCTION door.read_notifications(uuid[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.read_notifications(uuid[], timestamptz) TO psephos_app;

-- How many unread notifications the persons behind these members have, and when their newest came, over all organisations.
CREATE OR REPLACE FUNCTION door.unread_of_members(p_org uuid, p_members uuid[])
  RETURNS TABLE (member_id uuid, unread integer, newest_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT m.member_id, (SELECT count(*)::integer FROM app.notifications n
    WHERE n.account_id = m.account_id AND n.in_app AND n.read_at IS NULL), (SELECT n.created_at FROM app.notifications n
    WHERE n.account_id = m.account_id AND n.in_app ORDER BY n.created_at DESC, n.notification_id DESC LIMIT 1)
  FROM app.members m WHERE m.org_id = p_org AND m.member_id = ANY (p_members)
$$;
REVOKE ALL ON FUNCTION door.unread_of_members(uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.unread_of_members(uuid, uuid[]) TO psephos_app;

-- Queues a push of each notification for every browser of its person: [{notification_id, account_id, due_at, worth_until}].
CREATE OR REPLACE FUNCTION door.queue_pushes(p_pushes jsonb) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_queued integer;
BEGIN
  INSERT INTO app.push_messages (org_id, notification_id, account_id, subscription_id, due_at, worth_until)
    SELECT app.current_org(), p.notification_id, s.account_id, s.subscription_id, p.due_at, p.worth_until
    FROM jsonb_to_recordset(p_pushes) p (notification_id uuid, account_id uuid, due_at timestamptz, worth_until timestamptz)
    JOIN app.push_subscriptions s ON s.account_id = p.account_id
    ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_queued = ROW_COUNT;
  RETURN v_queued;
END $$;
REVOKE ALL ON FUNCTION door.queue_pushes(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.queue_pushes(jsonb) TO psephos_app;

-- Takes up to p_count pushes that are due, with all that it takes to send them; nobody else gets them for p_lease_ms.
CREATE OR REPLACE FUNCTION door.claim_pushes(p_count integer, p_lease_ms integer)
  RETURNS TABLE (org_id uuid, notification_id uuid, subscription_id uuid, attempts integer, endpoint text, p256dh text, auth text,
    worth_until timestamptz, locale text, organisation text, time_zone text, kind text, subject uuid, facts jsonb)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  DELETE FROM app.push_messages m WHERE m.worth_until <= clock_timestamp() AND m.due_at <= clock_timestamp();
  RETURN QUERY
    WITH due AS (
      SELECT m.org_id, m.notification_id, m.subscription_id FROM app.push_messages m
      WHERE m.due_at <= clock_timestamp() ORDER BY m.due_at LIMIT p_count FOR UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE app.push_messages m
        SET attempts = m.attempts + 1, due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
        FROM due d WHERE m.org_id = d.org_id AND m.notification_id = d.notification_id AND m.subscription_id = d.subscription_id
        RETURNING m.*
    )
    SELECT t.org_id, t.notification_id, t.subscription_id, t.attempts, s.endpoint, s.p256dh, s.auth, t.worth_until, a.locale, o.name,
      o.time_zone, e.kind, e.subject, e.facts
    FROM taken t
    JOIN app.push_subscriptions s ON s.account_id = t.account_id AND s.subscription_id = t.subscription_id
    JOIN app.accounts a ON a.account_id = t.account_id
    JOIN app.notifications n ON n.org_id = t.org_id AND n.notification_id = t.notification_id
    JOIN app.notification_events e ON e.org_id = n.org_id AND e.event = n.event
    JOIN app.organisations o ON o.org_id = t.org_id;
END $$;
REVOKE ALL ON FUNCTION door.claim_pushes(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.claim_pushes(integer, integer) TO psephos_app;

-- What became of a push: 'done' (sent, or will never be), 'gone' (the browser takes none any more: its subscription goes),
-- 'again' after p_retry_ms. Who held it too long says nothing any more, unless that it is done.
CREATE OR REPLACE FUNCTION door.settle_push(p_org uuid, p_notification uuid, p_subscription uuid, p_attempt integer, p_end text, p_retry_ms double precision)
  RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF p_end = 'again' THEN
    UPDATE app.push_messages m SET due_at = clock_timestamp() + make_interval(secs => p_retry_ms / 1000.0)
      WHERE m.org_id = p_org AND m.notification_id = p_notification AND m.subscription_id = p_subscription AND m.attempts = p_attempt;
    RETURN;
  END IF;
  DELETE FROM app.push_messages m
    WHERE m.org_id = p_org AND m.notification_id = p_notification AND m.subscription_id = p_subscription;
  IF p_end = 'gone' THEN
    DELETE FROM app.push_messages m WHERE m.subscription_id = p_subscription;
    DELETE FROM app.push_subscriptions s WHERE s.subscription_id = p_subscription;
  END IF;
END $$;
REVOKE ALL ON FUNCTION door.settle_push(uuid, uuid, uuid, integer, text, double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.settle_push(uuid, uuid, uuid, integer, text, double precision) TO psephos_app;

-- Forgets what was told p_kept_ms ago, read or not, some events at a time. Answers how many.
CREATE OR REPLACE FUNCTION door.tidy_notifications(p_kept_ms double precision, p_limit integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_gone integer;
BEGIN
  DELETE FROM app.notification_events e WHERE (e.org_id, e.event) IN (
    SELECT x.org_id, x.event FROM app.notification_events x
    WHERE x.created_at < clock_timestamp() - make_interval(secs => p_kept_ms / 1000.0) AND x.spread_at IS NOT NULL LIMIT p_limit);
  GET DIAGNOSTICS v_gone = ROW_COUNT;
  RETURN v_gone;
END $$;
REVOKE ALL ON FUNCTION door.tidy_notifications(double precision, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.tidy_notifications(double precision, integer) TO psephos_app;
