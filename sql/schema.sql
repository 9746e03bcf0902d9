-- The schema as a freshly migrated database holds it, for reading and for review of changes; never executed.
-- Written from the catalogue by `npm run docs`; test/migration/schema.test.ts compares it with the migrations.
-- Tables that exist once a month (log_YYYY_MM …) or once an election (inbox_<election>) stand here once, function bodies in
-- sql/functions/, comments in docs/data-dictionary.md.

CREATE ROLE psephos_app;
CREATE ROLE psephos_auditor;
CREATE ROLE psephos_door;
CREATE ROLE psephos_owner;
GRANT CREATE ON DATABASE TO psephos_owner;
CREATE ROLE psephos_urn;
GRANT CREATE ON DATABASE TO psephos_urn;
CREATE ROLE psephos_worker;

-- --------------------------------------------------------------------------------------------------------------------
CREATE SCHEMA app; -- owner: psephos_owner
GRANT USAGE ON SCHEMA app TO psephos_app;
GRANT USAGE ON SCHEMA app TO psephos_auditor;
GRANT USAGE ON SCHEMA app TO psephos_door;
GRANT USAGE ON SCHEMA app TO psephos_urn;
GRANT USAGE ON SCHEMA app TO psephos_worker;

CREATE TABLE app.account_identities (
  account_id uuid NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  linked_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  last_used_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT account_identities_pkey PRIMARY KEY (account_id, issuer, subject),
  CONSTRAINT account_identities_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.accounts(account_id),
  CONSTRAINT account_identities_issuer_check CHECK (((length(issuer) >= 1) AND (length(issuer) <= 500))),
  CONSTRAINT account_identities_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 255)))
); -- owner: psephos_owner; commented
CREATE UNIQUE INDEX account_identities_by_subject ON app.account_identities USING btree (issuer, subject);
ALTER TABLE app.account_identities ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.account_identities FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_account ON app.account_identities FOR ALL TO PUBLIC USING ((account_id = ( SELECT app.current_account() AS current_account)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.account_identities TO psephos_app;
GRANT SELECT ON app.account_identities TO psephos_door;

CREATE TABLE app.account_recovery_codes (
  account_id uuid NOT NULL,
  code_hash bytea NOT NULL,
  used_at timestamp with time zone,
  CONSTRAINT account_recovery_codes_pkey PRIMARY KEY (account_id, code_hash),
  CONSTRAINT account_recovery_codes_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.accounts(account_id),
  CONSTRAINT account_recovery_codes_code_hash_check CHECK ((octet_length(code_hash) = 32))
); -- owner: psephos_owner; commented
ALTER TABLE app.account_recovery_codes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_account ON app.account_recovery_codes FOR ALL TO PUBLIC USING ((account_id = ( SELECT app.current_account() AS current_account)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.account_recovery_codes TO psephos_app;

CREATE TABLE app.account_secrets (
  account_id uuid NOT NULL,
  password_hash text,
  password_changed_at timestamp with time zone,
  totp_secret bytea,
  totp_confirmed_at timestamp with time zone,
  totp_last_step bigint NOT NULL DEFAULT 0,
  code_failures integer NOT NULL DEFAULT 0,
  code_failed_at timestamp with time zone,
  CONSTRAINT account_secrets_pkey PRIMARY KEY (account_id),
  CONSTRAINT account_secrets_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.accounts(account_id),
  CONSTRAINT account_secrets_check CHECK (((totp_confirmed_at IS NULL) OR (totp_secret IS NOT NULL))),
  CONSTRAINT account_secrets_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text))
); -- owner: psephos_owner; commented
ALTER TABLE app.account_secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.account_secrets FOR SELECT TO psephos_door USING (true);
CREATE POLICY door_erases ON app.account_secrets FOR DELETE TO psephos_door USING (true);
CREATE POLICY own_account ON app.account_secrets FOR ALL TO PUBLIC USING ((account_id = ( SELECT app.current_account() AS current_account)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.account_secrets TO psephos_app;
GRANT DELETE, SELECT ON app.account_secrets TO psephos_door;

CREATE TABLE app.account_sessions (
  account_id uuid NOT NULL,
  session_id uuid NOT NULL,
  generation integer NOT NULL DEFAULT 1,
  method text NOT NULL,
  user_agent text NOT NULL DEFAULT ''::text,
  current_org_id uuid,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  rotated_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  last_used_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  revoke_reason text,
  CONSTRAINT account_sessions_pkey PRIMARY KEY (account_id, session_id),
  CONSTRAINT account_sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.accounts(account_id),
  CONSTRAINT account_sessions_check CHECK (((revoked_at IS NULL) = (revoke_reason IS NULL))),
  CONSTRAINT account_sessions_current_org_id_fkey FOREIGN KEY (current_org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT account_sessions_generation_check CHECK ((generation > 0)),
  CONSTRAINT account_sessions_method_check CHECK ((method = ANY (ARRAY['password'::text, 'magic_link'::text, 'oidc'::text]))),
  CONSTRAINT account_sessions_revoke_reason_check CHECK ((revoke_reason = ANY (ARRAY['signed_out'::text, 'revoked'::text, 'reused'::text, 'password_changed'::text, 'account_deleted'::text]))),
  CONSTRAINT account_sessions_user_agent_check CHECK ((length(user_agent) <= 256))
); -- owner: psephos_owner; commented
CREATE UNIQUE INDEX account_sessions_by_id ON app.account_sessions USING btree (session_id);
ALTER TABLE app.account_sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.account_sessions FOR SELECT TO psephos_door USING (true);
CREATE POLICY door_erases ON app.account_sessions FOR DELETE TO psephos_door USING ((expires_at < statement_timestamp()));
CREATE POLICY own_account ON app.account_sessions FOR ALL TO PUBLIC USING ((account_id = ( SELECT app.current_account() AS current_account)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.account_sessions TO psephos_app;
GRANT DELETE, SELECT ON app.account_sessions TO psephos_door;

CREATE TABLE app.account_tokens (
  account_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  purpose text NOT NULL,
  email text NOT NULL,
  password_hash text,
  display_name text,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone,
  CONSTRAINT account_tokens_pkey PRIMARY KEY (account_id, token_hash),
  CONSTRAINT account_tokens_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.accounts(account_id),
  CONSTRAINT account_tokens_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 200))),
  CONSTRAINT account_tokens_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text)),
  CONSTRAINT account_tokens_purpose_check CHECK ((purpose = ANY (ARRAY['verify'::text, 'magic'::text, 'reset'::text, 'change_email'::text]))),
  CONSTRAINT account_tokens_token_hash_check CHECK ((octet_length(token_hash) = 32))
); -- owner: psephos_owner; commented
CREATE UNIQUE INDEX account_tokens_by_hash ON app.account_tokens USING btree (token_hash);
ALTER TABLE app.account_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.account_tokens FOR SELECT TO psephos_door USING (true);
CREATE POLICY door_erases ON app.account_tokens FOR DELETE TO psephos_door USING (true);
CREATE POLICY own_account ON app.account_tokens FOR ALL TO PUBLIC USING ((account_id = ( SELECT app.current_account() AS current_account)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.account_tokens TO psephos_app;
GRANT DELETE, SELECT ON app.account_tokens TO psephos_door;

CREATE TABLE app.accounts (
  account_id uuid NOT NULL,
  display_name text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  email text,
  email_verified_at timestamp with time zone,
  locale text NOT NULL DEFAULT 'en'::text,
  platform_admin boolean NOT NULL DEFAULT false,
  deleted_at timestamp with time zone,
  CONSTRAINT accounts_pkey PRIMARY KEY (account_id),
  CONSTRAINT accounts_check CHECK (((deleted_at IS NULL) OR (email IS NULL))),
  CONSTRAINT accounts_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 200))),
  CONSTRAINT accounts_email_check CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254)))),
  CONSTRAINT accounts_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'de'::text])))
); -- owner: psephos_owner; commented
CREATE UNIQUE INDEX accounts_by_email ON app.accounts USING btree (email);
CREATE INDEX accounts_never_proven ON app.accounts USING btree (created_at) WHERE ((email_verified_at IS NULL) AND (deleted_at IS NULL));
ALTER TABLE app.accounts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY accounts_of_members ON app.accounts FOR SELECT TO PUBLIC USING ((EXISTS ( SELECT FROM app.members m WHERE ((m.org_id = ( SELECT app.current_org() AS current_org)) AND (m.account_id = accounts.account_id)))));
CREATE POLICY door ON app.accounts FOR SELECT TO psephos_door USING (true);
CREATE POLICY door_erases ON app.accounts FOR DELETE TO psephos_door USING ((email_verified_at IS NULL));
CREATE POLICY own_account ON app.accounts FOR ALL TO PUBLIC USING ((account_id = ( SELECT app.current_account() AS current_account)));
GRANT SELECT ON app.accounts TO psephos_app;
GRANT INSERT (account_id, display_name, email, email_verified_at, locale) ON app.accounts TO psephos_app;
GRANT UPDATE (display_name, email, email_verified_at, locale, deleted_at) ON app.accounts TO psephos_app;
GRANT SELECT (account_id, display_name, created_at) ON app.accounts TO psephos_auditor;
GRANT DELETE, SELECT ON app.accounts TO psephos_door;

CREATE TABLE app.agenda_items (
  org_id uuid NOT NULL,
  item_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  position integer NOT NULL,
  kind text NOT NULL,
  title text NOT NULL,
  body text NOT NULL DEFAULT ''::text,
  minutes integer,
  election_id uuid,
  CONSTRAINT agenda_items_pkey PRIMARY KEY (org_id, item_id),
  CONSTRAINT agenda_items_body_check CHECK ((length(body) <= 5000)),
  CONSTRAINT agenda_items_check CHECK (((election_id IS NULL) OR (kind = 'election'::text))),
  CONSTRAINT agenda_items_kind_check CHECK ((kind = ANY (ARRAY['text'::text, 'election'::text, 'break'::text, 'speakers'::text]))),
  CONSTRAINT agenda_items_minutes_check CHECK ((minutes > 0)),
  CONSTRAINT agenda_items_org_id_election_id_fkey FOREIGN KEY (org_id, election_id) REFERENCES app.elections(org_id, election_id) ON DELETE SET NULL (election_id),
  CONSTRAINT agenda_items_org_id_meeting_id_fkey FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings(org_id, meeting_id),
  CONSTRAINT agenda_items_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
); -- owner: psephos_owner; commented
CREATE INDEX agenda_items_by_election ON app.agenda_items USING btree (org_id, election_id) WHERE (election_id IS NOT NULL);
CREATE INDEX agenda_items_by_meeting ON app.agenda_items USING btree (org_id, meeting_id, "position");
ALTER TABLE app.agenda_items ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.agenda_items FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.agenda_items TO psephos_app;
GRANT SELECT ON app.agenda_items TO psephos_auditor;

CREATE TABLE app.api_keys (
  org_id uuid NOT NULL,
  key_id uuid NOT NULL,
  name text NOT NULL,
  secret_hash bytea NOT NULL,
  roles text[] NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  revoked_at timestamp with time zone,
  prefix text NOT NULL DEFAULT ''::text,
  scopes text[],
  signed boolean NOT NULL DEFAULT false,
  requests_per_second integer,
  created_by uuid,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  generation integer NOT NULL DEFAULT 1,
  previous_hash bytea,
  previous_until timestamp with time zone,
  maker_id uuid,
  CONSTRAINT api_keys_pkey PRIMARY KEY (org_id, key_id),
  CONSTRAINT api_keys_check CHECK (((previous_hash IS NULL) = (previous_until IS NULL))),
  CONSTRAINT api_keys_generation_check CHECK ((generation > 0)),
  CONSTRAINT api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT api_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT api_keys_prefix_check CHECK ((length(prefix) <= 16)),
  CONSTRAINT api_keys_previous_hash_check CHECK ((octet_length(previous_hash) = 32)),
  CONSTRAINT api_keys_requests_per_second_check CHECK ((requests_per_second > 0)),
  CONSTRAINT api_keys_roles_check CHECK (((roles <@ '{admin,sponsor,moderator,auditor,member}'::text[]) AND (cardinality(roles) > 0))),
  CONSTRAINT api_keys_scopes_check CHECK ((cardinality(scopes) > 0)),
  CONSTRAINT api_keys_secret_hash_check CHECK ((octet_length(secret_hash) = 32))
); -- owner: psephos_owner; commented
CREATE INDEX api_keys_by_id ON app.api_keys USING btree (key_id);
CREATE INDEX api_keys_by_previous ON app.api_keys USING btree (previous_hash) WHERE (previous_hash IS NOT NULL);
CREATE INDEX api_keys_by_secret ON app.api_keys USING btree (secret_hash);
ALTER TABLE app.api_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.api_keys FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.api_keys FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.api_keys TO psephos_app;
GRANT SELECT ON app.api_keys TO psephos_auditor;
GRANT SELECT ON app.api_keys TO psephos_door;

CREATE TABLE app.attendee_sessions (
  org_id uuid NOT NULL,
  session_hash bytea NOT NULL,
  attendee_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT attendee_sessions_pkey PRIMARY KEY (org_id, session_hash),
  CONSTRAINT attendee_sessions_org_id_attendee_id_fkey FOREIGN KEY (org_id, attendee_id) REFERENCES app.attendees(org_id, attendee_id),
  CONSTRAINT attendee_sessions_session_hash_check CHECK ((octet_length(session_hash) = 32))
); -- owner: psephos_owner; commented
CREATE INDEX attendee_sessions_by_attendee ON app.attendee_sessions USING btree (org_id, attendee_id);
CREATE INDEX attendee_sessions_by_expiry ON app.attendee_sessions USING btree (expires_at);
CREATE INDEX attendee_sessions_by_hash ON app.attendee_sessions USING btree (session_hash);
ALTER TABLE app.attendee_sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.attendee_sessions FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.attendee_sessions FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.attendee_sessions TO psephos_app;
GRANT DELETE, SELECT ON app.attendee_sessions TO psephos_door;

CREATE TABLE app.attendees (
  org_id uuid NOT NULL,
  attendee_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  member_id uuid,
  name text NOT NULL,
  joined_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  state text NOT NULL DEFAULT 'admitted'::text,
  role text,
  CONSTRAINT attendees_pkey PRIMARY KEY (org_id, attendee_id),
  CONSTRAINT attendees_check CHECK (((role IS NULL) OR (member_id IS NOT NULL))),
  CONSTRAINT attendees_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT attendees_org_id_meeting_id_fkey FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings(org_id, meeting_id),
  CONSTRAINT attendees_org_id_member_id_fkey FOREIGN KEY (org_id, member_id) REFERENCES app.members(org_id, member_id),
  CONSTRAINT attendees_role_check CHECK ((role = ANY (ARRAY['moderator'::text, 'auditor'::text]))),
  CONSTRAINT attendees_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'admitted'::text, 'removed'::text])))
); -- owner: psephos_owner; commented
CREATE INDEX attendees_by_meeting ON app.attendees USING btree (org_id, meeting_id);
CREATE UNIQUE INDEX attendees_by_member ON app.attendees USING btree (org_id, meeting_id, member_id) WHERE (member_id IS NOT NULL);
CREATE INDEX attendees_waiting ON app.attendees USING btree (org_id, meeting_id) WHERE (state = 'waiting'::text);
ALTER TABLE app.attendees ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.attendees FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.attendees FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.attendees TO psephos_app;
GRANT SELECT (org_id, attendee_id, meeting_id, member_id, name, joined_at, state, role) ON app.attendees TO psephos_auditor;
GRANT SELECT ON app.attendees TO psephos_door;
GRANT SELECT ON app.attendees TO psephos_urn;

CREATE TABLE app.audit_archives (
  org_id uuid NOT NULL,
  month date NOT NULL,
  from_seq bigint NOT NULL,
  to_seq bigint NOT NULL,
  last_hash bytea NOT NULL,
  file_hash bytea NOT NULL,
  archived_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT audit_archives_pkey PRIMARY KEY (org_id, month),
  CONSTRAINT audit_archives_file_hash_check CHECK ((octet_length(file_hash) = 32)),
  CONSTRAINT audit_archives_last_hash_check CHECK ((octet_length(last_hash) = 32))
); -- owner: psephos_owner; commented
ALTER TABLE app.audit_archives ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.audit_archives FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.audit_archives TO psephos_app;
GRANT SELECT ON app.audit_archives TO psephos_auditor;
GRANT INSERT, SELECT ON app.audit_archives TO psephos_door;

CREATE TABLE app.audit_chains (
  org_id uuid NOT NULL,
  seq bigint NOT NULL,
  entry_hash bytea NOT NULL,
  chained_at timestamp with time zone NOT NULL,
  CONSTRAINT audit_chains_pkey PRIMARY KEY (org_id),
  CONSTRAINT audit_chains_entry_hash_check CHECK ((octet_length(entry_hash) = 32))
) WITH (fillfactor=50); -- owner: psephos_owner; commented
ALTER TABLE app.audit_chains ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.audit_chains FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.audit_chains FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.audit_chains TO psephos_app;
GRANT SELECT ON app.audit_chains TO psephos_auditor;
GRANT INSERT, SELECT, UPDATE ON app.audit_chains TO psephos_door;

