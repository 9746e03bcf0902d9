SET LOCAL ROLE psephos_door;
-- Ideas of one campaign as pages of other platforms show them to anybody: those that everybody in the organisation sees, of a
-- campaign whose managers allow it, which is not by invitation and has begun. Most coins first, or the newest while totals are
-- hidden; p_context: those alone that are about one thing. Null where there is nothing to be shown.
CREATE OR REPLACE FUNCTION door.embedded_ideas(p_campaign uuid, p_context text, p_limit integer) RETURNS jsonb
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  c_shown constant text[] := '{competing,accepted,in_progress,complete}';
  v record;
  v_ideas jsonb;
BEGIN
  SELECT c.org_id, c.id, c.campaign_id, c.title, c.status, c.hide_totals AND c.status = 'active' AS hidden INTO v
    FROM app.campaigns c
    WHERE c.id = p_campaign AND c.embeddable AND c.campaign_type <> 'closed' AND c.status IN ('active', 'completed');
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF p_context IS NOT NULL THEN
    SELECT jsonb_agg(jsonb_build_object('id', b.id, 'title', b.title, 'status', b.status, 'coinCount', b.coins) ORDER BY b.n) INTO v_ideas
      FROM (SELECT i.id, i.title, i.status, CASE WHEN NOT v.hidden THEN t.coin_count END AS coins,
          row_number() OVER (ORDER BY CASE WHEN NOT v.hidden THEN t.coin_count END DESC NULLS LAST, i.submitted_at DESC, i.id) AS n
        FROM (SELECT * FROM app.ideas x WHERE x.org_id = v.org_id AND x.context_id = p_context ORDER BY x.submitted_at DESC, x.id LIMIT 1000) i
        CROSS JOIN LATERAL (SELECT x.coin_count FROM app.idea_totals x WHERE x.org_id = v.org_id AND x.idea_id = i.id OFFSET 0) t
        WHERE i.campaign_id = v.id AND i.status = ANY (c_shown)
        ORDER BY n LIMIT p_limit) b;
  ELSIF v.hidden THEN
    SELECT jsonb_agg(jsonb_build_object('id', b.id, 'title', b.title, 'status', b.status, 'coinCount', NULL) ORDER BY b.submitted_at DESC, b.id) INTO v_ideas
      FROM (SELECT i.id, i.title, i.status, i.submitted_at FROM app.ideas i
        WHERE i.org_id = v.org_id AND i.campaign_id = v.id AND i.status = ANY (c_shown)
        ORDER BY i.submitted_at DESC, i.id LIMIT p_limit) b;
  ELSE
    SELECT jsonb_agg(jsonb_build_object('id', b.id, 'title', b.title, 'status', b.status, 'coinCount', b.coin_count) ORDER BY b.coin_count DESC, b.id) INTO v_ideas
      FROM (SELECT i.id, i.title, i.status, t.coin_count FROM app.idea_totals t
        CROSS JOIN LATERAL (SELECT * FROM app.ideas x WHERE x.org_id = v.org_id AND x.id = t.idea_id AND x.status = ANY (c_shown) OFFSET 0) i
        WHERE t.org_id = v.org_id AND t.campaign_id = v.id
        ORDER BY t.coin_count DESC, t.idea_id LIMIT p_limit) b;
  END IF;
  RETURN jsonb_build_object('campaign', jsonb_build_object('id', v.id, 'campaignId', v.campaign_id, 'title', v.title, 'status', v.status),
    'items', coalesce(v_ideas, '[]'));
END $$;
REVOKE ALL ON FUNCTION door.embedded_ideas(uuid, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.embedded_ideas(uuid, text, integer) TO psephos_app;
