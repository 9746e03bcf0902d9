-- Up Migration
SET LOCAL ROLE psephos_owner;

CREATE SCHEMA extensions;
COMMENT ON SCHEMA extensions IS 'What PostgreSQL''s own extensions bring; nothing of ours.';
GRANT USAGE ON SCHEMA extensions TO psephos_door, psephos_app;
CREATE EXTENSION unaccent SCHEMA extensions;
CREATE EXTENSION pg_trgm SCHEMA extensions;
CREATE EXTENSION btree_gin SCHEMA extensions;

-- How texts are compared in a search: without accents, in small letters. Immutable as long as nobody edits the rules of
-- unaccent, which stored columns rely on; lower() must know all of Unicode whatever the database's own locale is.
DO $$
DECLARE
  v_collation text := 'pg_catalog.' || (SELECT quote_ident(c.collname) FROM pg_collation c
    WHERE c.collname IN ('pg_c_utf8', 'und-x-icu', 'C') AND c.collencoding IN (-1, 6)
    ORDER BY array_position(ARRAY['pg_c_utf8', 'und-x-icu', 'C'], c.collname::text) LIMIT 1);
BEGIN
  EXECUTE format($sql$
    CREATE FUNCTION app.small_letters(p_text text) RETURNS text
      LANGUAGE sql IMMUTABLE PARALLEL SAFE
      AS $body$ SELECT lower(normalize(p_text, NFC) COLLATE %s) COLLATE "C" $body$ $sql$, v_collation);
END $$;
COMMENT ON FUNCTION app.small_letters(text) IS 'In small letters, by all of Unicode.';
-- (plpgsql, because SQL functions that cannot be inlined cost several times as much, and an import calls it for each row)
CREATE FUNCTION app.search_form(p_text text) RETURNS text
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
  AS $$
BEGIN
  RETURN app.small_letters(extensions.unaccent('extensions.unaccent'::regdictionary, normalize(p_text, NFKC)));
END $$;
COMMENT ON FUNCTION app.search_form(text) IS 'A text as searches compare it: in small letters, without accents.';

-- The words by which a member is found: the number and the e-mail address whole, and every part of name, number and the
-- address before its @. Sorted, each once.
CREATE FUNCTION app.words_of_member(p_number text, p_name text, p_email text) RETURNS text[]
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
  AS $$
DECLARE
  v_form text := app.search_form(concat_ws(' ', p_name, p_number, p_email));
  v_parts text := translate(CASE WHEN p_email IS NULL THEN v_form ELSE regexp_replace(v_form, '@[^@]*$', '') END,
    '.,;:-_+/()&"''`' || U&'\2019\2010\2013', repeat(' ', 17));
BEGIN
  RETURN ARRAY(SELECT DISTINCT left(w.word, 64) COLLATE "C"
    FROM unnest(string_to_array(v_form || ' ' || v_parts, ' ')) w (word) WHERE w.word <> '' ORDER BY 1);
END $$;
COMMENT ON FUNCTION app.words_of_member(text, text, text) IS 'The words by which searches find a member.';

ALTER TABLE app.members
  ADD COLUMN email text CHECK (length(email) BETWEEN 3 AND 254),
  ADD COLUMN note text NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
  ADD COLUMN changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ADD COLUMN sort_name text COLLATE "C" NOT NULL GENERATED ALWAYS AS (app.search_form(name)) STORED,
  ADD COLUMN words text[] COLLATE "C" NOT NULL GENERATED ALWAYS AS (app.words_of_member(number, name, email)) STORED,
  DROP CONSTRAINT members_roles_check,
  DROP CONSTRAINT members_status_check,
  ADD CHECK (roles <@ '{admin,sponsor,moderator,auditor,member}' AND cardinality(roles) > 0),
  ADD CHECK (status IN ('invited', 'active', 'inactive'));
CREATE UNIQUE INDEX members_by_email ON app.members (org_id, email);
CREATE INDEX members_by_name ON app.members (org_id, sort_name, member_id);
CREATE INDEX members_by_status ON app.members (org_id, status, sort_name, member_id);
CREATE INDEX members_with_roles ON app.members (org_id, sort_name, member_id) WHERE roles <> '{member}';
COMMENT ON COLUMN app.members.roles IS 'admin, sponsor, moderator, auditor, member; one or more.';
COMMENT ON COLUMN app.members.status IS 'invited: has not accepted yet; active: stands on electoral rolls; inactive: may do nothing.';
COMMENT ON COLUMN app.members.email IS 'E-mail address in small letters; null where none is known.';
COMMENT ON COLUMN app.members.note IS 'What administrators wrote down; the member does not see it.';
COMMENT ON COLUMN app.members.changed_at IS 'When the row was last changed.';
COMMENT ON COLUMN app.members.sort_name IS 'The name as lists are sorted by it: small letters, no accents.';
COMMENT ON COLUMN app.members.words IS 'The words by which searches find the member, sorted.';

