SET LOCAL ROLE psephos_door;
-- Campaigns, over all organisations, whose own dates say that something is to be done: what urn.change_campaign does then.
CREATE OR REPLACE FUNCTION door.due_campaigns() RETURNS TABLE (org_id uuid, id uuid, act text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.org_id, c.id, 'activate' FROM app.campaigns c
  WHERE c.status = 'draft' AND c.start_date <= clock_timestamp() AND (c.end_date IS NULL OR c.end_date > clock_timestamp())
  UNION ALL
  SELECT c.org_id, c.id, 'complete' FROM app.campaigns c WHERE c.status = 'active' AND c.end_date <= clock_timestamp()
  UNION ALL
  SELECT c.org_id, c.id, 'expire' FROM app.coin_policies p JOIN app.campaigns c ON c.org_id = p.org_id AND c.id = p.campaign_id
  WHERE p.coins_expired_at IS NULL AND p.coins_expire_at <= clock_timestamp() AND c.status IN ('active', 'completed')
$$;
REVOKE ALL ON FUNCTION door.due_campaigns() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.due_campaigns() TO psephos_app;
