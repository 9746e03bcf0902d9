-- Up Migration
SET LOCAL ROLE psephos_owner;

ALTER TABLE app.elections
  DROP CONSTRAINT elections_roll_check,
  ADD CONSTRAINT elections_roll_check CHECK (roll IN ('tokens', 'meeting', 'members')),
  ADD COLUMN roll_group_id uuid,
  ADD COLUMN duration_seconds integer CHECK (duration_seconds BETWEEN 5 AND 2592000),
  ADD COLUMN present_weight bigint CHECK (present_weight >= 0),
  ADD COLUMN paper_declared integer NOT NULL DEFAULT 0 CHECK (paper_declared BETWEEN 0 AND 1000000),
  ADD COLUMN paper_version integer NOT NULL DEFAULT 0,
  ADD COLUMN opened_by text,
  ADD COLUMN closed_by text,
  ADD COLUMN published_by text;
COMMENT ON COLUMN app.elections.roll IS 'tokens: issued credentials only; meeting: everyone who attends the meeting as well; members: active members, of one group where roll_group_id names it.';
COMMENT ON COLUMN app.elections.roll_group_id IS 'The group whose members may vote; null: all members.';
COMMENT ON COLUMN app.elections.duration_seconds IS 'From opening to close; closes_at is computed when it opens.';
COMMENT ON COLUMN app.elections.present_weight IS 'What those present weigh together, in micro-units; null: one vote each.';
COMMENT ON COLUMN app.elections.paper_declared IS 'Ballots on paper that were handed out; never are more of them counted.';
COMMENT ON COLUMN app.elections.paper_version IS 'Rises whenever what counts on paper changes: a stored result of another version is counted again.';
COMMENT ON COLUMN app.elections.opened_by IS 'Id of who opened it, or clock.';
COMMENT ON COLUMN app.elections.closed_by IS 'Id of who closed or cancelled it, or clock.';
COMMENT ON COLUMN app.elections.published_by IS 'Id of who published the result.';

ALTER TABLE app.results ADD COLUMN paper_version integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN app.results.paper_version IS 'The paper_version of the election that was counted.';

GRANT INSERT (roll_group_id, duration_seconds, present_weight) ON app.elections TO psephos_app;
GRANT UPDATE (present_weight) ON app.elections TO psephos_app;
REVOKE UPDATE (closes_at) ON app.elections FROM psephos_app; -- extended by a function that holds the rules
REVOKE INSERT ON app.results FROM psephos_app; -- stored by a function that knows what was counted
GRANT DELETE ON app.elections TO psephos_urn;
GRANT SELECT ON app.groups TO psephos_urn;
GRANT INSERT, UPDATE ON app.results TO psephos_urn;

-- pages of the roll in the order of the names
CREATE INDEX electoral_roll_by_name ON app.electoral_roll (org_id, election_id, name, voter_id);

CREATE TABLE app.election_templates (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  template_id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  description text NOT NULL DEFAULT '',
  election jsonb NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, template_id)
);
COMMENT ON TABLE app.election_templates IS 'Elections to begin from, of one organisation.';
COMMENT ON COLUMN app.election_templates.org_id IS 'The organisation.';
COMMENT ON COLUMN app.election_templates.template_id IS 'The template.';
COMMENT ON COLUMN app.election_templates.name IS 'Name as people choose it by.';
COMMENT ON COLUMN app.election_templates.description IS 'What it is for.';
COMMENT ON COLUMN app.election_templates.election IS 'Method, rules and whatever else it carries, as the API takes them.';
COMMENT ON COLUMN app.election_templates.created_by IS 'Id of who made it.';
COMMENT ON COLUMN app.election_templates.created_at IS 'When it was made.';

