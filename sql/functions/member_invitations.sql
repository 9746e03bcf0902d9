SET LOCAL ROLE psephos_door;
-- Whose invitation a link is, before an organisation is known.
CREATE OR REPLACE FUNCTION door.find_invitation(p_hash bytea)
  RETURNS TABLE (org_id uuid, invitation_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT i.org_id, i.invitation_id FROM app.member_invitations i WHERE i.token_hash = p_hash LIMIT 1 $$;
REVOKE ALL ON FUNCTION door.find_invitation(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_invitation(bytea) TO psephos_app;
