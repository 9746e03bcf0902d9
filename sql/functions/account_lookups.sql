SET LOCAL ROLE psephos_door;
-- Look-ups of persons: by address, session, link in a mail, and provider. One row at most each. Everything after them
-- happens in the context of the account that was found (app.account_id).

-- Whoever signs in or asks for a mail. Of an account whose address is not proven yet, the hash is that of the newest
-- registration, so that its person can be told what is missing; nothing is let in by it.
CREATE OR REPLACE FUNCTION door.find_login(p_email text)
  RETURNS TABLE (account_id uuid, display_name text, locale text, verified boolean, password_hash text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT a.account_id, a.display_name, a.locale, a.email_verified_at IS NOT NULL,
    CASE WHEN a.email_verified_at IS NOT NULL THEN s.password_hash
      ELSE (SELECT t.password_hash FROM app.account_tokens t
        WHERE t.account_id = a.account_id AND t.purpose = 'verify' AND t.used_at IS NULL AND t.expires_at > clock_timestamp()
        ORDER BY t.created_at DESC LIMIT 1) END
  FROM app.accounts a LEFT JOIN app.account_secrets s ON s.account_id = a.account_id
  WHERE a.email = p_email AND a.deleted_at IS NULL LIMIT 1
$$;
REVOKE ALL ON FUNCTION door.find_login(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_login(text) TO psephos_app;

-- The session that an access token names, and the membership that its person acts by: in the organisation that the
-- request names, else in the session's own, else in the only one there is.
CREATE OR REPLACE FUNCTION door.find_account_session(p_session uuid, p_org uuid)
  RETURNS TABLE (account_id uuid, platform_admin boolean, revoked boolean, expired boolean, org_id uuid, member_id uuid, roles text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT s.account_id, a.platform_admin, s.revoked_at IS NOT NULL, s.expires_at <= clock_timestamp(), m.org_id, m.member_id, m.roles
  FROM app.account_sessions s JOIN app.accounts a ON a.account_id = s.account_id AND a.deleted_at IS NULL
  LEFT JOIN LATERAL (
    SELECT x.org_id, x.member_id, x.roles, count(*) OVER () AS many FROM app.members x
    WHERE x.account_id = s.account_id AND x.status = 'active' AND (p_org IS NULL OR x.org_id = p_org)
    ORDER BY x.org_id = s.current_org_id DESC NULLS LAST LIMIT 1
  ) m ON p_org IS NOT NULL OR m.many = 1 OR m.org_id = s.current_org_id
  WHERE s.session_id = p_session LIMIT 1
$$;
REVOKE ALL ON FUNCTION door.find_account_session(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_account_session(uuid, uuid) TO psephos_app;

-- A link of a mail, used or not: who holds it is told what is wrong with it.
CREATE OR REPLACE FUNCTION door.find_account_token(p_hash bytea)
  RETURNS TABLE (account_id uuid, purpose text, email text, used boolean, expired boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.account_id, t.purpose, t.email, t.used_at IS NOT NULL, t.expires_at <= clock_timestamp()
  FROM app.account_tokens t WHERE t.token_hash = p_hash LIMIT 1
$$;
REVOKE ALL ON FUNCTION door.find_account_token(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_account_token(bytea) TO psephos_app;

CREATE OR REPLACE FUNCTION door.find_account_identity(p_issuer text, p_subject text) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT i.account_id FROM app.account_identities i WHERE i.issuer = p_issuer AND i.subject = p_subject LIMIT 1 $$;
REVOKE ALL ON FUNCTION door.find_account_identity(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_account_identity(text, text) TO psephos_app;

-- The memberships of the account that the transaction has named, over all organisations.
CREATE OR REPLACE FUNCTION door.own_memberships()
  RETURNS TABLE (org_id uuid, name text, member_id uuid, number text, member_name text, roles text[], status text, weight bigint, created_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT m.org_id, o.name, m.member_id, m.number, m.name, m.roles, m.status, m.weight, m.created_at
  FROM app.members m JOIN app.organisations o ON o.org_id = m.org_id
  WHERE m.account_id = (SELECT app.current_account()) ORDER BY m.org_id
$$;
REVOKE ALL ON FUNCTION door.own_memberships() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.own_memberships() TO psephos_app;