CREATE TABLE app.audit_checks (
  org_id uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  seq bigint NOT NULL,
  entry_hash bytea NOT NULL,
  entries bigint NOT NULL,
  problem text,
  CONSTRAINT audit_checks_pkey PRIMARY KEY (org_id)
); -- owner: psephos_owner; commented
ALTER TABLE app.audit_checks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.audit_checks FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.audit_checks TO psephos_app;
GRANT SELECT ON app.audit_checks TO psephos_auditor;
GRANT INSERT, SELECT, UPDATE ON app.audit_checks TO psephos_door;

CREATE TABLE app.audit_details (
  org_id uuid NOT NULL,
  seq bigint NOT NULL,
  chained_at timestamp with time zone NOT NULL,
  salt bytea,
  old jsonb,
  new jsonb,
  origin_salt bytea,
  origin text,
  erased_at timestamp with time zone,
  origin_erased_at timestamp with time zone,
  CONSTRAINT audit_details_pkey PRIMARY KEY (org_id, seq, chained_at),
  CONSTRAINT audit_details_origin_salt_check CHECK ((octet_length(origin_salt) = 16)),
  CONSTRAINT audit_details_salt_check CHECK ((octet_length(salt) = 16))
) PARTITION BY RANGE (chained_at); -- owner: psephos_owner; commented
ALTER TABLE app.audit_details ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.audit_details FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.audit_details TO psephos_app;
GRANT SELECT ON app.audit_details TO psephos_auditor;
GRANT INSERT, SELECT ON app.audit_details TO psephos_door;
GRANT UPDATE (salt, old, new, origin_salt, origin, erased_at, origin_erased_at) ON app.audit_details TO psephos_door;

CREATE TABLE app.audit_details_YYYY_MM (
  org_id uuid NOT NULL,
  seq bigint NOT NULL,
  chained_at timestamp with time zone NOT NULL,
  salt bytea,
  old jsonb,
  new jsonb,
  origin_salt bytea,
  origin text,
  erased_at timestamp with time zone,
  origin_erased_at timestamp with time zone,
  CONSTRAINT audit_details_YYYY_MM_pkey PRIMARY KEY (org_id, seq, chained_at),
  CONSTRAINT audit_details_origin_salt_check CHECK ((octet_length(origin_salt) = 16)),
  CONSTRAINT audit_details_salt_check CHECK ((octet_length(salt) = 16))
) PARTITION OF app.audit_details; -- owner: psephos_owner; commented
ALTER TABLE app.audit_details_YYYY_MM ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.audit_details_YYYY_MM FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));

CREATE TABLE app.audit_details_default (
  org_id uuid NOT NULL,
  seq bigint NOT NULL,
  chained_at timestamp with time zone NOT NULL,
  salt bytea,
  old jsonb,
  new jsonb,
  origin_salt bytea,
  origin text,
  erased_at timestamp with time zone,
  origin_erased_at timestamp with time zone,
  CONSTRAINT audit_details_default_pkey PRIMARY KEY (org_id, seq, chained_at),
  CONSTRAINT audit_details_origin_salt_check CHECK ((octet_length(origin_salt) = 16)),
  CONSTRAINT audit_details_salt_check CHECK ((octet_length(salt) = 16))
) PARTITION OF app.audit_details; -- owner: psephos_owner; commented
ALTER TABLE app.audit_details_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.audit_details_default FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));

CREATE TABLE app.audit_entries (
  org_id uuid NOT NULL,
  seq bigint NOT NULL,
  chained_at timestamp with time zone NOT NULL,
  at timestamp with time zone NOT NULL,
  actor text NOT NULL,
  bypassed boolean NOT NULL,
  act text NOT NULL,
  subject text NOT NULL,
  person uuid,
  request_id text,
  facts jsonb,
  details_hash bytea,
  origin_hash bytea,
  prev_hash bytea NOT NULL,
  entry_hash bytea NOT NULL,
  CONSTRAINT audit_entries_pkey PRIMARY KEY (org_id, seq, chained_at),
  CONSTRAINT audit_entries_details_hash_check CHECK ((octet_length(details_hash) = 32)),
  CONSTRAINT audit_entries_entry_hash_check CHECK ((octet_length(entry_hash) = 32)),
  CONSTRAINT audit_entries_origin_hash_check CHECK ((octet_length(origin_hash) = 32)),
  CONSTRAINT audit_entries_prev_hash_check CHECK ((octet_length(prev_hash) = 32)),
  CONSTRAINT audit_entries_seq_check CHECK ((seq > 0))
) PARTITION BY RANGE (chained_at); -- owner: psephos_owner; commented
CREATE INDEX audit_entries_by_actor ON ONLY app.audit_entries USING btree (org_id, actor, seq);
CREATE INDEX audit_entries_by_person ON ONLY app.audit_entries USING btree (org_id, person) WHERE (person IS NOT NULL);
CREATE INDEX audit_entries_by_subject ON ONLY app.audit_entries USING btree (org_id, subject, seq);
CREATE INDEX audit_entries_by_time ON ONLY app.audit_entries USING brin (chained_at);
ALTER TABLE app.audit_entries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.audit_entries FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.audit_entries TO psephos_app;
GRANT SELECT ON app.audit_entries TO psephos_auditor;
GRANT INSERT, SELECT ON app.audit_entries TO psephos_door;

CREATE TABLE app.audit_entries_YYYY_MM (
  org_id uuid NOT NULL,
  seq bigint NOT NULL,
  chained_at timestamp with time zone NOT NULL,
  at timestamp with time zone NOT NULL,
  actor text NOT NULL,
  bypassed boolean NOT NULL,
  act text NOT NULL,
  subject text NOT NULL,
  person uuid,
  request_id text,
  facts jsonb,
  details_hash bytea,
  origin_hash bytea,
  prev_hash bytea NOT NULL,
  entry_hash bytea NOT NULL,
  CONSTRAINT audit_entries_YYYY_MM_pkey PRIMARY KEY (org_id, seq, chained_at),
  CONSTRAINT audit_entries_details_hash_check CHECK ((octet_length(details_hash) = 32)),
  CONSTRAINT audit_entries_entry_hash_check CHECK ((octet_length(entry_hash) = 32)),
  CONSTRAINT audit_entries_origin_hash_check CHECK ((octet_length(origin_hash) = 32)),
  CONSTRAINT audit_entries_prev_hash_check CHECK ((octet_length(prev_hash) = 32)),
  CONSTRAINT audit_entries_seq_check CHECK ((seq > 0))
) PARTITION OF app.audit_entries; -- owner: psephos_owner; commented
CREATE INDEX audit_entries_YYYY_MM_chained_at_idx ON app.audit_entries_YYYY_MM USING brin (chained_at);
CREATE INDEX audit_entries_YYYY_MM_org_id_actor_seq_idx ON app.audit_entries_YYYY_MM USING btree (org_id, actor, seq);
CREATE INDEX audit_entries_YYYY_MM_org_id_person_idx ON app.audit_entries_YYYY_MM USING btree (org_id, person) WHERE (person IS NOT NULL);
CREATE INDEX audit_entries_YYYY_MM_org_id_subject_seq_idx ON app.audit_entries_YYYY_MM USING btree (org_id, subject, seq);
ALTER TABLE app.audit_entries_YYYY_MM ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.audit_entries_YYYY_MM FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));

CREATE TABLE app.audit_entries_default (
  org_id uuid NOT NULL,
  seq bigint NOT NULL,
  chained_at timestamp with time zone NOT NULL,
  at timestamp with time zone NOT NULL,
  actor text NOT NULL,
  bypassed boolean NOT NULL,
  act text NOT NULL,
  subject text NOT NULL,
  person uuid,
  request_id text,
  facts jsonb,
  details_hash bytea,
  origin_hash bytea,
  prev_hash bytea NOT NULL,
  entry_hash bytea NOT NULL,
  CONSTRAINT audit_entries_default_pkey PRIMARY KEY (org_id, seq, chained_at),
  CONSTRAINT audit_entries_details_hash_check CHECK ((octet_length(details_hash) = 32)),
  CONSTRAINT audit_entries_entry_hash_check CHECK ((octet_length(entry_hash) = 32)),
  CONSTRAINT audit_entries_origin_hash_check CHECK ((octet_length(origin_hash) = 32)),
  CONSTRAINT audit_entries_prev_hash_check CHECK ((octet_length(prev_hash) = 32)),
  CONSTRAINT audit_entries_seq_check CHECK ((seq > 0))
) PARTITION OF app.audit_entries; -- owner: psephos_owner; commented
CREATE INDEX audit_entries_default_chained_at_idx ON app.audit_entries_default USING brin (chained_at);
CREATE INDEX audit_entries_default_org_id_actor_seq_idx ON app.audit_entries_default USING btree (org_id, actor, seq);
CREATE INDEX audit_entries_default_org_id_person_idx ON app.audit_entries_default USING btree (org_id, person) WHERE (person IS NOT NULL);
CREATE INDEX audit_entries_default_org_id_subject_seq_idx ON app.audit_entries_default USING btree (org_id, subject, seq);
ALTER TABLE app.audit_entries_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.audit_entries_default FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));

CREATE TABLE app.audit_erasures (
  org_id uuid NOT NULL,
  person uuid NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT audit_erasures_pkey PRIMARY KEY (org_id, person)
); -- owner: psephos_owner; commented
ALTER TABLE app.audit_erasures ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.audit_erasures FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.audit_erasures TO psephos_app;
GRANT INSERT, SELECT, UPDATE ON app.audit_erasures TO psephos_door;

CREATE TABLE app.audit_heads (
  org_id uuid NOT NULL,
  day date NOT NULL,
  seq bigint NOT NULL,
  entry_hash bytea NOT NULL,
  at timestamp with time zone NOT NULL,
  kid text NOT NULL,
  signature bytea NOT NULL,
  CONSTRAINT audit_heads_pkey PRIMARY KEY (org_id, day),
  CONSTRAINT audit_heads_entry_hash_check CHECK ((octet_length(entry_hash) = 32)),
  CONSTRAINT audit_heads_signature_check CHECK ((octet_length(signature) = 64))
); -- owner: psephos_owner; commented
ALTER TABLE app.audit_heads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.audit_heads FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.audit_heads FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.audit_heads TO psephos_app;
GRANT SELECT ON app.audit_heads TO psephos_auditor;
GRANT INSERT, SELECT ON app.audit_heads TO psephos_door;

CREATE TABLE app.audit_keys (
  kid text NOT NULL,
  public_key bytea NOT NULL,
  private_key bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT audit_keys_pkey PRIMARY KEY (kid),
  CONSTRAINT audit_keys_public_key_check CHECK ((octet_length(public_key) = 32))
); -- owner: psephos_owner; commented
ALTER TABLE app.audit_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.audit_keys FOR ALL TO psephos_door USING (true);
GRANT INSERT, SELECT ON app.audit_keys TO psephos_door;

CREATE TABLE app.audit_staged (
  org_id uuid NOT NULL,
  staged_id bigint NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  actor text NOT NULL,
  bypassed boolean NOT NULL,
  origin text,
  request_id text,
  act text NOT NULL,
  subject text NOT NULL,
  person uuid,
  facts jsonb,
  old jsonb,
  new jsonb,
  CONSTRAINT audit_staged_pkey PRIMARY KEY (org_id, staged_id)
); -- owner: psephos_owner; commented
ALTER TABLE app.audit_staged ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.audit_staged FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.audit_staged FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
CREATE POLICY triggers ON app.audit_staged FOR INSERT TO psephos_owner WITH CHECK (true);
GRANT SELECT ON app.audit_staged TO psephos_app;
GRANT DELETE, INSERT, SELECT ON app.audit_staged TO psephos_door;

CREATE TABLE app.campaign_active (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  hour timestamp with time zone NOT NULL,
  members bigint NOT NULL,
  CONSTRAINT campaign_active_pkey PRIMARY KEY (org_id, campaign_id, hour),
  CONSTRAINT campaign_active_org_id_campaign_id_fkey FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns(org_id, id) ON DELETE CASCADE
) WITH (fillfactor=50); -- owner: psephos_owner; commented
ALTER TABLE app.campaign_active ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.campaign_active FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.campaign_active TO psephos_app;
GRANT SELECT ON app.campaign_active TO psephos_auditor;

CREATE TABLE app.campaign_cohort_weeks (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  cohort date NOT NULL,
  week date NOT NULL,
  gave bigint NOT NULL,
  CONSTRAINT campaign_cohort_weeks_pkey PRIMARY KEY (org_id, campaign_id, cohort, week),
  CONSTRAINT campaign_cohort_weeks_org_id_campaign_id_fkey FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns(org_id, id) ON DELETE CASCADE
) WITH (fillfactor=50); -- owner: psephos_owner; commented
ALTER TABLE app.campaign_cohort_weeks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.campaign_cohort_weeks FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.campaign_cohort_weeks TO psephos_app;
GRANT SELECT ON app.campaign_cohort_weeks TO psephos_auditor;

CREATE TABLE app.campaign_cohorts (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  cohort date NOT NULL,
  joined bigint NOT NULL DEFAULT 0,
  gave bigint NOT NULL DEFAULT 0,
  CONSTRAINT campaign_cohorts_pkey PRIMARY KEY (org_id, campaign_id, cohort),
  CONSTRAINT campaign_cohorts_org_id_campaign_id_fkey FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns(org_id, id) ON DELETE CASCADE
) WITH (fillfactor=50); -- owner: psephos_owner; commented
ALTER TABLE app.campaign_cohorts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.campaign_cohorts FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.campaign_cohorts TO psephos_app;
GRANT SELECT ON app.campaign_cohorts TO psephos_auditor;

CREATE TABLE app.campaign_figures (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  invited bigint NOT NULL DEFAULT 0,
  requested bigint NOT NULL DEFAULT 0,
  joined bigint NOT NULL DEFAULT 0,
  gave bigint NOT NULL DEFAULT 0,
  proposers bigint NOT NULL DEFAULT 0,
  submitted bigint NOT NULL DEFAULT 0,
  approved bigint NOT NULL DEFAULT 0,
  accepted bigint NOT NULL DEFAULT 0,
  started bigint NOT NULL DEFAULT 0,
  completed bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  merged bigint NOT NULL DEFAULT 0,
  refused bigint NOT NULL DEFAULT 0,
  coins bigint NOT NULL DEFAULT 0,
  CONSTRAINT campaign_figures_pkey PRIMARY KEY (org_id, campaign_id),
  CONSTRAINT campaign_figures_org_id_campaign_id_fkey FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns(org_id, id) ON DELETE CASCADE
) WITH (fillfactor=50); -- owner: psephos_owner; commented
ALTER TABLE app.campaign_figures ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.campaign_figures FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.campaign_figures TO psephos_app;
GRANT SELECT ON app.campaign_figures TO psephos_auditor;

CREATE TABLE app.campaign_hours (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  hour timestamp with time zone NOT NULL,
  given bigint NOT NULL DEFAULT 0,
  taken_back bigint NOT NULL DEFAULT 0,
  moved bigint NOT NULL DEFAULT 0,
  returned bigint NOT NULL DEFAULT 0,
  expended bigint NOT NULL DEFAULT 0,
  CONSTRAINT campaign_hours_pkey PRIMARY KEY (org_id, campaign_id, hour),
  CONSTRAINT campaign_hours_org_id_campaign_id_fkey FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns(org_id, id) ON DELETE CASCADE
) WITH (fillfactor=50); -- owner: psephos_owner; commented
ALTER TABLE app.campaign_hours ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.campaign_hours FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.campaign_hours TO psephos_app;
GRANT SELECT ON app.campaign_hours TO psephos_auditor;

CREATE TABLE app.campaign_members (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  user_id uuid NOT NULL,
  role text NOT NULL,
  state text NOT NULL,
  invited_by uuid,
  invited_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  joined_at timestamp with time zone,
  CONSTRAINT campaign_members_pkey PRIMARY KEY (org_id, campaign_id, user_id),
  CONSTRAINT campaign_members_check CHECK (((state <> 'joined'::text) OR (joined_at IS NOT NULL))),
  CONSTRAINT campaign_members_org_id_campaign_id_fkey FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns(org_id, id) ON DELETE CASCADE,
  CONSTRAINT campaign_members_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES app.members(org_id, member_id) ON DELETE CASCADE,
  CONSTRAINT campaign_members_role_check CHECK ((role = ANY (ARRAY['manager'::text, 'member'::text]))),
  CONSTRAINT campaign_members_state_check CHECK ((state = ANY (ARRAY['invited'::text, 'requested'::text, 'joined'::text, 'left'::text])))
); -- owner: psephos_owner; commented
CREATE INDEX campaign_members_by_state ON app.campaign_members USING btree (org_id, campaign_id, state, invited_at, user_id);
CREATE INDEX campaign_members_by_user ON app.campaign_members USING btree (org_id, user_id, campaign_id);
ALTER TABLE app.campaign_members ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.campaign_members FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.campaign_members FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.campaign_members TO psephos_app;
GRANT SELECT ON app.campaign_members TO psephos_auditor;
GRANT SELECT ON app.campaign_members TO psephos_door;
GRANT SELECT ON app.campaign_members TO psephos_urn;

CREATE TABLE app.campaign_people (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  user_id uuid NOT NULL,
  state text,
  cohort date,
  active_hour timestamp with time zone,
  gave_week date,
  proposed boolean NOT NULL DEFAULT false,
  CONSTRAINT campaign_people_pkey PRIMARY KEY (org_id, campaign_id, user_id),
  CONSTRAINT campaign_people_org_id_campaign_id_fkey FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns(org_id, id) ON DELETE CASCADE,
  CONSTRAINT campaign_people_state_check CHECK ((state = ANY (ARRAY['invited'::text, 'requested'::text, 'joined'::text, 'left'::text])))
) WITH (fillfactor=70); -- owner: psephos_owner; commented
ALTER TABLE app.campaign_people ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.campaign_people FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.campaign_people TO psephos_app;
GRANT SELECT ON app.campaign_people TO psephos_auditor;