CREATE TABLE app.member_words (
  org_id uuid NOT NULL,
  word text COLLATE "C" NOT NULL,
  member_id uuid NOT NULL,
  PRIMARY KEY (org_id, word, member_id) -- no reference to members: the trigger is its only writer, and 60,000 checks an import are a second
);
COMMENT ON TABLE app.member_words IS 'members.words turned round: who has a word. Kept by a trigger on members.';
COMMENT ON COLUMN app.member_words.org_id IS 'The organisation.';
COMMENT ON COLUMN app.member_words.word IS 'A word of name, number or e-mail address, as searches compare it.';
COMMENT ON COLUMN app.member_words.member_id IS 'The member who has it.';

CREATE TABLE app.member_lexicon (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  word text COLLATE "C" NOT NULL,
  PRIMARY KEY (org_id, word)
);
-- a row a word however many members have it: similar words are looked for among thousands, not hundreds of thousands
CREATE INDEX member_lexicon_by_likeness ON app.member_lexicon USING gin (org_id, word extensions.gin_trgm_ops) WITH (fastupdate = off);
COMMENT ON TABLE app.member_lexicon IS 'Words without digits that members have or have had, in which searches look for what a misspelt word may mean.';
COMMENT ON COLUMN app.member_lexicon.org_id IS 'The organisation.';
COMMENT ON COLUMN app.member_lexicon.word IS 'A word of a name, as searches compare it.';

CREATE TABLE app.groups (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  group_id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  name_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (app.small_letters(name)) STORED,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, group_id),
  UNIQUE (org_id, name_key)
);
COMMENT ON TABLE app.groups IS 'Named groups of members: delegates, branches, boards.';
COMMENT ON COLUMN app.groups.org_id IS 'The organisation.';
COMMENT ON COLUMN app.groups.group_id IS 'The group.';
COMMENT ON COLUMN app.groups.name IS 'Name as people read it.';
COMMENT ON COLUMN app.groups.name_key IS 'The name in small letters: what may not be there twice, and the order of lists.';
COMMENT ON COLUMN app.groups.created_at IS 'When it was made.';

CREATE TABLE app.group_members (
  org_id uuid NOT NULL,
  group_id uuid NOT NULL,
  member_id uuid NOT NULL,
  PRIMARY KEY (org_id, group_id, member_id),
  FOREIGN KEY (org_id, group_id) REFERENCES app.groups (org_id, group_id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, member_id) REFERENCES app.members (org_id, member_id) ON DELETE CASCADE
);
CREATE INDEX group_members_by_member ON app.group_members (org_id, member_id);
COMMENT ON TABLE app.group_members IS 'Who is in which group.';
COMMENT ON COLUMN app.group_members.org_id IS 'The organisation.';
COMMENT ON COLUMN app.group_members.group_id IS 'The group.';
COMMENT ON COLUMN app.group_members.member_id IS 'The member.';

CREATE TABLE app.member_imports (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  import_id uuid NOT NULL,
  created_by uuid NOT NULL,
  report jsonb NOT NULL,
  digest text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  PRIMARY KEY (org_id, import_id)
);
CREATE INDEX member_imports_by_expiry ON app.member_imports (expires_at);
COMMENT ON TABLE app.member_imports IS 'Lists of members that were sent in, looked at, and perhaps accepted.';
COMMENT ON COLUMN app.member_imports.org_id IS 'The organisation.';
COMMENT ON COLUMN app.member_imports.import_id IS 'The import.';
COMMENT ON COLUMN app.member_imports.created_by IS 'The key or member who sent the list.';
COMMENT ON COLUMN app.member_imports.report IS 'The preview: columns, counts, errors and first rows, without the list itself.';
COMMENT ON COLUMN app.member_imports.digest IS 'Hash of what the members whom the list touches were like when it was previewed; null where it cannot be accepted.';
COMMENT ON COLUMN app.member_imports.created_at IS 'When it was sent.';
COMMENT ON COLUMN app.member_imports.expires_at IS 'When list and preview are erased.';
COMMENT ON COLUMN app.member_imports.accepted_at IS 'When it was accepted; the list is erased then.';

