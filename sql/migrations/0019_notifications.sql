-- Up Migration
SET LOCAL ROLE psephos_owner;

CREATE TABLE app.notification_events (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  event text NOT NULL CHECK (length(event) BETWEEN 1 AND 120),
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
  subject uuid NOT NULL,
  facts jsonb NOT NULL,
  worth_until timestamptz,
  after_member_id uuid,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  spread_at timestamptz,
  PRIMARY KEY (org_id, event)
);
CREATE INDEX notification_events_to_spread ON app.notification_events (org_id, created_at, event) WHERE spread_at IS NULL;
CREATE INDEX notification_events_by_subject ON app.notification_events (org_id, subject, created_at);
CREATE INDEX notification_events_by_age ON app.notification_events (created_at);
COMMENT ON TABLE app.notification_events IS 'What people are to be told of, once each. Those who should know get their notifications from it, some at a time.';
COMMENT ON COLUMN app.notification_events.org_id IS 'The organisation.';
COMMENT ON COLUMN app.notification_events.event IS 'Names the event, so that however often the log is read it is told once, e.g. election.opened:ID.';
COMMENT ON COLUMN app.notification_events.kind IS 'Kind of notification, by which people choose.';
COMMENT ON COLUMN app.notification_events.subject IS 'The election, meeting, proxy or member that it is about.';
COMMENT ON COLUMN app.notification_events.facts IS 'What its sentences are filled with: titles, names, times.';
COMMENT ON COLUMN app.notification_events.worth_until IS 'After this time nobody need be told by mail or push any more; null: always.';
COMMENT ON COLUMN app.notification_events.after_member_id IS 'Members up to this one have got theirs; null: nobody yet.';
COMMENT ON COLUMN app.notification_events.created_at IS 'When it was noted.';
COMMENT ON COLUMN app.notification_events.spread_at IS 'When everybody had got theirs; null while that is under way.';

CREATE TABLE app.notifications (
  org_id uuid NOT NULL,
  notification_id uuid NOT NULL DEFAULT gen_random_uuid(),
  event text NOT NULL,
  member_id uuid NOT NULL,
  account_id uuid REFERENCES app.accounts (account_id),
  in_app boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  read_at timestamptz,
  mail_due_at timestamptz,
  PRIMARY KEY (org_id, notification_id),
  UNIQUE (org_id, event, member_id),
  FOREIGN KEY (org_id, event) REFERENCES app.notification_events (org_id, event) ON DELETE CASCADE,
  FOREIGN KEY (org_id, member_id) REFERENCES app.members (org_id, member_id) ON DELETE CASCADE
);
CREATE INDEX notifications_of_account ON app.notifications (account_id, created_at DESC, notification_id DESC) WHERE in_app;
CREATE INDEX notifications_unread ON app.notifications (account_id) WHERE in_app AND read_at IS NULL;
CREATE INDEX notifications_held ON app.notifications (mail_due_at) WHERE mail_due_at IS NOT NULL;
COMMENT ON TABLE app.notifications IS 'One event for one member: the inbox, what mails are held back for, and the proof that nobody is told twice.';
COMMENT ON COLUMN app.notifications.org_id IS 'The organisation.';
COMMENT ON COLUMN app.notifications.notification_id IS 'The notification.';
COMMENT ON COLUMN app.notifications.event IS 'What it tells of.';
COMMENT ON COLUMN app.notifications.member_id IS 'Who is told.';
COMMENT ON COLUMN app.notifications.account_id IS 'The person''s account then; null where the member had none.';
COMMENT ON COLUMN app.notifications.in_app IS 'Whether it stands in the person''s inbox.';
COMMENT ON COLUMN app.notifications.created_at IS 'When it was made.';
COMMENT ON COLUMN app.notifications.read_at IS 'When the person marked it as read.';
COMMENT ON COLUMN app.notifications.mail_due_at IS 'Until when its mail is held, for quiet hours or a daily summary; null where none is.';

