SET LOCAL ROLE psephos_door;
-- Organisations with changes that wait to be taken in, and the queue that does so. The relay wakes it. Each room tells of its
-- own: RETURN QUERY SELECT 'QUEUE'::text, b.org_id FROM door.ITS_OWN_behind(p_limit) b;
CREATE OR REPLACE FUNCTION door.changes_behind(p_limit integer) RETURNS TABLE (queue text, org_id uuid)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN QUERY SELECT 'audit'::text, b.org_id FROM door.audit_staged_behind(p_limit) b;
  RETURN QUERY SELECT 'search'::text, b.org_id FROM door.search_dirty_behind(p_limit) b;
  RETURN;
END $$;
REVOKE ALL ON FUNCTION door.changes_behind(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.changes_behind(integer) TO psephos_worker;
