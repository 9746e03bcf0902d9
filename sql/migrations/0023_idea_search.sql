-- Up Migration
SET LOCAL ROLE psephos_owner;

-- What documents of ideas have beside what all documents have.
ALTER TABLE app.search_documents
  ADD audience text[] COLLATE "C" NOT NULL DEFAULT '{}',
  ADD campaign_id uuid,
  ADD tags text[] COLLATE "C" NOT NULL DEFAULT '{}',
  ADD submitter_name text,
  ADD coin_count bigint,
  ADD context_id text;
ALTER TABLE app.search_documents ALTER audience DROP DEFAULT, ALTER tags DROP DEFAULT;
CREATE INDEX search_documents_by_coins ON app.search_documents (org_id, coin_count DESC, at DESC, id) WHERE coin_count IS NOT NULL;
CREATE INDEX search_documents_of_campaign_by_coins ON app.search_documents (org_id, campaign_id, coin_count DESC, at DESC, id) WHERE coin_count IS NOT NULL;
CREATE INDEX search_documents_of_campaign_newest ON app.search_documents (org_id, campaign_id, at DESC, id) WHERE campaign_id IS NOT NULL;
COMMENT ON COLUMN app.search_documents.audience IS 'Who alone may find it: member:ID, managers:ID and campaign:ID of a campaign, sponsors; none: whoever may find its kind.';
COMMENT ON COLUMN app.search_documents.campaign_id IS 'The campaign of an idea.';
COMMENT ON COLUMN app.search_documents.tags IS 'Names of its tags.';
COMMENT ON COLUMN app.search_documents.submitter_name IS 'Who proposed it.';
COMMENT ON COLUMN app.search_documents.coin_count IS 'Coins on it; null while totals are hidden, and for all that takes none.';
COMMENT ON COLUMN app.search_documents.context_id IS 'What it is about on the platform that linked here.';
RESET ROLE;

SET LOCAL ROLE psephos_door;
-- Who finds the ideas of a campaign, and whether their coins are shown, is said by the campaign itself.
CREATE FUNCTION door.note_campaign_ideas() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO app.search_dirty (org_id, kind, id)
    SELECT i.org_id, 'ideas', i.id
    FROM old_rows o JOIN new_rows n ON n.org_id = o.org_id AND n.id = o.id
      AND (n.status = 'draft', n.campaign_type = 'closed', n.hide_totals AND n.status IN ('draft', 'active'))
        IS DISTINCT FROM (o.status = 'draft', o.campaign_type = 'closed', o.hide_totals AND o.status IN ('draft', 'active'))
    JOIN app.ideas i ON i.org_id = n.org_id AND i.campaign_id = n.id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION door.note_campaign_ideas() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.note_campaign_ideas() TO psephos_owner;

-- Ideas bear the names of their tags.
CREATE FUNCTION door.note_tagged_ideas() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO app.search_dirty (org_id, kind, id)
    SELECT DISTINCT t.org_id, 'ideas', t.idea_id
    FROM old_rows o JOIN new_rows n ON n.org_id = o.org_id AND n.id = o.id AND n.name <> o.name
    JOIN app.idea_tags t ON t.org_id = n.org_id AND t.tag_id = n.id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION door.note_tagged_ideas() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.note_tagged_ideas() TO psephos_owner;

-- And the names of those who proposed them.
CREATE FUNCTION door.note_submitted_ideas() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO app.search_dirty (org_id, kind, id)
    SELECT i.org_id, 'ideas', i.id
    FROM old_rows o JOIN new_rows n ON n.org_id = o.org_id AND n.member_id = o.member_id AND n.name <> o.name
    JOIN app.ideas i ON i.org_id = n.org_id AND i.submitter_id = n.member_id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION door.note_submitted_ideas() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.note_submitted_ideas() TO psephos_owner;
RESET ROLE;

SET LOCAL ROLE psephos_owner;
CREATE POLICY door ON app.idea_tags FOR SELECT TO psephos_door USING (true); -- what other platforms embed; app.idea_totals has one from 0022
CREATE TRIGGER search_ideas_of_campaign AFTER UPDATE ON app.campaigns REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION door.note_campaign_ideas();
CREATE TRIGGER search_ideas_of_tag AFTER UPDATE ON app.campaign_tags REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION door.note_tagged_ideas();
CREATE TRIGGER search_ideas_of_member AFTER UPDATE ON app.members REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION door.note_submitted_ideas();
RESET ROLE;

SET LOCAL ROLE psephos_door;
DROP FUNCTION IF EXISTS door.search_newest(tsquery, text[], text[], uuid, integer, integer); -- search_first(): of any order
RESET ROLE;
