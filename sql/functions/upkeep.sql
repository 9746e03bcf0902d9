SET LOCAL ROLE psephos_door;
-- What nobody needs any more is erased, over all organisations, at most p_limit rows a call. Each answers how many it erased;
-- whoever runs it beside another finds less to do, and waits for nobody.

-- Pictures that no option has named in p_age_ms after their upload.
CREATE OR REPLACE FUNCTION door.forget_unused_pictures(p_age_ms bigint, p_limit integer) RETURNS integer
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH erased AS (
    DELETE FROM app.pictures p USING (
        SELECT c.org_id, c.picture_id FROM app.pictures c
        WHERE c.used_at IS NULL AND c.created_at < statement_timestamp() - p_age_ms * interval '1 millisecond'
        ORDER BY c.created_at LIMIT p_limit
      ) old
      WHERE p.org_id = old.org_id AND p.picture_id = old.picture_id AND p.used_at IS NULL -- looked at again once it is locked
      RETURNING 1
  )
  SELECT count(*)::integer FROM erased
$$;
REVOKE ALL ON FUNCTION door.forget_unused_pictures(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.forget_unused_pictures(bigint, integer) TO psephos_app;

-- Accounts whose address nobody has proven in p_age_ms, unless a link to prove it is still good.
CREATE OR REPLACE FUNCTION door.forget_unproven_accounts(p_age_ms bigint, p_limit integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_account uuid;
  v_rows integer;
  v_erased integer := 0;
BEGIN
  FOR v_account IN
    SELECT a.account_id FROM app.accounts a
    WHERE a.email_verified_at IS NULL AND a.deleted_at IS NULL AND a.email IS NOT NULL
      AND a.created_at < statement_timestamp() - p_age_ms * interval '1 millisecond'
      AND NOT EXISTS (SELECT FROM app.account_tokens t
        WHERE t.account_id = a.account_id AND t.used_at IS NULL AND t.expires_at > statement_timestamp())
      AND NOT EXISTS (SELECT FROM app.account_identities i WHERE i.account_id = a.account_id)
      AND NOT EXISTS (SELECT FROM app.account_sessions s WHERE s.account_id = a.account_id)
      AND NOT EXISTS (SELECT FROM app.members m WHERE m.account_id = a.account_id)
    ORDER BY a.created_at LIMIT p_limit
  LOOP
    BEGIN
      DELETE FROM app.account_tokens t WHERE t.account_id = v_account;
      DELETE FROM app.account_secrets s WHERE s.account_id = v_account;
      DELETE FROM app.accounts a WHERE a.account_id = v_account AND a.email_verified_at IS NULL;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
      IF v_rows = 0 THEN
        RAISE foreign_key_violation; -- proven in this moment: what was erased of it comes back
      END IF;
      v_erased := v_erased + 1;
    EXCEPTION WHEN foreign_key_violation THEN
      NULL; -- somebody registers with the address again
    END;
  END LOOP;
  RETURN v_erased;
END $$;
REVOKE ALL ON FUNCTION door.forget_unproven_accounts(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.forget_unproven_accounts(bigint, integer) TO psephos_app;

-- Words of the lexicon that no member has any more. Organisations whose members are being changed at this moment are left
-- out: a word that comes back meanwhile must not be lost.
CREATE OR REPLACE FUNCTION door.forget_unused_words(p_limit integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_org uuid;
  v_words text[];
  v_rows integer;
  v_erased integer := 0;
BEGIN
  FOR v_org, v_words IN
    SELECT o.org_id, array_agg(o.word) FROM (
      SELECT l.org_id, l.word FROM app.member_lexicon l
      WHERE NOT EXISTS (SELECT FROM app.member_words w WHERE w.org_id = l.org_id AND w.word = l.word)
      LIMIT p_limit
    ) o GROUP BY o.org_id ORDER BY o.org_id
  LOOP
    -- the lock of app.lock_members
    CONTINUE WHEN NOT pg_try_advisory_xact_lock(hashtextextended('members ' || v_org, 0));
    DELETE FROM app.member_lexicon l WHERE l.org_id = v_org AND l.word = ANY (v_words)
      AND NOT EXISTS (SELECT FROM app.member_words w WHERE w.org_id = v_org AND w.word = l.word);
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    v_erased := v_erased + v_rows;
  END LOOP;
  RETURN v_erased;
END $$;
REVOKE ALL ON FUNCTION door.forget_unused_words(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.forget_unused_words(integer) TO psephos_app;
