-- Up Migration
SET LOCAL ROLE psephos_owner;

-- The account of the transaction, as app.current_org() is its organisation. What belongs to a person alone has no org_id:
-- its policies ask for this setting instead.
CREATE FUNCTION app.current_account() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.account_id', true), '')::uuid $$;
COMMENT ON FUNCTION app.current_account() IS 'The account that this transaction has set with set_config(''app.account_id'', ..., true); null without.';
REVOKE ALL ON FUNCTION app.current_account() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.current_account() TO psephos_urn, psephos_door, psephos_app, psephos_worker, psephos_auditor;

ALTER TABLE app.accounts
  ADD COLUMN email text CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
  ADD COLUMN email_verified_at timestamptz,
  ADD COLUMN locale text NOT NULL DEFAULT 'en' CHECK (locale IN ('en', 'de')),
  ADD COLUMN platform_admin boolean NOT NULL DEFAULT false,
  ADD COLUMN deleted_at timestamptz,
  ADD CHECK (deleted_at IS NULL OR email IS NULL);
CREATE UNIQUE INDEX accounts_by_email ON app.accounts (email);
COMMENT ON COLUMN app.accounts.email IS 'The address that the person signs in with, in small letters; null once the account is deleted.';
COMMENT ON COLUMN app.accounts.email_verified_at IS 'When the person has shown that the address is theirs; null until then.';
COMMENT ON COLUMN app.accounts.locale IS 'Language of mails and pages: en, de.';
COMMENT ON COLUMN app.accounts.platform_admin IS 'Whether the person runs this installation; set by its owner alone (npm run admin).';
COMMENT ON COLUMN app.accounts.deleted_at IS 'When the person deleted the account: the row stays without anything about the person.';

ALTER TABLE app.organisations
  ADD COLUMN locale text NOT NULL DEFAULT 'en' CHECK (locale IN ('en', 'de')),
  ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC' CHECK (length(time_zone) BETWEEN 1 AND 64);
COMMENT ON COLUMN app.organisations.locale IS 'Language of what the organisation sends: en, de.';
COMMENT ON COLUMN app.organisations.time_zone IS 'IANA time zone of its minutes and invitations.';

CREATE TABLE app.account_secrets (
  account_id uuid PRIMARY KEY REFERENCES app.accounts (account_id),
  password_hash text CHECK (password_hash LIKE '$argon2id$%'),
  password_changed_at timestamptz,
  totp_secret bytea,
  totp_confirmed_at timestamptz,
  totp_last_step bigint NOT NULL DEFAULT 0,
  code_failures integer NOT NULL DEFAULT 0,
  code_failed_at timestamptz,
  CHECK (totp_confirmed_at IS NULL OR totp_secret IS NOT NULL)
);
COMMENT ON TABLE app.account_secrets IS 'What a person signs in with. Apart from accounts, so that no organisation''s context ever reaches it.';
COMMENT ON COLUMN app.account_secrets.account_id IS 'The account.';
COMMENT ON COLUMN app.account_secrets.password_hash IS 'Argon2id of the password; null where the person signs in by magic link or OpenID Connect only.';
COMMENT ON COLUMN app.account_secrets.password_changed_at IS 'When it was last set.';
COMMENT ON COLUMN app.account_secrets.totp_secret IS 'Secret of the authenticator (RFC 6238), sealed with the server''s key (AES-256-GCM).';
COMMENT ON COLUMN app.account_secrets.totp_confirmed_at IS 'From when on signing in asks for a code; null while the authenticator is being set up.';
COMMENT ON COLUMN app.account_secrets.code_failures IS 'Wrong codes since the last right one: after five there is a minute between two attempts.';
COMMENT ON COLUMN app.account_secrets.code_failed_at IS 'When the last of them came.';
COMMENT ON COLUMN app.account_secrets.totp_last_step IS 'Time step of the last accepted code: no code of it or of one before is taken again.';

CREATE TABLE app.account_recovery_codes (
  account_id uuid NOT NULL REFERENCES app.accounts (account_id),
  code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
  used_at timestamptz,
  PRIMARY KEY (account_id, code_hash)
);
COMMENT ON TABLE app.account_recovery_codes IS 'One-time codes for whoever has lost the authenticator.';
COMMENT ON COLUMN app.account_recovery_codes.account_id IS 'The account.';
COMMENT ON COLUMN app.account_recovery_codes.code_hash IS 'SHA-256 of the code, which has 120 random bits.';
COMMENT ON COLUMN app.account_recovery_codes.used_at IS 'When it was used; it works once.';