CREATE TABLE app.campaign_tag_totals (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  tag_id uuid NOT NULL,
  ideas bigint NOT NULL DEFAULT 0,
  coins bigint NOT NULL DEFAULT 0,
  CONSTRAINT campaign_tag_totals_pkey PRIMARY KEY (org_id, campaign_id, tag_id),
  CONSTRAINT campaign_tag_totals_org_id_tag_id_fkey FOREIGN KEY (org_id, tag_id) REFERENCES app.campaign_tags(org_id, id) ON DELETE CASCADE
) WITH (fillfactor=50); -- owner: psephos_owner; commented
ALTER TABLE app.campaign_tag_totals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.campaign_tag_totals FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.campaign_tag_totals TO psephos_app;
GRANT SELECT ON app.campaign_tag_totals TO psephos_auditor;

CREATE TABLE app.campaign_tags (
  org_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  campaign_id uuid NOT NULL,
  name text NOT NULL,
  name_key text NOT NULL DEFAULT app.small_letters(name),
  description text,
  color text,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT campaign_tags_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT campaign_tags_color_check CHECK ((color ~ '^#[0-9a-f]{6}$'::text)),
  CONSTRAINT campaign_tags_description_check CHECK ((length(description) <= 1000)),
  CONSTRAINT campaign_tags_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  CONSTRAINT campaign_tags_org_id_campaign_id_fkey FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns(org_id, id) ON DELETE CASCADE,
  CONSTRAINT campaign_tags_org_id_campaign_id_id_key UNIQUE (org_id, campaign_id, id),
  CONSTRAINT campaign_tags_org_id_campaign_id_name_key_key UNIQUE (org_id, campaign_id, name_key)
); -- owner: psephos_owner; commented
ALTER TABLE app.campaign_tags ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.campaign_tags FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.campaign_tags TO psephos_app;
GRANT SELECT ON app.campaign_tags TO psephos_auditor;
GRANT SELECT ON app.campaign_tags TO psephos_door;
GRANT SELECT ON app.campaign_tags TO psephos_urn;

CREATE TABLE app.campaigns (
  org_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  campaign_id text NOT NULL,
  title text NOT NULL,
  description text NOT NULL DEFAULT ''::text,
  campaign_type text NOT NULL,
  status text NOT NULL DEFAULT 'draft'::text,
  preset text NOT NULL DEFAULT 'ideas'::text,
  budget bigint,
  budget_rule text,
  hide_totals boolean NOT NULL DEFAULT false,
  embeddable boolean NOT NULL DEFAULT false,
  start_date timestamp with time zone,
  end_date timestamp with time zone,
  banner_id uuid,
  icon_id uuid,
  created_by uuid NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  activated_at timestamp with time zone,
  completed_at timestamp with time zone,
  archived_at timestamp with time zone,
  CONSTRAINT campaigns_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT campaigns_budget_check CHECK ((budget > 0)),
  CONSTRAINT campaigns_budget_rule_check CHECK ((budget_rule = ANY (ARRAY['greedy'::text, 'equal_shares'::text, 'equal_shares_add1'::text]))),
  CONSTRAINT campaigns_campaign_id_check CHECK ((campaign_id ~ '^[a-z0-9][a-z0-9-]{1,98}[a-z0-9]$'::text)),
  CONSTRAINT campaigns_campaign_type_check CHECK ((campaign_type = ANY (ARRAY['open'::text, 'mediated'::text, 'closed'::text]))),
  CONSTRAINT campaigns_check CHECK ((end_date > start_date)),
  CONSTRAINT campaigns_check1 CHECK ((((preset = 'budget'::text) = (budget IS NOT NULL)) AND ((preset = 'budget'::text) = (budget_rule IS NOT NULL)))),
  CONSTRAINT campaigns_description_check CHECK ((length(description) <= 20000)),
  CONSTRAINT campaigns_org_id_banner_id_fkey FOREIGN KEY (org_id, banner_id) REFERENCES app.pictures(org_id, picture_id),
  CONSTRAINT campaigns_org_id_campaign_id_key UNIQUE (org_id, campaign_id),
  CONSTRAINT campaigns_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT campaigns_org_id_icon_id_fkey FOREIGN KEY (org_id, icon_id) REFERENCES app.pictures(org_id, picture_id),
  CONSTRAINT campaigns_preset_check CHECK ((preset = ANY (ARRAY['ideas'::text, 'budget'::text, 'priority'::text, 'quadratic'::text]))),
  CONSTRAINT campaigns_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'active'::text, 'completed'::text, 'archived'::text]))),
  CONSTRAINT campaigns_title_check CHECK (((length(title) >= 1) AND (length(title) <= 255)))
); -- owner: psephos_owner; commented
CREATE INDEX campaigns_by_status ON app.campaigns USING btree (org_id, status, created_at DESC, id);
CREATE INDEX campaigns_by_time ON app.campaigns USING btree (org_id, created_at DESC, id);
CREATE INDEX campaigns_embeddable ON app.campaigns USING btree (id) WHERE embeddable;
CREATE INDEX campaigns_to_end ON app.campaigns USING btree (end_date) WHERE (status = 'active'::text);
CREATE INDEX campaigns_to_start ON app.campaigns USING btree (start_date) WHERE (status = 'draft'::text);
ALTER TABLE app.campaigns ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.campaigns FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.campaigns FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.campaigns TO psephos_app;
GRANT SELECT ON app.campaigns TO psephos_auditor;
GRANT SELECT ON app.campaigns TO psephos_door;
GRANT SELECT, UPDATE ON app.campaigns TO psephos_urn;

CREATE TABLE app.coin_allocations (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  user_id uuid NOT NULL,
  idea_id uuid NOT NULL,
  amount bigint NOT NULL,
  is_expended boolean NOT NULL DEFAULT false,
  allocated_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  expended_at timestamp with time zone,
  CONSTRAINT coin_allocations_pkey PRIMARY KEY (org_id, campaign_id, user_id, idea_id),
  CONSTRAINT coin_allocations_amount_check CHECK ((amount >= 0))
) WITH (fillfactor=60); -- owner: psephos_owner; commented
CREATE INDEX coin_allocations_by_idea ON app.coin_allocations USING btree (org_id, idea_id, user_id);
ALTER TABLE app.coin_allocations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.coin_allocations FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.coin_allocations TO psephos_app;
GRANT SELECT ON app.coin_allocations TO psephos_auditor;
GRANT SELECT ON app.coin_allocations TO psephos_door;
GRANT INSERT, SELECT, UPDATE ON app.coin_allocations TO psephos_urn;

CREATE TABLE app.coin_balances (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  user_id uuid NOT NULL,
  available_coins bigint NOT NULL,
  allocated_coins bigint NOT NULL,
  expended_coins bigint NOT NULL,
  expired_coins bigint NOT NULL,
  issued_coins bigint NOT NULL,
  is_open boolean NOT NULL DEFAULT true,
  updated_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT coin_balances_pkey PRIMARY KEY (org_id, campaign_id, user_id),
  CONSTRAINT coin_balances_allocated_coins_check CHECK ((allocated_coins >= 0)),
  CONSTRAINT coin_balances_available_coins_check CHECK ((available_coins >= 0)),
  CONSTRAINT coin_balances_check CHECK ((issued_coins = (((available_coins + allocated_coins) + expended_coins) + expired_coins))),
  CONSTRAINT coin_balances_expended_coins_check CHECK ((expended_coins >= 0)),
  CONSTRAINT coin_balances_expired_coins_check CHECK ((expired_coins >= 0))
) WITH (fillfactor=50); -- owner: psephos_owner; commented
ALTER TABLE app.coin_balances ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.coin_balances FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.coin_balances TO psephos_app;
GRANT SELECT ON app.coin_balances TO psephos_auditor;
GRANT SELECT ON app.coin_balances TO psephos_door;
GRANT INSERT, SELECT, UPDATE ON app.coin_balances TO psephos_urn;

CREATE TABLE app.coin_batches (
  org_id uuid NOT NULL,
  batch uuid NOT NULL,
  turn smallint NOT NULL,
  given bigint NOT NULL,
  taken_back bigint NOT NULL,
  moved bigint NOT NULL,
  givers uuid[] STORAGE EXTERNAL NOT NULL,
  others uuid[] STORAGE EXTERNAL NOT NULL,
  CONSTRAINT coin_batches_pkey PRIMARY KEY (org_id, batch, turn)
) WITH (toast_tuple_target=8160); -- owner: psephos_owner; commented
ALTER TABLE app.coin_batches ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.coin_batches FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, SELECT ON app.coin_batches TO psephos_app;
GRANT SELECT ON app.coin_batches TO psephos_auditor;
GRANT INSERT ON app.coin_batches TO psephos_urn;

CREATE TABLE app.coin_policies (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  initial_allocation integer NOT NULL DEFAULT 100,
  idea_submission_reward integer NOT NULL DEFAULT 0,
  allow_reallocation boolean NOT NULL DEFAULT true,
  allow_recycling boolean NOT NULL DEFAULT true,
  coin_expiry text NOT NULL DEFAULT 'never'::text,
  coins_expire_at timestamp with time zone,
  coins_expired_at timestamp with time zone,
  CONSTRAINT coin_policies_pkey PRIMARY KEY (org_id, campaign_id),
  CONSTRAINT coin_policies_check CHECK (((coin_expiry = 'at'::text) = (coins_expire_at IS NOT NULL))),
  CONSTRAINT coin_policies_coin_expiry_check CHECK ((coin_expiry = ANY (ARRAY['never'::text, 'at_end'::text, 'at'::text]))),
  CONSTRAINT coin_policies_idea_submission_reward_check CHECK (((idea_submission_reward >= 0) AND (idea_submission_reward <= 1000000))),
  CONSTRAINT coin_policies_initial_allocation_check CHECK (((initial_allocation >= 0) AND (initial_allocation <= 1000000))),
  CONSTRAINT coin_policies_org_id_campaign_id_fkey FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns(org_id, id) ON DELETE CASCADE
); -- owner: psephos_owner; commented
CREATE INDEX coin_policies_to_expire ON app.coin_policies USING btree (coins_expire_at) WHERE (coins_expired_at IS NULL);
ALTER TABLE app.coin_policies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.coin_policies FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.coin_policies FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.coin_policies TO psephos_app;
GRANT SELECT ON app.coin_policies TO psephos_auditor;
GRANT SELECT ON app.coin_policies TO psephos_door;
GRANT SELECT, UPDATE ON app.coin_policies TO psephos_urn;

CREATE TABLE app.consumer_cursors (
  org_id uuid NOT NULL,
  consumer text NOT NULL,
  pos bigint NOT NULL,
  CONSTRAINT consumer_cursors_pkey PRIMARY KEY (org_id, consumer),
  CONSTRAINT consumer_cursors_consumer_check CHECK (((length(consumer) >= 1) AND (length(consumer) <= 40))),
  CONSTRAINT consumer_cursors_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
) WITH (fillfactor=50); -- owner: psephos_owner; commented
ALTER TABLE app.consumer_cursors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.consumer_cursors FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
CREATE POLICY worker ON app.consumer_cursors FOR SELECT TO psephos_worker USING (true);
GRANT INSERT, SELECT, UPDATE ON app.consumer_cursors TO psephos_app;
GRANT SELECT ON app.consumer_cursors TO psephos_auditor;
GRANT SELECT ON app.consumer_cursors TO psephos_worker;

CREATE TABLE app.dead_letters (
  org_id uuid NOT NULL,
  letter_id uuid NOT NULL DEFAULT gen_random_uuid(),
  queue text NOT NULL,
  job_id text NOT NULL,
  job_name text NOT NULL,
  payload jsonb NOT NULL,
  reason text NOT NULL,
  attempts integer NOT NULL,
  times integer NOT NULL DEFAULT 1,
  state text NOT NULL DEFAULT 'waiting'::text,
  first_failed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  failed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT dead_letters_pkey PRIMARY KEY (org_id, letter_id),
  CONSTRAINT dead_letters_job_id_check CHECK (((length(job_id) >= 1) AND (length(job_id) <= 200))),
  CONSTRAINT dead_letters_job_name_check CHECK ((length(job_name) <= 100)),
  CONSTRAINT dead_letters_org_id_queue_job_id_key UNIQUE (org_id, queue, job_id),
  CONSTRAINT dead_letters_queue_check CHECK (((length(queue) >= 1) AND (length(queue) <= 40))),
  CONSTRAINT dead_letters_reason_check CHECK ((length(reason) <= 1000)),
  CONSTRAINT dead_letters_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'again'::text])))
); -- owner: psephos_owner; commented
CREATE INDEX dead_letters_again ON app.dead_letters USING btree (failed_at) WHERE (state = 'again'::text);
ALTER TABLE app.dead_letters ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.dead_letters FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
CREATE POLICY worker ON app.dead_letters FOR ALL TO psephos_worker USING (true);
GRANT DELETE, SELECT ON app.dead_letters TO psephos_app;
GRANT UPDATE (state) ON app.dead_letters TO psephos_app;
GRANT SELECT ON app.dead_letters TO psephos_auditor;
GRANT DELETE, INSERT, SELECT, UPDATE ON app.dead_letters TO psephos_worker;

CREATE TABLE app.election_templates (
  org_id uuid NOT NULL,
  template_id uuid NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT ''::text,
  election jsonb NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT election_templates_pkey PRIMARY KEY (org_id, template_id),
  CONSTRAINT election_templates_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT election_templates_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
ALTER TABLE app.election_templates ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.election_templates FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT ON app.election_templates TO psephos_app;
GRANT UPDATE (name, description, election) ON app.election_templates TO psephos_app;
GRANT SELECT ON app.election_templates TO psephos_auditor;

CREATE TABLE app.elections (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  meeting_id uuid,
  title text NOT NULL,
  description text NOT NULL DEFAULT ''::text,
  method jsonb NOT NULL,
  options jsonb NOT NULL,
  rules jsonb NOT NULL,
  secrecy text NOT NULL,
  visibility text NOT NULL,
  roll text NOT NULL,
  secret_step integer NOT NULL,
  state text NOT NULL DEFAULT 'draft'::text,
  present integer,
  opens_at timestamp with time zone,
  closes_at timestamp with time zone,
  opened_at timestamp with time zone,
  closed_at timestamp with time zone,
  sealed_at timestamp with time zone,
  published_at timestamp with time zone,
  cancel_reason text,
  changed_pos bigint NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  roll_group_id uuid,
  duration_seconds integer,
  present_weight bigint,
  paper_declared integer NOT NULL DEFAULT 0,
  paper_version integer NOT NULL DEFAULT 0,
  opened_by text,
  closed_by text,
  published_by text,
  CONSTRAINT elections_pkey PRIMARY KEY (org_id, election_id),
  CONSTRAINT elections_duration_seconds_check CHECK (((duration_seconds >= 5) AND (duration_seconds <= 2592000))),
  CONSTRAINT elections_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT elections_org_id_meeting_id_fkey FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings(org_id, meeting_id),
  CONSTRAINT elections_paper_declared_check CHECK (((paper_declared >= 0) AND (paper_declared <= 1000000))),
  CONSTRAINT elections_present_check CHECK ((present >= 0)),
  CONSTRAINT elections_present_weight_check CHECK ((present_weight >= 0)),
  CONSTRAINT elections_roll_check CHECK ((roll = ANY (ARRAY['tokens'::text, 'meeting'::text, 'members'::text]))),
  CONSTRAINT elections_secrecy_check CHECK ((secrecy = ANY (ARRAY['secret'::text, 'named'::text]))),
  CONSTRAINT elections_secret_step_check CHECK (((secret_step >= 1) AND (secret_step <= 1000))),
  CONSTRAINT elections_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'open'::text, 'closed'::text, 'published'::text, 'cancelled'::text]))),
  CONSTRAINT elections_title_check CHECK (((length(title) >= 1) AND (length(title) <= 500))),
  CONSTRAINT elections_visibility_check CHECK ((visibility = ANY (ARRAY['live'::text, 'count'::text, 'hidden'::text])))
); -- owner: psephos_owner; commented
CREATE INDEX elections_by_id ON app.elections USING btree (election_id);
CREATE INDEX elections_by_meeting ON app.elections USING btree (org_id, meeting_id);
CREATE INDEX elections_due ON app.elections USING btree (state) WHERE ((state = ANY (ARRAY['draft'::text, 'open'::text])) AND ((opens_at IS NOT NULL) OR (closes_at IS NOT NULL)));
CREATE INDEX elections_unsealed ON app.elections USING btree (state) WHERE ((state = ANY (ARRAY['closed'::text, 'cancelled'::text])) AND (sealed_at IS NULL));
ALTER TABLE app.elections ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.elections FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.elections FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.elections TO psephos_app;
GRANT INSERT (org_id, election_id, meeting_id, title, description, method, options, rules, secrecy, visibility, roll, secret_step, present, opens_at, closes_at, changed_pos, roll_group_id, duration_seconds, present_weight) ON app.elections TO psephos_app;
GRANT UPDATE (present, present_weight) ON app.elections TO psephos_app;
GRANT SELECT ON app.elections TO psephos_auditor;
GRANT SELECT ON app.elections TO psephos_door;
GRANT DELETE, SELECT, UPDATE ON app.elections TO psephos_urn;

