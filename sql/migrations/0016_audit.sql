-- Up Migration
SET LOCAL ROLE psephos_owner;

CREATE TABLE app.audit_staged (
  org_id uuid NOT NULL,
  staged_id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor text NOT NULL,
  bypassed boolean NOT NULL,
  origin text,
  request_id text,
  act text NOT NULL,
  subject text NOT NULL,
  person uuid,
  facts jsonb,
  old jsonb,
  new jsonb,
  PRIMARY KEY (org_id, staged_id)
);
COMMENT ON TABLE app.audit_staged IS 'Changes that were written with their transaction and wait to be put into the audit chain.';
COMMENT ON COLUMN app.audit_staged.org_id IS 'The organisation; the nil UUID for what belongs to none: accounts, keys of the server.';
COMMENT ON COLUMN app.audit_staged.staged_id IS 'Order in which they were written.';
COMMENT ON COLUMN app.audit_staged.at IS 'When.';
COMMENT ON COLUMN app.audit_staged.actor IS 'Who: member:ID, api_key:ID, attendee:ID, account:ID, system:…, operator, or database:LOGIN for what came by no engine.';
COMMENT ON COLUMN app.audit_staged.bypassed IS 'The transaction named no actor: it was not the engine that wrote.';
COMMENT ON COLUMN app.audit_staged.origin IS 'Network address that the request came from.';
COMMENT ON COLUMN app.audit_staged.request_id IS 'The request, as answers and logs name it.';
COMMENT ON COLUMN app.audit_staged.act IS 'What was done, e.g. members.changed.';
COMMENT ON COLUMN app.audit_staged.subject IS 'What it was done to, e.g. members/ID.';
COMMENT ON COLUMN app.audit_staged.person IS 'Whose personal data old and new hold, so that they can be erased.';
COMMENT ON COLUMN app.audit_staged.facts IS 'Particulars that are nobody''s personal data, e.g. how many.';
COMMENT ON COLUMN app.audit_staged.old IS 'Values before, of the columns that changed; secrets say only that they changed.';
COMMENT ON COLUMN app.audit_staged.new IS 'Values after.';

