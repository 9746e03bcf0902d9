-- Up Migration
SET LOCAL ROLE psephos_owner;

-- banners of campaigns are wider than pictures of options
ALTER TABLE app.pictures DROP CONSTRAINT pictures_width_check, DROP CONSTRAINT pictures_height_check,
  ADD CONSTRAINT pictures_width_check CHECK (width BETWEEN 1 AND 1600), ADD CONSTRAINT pictures_height_check CHECK (height BETWEEN 1 AND 1600);
COMMENT ON TABLE app.pictures IS 'Pictures of options and campaigns, made anew from what was uploaded. Never changed: an id is one picture for ever.';

CREATE TABLE app.campaigns (
  org_id uuid NOT NULL REFERENCES app.organisations (org_id),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  campaign_id text COLLATE "C" NOT NULL CHECK (campaign_id ~ '^[a-z0-9][a-z0-9-]{1,98}[a-z0-9]$'),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 255),
  description text NOT NULL DEFAULT '' CHECK (length(description) <= 20000),
  campaign_type text NOT NULL CHECK (campaign_type IN ('open', 'mediated', 'closed')),
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'active', 'completed', 'archived')),
  preset text NOT NULL DEFAULT 'ideas' CHECK (preset IN ('ideas', 'budget', 'priority', 'quadratic')),
  budget bigint CHECK (budget > 0),
  budget_rule text CHECK (budget_rule IN ('greedy', 'equal_shares', 'equal_shares_add1')),
  hide_totals boolean NOT NULL DEFAULT false,
  embeddable boolean NOT NULL DEFAULT false,
  start_date timestamptz,
  end_date timestamptz,
  banner_id uuid,
  icon_id uuid,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  activated_at timestamptz,
  completed_at timestamptz,
  archived_at timestamptz,
  PRIMARY KEY (org_id, id),
  UNIQUE (org_id, campaign_id),
  FOREIGN KEY (org_id, banner_id) REFERENCES app.pictures (org_id, picture_id),
  FOREIGN KEY (org_id, icon_id) REFERENCES app.pictures (org_id, picture_id),
  CHECK (end_date > start_date),
  CHECK ((preset = 'budget') = (budget IS NOT NULL) AND (preset = 'budget') = (budget_rule IS NOT NULL))
);
CREATE INDEX campaigns_by_status ON app.campaigns (org_id, status, created_at DESC, id);
CREATE INDEX campaigns_by_time ON app.campaigns (org_id, created_at DESC, id);
CREATE INDEX campaigns_to_start ON app.campaigns (start_date) WHERE status = 'draft';
CREATE INDEX campaigns_embeddable ON app.campaigns (id) WHERE embeddable;
CREATE INDEX campaigns_to_end ON app.campaigns (end_date) WHERE status = 'active';
COMMENT ON TABLE app.campaigns IS 'Campaigns in which members propose ideas and put coins on them.';
COMMENT ON COLUMN app.campaigns.org_id IS 'The organisation.';
COMMENT ON COLUMN app.campaigns.id IS 'The campaign.';
COMMENT ON COLUMN app.campaigns.campaign_id IS 'Public name in addresses, unique in the organisation, e.g. better-city-2026.';
COMMENT ON COLUMN app.campaigns.title IS 'Title.';
COMMENT ON COLUMN app.campaigns.description IS 'What it is about.';
COMMENT ON COLUMN app.campaigns.campaign_type IS 'Who joins: open = anyone in the organisation, mediated = on approval, closed = by invitation.';
COMMENT ON COLUMN app.campaigns.status IS 'draft -> active -> completed -> archived.';
COMMENT ON COLUMN app.campaigns.preset IS 'ideas: coins show support; budget: ideas have costs and the budget decides; priority: coins are weights; quadratic: k votes cost k x k coins.';
COMMENT ON COLUMN app.campaigns.budget IS 'What accepted ideas may cost together, in whole units of its currency; null but for the preset budget.';
COMMENT ON COLUMN app.campaigns.budget_rule IS 'How the budget is spent: greedy, equal_shares, or equal_shares_add1 with its completion; null but for the preset budget.';
COMMENT ON COLUMN app.campaigns.hide_totals IS 'Totals of ideas are shown to nobody before the campaign is completed.';
COMMENT ON COLUMN app.campaigns.embeddable IS 'Pages of other platforms may list its ideas to anybody (GET /v1/embed/ideas), unless it is by invitation.';
COMMENT ON COLUMN app.campaigns.start_date IS 'When it becomes active by itself; null: when a manager says so.';
COMMENT ON COLUMN app.campaigns.end_date IS 'When it is completed by itself; no coin moves after it. null: when a manager says so.';
COMMENT ON COLUMN app.campaigns.banner_id IS 'Picture across its page.';
COMMENT ON COLUMN app.campaigns.icon_id IS 'Small picture in lists.';
COMMENT ON COLUMN app.campaigns.created_by IS 'The member or key that made it.';
COMMENT ON COLUMN app.campaigns.created_at IS 'When it was made.';
COMMENT ON COLUMN app.campaigns.activated_at IS 'When it became active.';
COMMENT ON COLUMN app.campaigns.completed_at IS 'When it was completed.';
COMMENT ON COLUMN app.campaigns.archived_at IS 'When it was archived.';

