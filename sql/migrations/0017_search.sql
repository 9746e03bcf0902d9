-- Up Migration
SET LOCAL ROLE psephos_owner;

CREATE SEQUENCE app.search_version;
COMMENT ON SEQUENCE app.search_version IS 'Order of changes and of documents of the search, over all organisations.';
GRANT USAGE ON SEQUENCE app.search_version TO psephos_app, psephos_door;

CREATE TABLE app.search_dirty (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  version bigint NOT NULL DEFAULT nextval('app.search_version'),
  kind text NOT NULL CHECK (kind ~ '^[a-z]{1,32}$'),
  id uuid NOT NULL,
  PRIMARY KEY (org_id, version)
);
COMMENT ON TABLE app.search_dirty IS 'What has changed and is not in the search yet. Written by triggers with the change itself, never updated: nobody waits for the indexing.';
COMMENT ON COLUMN app.search_dirty.org_id IS 'The organisation.';
COMMENT ON COLUMN app.search_dirty.version IS 'Order in which changes were noted.';
COMMENT ON COLUMN app.search_dirty.kind IS 'Kind of document, as the sources of the search are named.';
COMMENT ON COLUMN app.search_dirty.id IS 'The document.';

CREATE TABLE app.search_documents (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  kind text NOT NULL,
  id uuid NOT NULL,
  version bigint NOT NULL,
  language text NOT NULL CHECK (language IN ('en', 'de', 'es', 'pl')),
  title text NOT NULL,
  body text NOT NULL,
  meeting_id uuid,
  state text NOT NULL,
  draft boolean NOT NULL,
  at timestamptz NOT NULL,
  words text[] COLLATE "C" NOT NULL,
  title_vector tsvector NOT NULL,
  vector tsvector NOT NULL,
  PRIMARY KEY (org_id, kind, id)
);
-- no pending list: it would be read through by every search
CREATE INDEX search_documents_by_word ON app.search_documents USING gin (org_id, vector) WITH (fastupdate = off);
CREATE INDEX search_documents_newest ON app.search_documents (org_id, at DESC, id);
COMMENT ON TABLE app.search_documents IS 'What the search finds, as it was read from its tables: the embedded search looks here, and another search server gets it from here.';
COMMENT ON COLUMN app.search_documents.org_id IS 'The organisation.';
COMMENT ON COLUMN app.search_documents.kind IS 'elections, results, meetings, members, …';
COMMENT ON COLUMN app.search_documents.id IS 'Id of what was found, in its kind.';
COMMENT ON COLUMN app.search_documents.version IS 'Rises with each change of the document; a search server takes no older one.';
COMMENT ON COLUMN app.search_documents.language IS 'Language by whose rules words are reduced to their stems.';
COMMENT ON COLUMN app.search_documents.title IS 'What a hit is called.';
COMMENT ON COLUMN app.search_documents.body IS 'What else is searched.';
COMMENT ON COLUMN app.search_documents.meeting_id IS 'The meeting that it belongs to: who attends one finds nothing of another.';
COMMENT ON COLUMN app.search_documents.state IS 'State in its kind.';
COMMENT ON COLUMN app.search_documents.draft IS 'Not public yet: found by those only who prepare or oversee it.';
COMMENT ON COLUMN app.search_documents.at IS 'When it came about; the newer first among equals.';
COMMENT ON COLUMN app.search_documents.words IS 'Its words as they are compared, each once.';
COMMENT ON COLUMN app.search_documents.title_vector IS 'Of the title alone: hits are ranked by it, which is a tenth of the work.';
COMMENT ON COLUMN app.search_documents.vector IS 'Words and stems; those of the title weigh A, of the body B.';

CREATE TABLE app.search_lexicon (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  word text COLLATE "C" NOT NULL,
  documents integer NOT NULL,
  PRIMARY KEY (org_id, word)
);
CREATE INDEX search_lexicon_by_likeness ON app.search_lexicon USING gin (org_id, word extensions.gin_trgm_ops) WITH (fastupdate = off);
COMMENT ON TABLE app.search_lexicon IS 'Every word of the documents: which of them a misspelt word may mean, and how common each is. The empty word stands for all documents.';
COMMENT ON COLUMN app.search_lexicon.org_id IS 'The organisation.';
COMMENT ON COLUMN app.search_lexicon.word IS 'A word as it is compared.';
COMMENT ON COLUMN app.search_lexicon.documents IS 'Documents that have it.';

CREATE TABLE app.search_outbox (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  kind text NOT NULL,
  id uuid NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (org_id, kind, id)
);
COMMENT ON TABLE app.search_outbox IS 'Documents that a search server has not got yet, or must forget; empty where there is none.';
COMMENT ON COLUMN app.search_outbox.org_id IS 'The organisation.';
COMMENT ON COLUMN app.search_outbox.kind IS 'Kind of document.';
COMMENT ON COLUMN app.search_outbox.id IS 'The document; gone where search_documents has it no more.';
COMMENT ON COLUMN app.search_outbox.version IS 'The version to send; with it the row is removed, not with a newer one.';

CREATE TABLE app.search_retries (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  retry_at timestamptz NOT NULL,
  PRIMARY KEY (org_id)
);
COMMENT ON TABLE app.search_retries IS 'When what waits for the search server is sent again, after it did not answer.';
COMMENT ON COLUMN app.search_retries.org_id IS 'The organisation.';
COMMENT ON COLUMN app.search_retries.retry_at IS 'Not before this.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['search_dirty', 'search_documents', 'search_lexicon', 'search_outbox', 'search_retries'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
    EXECUTE format('CREATE POLICY door ON app.%I TO psephos_door USING (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON app.%I TO psephos_app', name);
    EXECUTE format('GRANT SELECT ON app.%I TO psephos_door', name);
  END LOOP;