CREATE TABLE app.audit_chains (
  org_id uuid PRIMARY KEY,
  seq bigint NOT NULL,
  entry_hash bytea NOT NULL CHECK (octet_length(entry_hash) = 32),
  chained_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE app.audit_chains IS 'Where each audit chain ends. Its row lock lets one append at a time.';
COMMENT ON COLUMN app.audit_chains.org_id IS 'The organisation; the nil UUID for the platform''s own chain.';
COMMENT ON COLUMN app.audit_chains.seq IS 'Number of the newest entry; 0 = none yet.';
COMMENT ON COLUMN app.audit_chains.entry_hash IS 'Its hash; zeros before the first.';
COMMENT ON COLUMN app.audit_chains.chained_at IS 'When it was appended.';

CREATE TABLE app.audit_entries (
  org_id uuid NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  chained_at timestamptz NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  bypassed boolean NOT NULL,
  act text NOT NULL,
  subject text NOT NULL,
  person uuid,
  request_id text,
  facts jsonb,
  details_hash bytea CHECK (octet_length(details_hash) = 32),
  origin_hash bytea CHECK (octet_length(origin_hash) = 32),
  prev_hash bytea NOT NULL CHECK (octet_length(prev_hash) = 32),
  entry_hash bytea NOT NULL CHECK (octet_length(entry_hash) = 32),
  PRIMARY KEY (org_id, seq, chained_at)
) PARTITION BY RANGE (chained_at);
CREATE INDEX audit_entries_by_subject ON app.audit_entries (org_id, subject, seq);
CREATE INDEX audit_entries_by_actor ON app.audit_entries (org_id, actor, seq);
CREATE INDEX audit_entries_by_person ON app.audit_entries (org_id, person) WHERE person IS NOT NULL;
CREATE INDEX audit_entries_by_time ON app.audit_entries USING brin (chained_at);
COMMENT ON TABLE app.audit_entries IS 'The audit chain: who changed what and when; append-only, one partition a month.';
COMMENT ON COLUMN app.audit_entries.org_id IS 'The organisation; the nil UUID for the platform''s own chain.';
COMMENT ON COLUMN app.audit_entries.seq IS '1, 2, 3 ... without gaps.';
COMMENT ON COLUMN app.audit_entries.chained_at IS 'When it was appended; never before the entry before.';
COMMENT ON COLUMN app.audit_entries.at IS 'When it was done.';
COMMENT ON COLUMN app.audit_entries.actor IS 'Who, as in audit_staged.';
COMMENT ON COLUMN app.audit_entries.bypassed IS 'It was not the engine that wrote.';
COMMENT ON COLUMN app.audit_entries.act IS 'What was done, e.g. members.changed, ballots.cast.';
COMMENT ON COLUMN app.audit_entries.subject IS 'What it was done to, e.g. elections/ID.';
COMMENT ON COLUMN app.audit_entries.person IS 'Member or account whose data the details hold; they may be erased where an entry audit.erased names the person.';
COMMENT ON COLUMN app.audit_entries.request_id IS 'The request, as answers and logs name it.';
COMMENT ON COLUMN app.audit_entries.facts IS 'Particulars that are nobody''s personal data: of ballots how many and the log position, never what they say.';
COMMENT ON COLUMN app.audit_entries.details_hash IS 'SHA-256 over salt and canonical old and new values in audit_details; null without any.';
COMMENT ON COLUMN app.audit_entries.origin_hash IS 'SHA-256 over salt and network address in audit_details; null without one.';
COMMENT ON COLUMN app.audit_entries.prev_hash IS 'Hash of the entry before; zeros for the first.';
COMMENT ON COLUMN app.audit_entries.entry_hash IS 'SHA-256 over prev_hash and the canonical JSON of the other columns.';
CREATE TABLE app.audit_entries_default PARTITION OF app.audit_entries DEFAULT;
COMMENT ON TABLE app.audit_entries_default IS 'Rows of app.audit_entries of months without a partition of their own; stays empty while upkeep runs.';

CREATE TABLE app.audit_details (
  org_id uuid NOT NULL,
  seq bigint NOT NULL,
  chained_at timestamptz NOT NULL,
  salt bytea CHECK (octet_length(salt) = 16),
  old jsonb,
  new jsonb,
  origin_salt bytea CHECK (octet_length(origin_salt) = 16),
  origin text,
  erased_at timestamptz,
  origin_erased_at timestamptz,
  PRIMARY KEY (org_id, seq, chained_at)
) PARTITION BY RANGE (chained_at);
COMMENT ON TABLE app.audit_details IS 'What of an audit entry may have to be erased: old and new values, and where a request came from. The entry holds salted hashes only.';
COMMENT ON COLUMN app.audit_details.org_id IS 'The organisation.';
COMMENT ON COLUMN app.audit_details.seq IS 'The entry.';
COMMENT ON COLUMN app.audit_details.chained_at IS 'As in the entry.';
COMMENT ON COLUMN app.audit_details.salt IS 'Random, so that nobody finds erased values by trying; erased with them.';
COMMENT ON COLUMN app.audit_details.old IS 'Values before, of the columns that changed.';
COMMENT ON COLUMN app.audit_details.new IS 'Values after.';
COMMENT ON COLUMN app.audit_details.origin_salt IS 'The same for the address.';
COMMENT ON COLUMN app.audit_details.origin IS 'Network address that the request came from.';
COMMENT ON COLUMN app.audit_details.erased_at IS 'When old and new were erased; an entry audit.erased says so as well.';
COMMENT ON COLUMN app.audit_details.origin_erased_at IS 'When the address was erased.';
CREATE TABLE app.audit_details_default PARTITION OF app.audit_details DEFAULT;
COMMENT ON TABLE app.audit_details_default IS 'Rows of app.audit_details of months without a partition of their own; stays empty while upkeep runs.';

CREATE TABLE app.audit_keys (
  kid text PRIMARY KEY,
  public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
  private_key bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE app.audit_keys IS 'Ed25519 keys that sign heads of audit chains; never removed, or old heads could be checked no more.';
COMMENT ON COLUMN app.audit_keys.kid IS 'Which key: first bytes of the SHA-256 of its public half.';
COMMENT ON COLUMN app.audit_keys.public_key IS 'Public half, raw.';
COMMENT ON COLUMN app.audit_keys.private_key IS 'Private half, sealed with the server''s secret.';
COMMENT ON COLUMN app.audit_keys.created_at IS 'When it was made.';

CREATE TABLE app.audit_heads (
  org_id uuid NOT NULL,
  day date NOT NULL,
  seq bigint NOT NULL,
  entry_hash bytea NOT NULL CHECK (octet_length(entry_hash) = 32),
  at timestamptz NOT NULL,
  kid text NOT NULL,
  signature bytea NOT NULL CHECK (octet_length(signature) = 64),
  PRIMARY KEY (org_id, day)
);
COMMENT ON TABLE app.audit_heads IS 'The end of each chain once a day, signed; the copies outside the database are what a rewritten chain is found by.';
COMMENT ON COLUMN app.audit_heads.org_id IS 'The organisation.';
COMMENT ON COLUMN app.audit_heads.day IS 'The day, in UTC.';
COMMENT ON COLUMN app.audit_heads.seq IS 'Number of the newest entry then.';
COMMENT ON COLUMN app.audit_heads.entry_hash IS 'Its hash.';
COMMENT ON COLUMN app.audit_heads.at IS 'When it was signed.';
COMMENT ON COLUMN app.audit_heads.kid IS 'The key that signed.';
COMMENT ON COLUMN app.audit_heads.signature IS 'Ed25519 over the canonical JSON of org_id, seq, entry_hash, at and kid.';

CREATE TABLE app.audit_checks (
  org_id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  seq bigint NOT NULL,
  entry_hash bytea NOT NULL,
  entries bigint NOT NULL,
  problem text
);
COMMENT ON TABLE app.audit_checks IS 'The last verification of each chain by the workers, for the auditors'' page.';
COMMENT ON COLUMN app.audit_checks.org_id IS 'The organisation.';
COMMENT ON COLUMN app.audit_checks.at IS 'When.';
COMMENT ON COLUMN app.audit_checks.seq IS 'Up to which entry.';
COMMENT ON COLUMN app.audit_checks.entry_hash IS 'Hash of that entry.';
COMMENT ON COLUMN app.audit_checks.entries IS 'How many entries were walked.';
COMMENT ON COLUMN app.audit_checks.problem IS 'The first break; null where the chain is whole.';

CREATE TABLE app.audit_archives (
  org_id uuid NOT NULL,
  month date NOT NULL,
  from_seq bigint NOT NULL,
  to_seq bigint NOT NULL,
  last_hash bytea NOT NULL CHECK (octet_length(last_hash) = 32),
  file_hash bytea NOT NULL CHECK (octet_length(file_hash) = 32),
  archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, month)
);
COMMENT ON TABLE app.audit_archives IS 'Months of each chain that lie in files and no more in the database.';
COMMENT ON COLUMN app.audit_archives.org_id IS 'The organisation.';
COMMENT ON COLUMN app.audit_archives.month IS 'First day of the month (UTC).';
COMMENT ON COLUMN app.audit_archives.from_seq IS 'First entry in the file.';
COMMENT ON COLUMN app.audit_archives.to_seq IS 'Last entry in the file.';
COMMENT ON COLUMN app.audit_archives.last_hash IS 'Hash of the last entry: what the chain in the database goes on from.';
COMMENT ON COLUMN app.audit_archives.file_hash IS 'SHA-256 of the month''s file of entries, as it lies there.';
COMMENT ON COLUMN app.audit_archives.archived_at IS 'When.';

CREATE TABLE app.audit_erasures (
  org_id uuid NOT NULL,
  person uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, person)
);
COMMENT ON TABLE app.audit_erasures IS 'Persons whose details were erased, so that archived files lose them too.';
COMMENT ON COLUMN app.audit_erasures.org_id IS 'The organisation.';
COMMENT ON COLUMN app.audit_erasures.person IS 'Member or account.';
COMMENT ON COLUMN app.audit_erasures.at IS 'When.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_staged', 'audit_chains', 'audit_entries', 'audit_entries_default', 'audit_details',
      'audit_details_default', 'audit_heads', 'audit_checks', 'audit_archives', 'audit_erasures'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['audit_chains', 'audit_entries', 'audit_details', 'audit_heads', 'audit_checks', 'audit_archives'] LOOP
    EXECUTE format('GRANT SELECT ON app.%I TO psephos_app, psephos_auditor', name);
  END LOOP;
