SET LOCAL ROLE psephos_door;
-- Keys that sign heads, newest first.
CREATE OR REPLACE FUNCTION door.audit_keys() RETURNS TABLE (kid text, public_key bytea, private_key bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT k.kid, k.public_key, k.private_key FROM app.audit_keys k ORDER BY k.created_at DESC, k.kid $$;
REVOKE ALL ON FUNCTION door.audit_keys() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.audit_keys() TO psephos_app;

-- Adds a key unless somebody has added one since p_newest (null: there was none): processes that start together make one.
CREATE OR REPLACE FUNCTION door.add_audit_key(p_kid text, p_public bytea, p_private bytea, p_newest text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7309);
  IF (SELECT k.kid FROM app.audit_keys k ORDER BY k.created_at DESC, k.kid LIMIT 1) IS NOT DISTINCT FROM p_newest THEN
    INSERT INTO app.audit_keys (kid, public_key, private_key) VALUES (p_kid, p_public, p_private);
  END IF;
END $$;
REVOKE ALL ON FUNCTION door.add_audit_key(text, bytea, bytea, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.add_audit_key(text, bytea, bytea, text) TO psephos_app;

-- Every chain, and where its last signed head stands; today: whether a head of p_day is kept already.
CREATE OR REPLACE FUNCTION door.audit_chains(p_day date) RETURNS TABLE (org_id uuid, seq bigint, head_seq bigint, today boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.org_id, c.seq, coalesce(h.seq, 0), coalesce(h.day >= p_day, false)
  FROM app.audit_chains c LEFT JOIN LATERAL (
    SELECT x.seq, x.day FROM app.audit_heads x WHERE x.org_id = c.org_id ORDER BY x.day DESC LIMIT 1) h ON true
  ORDER BY c.org_id
$$;
REVOKE ALL ON FUNCTION door.audit_chains(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.audit_chains(date) TO psephos_app;

-- Keeps a head; the first of a day stays. Answers false where there was one.
CREATE OR REPLACE FUNCTION door.keep_audit_head(p_org uuid, p_day date, p_seq bigint, p_hash bytea, p_at timestamptz, p_kid text,
    p_signature bytea) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  INSERT INTO app.audit_heads (org_id, day, seq, entry_hash, at, kid, signature)
    VALUES (p_org, p_day, p_seq, p_hash, p_at, p_kid, p_signature) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION door.keep_audit_head(uuid, date, bigint, bytea, timestamptz, text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.keep_audit_head(uuid, date, bigint, bytea, timestamptz, text, bytea) TO psephos_app;

-- Keeps what a verification found.
CREATE OR REPLACE FUNCTION door.keep_audit_check(p_org uuid, p_seq bigint, p_hash bytea, p_entries bigint, p_problem text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  INSERT INTO app.audit_checks (org_id, at, seq, entry_hash, entries, problem)
    VALUES (p_org, clock_timestamp(), p_seq, p_hash, p_entries, p_problem)
    ON CONFLICT (org_id) DO UPDATE SET at = excluded.at, seq = excluded.seq, entry_hash = excluded.entry_hash,
      entries = excluded.entries, problem = excluded.problem;
END $$;
REVOKE ALL ON FUNCTION door.keep_audit_check(uuid, bigint, bytea, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.keep_audit_check(uuid, bigint, bytea, bigint, text) TO psephos_app;

-- Records that a month of a chain lies in a file.
CREATE OR REPLACE FUNCTION door.keep_audit_archive(p_org uuid, p_month date, p_from bigint, p_to bigint, p_last bytea, p_file bytea)
  RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  INSERT INTO app.audit_archives (org_id, month, from_seq, to_seq, last_hash, file_hash)
    VALUES (p_org, p_month, p_from, p_to, p_last, p_file);
  PERFORM door.audit_note(p_org, 'audit.archived', 'audit/' || to_char(p_month, 'YYYY-MM'),
    jsonb_build_object('from', p_from, 'to', p_to, 'file', encode(p_file, 'hex')));
END $$;
REVOKE ALL ON FUNCTION door.keep_audit_archive(uuid, date, bigint, bigint, bytea, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.keep_audit_archive(uuid, date, bigint, bigint, bytea, bytea) TO psephos_app;
