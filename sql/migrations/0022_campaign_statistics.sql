-- Up Migration
SET LOCAL ROLE psephos_owner;

-- What the log of coins does not say: who acted, and how coins moved that cancel each other out. One row a batch and turn, written
-- with it and gone once it is counted; an index on the ledger would cost the hot path an entry for each act.
CREATE TABLE app.coin_batches (
  org_id uuid NOT NULL,
  batch uuid NOT NULL,
  turn smallint NOT NULL,
  given bigint NOT NULL,
  taken_back bigint NOT NULL,
  moved bigint NOT NULL,
  givers uuid[] STORAGE EXTERNAL NOT NULL, -- random bytes: trying to compress them is lost time
  others uuid[] STORAGE EXTERNAL NOT NULL,
  PRIMARY KEY (org_id, batch, turn)
) WITH (toast_tuple_target = 8160); -- some 450 members lie in the row itself
COMMENT ON TABLE app.coin_batches IS 'Batches of acts with coins that are not in the statistics yet: who acted, and how many coins went which way.';
COMMENT ON COLUMN app.coin_batches.org_id IS 'The organisation.';
COMMENT ON COLUMN app.coin_batches.batch IS 'The batch, as the ledger and the log name it.';
COMMENT ON COLUMN app.coin_batches.turn IS 'First, second … acts of each purse in the batch.';
COMMENT ON COLUMN app.coin_batches.given IS 'Coins from purses onto ideas.';
COMMENT ON COLUMN app.coin_batches.taken_back IS 'Coins from ideas into purses.';
COMMENT ON COLUMN app.coin_batches.moved IS 'Coins from one idea to another.';
COMMENT ON COLUMN app.coin_batches.givers IS 'Members who gave.';
COMMENT ON COLUMN app.coin_batches.others IS 'Members who moved coins or took them back.';

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
  PRIMARY KEY (org_id, campaign_id),
  FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
COMMENT ON TABLE app.campaign_figures IS 'Counters of each campaign, kept by a worker from the log.';
COMMENT ON COLUMN app.campaign_figures.org_id IS 'The organisation.';
COMMENT ON COLUMN app.campaign_figures.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.campaign_figures.invited IS 'Members who are invited and not in.';
COMMENT ON COLUMN app.campaign_figures.requested IS 'Members who ask to join.';
COMMENT ON COLUMN app.campaign_figures.joined IS 'Members who are in.';
COMMENT ON COLUMN app.campaign_figures.gave IS 'Members who ever gave coins.';
COMMENT ON COLUMN app.campaign_figures.proposers IS 'Members who proposed an idea.';
COMMENT ON COLUMN app.campaign_figures.submitted IS 'Ideas that were proposed.';
COMMENT ON COLUMN app.campaign_figures.approved IS 'Ideas that were approved.';
COMMENT ON COLUMN app.campaign_figures.accepted IS 'Ideas that were accepted.';
COMMENT ON COLUMN app.campaign_figures.started IS 'Ideas that work began on.';
COMMENT ON COLUMN app.campaign_figures.completed IS 'Ideas that were done.';
COMMENT ON COLUMN app.campaign_figures.rejected IS 'Ideas that were rejected, without the merged ones.';
COMMENT ON COLUMN app.campaign_figures.merged IS 'Ideas that were merged into another.';
COMMENT ON COLUMN app.campaign_figures.refused IS 'Of the rejected and merged ideas those that never were approved.';
COMMENT ON COLUMN app.campaign_figures.coins IS 'Coins on all ideas, expended ones too.';

CREATE TABLE app.campaign_hours (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  hour timestamptz NOT NULL,
  given bigint NOT NULL DEFAULT 0,
  taken_back bigint NOT NULL DEFAULT 0,
  moved bigint NOT NULL DEFAULT 0,
  returned bigint NOT NULL DEFAULT 0,
  expended bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, campaign_id, hour),
  FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
COMMENT ON TABLE app.campaign_hours IS 'Coins that moved in each hour of a campaign, kept by a worker from the log.';
COMMENT ON COLUMN app.campaign_hours.org_id IS 'The organisation.';
COMMENT ON COLUMN app.campaign_hours.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.campaign_hours.hour IS 'Its beginning, as the log counts time.';
COMMENT ON COLUMN app.campaign_hours.given IS 'From purses onto ideas.';
COMMENT ON COLUMN app.campaign_hours.taken_back IS 'From ideas into purses, by their owners.';
COMMENT ON COLUMN app.campaign_hours.moved IS 'From one idea to another, by their owners.';
COMMENT ON COLUMN app.campaign_hours.returned IS 'From ideas that were rejected or merged back into purses.';
COMMENT ON COLUMN app.campaign_hours.expended IS 'On ideas that were accepted.';

