-- The schema as a freshly migrated database holds it, for reading and for review of changes; never executed.
-- Written from the catalogue by `npm run docs`; test/migration/schema.test.ts compares it with the migrations.
-- Tables that exist once a month (log_YYYY_MM) or once an election (inbox_<election>) stand here once, function bodies in
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

CREATE TABLE app.accounts (
  account_id uuid NOT NULL,
  display_name text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT accounts_pkey PRIMARY KEY (account_id),
  CONSTRAINT accounts_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 200)))
); -- owner: psephos_owner; commented
ALTER TABLE app.accounts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY accounts_of_members ON app.accounts FOR ALL TO PUBLIC USING ((EXISTS ( SELECT FROM app.members m WHERE ((m.org_id = ( SELECT app.current_org() AS current_org)) AND (m.account_id = accounts.account_id))))) WITH CHECK ((( SELECT app.current_org() AS current_org) IS NOT NULL));
GRANT INSERT, SELECT, UPDATE ON app.accounts TO psephos_app;
GRANT SELECT ON app.accounts TO psephos_auditor;

CREATE TABLE app.api_keys (
  org_id uuid NOT NULL,
  key_id uuid NOT NULL,
  name text NOT NULL,
  secret_hash bytea NOT NULL,
  roles text[] NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  revoked_at timestamp with time zone,
  CONSTRAINT api_keys_pkey PRIMARY KEY (org_id, key_id),
  CONSTRAINT api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT api_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT api_keys_roles_check CHECK (((roles <@ '{admin,moderator,member}'::text[]) AND (cardinality(roles) > 0))),
  CONSTRAINT api_keys_secret_hash_check CHECK ((octet_length(secret_hash) = 32))
); -- owner: psephos_owner; commented
CREATE INDEX api_keys_by_secret ON app.api_keys USING btree (secret_hash);
ALTER TABLE app.api_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.api_keys FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.api_keys FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.api_keys TO psephos_app;
GRANT SELECT ON app.api_keys TO psephos_auditor;
GRANT SELECT ON app.api_keys TO psephos_door;

CREATE TABLE app.attendees (
  org_id uuid NOT NULL,
  attendee_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  member_id uuid,
  name text NOT NULL,
  session_hash bytea NOT NULL,
  joined_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT attendees_pkey PRIMARY KEY (org_id, attendee_id),
  CONSTRAINT attendees_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT attendees_org_id_meeting_id_fkey FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings(org_id, meeting_id),
  CONSTRAINT attendees_org_id_member_id_fkey FOREIGN KEY (org_id, member_id) REFERENCES app.members(org_id, member_id),
  CONSTRAINT attendees_session_hash_check CHECK ((octet_length(session_hash) = 32))
); -- owner: psephos_owner; commented
CREATE INDEX attendees_by_meeting ON app.attendees USING btree (org_id, meeting_id);
CREATE INDEX attendees_by_session ON app.attendees USING btree (session_hash);
ALTER TABLE app.attendees ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.attendees FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.attendees FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.attendees TO psephos_app;
GRANT SELECT (org_id, attendee_id, meeting_id, member_id, name, joined_at, expires_at) ON app.attendees TO psephos_auditor;
GRANT SELECT ON app.attendees TO psephos_door;
GRANT SELECT ON app.attendees TO psephos_urn;

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
  CONSTRAINT elections_pkey PRIMARY KEY (org_id, election_id),
  CONSTRAINT elections_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT elections_org_id_meeting_id_fkey FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings(org_id, meeting_id),
  CONSTRAINT elections_present_check CHECK ((present >= 0)),
  CONSTRAINT elections_roll_check CHECK ((roll = ANY (ARRAY['tokens'::text, 'meeting'::text]))),
  CONSTRAINT elections_secrecy_check CHECK ((secrecy = ANY (ARRAY['secret'::text, 'named'::text]))),
  CONSTRAINT elections_secret_step_check CHECK (((secret_step >= 1) AND (secret_step <= 1000))),
  CONSTRAINT elections_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'open'::text, 'closed'::text, 'published'::text, 'cancelled'::text]))),
  CONSTRAINT elections_title_check CHECK (((length(title) >= 1) AND (length(title) <= 500))),
  CONSTRAINT elections_visibility_check CHECK ((visibility = ANY (ARRAY['live'::text, 'count'::text, 'hidden'::text])))
); -- owner: psephos_owner; commented
CREATE INDEX elections_by_meeting ON app.elections USING btree (org_id, meeting_id);
CREATE INDEX elections_due ON app.elections USING btree (state) WHERE ((state = ANY (ARRAY['draft'::text, 'open'::text])) AND ((opens_at IS NOT NULL) OR (closes_at IS NOT NULL)));
CREATE INDEX elections_unsealed ON app.elections USING btree (state) WHERE ((state = ANY (ARRAY['closed'::text, 'cancelled'::text])) AND (sealed_at IS NULL));
ALTER TABLE app.elections ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.elections FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.elections FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT SELECT ON app.elections TO psephos_app;
GRANT INSERT (org_id, election_id, meeting_id, title, description, method, options, rules, secrecy, visibility, roll, secret_step, present, opens_at, closes_at, changed_pos) ON app.elections TO psephos_app;
GRANT UPDATE (present, closes_at) ON app.elections TO psephos_app;
GRANT SELECT ON app.elections TO psephos_auditor;
GRANT SELECT ON app.elections TO psephos_door;
GRANT SELECT, UPDATE ON app.elections TO psephos_urn;

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