END $$;
ALTER TABLE app.audit_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.audit_keys TO psephos_door USING (true);
GRANT SELECT, INSERT ON app.audit_keys TO psephos_door;
GRANT SELECT ON app.audit_staged, app.audit_erasures TO psephos_app;
-- The door appends, erases and records; each of its functions names its organisation, save those that look over all.
GRANT SELECT, DELETE, INSERT ON app.audit_staged TO psephos_door;
GRANT SELECT, INSERT, UPDATE ON app.audit_chains, app.audit_checks, app.audit_erasures TO psephos_door;
GRANT SELECT, INSERT ON app.audit_entries, app.audit_heads, app.audit_archives TO psephos_door;
GRANT SELECT, INSERT, UPDATE (salt, old, new, origin_salt, origin, erased_at, origin_erased_at) ON app.audit_details TO psephos_door;
CREATE POLICY door ON app.audit_staged FOR SELECT TO psephos_door USING (true);
CREATE POLICY door ON app.audit_chains FOR SELECT TO psephos_door USING (true);
CREATE POLICY door ON app.audit_heads FOR SELECT TO psephos_door USING (true);
-- The trigger writes for whatever organisation the changed row is of.
CREATE POLICY triggers ON app.audit_staged FOR INSERT TO psephos_owner WITH CHECK (true);

