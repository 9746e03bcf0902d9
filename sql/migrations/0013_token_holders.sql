-- Up Migration
SET LOCAL ROLE psephos_owner;
-- A voting link names an election and no organisation: the door finds the one that holds it (sql/functions/token_holders.sql).
CREATE INDEX elections_by_id ON app.elections (election_id);
RESET ROLE;
