SET LOCAL ROLE psephos_door;
-- API keys before their organisation is known, and who has lost access, over all organisations.

-- By the hash of the secret, the present one or the one before the last rotation while that is good.
CREATE OR REPLACE FUNCTION door.find_api_key(p_hash bytea)
  RETURNS TABLE (org_id uuid, key_id uuid, maker_id uuid, roles text[], scopes text[], signed boolean, requests_per_second integer,
    expires_at timestamptz, expired boolean, revoked boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT k.org_id, k.key_id, k.maker_id, k.roles, k.scopes, k.signed, k.requests_per_second, k.until,
         coalesce(k.until <= statement_timestamp(), false), k.revoked_at IS NOT NULL
  FROM (
    SELECT c.*, c.expires_at AS until FROM app.api_keys c WHERE c.secret_hash = p_hash
    UNION ALL
    SELECT p.*, least(p.expires_at, p.previous_until) FROM app.api_keys p WHERE p.previous_hash = p_hash
  ) k LIMIT 1
$$;
REVOKE ALL ON FUNCTION door.find_api_key(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_api_key(bytea) TO psephos_app;

-- By its id, for requests that are signed. previous_until: so long the signing secret of the generation before is good.
CREATE OR REPLACE FUNCTION door.find_signing_key(p_key uuid)
  RETURNS TABLE (org_id uuid, key_id uuid, maker_id uuid, roles text[], scopes text[], signed boolean, requests_per_second integer,
    expires_at timestamptz, expired boolean, revoked boolean, generation integer, previous_until timestamptz, previous boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT k.org_id, k.key_id, k.maker_id, k.roles, k.scopes, k.signed, k.requests_per_second, k.expires_at,
         coalesce(k.expires_at <= statement_timestamp(), false), k.revoked_at IS NOT NULL,
         k.generation, k.previous_until, coalesce(k.previous_until > statement_timestamp(), false)
  FROM app.api_keys k WHERE k.key_id = p_key LIMIT 1
$$;
REVOKE ALL ON FUNCTION door.find_signing_key(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_signing_key(uuid) TO psephos_app;

-- Who has lost access since a moment (null: since now), over all organisations, with the age of each in milliseconds. A row
-- is written up to a transaction's length after its time, so callers ask with a margin and know what they have seen.
CREATE OR REPLACE FUNCTION door.revocations(p_since timestamptz)
  RETURNS TABLE (org_id uuid, pos bigint, id uuid, ends_at timestamptz, age_ms double precision, now timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT l.org_id, l.pos, l.topic, (l.payload ->> 'ends_at')::timestamptz,
         extract(epoch FROM clock_timestamp() - l.at)::double precision * 1000, n.now
  FROM (SELECT clock_timestamp() AS now) n
  LEFT JOIN app.log l ON l.kind = 'access.revoked' AND l.at >= p_since
$$;
REVOKE ALL ON FUNCTION door.revocations(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.revocations(timestamptz) TO psephos_app;

-- The use of one month, of every organisation that there is.
CREATE OR REPLACE FUNCTION door.usage_report(p_month date)
  RETURNS TABLE (org_id uuid, name text, credentials bigint, ballots bigint, allocations bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT o.org_id, o.name,
         coalesce(sum(u.amount) FILTER (WHERE u.metric = 'credentials'), 0)::bigint,
         coalesce(sum(u.amount) FILTER (WHERE u.metric = 'ballots'), 0)::bigint,
         coalesce(sum(u.amount) FILTER (WHERE u.metric = 'allocations'), 0)::bigint
  FROM app.organisations o LEFT JOIN app.usage u ON u.org_id = o.org_id AND u.month = p_month
  GROUP BY o.org_id, o.name ORDER BY o.name, o.org_id
$$;
REVOKE ALL ON FUNCTION door.usage_report(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.usage_report(date) TO psephos_app;
