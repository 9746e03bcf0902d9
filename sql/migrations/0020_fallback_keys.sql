-- Up Migration
SET LOCAL ROLE psephos_urn;
CREATE TABLE urn.fallback_key (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  key bytea NOT NULL CHECK (octet_length(key) = 32),
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, election_id)
);
COMMENT ON TABLE urn.fallback_key IS 'What ballots of an open election are sealed with while they wait in Redis (BALLOT_FALLBACK). Erased once the election is over and none waits: whatever a copy of Redis still holds is then unreadable.';
COMMENT ON COLUMN urn.fallback_key.org_id IS 'The organisation.';
COMMENT ON COLUMN urn.fallback_key.election_id IS 'The election.';
COMMENT ON COLUMN urn.fallback_key.key IS 'AES-256. Never leaves this database but to the memory of gateways.';
COMMENT ON COLUMN urn.fallback_key.made_at IS 'When it was made.';
ALTER TABLE urn.fallback_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON urn.fallback_key USING (org_id = (SELECT app.current_org()));
RESET ROLE;
