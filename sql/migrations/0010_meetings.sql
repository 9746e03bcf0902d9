-- Up Migration
SET LOCAL ROLE psephos_owner;

ALTER TABLE app.meetings
  ADD COLUMN state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'live', 'ended')),
  ADD COLUMN starts_at timestamptz,
  ADD COLUMN started_at timestamptz,
  ADD COLUMN ended_at timestamptz,
  ADD COLUMN sessions_end_at timestamptz,
  ADD COLUMN sessions_cut boolean NOT NULL DEFAULT false,
  ADD COLUMN guests_allowed boolean NOT NULL DEFAULT true,
  ADD COLUMN waiting_room boolean NOT NULL DEFAULT false,
  ADD COLUMN name_required boolean NOT NULL DEFAULT true,
  ADD COLUMN proxy_limit integer CHECK (proxy_limit >= 0),
  ADD COLUMN speakers_open boolean NOT NULL DEFAULT true,
  ADD COLUMN speaker_seconds integer CHECK (speaker_seconds > 0),
  ADD COLUMN speakers_max integer CHECK (speakers_max > 0),
  ADD COLUMN current_item_id uuid,
  ADD CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  ADD CHECK ((state = 'ended') = (sessions_end_at IS NOT NULL));
CREATE INDEX meetings_to_cut ON app.meetings (sessions_end_at) WHERE sessions_end_at IS NOT NULL AND NOT sessions_cut;
COMMENT ON COLUMN app.meetings.state IS 'planned, live, ended.';
COMMENT ON COLUMN app.meetings.starts_at IS 'When it is planned to begin.';
COMMENT ON COLUMN app.meetings.started_at IS 'When a moderator started it.';
COMMENT ON COLUMN app.meetings.ended_at IS 'When a moderator ended it.';
COMMENT ON COLUMN app.meetings.sessions_end_at IS 'Until when attendees of an ended meeting keep their sessions.';
COMMENT ON COLUMN app.meetings.sessions_cut IS 'Whether the open connections of its attendees were ended afterwards.';
COMMENT ON COLUMN app.meetings.guests_allowed IS 'Whether people who are no members may join by the code.';
COMMENT ON COLUMN app.meetings.waiting_room IS 'Whether whoever joins waits until a moderator admits them.';
COMMENT ON COLUMN app.meetings.name_required IS 'Whether guests must give a name.';
COMMENT ON COLUMN app.meetings.proxy_limit IS 'Proxies that one member may hold in it; null: as the organisation has it.';
COMMENT ON COLUMN app.meetings.speakers_open IS 'Whether attendees may ask to speak.';
COMMENT ON COLUMN app.meetings.speaker_seconds IS 'How long one may speak; null: without a clock.';
COMMENT ON COLUMN app.meetings.speakers_max IS 'Longest list of those who wait to speak; null: the product''s bound.';
COMMENT ON COLUMN app.meetings.current_item_id IS 'The item of the agenda at which the meeting is.';

-- An attendance may have several sessions: a person with a phone and a laptop is one voter.
CREATE TABLE app.attendee_sessions (
  org_id uuid NOT NULL,
  session_hash bytea NOT NULL CHECK (octet_length(session_hash) = 32),
  attendee_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, session_hash),
  FOREIGN KEY (org_id, attendee_id) REFERENCES app.attendees (org_id, attendee_id)
);
CREATE INDEX attendee_sessions_by_hash ON app.attendee_sessions (session_hash);
CREATE INDEX attendee_sessions_by_attendee ON app.attendee_sessions (org_id, attendee_id);
CREATE INDEX attendee_sessions_by_expiry ON app.attendee_sessions (expires_at);
COMMENT ON TABLE app.attendee_sessions IS 'Sessions of attendees, one for each device.';
COMMENT ON COLUMN app.attendee_sessions.org_id IS 'The organisation.';
COMMENT ON COLUMN app.attendee_sessions.session_hash IS 'SHA-256 of the session token; the token itself is shown once and never stored.';
COMMENT ON COLUMN app.attendee_sessions.attendee_id IS 'Whose session.';
COMMENT ON COLUMN app.attendee_sessions.created_at IS 'When they joined with it.';
COMMENT ON COLUMN app.attendee_sessions.expires_at IS 'Until when it is good.';

ALTER TABLE app.attendees NO FORCE ROW LEVEL SECURITY; -- or its owner would move nobody's rows
INSERT INTO app.attendee_sessions (org_id, session_hash, attendee_id, created_at, expires_at)
  SELECT a.org_id, a.session_hash, a.attendee_id, a.joined_at, a.expires_at FROM app.attendees a;