-- Append-only for its owner too; whoever switches the triggers off is found by the hashes.
CREATE FUNCTION app.audit_refuse() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME LIKE 'audit\_details%' THEN
    IF (NEW.old IS NULL AND NEW.new IS NULL AND NEW.salt IS NULL AND NEW.erased_at IS NOT NULL
          OR (NEW.old, NEW.new, NEW.salt, NEW.erased_at) IS NOT DISTINCT FROM (OLD.old, OLD.new, OLD.salt, OLD.erased_at))
        AND (NEW.origin IS NULL AND NEW.origin_salt IS NULL AND NEW.origin_erased_at IS NOT NULL
          OR (NEW.origin, NEW.origin_salt, NEW.origin_erased_at) IS NOT DISTINCT FROM (OLD.origin, OLD.origin_salt, OLD.origin_erased_at)) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION app.audit_refuse() FROM PUBLIC;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON app.audit_entries FOR EACH ROW EXECUTE FUNCTION app.audit_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON app.audit_details FOR EACH ROW EXECUTE FUNCTION app.audit_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON app.audit_heads FOR EACH ROW EXECUTE FUNCTION app.audit_refuse();
CREATE TRIGGER keep_whole BEFORE TRUNCATE ON app.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();
CREATE TRIGGER keep_whole BEFORE TRUNCATE ON app.audit_entries_default FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();
CREATE TRIGGER keep_whole BEFORE TRUNCATE ON app.audit_details FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();
CREATE TRIGGER keep_whole BEFORE TRUNCATE ON app.audit_details_default FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();
CREATE TRIGGER keep_whole BEFORE TRUNCATE ON app.audit_heads FOR EACH STATEMENT EXECUTE FUNCTION app.audit_refuse();