CREATE TABLE app.notification_preferences (
  account_id uuid PRIMARY KEY REFERENCES app.accounts (account_id),
  kinds jsonb NOT NULL,
  email boolean NOT NULL,
  delivery text NOT NULL CHECK (delivery IN ('at_once', 'daily')),
  daily_hour smallint NOT NULL CHECK (daily_hour BETWEEN 0 AND 23),
  quiet_from smallint CHECK (quiet_from BETWEEN 0 AND 1439),
  quiet_to smallint CHECK (quiet_to BETWEEN 0 AND 1439),
  time_zone text NOT NULL CHECK (length(time_zone) BETWEEN 1 AND 64),
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
);
COMMENT ON TABLE app.notification_preferences IS 'How a person wants to be told. No row: everything, at once.';
COMMENT ON COLUMN app.notification_preferences.account_id IS 'The person.';
COMMENT ON COLUMN app.notification_preferences.kinds IS 'By kind which of in_app, email and push are wanted; a kind that is not there: all.';
COMMENT ON COLUMN app.notification_preferences.email IS 'False: no mails of any organisation, but those that the person asks for.';
COMMENT ON COLUMN app.notification_preferences.delivery IS 'Mails at_once, or one a day of each organisation.';
COMMENT ON COLUMN app.notification_preferences.daily_hour IS 'Hour of the daily mail, by the person''s clock.';
COMMENT ON COLUMN app.notification_preferences.quiet_from IS 'Minute of the day at which quiet hours begin; null: there are none.';
COMMENT ON COLUMN app.notification_preferences.quiet_to IS 'Minute of the day at which they end.';
COMMENT ON COLUMN app.notification_preferences.time_zone IS 'IANA name of the person''s clock.';
COMMENT ON COLUMN app.notification_preferences.changed_at IS 'When they were last changed.';

CREATE TABLE app.notification_mutes (
  org_id uuid NOT NULL,
  member_id uuid NOT NULL,
  muted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, member_id),
  FOREIGN KEY (org_id, member_id) REFERENCES app.members (org_id, member_id) ON DELETE CASCADE
);
COMMENT ON TABLE app.notification_mutes IS 'Members who want no mails of this organisation''s notifications.';
COMMENT ON COLUMN app.notification_mutes.org_id IS 'The organisation.';
COMMENT ON COLUMN app.notification_mutes.member_id IS 'Who.';
COMMENT ON COLUMN app.notification_mutes.muted_at IS 'Since when.';

CREATE TABLE app.push_subscriptions (
  account_id uuid NOT NULL REFERENCES app.accounts (account_id),
  subscription_id uuid NOT NULL DEFAULT gen_random_uuid(),
  endpoint text NOT NULL CHECK (length(endpoint) BETWEEN 8 AND 1000),
  p256dh text NOT NULL CHECK (length(p256dh) <= 100),
  auth text NOT NULL CHECK (length(auth) <= 50),
  user_agent text NOT NULL DEFAULT '' CHECK (length(user_agent) <= 256),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (account_id, subscription_id)
);
CREATE UNIQUE INDEX push_subscriptions_once ON app.push_subscriptions (account_id, endpoint);
COMMENT ON TABLE app.push_subscriptions IS 'Browsers that a person wants pushes in.';
COMMENT ON COLUMN app.push_subscriptions.account_id IS 'The person.';
COMMENT ON COLUMN app.push_subscriptions.subscription_id IS 'The subscription.';
COMMENT ON COLUMN app.push_subscriptions.endpoint IS 'Where the browser''s maker takes pushes for it; whoever knows it can push, so it is a secret.';
COMMENT ON COLUMN app.push_subscriptions.p256dh IS 'The browser''s public key, base64url: pushes are encrypted for it.';
COMMENT ON COLUMN app.push_subscriptions.auth IS 'The browser''s authentication secret, base64url.';
COMMENT ON COLUMN app.push_subscriptions.user_agent IS 'What the browser called itself, for the list of devices.';
COMMENT ON COLUMN app.push_subscriptions.created_at IS 'When the person turned pushes on in it.';

CREATE TABLE app.push_messages (
  org_id uuid NOT NULL,
  notification_id uuid NOT NULL,
  account_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  due_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  worth_until timestamptz NOT NULL,
  PRIMARY KEY (org_id, notification_id, subscription_id),
  FOREIGN KEY (org_id, notification_id) REFERENCES app.notifications (org_id, notification_id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, subscription_id) REFERENCES app.push_subscriptions (account_id, subscription_id) ON DELETE CASCADE
);
CREATE INDEX push_messages_due ON app.push_messages (due_at);
CREATE INDEX push_messages_by_subscription ON app.push_messages (account_id, subscription_id);
COMMENT ON TABLE app.push_messages IS 'Pushes that wait to be sent; a row is gone once it is sent or given up.';
COMMENT ON COLUMN app.push_messages.org_id IS 'The organisation.';
COMMENT ON COLUMN app.push_messages.notification_id IS 'What is told.';
COMMENT ON COLUMN app.push_messages.account_id IS 'Whom.';
COMMENT ON COLUMN app.push_messages.subscription_id IS 'In which browser.';
COMMENT ON COLUMN app.push_messages.due_at IS 'When it may be taken (again).';
COMMENT ON COLUMN app.push_messages.attempts IS 'How often a sender has taken it.';
COMMENT ON COLUMN app.push_messages.worth_until IS 'After this time it is not sent any more.';

