SET LOCAL ROLE psephos_door;
-- Campaigns whose start or end is near and of which nobody has been told: the last quarter of the time until then, at most p_most_ms
-- before. What lasts less than p_least_ms is over before a mail is read.
CREATE OR REPLACE FUNCTION door.campaigns_to_remind(p_most_ms double precision, p_least_ms double precision, p_limit integer)
  RETURNS TABLE (org_id uuid, id uuid, change text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT w.org_id, w.id, w.change FROM (
    SELECT c.org_id, c.id, 'soon' AS change, c.created_at AS since, c.start_date AS due FROM app.campaigns c
    WHERE c.status = 'draft' AND c.start_date > clock_timestamp()
      AND c.start_date <= clock_timestamp() + make_interval(secs => p_most_ms / 1000.0)
    UNION ALL
    SELECT c.org_id, c.id, 'ending', c.activated_at, c.end_date FROM app.campaigns c
    WHERE c.status = 'active' AND c.end_date > clock_timestamp()
      AND c.end_date <= clock_timestamp() + make_interval(secs => p_most_ms / 1000.0)) w
  WHERE w.due - w.since >= make_interval(secs => p_least_ms / 1000.0) AND w.due <= clock_timestamp() + (w.due - w.since) / 4
    AND NOT EXISTS (SELECT FROM app.notification_events n
      WHERE n.org_id = w.org_id AND n.event = 'campaign.schedule:' || w.id || ':' || w.change)
  LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION door.campaigns_to_remind(double precision, double precision, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.campaigns_to_remind(double precision, double precision, integer) TO psephos_app;

-- Ideas that got coins of which their submitters are to be told now.
CREATE OR REPLACE FUNCTION door.coins_to_tell(p_limit integer) RETURNS TABLE (org_id uuid, idea_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.org_id, t.idea_id FROM app.idea_totals t WHERE t.tell_at <= clock_timestamp() ORDER BY t.tell_at LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION door.coins_to_tell(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.coins_to_tell(integer) TO psephos_app;
