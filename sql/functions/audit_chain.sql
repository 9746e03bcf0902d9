SET LOCAL ROLE psephos_door;
-- Organisations with changes that wait to be chained, one index probe each.
CREATE OR REPLACE FUNCTION door.audit_staged_behind(p_limit integer) RETURNS TABLE (org_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE behind AS (
    (SELECT s.org_id FROM app.audit_staged s ORDER BY s.org_id LIMIT 1)
    UNION ALL
    SELECT (SELECT s.org_id FROM app.audit_staged s WHERE s.org_id > b.org_id ORDER BY s.org_id LIMIT 1)
    FROM behind b WHERE b.org_id IS NOT NULL
  )
  SELECT b.org_id FROM behind b WHERE b.org_id IS NOT NULL LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION door.audit_staged_behind(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.audit_staged_behind(integer) TO psephos_app;

-- Takes the end of the chain for the rest of the transaction: nobody else appends meanwhile.
CREATE OR REPLACE FUNCTION door.audit_begin(p_org uuid)
  RETURNS TABLE (seq bigint, entry_hash bytea, now text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  INSERT INTO app.audit_chains (org_id, seq, entry_hash, chained_at)
    VALUES (p_org, 0, decode(repeat('00', 32), 'hex'), '-infinity') ON CONFLICT DO NOTHING;
  -- as text: a program's clock would cut microseconds off, and entries would seem to go back in time
  RETURN QUERY SELECT c.seq, c.entry_hash,
      to_char(greatest(c.chained_at, clock_timestamp()) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    FROM app.audit_chains c WHERE c.org_id = p_org FOR UPDATE;
END $$;
REVOKE ALL ON FUNCTION door.audit_begin(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.audit_begin(uuid) TO psephos_app;

-- Appends entries that follow the chain's end, after audit_begin in the same transaction, and removes the staged rows that
-- they were made of. Old and new values go from the staged row into the details as they are. p_entries: an array of objects
-- with seq, at, actor, bypassed, act, subject, person, request_id, facts, hashes and salts in hex, staged_id.
-- What a person had erased while it waited is erased here too.
CREATE OR REPLACE FUNCTION door.audit_append(p_org uuid, p_chained_at timestamptz, p_prev bytea, p_entries jsonb) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_chain app.audit_chains%ROWTYPE;
  v_count bigint;
  v_last bigint;
  v_hash bytea;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  SELECT * INTO v_chain FROM app.audit_chains c WHERE c.org_id = p_org FOR UPDATE;
  IF v_chain.entry_hash IS DISTINCT FROM p_prev OR v_chain.chained_at > p_chained_at THEN
    RAISE EXCEPTION 'the chain ends elsewhere' USING ERRCODE = 'serialization_failure';
  END IF;
  INSERT INTO app.audit_entries (org_id, seq, chained_at, at, actor, bypassed, act, subject, person, request_id, facts, details_hash,
      origin_hash, prev_hash, entry_hash)
    SELECT p_org, e.seq, p_chained_at, e.at, e.actor, e.bypassed, e.act, e.subject, e.person, e.request_id, e.facts,
      decode(e.details_hash, 'hex'), decode(e.origin_hash, 'hex'), decode(e.prev_hash, 'hex'), decode(e.entry_hash, 'hex')
    FROM jsonb_to_recordset(p_entries) AS e (seq bigint, at timestamptz, actor text, bypassed boolean, act text, subject text, person uuid,
      request_id text, facts jsonb, details_hash text, origin_hash text, prev_hash text, entry_hash text);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  SELECT e.seq, e.entry_hash INTO v_last, v_hash FROM app.audit_entries e
    WHERE e.org_id = p_org AND e.chained_at = p_chained_at AND e.seq > v_chain.seq ORDER BY e.seq DESC LIMIT 1;
  IF v_last IS DISTINCT FROM v_chain.seq + v_count THEN
    RAISE EXCEPTION 'the entries do not follow %', v_chain.seq USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO app.audit_details (org_id, seq, chained_at, salt, old, new, erased_at, origin_salt, origin, origin_erased_at)
    SELECT p_org, r.seq, p_chained_at, CASE WHEN r.erased IS NULL THEN decode(r.salt, 'hex') END,
      CASE WHEN r.erased IS NULL THEN r.old END, CASE WHEN r.erased IS NULL THEN r.new END,
      CASE WHEN r.salt IS NOT NULL THEN r.erased END,
      CASE WHEN r.origin_erased IS NULL THEN decode(r.origin_salt, 'hex') END, CASE WHEN r.origin_erased IS NULL THEN r.origin END,
      CASE WHEN r.origin_salt IS NOT NULL THEN r.origin_erased END
    FROM (
      SELECT e.seq, e.salt, e.origin_salt, s.old, s.new, s.origin,
        (SELECT x.at FROM app.audit_erasures x WHERE x.org_id = p_org AND x.person = s.person AND x.at >= s.at) AS erased,
        (SELECT x.at FROM app.audit_erasures x WHERE x.org_id = p_org AND x.person::text = split_part(s.actor, ':', 2) AND x.at >= s.at)
          AS origin_erased
      FROM jsonb_to_recordset(p_entries) AS e (seq bigint, staged_id bigint, salt text, origin_salt text)
      JOIN app.audit_staged s ON s.org_id = p_org AND s.staged_id = e.staged_id
      WHERE e.salt IS NOT NULL OR e.origin_salt IS NOT NULL) r;
  DELETE FROM app.audit_staged s WHERE s.org_id = p_org
    AND s.staged_id = ANY (ARRAY(SELECT (e ->> 'staged_id')::bigint FROM jsonb_array_elements(p_entries) e WHERE e ->> 'staged_id' IS NOT NULL));
  UPDATE app.audit_chains c SET seq = v_last, entry_hash = v_hash, chained_at = p_chained_at WHERE c.org_id = p_org;
  RETURN v_last;
END $$;
REVOKE ALL ON FUNCTION door.audit_append(uuid, timestamptz, bytea, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.audit_append(uuid, timestamptz, bytea, jsonb) TO psephos_app;

-- Writes down an act that leaves no row in an audited table, in the transaction that does it.
CREATE OR REPLACE FUNCTION door.audit_note(p_org uuid, p_act text, p_subject text, p_facts jsonb) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT set_config('app.org_id', p_org::text, true);
  INSERT INTO app.audit_staged (org_id, actor, bypassed, origin, request_id, act, subject, facts)
    VALUES (p_org, coalesce(nullif(current_setting('app.actor', true), ''), 'database:' || session_user),
      nullif(current_setting('app.actor', true), '') IS NULL, nullif(current_setting('app.origin', true), ''),
      nullif(current_setting('app.request_id', true), ''), p_act, p_subject, p_facts)
$$;
REVOKE ALL ON FUNCTION door.audit_note(uuid, text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.audit_note(uuid, text, text, jsonb) TO psephos_app;

-- Erases details of a person, who is known by one or more ids, from one chain: old and new values of what is about the
-- person, and where the person's requests came from. The entries and their hashes stay, and one more says that this was done.
CREATE OR REPLACE FUNCTION door.audit_erase(p_org uuid, p_persons uuid[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_before text := current_setting('app.org_id', true);
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  PERFORM door.audit_note(p_org, 'audit.erased', 'persons/' || p_persons[1], jsonb_build_object('persons', to_jsonb(p_persons)));
  -- after the note, so that what the note says of its origin goes as well
  INSERT INTO app.audit_erasures (org_id, person) SELECT p_org, u.person FROM unnest(p_persons) u (person)
    ON CONFLICT (org_id, person) DO UPDATE SET at = clock_timestamp();
  UPDATE app.audit_details d SET salt = NULL, old = NULL, new = NULL, erased_at = clock_timestamp()
    FROM app.audit_entries e WHERE e.org_id = p_org AND e.person = ANY (p_persons)
      AND d.org_id = p_org AND d.seq = e.seq AND d.chained_at = e.chained_at AND d.salt IS NOT NULL;
  UPDATE app.audit_details d SET origin_salt = NULL, origin = NULL, origin_erased_at = clock_timestamp()
    FROM app.audit_entries e WHERE e.org_id = p_org
      AND e.actor = ANY (ARRAY(SELECT k.kind || ':' || u.person FROM unnest(p_persons) u (person), (VALUES ('member'), ('account')) k (kind)))
      AND d.org_id = p_org AND d.seq = e.seq AND d.chained_at = e.chained_at AND d.origin_salt IS NOT NULL;
  PERFORM set_config('app.org_id', coalesce(v_before, ''), true);
END $$;
REVOKE ALL ON FUNCTION door.audit_erase(uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.audit_erase(uuid, uuid[]) TO psephos_app;