CREATE TABLE app.electoral_roll (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  voter_id uuid NOT NULL,
  name text NOT NULL,
  credential bytea NOT NULL,
  CONSTRAINT electoral_roll_pkey PRIMARY KEY (org_id, election_id, voter_id),
  CONSTRAINT electoral_roll_credential_check CHECK ((octet_length(credential) = 32)),
  CONSTRAINT electoral_roll_org_id_election_id_fkey FOREIGN KEY (org_id, election_id) REFERENCES app.elections(org_id, election_id)
); -- owner: psephos_owner; commented
CREATE INDEX electoral_roll_by_name ON app.electoral_roll USING btree (org_id, election_id, name, voter_id);
ALTER TABLE app.electoral_roll ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.electoral_roll FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.electoral_roll TO psephos_app;
GRANT SELECT ON app.electoral_roll TO psephos_auditor;
GRANT INSERT, SELECT ON app.electoral_roll TO psephos_urn;

CREATE TABLE app.epoch (
  epoch text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
); -- owner: psephos_owner; commented
ALTER TABLE app.epoch ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON app.epoch FOR SELECT TO PUBLIC USING (true);
GRANT SELECT ON app.epoch TO psephos_app;
GRANT SELECT ON app.epoch TO psephos_auditor;
GRANT SELECT ON app.epoch TO psephos_worker;

CREATE TABLE app.group_members (
  org_id uuid NOT NULL,
  group_id uuid NOT NULL,
  member_id uuid NOT NULL,
  CONSTRAINT group_members_pkey PRIMARY KEY (org_id, group_id, member_id),
  CONSTRAINT group_members_org_id_group_id_fkey FOREIGN KEY (org_id, group_id) REFERENCES app.groups(org_id, group_id) ON DELETE CASCADE,
  CONSTRAINT group_members_org_id_member_id_fkey FOREIGN KEY (org_id, member_id) REFERENCES app.members(org_id, member_id) ON DELETE CASCADE
); -- owner: psephos_owner; commented
CREATE INDEX group_members_by_member ON app.group_members USING btree (org_id, member_id);
ALTER TABLE app.group_members ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.group_members FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT ON app.group_members TO psephos_app;
GRANT SELECT ON app.group_members TO psephos_auditor;
GRANT SELECT ON app.group_members TO psephos_urn;

CREATE TABLE app.groups (
  org_id uuid NOT NULL,
  group_id uuid NOT NULL,
  name text NOT NULL,
  name_key text NOT NULL DEFAULT app.small_letters(name),
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT groups_pkey PRIMARY KEY (org_id, group_id),
  CONSTRAINT groups_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  CONSTRAINT groups_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT groups_org_id_name_key_key UNIQUE (org_id, name_key)
); -- owner: psephos_owner; commented
ALTER TABLE app.groups ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.groups FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.groups TO psephos_app;
GRANT SELECT ON app.groups TO psephos_auditor;
GRANT SELECT ON app.groups TO psephos_urn;

CREATE TABLE app.idea_comments (
  org_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  idea_id uuid NOT NULL,
  author_id uuid NOT NULL,
  text text,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  removed_at timestamp with time zone,
  CONSTRAINT idea_comments_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT idea_comments_check CHECK (((text IS NULL) = (removed_at IS NOT NULL))),
  CONSTRAINT idea_comments_org_id_author_id_fkey FOREIGN KEY (org_id, author_id) REFERENCES app.members(org_id, member_id),
  CONSTRAINT idea_comments_org_id_idea_id_fkey FOREIGN KEY (org_id, idea_id) REFERENCES app.ideas(org_id, id) ON DELETE CASCADE,
  CONSTRAINT idea_comments_text_check CHECK (((length(text) >= 1) AND (length(text) <= 2000)))
); -- owner: psephos_owner; commented
CREATE INDEX idea_comments_by_idea ON app.idea_comments USING btree (org_id, idea_id, created_at, id);
ALTER TABLE app.idea_comments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.idea_comments FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.idea_comments TO psephos_app;
GRANT SELECT ON app.idea_comments TO psephos_auditor;
GRANT SELECT ON app.idea_comments TO psephos_door;
GRANT SELECT ON app.idea_comments TO psephos_urn;

CREATE TABLE app.idea_tags (
  org_id uuid NOT NULL,
  idea_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  tag_id uuid NOT NULL,
  CONSTRAINT idea_tags_pkey PRIMARY KEY (org_id, idea_id, tag_id),
  CONSTRAINT idea_tags_org_id_campaign_id_tag_id_fkey FOREIGN KEY (org_id, campaign_id, tag_id) REFERENCES app.campaign_tags(org_id, campaign_id, id) ON DELETE CASCADE,
  CONSTRAINT idea_tags_org_id_idea_id_fkey FOREIGN KEY (org_id, idea_id) REFERENCES app.ideas(org_id, id) ON DELETE CASCADE
); -- owner: psephos_owner; commented
CREATE INDEX idea_tags_by_tag ON app.idea_tags USING btree (org_id, tag_id, idea_id);
ALTER TABLE app.idea_tags ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.idea_tags FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.idea_tags FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.idea_tags TO psephos_app;
GRANT SELECT ON app.idea_tags TO psephos_auditor;
GRANT SELECT ON app.idea_tags TO psephos_door;
GRANT SELECT ON app.idea_tags TO psephos_urn;

CREATE TABLE app.idea_totals (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  idea_id uuid NOT NULL,
  coin_count bigint NOT NULL DEFAULT 0,
  comments integer NOT NULL DEFAULT 0,
  counted_tags uuid[] NOT NULL DEFAULT '{}'::uuid[],
  untold_coins bigint NOT NULL DEFAULT 0,
  tell_at timestamp with time zone,
  told_at timestamp with time zone,
  CONSTRAINT idea_totals_pkey PRIMARY KEY (org_id, idea_id),
  CONSTRAINT idea_totals_org_id_idea_id_fkey FOREIGN KEY (org_id, idea_id) REFERENCES app.ideas(org_id, id) ON DELETE CASCADE
) WITH (fillfactor=70); -- owner: psephos_owner; commented
CREATE INDEX idea_totals_by_coins ON app.idea_totals USING btree (org_id, campaign_id, coin_count DESC, idea_id);
CREATE INDEX idea_totals_to_tell ON app.idea_totals USING btree (tell_at) WHERE (tell_at IS NOT NULL);
ALTER TABLE app.idea_totals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.idea_totals FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.idea_totals FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.idea_totals TO psephos_app;
GRANT SELECT ON app.idea_totals TO psephos_auditor;
GRANT SELECT ON app.idea_totals TO psephos_door;
GRANT SELECT ON app.idea_totals TO psephos_urn;

CREATE TABLE app.ideas (
  org_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  campaign_id uuid NOT NULL,
  submitter_id uuid NOT NULL,
  title text NOT NULL,
  title_key text NOT NULL DEFAULT app.small_letters(title),
  description text NOT NULL DEFAULT ''::text,
  status text NOT NULL DEFAULT 'pending'::text,
  cost bigint,
  rejected_reason text,
  merged_into uuid,
  context_id text,
  permalink_source text,
  submitted_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  approved_at timestamp with time zone,
  accepted_at timestamp with time zone,
  started_at timestamp with time zone,
  completed_at timestamp with time zone,
  rejected_at timestamp with time zone,
  CONSTRAINT ideas_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT ideas_check CHECK (((merged_into IS NULL) OR (status = 'rejected'::text))),
  CONSTRAINT ideas_context_id_check CHECK (((length(context_id) >= 1) AND (length(context_id) <= 100))),
  CONSTRAINT ideas_cost_check CHECK ((cost > 0)),
  CONSTRAINT ideas_description_check CHECK ((length(description) <= 20000)),
  CONSTRAINT ideas_org_id_campaign_id_fkey FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns(org_id, id) ON DELETE CASCADE,
  CONSTRAINT ideas_org_id_merged_into_fkey FOREIGN KEY (org_id, merged_into) REFERENCES app.ideas(org_id, id),
  CONSTRAINT ideas_org_id_submitter_id_fkey FOREIGN KEY (org_id, submitter_id) REFERENCES app.members(org_id, member_id),
  CONSTRAINT ideas_permalink_source_check CHECK (((length(permalink_source) >= 1) AND (length(permalink_source) <= 255))),
  CONSTRAINT ideas_rejected_reason_check CHECK ((length(rejected_reason) <= 2000)),
  CONSTRAINT ideas_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'approved'::text, 'rejected'::text, 'competing'::text, 'accepted'::text, 'in_progress'::text, 'complete'::text]))),
  CONSTRAINT ideas_title_check CHECK (((length(title) >= 1) AND (length(title) <= 255)))
); -- owner: psephos_owner; commented
CREATE INDEX ideas_by_context ON app.ideas USING btree (org_id, context_id, submitted_at DESC, id) WHERE (context_id IS NOT NULL);
CREATE INDEX ideas_by_status ON app.ideas USING btree (org_id, campaign_id, status, submitted_at DESC, id);
CREATE INDEX ideas_by_submitter ON app.ideas USING btree (org_id, submitter_id, submitted_at DESC, id);
CREATE INDEX ideas_by_time ON app.ideas USING btree (org_id, campaign_id, submitted_at DESC, id);
CREATE INDEX ideas_by_title ON app.ideas USING btree (org_id, campaign_id, title_key);
ALTER TABLE app.ideas ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.ideas FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.ideas FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.ideas TO psephos_app;
GRANT SELECT ON app.ideas TO psephos_auditor;
GRANT SELECT ON app.ideas TO psephos_door;
GRANT SELECT, UPDATE ON app.ideas TO psephos_urn;

CREATE TABLE app.idempotency_keys (
  org_id uuid NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  status smallint,
  body jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (org_id, key),
  CONSTRAINT idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
); -- owner: psephos_owner; commented
CREATE INDEX idempotency_keys_by_age ON app.idempotency_keys USING btree (org_id, created_at);
ALTER TABLE app.idempotency_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.idempotency_keys FOR SELECT TO psephos_door USING (true);
CREATE POLICY door_erases ON app.idempotency_keys FOR DELETE TO psephos_door USING ((created_at < (statement_timestamp() - '24:00:00'::interval)));
CREATE POLICY own_organisation ON app.idempotency_keys FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.idempotency_keys TO psephos_app;
GRANT DELETE ON app.idempotency_keys TO psephos_door;
GRANT SELECT (org_id, key, created_at) ON app.idempotency_keys TO psephos_door;

CREATE TABLE app.ledger (
  org_id uuid NOT NULL,
  book uuid NOT NULL,
  holder uuid NOT NULL,
  request_id uuid NOT NULL,
  batch uuid NOT NULL,
  kind text NOT NULL,
  amount bigint NOT NULL,
  debit text NOT NULL,
  debit_of uuid,
  debit_before bigint NOT NULL,
  debit_after bigint NOT NULL,
  credit text NOT NULL,
  credit_of uuid,
  credit_before bigint NOT NULL,
  credit_after bigint NOT NULL,
  created_by uuid NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT ledger_pkey PRIMARY KEY (org_id, book, holder, request_id),
  CONSTRAINT ledger_amount_check CHECK ((amount > 0)),
  CONSTRAINT ledger_check CHECK ((debit_after = (debit_before - amount))),
  CONSTRAINT ledger_check1 CHECK ((credit_after = (credit_before + amount)))
); -- owner: psephos_owner; commented
ALTER TABLE app.ledger ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.ledger FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.ledger TO psephos_app;
GRANT SELECT ON app.ledger TO psephos_auditor;
GRANT SELECT ON app.ledger TO psephos_door;
GRANT INSERT, SELECT ON app.ledger TO psephos_urn;

CREATE TABLE app.log (
  org_id uuid NOT NULL,
  pos bigint NOT NULL,
  topic uuid NOT NULL,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT log_pkey PRIMARY KEY (org_id, pos, at)
) PARTITION BY RANGE (at); -- owner: psephos_owner; commented
CREATE INDEX log_revocations ON ONLY app.log USING btree (at) WHERE (kind = 'access.revoked'::text);
ALTER TABLE app.log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.log FOR SELECT TO psephos_door USING ((kind = 'access.revoked'::text));
CREATE POLICY own_organisation ON app.log FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
CREATE POLICY worker_reads_all ON app.log FOR SELECT TO psephos_worker USING (true);
GRANT SELECT ON app.log TO psephos_app;
GRANT SELECT ON app.log TO psephos_auditor;
GRANT SELECT ON app.log TO psephos_door;
GRANT INSERT ON app.log TO psephos_urn;
GRANT SELECT ON app.log TO psephos_worker;

CREATE TABLE app.log_YYYY_MM (
  org_id uuid NOT NULL,
  pos bigint NOT NULL,
  topic uuid NOT NULL,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT log_YYYY_MM_pkey PRIMARY KEY (org_id, pos, at)
) PARTITION OF app.log; -- owner: psephos_owner; commented
CREATE INDEX log_YYYY_MM_at_idx ON app.log_YYYY_MM USING btree (at) WHERE (kind = 'access.revoked'::text);
ALTER TABLE app.log_YYYY_MM ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.log_YYYY_MM FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));

CREATE TABLE app.log_default (
  org_id uuid NOT NULL,
  pos bigint NOT NULL,
  topic uuid NOT NULL,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT log_default_pkey PRIMARY KEY (org_id, pos, at)
) PARTITION OF app.log; -- owner: psephos_owner; commented
CREATE INDEX log_default_at_idx ON app.log_default USING btree (at) WHERE (kind = 'access.revoked'::text);
ALTER TABLE app.log_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.log_default FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));

CREATE TABLE app.log_head (
  org_id uuid NOT NULL,
  pos bigint NOT NULL,
  CONSTRAINT log_head_pkey PRIMARY KEY (org_id),
  CONSTRAINT log_head_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
) WITH (fillfactor=50); -- owner: psephos_owner; commented
ALTER TABLE app.log_head ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.log_head FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.log_head FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
CREATE POLICY worker_reads_all ON app.log_head FOR SELECT TO psephos_worker USING (true);
GRANT SELECT ON app.log_head TO psephos_app;
GRANT SELECT ON app.log_head TO psephos_auditor;
GRANT SELECT ON app.log_head TO psephos_door;
GRANT INSERT, SELECT, UPDATE ON app.log_head TO psephos_urn;
GRANT SELECT ON app.log_head TO psephos_worker;

CREATE TABLE app.mails (
  org_id uuid NOT NULL,
  mail_id uuid NOT NULL DEFAULT gen_random_uuid(),
  key text NOT NULL,
  recipient text NOT NULL,
  locale text NOT NULL,
  template text NOT NULL,
  data jsonb,
  priority smallint NOT NULL,
  status text NOT NULL DEFAULT 'waiting'::text,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  settled_at timestamp with time zone,
  answer text,
  CONSTRAINT mails_pkey PRIMARY KEY (org_id, mail_id),
  CONSTRAINT mails_check CHECK (((settled_at IS NULL) = (status = ANY (ARRAY['waiting'::text, 'sending'::text])))),
  CONSTRAINT mails_check1 CHECK (((data IS NOT NULL) OR (settled_at IS NOT NULL))),
  CONSTRAINT mails_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200))),
  CONSTRAINT mails_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'de'::text]))),
  CONSTRAINT mails_org_id_key_key UNIQUE (org_id, key),
  CONSTRAINT mails_priority_check CHECK (((priority >= 0) AND (priority <= 9))),
  CONSTRAINT mails_recipient_check CHECK (((length(recipient) >= 3) AND (length(recipient) <= 320))),
  CONSTRAINT mails_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'expired'::text])))
); -- owner: psephos_owner; commented
CREATE INDEX mails_due ON app.mails USING btree (priority, due_at) WHERE (status = ANY (ARRAY['waiting'::text, 'sending'::text]));
CREATE INDEX mails_settled ON app.mails USING btree (settled_at) WHERE (settled_at IS NOT NULL);
ALTER TABLE app.mails ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.mails FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.mails FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.mails TO psephos_door;

CREATE TABLE app.meeting_invitees (
  org_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  member_id uuid NOT NULL,
  invited_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT meeting_invitees_pkey PRIMARY KEY (org_id, meeting_id, member_id),
  CONSTRAINT meeting_invitees_org_id_meeting_id_fkey FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings(org_id, meeting_id) ON DELETE CASCADE,
  CONSTRAINT meeting_invitees_org_id_member_id_fkey FOREIGN KEY (org_id, member_id) REFERENCES app.members(org_id, member_id) ON DELETE CASCADE
); -- owner: psephos_owner; commented
ALTER TABLE app.meeting_invitees ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.meeting_invitees FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT ON app.meeting_invitees TO psephos_app;
GRANT SELECT ON app.meeting_invitees TO psephos_auditor;

