-- Up Migration
SET LOCAL ROLE psephos_owner;

-- Who stands behind a key, whoever's key made it: of two counts of paper ballots neither may come from the same person.
ALTER TABLE app.api_keys ADD COLUMN maker_id uuid;
COMMENT ON COLUMN app.api_keys.maker_id IS 'The member who made it or gave it its secret, if need be by a key of theirs; null: the operator of this installation.';
ALTER TABLE app.api_keys NO FORCE ROW LEVEL SECURITY; -- or its owner would see nobody's rows
ALTER TABLE app.members NO FORCE ROW LEVEL SECURITY;
WITH RECURSIVE line AS (
  SELECT k.org_id, k.key_id, k.created_by AS maker FROM app.api_keys k
  UNION
  SELECT l.org_id, l.key_id, k.created_by FROM line l JOIN app.api_keys k ON k.org_id = l.org_id AND k.key_id = l.maker
)
UPDATE app.api_keys k SET maker_id = l.maker FROM line l
  WHERE k.org_id = l.org_id AND k.key_id = l.key_id
    AND EXISTS (SELECT FROM app.members m WHERE m.org_id = l.org_id AND m.member_id = l.maker);
SELECT set_config('psephos.makers', coalesce(jsonb_object_agg(k.key_id, coalesce(k.maker_id::text, 'operator')), '{}')::text, true)
  FROM app.api_keys k;
ALTER TABLE app.members FORCE ROW LEVEL SECURITY;
ALTER TABLE app.api_keys FORCE ROW LEVEL SECURITY;

-- Pictures that no option ever named are erased after a day.
ALTER TABLE app.pictures ADD COLUMN used_at timestamptz;
COMMENT ON COLUMN app.pictures.used_at IS 'When an option first named it; null: never, and it is erased after a day.';
ALTER TABLE app.pictures NO FORCE ROW LEVEL SECURITY;
ALTER TABLE app.elections NO FORCE ROW LEVEL SECURITY;
ALTER TABLE app.election_templates NO FORCE ROW LEVEL SECURITY;
UPDATE app.pictures p SET used_at = clock_timestamp() FROM (
    SELECT e.org_id, o ->> 'picture' AS picture FROM app.elections e CROSS JOIN jsonb_array_elements(e.options) o
    UNION
    SELECT t.org_id, o ->> 'picture' FROM app.election_templates t CROSS JOIN jsonb_array_elements(t.election -> 'options') o
  ) named
  WHERE p.org_id = named.org_id AND p.picture_id::text = named.picture;
ALTER TABLE app.election_templates FORCE ROW LEVEL SECURITY;
ALTER TABLE app.elections FORCE ROW LEVEL SECURITY;
ALTER TABLE app.pictures FORCE ROW LEVEL SECURITY;
CREATE INDEX pictures_never_used ON app.pictures (created_at) WHERE used_at IS NULL;
GRANT UPDATE (used_at) ON app.pictures TO psephos_app;
GRANT DELETE ON app.pictures TO psephos_door;
CREATE POLICY door_erases ON app.pictures FOR DELETE TO psephos_door USING (used_at IS NULL);

-- Accounts that nobody proved to be theirs.
CREATE INDEX accounts_never_proven ON app.accounts (created_at) WHERE email_verified_at IS NULL AND deleted_at IS NULL;
GRANT DELETE ON app.accounts, app.account_secrets, app.account_tokens TO psephos_door;
CREATE POLICY door_erases ON app.accounts FOR DELETE TO psephos_door USING (email_verified_at IS NULL);
CREATE POLICY door_erases ON app.account_secrets FOR DELETE TO psephos_door USING (true);
CREATE POLICY door_erases ON app.account_tokens FOR DELETE TO psephos_door USING (true);

-- Words that no member has any more.
GRANT SELECT (org_id, word) ON app.member_words TO psephos_door;
CREATE POLICY door ON app.member_words FOR SELECT TO psephos_door USING (true);
GRANT DELETE ON app.member_lexicon TO psephos_door;
CREATE POLICY door_erases ON app.member_lexicon FOR DELETE TO psephos_door USING (true);
COMMENT ON TABLE app.member_lexicon IS 'Words without digits that members have, or had until the last upkeep, in which searches look for what a misspelt word may mean.';
RESET ROLE;

-- First counts that wait for the second bear the key's id so far, and its maker could make the second one.
SET LOCAL ROLE psephos_urn;
ALTER TABLE urn.paper_batch NO FORCE ROW LEVEL SECURITY;
UPDATE urn.paper_batch b SET entered_by = m.maker
  FROM jsonb_each_text(current_setting('psephos.makers')::jsonb) m (key_id, maker)
  WHERE b.confirmed_at IS NULL AND b.entered_by = m.key_id;
-- keys of a secret store are in no table; their ids are made from names, with a version that random ids do not have
UPDATE urn.paper_batch b SET entered_by = 'operator' WHERE b.confirmed_at IS NULL AND b.entered_by ~ '^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a';
ALTER TABLE urn.paper_batch FORCE ROW LEVEL SECURITY;
RESET ROLE;
