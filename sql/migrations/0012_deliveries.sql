-- Up Migration
SET LOCAL ROLE psephos_owner;

CREATE TABLE app.mails (
  -- The nil UUID stands for no organisation: a mail to a person who signs in belongs to nobody but that person. A null
  -- could be no part of a key.
  org_id uuid NOT NULL,
  mail_id uuid NOT NULL DEFAULT gen_random_uuid(),
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
  recipient text NOT NULL CHECK (length(recipient) BETWEEN 3 AND 320),
  locale text NOT NULL CHECK (locale IN ('en', 'de')),
  template text NOT NULL,
  data jsonb,
  priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 9),
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sending', 'sent', 'failed', 'expired')),
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  settled_at timestamptz,
  answer text,
  PRIMARY KEY (org_id, mail_id),
  UNIQUE (org_id, key),
  CHECK ((settled_at IS NULL) = (status IN ('waiting', 'sending'))),
  CHECK (data IS NOT NULL OR settled_at IS NOT NULL)
);
-- what a sender asks for, over all organisations: those for which somebody waits come first
CREATE INDEX mails_due ON app.mails (priority, due_at) WHERE status IN ('waiting', 'sending');
CREATE INDEX mails_settled ON app.mails (settled_at) WHERE settled_at IS NOT NULL;
COMMENT ON TABLE app.mails IS 'Mails to be sent and what became of them. What they say is erased once they are sent, given up or too old.';
COMMENT ON COLUMN app.mails.org_id IS 'The organisation that writes; the nil UUID for mails about signing in, which are of none.';
COMMENT ON COLUMN app.mails.mail_id IS 'The mail; its Message-ID is made from it, so that a second copy can be told.';
COMMENT ON COLUMN app.mails.key IS 'What it is about, as its writer names it; the same key is queued once.';
COMMENT ON COLUMN app.mails.recipient IS 'Address that it goes to; one.';
COMMENT ON COLUMN app.mails.locale IS 'Language that it is written in: en, de.';
COMMENT ON COLUMN app.mails.template IS 'Which text it is.';
COMMENT ON COLUMN app.mails.data IS 'What the text is filled with, secret links included; null once the mail is settled.';
COMMENT ON COLUMN app.mails.priority IS '0 where somebody sits and waits for it, 5 for mails to many.';
COMMENT ON COLUMN app.mails.status IS 'waiting, sending (a sender has it until due_at), sent, failed (the server will not have it), expired.';
COMMENT ON COLUMN app.mails.attempts IS 'How often a sender has taken it.';
COMMENT ON COLUMN app.mails.due_at IS 'When it may be taken (again).';
COMMENT ON COLUMN app.mails.expires_at IS 'After this time it is not worth sending: the link in it no longer works.';
COMMENT ON COLUMN app.mails.created_at IS 'When it was queued.';
COMMENT ON COLUMN app.mails.settled_at IS 'When it was sent or given up.';
COMMENT ON COLUMN app.mails.answer IS 'What the mail server last said about it, shortened.';