CREATE TABLE app.meetings (
  org_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  title text NOT NULL,
  join_code text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  state text NOT NULL DEFAULT 'planned'::text,
  starts_at timestamp with time zone,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  sessions_end_at timestamp with time zone,
  sessions_cut boolean NOT NULL DEFAULT false,
  guests_allowed boolean NOT NULL DEFAULT true,
  waiting_room boolean NOT NULL DEFAULT false,
  name_required boolean NOT NULL DEFAULT true,
  proxy_limit integer,
  speakers_open boolean NOT NULL DEFAULT true,
  speaker_seconds integer,
  speakers_max integer,
  current_item_id uuid,
  CONSTRAINT meetings_pkey PRIMARY KEY (org_id, meeting_id),
  CONSTRAINT meetings_check CHECK (((state = 'ended'::text) = (ended_at IS NOT NULL))),
  CONSTRAINT meetings_check1 CHECK (((state = 'ended'::text) = (sessions_end_at IS NOT NULL))),
  CONSTRAINT meetings_join_code_check CHECK ((join_code ~ '^[A-Z0-9]{6,12}$'::text)),
  CONSTRAINT meetings_org_id_current_item_id_fkey FOREIGN KEY (org_id, current_item_id) REFERENCES app.agenda_items(org_id, item_id) ON DELETE SET NULL (current_item_id),
  CONSTRAINT meetings_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT meetings_proxy_limit_check CHECK ((proxy_limit >= 0)),
  CONSTRAINT meetings_speaker_seconds_check CHECK ((speaker_seconds > 0)),
  CONSTRAINT meetings_speakers_max_check CHECK ((speakers_max > 0)),
  CONSTRAINT meetings_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'live'::text, 'ended'::text]))),
  CONSTRAINT meetings_title_check CHECK (((length(title) >= 1) AND (length(title) <= 500)))
); -- owner: psephos_owner; commented
CREATE INDEX meetings_by_current_item ON app.meetings USING btree (org_id, current_item_id) WHERE (current_item_id IS NOT NULL);
CREATE UNIQUE INDEX meetings_by_join_code ON app.meetings USING btree (join_code);
CREATE INDEX meetings_to_cut ON app.meetings USING btree (sessions_end_at) WHERE ((sessions_end_at IS NOT NULL) AND (NOT sessions_cut));
ALTER TABLE app.meetings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.meetings FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.meetings FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.meetings TO psephos_app;
GRANT SELECT ON app.meetings TO psephos_auditor;
GRANT SELECT ON app.meetings TO psephos_door;
GRANT SELECT ON app.meetings TO psephos_urn;

CREATE TABLE app.member_import_rows (
  org_id uuid NOT NULL,
  import_id uuid NOT NULL,
  line integer NOT NULL,
  number text,
  name text,
  email text,
  roles text[],
  status text,
  weight bigint,
  group_ids uuid[],
  new_groups text[],
  note text,
  member_id uuid,
  action text,
  problem text,
  was text,
  CONSTRAINT member_import_rows_pkey PRIMARY KEY (org_id, import_id, line),
  CONSTRAINT member_import_rows_action_check CHECK ((action = ANY (ARRAY['new'::text, 'changed'::text, 'unchanged'::text]))),
  CONSTRAINT member_import_rows_org_id_import_id_fkey FOREIGN KEY (org_id, import_id) REFERENCES app.member_imports(org_id, import_id) ON DELETE CASCADE
); -- owner: psephos_owner; commented
CREATE INDEX member_import_rows_by_number ON app.member_import_rows USING btree (org_id, import_id, number);
ALTER TABLE app.member_import_rows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.member_import_rows FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.member_import_rows TO psephos_app;

CREATE TABLE app.member_imports (
  org_id uuid NOT NULL,
  import_id uuid NOT NULL,
  created_by uuid NOT NULL,
  report jsonb NOT NULL,
  digest text,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamp with time zone NOT NULL,
  accepted_at timestamp with time zone,
  CONSTRAINT member_imports_pkey PRIMARY KEY (org_id, import_id),
  CONSTRAINT member_imports_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
CREATE INDEX member_imports_by_expiry ON app.member_imports USING btree (expires_at);
ALTER TABLE app.member_imports ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.member_imports FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.member_imports FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.member_imports TO psephos_app;
GRANT DELETE, SELECT ON app.member_imports TO psephos_door;

CREATE TABLE app.member_invitations (
  org_id uuid NOT NULL,
  invitation_id uuid NOT NULL,
  member_id uuid NOT NULL,
  campaign text NOT NULL,
  email text NOT NULL,
  token_hash bytea NOT NULL,
  sent integer NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone,
  used_by uuid,
  revoked_at timestamp with time zone,
  CONSTRAINT member_invitations_pkey PRIMARY KEY (org_id, invitation_id),
  CONSTRAINT member_invitations_campaign_check CHECK (((length(campaign) >= 1) AND (length(campaign) <= 100))),
  CONSTRAINT member_invitations_org_id_member_id_campaign_key UNIQUE (org_id, member_id, campaign),
  CONSTRAINT member_invitations_org_id_member_id_fkey FOREIGN KEY (org_id, member_id) REFERENCES app.members(org_id, member_id) ON DELETE CASCADE,
  CONSTRAINT member_invitations_token_hash_check CHECK ((octet_length(token_hash) = 32))
); -- owner: psephos_owner; commented
CREATE INDEX member_invitations_by_age ON app.member_invitations USING btree (org_id, created_at, invitation_id);
CREATE INDEX member_invitations_by_token ON app.member_invitations USING btree (token_hash);
ALTER TABLE app.member_invitations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.member_invitations FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.member_invitations FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.member_invitations TO psephos_app;
GRANT SELECT ON app.member_invitations TO psephos_door;

CREATE TABLE app.member_lexicon (
  org_id uuid NOT NULL,
  word text NOT NULL,
  CONSTRAINT member_lexicon_pkey PRIMARY KEY (org_id, word),
  CONSTRAINT member_lexicon_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
CREATE INDEX member_lexicon_by_likeness ON app.member_lexicon USING gin (org_id, word extensions.gin_trgm_ops) WITH (fastupdate=off);
ALTER TABLE app.member_lexicon ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.member_lexicon FOR SELECT TO psephos_door USING (true);
CREATE POLICY door_erases ON app.member_lexicon FOR DELETE TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.member_lexicon FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT ON app.member_lexicon TO psephos_app;
GRANT DELETE, SELECT ON app.member_lexicon TO psephos_door;

CREATE TABLE app.member_words (
  org_id uuid NOT NULL,
  word text NOT NULL,
  member_id uuid NOT NULL,
  CONSTRAINT member_words_pkey PRIMARY KEY (org_id, word, member_id)
); -- owner: psephos_owner; commented
ALTER TABLE app.member_words ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.member_words FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.member_words FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT ON app.member_words TO psephos_app;
GRANT SELECT (org_id, word) ON app.member_words TO psephos_door;

CREATE TABLE app.members (
  org_id uuid NOT NULL,
  member_id uuid NOT NULL,
  account_id uuid,
  number text NOT NULL,
  name text NOT NULL,
  roles text[] NOT NULL DEFAULT '{member}'::text[],
  status text NOT NULL DEFAULT 'active'::text,
  weight bigint NOT NULL DEFAULT 1000000,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  email text,
  note text NOT NULL DEFAULT ''::text,
  changed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  sort_name text NOT NULL DEFAULT app.search_form(name),
  words text[] NOT NULL DEFAULT app.words_of_member(number, name, email),
  CONSTRAINT members_pkey PRIMARY KEY (org_id, member_id),
  CONSTRAINT members_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.accounts(account_id),
  CONSTRAINT members_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
  CONSTRAINT members_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT members_note_check CHECK ((length(note) <= 1000)),
  CONSTRAINT members_number_check CHECK (((length(number) >= 1) AND (length(number) <= 64))),
  CONSTRAINT members_org_id_account_id_key UNIQUE (org_id, account_id),
  CONSTRAINT members_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT members_org_id_number_key UNIQUE (org_id, number),
  CONSTRAINT members_roles_check CHECK (((roles <@ '{admin,sponsor,moderator,auditor,member}'::text[]) AND (cardinality(roles) > 0))),
  CONSTRAINT members_status_check CHECK ((status = ANY (ARRAY['invited'::text, 'active'::text, 'inactive'::text]))),
  CONSTRAINT members_weight_check CHECK (((weight >= 1) AND (weight <= '1000000000000'::bigint)))
); -- owner: psephos_owner; commented
CREATE INDEX members_by_account ON app.members USING btree (account_id) WHERE (account_id IS NOT NULL);
CREATE UNIQUE INDEX members_by_email ON app.members USING btree (org_id, email);
CREATE INDEX members_by_name ON app.members USING btree (org_id, sort_name, member_id);
CREATE INDEX members_by_status ON app.members USING btree (org_id, status, sort_name, member_id);
CREATE INDEX members_with_roles ON app.members USING btree (org_id, sort_name, member_id) WHERE (roles <> '{member}'::text[]);
ALTER TABLE app.members ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.members FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.members FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.members TO psephos_app;
GRANT SELECT ON app.members TO psephos_auditor;
GRANT SELECT (org_id, member_id, account_id, number, name, roles, status, weight, created_at) ON app.members TO psephos_door;
GRANT SELECT ON app.members TO psephos_urn;

CREATE TABLE app.notification_events (
  org_id uuid NOT NULL,
  event text NOT NULL,
  kind text NOT NULL,
  subject uuid NOT NULL,
  facts jsonb NOT NULL,
  worth_until timestamp with time zone,
  after_member_id uuid,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  spread_at timestamp with time zone,
  CONSTRAINT notification_events_pkey PRIMARY KEY (org_id, event),
  CONSTRAINT notification_events_event_check CHECK (((length(event) >= 1) AND (length(event) <= 120))),
  CONSTRAINT notification_events_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 40))),
  CONSTRAINT notification_events_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
CREATE INDEX notification_events_by_age ON app.notification_events USING btree (created_at);
CREATE INDEX notification_events_by_subject ON app.notification_events USING btree (org_id, subject, created_at);
CREATE INDEX notification_events_to_spread ON app.notification_events USING btree (org_id, created_at, event) WHERE (spread_at IS NULL);
ALTER TABLE app.notification_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.notification_events FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.notification_events FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT ON app.notification_events TO psephos_app;
GRANT UPDATE (after_member_id, spread_at) ON app.notification_events TO psephos_app;
GRANT DELETE, SELECT ON app.notification_events TO psephos_door;

CREATE TABLE app.notification_mutes (
  org_id uuid NOT NULL,
  member_id uuid NOT NULL,
  muted_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT notification_mutes_pkey PRIMARY KEY (org_id, member_id),
  CONSTRAINT notification_mutes_org_id_member_id_fkey FOREIGN KEY (org_id, member_id) REFERENCES app.members(org_id, member_id) ON DELETE CASCADE
); -- owner: psephos_owner; commented
ALTER TABLE app.notification_mutes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.notification_mutes FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT ON app.notification_mutes TO psephos_app;
GRANT SELECT ON app.notification_mutes TO psephos_auditor;

CREATE TABLE app.notification_preferences (
  account_id uuid NOT NULL,
  kinds jsonb NOT NULL,
  email boolean NOT NULL,
  delivery text NOT NULL,
  daily_hour smallint NOT NULL,
  quiet_from smallint,
  quiet_to smallint,
  time_zone text NOT NULL,
  changed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT notification_preferences_pkey PRIMARY KEY (account_id),
  CONSTRAINT notification_preferences_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.accounts(account_id),
  CONSTRAINT notification_preferences_check CHECK (((quiet_from IS NULL) = (quiet_to IS NULL))),
  CONSTRAINT notification_preferences_daily_hour_check CHECK (((daily_hour >= 0) AND (daily_hour <= 23))),
  CONSTRAINT notification_preferences_delivery_check CHECK ((delivery = ANY (ARRAY['at_once'::text, 'daily'::text]))),
  CONSTRAINT notification_preferences_quiet_from_check CHECK (((quiet_from >= 0) AND (quiet_from <= 1439))),
  CONSTRAINT notification_preferences_quiet_to_check CHECK (((quiet_to >= 0) AND (quiet_to <= 1439))),
  CONSTRAINT notification_preferences_time_zone_check CHECK (((length(time_zone) >= 1) AND (length(time_zone) <= 64)))
); -- owner: psephos_owner; commented
ALTER TABLE app.notification_preferences ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_members ON app.notification_preferences FOR SELECT TO psephos_app USING ((EXISTS ( SELECT FROM app.members m WHERE ((m.org_id = ( SELECT app.current_org() AS current_org)) AND (m.account_id = notification_preferences.account_id)))));
CREATE POLICY own_account ON app.notification_preferences FOR ALL TO PUBLIC USING ((account_id = ( SELECT app.current_account() AS current_account)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.notification_preferences TO psephos_app;

CREATE TABLE app.notifications (
  org_id uuid NOT NULL,
  notification_id uuid NOT NULL DEFAULT gen_random_uuid(),
  event text NOT NULL,
  member_id uuid NOT NULL,
  account_id uuid,
  in_app boolean NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  read_at timestamp with time zone,
  mail_due_at timestamp with time zone,
  CONSTRAINT notifications_pkey PRIMARY KEY (org_id, notification_id),
  CONSTRAINT notifications_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.accounts(account_id),
  CONSTRAINT notifications_org_id_event_fkey FOREIGN KEY (org_id, event) REFERENCES app.notification_events(org_id, event) ON DELETE CASCADE,
  CONSTRAINT notifications_org_id_event_member_id_key UNIQUE (org_id, event, member_id),
  CONSTRAINT notifications_org_id_member_id_fkey FOREIGN KEY (org_id, member_id) REFERENCES app.members(org_id, member_id) ON DELETE CASCADE
); -- owner: psephos_owner; commented
CREATE INDEX notifications_held ON app.notifications USING btree (mail_due_at) WHERE (mail_due_at IS NOT NULL);
CREATE INDEX notifications_of_account ON app.notifications USING btree (account_id, created_at DESC, notification_id DESC) WHERE in_app;
CREATE INDEX notifications_unread ON app.notifications USING btree (account_id) WHERE (in_app AND (read_at IS NULL));
ALTER TABLE app.notifications ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.notifications FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.notifications FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT ON app.notifications TO psephos_app;
GRANT UPDATE (mail_due_at) ON app.notifications TO psephos_app;
GRANT SELECT ON app.notifications TO psephos_door;
GRANT UPDATE (read_at) ON app.notifications TO psephos_door;

CREATE TABLE app.oidc_logins (
  state_hash bytea NOT NULL,
  nonce text NOT NULL,
  verifier bytea NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT oidc_logins_pkey PRIMARY KEY (state_hash),
  CONSTRAINT oidc_logins_state_hash_check CHECK ((octet_length(state_hash) = 32))
); -- owner: psephos_owner; commented
CREATE INDEX oidc_logins_by_expiry ON app.oidc_logins USING btree (expires_at);
ALTER TABLE app.oidc_logins ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.oidc_logins FOR ALL TO psephos_door USING (true);
GRANT DELETE, INSERT, SELECT ON app.oidc_logins TO psephos_door;

CREATE TABLE app.organisations (
  org_id uuid NOT NULL,
  parent_org_id uuid,
  name text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  locale text NOT NULL DEFAULT 'en'::text,
  time_zone text NOT NULL DEFAULT 'UTC'::text,
  CONSTRAINT organisations_pkey PRIMARY KEY (org_id),
  CONSTRAINT organisations_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'de'::text]))),
  CONSTRAINT organisations_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT organisations_parent_org_id_fkey FOREIGN KEY (parent_org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT organisations_time_zone_check CHECK (((length(time_zone) >= 1) AND (length(time_zone) <= 64)))
); -- owner: psephos_owner; commented
ALTER TABLE app.organisations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.organisations FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.organisations FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.organisations TO psephos_app;
GRANT SELECT ON app.organisations TO psephos_auditor;
GRANT SELECT ON app.organisations TO psephos_door;

CREATE TABLE app.pictures (
  org_id uuid NOT NULL,
  picture_id uuid NOT NULL,
  content bytea STORAGE EXTERNAL NOT NULL,
  width integer NOT NULL,
  height integer NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  used_at timestamp with time zone,
  CONSTRAINT pictures_pkey PRIMARY KEY (org_id, picture_id),
  CONSTRAINT pictures_content_check CHECK (((octet_length(content) >= 1) AND (octet_length(content) <= 2097152))),
  CONSTRAINT pictures_height_check CHECK (((height >= 1) AND (height <= 1600))),
  CONSTRAINT pictures_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT pictures_width_check CHECK (((width >= 1) AND (width <= 1600)))
); -- owner: psephos_owner; commented
CREATE UNIQUE INDEX pictures_by_id ON app.pictures USING btree (picture_id);
CREATE INDEX pictures_never_used ON app.pictures USING btree (created_at) WHERE (used_at IS NULL);
ALTER TABLE app.pictures ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.pictures FOR SELECT TO psephos_door USING (true);
CREATE POLICY door_erases ON app.pictures FOR DELETE TO psephos_door USING ((used_at IS NULL));
CREATE POLICY own_organisation ON app.pictures FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT ON app.pictures TO psephos_app;
GRANT UPDATE (used_at) ON app.pictures TO psephos_app;
GRANT SELECT ON app.pictures TO psephos_auditor;
GRANT DELETE, SELECT ON app.pictures TO psephos_door;

CREATE TABLE app.presence (
  org_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  gateway_id uuid NOT NULL,
  attendee_ids uuid[] NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT presence_pkey PRIMARY KEY (org_id, meeting_id, gateway_id),
  CONSTRAINT presence_org_id_meeting_id_fkey FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings(org_id, meeting_id)
); -- owner: psephos_owner; commented
ALTER TABLE app.presence ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.presence FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.presence FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.presence TO psephos_app;
GRANT DELETE, SELECT ON app.presence TO psephos_door;
GRANT DELETE, INSERT, SELECT, UPDATE ON app.presence TO psephos_urn;

