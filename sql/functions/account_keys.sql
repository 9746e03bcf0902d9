SET LOCAL ROLE psephos_door;
-- The server's own secret, the keys of access tokens, and sign-ins that are at a provider: rows that nobody owns.

-- The first caller's candidate stays; every gateway gets the same answer.
CREATE OR REPLACE FUNCTION door.server_secret(p_name text, p_candidate bytea) RETURNS bytea
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO app.server_secrets (name, value) VALUES (p_name, p_candidate) ON CONFLICT (name) DO NOTHING;
  RETURN (SELECT s.value FROM app.server_secrets s WHERE s.name = p_name);
END $$;
REVOKE ALL ON FUNCTION door.server_secret(text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.server_secret(text, bytea) TO psephos_app;

-- Newest first, with the database's clock: gateways must agree on which key is in use.
CREATE OR REPLACE FUNCTION door.signing_keys()
  RETURNS TABLE (kid text, public_jwk jsonb, private_key bytea, uses_from timestamptz, now timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT k.kid, k.public_jwk, k.private_key, k.uses_from, statement_timestamp() FROM app.signing_keys k ORDER BY k.uses_from DESC
$$;
REVOKE ALL ON FUNCTION door.signing_keys() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.signing_keys() TO psephos_app;

-- Puts a key in line if one is due: at once where there is none (or p_now), else `p_period` after the newest, published
-- `p_ahead` before. Removes those whose successor has been in use for longer than any token lives. One at a time, so that
-- gateways that start together make one.
CREATE OR REPLACE FUNCTION door.add_signing_key(p_kid text, p_public jsonb, p_private bytea, p_period interval, p_ahead interval,
    p_kept interval, p_now boolean) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_newest timestamptz;
  v_now timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(7307);
  v_now := clock_timestamp();
  DELETE FROM app.signing_keys k WHERE EXISTS (
    SELECT FROM app.signing_keys later WHERE later.uses_from > k.uses_from AND later.uses_from < v_now - p_kept);
  SELECT max(k.uses_from) INTO v_newest FROM app.signing_keys k;
  IF v_newest IS NOT NULL AND NOT p_now AND v_newest + p_period - p_ahead > v_now THEN
    RETURN false;
  END IF;
  INSERT INTO app.signing_keys (kid, public_jwk, private_key, uses_from)
    VALUES (p_kid, p_public, p_private, CASE WHEN p_now THEN v_now ELSE greatest(v_newest + p_period, v_now) END);
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION door.add_signing_key(text, jsonb, bytea, interval, interval, interval, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.add_signing_key(text, jsonb, bytea, interval, interval, interval, boolean) TO psephos_app;

-- Also clears away what has expired: sign-ins at a provider last ten minutes, so there is never much.
CREATE OR REPLACE FUNCTION door.begin_oidc_login(p_state_hash bytea, p_nonce text, p_verifier bytea, p_lasts interval) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  DELETE FROM app.oidc_logins l WHERE l.expires_at < clock_timestamp();
  INSERT INTO app.oidc_logins (state_hash, nonce, verifier, expires_at) VALUES (p_state_hash, p_nonce, p_verifier, clock_timestamp() + p_lasts);
END $$;
REVOKE ALL ON FUNCTION door.begin_oidc_login(bytea, text, bytea, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.begin_oidc_login(bytea, text, bytea, interval) TO psephos_app;

-- A state is good once: reading it removes it.
CREATE OR REPLACE FUNCTION door.take_oidc_login(p_state_hash bytea)
  RETURNS TABLE (nonce text, verifier bytea, expired boolean)
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM app.oidc_logins l WHERE l.state_hash = p_state_hash
  RETURNING l.nonce, l.verifier, l.expires_at <= clock_timestamp()
$$;
REVOKE ALL ON FUNCTION door.take_oidc_login(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.take_oidc_login(bytea) TO psephos_app;