CREATE TABLE app.coin_policies (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  initial_allocation integer NOT NULL DEFAULT 100 CHECK (initial_allocation BETWEEN 0 AND 1000000),
  idea_submission_reward integer NOT NULL DEFAULT 0 CHECK (idea_submission_reward BETWEEN 0 AND 1000000),
  allow_reallocation boolean NOT NULL DEFAULT true,
  allow_recycling boolean NOT NULL DEFAULT true,
  coin_expiry text NOT NULL DEFAULT 'never' CHECK (coin_expiry IN ('never', 'at_end', 'at')),
  coins_expire_at timestamptz,
  coins_expired_at timestamptz,
  PRIMARY KEY (org_id, campaign_id),
  FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns (org_id, id) ON DELETE CASCADE,
  CHECK ((coin_expiry = 'at') = (coins_expire_at IS NOT NULL))
);
CREATE INDEX coin_policies_to_expire ON app.coin_policies (coins_expire_at) WHERE coins_expired_at IS NULL;
COMMENT ON TABLE app.coin_policies IS 'The rules by which coins come into a campaign, move in it, and end.';
COMMENT ON COLUMN app.coin_policies.org_id IS 'The organisation.';
COMMENT ON COLUMN app.coin_policies.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.coin_policies.initial_allocation IS 'Coins that each participant gets once.';
COMMENT ON COLUMN app.coin_policies.idea_submission_reward IS 'Coins for each own idea that is approved.';
COMMENT ON COLUMN app.coin_policies.allow_reallocation IS 'Coins may be moved from one idea to another.';
COMMENT ON COLUMN app.coin_policies.allow_recycling IS 'Coins may be taken back from an idea into the purse.';
COMMENT ON COLUMN app.coin_policies.coin_expiry IS 'never; at_end: what is in purses expires when the campaign is completed; at: at coins_expire_at.';
COMMENT ON COLUMN app.coin_policies.coins_expire_at IS 'When coins in purses expire, for coin_expiry at.';
COMMENT ON COLUMN app.coin_policies.coins_expired_at IS 'When they did; null: not yet.';

CREATE TABLE app.campaign_members (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  user_id uuid NOT NULL,
  role text NOT NULL CHECK (role IN ('manager', 'member')),
  state text NOT NULL CHECK (state IN ('invited', 'requested', 'joined', 'left')),
  invited_by uuid,
  invited_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  joined_at timestamptz,
  PRIMARY KEY (org_id, campaign_id, user_id),
  FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, user_id) REFERENCES app.members (org_id, member_id) ON DELETE CASCADE,
  CHECK (state <> 'joined' OR joined_at IS NOT NULL)
);
CREATE INDEX campaign_members_by_user ON app.campaign_members (org_id, user_id, campaign_id);
CREATE INDEX campaign_members_by_state ON app.campaign_members (org_id, campaign_id, state, invited_at, user_id);
COMMENT ON TABLE app.campaign_members IS 'Who takes part in a campaign, is asked to, or asks to.';
COMMENT ON COLUMN app.campaign_members.org_id IS 'The organisation.';
COMMENT ON COLUMN app.campaign_members.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.campaign_members.user_id IS 'The member.';
COMMENT ON COLUMN app.campaign_members.role IS 'manager: runs the campaign; member: proposes ideas and gives coins.';
COMMENT ON COLUMN app.campaign_members.state IS 'invited by a manager; requested by the member; joined; left (or was taken out).';
COMMENT ON COLUMN app.campaign_members.invited_by IS 'Who invited; null where the member came alone.';
COMMENT ON COLUMN app.campaign_members.invited_at IS 'When the row was made: the invitation, the request or the joining.';
COMMENT ON COLUMN app.campaign_members.joined_at IS 'When the member joined for the first time.';