CREATE TABLE app.idempotency_keys (
  org_id uuid NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  status smallint,
  body jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (org_id, key),
  CONSTRAINT idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200))),
  CONSTRAINT idempotency_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
CREATE INDEX idempotency_keys_by_age ON app.idempotency_keys USING btree (org_id, created_at);
ALTER TABLE app.idempotency_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.idempotency_keys FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT DELETE, INSERT, SELECT, UPDATE ON app.idempotency_keys TO psephos_app;

CREATE TABLE app.log (
  org_id uuid NOT NULL,
  pos bigint NOT NULL,
  topic uuid NOT NULL,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT log_pkey PRIMARY KEY (org_id, pos, at)
) PARTITION BY RANGE (at); -- owner: psephos_owner; commented
ALTER TABLE app.log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.log FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
CREATE POLICY worker_reads_all ON app.log FOR SELECT TO psephos_worker USING (true);
GRANT SELECT ON app.log TO psephos_app;
GRANT SELECT ON app.log TO psephos_auditor;
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

CREATE TABLE app.meetings (
  org_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  title text NOT NULL,
  join_code text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT meetings_pkey PRIMARY KEY (org_id, meeting_id),
  CONSTRAINT meetings_join_code_check CHECK ((join_code ~ '^[A-Z0-9]{6,12}$'::text)),
  CONSTRAINT meetings_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT meetings_title_check CHECK (((length(title) >= 1) AND (length(title) <= 500)))
); -- owner: psephos_owner; commented
CREATE UNIQUE INDEX meetings_by_join_code ON app.meetings USING btree (join_code);
ALTER TABLE app.meetings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON app.meetings FOR SELECT TO psephos_door USING (true);
CREATE POLICY own_organisation ON app.meetings FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.meetings TO psephos_app;
GRANT SELECT ON app.meetings TO psephos_auditor;
GRANT SELECT ON app.meetings TO psephos_door;
GRANT SELECT ON app.meetings TO psephos_urn;

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
  CONSTRAINT members_pkey PRIMARY KEY (org_id, member_id),
  CONSTRAINT members_account_id_fkey FOREIGN KEY (account_id) REFERENCES app.accounts(account_id),
  CONSTRAINT members_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT members_number_check CHECK (((length(number) >= 1) AND (length(number) <= 64))),
  CONSTRAINT members_org_id_account_id_key UNIQUE (org_id, account_id),
  CONSTRAINT members_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organisations(org_id),
  CONSTRAINT members_org_id_number_key UNIQUE (org_id, number),
  CONSTRAINT members_roles_check CHECK (((roles <@ '{admin,moderator,member}'::text[]) AND (cardinality(roles) > 0))),
  CONSTRAINT members_status_check CHECK ((status = ANY (ARRAY['active'::text, 'inactive'::text]))),
  CONSTRAINT members_weight_check CHECK (((weight >= 1) AND (weight <= '1000000000000'::bigint)))
); -- owner: psephos_owner; commented
ALTER TABLE app.members ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.members FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.members TO psephos_app;
GRANT SELECT ON app.members TO psephos_auditor;

CREATE TABLE app.organisations (
  org_id uuid NOT NULL,
  parent_org_id uuid,
  name text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT organisations_pkey PRIMARY KEY (org_id),
  CONSTRAINT organisations_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT organisations_parent_org_id_fkey FOREIGN KEY (parent_org_id) REFERENCES app.organisations(org_id)
); -- owner: psephos_owner; commented
ALTER TABLE app.organisations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.organisations FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT, UPDATE ON app.organisations TO psephos_app;
GRANT SELECT ON app.organisations TO psephos_auditor;