-- What a value that must not be seen leaves behind: that there is one.
CREATE FUNCTION app.audit_masked(p_values jsonb, p_secret text[]) RETURNS jsonb
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT (p_values - p_secret) || coalesce((SELECT jsonb_object_agg(s, '(not shown)') FROM unnest(p_secret) s
    WHERE p_values ->> s IS NOT NULL), '{}')
$$;
REVOKE ALL ON FUNCTION app.audit_masked(jsonb, text[]) FROM PUBLIC;

-- Writes down what a statement changed in an audited table. Parameters: columns of the primary key; those of them that name
-- the subject; the column with the person whose data it is; columns whose values are never shown; columns that do not count.
-- Old and new rows are put together by sorting or hashing and by no join: plans are kept from call to call, and one made
-- for a single row would take minutes for the ten thousand of an import.
CREATE FUNCTION app.audit_stage() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC'
AS $$
DECLARE
  v_nil constant uuid := '00000000-0000-0000-0000-000000000000';
  v_named constant text := nullif(current_setting('app.actor', true), '');
  v_actor constant text := coalesce(v_named, 'database:' || session_user);
  v_origin constant text := nullif(current_setting('app.origin', true), '');
  v_request constant text := nullif(current_setting('app.request_id', true), '');
  v_keys constant text[] := string_to_array(TG_ARGV[0], ',');
  v_subject constant text[] := string_to_array(TG_ARGV[1], ',');
  v_person constant text := TG_ARGV[2];
  v_secret constant text[] := coalesce(string_to_array(nullif(TG_ARGV[3], ''), ','), '{}');
  v_ignored constant text[] := coalesce(string_to_array(nullif(TG_ARGV[4], ''), ','), '{}');
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    INSERT INTO app.audit_staged (org_id, actor, bypassed, origin, request_id, act, subject)
      VALUES (v_nil, v_actor, v_named IS NULL, v_origin, v_request, TG_TABLE_NAME || '.truncated', TG_TABLE_NAME);
  ELSIF TG_OP = 'INSERT' THEN
    INSERT INTO app.audit_staged (org_id, actor, bypassed, origin, request_id, act, subject, person, new)
      SELECT coalesce((r.j ->> 'org_id')::uuid, v_nil), v_actor, v_named IS NULL, v_origin, v_request, TG_TABLE_NAME || '.created',
        concat_ws('/', TG_TABLE_NAME, r.j ->> v_subject[1], r.j ->> v_subject[2]), (r.j ->> v_person)::uuid,
        CASE WHEN v_secret = '{}' THEN r.j ELSE app.audit_masked(r.j, v_secret) END
      FROM (SELECT to_jsonb(n) - v_ignored AS j FROM new_rows n) r;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO app.audit_staged (org_id, actor, bypassed, origin, request_id, act, subject, person, old)
      SELECT coalesce((r.j ->> 'org_id')::uuid, v_nil), v_actor, v_named IS NULL, v_origin, v_request, TG_TABLE_NAME || '.removed',
        concat_ws('/', TG_TABLE_NAME, r.j ->> v_subject[1], r.j ->> v_subject[2]), (r.j ->> v_person)::uuid,
        CASE WHEN v_secret = '{}' THEN r.j ELSE app.audit_masked(r.j, v_secret) END
      FROM (SELECT to_jsonb(o) - v_ignored AS j FROM old_rows o) r;
  ELSE
    INSERT INTO app.audit_staged (org_id, actor, bypassed, origin, request_id, act, subject, person, old, new)
      SELECT coalesce((p.any_j ->> 'org_id')::uuid, v_nil), v_actor, v_named IS NULL, v_origin, v_request,
        TG_TABLE_NAME || CASE WHEN p.o IS NULL THEN '.created' WHEN p.n IS NULL THEN '.removed' ELSE '.changed' END,
        concat_ws('/', TG_TABLE_NAME, p.any_j ->> v_subject[1], p.any_j ->> v_subject[2]), (p.any_j ->> v_person)::uuid,
        app.audit_masked(CASE WHEN p.n IS NULL THEN p.o ELSE d.old END, v_secret),
        app.audit_masked(CASE WHEN p.o IS NULL THEN p.n ELSE d.new END, v_secret)
      FROM (
        SELECT b.o, b.n, coalesce(b.n, b.o) AS any_j FROM (
          SELECT (array_agg(u.j) FILTER (WHERE u.is_old))[1] AS o, (array_agg(u.j) FILTER (WHERE NOT u.is_old))[1] AS n
          FROM (SELECT true AS is_old, to_jsonb(x) - v_ignored AS j FROM old_rows x
                UNION ALL SELECT false, to_jsonb(y) - v_ignored FROM new_rows y) u
          GROUP BY concat_ws('/', u.j ->> v_keys[1], u.j ->> v_keys[2], u.j ->> v_keys[3])) b
        WHERE b.o IS DISTINCT FROM b.n) p
      CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(e.key, e.value) AS old, jsonb_object_agg(e.key, p.n -> e.key) AS new
        FROM jsonb_each(p.o) e WHERE p.n -> e.key IS DISTINCT FROM e.value) d;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION app.audit_stage() FROM PUBLIC;

