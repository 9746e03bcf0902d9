SET LOCAL ROLE psephos_owner;
-- Compares the rows of an import with the members of this moment: whom each row means, whether it would make, change or
-- leave that member, and what speaks against it that takes other members to know. Answers a hash of all that was compared;
-- the same again means that nothing has changed in between.
-- Members are reached by index probes a row and nothing is joined, so that no statistics can make it slow
-- (ARCHITECTURE.md, "Shapes that cannot be misplanned").
CREATE OR REPLACE FUNCTION app.compare_member_import(p_org uuid, p_import uuid, p_gives_roles boolean) RETURNS text
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
DECLARE
  v_going uuid[];
BEGIN
  UPDATE app.member_import_rows r SET (member_id, action, problem, was) = (
      SELECT coalesce(m.member_id, gen_random_uuid()), d.action,
        CASE
          WHEN m.member_id IS NULL AND r.name IS NULL THEN 'missing'
          WHEN r.number IS DISTINCT FROM m.number AND EXISTS (SELECT FROM app.member_import_rows t
            WHERE t.org_id = p_org AND t.import_id = p_import AND t.number = m.number) THEN 'member_twice'
          -- somebody else has the address, and does not give it up in this very list
          WHEN EXISTS (SELECT FROM app.members h WHERE h.org_id = p_org AND h.email = r.email
            AND h.member_id IS DISTINCT FROM m.member_id AND NOT EXISTS (SELECT FROM app.member_import_rows t
              WHERE t.org_id = p_org AND t.import_id = p_import AND t.number = h.number AND t.email <> r.email)) THEN 'email_taken'
          -- the account and its roles would go on under the name of somebody else
          WHEN m.account_id IS NOT NULL AND r.email IS DISTINCT FROM m.email
            AND r.email <> coalesce((SELECT a.email FROM app.accounts a WHERE a.account_id = m.account_id), '') THEN 'account_taken'
          WHEN NOT p_gives_roles AND d.action <> 'unchanged'
            AND (coalesce(r.roles, '{member}') <> '{member}' OR coalesce(m.roles, '{member}') <> '{member}') THEN 'role_not_allowed'
        END,
        md5(concat_ws(E'\x01', m.member_id, m.number, m.name, m.email, m.roles, m.status, m.weight, m.note, m.group_ids,
          m.account_id IS NULL))
      FROM (SELECT) one LEFT JOIN LATERAL (
        SELECT s.*, ARRAY(SELECT g.group_id FROM app.group_members g
          WHERE g.org_id = p_org AND g.member_id = s.member_id ORDER BY g.group_id) AS group_ids
        FROM app.members s WHERE s.org_id = p_org AND s.member_id = CASE
          -- whoever founded the organisation has no real number before a list gives one to the same address
          WHEN r.number IS NOT NULL THEN coalesce(
            (SELECT i.member_id FROM app.members i WHERE i.org_id = p_org AND i.number = r.number),
            (SELECT i.member_id FROM app.members i WHERE i.org_id = p_org AND i.email = r.email AND i.number = 'founder'))
          ELSE (SELECT i.member_id FROM app.members i WHERE i.org_id = p_org AND i.email = r.email) END) m ON true
      CROSS JOIN LATERAL (SELECT CASE
        WHEN m.member_id IS NULL THEN 'new'
        WHEN r.number <> m.number OR r.name <> m.name OR r.email IS NOT NULL AND r.email IS DISTINCT FROM m.email OR r.roles <> m.roles
          OR r.status <> m.status OR r.weight <> m.weight OR r.note <> m.note OR r.new_groups <> '{}'
          OR r.group_ids <> m.group_ids THEN 'changed'
        ELSE 'unchanged' END AS action) d)
    WHERE r.org_id = p_org AND r.import_id = p_import;

  SELECT coalesce(array_agg(r.member_id), '{}') INTO v_going FROM app.member_import_rows r
    WHERE r.org_id = p_org AND r.import_id = p_import AND r.action = 'changed' AND (r.status IS NOT NULL OR r.roles IS NOT NULL)
      AND (SELECT 'admin' = ANY (m.roles) AND m.status = 'active'
          AND NOT (coalesce(r.status, 'active') = 'active' AND 'admin' = ANY (coalesce(r.roles, m.roles)))
        FROM app.members m WHERE m.org_id = p_org AND m.member_id = r.member_id);
  IF app.is_last_admin(p_org, v_going) THEN
    UPDATE app.member_import_rows r SET problem = 'last_admin'
      WHERE r.org_id = p_org AND r.import_id = p_import AND r.member_id = ANY (v_going);
  END IF;

  RETURN (SELECT md5(coalesce(string_agg(concat_ws(' ', r.line, r.action, r.was, r.problem), ',' ORDER BY r.line), ''))
    FROM app.member_import_rows r WHERE r.org_id = p_org AND r.import_id = p_import);