CREATE TABLE app.proxies (
  org_id uuid NOT NULL,
  proxy_id uuid NOT NULL,
  grantor_id uuid NOT NULL,
  holder_id uuid NOT NULL,
  meeting_id uuid,
  state text NOT NULL,
  created_by uuid NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  accepted_at timestamp with time zone,
  revoked_at timestamp with time zone,
  CONSTRAINT proxies_pkey PRIMARY KEY (org_id, proxy_id),
  CONSTRAINT proxies_check CHECK ((grantor_id <> holder_id)),
  CONSTRAINT proxies_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT proxies_org_id_grantor_id_fkey FOREIGN KEY (org_id, grantor_id) REFERENCES app.members(org_id, member_id),
  CONSTRAINT proxies_org_id_holder_id_fkey FOREIGN KEY (org_id, holder_id) REFERENCES app.members(org_id, member_id),
  CONSTRAINT proxies_org_id_meeting_id_fkey FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings(org_id, meeting_id),
  CONSTRAINT proxies_state_check CHECK ((state = ANY (ARRAY['offered'::text, 'accepted'::text, 'revoked'::text])))
); -- owner: psephos_owner; commented
CREATE INDEX proxies_by_holder ON app.proxies USING btree (org_id, holder_id) WHERE (state <> 'revoked'::text);
CREATE INDEX proxies_by_meeting ON app.proxies USING btree (org_id, meeting_id);
CREATE UNIQUE INDEX proxies_once ON app.proxies USING btree (org_id, grantor_id, meeting_id) NULLS NOT DISTINCT WHERE (state <> 'revoked'::text);
ALTER TABLE app.proxies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.proxies FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.proxies TO psephos_app;
GRANT SELECT ON app.proxies TO psephos_auditor;
GRANT SELECT ON app.proxies TO psephos_urn;

CREATE TABLE app.proxy_settings (
  org_id uuid NOT NULL,
  holder_limit integer,
  CONSTRAINT proxy_settings_pkey PRIMARY KEY (org_id),
  CONSTRAINT proxy_settings_holder_limit_check CHECK ((holder_limit >= 0)),
  CONSTRAINT proxy_settings_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
ALTER TABLE app.proxy_settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.proxy_settings FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.proxy_settings TO psephos_app;
GRANT SELECT ON app.proxy_settings TO psephos_auditor;

CREATE TABLE app.push_messages (
  org_id uuid NOT NULL,
  notification_id uuid NOT NULL,
  account_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  due_at timestamp with time zone NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  worth_until timestamp with time zone NOT NULL,
  CONSTRAINT push_messages_pkey PRIMARY KEY (org_id, notification_id, subscription_id),
  CONSTRAINT push_messages_account_id_subscription_id_fkey FOREIGN KEY (account_id, subscription_id) REFERENCES app.push_subscriptions(account_id, subscription_id) ON DELETE CASCADE,
  CONSTRAINT push_messages_org_id_notification_id_fkey FOREIGN KEY (org_id, notification_id) REFERENCES app.notifications(org_id, notification_id) ON DELETE CASCADE
); -- owner: psephos_owner; commented
CREATE INDEX push_messages_by_subscription ON app.push_messages USING btree (account_id, subscription_id);
CREATE INDEX push_messages_due ON app.push_messages USING btree (due_at);
ALTER TABLE app.push_messages ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.push_messages FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.push_messages FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.push_messages TO psephos_door;

CREATE TABLE app.push_subscriptions (
  account_id uuid NOT NULL,
  subscription_id uuid NOT NULL DEFAULT gen_random_uuid(),
  endpoint text NOT NULL,
  p256dh text NOT NULL,
  auth text NOT NULL,
  user_agent text NOT NULL DEFAULT ''::text,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT push_subscriptions_pkey PRIMARY KEY (account_id, subscription_id),
  CONSTRAINT push_subscriptions_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.accounts(account_id),
  CONSTRAINT push_subscriptions_auth_check CHECK ((length(auth) <= 50)),
  CONSTRAINT push_subscriptions_endpoint_check CHECK (((length(endpoint) >= 8) AND (length(endpoint) <= 1000))),
  CONSTRAINT push_subscriptions_p256dh_check CHECK ((length(p256dh) <= 100)),
  CONSTRAINT push_subscriptions_user_agent_check CHECK ((length(user_agent) <= 256))
); -- owner: psephos_owner; commented
CREATE UNIQUE INDEX push_subscriptions_once ON app.push_subscriptions USING btree (account_id, endpoint);
ALTER TABLE app.push_subscriptions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.push_subscriptions FOR ALL TO psephos_door USING (true);
CREATE POLICY own_account ON app.push_subscriptions FOR ALL TO PUBLIC USING ((account_id = ( SELECT app.current_account() AS current_account)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.push_subscriptions TO psephos_app;
GRANT DELETE, SELECT ON app.push_subscriptions TO psephos_door;

CREATE TABLE app.queue_stats (
  queue text NOT NULL,
  waiting bigint NOT NULL,
  active bigint NOT NULL,
  delayed bigint NOT NULL,
  failed bigint NOT NULL,
  done bigint NOT NULL,
  oldest_age_ms bigint NOT NULL,
  measured_at timestamp with time zone NOT NULL,
  CONSTRAINT queue_stats_pkey PRIMARY KEY (queue)
); -- owner: psephos_owner; commented
ALTER TABLE app.queue_stats ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON app.queue_stats FOR SELECT TO PUBLIC USING (true);
CREATE POLICY worker ON app.queue_stats FOR ALL TO psephos_worker USING (true);
GRANT SELECT ON app.queue_stats TO psephos_app;
GRANT SELECT ON app.queue_stats TO psephos_auditor;
GRANT DELETE, INSERT, SELECT, UPDATE ON app.queue_stats TO psephos_worker;

CREATE TABLE app.quotas (
  org_id uuid NOT NULL,
  credentials bigint,
  ballots bigint,
  allocations bigint,
  changed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT quotas_pkey PRIMARY KEY (org_id),
  CONSTRAINT quotas_allocations_check CHECK ((allocations >= 0)),
  CONSTRAINT quotas_ballots_check CHECK ((ballots >= 0)),
  CONSTRAINT quotas_credentials_check CHECK ((credentials >= 0)),
  CONSTRAINT quotas_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
ALTER TABLE app.quotas ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.quotas FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.quotas FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.quotas TO psephos_app;
GRANT SELECT ON app.quotas TO psephos_auditor;
GRANT SELECT ON app.quotas TO psephos_door;
GRANT SELECT ON app.quotas TO psephos_urn;

CREATE TABLE app.rate_limits (
  key text NOT NULL,
  points bigint NOT NULL,
  ends_at timestamp with time zone NOT NULL,
  CONSTRAINT rate_limits_pkey PRIMARY KEY (key),
  CONSTRAINT rate_limits_key_check CHECK ((length(key) <= 128)),
  CONSTRAINT rate_limits_points_check CHECK ((points >= 0))
); -- owner: psephos_owner; commented
CREATE INDEX rate_limits_by_end ON app.rate_limits USING btree (ends_at);
ALTER TABLE app.rate_limits ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.rate_limits FOR ALL TO psephos_door USING (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON app.rate_limits TO psephos_door;

CREATE TABLE app.relay_cursors (
  org_id uuid NOT NULL,
  pos bigint NOT NULL,
  CONSTRAINT relay_cursors_pkey PRIMARY KEY (org_id),
  CONSTRAINT relay_cursors_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
) WITH (fillfactor=50); -- owner: psephos_owner; commented
ALTER TABLE app.relay_cursors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.relay_cursors FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
CREATE POLICY worker ON app.relay_cursors FOR ALL TO psephos_worker USING (true);
GRANT SELECT ON app.relay_cursors TO psephos_app;
GRANT SELECT ON app.relay_cursors TO psephos_auditor;
GRANT DELETE, INSERT, SELECT, UPDATE ON app.relay_cursors TO psephos_worker;

CREATE TABLE app.results (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  result jsonb NOT NULL,
  tally_digest bytea NOT NULL,
  counted_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  paper_version integer NOT NULL DEFAULT 0,
  CONSTRAINT results_pkey PRIMARY KEY (org_id, election_id),
  CONSTRAINT results_org_id_election_id_fkey FOREIGN KEY (org_id, election_id) REFERENCES app.elections(org_id, election_id),
  CONSTRAINT results_tally_digest_check CHECK ((octet_length(tally_digest) = 32))
); -- owner: psephos_owner; commented
ALTER TABLE app.results ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.results FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.results TO psephos_app;
GRANT SELECT ON app.results TO psephos_auditor;
GRANT INSERT, SELECT, UPDATE ON app.results TO psephos_urn;

CREATE TABLE app.search_dirty (
  org_id uuid NOT NULL,
  version bigint NOT NULL DEFAULT nextval('app.search_version'::regclass),
  kind text NOT NULL,
  id uuid NOT NULL,
  CONSTRAINT search_dirty_pkey PRIMARY KEY (org_id, version),
  CONSTRAINT search_dirty_kind_check CHECK ((kind ~ '^[a-z]{1,32}$'::text)),
  CONSTRAINT search_dirty_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
ALTER TABLE app.search_dirty ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.search_dirty FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.search_dirty FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT ON app.search_dirty TO psephos_app;
GRANT INSERT, SELECT ON app.search_dirty TO psephos_door;

CREATE TABLE app.search_documents (
  org_id uuid NOT NULL,
  kind text NOT NULL,
  id uuid NOT NULL,
  version bigint NOT NULL,
  language text NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  meeting_id uuid,
  state text NOT NULL,
  draft boolean NOT NULL,
  at timestamp with time zone NOT NULL,
  words text[] NOT NULL,
  title_vector tsvector NOT NULL,
  vector tsvector NOT NULL,
  audience text[] NOT NULL,
  campaign_id uuid,
  tags text[] NOT NULL,
  submitter_name text,
  coin_count bigint,
  context_id text,
  CONSTRAINT search_documents_pkey PRIMARY KEY (org_id, kind, id),
  CONSTRAINT search_documents_language_check CHECK ((language = ANY (ARRAY['en'::text, 'de'::text, 'es'::text, 'pl'::text]))),
  CONSTRAINT search_documents_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
CREATE INDEX search_documents_by_coins ON app.search_documents USING btree (org_id, coin_count DESC, at DESC, id) WHERE (coin_count IS NOT NULL);
CREATE INDEX search_documents_by_word ON app.search_documents USING gin (org_id, vector) WITH (fastupdate=off);
CREATE INDEX search_documents_newest ON app.search_documents USING btree (org_id, at DESC, id);
CREATE INDEX search_documents_of_campaign_by_coins ON app.search_documents USING btree (org_id, campaign_id, coin_count DESC, at DESC, id) WHERE (coin_count IS NOT NULL);
CREATE INDEX search_documents_of_campaign_newest ON app.search_documents USING btree (org_id, campaign_id, at DESC, id) WHERE (campaign_id IS NOT NULL);
ALTER TABLE app.search_documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.search_documents FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.search_documents FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.search_documents TO psephos_app;
GRANT SELECT ON app.search_documents TO psephos_door;

CREATE TABLE app.search_lexicon (
  org_id uuid NOT NULL,
  word text NOT NULL,
  documents integer NOT NULL,
  CONSTRAINT search_lexicon_pkey PRIMARY KEY (org_id, word),
  CONSTRAINT search_lexicon_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
CREATE INDEX search_lexicon_by_likeness ON app.search_lexicon USING gin (org_id, word extensions.gin_trgm_ops) WITH (fastupdate=off);
ALTER TABLE app.search_lexicon ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.search_lexicon FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.search_lexicon FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.search_lexicon TO psephos_app;
GRANT SELECT ON app.search_lexicon TO psephos_door;

CREATE TABLE app.search_outbox (
  org_id uuid NOT NULL,
  kind text NOT NULL,
  id uuid NOT NULL,
  version bigint NOT NULL,
  CONSTRAINT search_outbox_pkey PRIMARY KEY (org_id, kind, id),
  CONSTRAINT search_outbox_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
ALTER TABLE app.search_outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.search_outbox FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.search_outbox FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.search_outbox TO psephos_app;
GRANT SELECT ON app.search_outbox TO psephos_door;

CREATE TABLE app.search_retries (
  org_id uuid NOT NULL,
  retry_at timestamp with time zone NOT NULL,
  CONSTRAINT search_retries_pkey PRIMARY KEY (org_id),
  CONSTRAINT search_retries_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
ALTER TABLE app.search_retries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.search_retries FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.search_retries FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.search_retries TO psephos_app;
GRANT SELECT ON app.search_retries TO psephos_door;

CREATE TABLE app.server_secrets (
  name text NOT NULL,
  value bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT server_secrets_pkey PRIMARY KEY (name),
  CONSTRAINT server_secrets_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64))),
  CONSTRAINT server_secrets_value_check CHECK ((octet_length(value) >= 32))
); -- owner: psephos_owner; commented
ALTER TABLE app.server_secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.server_secrets FOR ALL TO psephos_door USING (true);
GRANT INSERT, SELECT ON app.server_secrets TO psephos_door;

CREATE TABLE app.signed_requests (
  org_id uuid NOT NULL,
  key_id uuid NOT NULL,
  signature bytea NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT signed_requests_pkey PRIMARY KEY (org_id, key_id, signature),
  CONSTRAINT signed_requests_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT signed_requests_signature_check CHECK ((octet_length(signature) = 32))
); -- owner: psephos_owner; commented
CREATE INDEX signed_requests_by_expiry ON app.signed_requests USING btree (org_id, expires_at);
ALTER TABLE app.signed_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.signed_requests FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT ON app.signed_requests TO psephos_app;
GRANT SELECT ON app.signed_requests TO psephos_auditor;

CREATE TABLE app.signing_keys (
  kid text NOT NULL,
  public_jwk jsonb NOT NULL,
  private_key bytea NOT NULL,
  uses_from timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT signing_keys_pkey PRIMARY KEY (kid),
  CONSTRAINT signing_keys_kid_check CHECK (((length(kid) >= 8) AND (length(kid) <= 64)))
); -- owner: psephos_owner; commented
ALTER TABLE app.signing_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.signing_keys FOR ALL TO psephos_door USING (true);
GRANT DELETE, INSERT, SELECT ON app.signing_keys TO psephos_door;

CREATE TABLE app.socket_tickets (
  org_id uuid NOT NULL,
  ticket_hash bytea NOT NULL,
  identity jsonb NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT socket_tickets_pkey PRIMARY KEY (org_id, ticket_hash),
  CONSTRAINT socket_tickets_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT socket_tickets_ticket_hash_check CHECK ((octet_length(ticket_hash) = 32))
); -- owner: psephos_owner; commented
CREATE INDEX socket_tickets_by_expiry ON app.socket_tickets USING btree (org_id, expires_at);
CREATE INDEX socket_tickets_by_hash ON app.socket_tickets USING btree (ticket_hash);
ALTER TABLE app.socket_tickets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.socket_tickets FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.socket_tickets FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.socket_tickets TO psephos_app;
GRANT DELETE, SELECT ON app.socket_tickets TO psephos_door;
GRANT DELETE, SELECT ON app.socket_tickets TO psephos_urn;

CREATE TABLE app.speakers (
  org_id uuid NOT NULL,
  speaker_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  attendee_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'waiting'::text,
  position integer NOT NULL,
  asked_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  CONSTRAINT speakers_pkey PRIMARY KEY (org_id, speaker_id),
  CONSTRAINT speakers_org_id_attendee_id_fkey FOREIGN KEY (org_id, attendee_id) REFERENCES app.attendees(org_id, attendee_id),
  CONSTRAINT speakers_org_id_meeting_id_fkey FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings(org_id, meeting_id),
  CONSTRAINT speakers_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'speaking'::text, 'done'::text, 'withdrawn'::text])))
); -- owner: psephos_owner; commented
CREATE UNIQUE INDEX speakers_once ON app.speakers USING btree (org_id, meeting_id, attendee_id) WHERE (state = ANY (ARRAY['waiting'::text, 'speaking'::text]));
CREATE UNIQUE INDEX speakers_one_speaks ON app.speakers USING btree (org_id, meeting_id) WHERE (state = 'speaking'::text);
ALTER TABLE app.speakers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.speakers FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.speakers TO psephos_app;
GRANT SELECT ON app.speakers TO psephos_auditor;

CREATE TABLE app.upkeep_tasks (
  org_id uuid NOT NULL,
  task text NOT NULL,
  begun_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  succeeded_at timestamp with time zone,
  problem text,
  summary jsonb NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT upkeep_tasks_pkey PRIMARY KEY (org_id, task),
  CONSTRAINT upkeep_tasks_problem_check CHECK ((length(problem) <= 1000)),
  CONSTRAINT upkeep_tasks_task_check CHECK (((length(task) >= 1) AND (length(task) <= 40)))
); -- owner: psephos_owner; commented
ALTER TABLE app.upkeep_tasks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.upkeep_tasks FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.upkeep_tasks FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.upkeep_tasks TO psephos_door;

CREATE TABLE app.usage (
  org_id uuid NOT NULL,
  month date NOT NULL,
  metric text NOT NULL,
  amount bigint NOT NULL,
  CONSTRAINT usage_pkey PRIMARY KEY (org_id, month, metric),
  CONSTRAINT usage_amount_check CHECK ((amount >= 0)),
  CONSTRAINT usage_metric_check CHECK ((metric = ANY (ARRAY['credentials'::text, 'ballots'::text, 'allocations'::text]))),
  CONSTRAINT usage_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric)),
  CONSTRAINT usage_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
) WITH (fillfactor=50); -- owner: psephos_owner; commented
ALTER TABLE app.usage ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.usage FOR SELECT TO psephos_door USING (true);
CREATE POLICY door_erases ON app.usage FOR DELETE TO psephos_door USING ((month < date_trunc('month'::text, (statement_timestamp() AT TIME ZONE 'UTC'::text))));
CREATE POLICY own_organisation ON app.usage FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.usage TO psephos_app;
GRANT SELECT ON app.usage TO psephos_auditor;
GRANT DELETE, SELECT ON app.usage TO psephos_door;
GRANT INSERT, SELECT, UPDATE ON app.usage TO psephos_urn;

CREATE TABLE app.webhook_cursors (
  org_id uuid NOT NULL,
  pos bigint NOT NULL,
  CONSTRAINT webhook_cursors_pkey PRIMARY KEY (org_id),
  CONSTRAINT webhook_cursors_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
ALTER TABLE app.webhook_cursors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.webhook_cursors FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
CREATE POLICY worker ON app.webhook_cursors FOR SELECT TO psephos_worker USING (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON app.webhook_cursors TO psephos_app;
GRANT SELECT ON app.webhook_cursors TO psephos_worker;

CREATE TABLE app.webhook_deliveries (
  org_id uuid NOT NULL,
  delivery_id uuid NOT NULL DEFAULT gen_random_uuid(),
  webhook_id uuid NOT NULL,
  event_id text NOT NULL,
  kind text NOT NULL,
  seq bigint NOT NULL,
  body text NOT NULL,
  status text NOT NULL DEFAULT 'waiting'::text,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  retry_until timestamp with time zone NOT NULL,
  response_status integer,
  response_excerpt text,
  latency_ms integer,
  problem text,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  attempted_at timestamp with time zone,
  settled_at timestamp with time zone,
  CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (org_id, delivery_id),
  CONSTRAINT webhook_deliveries_body_check CHECK ((octet_length(body) <= 65536)),
  CONSTRAINT webhook_deliveries_org_id_webhook_id_event_id_key UNIQUE (org_id, webhook_id, event_id),
  CONSTRAINT webhook_deliveries_org_id_webhook_id_fkey FOREIGN KEY (org_id, webhook_id) REFERENCES app.webhooks(org_id, webhook_id) ON DELETE CASCADE,
  CONSTRAINT webhook_deliveries_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text])))
); -- owner: psephos_owner; commented
CREATE INDEX webhook_deliveries_by_webhook ON app.webhook_deliveries USING btree (org_id, webhook_id, seq);
CREATE INDEX webhook_deliveries_order ON app.webhook_deliveries USING btree (org_id, webhook_id, seq) WHERE (status = 'waiting'::text);
CREATE INDEX webhook_deliveries_settled ON app.webhook_deliveries USING btree (settled_at) WHERE (settled_at IS NOT NULL);
CREATE INDEX webhook_deliveries_waiting ON app.webhook_deliveries USING btree (org_id, webhook_id, due_at) WHERE (status = 'waiting'::text);
ALTER TABLE app.webhook_deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.webhook_deliveries FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.webhook_deliveries FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.webhook_deliveries TO psephos_app;
GRANT SELECT (org_id, delivery_id, webhook_id, event_id, kind, status, attempts, response_status, created_at, settled_at) ON app.webhook_deliveries TO psephos_auditor;
GRANT DELETE, SELECT, UPDATE ON app.webhook_deliveries TO psephos_door;