CREATE TABLE app.account_sessions (
  account_id uuid NOT NULL REFERENCES app.accounts (account_id),
  session_id uuid NOT NULL,
  generation integer NOT NULL DEFAULT 1 CHECK (generation > 0),
  method text NOT NULL CHECK (method IN ('password', 'magic_link', 'oidc')),
  user_agent text NOT NULL DEFAULT '' CHECK (length(user_agent) <= 256),
  current_org_id uuid REFERENCES app.organisations (org_id),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  rotated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoke_reason text CHECK (revoke_reason IN ('signed_out', 'revoked', 'reused', 'password_changed', 'account_deleted')),
  PRIMARY KEY (account_id, session_id),
  CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL))
);
CREATE UNIQUE INDEX account_sessions_by_id ON app.account_sessions (session_id);
COMMENT ON TABLE app.account_sessions IS 'Sign-ins of persons, one a device: the family of refresh tokens that descends from one sign-in.';
COMMENT ON COLUMN app.account_sessions.account_id IS 'Whose session.';
COMMENT ON COLUMN app.account_sessions.session_id IS 'The session, as access tokens (sid) and lists name it.';
COMMENT ON COLUMN app.account_sessions.generation IS 'Number of the refresh token that counts. Tokens are derived from it and the server''s key; none is stored.';
COMMENT ON COLUMN app.account_sessions.method IS 'How the person signed in: password, magic_link, oidc.';
COMMENT ON COLUMN app.account_sessions.user_agent IS 'What the browser or program called itself, for the list of devices.';
COMMENT ON COLUMN app.account_sessions.current_org_id IS 'The organisation that requests are about which name none.';
COMMENT ON COLUMN app.account_sessions.created_at IS 'When the person signed in.';
COMMENT ON COLUMN app.account_sessions.rotated_at IS 'When the present generation began; the one before is answered for 10 more seconds.';
COMMENT ON COLUMN app.account_sessions.last_used_at IS 'When it was last refreshed.';
COMMENT ON COLUMN app.account_sessions.expires_at IS 'When it ends unless it is used before, at most 90 days after the sign-in.';
COMMENT ON COLUMN app.account_sessions.revoked_at IS 'From when on all its tokens are refused.';
COMMENT ON COLUMN app.account_sessions.revoke_reason IS 'signed_out, revoked (by the person, elsewhere), reused (an old refresh token came back), password_changed, account_deleted.';

CREATE TABLE app.account_tokens (
  account_id uuid NOT NULL REFERENCES app.accounts (account_id),
  token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  purpose text NOT NULL CHECK (purpose IN ('verify', 'magic', 'reset', 'change_email')),
  email text NOT NULL,
  password_hash text CHECK (password_hash LIKE '$argon2id$%'),
  display_name text CHECK (length(display_name) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (account_id, token_hash)
);
CREATE UNIQUE INDEX account_tokens_by_hash ON app.account_tokens (token_hash);
COMMENT ON TABLE app.account_tokens IS 'Links in mails, each good once.';
COMMENT ON COLUMN app.account_tokens.account_id IS 'The account.';
COMMENT ON COLUMN app.account_tokens.token_hash IS 'SHA-256 of the token, which has 256 random bits.';
COMMENT ON COLUMN app.account_tokens.purpose IS 'verify, magic, reset, change_email.';
COMMENT ON COLUMN app.account_tokens.email IS 'The address that the link went to.';
COMMENT ON COLUMN app.account_tokens.password_hash IS 'Verify only: the password of that registration. It counts once this very link is used, so that nobody plants a password in an account that another will verify.';
COMMENT ON COLUMN app.account_tokens.display_name IS 'Verify only: the name of that registration.';
COMMENT ON COLUMN app.account_tokens.created_at IS 'When it was sent.';
COMMENT ON COLUMN app.account_tokens.expires_at IS 'Until when it may be used.';
COMMENT ON COLUMN app.account_tokens.used_at IS 'When it was used, or made void by another link or a change.';

CREATE TABLE app.account_identities (
  account_id uuid NOT NULL REFERENCES app.accounts (account_id),
  issuer text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 500),
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
  linked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (account_id, issuer, subject)
);
CREATE UNIQUE INDEX account_identities_by_subject ON app.account_identities (issuer, subject);
COMMENT ON TABLE app.account_identities IS 'Who a person is at an OpenID provider.';
COMMENT ON COLUMN app.account_identities.account_id IS 'The account.';
COMMENT ON COLUMN app.account_identities.issuer IS 'The provider.';
COMMENT ON COLUMN app.account_identities.subject IS 'The person, as the provider names them.';
COMMENT ON COLUMN app.account_identities.linked_at IS 'When the two were joined.';
COMMENT ON COLUMN app.account_identities.last_used_at IS 'When the person last signed in so.';