CREATE TABLE app.webhooks (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  webhook_id uuid NOT NULL,
  url text NOT NULL CHECK (length(url) BETWEEN 8 AND 2000),
  description text NOT NULL DEFAULT '' CHECK (length(description) <= 200),
  events text[] NOT NULL CHECK (cardinality(events) > 0),
  secret text NOT NULL,
  previous_secret text,
  previous_until timestamptz,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'disabled')),
  disabled_reason text,
  failing_since timestamptz,
  from_pos bigint NOT NULL,
  next_at timestamptz,
  busy_until timestamptz,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, webhook_id)
);
CREATE INDEX webhooks_due ON app.webhooks (next_at) WHERE state = 'active' AND next_at IS NOT NULL;
COMMENT ON TABLE app.webhooks IS 'Addresses of other systems that are told when something happens in an organisation.';
COMMENT ON COLUMN app.webhooks.org_id IS 'The organisation.';
COMMENT ON COLUMN app.webhooks.webhook_id IS 'The webhook.';
COMMENT ON COLUMN app.webhooks.url IS 'Where events are posted.';
COMMENT ON COLUMN app.webhooks.description IS 'What it is for.';
COMMENT ON COLUMN app.webhooks.events IS 'Kinds of events that it is told, e.g. election.closed.';
COMMENT ON COLUMN app.webhooks.secret IS 'Key of the signature. Shown once; only the sender reads it.';
COMMENT ON COLUMN app.webhooks.previous_secret IS 'The key before the last rotation, while receivers may still use it.';
COMMENT ON COLUMN app.webhooks.previous_until IS 'Until when events are signed with the previous key as well.';
COMMENT ON COLUMN app.webhooks.state IS 'active or disabled.';
COMMENT ON COLUMN app.webhooks.disabled_reason IS 'Why it was disabled, for its administrator.';
COMMENT ON COLUMN app.webhooks.failing_since IS 'First failure after the last success.';
COMMENT ON COLUMN app.webhooks.from_pos IS 'Log position when it was made or set active again: it is told what comes after.';
COMMENT ON COLUMN app.webhooks.next_at IS 'When the next of its deliveries is due; null where none waits.';
COMMENT ON COLUMN app.webhooks.busy_until IS 'A sender is at work for it until then: one delivery at a time keeps their order.';
COMMENT ON COLUMN app.webhooks.created_by IS 'Key or member that made it.';
COMMENT ON COLUMN app.webhooks.created_at IS 'When.';