CREATE TABLE app.webhook_milestones (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  cast_count bigint NOT NULL,
  roll bigint NOT NULL,
  reached smallint NOT NULL,
  CONSTRAINT webhook_milestones_pkey PRIMARY KEY (org_id, election_id),
  CONSTRAINT webhook_milestones_org_id_election_id_fkey FOREIGN KEY (org_id, election_id) REFERENCES app.elections(org_id, election_id) ON DELETE CASCADE,
  CONSTRAINT webhook_milestones_reached_check CHECK (((reached >= 0) AND (reached <= 100)))
); -- owner: psephos_owner; commented
ALTER TABLE app.webhook_milestones ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.webhook_milestones FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.webhook_milestones TO psephos_app;

CREATE TABLE app.webhooks (
  org_id uuid NOT NULL,
  webhook_id uuid NOT NULL,
  url text NOT NULL,
  description text NOT NULL DEFAULT ''::text,
  events text[] NOT NULL,
  secret text NOT NULL,
  previous_secret text,
  previous_until timestamp with time zone,
  state text NOT NULL DEFAULT 'active'::text,
  disabled_reason text,
  failing_since timestamp with time zone,
  from_pos bigint NOT NULL,
  next_at timestamp with time zone,
  busy_until timestamp with time zone,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT webhooks_pkey PRIMARY KEY (org_id, webhook_id),
  CONSTRAINT webhooks_description_check CHECK ((length(description) <= 200)),
  CONSTRAINT webhooks_events_check CHECK ((cardinality(events) > 0)),
  CONSTRAINT webhooks_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT webhooks_state_check CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text]))),
  CONSTRAINT webhooks_url_check CHECK (((length(url) >= 8) AND (length(url) <= 2000)))
); -- owner: psephos_owner; commented
CREATE INDEX webhooks_due ON app.webhooks USING btree (next_at) WHERE ((state = 'active'::text) AND (next_at IS NOT NULL));
ALTER TABLE app.webhooks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.webhooks FOR ALL TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.webhooks FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, UPDATE ON app.webhooks TO psephos_app;
GRANT SELECT (org_id, webhook_id, url, description, events, previous_until, state, disabled_reason, failing_since, from_pos, next_at, busy_until, created_by, created_at) ON app.webhooks TO psephos_app;
GRANT SELECT (org_id, webhook_id, url, description, events, previous_until, state, disabled_reason, failing_since, from_pos, next_at, busy_until, created_by, created_at) ON app.webhooks TO psephos_auditor;
GRANT SELECT, UPDATE ON app.webhooks TO psephos_door;

CREATE FUNCTION app.accept_member_import(p_org uuid, p_import uuid, p_actor uuid)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; enable_nestloop=off; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.analyse_most_changed(p_rows bigint, p_done text[])
  RETURNS text
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: psephos_urn

CREATE FUNCTION app.audit_coins(p_org uuid, p_campaign uuid)
  RETURNS TABLE(what text, who uuid, expected bigint, found bigint)
  LANGUAGE plpgsql STABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.audit_masked(p_values jsonb, p_secret text[])
  RETURNS jsonb
  LANGUAGE sql IMMUTABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: its owner alone

CREATE FUNCTION app.audit_months(p_before date)
  RETURNS TABLE(month date)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.audit_refuse()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: its owner alone

CREATE FUNCTION app.audit_stage()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; TimeZone=UTC; -- owner: psephos_owner; executed by: its owner alone

CREATE FUNCTION app.audit_stage_count()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: its owner alone

CREATE FUNCTION app.audit_table(p_table text, p_keys text, p_subject text, p_person text, p_secret text, p_ignored text)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: its owner alone

CREATE FUNCTION app.campaign_movements(p_org uuid, p_campaign uuid, p_pos bigint)
  RETURNS TABLE(holder uuid, kind text, amount bigint, at timestamp with time zone)
  LANGUAGE sql STABLE SET search_path=pg_catalog, pg_temp; enable_nestloop=off; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.compare_member_import(p_org uuid, p_import uuid, p_gives_roles boolean)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; enable_seqscan=off; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.current_account()
  RETURNS uuid
  LANGUAGE sql STABLE; -- owner: psephos_owner; executed by: psephos_app, psephos_auditor, psephos_door, psephos_urn, psephos_worker

CREATE FUNCTION app.current_org()
  RETURNS uuid
  LANGUAGE sql STABLE; -- owner: psephos_owner; executed by: psephos_app, psephos_auditor, psephos_door, psephos_urn, psephos_worker

CREATE FUNCTION app.drop_audit_month(p_month date)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; TimeZone=UTC; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.drop_log_partition(p_months integer)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; TimeZone=UTC; lock_timeout=250ms; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.follow_search(p_table regclass, p_kind text, p_id name, p_key name, p_columns name[])
  RETURNS void
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: its owner alone

CREATE FUNCTION app.highest_member_number(p_org uuid)
  RETURNS bigint
  LANGUAGE sql STABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.index_members()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; enable_nestloop=on; -- owner: psephos_owner; executed by: its owner alone

CREATE FUNCTION app.is_last_admin(p_org uuid, p_going uuid[])
  RETURNS boolean
  LANGUAGE sql STABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.lock_members(p_org uuid)
  RETURNS void
  LANGUAGE sql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.make_audit_partitions(p_ahead integer)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.make_log_partitions(p_ahead integer)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.make_month_partitions(p_parent text, p_at text, p_kept boolean, p_ahead integer)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; TimeZone=UTC; -- owner: psephos_owner; executed by: its owner alone

CREATE FUNCTION app.put_search_documents(p_org uuid, p_documents jsonb, p_gone jsonb, p_outbox boolean)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.rebuild_campaign_statistics(p_org uuid, p_campaign uuid, p_pos bigint)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; enable_nestloop=off; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.refresh_statistics(p_rows bigint, p_done text[])
  RETURNS text
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.search_configuration(p_language text)
  RETURNS regconfig
  LANGUAGE sql IMMUTABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: psephos_app, psephos_door

CREATE FUNCTION app.search_form(p_text text)
  RETURNS text
  LANGUAGE plpgsql IMMUTABLE; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.search_stems(p_language text, p_title text, p_body text)
  RETURNS tsvector
  LANGUAGE sql STABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.small_letters(p_text text)
  RETURNS text
  LANGUAGE sql IMMUTABLE; -- owner: psephos_owner; executed by: psephos_app

CREATE FUNCTION app.words_of_member(p_number text, p_name text, p_email text)
  RETURNS text[]
  LANGUAGE plpgsql IMMUTABLE; -- owner: psephos_owner; executed by: psephos_app

-- --------------------------------------------------------------------------------------------------------------------
CREATE SCHEMA door; -- owner: psephos_owner
GRANT USAGE ON SCHEMA door TO psephos_app;
GRANT CREATE, USAGE ON SCHEMA door TO psephos_door;
GRANT USAGE ON SCHEMA door TO psephos_worker;

