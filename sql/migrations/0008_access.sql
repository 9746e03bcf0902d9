-- Up Migration
SET LOCAL ROLE psephos_owner;

ALTER TABLE app.api_keys DROP CONSTRAINT api_keys_roles_check;
ALTER TABLE app.api_keys
  ADD CONSTRAINT api_keys_roles_check CHECK (roles <@ '{admin,sponsor,moderator,auditor,member}' AND cardinality(roles) > 0),
  ADD COLUMN prefix text NOT NULL DEFAULT '' CHECK (length(prefix) <= 16),
  ADD COLUMN scopes text[] CHECK (cardinality(scopes) > 0),
  ADD COLUMN signed boolean NOT NULL DEFAULT false,
  ADD COLUMN requests_per_second integer CHECK (requests_per_second > 0),
  ADD COLUMN created_by uuid,
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN last_used_at timestamptz,
  ADD COLUMN generation integer NOT NULL DEFAULT 1 CHECK (generation > 0),
  ADD COLUMN previous_hash bytea CHECK (octet_length(previous_hash) = 32),
  ADD COLUMN previous_until timestamptz,
  ADD CHECK ((previous_hash IS NULL) = (previous_until IS NULL));
CREATE INDEX api_keys_by_previous ON app.api_keys (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX api_keys_by_id ON app.api_keys (key_id);
COMMENT ON COLUMN app.api_keys.roles IS 'What the key may do: admin, sponsor, moderator, auditor, member.';
COMMENT ON COLUMN app.api_keys.prefix IS 'How the secret begins, so that people can tell their keys apart.';
COMMENT ON COLUMN app.api_keys.scopes IS 'The only permissions of its roles that it has; null: all of them.';
COMMENT ON COLUMN app.api_keys.signed IS 'Whether its requests must be signed: the secret alone is refused.';
COMMENT ON COLUMN app.api_keys.requests_per_second IS 'Requests it may send a second to each gateway; null: the usual number.';
COMMENT ON COLUMN app.api_keys.created_by IS 'The key or member that made it; null: the command line.';
COMMENT ON COLUMN app.api_keys.expires_at IS 'From when on it is refused; null: until it is revoked.';
COMMENT ON COLUMN app.api_keys.last_used_at IS 'When it was last used, to the minute.';
COMMENT ON COLUMN app.api_keys.generation IS 'Counts rotations: the signing secret is derived from it.';
COMMENT ON COLUMN app.api_keys.previous_hash IS 'SHA-256 of the secret before the last rotation.';
COMMENT ON COLUMN app.api_keys.previous_until IS 'Until when the secret and signing secret from before the last rotation are good.';

CREATE TABLE app.signed_requests (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  key_id uuid NOT NULL,
  signature bytea NOT NULL CHECK (octet_length(signature) = 32),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, key_id, signature)
);
CREATE INDEX signed_requests_by_expiry ON app.signed_requests (org_id, expires_at);
COMMENT ON TABLE app.signed_requests IS 'Signatures of requests that were carried out, so that none is carried out twice, on whichever gateway.';
COMMENT ON COLUMN app.signed_requests.org_id IS 'The organisation.';
COMMENT ON COLUMN app.signed_requests.key_id IS 'The key that signed.';
COMMENT ON COLUMN app.signed_requests.signature IS 'The signature: HMAC-SHA-256 over the request and its time.';
COMMENT ON COLUMN app.signed_requests.expires_at IS 'When its time is over: the request is refused for its age from then on.';

CREATE TABLE app.quotas (
  org_id uuid PRIMARY KEY REFERENCES app.organisations (org_id),
  credentials bigint CHECK (credentials >= 0),
  ballots bigint CHECK (ballots >= 0),
  allocations bigint CHECK (allocations >= 0),
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE app.quotas IS 'Most that an organisation may use in a month. No row: no quota.';
COMMENT ON COLUMN app.quotas.org_id IS 'The organisation.';
COMMENT ON COLUMN app.quotas.credentials IS 'Credentials issued in a month; null: as many as they like.';
COMMENT ON COLUMN app.quotas.ballots IS 'Ballots cast in a month; null: as many as they like.';
COMMENT ON COLUMN app.quotas.allocations IS 'Coins allocated in a month; null: as many as they like.';
COMMENT ON COLUMN app.quotas.changed_at IS 'When a platform administrator last set it.';

CREATE TABLE app.usage (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  metric text NOT NULL CHECK (metric IN ('credentials', 'ballots', 'allocations')),
  amount bigint NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (org_id, month, metric)
) WITH (fillfactor = 50); -- updated once per batch: room for heap-only tuples
COMMENT ON TABLE app.usage IS 'What an organisation has used in a month, counted in the transaction that writes it: never more nor less than is there.';
COMMENT ON COLUMN app.usage.org_id IS 'The organisation.';
COMMENT ON COLUMN app.usage.month IS 'First day of the month, UTC.';
COMMENT ON COLUMN app.usage.metric IS 'credentials issued, ballots cast, or coins allocated. A row each, so that casting does not wait for joining.';
COMMENT ON COLUMN app.usage.amount IS 'How many.';

CREATE TABLE app.rate_limits (
  key text PRIMARY KEY CHECK (length(key) <= 128),
  points bigint NOT NULL CHECK (points >= 0),
  ends_at timestamptz NOT NULL
);
CREATE INDEX rate_limits_by_end ON app.rate_limits (ends_at);
COMMENT ON TABLE app.rate_limits IS 'Attempts that all gateways count together: sign-in, mails, join codes, tokens. Belongs to no organisation.';
COMMENT ON COLUMN app.rate_limits.key IS 'Which limit, and SHA-256 of whom it counts: no address or e-mail stands here.';
COMMENT ON COLUMN app.rate_limits.points IS 'Attempts in the window, or failures in a row.';
COMMENT ON COLUMN app.rate_limits.ends_at IS 'When the window ends, or until when no further attempt is taken.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['signed_requests', 'quotas', 'usage', 'rate_limits'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['signed_requests', 'quotas', 'usage'] LOOP
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
    EXECUTE format('GRANT SELECT ON app.%I TO psephos_app, psephos_auditor', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['quotas', 'usage'] LOOP
    EXECUTE format('CREATE POLICY door ON app.%I FOR SELECT TO psephos_door USING (true)', name);
    EXECUTE format('GRANT SELECT ON app.%I TO psephos_door, psephos_urn', name);
  END LOOP;
END $$;
GRANT INSERT, DELETE ON app.signed_requests TO psephos_app;
GRANT INSERT, UPDATE ON app.quotas TO psephos_app;
GRANT INSERT, UPDATE ON app.usage TO psephos_urn; -- what is counted is counted by those who write it
CREATE POLICY door ON app.rate_limits TO psephos_door USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON app.rate_limits TO psephos_door;

-- Every gateway asks for these some times a second, over all organisations.
CREATE INDEX log_revocations ON app.log (at) WHERE kind = 'access.revoked';
GRANT SELECT ON app.log TO psephos_door;
CREATE POLICY door ON app.log FOR SELECT TO psephos_door USING (kind = 'access.revoked');
-- tickets of whoever has lost access go with it
GRANT SELECT, DELETE ON app.socket_tickets TO psephos_urn;
RESET ROLE;
