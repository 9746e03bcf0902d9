SET LOCAL ROLE psephos_urn;
-- Metering and quotas. Counted in the transaction that writes what is counted, so that the figure is exact whatever dies.

CREATE OR REPLACE FUNCTION urn.this_month() RETURNS date
  LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
  AS $$ SELECT date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')::date $$;
REVOKE ALL ON FUNCTION urn.this_month() FROM PUBLIC;

-- Adds to what the organisation of this transaction has used and answers the month's amount. Its row stays locked until
-- the commit: whoever reads the answer has the last word on the quota.
CREATE OR REPLACE FUNCTION urn.meter(p_org uuid, p_metric text, p_count bigint) RETURNS bigint
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_month date := urn.this_month();
  v_amount bigint;
BEGIN
  UPDATE app.usage u SET amount = u.amount + p_count
    WHERE u.org_id = p_org AND u.month = v_month AND u.metric = p_metric RETURNING u.amount INTO v_amount;
  IF NOT FOUND THEN
    INSERT INTO app.usage AS u (org_id, month, metric, amount) VALUES (p_org, v_month, p_metric, p_count)
      ON CONFLICT (org_id, month, metric) DO UPDATE SET amount = u.amount + excluded.amount RETURNING u.amount INTO v_amount;
  END IF;
  RETURN v_amount;
END $$;
REVOKE ALL ON FUNCTION urn.meter(uuid, text, bigint) FROM PUBLIC;

-- Meters credentials that were just issued. Past the quota it raises PSQ01, which undoes the whole transaction.
CREATE OR REPLACE FUNCTION urn.meter_credentials(p_org uuid, p_count bigint) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF p_count > 0 AND urn.meter(p_org, 'credentials', p_count) > (SELECT q.credentials FROM app.quotas q WHERE q.org_id = p_org) THEN
    RAISE EXCEPTION 'over the quota of credentials' USING ERRCODE = 'PSQ01', HINT = 'credentials';
  END IF;
END $$;
REVOKE ALL ON FUNCTION urn.meter_credentials(uuid, bigint) FROM PUBLIC;

-- How much of a metric the quota leaves this month. While it leaves far more than a batch, the answer is only a good guess
-- and nobody waits; near the end the counter is locked first, and the answer holds until the commit.
CREATE OR REPLACE FUNCTION urn.units_left(p_org uuid, p_metric text, p_quota bigint, p_size integer) RETURNS bigint
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  c_far constant bigint := 20000; -- 40 full batches: more than all connections of ten gateways have in work
  v_month date := urn.this_month();
  v_amount bigint;
BEGIN
  SELECT u.amount INTO v_amount FROM app.usage u WHERE u.org_id = p_org AND u.month = v_month AND u.metric = p_metric;
  IF p_quota - coalesce(v_amount, 0) >= p_size + c_far THEN
    RETURN p_quota - coalesce(v_amount, 0);
  END IF;
  INSERT INTO app.usage (org_id, month, metric, amount) VALUES (p_org, v_month, p_metric, 0) ON CONFLICT DO NOTHING;
  SELECT u.amount INTO v_amount FROM app.usage u
    WHERE u.org_id = p_org AND u.month = v_month AND u.metric = p_metric FOR UPDATE;
  RETURN greatest(0, p_quota - v_amount);
END $$;
REVOKE ALL ON FUNCTION urn.units_left(uuid, text, bigint, integer) FROM PUBLIC;