END $$;
REVOKE UPDATE ON app.search_dirty FROM psephos_app;
-- whoever changes a row, in whatever role, notes it through a trigger of the door
GRANT INSERT ON app.search_dirty TO psephos_door;
RESET ROLE;

SET LOCAL ROLE psephos_door;
-- Notes changed rows as documents to be indexed again, for whole statements at once. Arguments: kind, column of the
-- document's id, column of the row's own id, and the columns of which a change matters.
CREATE FUNCTION door.note_search_changes() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_kind text := TG_ARGV[0];
  v_id text := TG_ARGV[1];
  v_key text := TG_ARGV[2];
  v_old text;
  v_new text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    SELECT string_agg(format('o.%I', c), ', '), string_agg(format('n.%I', c), ', ') INTO v_old, v_new
      FROM unnest(TG_ARGV[3:]::text[]) c;
    EXECUTE format('INSERT INTO app.search_dirty (org_id, kind, id)
      SELECT DISTINCT o.org_id, %1$L, u.id FROM old_rows o JOIN new_rows n ON n.org_id = o.org_id AND n.%3$I = o.%3$I
      CROSS JOIN LATERAL (VALUES (o.%2$I), (n.%2$I)) u (id)
      WHERE u.id IS NOT NULL AND (o.%2$I, %4$s) IS DISTINCT FROM (n.%2$I, %5$s)', v_kind, v_id, v_key, v_old, v_new);
  ELSE
    EXECUTE format('INSERT INTO app.search_dirty (org_id, kind, id)
      SELECT DISTINCT r.org_id, %1$L, r.%2$I FROM %3$s r WHERE r.%2$I IS NOT NULL', v_kind, v_id,
      CASE TG_OP WHEN 'INSERT' THEN 'new_rows' ELSE 'old_rows' END);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION door.note_search_changes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.note_search_changes() TO psephos_owner;

-- Texts too short to tell their language take that of their organisation.
CREATE FUNCTION door.note_search_locale() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO app.search_dirty (org_id, kind, id)
    SELECT d.org_id, d.kind, d.id FROM old_rows o JOIN new_rows n ON n.org_id = o.org_id AND n.locale <> o.locale
    JOIN app.search_documents d ON d.org_id = n.org_id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION door.note_search_locale() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.note_search_locale() TO psephos_owner;
RESET ROLE;

SET LOCAL ROLE psephos_owner;
GRANT USAGE ON SCHEMA door TO psephos_owner;
-- Lets the search follow a table: for a migration that adds a kind, beside its source in engine/search/sources.
CREATE FUNCTION app.follow_search(p_table regclass, p_kind text, p_id name, p_key name, p_columns name[]) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_arguments text := (SELECT string_agg(quote_literal(a), ', ') FROM unnest(ARRAY[p_kind, p_id, p_key]::text[] || p_columns::text[]) a);
BEGIN
  EXECUTE format('CREATE TRIGGER search_new_%s AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION door.note_search_changes(%s)', p_kind, p_table, v_arguments);
  EXECUTE format('CREATE TRIGGER search_changed_%s AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION door.note_search_changes(%s)', p_kind, p_table, v_arguments);
  EXECUTE format('CREATE TRIGGER search_gone_%s AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION door.note_search_changes(%s)', p_kind, p_table, v_arguments);
END $$;
COMMENT ON FUNCTION app.follow_search(regclass, text, name, name, name[]) IS 'Makes the triggers by which the search follows a table: kind, column of the document''s id, column of the row''s id, columns that matter.';
REVOKE ALL ON FUNCTION app.follow_search(regclass, text, name, name, name[]) FROM PUBLIC;

SELECT app.follow_search('app.elections', 'elections', 'election_id', 'election_id', '{title,description,options,state,meeting_id,opened_at}');
SELECT app.follow_search('app.elections', 'results', 'election_id', 'election_id', '{title,state,meeting_id}');
DROP TRIGGER search_new_results ON app.elections; -- a new election has none
SELECT app.follow_search('app.results', 'results', 'election_id', 'election_id', '{result}');
SELECT app.follow_search('app.meetings', 'meetings', 'meeting_id', 'meeting_id', '{title,state,starts_at,started_at}');
SELECT app.follow_search('app.agenda_items', 'meetings', 'meeting_id', 'item_id', '{title,body,position}');
SELECT app.follow_search('app.members', 'members', 'member_id', 'member_id', '{name,number,email,status}');
CREATE TRIGGER search_locale AFTER UPDATE ON app.organisations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION door.note_search_locale();
RESET ROLE;

-- what was there before the search
SET LOCAL ROLE psephos_door;
INSERT INTO app.search_dirty (org_id, kind, id)
  SELECT e.org_id, 'elections', e.election_id FROM app.elections e
  UNION ALL SELECT e.org_id, 'results', e.election_id FROM app.elections e WHERE e.state IN ('closed', 'published')
  UNION ALL SELECT m.org_id, 'meetings', m.meeting_id FROM app.meetings m
  UNION ALL SELECT m.org_id, 'members', m.member_id FROM app.members m;
RESET ROLE;