CREATE TABLE app.campaign_tags (
  org_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  campaign_id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  name_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (app.small_letters(name)) STORED,
  description text CHECK (length(description) <= 1000),
  color text CHECK (color ~ '^#[0-9a-f]{6}$'),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, id),
  UNIQUE (org_id, campaign_id, name_key),
  UNIQUE (org_id, campaign_id, id),
  FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns (org_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE app.campaign_tags IS 'Words by which the ideas of a campaign are sorted.';
COMMENT ON COLUMN app.campaign_tags.org_id IS 'The organisation.';
COMMENT ON COLUMN app.campaign_tags.id IS 'The tag.';
COMMENT ON COLUMN app.campaign_tags.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.campaign_tags.name IS 'The word as people read it.';
COMMENT ON COLUMN app.campaign_tags.name_key IS 'The word in small letters: what may not be there twice.';
COMMENT ON COLUMN app.campaign_tags.description IS 'What belongs under it.';
COMMENT ON COLUMN app.campaign_tags.color IS 'Its colour, e.g. #0f766e.';
COMMENT ON COLUMN app.campaign_tags.created_at IS 'When it was made.';

CREATE TABLE app.ideas (
  org_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  campaign_id uuid NOT NULL,
  submitter_id uuid NOT NULL,
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 255),
  title_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (app.small_letters(title)) STORED,
  description text NOT NULL DEFAULT '' CHECK (length(description) <= 20000),
  status text NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'approved', 'rejected', 'competing', 'accepted', 'in_progress', 'complete')),
  cost bigint CHECK (cost > 0),
  rejected_reason text CHECK (length(rejected_reason) <= 2000),
  merged_into uuid,
  context_id text CHECK (length(context_id) BETWEEN 1 AND 100),
  permalink_source text CHECK (length(permalink_source) BETWEEN 1 AND 255),
  submitted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  approved_at timestamptz,
  accepted_at timestamptz,
  started_at timestamptz,
  completed_at timestamptz,
  rejected_at timestamptz,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, campaign_id) REFERENCES app.campaigns (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, submitter_id) REFERENCES app.members (org_id, member_id),
  FOREIGN KEY (org_id, merged_into) REFERENCES app.ideas (org_id, id),
  CHECK (merged_into IS NULL OR status = 'rejected')
);
CREATE INDEX ideas_by_time ON app.ideas (org_id, campaign_id, submitted_at DESC, id);
CREATE INDEX ideas_by_status ON app.ideas (org_id, campaign_id, status, submitted_at DESC, id);
CREATE INDEX ideas_by_title ON app.ideas (org_id, campaign_id, title_key);
CREATE INDEX ideas_by_submitter ON app.ideas (org_id, submitter_id, submitted_at DESC, id);
CREATE INDEX ideas_by_context ON app.ideas (org_id, context_id, submitted_at DESC, id) WHERE context_id IS NOT NULL;
COMMENT ON TABLE app.ideas IS 'What members propose in a campaign.';
COMMENT ON COLUMN app.ideas.org_id IS 'The organisation.';
COMMENT ON COLUMN app.ideas.id IS 'The idea.';
COMMENT ON COLUMN app.ideas.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.ideas.submitter_id IS 'The member who proposed it.';
COMMENT ON COLUMN app.ideas.title IS 'Title.';
COMMENT ON COLUMN app.ideas.title_key IS 'The title in small letters: who proposes the same again is told.';
COMMENT ON COLUMN app.ideas.description IS 'The idea at length.';
COMMENT ON COLUMN app.ideas.status IS 'pending -> approved (the campaign has not started) or competing -> accepted -> in_progress -> complete; or rejected.';
COMMENT ON COLUMN app.ideas.cost IS 'What it costs, in the whole units of the campaign''s budget; null: not known.';
COMMENT ON COLUMN app.ideas.rejected_reason IS 'Why it was rejected.';
COMMENT ON COLUMN app.ideas.merged_into IS 'The idea that took it over as a duplicate.';
COMMENT ON COLUMN app.ideas.context_id IS 'What it is about on the platform that linked here.';
COMMENT ON COLUMN app.ideas.permalink_source IS 'The platform that linked here.';
COMMENT ON COLUMN app.ideas.submitted_at IS 'When it was proposed.';
COMMENT ON COLUMN app.ideas.approved_at IS 'When it was approved.';
COMMENT ON COLUMN app.ideas.accepted_at IS 'When it was accepted, and its coins were expended.';
COMMENT ON COLUMN app.ideas.started_at IS 'When work on it began.';
COMMENT ON COLUMN app.ideas.completed_at IS 'When it was done.';
COMMENT ON COLUMN app.ideas.rejected_at IS 'When it was rejected.';