CREATE TABLE app.member_import_rows (
  org_id uuid NOT NULL,
  import_id uuid NOT NULL,
  line integer NOT NULL,
  number text,
  name text,
  email text,
  roles text[],
  status text,
  weight bigint,
  group_ids uuid[],
  new_groups text[],
  note text,
  member_id uuid,
  action text CHECK (action IN ('new', 'changed', 'unchanged')),
  problem text,
  was text,
  PRIMARY KEY (org_id, import_id, line),
  FOREIGN KEY (org_id, import_id) REFERENCES app.member_imports (org_id, import_id) ON DELETE CASCADE
);
CREATE INDEX member_import_rows_by_number ON app.member_import_rows (org_id, import_id, number);
COMMENT ON TABLE app.member_import_rows IS 'The rows of a list that waits to be accepted; gone with the acceptance or after a day.';
COMMENT ON COLUMN app.member_import_rows.org_id IS 'The organisation.';
COMMENT ON COLUMN app.member_import_rows.import_id IS 'The import.';
COMMENT ON COLUMN app.member_import_rows.line IS 'Line of the file where the row begins.';
COMMENT ON COLUMN app.member_import_rows.number IS 'Member number; in each of these columns null means that the file says nothing.';
COMMENT ON COLUMN app.member_import_rows.name IS 'Name.';
COMMENT ON COLUMN app.member_import_rows.email IS 'E-mail address in small letters.';
COMMENT ON COLUMN app.member_import_rows.roles IS 'Roles, sorted.';
COMMENT ON COLUMN app.member_import_rows.status IS 'Status.';
COMMENT ON COLUMN app.member_import_rows.weight IS 'Voting weight in micro-units.';
COMMENT ON COLUMN app.member_import_rows.group_ids IS 'Groups that exist, sorted.';
COMMENT ON COLUMN app.member_import_rows.new_groups IS 'Names of groups that the import makes.';
COMMENT ON COLUMN app.member_import_rows.note IS 'Note.';
COMMENT ON COLUMN app.member_import_rows.member_id IS 'The member whom the row means: found by number or e-mail address, or the id of the one to be made.';
COMMENT ON COLUMN app.member_import_rows.action IS 'What accepting does: new, changed, unchanged.';
COMMENT ON COLUMN app.member_import_rows.problem IS 'Why the row cannot be accepted, as far as it takes the other members to know.';
COMMENT ON COLUMN app.member_import_rows.was IS 'Hash of what that member was like when the two were compared.';

CREATE TABLE app.member_invitations (
  org_id uuid NOT NULL,
  invitation_id uuid NOT NULL,
  member_id uuid NOT NULL,
  campaign text NOT NULL CHECK (length(campaign) BETWEEN 1 AND 100),
  email text NOT NULL,
  token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  sent integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  used_by uuid,
  revoked_at timestamptz,
  PRIMARY KEY (org_id, invitation_id),
  UNIQUE (org_id, member_id, campaign),
  FOREIGN KEY (org_id, member_id) REFERENCES app.members (org_id, member_id) ON DELETE CASCADE
);
CREATE INDEX member_invitations_by_age ON app.member_invitations (org_id, created_at, invitation_id);
CREATE INDEX member_invitations_by_token ON app.member_invitations (token_hash);
COMMENT ON TABLE app.member_invitations IS 'Mails that ask a member to sign in, one for each round of invitations.';
COMMENT ON COLUMN app.member_invitations.org_id IS 'The organisation.';
COMMENT ON COLUMN app.member_invitations.invitation_id IS 'The invitation.';
COMMENT ON COLUMN app.member_invitations.member_id IS 'Who is invited.';
COMMENT ON COLUMN app.member_invitations.campaign IS 'The round of invitations, as the organisation names it.';
COMMENT ON COLUMN app.member_invitations.email IS 'Where the last mail went.';
COMMENT ON COLUMN app.member_invitations.token_hash IS 'SHA-256 of the token in the link; the token itself stands in the mail alone.';
COMMENT ON COLUMN app.member_invitations.sent IS 'How many mails were made for it; each makes the link of the one before worthless.';
COMMENT ON COLUMN app.member_invitations.created_at IS 'When it was made.';
COMMENT ON COLUMN app.member_invitations.expires_at IS 'Until when the link is good.';
COMMENT ON COLUMN app.member_invitations.used_at IS 'When the link was used.';
COMMENT ON COLUMN app.member_invitations.used_by IS 'The account that used it.';
COMMENT ON COLUMN app.member_invitations.revoked_at IS 'When it was taken back.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['member_words', 'member_lexicon', 'groups', 'group_members', 'member_imports', 'member_import_rows', 'member_invitations'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
    EXECUTE format('GRANT SELECT, INSERT ON app.%I TO psephos_app', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['member_words', 'groups', 'group_members', 'member_imports', 'member_import_rows'] LOOP
    EXECUTE format('GRANT DELETE ON app.%I TO psephos_app', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['groups', 'member_imports', 'member_import_rows', 'member_invitations'] LOOP
    EXECUTE format('GRANT UPDATE ON app.%I TO psephos_app', name);
  END LOOP;
END $$;

-- who is in which group decides rolls; lists that wait, words and links are none of an auditor's business
GRANT SELECT ON app.groups, app.group_members TO psephos_auditor;

-- An invitation is found before its organisation is known; words are compared by likeness, which row-level security would
-- keep from using an index; and what has expired is erased in all organisations at once.
GRANT SELECT ON app.member_invitations, app.member_lexicon, app.member_imports TO psephos_door;
GRANT DELETE ON app.member_imports TO psephos_door;
CREATE POLICY door ON app.member_invitations FOR SELECT TO psephos_door USING (true);
CREATE POLICY door ON app.member_lexicon FOR SELECT TO psephos_door USING (true);
CREATE POLICY door ON app.member_imports TO psephos_door USING (true);

REVOKE ALL ON FUNCTION app.small_letters(text), app.search_form(text), app.words_of_member(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.small_letters(text), app.search_form(text), app.words_of_member(text, text, text) TO psephos_app;
RESET ROLE;