CREATE TABLE app.oidc_logins (
  state_hash bytea PRIMARY KEY CHECK (octet_length(state_hash) = 32),
  nonce text NOT NULL,
  verifier bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX oidc_logins_by_expiry ON app.oidc_logins (expires_at);
COMMENT ON TABLE app.oidc_logins IS 'Sign-ins that are at an OpenID provider at this moment.';
COMMENT ON COLUMN app.oidc_logins.state_hash IS 'SHA-256 of the state, which only the browser that began can show.';
COMMENT ON COLUMN app.oidc_logins.nonce IS 'What the ID token must repeat.';
COMMENT ON COLUMN app.oidc_logins.verifier IS 'PKCE verifier, sealed with the server''s key.';
COMMENT ON COLUMN app.oidc_logins.expires_at IS 'Ten minutes after it began.';

CREATE TABLE app.signing_keys (
  kid text PRIMARY KEY CHECK (length(kid) BETWEEN 8 AND 64),
  public_jwk jsonb NOT NULL,
  private_key bytea NOT NULL,
  uses_from timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE app.signing_keys IS 'Ed25519 keys of access tokens: one in use, the next published ahead, old ones until their tokens have expired.';
COMMENT ON COLUMN app.signing_keys.kid IS 'Names the key in tokens and in the key set.';
COMMENT ON COLUMN app.signing_keys.public_jwk IS 'The public key, as it is published.';
COMMENT ON COLUMN app.signing_keys.private_key IS 'The private key (PKCS 8), sealed with the server''s key (AES-256-GCM).';
COMMENT ON COLUMN app.signing_keys.uses_from IS 'From when on new tokens are signed with it, until the next one''s moment.';
COMMENT ON COLUMN app.signing_keys.created_at IS 'When it was made.';

CREATE TABLE app.server_secrets (
  name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
  value bytea NOT NULL CHECK (octet_length(value) >= 32),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE app.server_secrets IS 'The server''s own secret where SECRET_KEY_FILE names none: made once, the same for every gateway of the database.';
COMMENT ON COLUMN app.server_secrets.name IS 'Which secret.';
COMMENT ON COLUMN app.server_secrets.value IS 'At least 256 random bits.';
COMMENT ON COLUMN app.server_secrets.created_at IS 'When it was made.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['account_secrets', 'account_recovery_codes', 'account_sessions', 'account_tokens', 'account_identities',
    'oidc_logins', 'signing_keys', 'server_secrets'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['account_secrets', 'account_recovery_codes', 'account_sessions', 'account_tokens', 'account_identities'] LOOP
    EXECUTE format('CREATE POLICY own_account ON app.%I USING (account_id = (SELECT app.current_account()))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON app.%I TO psephos_app', name);
  END LOOP;
  -- Nobody has a row of these: the functions of the door are the only way to them.
  FOREACH name IN ARRAY ARRAY['oidc_logins', 'signing_keys', 'server_secrets'] LOOP
    EXECUTE format('CREATE POLICY door ON app.%I TO psephos_door USING (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON app.%I TO psephos_door', name);
  END LOOP;
END $$;
REVOKE DELETE ON app.server_secrets FROM psephos_door;

-- An organisation sees the accounts of its members, a person the own one and may change it. Nobody but the owner of the
-- installation makes platform administrators, and nobody removes a row.
DROP POLICY accounts_of_members ON app.accounts;
CREATE POLICY accounts_of_members ON app.accounts FOR SELECT
  USING (EXISTS (SELECT FROM app.members m WHERE m.org_id = (SELECT app.current_org()) AND m.account_id = accounts.account_id));
CREATE POLICY own_account ON app.accounts USING (account_id = (SELECT app.current_account()));
REVOKE SELECT, INSERT, UPDATE ON app.accounts FROM psephos_app, psephos_auditor;
GRANT SELECT ON app.accounts TO psephos_app;
GRANT SELECT (account_id, display_name, created_at) ON app.accounts TO psephos_auditor;
GRANT INSERT (account_id, display_name, email, email_verified_at, locale) ON app.accounts TO psephos_app;
GRANT UPDATE (display_name, email, email_verified_at, locale, deleted_at) ON app.accounts TO psephos_app;

-- A person who founds an organisation has none yet: the answer is kept under the account's id then, in a context of its own.
ALTER TABLE app.idempotency_keys DROP CONSTRAINT idempotency_keys_org_id_fkey;
COMMENT ON COLUMN app.idempotency_keys.org_id IS 'The organisation; the account, where a person acts outside any.';

-- The door finds persons by address, session, link and provider, and their memberships, before an organisation is known.
CREATE INDEX members_by_account ON app.members (account_id) WHERE account_id IS NOT NULL;
GRANT SELECT ON app.accounts, app.account_secrets, app.account_sessions, app.account_tokens, app.account_identities TO psephos_door;
GRANT SELECT (org_id, member_id, account_id, number, name, roles, status, weight, created_at) ON app.members TO psephos_door;
GRANT SELECT ON app.organisations TO psephos_door;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['accounts', 'account_secrets', 'account_sessions', 'account_tokens', 'account_identities', 'members', 'organisations'] LOOP
    EXECUTE format('CREATE POLICY door ON app.%I FOR SELECT TO psephos_door USING (true)', name);
  END LOOP;
END $$;
RESET ROLE;