CREATE TABLE app.idea_tags (
  org_id uuid NOT NULL,
  idea_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  tag_id uuid NOT NULL,
  PRIMARY KEY (org_id, idea_id, tag_id),
  FOREIGN KEY (org_id, idea_id) REFERENCES app.ideas (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, campaign_id, tag_id) REFERENCES app.campaign_tags (org_id, campaign_id, id) ON DELETE CASCADE
);
CREATE INDEX idea_tags_by_tag ON app.idea_tags (org_id, tag_id, idea_id);
COMMENT ON TABLE app.idea_tags IS 'Which idea bears which tag.';
COMMENT ON COLUMN app.idea_tags.org_id IS 'The organisation.';
COMMENT ON COLUMN app.idea_tags.idea_id IS 'The idea.';
COMMENT ON COLUMN app.idea_tags.campaign_id IS 'The campaign of both.';
COMMENT ON COLUMN app.idea_tags.tag_id IS 'The tag.';

CREATE TABLE app.idea_comments (
  org_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  idea_id uuid NOT NULL,
  author_id uuid NOT NULL,
  text text CHECK (length(text) BETWEEN 1 AND 2000),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_at timestamptz,
  PRIMARY KEY (org_id, id),
  CHECK ((text IS NULL) = (removed_at IS NOT NULL)),
  FOREIGN KEY (org_id, idea_id) REFERENCES app.ideas (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, author_id) REFERENCES app.members (org_id, member_id)
);
CREATE INDEX idea_comments_by_idea ON app.idea_comments (org_id, idea_id, created_at, id);
COMMENT ON TABLE app.idea_comments IS 'What members say about an idea.';
COMMENT ON COLUMN app.idea_comments.org_id IS 'The organisation.';
COMMENT ON COLUMN app.idea_comments.id IS 'The comment.';
COMMENT ON COLUMN app.idea_comments.idea_id IS 'The idea.';
COMMENT ON COLUMN app.idea_comments.author_id IS 'The member who wrote it.';
COMMENT ON COLUMN app.idea_comments.text IS 'What it says; null once it was taken away.';
COMMENT ON COLUMN app.idea_comments.created_at IS 'When it was written.';
COMMENT ON COLUMN app.idea_comments.removed_at IS 'When its author or a manager took it away; null: it stands.';

