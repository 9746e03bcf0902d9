SET LOCAL ROLE psephos_door;
-- A picture by its id alone: browsers ask for pictures without saying who asks, and the id is random.
CREATE OR REPLACE FUNCTION door.find_picture(p_picture uuid) RETURNS TABLE (org_id uuid, content bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT p.org_id, p.content FROM app.pictures p WHERE p.picture_id = p_picture LIMIT 1 $$;
REVOKE ALL ON FUNCTION door.find_picture(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_picture(uuid) TO psephos_app;