CREATE TABLE app.campaign_people (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  user_id uuid NOT NULL,
  state text CHECK (state IN ('invited', 'requested', 'joined', 'left')),
  cohort date,
  active_hour timestamptz,
  gave_week date,
  proposed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (org_id, campaign_id, user_id),
  FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
COMMENT ON TABLE app.campaign_people IS 'As what each member is counted in the statistics of a campaign: so that everybody is counted once.';
COMMENT ON COLUMN app.campaign_people.org_id IS 'The organisation.';
COMMENT ON COLUMN app.campaign_people.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.campaign_people.user_id IS 'The member.';
COMMENT ON COLUMN app.campaign_people.state IS 'State in which the member is counted; null: in none.';
COMMENT ON COLUMN app.campaign_people.cohort IS 'Monday of the week of joining; null: never joined.';
COMMENT ON COLUMN app.campaign_people.active_hour IS 'The last hour in which the member did something.';
COMMENT ON COLUMN app.campaign_people.gave_week IS 'Monday of the last week in which the member gave coins.';
COMMENT ON COLUMN app.campaign_people.proposed IS 'Whether the member proposed an idea.';

CREATE TABLE app.campaign_active (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  hour timestamptz NOT NULL,
  members bigint NOT NULL,
  PRIMARY KEY (org_id, campaign_id, hour),
  FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
COMMENT ON TABLE app.campaign_active IS 'Members by the last hour in which they did something: the sum over the last 24 is who was active within a day.';
COMMENT ON COLUMN app.campaign_active.org_id IS 'The organisation.';
COMMENT ON COLUMN app.campaign_active.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.campaign_active.hour IS 'Beginning of the hour.';
COMMENT ON COLUMN app.campaign_active.members IS 'How many did something in it and nothing since.';

CREATE TABLE app.campaign_cohorts (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  cohort date NOT NULL,
  joined bigint NOT NULL DEFAULT 0,
  gave bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, campaign_id, cohort),
  FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
COMMENT ON TABLE app.campaign_cohorts IS 'Members of a campaign by the week in which they joined.';
COMMENT ON COLUMN app.campaign_cohorts.org_id IS 'The organisation.';
COMMENT ON COLUMN app.campaign_cohorts.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.campaign_cohorts.cohort IS 'Monday of the week of joining, UTC.';
COMMENT ON COLUMN app.campaign_cohorts.joined IS 'How many joined in it for the first time.';
COMMENT ON COLUMN app.campaign_cohorts.gave IS 'How many of them ever gave coins.';

CREATE TABLE app.campaign_cohort_weeks (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  cohort date NOT NULL,
  week date NOT NULL,
  gave bigint NOT NULL,
  PRIMARY KEY (org_id, campaign_id, cohort, week),
  FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
COMMENT ON TABLE app.campaign_cohort_weeks IS 'How many of those who joined in a week gave coins in a later one.';
COMMENT ON COLUMN app.campaign_cohort_weeks.org_id IS 'The organisation.';
COMMENT ON COLUMN app.campaign_cohort_weeks.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.campaign_cohort_weeks.cohort IS 'Monday of the week of joining, UTC.';
COMMENT ON COLUMN app.campaign_cohort_weeks.week IS 'Monday of the week in which they gave.';
COMMENT ON COLUMN app.campaign_cohort_weeks.gave IS 'How many of them gave in it.';

CREATE TABLE app.campaign_tag_totals (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  tag_id uuid NOT NULL,
  ideas bigint NOT NULL DEFAULT 0,
  coins bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, campaign_id, tag_id),
  FOREIGN KEY (org_id, tag_id) REFERENCES app.campaign_tags (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
COMMENT ON TABLE app.campaign_tag_totals IS 'Ideas and coins under each tag of a campaign, kept by a worker from the log.';
COMMENT ON COLUMN app.campaign_tag_totals.org_id IS 'The organisation.';
COMMENT ON COLUMN app.campaign_tag_totals.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.campaign_tag_totals.tag_id IS 'The tag.';
COMMENT ON COLUMN app.campaign_tag_totals.ideas IS 'Ideas that bear it and everyone sees.';
COMMENT ON COLUMN app.campaign_tag_totals.coins IS 'Coins on them.';

ALTER TABLE app.idea_totals ADD COLUMN counted_tags uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN untold_coins bigint NOT NULL DEFAULT 0,
  ADD COLUMN tell_at timestamptz,
  ADD COLUMN told_at timestamptz;
CREATE INDEX idea_totals_to_tell ON app.idea_totals (tell_at) WHERE tell_at IS NOT NULL;
COMMENT ON COLUMN app.idea_totals.counted_tags IS 'Tags under which its coins are counted.';
COMMENT ON COLUMN app.idea_totals.untold_coins IS 'Coins that it got since its submitter was last told.';
COMMENT ON COLUMN app.idea_totals.tell_at IS 'When the submitter is to be told of them; null: there are none.';
COMMENT ON COLUMN app.idea_totals.told_at IS 'When the submitter was last told.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['coin_batches', 'campaign_figures', 'campaign_hours', 'campaign_people', 'campaign_active', 'campaign_cohorts',
      'campaign_cohort_weeks', 'campaign_tag_totals'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
    EXECUTE format('GRANT SELECT ON app.%I TO psephos_app, psephos_auditor', name);
  END LOOP;
END $$;
GRANT INSERT ON app.coin_batches TO psephos_urn;
GRANT DELETE ON app.coin_batches TO psephos_app;
GRANT INSERT, UPDATE, DELETE ON app.campaign_figures, app.campaign_hours, app.campaign_people, app.campaign_active, app.campaign_cohorts,
  app.campaign_cohort_weeks, app.campaign_tag_totals TO psephos_app;
CREATE POLICY door ON app.idea_totals FOR SELECT TO psephos_door USING (true);
RESET ROLE;

SET LOCAL ROLE psephos_door;
DROP FUNCTION IF EXISTS door.claim_pushes(integer, integer); -- its answer says what a notification is about, too
RESET ROLE;