-- Coins. Written by functions of the urn alone: the application may read them, and no more.
-- No reference to campaign_members: purses are opened for rows of it alone, and where it was never analysed the check of a row reads
-- all members of the campaign (10,000 purses took 17 s instead of 0.4 s, and four times as long for twice as many).
CREATE TABLE app.coin_balances (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  user_id uuid NOT NULL,
  available_coins bigint NOT NULL CHECK (available_coins >= 0),
  allocated_coins bigint NOT NULL CHECK (allocated_coins >= 0),
  expended_coins bigint NOT NULL CHECK (expended_coins >= 0),
  expired_coins bigint NOT NULL CHECK (expired_coins >= 0),
  issued_coins bigint NOT NULL CHECK (issued_coins = available_coins + allocated_coins + expended_coins + expired_coins),
  is_open boolean NOT NULL DEFAULT true,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, campaign_id, user_id)
) WITH (fillfactor = 50); -- changed with every act of its holder: room for heap-only tuples
COMMENT ON TABLE app.coin_balances IS 'The purse of each participant of a campaign.';
COMMENT ON COLUMN app.coin_balances.org_id IS 'The organisation.';
COMMENT ON COLUMN app.coin_balances.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.coin_balances.user_id IS 'The member.';
COMMENT ON COLUMN app.coin_balances.available_coins IS 'Coins to give.';
COMMENT ON COLUMN app.coin_balances.allocated_coins IS 'Coins that lie on ideas and can still be lost or moved.';
COMMENT ON COLUMN app.coin_balances.expended_coins IS 'Coins on ideas that were accepted.';
COMMENT ON COLUMN app.coin_balances.expired_coins IS 'Coins that ended unused.';
COMMENT ON COLUMN app.coin_balances.issued_coins IS 'All that the member was ever given: the sum of the others.';
COMMENT ON COLUMN app.coin_balances.is_open IS 'False once the member has left: nothing can be given or moved then.';
COMMENT ON COLUMN app.coin_balances.updated_at IS 'When it last changed.';

-- No references to ideas or balances: the functions that write here hold both, and a check a row would lock the row of a
-- popular idea for every batch.
CREATE TABLE app.coin_allocations (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  user_id uuid NOT NULL,
  idea_id uuid NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  is_expended boolean NOT NULL DEFAULT false,
  allocated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expended_at timestamptz,
  PRIMARY KEY (org_id, campaign_id, user_id, idea_id)
) WITH (fillfactor = 60);
CREATE INDEX coin_allocations_by_idea ON app.coin_allocations (org_id, idea_id, user_id);
COMMENT ON TABLE app.coin_allocations IS 'How many coins of whom lie on which idea.';
COMMENT ON COLUMN app.coin_allocations.org_id IS 'The organisation.';
COMMENT ON COLUMN app.coin_allocations.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.coin_allocations.user_id IS 'Whose coins.';
COMMENT ON COLUMN app.coin_allocations.idea_id IS 'On which idea.';
COMMENT ON COLUMN app.coin_allocations.amount IS 'How many; 0 where all were taken back.';
COMMENT ON COLUMN app.coin_allocations.is_expended IS 'The idea was accepted: they stay.';
COMMENT ON COLUMN app.coin_allocations.allocated_at IS 'When the first of them was given.';
COMMENT ON COLUMN app.coin_allocations.expended_at IS 'When they were expended.';

CREATE TABLE app.ledger (
  org_id uuid NOT NULL,
  book uuid NOT NULL,
  holder uuid NOT NULL,
  request_id uuid NOT NULL,
  batch uuid NOT NULL,
  kind text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  debit text NOT NULL,
  debit_of uuid,
  debit_before bigint NOT NULL,
  debit_after bigint NOT NULL CHECK (debit_after = debit_before - amount),
  credit text NOT NULL,
  credit_of uuid,
  credit_before bigint NOT NULL,
  credit_after bigint NOT NULL CHECK (credit_after = credit_before + amount),
  created_by uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, book, holder, request_id)
);
COMMENT ON TABLE app.ledger IS 'Every movement of coins, append-only. A row has two sides, so that each book sums to zero: what one account loses another gets.';
COMMENT ON COLUMN app.ledger.org_id IS 'The organisation.';
COMMENT ON COLUMN app.ledger.book IS 'The campaign whose coins they are.';
COMMENT ON COLUMN app.ledger.holder IS 'The member whose accounts both sides are.';
COMMENT ON COLUMN app.ledger.request_id IS 'Names the act: the same one again changes nothing.';
COMMENT ON COLUMN app.ledger.batch IS 'Movements that were written and announced in the log together.';
COMMENT ON COLUMN app.ledger.kind IS 'initial, reward, allocate, withdraw, reallocate, expend, return, merge, expire.';
COMMENT ON COLUMN app.ledger.amount IS 'How many.';
COMMENT ON COLUMN app.ledger.debit IS 'Account that loses them: issued, available, allocated.';
COMMENT ON COLUMN app.ledger.debit_of IS 'The idea, where that is coins on an idea.';
COMMENT ON COLUMN app.ledger.debit_before IS 'What was in it; the account issued is below zero by all that was given.';
COMMENT ON COLUMN app.ledger.debit_after IS 'What is in it afterwards.';
COMMENT ON COLUMN app.ledger.credit IS 'Account that gets them: available, allocated, expended, expired.';
COMMENT ON COLUMN app.ledger.credit_of IS 'The idea, where that is coins on an idea.';
COMMENT ON COLUMN app.ledger.credit_before IS 'What was in it.';
COMMENT ON COLUMN app.ledger.credit_after IS 'What is in it afterwards.';
COMMENT ON COLUMN app.ledger.created_by IS 'Who did it: the holder, a manager or a key; the campaign itself for what happens by the clock.';
COMMENT ON COLUMN app.ledger.at IS 'When.';

