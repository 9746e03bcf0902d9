SET LOCAL ROLE psephos_door;
-- Takes one delivery of each of up to p_count webhooks that have one due and nobody at work: one at a time, the oldest
-- first, keeps their order as far as repetitions allow. Nobody else gets them for p_lease_ms.
CREATE OR REPLACE FUNCTION door.claim_webhook_deliveries(p_count integer, p_lease_ms integer)
  RETURNS TABLE (org_id uuid, webhook_id uuid, delivery_id uuid, url text, secret text, previous_secret text, event_id text,
    kind text, body text, attempts integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_hook record;
BEGIN
  FOR v_hook IN
    SELECT w.org_id, w.webhook_id, w.url, w.secret,
      CASE WHEN w.previous_until > clock_timestamp() THEN w.previous_secret END AS previous_secret
    FROM app.webhooks w
    WHERE w.state = 'active' AND w.next_at <= clock_timestamp() AND (w.busy_until IS NULL OR w.busy_until <= clock_timestamp())
    ORDER BY w.next_at LIMIT p_count FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    RETURN QUERY
      UPDATE app.webhook_deliveries d SET attempts = d.attempts + 1, attempted_at = clock_timestamp()
      WHERE d.org_id = v_hook.org_id AND d.delivery_id = (
        SELECT n.delivery_id FROM app.webhook_deliveries n
        WHERE n.org_id = v_hook.org_id AND n.webhook_id = v_hook.webhook_id AND n.status = 'waiting' AND n.due_at <= clock_timestamp()
        ORDER BY n.seq LIMIT 1)
      RETURNING d.org_id, d.webhook_id, d.delivery_id, v_hook.url, v_hook.secret, v_hook.previous_secret, d.event_id, d.kind,
        d.body, d.attempts;
    IF FOUND THEN
      UPDATE app.webhooks w SET busy_until = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
        WHERE w.org_id = v_hook.org_id AND w.webhook_id = v_hook.webhook_id;
    ELSE -- nothing is due: look again when something is
      UPDATE app.webhooks w SET next_at = (SELECT min(d.due_at) FROM app.webhook_deliveries d
          WHERE d.org_id = w.org_id AND d.webhook_id = w.webhook_id AND d.status = 'waiting')
        WHERE w.org_id = v_hook.org_id AND w.webhook_id = v_hook.webhook_id;
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION door.claim_webhook_deliveries(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.claim_webhook_deliveries(integer, integer) TO psephos_app;

-- What became of an attempt. A failure is tried again p_retry_ms later, for the last time at retry_until. A webhook that has
-- not succeeded once in nine tenths of p_window_ms before a delivery is given up is disabled, and one that answers 'gone'
-- at once; what waits for it is given up. Answers 'delivered', 'waiting', 'failed', 'disabled', or null where somebody else
-- has taken the delivery since.
CREATE OR REPLACE FUNCTION door.settle_webhook_delivery(p_org uuid, p_delivery uuid, p_attempt integer, p_delivered boolean,
    p_status integer, p_excerpt text, p_latency_ms integer, p_problem text, p_retry_ms double precision, p_window_ms double precision)
  RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_hook uuid;
  v_failing_since timestamptz;
  v_retry_until timestamptz;
  v_given_up boolean;
  v_disabled boolean := false;
BEGIN
  SELECT d.webhook_id INTO v_hook FROM app.webhook_deliveries d
    WHERE d.org_id = p_org AND d.delivery_id = p_delivery AND d.attempts = p_attempt AND d.status = 'waiting';
  -- the webhook first, as when taking: two that lock in different orders would wait for each other
  SELECT w.failing_since INTO v_failing_since FROM app.webhooks w
    WHERE w.org_id = p_org AND w.webhook_id = v_hook FOR NO KEY UPDATE;
  SELECT d.retry_until INTO v_retry_until FROM app.webhook_deliveries d
    WHERE d.org_id = p_org AND d.delivery_id = p_delivery AND d.attempts = p_attempt AND d.status = 'waiting' FOR UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  v_given_up := NOT p_delivered AND (clock_timestamp() >= v_retry_until OR p_status = 410);
  UPDATE app.webhook_deliveries d SET
      status = CASE WHEN p_delivered THEN 'delivered' WHEN v_given_up THEN 'failed' ELSE 'waiting' END,
      due_at = least(clock_timestamp() + make_interval(secs => p_retry_ms / 1000.0), v_retry_until),
      settled_at = CASE WHEN p_delivered OR v_given_up THEN clock_timestamp() END,
      response_status = p_status, response_excerpt = p_excerpt, latency_ms = p_latency_ms, problem = p_problem
    WHERE d.org_id = p_org AND d.delivery_id = p_delivery;
  IF v_given_up THEN
    v_disabled := coalesce(p_status = 410, false)
      OR v_failing_since <= v_retry_until - make_interval(secs => 0.9 * p_window_ms / 1000.0);
  END IF;
  IF v_disabled THEN
    UPDATE app.webhook_deliveries d SET status = 'failed', settled_at = clock_timestamp(), problem = 'The webhook was disabled.'
      WHERE d.org_id = p_org AND d.webhook_id = v_hook AND d.status = 'waiting';
  END IF;
  UPDATE app.webhooks w SET
      failing_since = CASE WHEN NOT p_delivered THEN coalesce(w.failing_since, clock_timestamp()) END,
      state = CASE WHEN v_disabled THEN 'disabled' ELSE w.state END,
      disabled_reason = CASE WHEN v_disabled THEN left('No delivery succeeded any more. The last problem: ' || p_problem, 500)
        ELSE w.disabled_reason END,
      busy_until = NULL,
      next_at = (SELECT min(d.due_at) FROM app.webhook_deliveries d
        WHERE d.org_id = p_org AND d.webhook_id = v_hook AND d.status = 'waiting')
    WHERE w.org_id = p_org AND w.webhook_id = v_hook;
  RETURN CASE WHEN v_disabled THEN 'disabled' WHEN p_delivered THEN 'delivered' WHEN v_given_up THEN 'failed' ELSE 'waiting' END;
END $$;
REVOKE ALL ON FUNCTION door.settle_webhook_delivery(uuid, uuid, integer, boolean, integer, text, integer, text, double precision, double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.settle_webhook_delivery(uuid, uuid, integer, boolean, integer, text, integer, text, double precision, double precision) TO psephos_app;

-- Forgets deliveries that were settled p_kept_ms ago.
CREATE OR REPLACE FUNCTION door.tidy_webhook_deliveries(p_kept_ms double precision) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  DELETE FROM app.webhook_deliveries d WHERE d.settled_at < clock_timestamp() - make_interval(secs => p_kept_ms / 1000.0);
END $$;
REVOKE ALL ON FUNCTION door.tidy_webhook_deliveries(double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.tidy_webhook_deliveries(double precision) TO psephos_app;

-- Puts a new secret in place; the old one signs as well for p_overlap_ms. Null where there is no such webhook. The application
-- may not read secrets, so moving one is done here.
CREATE OR REPLACE FUNCTION door.rotate_webhook_secret(p_org uuid, p_webhook uuid, p_secret text, p_overlap_ms double precision)
  RETURNS TABLE (previous_until timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN QUERY
    UPDATE app.webhooks w SET previous_secret = w.secret, secret = p_secret,
        previous_until = clock_timestamp() + make_interval(secs => p_overlap_ms / 1000.0)
      WHERE w.org_id = p_org AND w.webhook_id = p_webhook RETURNING w.previous_until;
END $$;
REVOKE ALL ON FUNCTION door.rotate_webhook_secret(uuid, uuid, text, double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.rotate_webhook_secret(uuid, uuid, text, double precision) TO psephos_app;