CREATE FUNCTION door.add_audit_key(p_kid text, p_public bytea, p_private bytea, p_newest text)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.add_signing_key(p_kid text, p_public jsonb, p_private bytea, p_period interval, p_ahead interval, p_kept interval, p_now boolean)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.audit_append(p_org uuid, p_chained_at timestamp with time zone, p_prev bytea, p_entries jsonb)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.audit_begin(p_org uuid)
  RETURNS TABLE(seq bigint, entry_hash bytea, now text)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.audit_chains(p_day date)
  RETURNS TABLE(org_id uuid, seq bigint, head_seq bigint, today boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.audit_erase(p_org uuid, p_persons uuid[])
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.audit_keys()
  RETURNS TABLE(kid text, public_key bytea, private_key bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.audit_note(p_org uuid, p_act text, p_subject text, p_facts jsonb)
  RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.audit_staged_behind(p_limit integer)
  RETURNS TABLE(org_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.begin_oidc_login(p_state_hash bytea, p_nonce text, p_verifier bytea, p_lasts interval)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.begin_upkeep(p_task text, p_pause_ms double precision, p_longest_ms double precision)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.campaigns_to_remind(p_most_ms double precision, p_least_ms double precision, p_limit integer)
  RETURNS TABLE(org_id uuid, id uuid, change text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.changes_behind(p_limit integer)
  RETURNS TABLE(queue text, org_id uuid)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_worker

CREATE FUNCTION door.claim_mails(p_count integer, p_lease_ms integer)
  RETURNS TABLE(org_id uuid, mail_id uuid, recipient text, locale text, template text, data jsonb, attempts integer)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.claim_pushes(p_count integer, p_lease_ms integer)
  RETURNS TABLE(org_id uuid, notification_id uuid, subscription_id uuid, attempts integer, endpoint text, p256dh text, auth text, worth_until timestamp with time zone, locale text, organisation text, time_zone text, kind text, subject uuid, facts jsonb)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.claim_webhook_deliveries(p_count integer, p_lease_ms integer)
  RETURNS TABLE(org_id uuid, webhook_id uuid, delivery_id uuid, url text, secret text, previous_secret text, event_id text, kind text, body text, attempts integer)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.clear_rate_limits(p_forgotten_ms bigint)
  RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.coins_to_tell(p_limit integer)
  RETURNS TABLE(org_id uuid, idea_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.due_campaigns()
  RETURNS TABLE(org_id uuid, id uuid, act text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.due_elections(p_ahead_ms double precision DEFAULT 0)
  RETURNS TABLE(org_id uuid, election_id uuid, act text, in_ms double precision)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.embedded_ideas(p_campaign uuid, p_context text, p_limit integer)
  RETURNS jsonb
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.end_upkeep(p_task text, p_problem text, p_summary jsonb)
  RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.enqueue_mails(p_mails jsonb)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.erase_member_imports()
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_account_identity(p_issuer text, p_subject text)
  RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_account_session(p_session uuid, p_org uuid)
  RETURNS TABLE(account_id uuid, platform_admin boolean, revoked boolean, expired boolean, org_id uuid, member_id uuid, roles text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_account_token(p_hash bytea)
  RETURNS TABLE(account_id uuid, purpose text, email text, used boolean, expired boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_api_key(p_hash bytea)
  RETURNS TABLE(org_id uuid, key_id uuid, maker_id uuid, roles text[], scopes text[], signed boolean, requests_per_second integer, expires_at timestamp with time zone, expired boolean, revoked boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_election(p_election uuid)
  RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_invitation(p_hash bytea)
  RETURNS TABLE(org_id uuid, invitation_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_login(p_email text)
  RETURNS TABLE(account_id uuid, display_name text, locale text, verified boolean, password_hash text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_meeting(p_code text)
  RETURNS TABLE(org_id uuid, meeting_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_picture(p_picture uuid)
  RETURNS TABLE(org_id uuid, content bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_session(p_hash bytea)
  RETURNS TABLE(org_id uuid, attendee_id uuid, meeting_id uuid, member_id uuid, role text, state text, expires_at timestamp with time zone, expired boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_signing_key(p_key uuid)
  RETURNS TABLE(org_id uuid, key_id uuid, maker_id uuid, roles text[], scopes text[], signed boolean, requests_per_second integer, expires_at timestamp with time zone, expired boolean, revoked boolean, generation integer, previous_until timestamp with time zone, previous boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.forget_ended(p_sessions_ms double precision, p_answers_ms double precision)
  RETURNS TABLE(sessions bigint, answers bigint, tickets bigint)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.forget_points(p_key text)
  RETURNS boolean
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.forget_sessions(p_seconds double precision)
  RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.forget_unproven_accounts(p_age_ms bigint, p_limit integer)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.forget_unused_pictures(p_age_ms bigint, p_limit integer)
  RETURNS integer
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.forget_unused_words(p_limit integer)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.forget_usage(p_months integer)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.keep_audit_archive(p_org uuid, p_month date, p_from bigint, p_to bigint, p_last bytea, p_file bytea)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.keep_audit_check(p_org uuid, p_seq bigint, p_hash bytea, p_entries bigint, p_problem text)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.keep_audit_head(p_org uuid, p_day date, p_seq bigint, p_hash bytea, p_at timestamp with time zone, p_kid text, p_signature bytea)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.log_heads(p_orgs uuid[])
  RETURNS TABLE(org_id uuid, pos bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.meetings_to_cut()
  RETURNS TABLE(org_id uuid, meeting_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.note_campaign_ideas()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_owner

CREATE FUNCTION door.note_search_changes()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_owner

CREATE FUNCTION door.note_search_locale()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_owner

CREATE FUNCTION door.note_submitted_ideas()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_owner

CREATE FUNCTION door.note_tagged_ideas()
  RETURNS trigger
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_owner

CREATE FUNCTION door.notifications_waiting(p_limit integer)
  RETURNS TABLE(org_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.open_elections()
  RETURNS TABLE(org_id uuid, election_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.organisations_with_elections()
  RETURNS TABLE(org_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.own_memberships()
  RETURNS TABLE(org_id uuid, name text, member_id uuid, number text, member_name text, roles text[], status text, weight bigint, created_at timestamp with time zone)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.own_notifications(p_unread boolean, p_after uuid, p_limit integer)
  RETURNS TABLE(notification_id uuid, org_id uuid, organisation text, kind text, subject uuid, facts jsonb, created_at timestamp with time zone, read_at timestamp with time zone)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.own_unread()
  RETURNS integer
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.points_taken(p_key text)
  RETURNS TABLE(points bigint, left_ms double precision)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.queue_pushes(p_pushes jsonb)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.read_notifications(p_ids uuid[], p_until timestamp with time zone)
  RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.redeem_ticket(p_hash bytea)
  RETURNS TABLE(org_id uuid, identity jsonb, expired boolean)
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.reminders_due(p_most_ms double precision, p_least_ms double precision, p_limit integer)
  RETURNS TABLE(org_id uuid, election_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.revocations(p_since timestamp with time zone)
  RETURNS TABLE(org_id uuid, pos bigint, id uuid, ends_at timestamp with time zone, age_ms double precision, now timestamp with time zone)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.rotate_webhook_secret(p_org uuid, p_webhook uuid, p_secret text, p_overlap_ms double precision)
  RETURNS TABLE(previous_until timestamp with time zone)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.search(p_words text[], p_raws text[], p_languages text[], p_kinds text[], p_draft_kinds text[], p_meeting uuid, p_audience text[], p_campaign uuid, p_only_kinds text[], p_state text, p_tag text, p_sort text, p_offset integer, p_limit integer, p_most integer)
  RETURNS jsonb
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.search_alternatives(p_word text, p_count integer)
  RETURNS text[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; enable_seqscan=off; -- owner: psephos_door; executed by: its owner alone

CREATE FUNCTION door.search_dirty_behind(p_count integer)
  RETURNS TABLE(org_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.search_first(p_query tsquery, p_kinds text[], p_draft_kinds text[], p_meeting uuid, p_audience text[], p_campaign uuid, p_coins boolean, p_rows integer, p_limit integer)
  RETURNS TABLE(kind text, id uuid, state text, at timestamp with time zone, tags text[], coin_count bigint, title_vector tsvector)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; enable_seqscan=off; enable_bitmapscan=off; enable_sort=off; -- owner: psephos_door; executed by: its owner alone

CREATE FUNCTION door.search_matches(p_query tsquery, p_kinds text[], p_draft_kinds text[], p_meeting uuid, p_audience text[], p_campaign uuid, p_limit integer)
  RETURNS TABLE(kind text, id uuid, state text, at timestamp with time zone, tags text[], coin_count bigint, title_vector tsvector)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; enable_seqscan=off; enable_indexscan=off; -- owner: psephos_door; executed by: its owner alone

CREATE FUNCTION door.search_organisations(p_after uuid, p_count integer)
  RETURNS TABLE(org_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.search_page(p_query tsquery, p_kinds text[], p_draft_kinds text[], p_meeting uuid, p_audience text[], p_campaign uuid, p_only_kinds text[], p_state text, p_tag text, p_sort text, p_offset integer, p_limit integer, p_rows integer, p_most integer)
  RETURNS jsonb
  LANGUAGE sql STABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: its owner alone

CREATE FUNCTION door.search_similar(p_words text[], p_raws text[], p_languages text[], p_kind text, p_drafts boolean, p_meeting uuid, p_audience text[], p_campaign uuid, p_limit integer)
  RETURNS TABLE(id uuid, title text, state text, meeting_id uuid, coin_count bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.search_term(p_word text, p_raw text, p_languages text[], p_alternatives text[])
  RETURNS tsquery
  LANGUAGE plpgsql STABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: its owner alone

CREATE FUNCTION door.search_waiting()
  RETURNS TABLE(dirty integer, outbox integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.search_words(p_word text)
  RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; enable_seqscan=off; -- owner: psephos_door; executed by: its owner alone

CREATE FUNCTION door.server_secret(p_name text, p_candidate bytea)
  RETURNS bytea
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.settle_mail(p_org uuid, p_mail uuid, p_attempt integer, p_status text, p_retry_ms double precision, p_answer text)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.settle_push(p_org uuid, p_notification uuid, p_subscription uuid, p_attempt integer, p_end text, p_retry_ms double precision)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.settle_webhook_delivery(p_org uuid, p_delivery uuid, p_attempt integer, p_delivered boolean, p_status integer, p_excerpt text, p_latency_ms integer, p_problem text, p_retry_ms double precision, p_window_ms double precision)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.signing_keys()
  RETURNS TABLE(kid text, public_jwk jsonb, private_key bytea, uses_from timestamp with time zone, now timestamp with time zone)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.similar_words(p_word text, p_count integer)
  RETURNS TABLE(word text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; enable_seqscan=off; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.take_oidc_login(p_state_hash bytea)
  RETURNS TABLE(nonce text, verifier bytea, expired boolean)
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.take_points(p_key text, p_points integer, p_window_ms bigint, p_forced boolean)
  RETURNS TABLE(points bigint, left_ms double precision)
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.take_turn(p_key text, p_free integer, p_first_ms bigint, p_longest_ms bigint, p_forgotten_ms bigint)
  RETURNS double precision
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.tidy_mails(p_kept_ms double precision)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.tidy_notifications(p_kept_ms double precision, p_limit integer)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.tidy_webhook_deliveries(p_kept_ms double precision)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.unread_of_members(p_org uuid, p_members uuid[])
  RETURNS TABLE(member_id uuid, unread integer, newest_at timestamp with time zone)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.upkeep_tasks()
  RETURNS TABLE(task text, begun_at timestamp with time zone, ended_at timestamp with time zone, succeeded_at timestamp with time zone, problem text, summary jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.usage_report(p_month date)
  RETURNS TABLE(org_id uuid, name text, credentials bigint, ballots bigint, allocations bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.waiting_mails(p_limit integer)
  RETURNS TABLE(mail_id uuid, recipient text, locale text, template text, data jsonb, created_at timestamp with time zone, expires_at timestamp with time zone)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

-- --------------------------------------------------------------------------------------------------------------------
CREATE SCHEMA history; -- owner: the migrating role
GRANT USAGE ON SCHEMA history TO psephos_app;

CREATE TABLE history.files (
  kind text NOT NULL,
  name text NOT NULL,
  sha256 text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT files_pkey PRIMARY KEY (kind, name)
); -- owner: the migrating role; no comment: the table, kind, name, sha256, at
GRANT SELECT ON history.files TO psephos_app;

CREATE TABLE history.migrations (
  id integer NOT NULL DEFAULT nextval('history.migrations_id_seq'::regclass),
  name character varying(255) NOT NULL,
  run_on timestamp without time zone NOT NULL,
  CONSTRAINT migrations_pkey PRIMARY KEY (id)
); -- owner: the migrating role; no comment: the table, id, name, run_on

-- --------------------------------------------------------------------------------------------------------------------
CREATE SCHEMA urn; -- owner: psephos_urn
GRANT USAGE ON SCHEMA urn TO psephos_app;

CREATE TABLE urn.box (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  tracking_code bytea NOT NULL,
  ballot text NOT NULL,
  weight bigint NOT NULL,
  voter bytea,
  CONSTRAINT box_pkey PRIMARY KEY (org_id, election_id, tracking_code)
); -- owner: psephos_urn; commented
ALTER TABLE urn.box ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON urn.box FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));

CREATE TABLE urn.credential (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  credential bytea NOT NULL,
  weight bigint NOT NULL,
  spend_key bytea,
  CONSTRAINT credential_pkey PRIMARY KEY (org_id, election_id, credential),
  CONSTRAINT credential_credential_check CHECK ((octet_length(credential) = 32)),
  CONSTRAINT credential_weight_check CHECK (((weight >= 1) AND (weight <= '1000000000000'::bigint)))
) WITH (fillfactor=45); -- owner: psephos_urn; commented
ALTER TABLE urn.credential ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON urn.credential FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));

CREATE TABLE urn.fallback_key (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  key bytea NOT NULL,
  made_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT fallback_key_pkey PRIMARY KEY (org_id, election_id),
  CONSTRAINT fallback_key_key_check CHECK ((octet_length(key) = 32))
); -- owner: psephos_urn; commented
ALTER TABLE urn.fallback_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON urn.fallback_key FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));

CREATE TABLE urn.inbox_<election> (
  org_id uuid NOT NULL,
  pos bigint NOT NULL,
  size integer NOT NULL,
  tracking bytea STORAGE EXTERNAL NOT NULL,
  ballots text NOT NULL,
  weights bigint[],
  voters bytea STORAGE EXTERNAL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT inbox_<election>_pkey PRIMARY KEY (pos)
); -- owner: psephos_urn; commented
ALTER TABLE urn.inbox_<election> ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON urn.inbox_<election> FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));

CREATE TABLE urn.paper_batch (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  label text NOT NULL,
  ballots integer NOT NULL,
  form text NOT NULL,
  keys text[] NOT NULL,
  figures bigint[] NOT NULL,
  entered_by text NOT NULL,
  entered_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  mismatches integer NOT NULL DEFAULT 0,
  confirmed_by text,
  confirmed_at timestamp with time zone,
  CONSTRAINT paper_batch_pkey PRIMARY KEY (org_id, election_id, batch_id),
  CONSTRAINT paper_batch_ballots_check CHECK (((ballots >= 1) AND (ballots <= 1000000))),
  CONSTRAINT paper_batch_check CHECK ((cardinality(figures) = cardinality(keys))),
  CONSTRAINT paper_batch_check1 CHECK ((confirmed_by <> entered_by)),
  CONSTRAINT paper_batch_form_check CHECK ((form = ANY (ARRAY['patterns'::text, 'totals'::text]))),
  CONSTRAINT paper_batch_label_check CHECK (((length(label) >= 1) AND (length(label) <= 100)))
); -- owner: psephos_urn; commented
ALTER TABLE urn.paper_batch ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON urn.paper_batch FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));

CREATE TABLE urn.tally_snapshot (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  pos bigint NOT NULL,
  cast_count bigint NOT NULL,
  ballots text[] NOT NULL,
  counts bigint[] NOT NULL,
  weights bigint[] NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT tally_snapshot_pkey PRIMARY KEY (org_id, election_id)
); -- owner: psephos_urn; commented
ALTER TABLE urn.tally_snapshot ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON urn.tally_snapshot FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));

CREATE FUNCTION urn.add_deltas(p_one jsonb, p_other jsonb)
  RETURNS jsonb
  LANGUAGE sql IMMUTABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.allocate_coins(p_org uuid, p_campaign uuid, p_acts bytea)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; enable_seqscan=off; plan_cache_mode=force_generic_plan; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.announce(p_org uuid, p_topic uuid, p_kind text, p_payload jsonb)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.announce_paper(p_org uuid, p_election uuid, p_kind text, p_ballots integer, p_person text, p_counts boolean)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.append_log(p_org uuid, p_topic uuid, p_kind text, p_payload jsonb)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.attendee_credential(p_election uuid, p_attendee uuid)
  RETURNS bytea
  LANGUAGE sql IMMUTABLE; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.cast_ballots(p_org uuid, p_election uuid, p_keys bytea, p_ballots text)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.cast_up_to(p_org uuid, p_election uuid, p_keys bytea, p_texts text[], p_left bigint)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.change_campaign(p_org uuid, p_campaign uuid, p_act text, p_by uuid, p_due boolean)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.change_idea(p_org uuid, p_campaign uuid, p_idea uuid, p_act text, p_reason text, p_into uuid, p_by uuid)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.change_purses(p_org uuid, p_campaign uuid, p_users uuid[], p_open boolean, p_by uuid)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.change_state(p_org uuid, p_election uuid, p_to text, p_reason text, p_due boolean, p_actor text, p_closes_at timestamp with time zone DEFAULT NULL::timestamp with time zone, p_duration integer DEFAULT NULL::integer)
  RETURNS TABLE(answer text, pos bigint)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.coin_board(p_org uuid, p_campaign uuid)
  RETURNS TABLE(pos bigint, idea_id uuid, coins bigint, givers bigint, votes bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.coins_refused(p_status text, p_end timestamp with time zone, p_expire timestamp with time zone)
  RETURNS text
  LANGUAGE sql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.confirm_paper(p_org uuid, p_election uuid, p_batch uuid, p_ballots integer, p_form text, p_keys text[], p_figures bigint[], p_person text)
  RETURNS TABLE(answer text, differing text[])
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.count_box(p_org uuid, p_election uuid)
  RETURNS TABLE(ballot text, count bigint, weight bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.declare_paper(p_org uuid, p_election uuid, p_ballots integer, p_person text)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.delete_draft(p_org uuid, p_election uuid, p_actor text)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.draft_refusal(p_org uuid, p_election uuid, p_credential bytea)
  RETURNS text
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.edit_draft(p_org uuid, p_election uuid, p_new jsonb, p_pos bigint, p_actor text)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.enrol(p_org uuid, p_election uuid, p_meeting uuid, p_attendees uuid[])
  RETURNS void
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.enrol_attendees(p_org uuid, p_meeting uuid, p_attendees uuid[])
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.enrol_holders(p_org uuid, p_holders uuid[])
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.enrol_members(p_org uuid, p_election uuid, p_group uuid)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.enter_paper(p_org uuid, p_election uuid, p_batch uuid, p_label text, p_ballots integer, p_form text, p_keys text[], p_figures bigint[], p_person text)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.expire_purses(p_org uuid, p_campaign uuid, p_by uuid)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; enable_seqscan=off; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.extend_election(p_org uuid, p_election uuid, p_closes_at timestamp with time zone, p_seconds integer, p_actor text)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.fallback_key(p_org uuid, p_election uuid, p_new bytea)
  RETURNS TABLE(state text, key bytea)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.find_ballot(p_org uuid, p_election uuid, p_tracking_code bytea)
  RETURNS TABLE(ballot text, weight bigint, voter text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.find_credential(p_org uuid, p_election uuid, p_credential bytea)
  RETURNS TABLE(spent boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.follow_tally(p_org uuid, p_election uuid, p_after bigint)
  RETURNS TABLE(state text, sealed boolean, cut_pos bigint, cut_size bigint, head_pos bigint, head_size bigint, at timestamp with time zone, ballots text[], counts bigint[], weights bigint[])
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.forget_fallback_key(p_org uuid, p_election uuid)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.hold_campaign(p_org uuid, p_campaign uuid)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.hold_rolls(p_org uuid, p_meetings uuid[])
  RETURNS uuid[]
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.inbox_ballots(p_election uuid, p_after bigint, p_upto bigint)
  RETURNS TABLE(tracking_code bytea, ballot text, weight bigint, voter bytea)
  LANGUAGE plpgsql STABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.inbox_of(p_election uuid)
  RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.issue_coins(p_org uuid, p_campaign uuid, p_users uuid[], p_request uuid, p_kind text, p_amount bigint, p_by uuid)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; enable_seqscan=off; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.issue_credentials(p_org uuid, p_election uuid, p_keys bytea, p_weights bigint[], p_max bigint)
  RETURNS TABLE(issued integer, refusal text, differing integer, place integer)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.keep_presence(p_org uuid, p_meeting uuid, p_gateway uuid, p_attendees uuid[], p_seconds double precision)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.keep_snapshot(p_org uuid, p_election uuid, p_ballots bigint)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.late_fallback_keys(p_orgs uuid[])
  RETURNS TABLE(org_id uuid, election_id uuid)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.lock_paper(p_org uuid, p_election uuid)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.make_inbox(p_election uuid)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.member_credential(p_election uuid, p_member uuid)
  RETURNS bytea
  LANGUAGE sql IMMUTABLE; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.meter(p_org uuid, p_metric text, p_count bigint)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.meter_credentials(p_org uuid, p_count bigint)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.move_coins(p_org uuid, p_campaign uuid, p_acts bytea, p_turn integer, p_last boolean, p_held boolean[], p_batch uuid, p_refusal text, p_reallocation boolean, p_recycling boolean, p_quadratic boolean, p_left bigint)
  RETURNS TABLE(numbers integer[], answers text[], deltas jsonb, done integer)
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.open_purses(p_org uuid, p_campaign uuid, p_users uuid[], p_by uuid)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.paper_batches(p_org uuid, p_election uuid)
  RETURNS TABLE(batch_id uuid, label text, ballots integer, form text, keys text[], figures bigint[], entered_by text, entered_at timestamp with time zone, mismatches integer, confirmed_at timestamp with time zone)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.participants(p_org uuid, p_election uuid, p_voted boolean, p_after uuid, p_limit integer)
  RETURNS TABLE(voter_id uuid, name text, voted boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.participation(p_org uuid, p_election uuid)
  RETURNS TABLE(roll bigint, roll_weight bigint, voted bigint, voted_weight bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.presence(p_org uuid, p_meeting uuid)
  RETURNS TABLE(present bigint, moderators bigint, auditors bigint, members bigint, guests bigint, represented bigint, weight bigint, member_weight bigint, waiting bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.present_in(p_org uuid, p_meeting uuid)
  RETURNS TABLE(present bigint, weight bigint)
  LANGUAGE sql STABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.published_ballots(p_org uuid, p_election uuid, p_after bytea, p_limit integer)
  RETURNS TABLE(tracking_code bytea, ballot text, weight bigint, voter text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.refresh_statistics(p_rows bigint, p_done text[])
  RETURNS text
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.refuse_ballots(p_org uuid, p_election uuid, p_keys bytea, p_refusal text)
  RETURNS text
  LANGUAGE sql STABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.seal(p_org uuid, p_election uuid)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.settle_idea(p_org uuid, p_campaign uuid, p_idea uuid, p_kind text, p_into uuid, p_batch uuid, p_by uuid)
  RETURNS jsonb
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; enable_seqscan=off; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.store_result(p_org uuid, p_election uuid, p_result jsonb, p_digest bytea, p_version integer)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.take_snapshot(p_org uuid, p_election uuid)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.this_month()
  RETURNS date
  LANGUAGE sql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.tracking_digest(p_org uuid, p_election uuid)
  RETURNS bytea
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.units_left(p_org uuid, p_metric text, p_quota bigint, p_size integer)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.uuid_in(p_bytes bytea, p_at integer)
  RETURNS uuid
  LANGUAGE sql IMMUTABLE; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.votes_of(p_coins bigint)
  RETURNS bigint
  LANGUAGE sql IMMUTABLE; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.withdraw_paper(p_org uuid, p_election uuid, p_batch uuid, p_person text)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app
