import type { LogKind } from '../../protocol/log.ts';
import type { Sql, Transaction } from '../db/index.ts';
import type {
  BudgetRule,
  Campaign,
  CampaignMemberState,
  CampaignPreset,
  CampaignQuery,
  CampaignRole,
  CampaignSeen,
  CampaignSettings,
  CampaignShown,
  CampaignStatus,
  CampaignType,
  CampaignViewer,
  CoinExpiry,
  CoinRules,
} from './campaign.ts';

/** SQL of campaigns themselves. */

interface CampaignRow {
  org_id: string;
  id: string;
  campaign_id: string;
  title: string;
  description: string;
  campaign_type: CampaignType;
  status: CampaignStatus;
  preset: CampaignPreset;
  budget: bigint | null;
  budget_rule: BudgetRule | null;
  hide_totals: boolean;
  embeddable: boolean;
  start_date: Date | null;
  end_date: Date | null;
  banner_id: string | null;
  icon_id: string | null;
  created_at: Date;
  activated_at: Date | null;
  completed_at: Date | null;
  archived_at: Date | null;
  initial_allocation: number;
  idea_submission_reward: number;
  allow_reallocation: boolean;
  allow_recycling: boolean;
  coin_expiry: CoinExpiry;
  coins_expire_at: Date | null;
  coins_expired_at: Date | null;
}

interface SeenRow extends CampaignRow {
  role: CampaignRole | null;
  state: CampaignMemberState | null;
  can_manage: boolean;
  can_analyse: boolean;
}

interface ShownRow extends SeenRow {
  members: number;
  ideas: number;
  pending_ideas: number | null;
}

function campaignOf(row: CampaignRow): Campaign {
  return {
    orgId: row.org_id,
    id: row.id,
    campaignId: row.campaign_id,
    title: row.title,
    description: row.description,
    campaignType: row.campaign_type,
    status: row.status,
    preset: row.preset,
    budget: row.budget === null ? null : Number(row.budget),
    budgetRule: row.budget_rule,
    hideTotals: row.hide_totals,
    embeddable: row.embeddable,
    startDate: row.start_date,
    endDate: row.end_date,
    bannerId: row.banner_id,
    iconId: row.icon_id,
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    completedAt: row.completed_at,
    archivedAt: row.archived_at,
    coinPolicy: {
      initialAllocation: row.initial_allocation,
      ideaSubmissionReward: row.idea_submission_reward,
      allowReallocation: row.allow_reallocation,
      allowRecycling: row.allow_recycling,
      coinExpiry: row.coin_expiry,
      coinsExpireAt: row.coins_expire_at,
      coinsExpiredAt: row.coins_expired_at,
    },
  };
}

function seenOf(row: SeenRow): CampaignSeen {
  return {
    ...campaignOf(row),
    membership: row.role === null || row.state === null ? null : { role: row.role, state: row.state },
    canManage: row.can_manage,
    canAnalyse: row.can_analyse,
  };
}

function shownOf(row: ShownRow): CampaignShown {
  return { ...seenOf(row), members: row.members, ideas: row.ideas, pendingIdeas: row.pending_ideas };
}

/** Columns of campaigns `c` and their policies `p`. */
function campaignColumns(tx: Transaction) {
  return tx`c.org_id, c.id, c.campaign_id, c.title, c.description, c.campaign_type, c.status, c.preset, c.budget, c.budget_rule,
    c.hide_totals, c.embeddable, c.start_date, c.end_date, c.banner_id, c.icon_id, c.created_at, c.activated_at, c.completed_at, c.archived_at,
    p.initial_allocation, p.idea_submission_reward, p.allow_reallocation, p.allow_recycling, p.coin_expiry, p.coins_expire_at,
    p.coins_expired_at`;
}

/** Whether a viewer whose part in it is `m` runs the campaign. */
function managing(tx: Transaction, viewer: CampaignViewer) {
  return tx`(${viewer.roles.includes('admin')} OR coalesce(m.role = 'manager' AND m.state = 'joined', false))`;
}

/** Campaigns `c` with their policies `p` and the viewer's part `m` in each. */
export function seenBy(tx: Transaction, viewer: CampaignViewer) {
  return tx`app.campaigns c JOIN app.coin_policies p ON p.org_id = c.org_id AND p.campaign_id = c.id
    LEFT JOIN app.campaign_members m ON m.org_id = c.org_id AND m.campaign_id = c.id AND m.user_id = ${viewer.memberId}::uuid`;
}

/**
 * What a viewer may see of those: admins and sponsors all; managers (who is invited as one, too) their drafts; everybody what
 * is open or mediated; who is invited or has joined what is closed.
 */