ALTER TABLE app.attendees FORCE ROW LEVEL SECURITY;
ALTER TABLE app.attendees
  DROP COLUMN session_hash,
  DROP COLUMN expires_at,
  ADD COLUMN state text NOT NULL DEFAULT 'admitted' CHECK (state IN ('waiting', 'admitted', 'removed')),
  ADD COLUMN role text CHECK (role IN ('moderator', 'auditor')),
  ADD CHECK (role IS NULL OR member_id IS NOT NULL);
CREATE UNIQUE INDEX attendees_by_member ON app.attendees (org_id, meeting_id, member_id) WHERE member_id IS NOT NULL;
CREATE INDEX attendees_waiting ON app.attendees (org_id, meeting_id) WHERE state = 'waiting';
COMMENT ON TABLE app.attendees IS 'People who have joined a meeting; a member once, however many devices they use.';
COMMENT ON COLUMN app.attendees.state IS 'waiting: in the waiting room; admitted: takes part; removed: a moderator sent them away.';
COMMENT ON COLUMN app.attendees.role IS 'Role in this meeting beyond attending: moderator, auditor. Members only.';

CREATE TABLE app.presence (
  org_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  gateway_id uuid NOT NULL,
  attendee_ids uuid[] NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, meeting_id, gateway_id),
  FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings (org_id, meeting_id)
);
COMMENT ON TABLE app.presence IS 'Attendees with an open connection, as each gateway last said: one row a gateway, so that nobody''s coming and going is a write.';
COMMENT ON COLUMN app.presence.org_id IS 'The organisation.';
COMMENT ON COLUMN app.presence.meeting_id IS 'The meeting.';
COMMENT ON COLUMN app.presence.gateway_id IS 'The gateway, by a number that it makes when it starts.';
COMMENT ON COLUMN app.presence.attendee_ids IS 'Who has a connection to it.';
COMMENT ON COLUMN app.presence.expires_at IS 'A gateway that has said nothing new until then is gone, and so are its connections.';

CREATE TABLE app.agenda_items (
  org_id uuid NOT NULL,
  item_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  position integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('text', 'election', 'break', 'speakers')),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  body text NOT NULL DEFAULT '' CHECK (length(body) <= 5000),
  minutes integer CHECK (minutes > 0),
  election_id uuid CHECK (election_id IS NULL OR kind = 'election'),
  PRIMARY KEY (org_id, item_id),
  FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings (org_id, meeting_id),
  FOREIGN KEY (org_id, election_id) REFERENCES app.elections (org_id, election_id) ON DELETE SET NULL (election_id)
);
CREATE INDEX agenda_items_by_meeting ON app.agenda_items (org_id, meeting_id, position);
CREATE INDEX agenda_items_by_election ON app.agenda_items (org_id, election_id) WHERE election_id IS NOT NULL;
COMMENT ON TABLE app.agenda_items IS 'What a meeting is to deal with, in order.';
COMMENT ON COLUMN app.agenda_items.org_id IS 'The organisation.';
COMMENT ON COLUMN app.agenda_items.item_id IS 'The item.';
COMMENT ON COLUMN app.agenda_items.meeting_id IS 'The meeting.';
COMMENT ON COLUMN app.agenda_items.position IS 'Place in the order, from 0.';
COMMENT ON COLUMN app.agenda_items.kind IS 'text, election, break, speakers.';
COMMENT ON COLUMN app.agenda_items.title IS 'Title.';
COMMENT ON COLUMN app.agenda_items.body IS 'More words.';
COMMENT ON COLUMN app.agenda_items.minutes IS 'How long it is planned to take; null: not said.';
COMMENT ON COLUMN app.agenda_items.election_id IS 'The election of an item of that kind; null once it was deleted.';
ALTER TABLE app.meetings ADD FOREIGN KEY (org_id, current_item_id) REFERENCES app.agenda_items (org_id, item_id) ON DELETE SET NULL (current_item_id);
CREATE INDEX meetings_by_current_item ON app.meetings (org_id, current_item_id) WHERE current_item_id IS NOT NULL;

CREATE TABLE app.speakers (
  org_id uuid NOT NULL,
  speaker_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  attendee_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'speaking', 'done', 'withdrawn')),
  position integer NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (org_id, speaker_id),
  FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings (org_id, meeting_id),
  FOREIGN KEY (org_id, attendee_id) REFERENCES app.attendees (org_id, attendee_id)
);
CREATE UNIQUE INDEX speakers_once ON app.speakers (org_id, meeting_id, attendee_id) WHERE state IN ('waiting', 'speaking');
CREATE UNIQUE INDEX speakers_one_speaks ON app.speakers (org_id, meeting_id) WHERE state = 'speaking';
COMMENT ON TABLE app.speakers IS 'Who asked to speak in a meeting, and when they did.';
COMMENT ON COLUMN app.speakers.org_id IS 'The organisation.';
COMMENT ON COLUMN app.speakers.speaker_id IS 'The request to speak.';
COMMENT ON COLUMN app.speakers.meeting_id IS 'The meeting.';
COMMENT ON COLUMN app.speakers.attendee_id IS 'Who.';
COMMENT ON COLUMN app.speakers.state IS 'waiting, speaking, done, withdrawn.';
COMMENT ON COLUMN app.speakers.position IS 'Place among those who wait.';
COMMENT ON COLUMN app.speakers.asked_at IS 'When they asked.';
COMMENT ON COLUMN app.speakers.started_at IS 'When they began to speak.';
COMMENT ON COLUMN app.speakers.ended_at IS 'When they ended, or withdrew.';