CREATE TABLE app.meeting_invitees (
  org_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  member_id uuid NOT NULL,
  invited_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, meeting_id, member_id),
  FOREIGN KEY (org_id, meeting_id) REFERENCES app.meetings (org_id, meeting_id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, member_id) REFERENCES app.members (org_id, member_id) ON DELETE CASCADE
);
COMMENT ON TABLE app.meeting_invitees IS 'Who was invited to a meeting, and is told when it is moved or does not take place.';
COMMENT ON COLUMN app.meeting_invitees.org_id IS 'The organisation.';
COMMENT ON COLUMN app.meeting_invitees.meeting_id IS 'The meeting.';
COMMENT ON COLUMN app.meeting_invitees.member_id IS 'Who.';
COMMENT ON COLUMN app.meeting_invitees.invited_at IS 'When.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['notification_events', 'notifications', 'notification_preferences', 'notification_mutes',
      'push_subscriptions', 'push_messages', 'meeting_invitees'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['notification_events', 'notifications', 'notification_mutes', 'push_messages', 'meeting_invitees'] LOOP
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['notification_preferences', 'push_subscriptions'] LOOP
    EXECUTE format('CREATE POLICY own_account ON app.%I USING (account_id = (SELECT app.current_account()))', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['notification_events', 'notifications', 'push_messages', 'push_subscriptions'] LOOP
    EXECUTE format('CREATE POLICY door ON app.%I TO psephos_door USING (true)', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON app.notification_events, app.notifications, app.notification_mutes, app.meeting_invitees,
  app.notification_preferences, app.push_subscriptions TO psephos_app;
GRANT UPDATE (after_member_id, spread_at) ON app.notification_events TO psephos_app;
GRANT UPDATE (mail_due_at) ON app.notifications TO psephos_app;
GRANT UPDATE ON app.notification_preferences, app.push_subscriptions TO psephos_app;
GRANT DELETE ON app.notification_mutes, app.notification_preferences, app.push_subscriptions TO psephos_app;
-- whoever decides how somebody is told reads that person's wishes; nothing else of an account is in them
CREATE POLICY of_members ON app.notification_preferences FOR SELECT TO psephos_app
  USING (EXISTS (SELECT FROM app.members m WHERE m.org_id = (SELECT app.current_org()) AND m.account_id = notification_preferences.account_id));
GRANT SELECT ON app.meeting_invitees, app.notification_mutes TO psephos_auditor;
-- the inbox of a person over all organisations, pushes with their secrets, and what is due anywhere: through functions alone
GRANT SELECT, DELETE ON app.notification_events TO psephos_door;
GRANT SELECT, UPDATE (read_at) ON app.notifications TO psephos_door;
GRANT SELECT, INSERT, UPDATE, DELETE ON app.push_messages TO psephos_door;
GRANT SELECT, DELETE ON app.push_subscriptions TO psephos_door;

SELECT app.audit_table('notification_preferences', 'account_id', 'account_id', 'account_id', '', 'changed_at');
SELECT app.audit_table('push_subscriptions', 'account_id,subscription_id', 'account_id', 'account_id', 'endpoint,p256dh,auth', '');
SELECT app.audit_table('notification_mutes', 'org_id,member_id', 'member_id', 'member_id', '', '');
CREATE TRIGGER audit_created AFTER INSERT ON app.meeting_invitees REFERENCING NEW TABLE AS counted_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.audit_stage_count('meeting_id');
CREATE TRIGGER audit_changed AFTER UPDATE ON app.meeting_invitees REFERENCING NEW TABLE AS counted_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.audit_stage_count('meeting_id');
CREATE TRIGGER audit_removed AFTER DELETE ON app.meeting_invitees REFERENCING OLD TABLE AS counted_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.audit_stage_count('meeting_id');
RESET ROLE;
