-- Up Migration
SET LOCAL ROLE psephos_owner;

-- The organisation of the transaction. Policies call it through a scalar subquery, so it runs once per statement.
CREATE FUNCTION app.current_org() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.org_id', true), '')::uuid $$;
COMMENT ON FUNCTION app.current_org() IS 'The organisation that this transaction has set with set_config(''app.org_id'', ..., true); null without.';
REVOKE ALL ON FUNCTION app.current_org() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.current_org() TO psephos_urn, psephos_door, psephos_app, psephos_worker, psephos_auditor;

CREATE TABLE app.organisations (
  org_id uuid PRIMARY KEY,
  parent_org_id uuid REFERENCES app.organisations (org_id),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE app.organisations IS 'Tenants.';
COMMENT ON COLUMN app.organisations.org_id IS 'The organisation; first in every key of its tables.';
COMMENT ON COLUMN app.organisations.parent_org_id IS 'The landlord, where there is one.';
COMMENT ON COLUMN app.organisations.name IS 'Name as people read it.';
COMMENT ON COLUMN app.organisations.created_at IS 'When it was made.';

CREATE TABLE app.accounts (
  account_id uuid PRIMARY KEY,
  display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE app.accounts IS 'Logins of persons, over all organisations.';
COMMENT ON COLUMN app.accounts.account_id IS 'The account.';
COMMENT ON COLUMN app.accounts.display_name IS 'How the person wants to be called.';
COMMENT ON COLUMN app.accounts.created_at IS 'When it was made.';

CREATE TABLE app.members (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  member_id uuid NOT NULL,
  account_id uuid REFERENCES app.accounts (account_id),
  number text NOT NULL CHECK (length(number) BETWEEN 1 AND 64),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  roles text[] NOT NULL DEFAULT '{member}' CHECK (roles <@ '{admin,moderator,member}' AND cardinality(roles) > 0),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive')),
  weight bigint NOT NULL DEFAULT 1000000 CHECK (weight BETWEEN 1 AND 1000000000000),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, member_id),
  UNIQUE (org_id, number),
  UNIQUE (org_id, account_id)
);
COMMENT ON TABLE app.members IS 'Accounts in an organisation, with what they are there.';
COMMENT ON COLUMN app.members.org_id IS 'The organisation.';
COMMENT ON COLUMN app.members.member_id IS 'The membership.';
COMMENT ON COLUMN app.members.account_id IS 'Whose membership; null until the person has signed in for the first time.';
COMMENT ON COLUMN app.members.number IS 'Member number, as the organisation gives it.';
COMMENT ON COLUMN app.members.name IS 'Name on the electoral roll.';
COMMENT ON COLUMN app.members.roles IS 'admin, moderator, member; one or more.';
COMMENT ON COLUMN app.members.status IS 'active or inactive.';
COMMENT ON COLUMN app.members.weight IS 'Voting weight in micro-units; 1000000 = one vote.';
COMMENT ON COLUMN app.members.created_at IS 'When it was made.';

CREATE TABLE app.api_keys (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  key_id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  roles text[] NOT NULL CHECK (roles <@ '{admin,moderator,member}' AND cardinality(roles) > 0),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  revoked_at timestamptz,
  PRIMARY KEY (org_id, key_id)
);
CREATE INDEX api_keys_by_secret ON app.api_keys (secret_hash);
COMMENT ON TABLE app.api_keys IS 'Keys with which programs act for an organisation.';
COMMENT ON COLUMN app.api_keys.org_id IS 'The organisation that the key acts for.';
COMMENT ON COLUMN app.api_keys.key_id IS 'The key, as lists and logs name it.';
COMMENT ON COLUMN app.api_keys.name IS 'What it is for.';
COMMENT ON COLUMN app.api_keys.secret_hash IS 'SHA-256 of the secret; the secret itself is shown once and never stored.';
COMMENT ON COLUMN app.api_keys.roles IS 'What the key may do: admin, moderator, member.';
COMMENT ON COLUMN app.api_keys.created_at IS 'When it was made.';
COMMENT ON COLUMN app.api_keys.revoked_at IS 'From when on it is refused.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['organisations', 'members', 'api_keys'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
    EXECUTE format('GRANT SELECT ON app.%I TO psephos_app, psephos_auditor', name);
    EXECUTE format('GRANT INSERT, UPDATE ON app.%I TO psephos_app', name);
  END LOOP;
END $$;

ALTER TABLE app.accounts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY accounts_of_members ON app.accounts
  USING (EXISTS (SELECT FROM app.members m WHERE m.org_id = (SELECT app.current_org()) AND m.account_id = accounts.account_id))
  WITH CHECK ((SELECT app.current_org()) IS NOT NULL);
GRANT SELECT ON app.accounts TO psephos_app, psephos_auditor;
GRANT INSERT, UPDATE ON app.accounts TO psephos_app;

-- The door finds a key before its organisation is known.
GRANT SELECT ON app.api_keys TO psephos_door;
CREATE POLICY door ON app.api_keys FOR SELECT TO psephos_door USING (true);
RESET ROLE;