export function visible(tx: Transaction, { roles }: CampaignViewer) {
  if (roles.includes('admin') || roles.includes('sponsor')) return tx`true`;
  return tx`(c.status <> 'draft' AND c.campaign_type <> 'closed' OR coalesce(m.state IN ('invited', 'joined')
    AND (c.status <> 'draft' OR m.role = 'manager'), false))`;
}

function seenColumns(tx: Transaction, viewer: CampaignViewer) {
  return tx`${campaignColumns(tx)}, m.role, m.state, ${managing(tx, viewer)} AS can_manage,
    ${managing(tx, viewer)} OR ${viewer.roles.includes('sponsor')} AS can_analyse`;
}

function shownColumns(tx: Transaction, viewer: CampaignViewer) {
  return tx`${seenColumns(tx, viewer)},
    (SELECT count(*)::int FROM app.campaign_members x WHERE x.org_id = c.org_id AND x.campaign_id = c.id AND x.state = 'joined') AS members,
    (SELECT count(*)::int FROM app.ideas x WHERE x.org_id = c.org_id AND x.campaign_id = c.id
      AND x.status IN ('approved', 'competing', 'accepted', 'in_progress', 'complete')) AS ideas,
    CASE WHEN ${managing(tx, viewer)} THEN (SELECT count(*)::int FROM app.ideas x
      WHERE x.org_id = c.org_id AND x.campaign_id = c.id AND x.status = 'pending') END AS pending_ideas`;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Public names never have the shape of an id. */
function named(tx: Transaction, orgId: string, nameOrId: string) {
  return tx`c.org_id = ${orgId} AND ${UUID.test(nameOrId) ? tx`c.id = ${nameOrId}` : tx`c.campaign_id = ${nameOrId}`}`;
}

/** undefined where it is not there for this viewer. */
export async function selectSeen(
  tx: Transaction,
  orgId: string,
  nameOrId: string,
  viewer: CampaignViewer,
): Promise<CampaignSeen | undefined> {
  const [row] = await tx<SeenRow[]>`SELECT ${seenColumns(tx, viewer)} FROM ${seenBy(tx, viewer)}
    WHERE ${named(tx, orgId, nameOrId)} AND ${visible(tx, viewer)}`;
  return row && seenOf(row);
}

/** The same, with its figures. */
export async function selectShown(
  tx: Transaction,
  orgId: string,
  nameOrId: string,
  viewer: CampaignViewer,
): Promise<CampaignShown | undefined> {
  const [row] = await tx<ShownRow[]>`SELECT ${shownColumns(tx, viewer)} FROM ${seenBy(tx, viewer)}
    WHERE ${named(tx, orgId, nameOrId)} AND ${visible(tx, viewer)}`;
  return row && shownOf(row);
}

/** Newest first; the cursor is the last campaign of the page before. */
export async function selectCampaigns(
  tx: Transaction,
  orgId: string,
  viewer: CampaignViewer,
  { status, mine, cursor }: CampaignQuery,
  limit: number,
): Promise<CampaignShown[]> {
  const rows = await tx<ShownRow[]>`SELECT ${shownColumns(tx, viewer)} FROM ${seenBy(tx, viewer)}
    WHERE c.org_id = ${orgId} AND ${visible(tx, viewer)}
      ${status === undefined ? tx`` : tx`AND c.status = ${status}`}
      ${mine === true ? tx`AND m.state IN ('invited', 'requested', 'joined')` : tx``}
      ${
        cursor === undefined
          ? tx``
          : tx`AND (c.created_at, c.id) < (SELECT l.created_at, l.id FROM app.campaigns l
              WHERE l.org_id = ${orgId} AND l.id = ${cursor})`
      }
    ORDER BY c.created_at DESC, c.id DESC LIMIT ${limit}`;
  return rows.map(shownOf);
}

/**
 * The campaign, whose status stays until the transaction ends: what starts and ends it waits. The acts of participants go on.
 * undefined where there is none.
 */
export async function holdCampaign(tx: Transaction, orgId: string, id: string): Promise<Campaign | undefined> {
  return heldCampaign(tx, orgId, id, false);
}

/** The same; whoever else wants to change it waits too. */
export async function lockCampaign(tx: Transaction, orgId: string, id: string): Promise<Campaign | undefined> {
  return heldCampaign(tx, orgId, id, true);
}

async function heldCampaign(tx: Transaction, orgId: string, id: string, alone: boolean): Promise<Campaign | undefined> {
  await tx`SELECT pg_advisory_xact_lock_shared(hashtextextended(${id}::uuid::text, 7305))`; // as urn.change_purses takes it
  const [row] = await tx<CampaignRow[]>`SELECT ${campaignColumns(tx)} FROM app.campaigns c
    JOIN app.coin_policies p ON p.org_id = c.org_id AND p.campaign_id = c.id
    WHERE c.org_id = ${orgId} AND c.id = ${id} ${alone ? tx`FOR NO KEY UPDATE OF c` : tx``}`;
  return row && campaignOf(row);
}

/** False where another campaign has the name. */
export async function insertCampaign(
  tx: Transaction,
  orgId: string,
  id: string,
  campaignId: string,
  settings: CampaignSettings,
  actor: string,
): Promise<boolean> {
  const rows =
    await tx`INSERT INTO app.campaigns (org_id, id, campaign_id, title, description, campaign_type, preset, budget, budget_rule,
      hide_totals, embeddable, start_date, end_date, banner_id, icon_id, created_by)
    VALUES (${orgId}, ${id}, ${campaignId}, ${settings.title}, ${settings.description}, ${settings.campaignType}, ${settings.preset},
      ${settings.budget}, ${settings.budgetRule}, ${settings.hideTotals}, ${settings.embeddable}, ${settings.startDate}, ${settings.endDate},
      ${settings.bannerId}, ${settings.iconId}, ${actor})
    ON CONFLICT (org_id, campaign_id) DO NOTHING`;
  return rows.count === 1;
}

export async function updateCampaign(
  tx: Transaction,
  orgId: string,
  id: string,
  settings: CampaignSettings,
): Promise<void> {
  await tx`UPDATE app.campaigns SET title = ${settings.title}, description = ${settings.description},
      campaign_type = ${settings.campaignType}, preset = ${settings.preset}, budget = ${settings.budget},
      budget_rule = ${settings.budgetRule}, hide_totals = ${settings.hideTotals}, embeddable = ${settings.embeddable}, start_date = ${settings.startDate},
      end_date = ${settings.endDate}, banner_id = ${settings.bannerId}, icon_id = ${settings.iconId}
    WHERE org_id = ${orgId} AND id = ${id}`;
}

export async function insertPolicy(tx: Transaction, orgId: string, id: string, rules: CoinRules): Promise<void> {
  await tx`INSERT INTO app.coin_policies (org_id, campaign_id, initial_allocation, idea_submission_reward, allow_reallocation,
      allow_recycling, coin_expiry, coins_expire_at)
    VALUES (${orgId}, ${id}, ${rules.initialAllocation}, ${rules.ideaSubmissionReward}, ${rules.allowReallocation},
      ${rules.allowRecycling}, ${rules.coinExpiry}, ${rules.coinsExpireAt})`;
}

export async function updatePolicy(tx: Transaction, orgId: string, id: string, rules: CoinRules): Promise<void> {
  await tx`UPDATE app.coin_policies SET initial_allocation = ${rules.initialAllocation},
      idea_submission_reward = ${rules.ideaSubmissionReward}, allow_reallocation = ${rules.allowReallocation},
      allow_recycling = ${rules.allowRecycling}, coin_expiry = ${rules.coinExpiry}, coins_expire_at = ${rules.coinsExpireAt}
    WHERE org_id = ${orgId} AND campaign_id = ${id}`;
}

/** With its tags, members, ideas and comments; a draft has no coins. */
export async function deleteCampaign(tx: Transaction, orgId: string, id: string): Promise<void> {
  await tx`DELETE FROM app.campaigns WHERE org_id = ${orgId} AND id = ${id}`;
}

/** What it does to a campaign: 'done', 'not_found', 'not_due', 'ended' or the status that does not allow it. */
export async function changeCampaign(
  sql: Sql | Transaction,
  orgId: string,
  id: string,
  act: CampaignAct,
  by: string,
  due: boolean,
): Promise<string> {
  const [row] = await sql<
    { answer: string }[]
  >`SELECT urn.change_campaign(${orgId}, ${id}, ${act}, ${by}, ${due}) AS answer`;
  return (row as { answer: string }).answer;
}

export type CampaignAct = 'activate' | 'complete' | 'archive' | 'expire';

export interface DueCampaign {
  readonly orgId: string;
  readonly id: string;
  readonly act: CampaignAct;
}

/** Over all organisations. */
export async function dueCampaigns(sql: Sql): Promise<DueCampaign[]> {
  const rows = await sql<
    { org_id: string; id: string; act: CampaignAct }[]
  >`SELECT org_id, id, act FROM door.due_campaigns()`;
  return rows.map((row) => ({ orgId: row.org_id, id: row.id, act: row.act }));
}

export async function appendLog(
  tx: Transaction,
  orgId: string,
  topic: string,
  kind: LogKind,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  await tx`SELECT urn.append_log(${orgId}, ${topic}, ${kind}, ${tx.json(payload as never)})`;
}