CREATE TABLE app.webhook_deliveries (
  org_id uuid NOT NULL,
  delivery_id uuid NOT NULL DEFAULT gen_random_uuid(),
  webhook_id uuid NOT NULL,
  event_id text NOT NULL,
  kind text NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  body text NOT NULL CHECK (octet_length(body) <= 65536),
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  retry_until timestamptz NOT NULL,
  response_status integer,
  response_excerpt text,
  latency_ms integer,
  problem text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempted_at timestamptz,
  settled_at timestamptz,
  PRIMARY KEY (org_id, delivery_id),
  UNIQUE (org_id, webhook_id, event_id),
  FOREIGN KEY (org_id, webhook_id) REFERENCES app.webhooks (org_id, webhook_id) ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_waiting ON app.webhook_deliveries (org_id, webhook_id, due_at) WHERE status = 'waiting';
CREATE INDEX webhook_deliveries_order ON app.webhook_deliveries (org_id, webhook_id, seq) WHERE status = 'waiting';
CREATE INDEX webhook_deliveries_by_webhook ON app.webhook_deliveries (org_id, webhook_id, seq);
CREATE INDEX webhook_deliveries_settled ON app.webhook_deliveries (settled_at) WHERE settled_at IS NOT NULL;
COMMENT ON TABLE app.webhook_deliveries IS 'One event for one webhook: what is posted, and how that went.';
COMMENT ON COLUMN app.webhook_deliveries.org_id IS 'The organisation.';
COMMENT ON COLUMN app.webhook_deliveries.delivery_id IS 'The delivery.';
COMMENT ON COLUMN app.webhook_deliveries.webhook_id IS 'Whom it goes to.';
COMMENT ON COLUMN app.webhook_deliveries.event_id IS 'The event; the same over all attempts, so that the receiver can tell a repetition.';
COMMENT ON COLUMN app.webhook_deliveries.kind IS 'Kind of event.';
COMMENT ON COLUMN app.webhook_deliveries.seq IS 'Order in which deliveries were queued.';
COMMENT ON COLUMN app.webhook_deliveries.body IS 'The JSON that is posted, byte for byte: states and counts, never ballots of a secret election.';
COMMENT ON COLUMN app.webhook_deliveries.status IS 'waiting, delivered, failed (given up).';
COMMENT ON COLUMN app.webhook_deliveries.attempts IS 'How often it was posted.';
COMMENT ON COLUMN app.webhook_deliveries.due_at IS 'When it may be posted (again).';
COMMENT ON COLUMN app.webhook_deliveries.retry_until IS 'A failure after this time is the last.';
COMMENT ON COLUMN app.webhook_deliveries.response_status IS 'HTTP status of the last answer; null where there was none.';
COMMENT ON COLUMN app.webhook_deliveries.response_excerpt IS 'Beginning of the last answer, at most 1,024 bytes.';
COMMENT ON COLUMN app.webhook_deliveries.latency_ms IS 'How long the last attempt took.';
COMMENT ON COLUMN app.webhook_deliveries.problem IS 'Why the last attempt failed, for its administrator.';
COMMENT ON COLUMN app.webhook_deliveries.created_at IS 'When it was queued.';
COMMENT ON COLUMN app.webhook_deliveries.attempted_at IS 'When it was last posted.';
COMMENT ON COLUMN app.webhook_deliveries.settled_at IS 'When it was delivered or given up.';

CREATE TABLE app.webhook_cursors (
  org_id uuid PRIMARY KEY REFERENCES app.organisations (org_id),
  pos bigint NOT NULL
);
COMMENT ON TABLE app.webhook_cursors IS 'How far each organisation''s log has been turned into deliveries. Moves in the transaction that queues them.';
COMMENT ON COLUMN app.webhook_cursors.org_id IS 'The organisation.';
COMMENT ON COLUMN app.webhook_cursors.pos IS 'Log position up to which everything has been queued.';

CREATE TABLE app.webhook_milestones (
  org_id uuid NOT NULL,
  election_id uuid NOT NULL,
  cast_count bigint NOT NULL,
  roll bigint NOT NULL,
  reached smallint NOT NULL CHECK (reached BETWEEN 0 AND 100),
  PRIMARY KEY (org_id, election_id),
  FOREIGN KEY (org_id, election_id) REFERENCES app.elections (org_id, election_id) ON DELETE CASCADE
);
COMMENT ON TABLE app.webhook_milestones IS 'Turnout of running elections as the cursor has seen it, so that each milestone is announced once.';
COMMENT ON COLUMN app.webhook_milestones.org_id IS 'The organisation.';
COMMENT ON COLUMN app.webhook_milestones.election_id IS 'The election.';
COMMENT ON COLUMN app.webhook_milestones.cast_count IS 'Ballots up to the cursor.';
COMMENT ON COLUMN app.webhook_milestones.roll IS 'Size of the roll when it was last counted.';
COMMENT ON COLUMN app.webhook_milestones.reached IS 'Last milestone that was announced, in percent of the roll.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['mails', 'webhooks', 'webhook_deliveries', 'webhook_cursors', 'webhook_milestones'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['webhook_deliveries', 'webhook_cursors', 'webhook_milestones'] LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON app.%I TO psephos_app', name);
  END LOOP;
END $$;
-- Mails hold the links that people sign in with: the application queues and takes them through functions alone, so that
-- naming an organisation, or the nil UUID, shows none.
GRANT SELECT, INSERT, UPDATE, DELETE ON app.mails TO psephos_door;
CREATE POLICY door ON app.mails TO psephos_door USING (true);
-- the secrets may be written and not read
GRANT SELECT (org_id, webhook_id, url, description, events, previous_until, state, disabled_reason, failing_since, from_pos,
  next_at, busy_until, created_by, created_at) ON app.webhooks TO psephos_app, psephos_auditor;
GRANT INSERT, UPDATE, DELETE ON app.webhooks TO psephos_app;
GRANT SELECT (org_id, delivery_id, webhook_id, event_id, kind, status, attempts, response_status, created_at, settled_at)
  ON app.webhook_deliveries TO psephos_auditor;
GRANT SELECT, UPDATE ON app.webhooks TO psephos_door;
CREATE POLICY door ON app.webhooks TO psephos_door USING (true);
GRANT SELECT, UPDATE, DELETE ON app.webhook_deliveries TO psephos_door;
CREATE POLICY door ON app.webhook_deliveries TO psephos_door USING (true);
GRANT SELECT ON app.webhook_cursors TO psephos_door;
CREATE POLICY door ON app.webhook_cursors FOR SELECT TO psephos_door USING (true);
RESET ROLE;