CREATE TABLE app.proxies (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  proxy_id uuid NOT NULL,
  grantor_id uuid NOT NULL,
  holder_id uuid NOT NULL,
  meeting_id uuid,
  state text NOT NULL CHECK (state IN ('offered', 'accepted', 'revoked')),
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  accepted_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (org_id, proxy_id),
  FOREIGN KEY (org_id, grantor_id) REFERENCES app.members (org_id, member_id),
  FOREIGN KEY (org_id, holder_id) REFERENCES app.members (org_id, member_id),
  FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings (org_id, meeting_id),
  CHECK (grantor_id <> holder_id)
);
CREATE UNIQUE INDEX proxies_once ON app.proxies (org_id, grantor_id, meeting_id) NULLS NOT DISTINCT WHERE state <> 'revoked';
CREATE INDEX proxies_by_holder ON app.proxies (org_id, holder_id) WHERE state <> 'revoked';
CREATE INDEX proxies_by_meeting ON app.proxies (org_id, meeting_id);
COMMENT ON TABLE app.proxies IS 'A member lets another member vote in their place.';
COMMENT ON COLUMN app.proxies.org_id IS 'The organisation.';
COMMENT ON COLUMN app.proxies.proxy_id IS 'The proxy.';
COMMENT ON COLUMN app.proxies.grantor_id IS 'The member whose vote it is.';
COMMENT ON COLUMN app.proxies.holder_id IS 'The member who casts it.';
COMMENT ON COLUMN app.proxies.meeting_id IS 'The meeting that it is for; null: all, until it is revoked.';
COMMENT ON COLUMN app.proxies.state IS 'offered: the holder has not accepted yet; accepted: good; revoked: by either of them or a moderator.';
COMMENT ON COLUMN app.proxies.created_by IS 'The grantor, or the moderator or key that recorded it.';
COMMENT ON COLUMN app.proxies.created_at IS 'When it was given.';
COMMENT ON COLUMN app.proxies.accepted_at IS 'When the holder accepted, or a moderator recorded it.';
COMMENT ON COLUMN app.proxies.revoked_at IS 'When it was revoked or declined.';

CREATE TABLE app.proxy_settings (
  org_id uuid PRIMARY KEY REFERENCES app.organisations (org_id),
  holder_limit integer CHECK (holder_limit >= 0)
);
COMMENT ON TABLE app.proxy_settings IS 'Rules of an organisation about proxies. No row: none.';
COMMENT ON COLUMN app.proxy_settings.org_id IS 'The organisation.';
COMMENT ON COLUMN app.proxy_settings.holder_limit IS 'Proxies that one member may hold where the meeting does not say; null: any number.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['attendee_sessions', 'presence', 'agenda_items', 'speakers', 'proxies', 'proxy_settings'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['attendee_sessions', 'agenda_items', 'speakers', 'proxies', 'proxy_settings'] LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON app.%I TO psephos_app', name);
  END LOOP;
END $$;
GRANT SELECT ON app.presence TO psephos_app;
GRANT DELETE ON app.attendee_sessions, app.agenda_items TO psephos_app;
GRANT SELECT ON app.agenda_items, app.speakers, app.proxies, app.proxy_settings TO psephos_auditor;
GRANT SELECT (state, role) ON app.attendees TO psephos_auditor;

-- The urn puts members and those whose proxies they hold on the roll, and says who is present when an election closes.
GRANT SELECT ON app.members, app.group_members, app.proxies TO psephos_urn;
GRANT SELECT, INSERT, UPDATE, DELETE ON app.presence TO psephos_urn;

-- A session is found before its organisation is known; what is over is cleared away in all organisations at once.
GRANT SELECT, DELETE ON app.attendee_sessions, app.presence TO psephos_door;
CREATE POLICY door ON app.attendee_sessions TO psephos_door USING (true);
CREATE POLICY door ON app.presence TO psephos_door USING (true);
RESET ROLE;

SET LOCAL ROLE psephos_urn;
DROP FUNCTION IF EXISTS urn.enrol_attendee(uuid, uuid, uuid); -- enrol_attendees takes its place
RESET ROLE;