CREATE TABLE app.results (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  result jsonb NOT NULL,
  tally_digest bytea NOT NULL,
  counted_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT results_pkey PRIMARY KEY (org_id, election_id),
  CONSTRAINT results_org_id_election_id_fkey FOREIGN KEY (org_id, election_id) REFERENCES app.elections(org_id, election_id),
  CONSTRAINT results_tally_digest_check CHECK ((octet_length(tally_digest) = 32))
); -- owner: psephos_owner; commented
ALTER TABLE app.results ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON app.results FOR ALL TO PUBLIC USING ((org_id = ( SELECT app.current_org() AS current_org)));
GRANT INSERT, SELECT ON app.results TO psephos_app;
GRANT SELECT ON app.results TO psephos_auditor;
GRANT SELECT ON app.results TO psephos_urn;

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

CREATE FUNCTION app.current_org()
  RETURNS uuid
  LANGUAGE sql STABLE; -- owner: psephos_owner; executed by: psephos_app, psephos_auditor, psephos_door, psephos_urn, psephos_worker

CREATE FUNCTION app.make_log_partitions(p_ahead integer)
  RETURNS integer
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; TimeZone=UTC; -- owner: psephos_owner; executed by: psephos_app

-- --------------------------------------------------------------------------------------------------------------------
CREATE SCHEMA door; -- owner: psephos_owner
GRANT USAGE ON SCHEMA door TO psephos_app;
GRANT CREATE, USAGE ON SCHEMA door TO psephos_door;

CREATE FUNCTION door.due_elections()
  RETURNS TABLE(org_id uuid, election_id uuid, act text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_api_key(p_hash bytea)
  RETURNS TABLE(org_id uuid, key_id uuid, roles text[], revoked boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_meeting(p_code text)
  RETURNS TABLE(org_id uuid, meeting_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.find_session(p_hash bytea)
  RETURNS TABLE(org_id uuid, attendee_id uuid, meeting_id uuid, expired boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.log_heads(p_orgs uuid[])
  RETURNS TABLE(org_id uuid, pos bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

CREATE FUNCTION door.redeem_ticket(p_hash bytea)
  RETURNS TABLE(org_id uuid, identity jsonb, expired boolean)
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_door; executed by: psephos_app

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

CREATE FUNCTION urn.announce(p_org uuid, p_topic uuid, p_kind text, p_payload jsonb)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.append_log(p_org uuid, p_topic uuid, p_kind text, p_payload jsonb)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.attendee_credential(p_election uuid, p_attendee uuid)
  RETURNS bytea
  LANGUAGE sql IMMUTABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.cast_ballots(p_org uuid, p_election uuid, p_keys bytea, p_ballots text)
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.change_state(p_org uuid, p_election uuid, p_to text, p_reason text, p_due boolean, p_actor text)
  RETURNS TABLE(answer text, pos bigint)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.count_box(p_org uuid, p_election uuid)
  RETURNS TABLE(ballot text, count bigint, weight bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.enrol(p_org uuid, p_election uuid, p_meeting uuid, p_attendee uuid)
  RETURNS void
  LANGUAGE sql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.enrol_attendee(p_org uuid, p_meeting uuid, p_attendee uuid)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.find_ballot(p_org uuid, p_election uuid, p_tracking_code bytea)
  RETURNS TABLE(ballot text, weight bigint, voter text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.follow_tally(p_org uuid, p_election uuid, p_after bigint)
  RETURNS TABLE(state text, sealed boolean, cut_pos bigint, cut_size bigint, head_pos bigint, head_size bigint, at timestamp with time zone, ballots text[], counts bigint[], weights bigint[])
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.inbox_ballots(p_election uuid, p_after bigint, p_upto bigint)
  RETURNS TABLE(tracking_code bytea, ballot text, weight bigint, voter bytea)
  LANGUAGE plpgsql STABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.inbox_of(p_election uuid)
  RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.issue_credentials(p_org uuid, p_election uuid, p_keys bytea, p_weights bigint[], p_max bigint)
  RETURNS TABLE(issued integer, refusal text)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.make_inbox(p_election uuid)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: its owner alone

CREATE FUNCTION urn.participation(p_org uuid, p_election uuid)
  RETURNS TABLE(roll bigint, roll_weight bigint, voted bigint, voted_weight bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.published_ballots(p_org uuid, p_election uuid, p_after bytea, p_limit integer)
  RETURNS TABLE(tracking_code bytea, ballot text, weight bigint, voter text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.seal(p_org uuid, p_election uuid)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app

CREATE FUNCTION urn.take_snapshot(p_org uuid, p_election uuid)
  RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path=pg_catalog, pg_temp; -- owner: psephos_urn; executed by: psephos_app