-- The same for rows that follow from others and come by thousands (rolls): how many, by the column that names the subject.
CREATE FUNCTION app.audit_stage_count() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_named constant text := nullif(current_setting('app.actor', true), '');
  v_actor constant text := coalesce(v_named, 'database:' || session_user);
  v_act constant text := TG_TABLE_NAME || CASE TG_OP WHEN 'INSERT' THEN '.created' WHEN 'DELETE' THEN '.removed' ELSE '.changed' END;
BEGIN
  INSERT INTO app.audit_staged (org_id, actor, bypassed, origin, request_id, act, subject, facts)
    SELECT r.org_id, v_actor, v_named IS NULL, nullif(current_setting('app.origin', true), ''),
      nullif(current_setting('app.request_id', true), ''), v_act, concat_ws('/', TG_TABLE_NAME, r.subject),
      jsonb_build_object('rows', count(*))
    FROM (SELECT c.org_id, to_jsonb(c) ->> TG_ARGV[0] AS subject FROM counted_rows c) r
    GROUP BY r.org_id, r.subject;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION app.audit_stage_count() FROM PUBLIC;

-- Puts a table under audit; a later migration calls it for its own.
CREATE FUNCTION app.audit_table(p_table text, p_keys text, p_subject text, p_person text, p_secret text, p_ignored text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_call text := format('FOR EACH STATEMENT EXECUTE FUNCTION app.audit_stage(%L, %L, %L, %L, %L)', p_keys, p_subject, p_person,
    p_secret, p_ignored);
BEGIN
  EXECUTE format('CREATE TRIGGER audit_created AFTER INSERT ON app.%I REFERENCING NEW TABLE AS new_rows ', p_table) || v_call;
  EXECUTE format('CREATE TRIGGER audit_changed AFTER UPDATE ON app.%I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows ',
    p_table) || v_call;
  EXECUTE format('CREATE TRIGGER audit_removed AFTER DELETE ON app.%I REFERENCING OLD TABLE AS old_rows ', p_table) || v_call;
  EXECUTE format('CREATE TRIGGER audit_truncated AFTER TRUNCATE ON app.%I ', p_table) || v_call;
END $$;
REVOKE ALL ON FUNCTION app.audit_table(text, text, text, text, text, text) FROM PUBLIC;

SELECT app.audit_table('organisations', 'org_id', 'org_id', '', '', '');
SELECT app.audit_table('members', 'org_id,member_id', 'member_id', 'member_id', '', 'sort_name,words,changed_at');
SELECT app.audit_table('member_invitations', 'org_id,invitation_id', 'invitation_id', 'member_id', 'token_hash', '');
SELECT app.audit_table('member_imports', 'org_id,import_id', 'import_id', '', '', 'report');
SELECT app.audit_table('groups', 'org_id,group_id', 'group_id', '', '', 'name_key');
SELECT app.audit_table('group_members', 'org_id,group_id,member_id', 'group_id,member_id', 'member_id', '', '');
SELECT app.audit_table('proxies', 'org_id,proxy_id', 'proxy_id', 'grantor_id', '', '');
SELECT app.audit_table('proxy_settings', 'org_id', 'org_id', '', '', '');
SELECT app.audit_table('meetings', 'org_id,meeting_id', 'meeting_id', '', '', '');
SELECT app.audit_table('attendees', 'org_id,attendee_id', 'attendee_id', 'member_id', '', '');
SELECT app.audit_table('agenda_items', 'org_id,item_id', 'item_id', '', '', '');
SELECT app.audit_table('speakers', 'org_id,speaker_id', 'speaker_id', '', '', '');
SELECT app.audit_table('elections', 'org_id,election_id', 'election_id', '', '', 'changed_pos');
SELECT app.audit_table('election_templates', 'org_id,template_id', 'template_id', '', '', '');
SELECT app.audit_table('results', 'org_id,election_id', 'election_id', '', 'result', '');
SELECT app.audit_table('pictures', 'org_id,picture_id', 'picture_id', '', 'content', '');
SELECT app.audit_table('api_keys', 'org_id,key_id', 'key_id', '', 'secret_hash,previous_hash', 'last_used_at');
SELECT app.audit_table('webhooks', 'org_id,webhook_id', 'webhook_id', '', 'secret,previous_secret', 'failing_since,next_at,busy_until');
SELECT app.audit_table('quotas', 'org_id', 'org_id', '', '', 'changed_at');
-- of no organisation: the platform's own chain
SELECT app.audit_table('accounts', 'account_id', 'account_id', 'account_id', '', '');
SELECT app.audit_table('account_identities', 'account_id,issuer,subject', 'account_id', 'account_id', '', 'last_used_at');
SELECT app.audit_table('account_recovery_codes', 'account_id,code_hash', 'account_id', 'account_id', 'code_hash', '');
SELECT app.audit_table('account_secrets', 'account_id', 'account_id', 'account_id', 'password_hash,totp_secret', 'totp_last_step,code_failures,code_failed_at');
SELECT app.audit_table('account_sessions', 'account_id,session_id', 'account_id,session_id', 'account_id', '', 'generation,current_org_id,rotated_at,last_used_at,expires_at');
SELECT app.audit_table('account_tokens', 'account_id,token_hash', 'account_id', 'account_id', 'token_hash,password_hash', '');
SELECT app.audit_table('signing_keys', 'kid', 'kid', '', 'private_key', '');
SELECT app.audit_table('server_secrets', 'name', 'name', '', 'value', '');

CREATE TRIGGER audit_created AFTER INSERT ON app.electoral_roll REFERENCING NEW TABLE AS counted_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.audit_stage_count('election_id');
CREATE TRIGGER audit_changed AFTER UPDATE ON app.electoral_roll REFERENCING NEW TABLE AS counted_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.audit_stage_count('election_id');
CREATE TRIGGER audit_removed AFTER DELETE ON app.electoral_roll REFERENCING OLD TABLE AS counted_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.audit_stage_count('election_id');
RESET ROLE;