CREATE TABLE app.pictures (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  picture_id uuid NOT NULL,
  content bytea STORAGE EXTERNAL NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 2097152),
  width integer NOT NULL CHECK (width BETWEEN 1 AND 800),
  height integer NOT NULL CHECK (height BETWEEN 1 AND 800),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, picture_id)
);
CREATE UNIQUE INDEX pictures_by_id ON app.pictures (picture_id);
COMMENT ON TABLE app.pictures IS 'Pictures of options, made anew from what was uploaded. Never changed: an id is one picture for ever.';
COMMENT ON COLUMN app.pictures.org_id IS 'The organisation.';
COMMENT ON COLUMN app.pictures.picture_id IS 'Random; whoever knows it may look at the picture, since browsers ask for pictures without a secret.';
COMMENT ON COLUMN app.pictures.content IS 'WebP.';
COMMENT ON COLUMN app.pictures.width IS 'In pixels.';
COMMENT ON COLUMN app.pictures.height IS 'In pixels.';
COMMENT ON COLUMN app.pictures.created_by IS 'Id of who uploaded it.';
COMMENT ON COLUMN app.pictures.created_at IS 'When.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['election_templates', 'pictures'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
    EXECUTE format('GRANT SELECT, INSERT ON app.%I TO psephos_app', name);
    EXECUTE format('GRANT SELECT ON app.%I TO psephos_auditor', name);
  END LOOP;
END $$;
GRANT UPDATE (name, description, election), DELETE ON app.election_templates TO psephos_app;
-- a browser asks for a picture without a secret
GRANT SELECT ON app.pictures TO psephos_door;
CREATE POLICY door ON app.pictures FOR SELECT TO psephos_door USING (true);
RESET ROLE;

SET LOCAL ROLE psephos_urn;
CREATE TABLE urn.paper_batch (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
  ballots integer NOT NULL CHECK (ballots BETWEEN 1 AND 1000000),
  form text NOT NULL CHECK (form IN ('patterns', 'totals')),
  keys text[] NOT NULL,
  figures bigint[] NOT NULL CHECK (cardinality(figures) = cardinality(keys)),
  entered_by text NOT NULL,
  entered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  mismatches integer NOT NULL DEFAULT 0,
  confirmed_by text CHECK (confirmed_by <> entered_by),
  confirmed_at timestamptz,
  PRIMARY KEY (org_id, election_id, batch_id)
);
COMMENT ON TABLE urn.paper_batch IS 'Heaps of ballots on paper, counted by hand by two persons. Only confirmed ones count.';
COMMENT ON COLUMN urn.paper_batch.org_id IS 'The organisation.';
COMMENT ON COLUMN urn.paper_batch.election_id IS 'The election.';
COMMENT ON COLUMN urn.paper_batch.batch_id IS 'The batch.';
COMMENT ON COLUMN urn.paper_batch.label IS 'How people call the heap.';
COMMENT ON COLUMN urn.paper_batch.ballots IS 'Ballots in it.';
COMMENT ON COLUMN urn.paper_batch.form IS 'patterns: a figure for each canonical ballot; totals: one for each option, and for blank and abstained.';
COMMENT ON COLUMN urn.paper_batch.keys IS 'What is counted, in ascending order: canonical ballots, or option:ID, blank, abstained.';
COMMENT ON COLUMN urn.paper_batch.figures IS 'The figure of each key, in the same order.';
COMMENT ON COLUMN urn.paper_batch.entered_by IS 'Who made the first count.';
COMMENT ON COLUMN urn.paper_batch.entered_at IS 'When.';
COMMENT ON COLUMN urn.paper_batch.mismatches IS 'Second counts that did not agree with the first.';
COMMENT ON COLUMN urn.paper_batch.confirmed_by IS 'Who made the second count, another person; null until the two agree.';
COMMENT ON COLUMN urn.paper_batch.confirmed_at IS 'When the two agreed.';
ALTER TABLE urn.paper_batch ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON urn.paper_batch USING (org_id = (SELECT app.current_org()));
RESET ROLE;
