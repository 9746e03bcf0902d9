-- Up Migration
SET LOCAL ROLE psephos_owner;

CREATE TABLE app.meetings (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  meeting_id uuid NOT NULL,
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
  join_code text NOT NULL CHECK (join_code ~ '^[A-Z0-9]{6,12}$'),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, meeting_id)
);
CREATE UNIQUE INDEX meetings_by_join_code ON app.meetings (join_code);
COMMENT ON TABLE app.meetings IS 'Assemblies that people join by a code.';
COMMENT ON COLUMN app.meetings.org_id IS 'The organisation.';
COMMENT ON COLUMN app.meetings.meeting_id IS 'The meeting.';
COMMENT ON COLUMN app.meetings.title IS 'Title as people read it.';
COMMENT ON COLUMN app.meetings.join_code IS 'What people type to join; unique over all organisations, since it is looked up before one is known.';
COMMENT ON COLUMN app.meetings.created_at IS 'When it was made.';

CREATE TABLE app.attendees (
  org_id uuid NOT NULL,
  attendee_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  member_id uuid,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  session_hash bytea NOT NULL CHECK (octet_length(session_hash) = 32),
  joined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, attendee_id),
  FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings (org_id, meeting_id),
  FOREIGN KEY (org_id, member_id) REFERENCES app.members (org_id, member_id)
);
CREATE INDEX attendees_by_session ON app.attendees (session_hash);
CREATE INDEX attendees_by_meeting ON app.attendees (org_id, meeting_id);
COMMENT ON TABLE app.attendees IS 'People who have joined a meeting, with their session.';
COMMENT ON COLUMN app.attendees.org_id IS 'The organisation.';
COMMENT ON COLUMN app.attendees.attendee_id IS 'The attendance.';
COMMENT ON COLUMN app.attendees.meeting_id IS 'The meeting.';
COMMENT ON COLUMN app.attendees.member_id IS 'The member, where it is one; null for a guest.';
COMMENT ON COLUMN app.attendees.name IS 'Name as given on joining.';
COMMENT ON COLUMN app.attendees.session_hash IS 'SHA-256 of the session token; the token itself is shown once and never stored.';
COMMENT ON COLUMN app.attendees.joined_at IS 'When.';
COMMENT ON COLUMN app.attendees.expires_at IS 'Until when the session is good.';

CREATE TABLE app.socket_tickets (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  ticket_hash bytea NOT NULL CHECK (octet_length(ticket_hash) = 32),
  identity jsonb NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, ticket_hash)
);
CREATE INDEX socket_tickets_by_hash ON app.socket_tickets (ticket_hash);
CREATE INDEX socket_tickets_by_expiry ON app.socket_tickets (org_id, expires_at);
COMMENT ON TABLE app.socket_tickets IS 'One-time tickets with which a session opens a socket.';
COMMENT ON COLUMN app.socket_tickets.org_id IS 'The organisation.';
COMMENT ON COLUMN app.socket_tickets.ticket_hash IS 'SHA-256 of the ticket.';
COMMENT ON COLUMN app.socket_tickets.identity IS 'Whose ticket: kind, id, roles, meeting.';
COMMENT ON COLUMN app.socket_tickets.expires_at IS 'Thirty seconds after it was issued.';

CREATE TABLE app.idempotency_keys (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
  request_hash bytea NOT NULL,
  status smallint,
  body jsonb,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, key)
);
CREATE INDEX idempotency_keys_by_age ON app.idempotency_keys (org_id, created_at);
COMMENT ON TABLE app.idempotency_keys IS 'Answers of requests that create, kept for 24 hours.';
COMMENT ON COLUMN app.idempotency_keys.org_id IS 'The organisation.';
COMMENT ON COLUMN app.idempotency_keys.key IS 'The Idempotency-Key that the caller made.';
COMMENT ON COLUMN app.idempotency_keys.request_hash IS 'SHA-256 of method, path and body: the same key with another request is refused.';
COMMENT ON COLUMN app.idempotency_keys.status IS 'HTTP status of the answer; null while the first request runs.';
COMMENT ON COLUMN app.idempotency_keys.body IS 'The answer; null while the first request runs.';
COMMENT ON COLUMN app.idempotency_keys.created_at IS 'When the first request came.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['meetings', 'attendees', 'socket_tickets', 'idempotency_keys'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON app.%I TO psephos_app', name);
  END LOOP;
END $$;
GRANT DELETE ON app.socket_tickets, app.idempotency_keys TO psephos_app;
GRANT SELECT ON app.meetings TO psephos_auditor;
GRANT SELECT (org_id, attendee_id, meeting_id, member_id, name, joined_at, expires_at) ON app.attendees TO psephos_auditor;
GRANT SELECT ON app.meetings, app.attendees TO psephos_urn;

-- The door finds a meeting by its code, a session and a ticket by their hash, before the organisation is known.
GRANT SELECT ON app.meetings, app.attendees, app.socket_tickets TO psephos_door;
GRANT DELETE ON app.socket_tickets TO psephos_door;
CREATE POLICY door ON app.meetings FOR SELECT TO psephos_door USING (true);
CREATE POLICY door ON app.attendees FOR SELECT TO psephos_door USING (true);
CREATE POLICY door ON app.socket_tickets TO psephos_door USING (true);
RESET ROLE;
