-- Up Migration
SET LOCAL ROLE psephos_owner;

CREATE TABLE app.elections (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  election_id uuid NOT NULL,
  meeting_id uuid,
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
  description text NOT NULL DEFAULT '',
  method jsonb NOT NULL,
  options jsonb NOT NULL,
  rules jsonb NOT NULL,
  secrecy text NOT NULL CHECK (secrecy IN ('secret', 'named')),
  visibility text NOT NULL CHECK (visibility IN ('live', 'count', 'hidden')),
  roll text NOT NULL CHECK (roll IN ('tokens', 'meeting')),
  secret_step integer NOT NULL CHECK (secret_step BETWEEN 1 AND 1000),
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'open', 'closed', 'published', 'cancelled')),
  present integer CHECK (present >= 0),
  opens_at timestamptz,
  closes_at timestamptz,
  opened_at timestamptz,
  closed_at timestamptz,
  sealed_at timestamptz,
  published_at timestamptz,
  cancel_reason text,
  changed_pos bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, election_id),
  FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings (org_id, meeting_id)
);
CREATE INDEX elections_by_meeting ON app.elections (org_id, meeting_id);
-- what the sweep asks for, over all organisations: few rows at any time
CREATE INDEX elections_due ON app.elections (state) WHERE state IN ('draft', 'open') AND (opens_at IS NOT NULL OR closes_at IS NOT NULL);
CREATE INDEX elections_unsealed ON app.elections (state) WHERE state IN ('closed', 'cancelled') AND sealed_at IS NULL;
COMMENT ON TABLE app.elections IS 'One row a question: method, options, rules, life.';
COMMENT ON COLUMN app.elections.org_id IS 'The organisation.';
COMMENT ON COLUMN app.elections.election_id IS 'The election.';
COMMENT ON COLUMN app.elections.meeting_id IS 'The meeting that it belongs to; null where it stands alone.';
COMMENT ON COLUMN app.elections.title IS 'The question.';
COMMENT ON COLUMN app.elections.description IS 'What voters should know about it.';
COMMENT ON COLUMN app.elections.method IS 'Voting method and its settings: {method, settings}.';
COMMENT ON COLUMN app.elections.options IS 'Options in order: [{id, title, description}]. Canonical ballots name them by position.';
COMMENT ON COLUMN app.elections.rules IS 'Majority base and threshold, quorum.';
COMMENT ON COLUMN app.elections.secrecy IS 'secret, or named (roll call).';
COMMENT ON COLUMN app.elections.visibility IS 'What of the running tally is shown before the close: live, count, hidden.';
COMMENT ON COLUMN app.elections.roll IS 'tokens: issued credentials only; meeting: everyone who attends the meeting as well.';
COMMENT ON COLUMN app.elections.secret_step IS 'k: in a secret election a new live figure needs at least this many further ballots.';
COMMENT ON COLUMN app.elections.state IS 'draft, open, closed, published or cancelled. Changed by functions of the urn only.';
COMMENT ON COLUMN app.elections.present IS 'People present, for rules based on them.';
COMMENT ON COLUMN app.elections.opens_at IS 'Opens by itself at this time.';
COMMENT ON COLUMN app.elections.closes_at IS 'No ballot counts after this time.';
COMMENT ON COLUMN app.elections.opened_at IS 'When it was opened.';
COMMENT ON COLUMN app.elections.closed_at IS 'When the close barrier was passed, or when it was cancelled.';
COMMENT ON COLUMN app.elections.sealed_at IS 'When the ballots were moved from the inbox to the box.';
COMMENT ON COLUMN app.elections.published_at IS 'When the result was published.';
COMMENT ON COLUMN app.elections.cancel_reason IS 'Why it was cancelled.';
COMMENT ON COLUMN app.elections.changed_pos IS 'Log position of the last change of state.';
COMMENT ON COLUMN app.elections.created_at IS 'When it was made.';

CREATE TABLE app.electoral_roll (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  voter_id uuid NOT NULL,
  name text NOT NULL,
  credential bytea NOT NULL CHECK (octet_length(credential) = 32),
  PRIMARY KEY (org_id, election_id, voter_id),
  FOREIGN KEY (org_id, election_id) REFERENCES app.elections (org_id, election_id)
);
COMMENT ON TABLE app.electoral_roll IS 'Who may vote, by name; holders of one-time tokens are known to whoever issued them and do not stand here.';
COMMENT ON COLUMN app.electoral_roll.org_id IS 'The organisation.';
COMMENT ON COLUMN app.electoral_roll.election_id IS 'The election.';
COMMENT ON COLUMN app.electoral_roll.voter_id IS 'The attendee or member.';
COMMENT ON COLUMN app.electoral_roll.name IS 'Name when the entry was made.';
COMMENT ON COLUMN app.electoral_roll.credential IS 'The credential that the entry gave; says whether its holder has voted, never how.';

CREATE TABLE app.results (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  result jsonb NOT NULL,
  tally_digest bytea NOT NULL CHECK (octet_length(tally_digest) = 32),
  counted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, election_id),
  FOREIGN KEY (org_id, election_id) REFERENCES app.elections (org_id, election_id)
);
COMMENT ON TABLE app.results IS 'Counted results with every round and the deciding rule.';
COMMENT ON COLUMN app.results.org_id IS 'The organisation.';
COMMENT ON COLUMN app.results.election_id IS 'The election.';
COMMENT ON COLUMN app.results.result IS 'The result as the API answers it.';
COMMENT ON COLUMN app.results.tally_digest IS 'SHA-256 over the running tally as it stood at the close; a recount compares its own with it.';
COMMENT ON COLUMN app.results.counted_at IS 'When.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['elections', 'electoral_roll', 'results'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
    EXECUTE format('GRANT SELECT ON app.%I TO psephos_app, psephos_auditor', name);
  END LOOP;
END $$;
GRANT INSERT ON app.results TO psephos_app;
-- state, times and positions change through the urn's functions alone
GRANT INSERT (org_id, election_id, meeting_id, title, description, method, options, rules, secrecy, visibility, roll,
  secret_step, present, opens_at, closes_at, changed_pos) ON app.elections TO psephos_app;
GRANT UPDATE (present, closes_at) ON app.elections TO psephos_app;
GRANT SELECT, UPDATE ON app.elections TO psephos_urn;
GRANT SELECT ON app.results TO psephos_urn;
GRANT SELECT, INSERT ON app.electoral_roll TO psephos_urn;
GRANT SELECT ON app.elections TO psephos_door;
CREATE POLICY door ON app.elections FOR SELECT TO psephos_door USING (true);
RESET ROLE;
