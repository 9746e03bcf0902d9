SET LOCAL ROLE psephos_owner;
-- Whoever manages members of an organisation takes this lock first. Until the transaction ends numbers are given, e-mail
-- addresses compared and admins counted without a race; writes of members are rare, so nobody waits long.
CREATE OR REPLACE FUNCTION app.lock_members(p_org uuid) RETURNS void
  LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$ SELECT pg_advisory_xact_lock(hashtextextended('members ' || p_org, 0)) $$;
REVOKE ALL ON FUNCTION app.lock_members(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.lock_members(uuid) TO psephos_app;

-- Whether nobody is left to administer the organisation once these members are no active admins any more. An admin who
-- never signed in administers nothing as long as somebody else can.
CREATE OR REPLACE FUNCTION app.is_last_admin(p_org uuid, p_going uuid[]) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(bool_or(a.going) AND NOT bool_or(NOT a.going)
      OR bool_or(a.going AND a.can_sign_in) AND NOT bool_or(NOT a.going AND a.can_sign_in), false)
  FROM (SELECT m.member_id = ANY (p_going) AS going, m.account_id IS NOT NULL AS can_sign_in FROM app.members m
    WHERE m.org_id = p_org AND m.roles <> '{member}' AND 'admin' = ANY (m.roles) AND m.status = 'active') a
$$;
REVOKE ALL ON FUNCTION app.is_last_admin(uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.is_last_admin(uuid, uuid[]) TO psephos_app;

-- The highest number of a member that is a whole number; 0 without any. Longer ones are no counting numbers.
CREATE OR REPLACE FUNCTION app.highest_member_number(p_org uuid) RETURNS bigint
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce(max(m.number::bigint) FILTER (WHERE m.number ~ '^[0-9]{1,15}$'), 0) FROM app.members m WHERE m.org_id = p_org $$;
REVOKE ALL ON FUNCTION app.highest_member_number(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.highest_member_number(uuid) TO psephos_app;
