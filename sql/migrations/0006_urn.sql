-- Up Migration
SET LOCAL ROLE psephos_urn;

CREATE TABLE urn.credential (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  credential bytea NOT NULL CHECK (octet_length(credential) = 32),
  weight bigint NOT NULL CHECK (weight BETWEEN 1 AND 1000000000000),
  spend_key bytea,
  PRIMARY KEY (org_id, election_id, credential)
) WITH (fillfactor = 45); -- spending updates each row once: at 45 every update stays on its page (measured: 100 % HOT)
COMMENT ON TABLE urn.credential IS 'Rights to cast one ballot in one election.';
COMMENT ON COLUMN urn.credential.org_id IS 'The organisation.';
COMMENT ON COLUMN urn.credential.election_id IS 'The election.';
COMMENT ON COLUMN urn.credential.credential IS 'SHA-256 of the one-time token, or derived for an entry of the electoral roll.';
COMMENT ON COLUMN urn.credential.weight IS 'Voting weight in micro-units; 1000000 = one vote.';
COMMENT ON COLUMN urn.credential.spend_key IS 'First 16 bytes of SHA-256("spend", cast key, canonical ballot); null until spent.';

CREATE TABLE urn.box (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  tracking_code bytea NOT NULL,
  ballot text NOT NULL,
  weight bigint NOT NULL,
  voter bytea,
  PRIMARY KEY (org_id, election_id, tracking_code)
);
COMMENT ON TABLE urn.box IS 'Ballots of closed elections, one row each, written in one go in the order of their tracking codes.';
COMMENT ON COLUMN urn.box.org_id IS 'The organisation.';
COMMENT ON COLUMN urn.box.election_id IS 'The election.';
COMMENT ON COLUMN urn.box.tracking_code IS 'First 16 bytes of SHA-256("ballot", election, credential, cast key): the voter finds the own ballot by it.';
COMMENT ON COLUMN urn.box.ballot IS 'Canonical ballot; empty = blank.';
COMMENT ON COLUMN urn.box.weight IS 'Its weight in micro-units.';
COMMENT ON COLUMN urn.box.voter IS 'Named elections: the credential that cast it. Secret elections: null.';

CREATE TABLE urn.tally_snapshot (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  pos bigint NOT NULL,
  cast_count bigint NOT NULL,
  ballots text[] NOT NULL,
  counts bigint[] NOT NULL,
  weights bigint[] NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (org_id, election_id)
);
COMMENT ON TABLE urn.tally_snapshot IS 'Running tally of an open election up to a log position, so that a restart need not read every batch. One row an election: a series of them would show single batches.';
COMMENT ON COLUMN urn.tally_snapshot.org_id IS 'The organisation.';
COMMENT ON COLUMN urn.tally_snapshot.election_id IS 'The election.';
COMMENT ON COLUMN urn.tally_snapshot.pos IS 'Log position that it is exact to.';
COMMENT ON COLUMN urn.tally_snapshot.cast_count IS 'Ballots in it.';
COMMENT ON COLUMN urn.tally_snapshot.ballots IS 'Canonical ballots, each once.';
COMMENT ON COLUMN urn.tally_snapshot.counts IS 'How many of each.';
COMMENT ON COLUMN urn.tally_snapshot.weights IS 'Their weight in micro-units.';
COMMENT ON COLUMN urn.tally_snapshot.at IS 'When the last batch in it was committed.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['credential', 'box', 'tally_snapshot'] LOOP
    EXECUTE format('ALTER TABLE urn.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON urn.%I USING (org_id = (SELECT app.current_org()))', name);
  END LOOP;
END $$;
RESET ROLE;