CREATE TABLE app.idea_totals (
  org_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  idea_id uuid NOT NULL,
  coin_count bigint NOT NULL DEFAULT 0,
  comments integer NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, idea_id),
  FOREIGN KEY (org_id, idea_id) REFERENCES app.ideas (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX idea_totals_by_coins ON app.idea_totals (org_id, campaign_id, coin_count DESC, idea_id);
COMMENT ON TABLE app.idea_totals IS 'Coins on each idea as lists sort by them: kept by a worker from the log, a second behind at most. The live board counts for itself.';
COMMENT ON COLUMN app.idea_totals.org_id IS 'The organisation.';
COMMENT ON COLUMN app.idea_totals.campaign_id IS 'The campaign.';
COMMENT ON COLUMN app.idea_totals.idea_id IS 'The idea.';
COMMENT ON COLUMN app.idea_totals.coin_count IS 'Coins on it, expended ones too.';
COMMENT ON COLUMN app.idea_totals.comments IS 'Comments that stand.';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['campaigns', 'coin_policies', 'campaign_members', 'campaign_tags', 'ideas', 'idea_tags', 'idea_comments',
      'coin_balances', 'coin_allocations', 'ledger', 'idea_totals'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_organisation ON app.%I USING (org_id = (SELECT app.current_org()))', name);
    EXECUTE format('GRANT SELECT ON app.%I TO psephos_app, psephos_auditor, psephos_urn, psephos_door', name);
  END LOOP;
  -- doors name their organisations themselves, or look over all of them
  FOREACH name IN ARRAY ARRAY['campaigns', 'coin_policies', 'campaign_members', 'ideas'] LOOP
    EXECUTE format('CREATE POLICY door ON app.%I FOR SELECT TO psephos_door USING (true)', name);
  END LOOP;
END $$;
GRANT INSERT, UPDATE, DELETE ON app.campaigns, app.coin_policies, app.campaign_members, app.campaign_tags, app.ideas, app.idea_tags,
  app.idea_comments, app.idea_totals TO psephos_app;
GRANT UPDATE ON app.campaigns, app.coin_policies, app.ideas TO psephos_urn;
GRANT INSERT, UPDATE ON app.coin_balances, app.coin_allocations TO psephos_urn;
GRANT INSERT ON app.ledger TO psephos_urn;

SELECT app.audit_table('campaigns', 'org_id,id', 'id', '', '', '');
SELECT app.audit_table('coin_policies', 'org_id,campaign_id', 'campaign_id', '', '', '');
SELECT app.audit_table('campaign_members', 'org_id,campaign_id,user_id', 'campaign_id,user_id', 'user_id', '', '');
SELECT app.audit_table('campaign_tags', 'org_id,id', 'id', '', '', 'name_key');
SELECT app.audit_table('ideas', 'org_id,id', 'id', '', '', 'title_key');
SELECT app.audit_table('idea_tags', 'org_id,idea_id,tag_id', 'idea_id,tag_id', '', '', '');
SELECT app.audit_table('idea_comments', 'org_id,id', 'id', 'author_id', '', '');

SELECT app.follow_search('app.ideas', 'ideas', 'id', 'id', '{title,description,status,context_id}');
SELECT app.follow_search('app.idea_totals', 'ideas', 'idea_id', 'idea_id', '{coin_count}');
SELECT app.follow_search('app.idea_tags', 'ideas', 'idea_id', 'idea_id', '{tag_id}');
RESET ROLE;

SET LOCAL ROLE psephos_urn;
DROP FUNCTION IF EXISTS urn.ballots_left(uuid, bigint, integer); -- urn.units_left(): of any metric
RESET ROLE;