END $$;
REVOKE ALL ON FUNCTION app.compare_member_import(uuid, uuid, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.compare_member_import(uuid, uuid, boolean) TO psephos_app;

-- Makes the members be as the list says, after it was compared in the same transaction and found to hold. Rows are joined
-- with members by hash or merge whatever the statistics say: without nested loops thousands cost what thousands are.
CREATE OR REPLACE FUNCTION app.accept_member_import(p_org uuid, p_import uuid, p_actor uuid) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
AS $$
DECLARE
  v_highest bigint;
  v_cut_off uuid[];
  v_made integer;
  v_changed integer;
BEGIN
  INSERT INTO app.groups (org_id, group_id, name)
    SELECT DISTINCT ON (app.small_letters(u.name)) p_org, gen_random_uuid(), u.name
    FROM app.member_import_rows r CROSS JOIN unnest(r.new_groups) u (name)
    WHERE r.org_id = p_org AND r.import_id = p_import ORDER BY app.small_letters(u.name), r.line
    ON CONFLICT (org_id, name_key) DO NOTHING;
  SELECT greatest(app.highest_member_number(p_org), max(r.number::bigint) FILTER (WHERE r.number ~ '^[0-9]{1,15}$')) INTO v_highest
    FROM app.member_import_rows r WHERE r.org_id = p_org AND r.import_id = p_import;
  SELECT coalesce(array_agg(m.member_id), '{}') INTO v_cut_off
    FROM app.member_import_rows r JOIN app.members m ON m.org_id = p_org AND m.member_id = r.member_id
    WHERE r.org_id = p_org AND r.import_id = p_import AND r.action = 'changed'
      AND (r.roles <> m.roles OR r.status = 'inactive' AND m.status <> 'inactive');

  -- addresses that change hands within the list are first given up, then taken
  IF EXISTS (SELECT FROM app.member_import_rows r JOIN app.members h ON h.org_id = p_org AND h.email = r.email
      WHERE r.org_id = p_org AND r.import_id = p_import AND h.member_id <> r.member_id) THEN
    UPDATE app.members m SET email = NULL FROM app.member_import_rows r
      WHERE r.org_id = p_org AND r.import_id = p_import AND r.action = 'changed'
        AND m.org_id = p_org AND m.member_id = r.member_id AND r.email <> m.email;
  END IF;

  UPDATE app.members m SET number = coalesce(r.number, m.number), name = coalesce(r.name, m.name), email = coalesce(r.email, m.email),
      roles = coalesce(r.roles, m.roles), status = coalesce(r.status, m.status), weight = coalesce(r.weight, m.weight),
      note = coalesce(r.note, m.note), changed_at = clock_timestamp()
    FROM app.member_import_rows r
    WHERE r.org_id = p_org AND r.import_id = p_import AND r.action = 'changed'
      AND m.org_id = p_org AND m.member_id = r.member_id;
  GET DIAGNOSTICS v_changed = ROW_COUNT;
  INSERT INTO app.members (org_id, member_id, number, name, email, roles, status, weight, note)
    SELECT p_org, r.member_id, coalesce(r.number, (v_highest + count(*) FILTER (WHERE r.number IS NULL) OVER (ORDER BY r.line))::text),
      r.name, r.email, coalesce(r.roles, '{member}'), coalesce(r.status, 'active'),
      coalesce(r.weight, 1000000), coalesce(r.note, '')
    FROM app.member_import_rows r WHERE r.org_id = p_org AND r.import_id = p_import AND r.action = 'new';
  GET DIAGNOSTICS v_made = ROW_COUNT;

  DELETE FROM app.group_members g USING app.member_import_rows r
    WHERE r.org_id = p_org AND r.import_id = p_import AND r.action = 'changed' AND r.group_ids IS NOT NULL
      AND g.org_id = p_org AND g.member_id = r.member_id AND NOT g.group_id = ANY (r.group_ids);
  INSERT INTO app.group_members (org_id, group_id, member_id)
    SELECT p_org, u.group_id, r.member_id FROM app.member_import_rows r CROSS JOIN unnest(r.group_ids) u (group_id)
    WHERE r.org_id = p_org AND r.import_id = p_import AND r.action <> 'unchanged'
    ON CONFLICT DO NOTHING;
  WITH named AS MATERIALIZED (
      SELECT r.member_id, app.small_letters(u.name) COLLATE "C" AS name_key
      FROM app.member_import_rows r CROSS JOIN unnest(r.new_groups) u (name)
      WHERE r.org_id = p_org AND r.import_id = p_import)
    INSERT INTO app.group_members (org_id, group_id, member_id)
    SELECT p_org, g.group_id, n.member_id FROM named n JOIN app.groups g ON g.org_id = p_org AND g.name_key = n.name_key
    ON CONFLICT DO NOTHING;

  DELETE FROM app.member_import_rows r WHERE r.org_id = p_org AND r.import_id = p_import;
  UPDATE app.member_imports i SET accepted_at = clock_timestamp() WHERE i.org_id = p_org AND i.import_id = p_import;
  PERFORM urn.append_log(p_org, p_import, 'members.imported',
    jsonb_build_object('by', p_actor, 'made', v_made, 'changed', v_changed));
  PERFORM urn.append_log(p_org, u.member_id, 'access.revoked', jsonb_build_object('kind', 'member', 'id', u.member_id))
    FROM unnest(v_cut_off) u (member_id);
END $$;
REVOKE ALL ON FUNCTION app.accept_member_import(uuid, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.accept_member_import(uuid, uuid, uuid) TO psephos_app;
RESET ROLE;

SET LOCAL ROLE psephos_door;
-- Erases lists and previews past their time, of all organisations. Answers how many.
CREATE OR REPLACE FUNCTION door.erase_member_imports() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_erased integer;
BEGIN
  DELETE FROM app.member_imports i WHERE i.expires_at <= clock_timestamp();
  GET DIAGNOSTICS v_erased = ROW_COUNT;
  RETURN v_erased;
END $$;
REVOKE ALL ON FUNCTION door.erase_member_imports() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.erase_member_imports() TO psephos_app;
