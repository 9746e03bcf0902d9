import type { Transaction } from '../db/index.ts';
import type { CampaignSeen, CampaignViewer } from './campaign.ts';
import { seenBy, visible } from './campaign-queries.ts';
import { HIDDEN_STATUSES, type IdeaQuery, type IdeaStatus, PUBLIC_STATUSES } from './idea.ts';

/**
 * SQL of lists of ideas, each a page of ids in order. A campaign may have 100,000: pages are walked along an index, or, where few
 * ideas fit, those are gathered and sorted. The shapes name their index by themselves: plans made from statistics that are not
 * there yet would read the whole campaign (test/integration/campaign-plans.test.ts).
 */

/**
 * Until the transaction ends every way leads along an index, in its order. What is chosen by statistics reads whole campaigns
 * where they are young, and where a filter is thought to leave more than it does.
 */
async function keepToIndexes(tx: Transaction): Promise<void> {
  await tx`SELECT set_config(o.name, 'off', true)
    FROM unnest('{enable_seqscan,enable_bitmapscan,enable_sort,enable_hashjoin,enable_mergejoin}'::text[]) o (name)`;
}

/** So many are gathered and sorted in milliseconds; where more fit, a walk meets one soon. */
const FEW_IDEAS = 2_000;

const textList = (texts: readonly string[]) => `{${texts.join(',')}}`;

/** What a viewer may see of what is asked for: statuses of anybody's ideas, and of the own ones. */
interface Wanted {
  readonly ofAnybody: readonly IdeaStatus[];
  readonly ofOwn: readonly IdeaStatus[];
}

function wantedBy({ canManage }: CampaignSeen, { memberId }: CampaignViewer, { statuses, mine }: IdeaQuery): Wanted {
  const all = statuses ?? [...PUBLIC_STATUSES, ...HIDDEN_STATUSES];
  if (mine === true) return { ofAnybody: [], ofOwn: memberId === null ? [] : all };
  if (canManage) return { ofAnybody: all, ofOwn: [] };
  const isHidden = (status: IdeaStatus) => HIDDEN_STATUSES.includes(status);
  return {
    ofAnybody: all.filter((status) => !isHidden(status)),
    ofOwn: memberId === null ? [] : all.filter(isHidden),
  };
}

interface Asked {
  readonly tx: Transaction;
  readonly orgId: string;
  readonly campaignId: string;
  readonly memberId: string | null;
  readonly wanted: Wanted;
  readonly query: IdeaQuery;
  readonly limit: number;
}

/** Conditions on ideas `x` beside that of their place. */
function fitting({ tx, orgId, campaignId, memberId, wanted, query }: Asked) {
  return tx`x.campaign_id = ${campaignId} AND (x.status = ANY (${textList(wanted.ofAnybody)}::text::text[])
      OR x.submitter_id = ${memberId}::uuid AND x.status = ANY (${textList(wanted.ofOwn)}::text::text[]))
    ${query.contextId === undefined ? tx`` : tx`AND x.context_id = ${query.contextId}`}
    ${tagged(tx, orgId, query.tag)}`;
}

function tagged(tx: Transaction, orgId: string, tag: string | undefined) {
  if (tag === undefined) return tx``;
  // not EXISTS, which may become a join with all that bear the tag
  return tx`AND (SELECT true FROM app.idea_tags g WHERE g.org_id = ${orgId} AND g.idea_id = x.id AND g.tag_id = ${tag})`;
}

/** Ideas `x` behind the last one of the page before, newest first. */
function older(tx: Transaction, orgId: string, cursor: string | undefined) {
  if (cursor === undefined) return tx``;
  const last = tx`(SELECT l.submitted_at FROM app.ideas l WHERE l.org_id = ${orgId} AND l.id = ${cursor})`;
  return tx`AND x.submitted_at <= ${last} AND (x.submitted_at < ${last} OR x.id > ${cursor}::uuid)`;
}

/** Totals `n` behind the last one of the page before, most coins first. What moves between two pages may come twice. */
function poorer(tx: Transaction, orgId: string, cursor: string | undefined) {
  if (cursor === undefined) return tx``;
  const last = tx`(SELECT l.coin_count FROM app.idea_totals l WHERE l.org_id = ${orgId} AND l.idea_id = ${cursor})`;
  return tx`AND n.coin_count <= ${last} AND (n.coin_count < ${last} OR n.idea_id > ${cursor}::uuid)`;
}

/** What stands behind FROM; in an object, since a query that is awaited by itself would be sent. */
interface Source {
  readonly ideas: ReturnType<typeof tagged>;
}

/** The few ideas that can fit at all, by the index that finds them; null where they may be many. */
async function few(asked: Asked): Promise<Source | null> {
  const { tx, orgId, campaignId, memberId, wanted, query } = asked;
  const { contextId, tag } = query;
  if (wanted.ofAnybody.length === 0) {
    const ideas = tx`(SELECT * FROM app.ideas o WHERE o.org_id = ${orgId} AND o.submitter_id = ${memberId}::uuid OFFSET 0)`;
    return { ideas };
  }
  if (contextId !== undefined) {
    return {
      ideas: tx`(SELECT * FROM app.ideas o WHERE o.org_id = ${orgId} AND o.context_id = ${contextId} OFFSET 0)`,
    };
  }
  if (tag === undefined) return null;
  const bearing = tx`SELECT g.idea_id FROM app.idea_tags g
    WHERE g.org_id = ${orgId} AND g.tag_id = ${tag} AND g.campaign_id = ${campaignId}`;
  const [row] = await tx<
    { some: number }[]
  >`SELECT count(*)::int AS some FROM (${bearing} ORDER BY g.idea_id LIMIT ${FEW_IDEAS + 1}) b`;
  if ((row?.some ?? 0) > FEW_IDEAS) return null;
  const ideas = tx`(SELECT o.* FROM (${bearing} OFFSET 0) b
    CROSS JOIN LATERAL (SELECT * FROM app.ideas y WHERE y.org_id = ${orgId} AND y.id = b.idea_id OFFSET 0) o)`;
  return { ideas };
}

/** The same for lists by coins, where a walk goes over ideas of every status. */
async function fewInStatuses({ tx, orgId, campaignId, wanted }: Asked): Promise<Source | null> {
  const inStatuses = tx`SELECT o.* FROM unnest(${textList(wanted.ofAnybody)}::text::text[]) s (status)
    CROSS JOIN LATERAL (SELECT * FROM app.ideas y
      WHERE y.org_id = ${orgId} AND y.campaign_id = ${campaignId} AND y.status = s.status
      ORDER BY y.submitted_at DESC, y.id LIMIT ${FEW_IDEAS + 1}) o`;
  const [row] = await tx<
    { some: number }[]
  >`SELECT count(*)::int AS some FROM (${inStatuses} LIMIT ${FEW_IDEAS + 1}) b`;
  return (row?.some ?? 0) > FEW_IDEAS ? null : { ideas: tx`(${inStatuses})` };
}

async function newest(asked: Asked): Promise<{ id: string }[]> {
  const { tx, orgId, campaignId, memberId, wanted, query, limit } = asked;
  const gathered = await few(asked);
  if (gathered !== null) {
    return tx`SELECT x.id FROM ${gathered.ideas} x WHERE ${fitting(asked)} ${older(tx, orgId, query.cursor)}
      ORDER BY x.submitted_at DESC, x.id LIMIT ${limit}`;
  }
  return tx`
    SELECT p.id FROM (
      SELECT i.id, i.submitted_at FROM unnest(${textList(wanted.ofAnybody)}::text::text[]) s (status)
      CROSS JOIN LATERAL (SELECT x.id, x.submitted_at FROM app.ideas x
        WHERE x.org_id = ${orgId} AND x.campaign_id = ${campaignId} AND x.status = s.status
          ${tagged(tx, orgId, query.tag)} ${older(tx, orgId, query.cursor)}
        ORDER BY x.submitted_at DESC, x.id LIMIT ${limit}) i
      UNION ALL
      SELECT x.id, x.submitted_at
      FROM (SELECT * FROM app.ideas o WHERE o.org_id = ${orgId} AND o.submitter_id = ${memberId}::uuid OFFSET 0) x
      WHERE x.campaign_id = ${campaignId} AND x.status = ANY (${textList(wanted.ofOwn)}::text::text[])
        ${tagged(tx, orgId, query.tag)} ${older(tx, orgId, query.cursor)}) p
    ORDER BY p.submitted_at DESC, p.id LIMIT ${limit}`;
}

async function byCoins(asked: Asked): Promise<{ id: string }[]> {
  const { tx, orgId, campaignId, query, limit } = asked;
  const gathered = (await few(asked)) ?? (await fewInStatuses(asked));
  if (gathered !== null) {
    return tx`
      SELECT x.id FROM ${gathered.ideas} x
      CROSS JOIN LATERAL (SELECT * FROM app.idea_totals t WHERE t.org_id = ${orgId} AND t.idea_id = x.id OFFSET 0) n
      WHERE ${fitting(asked)} ${poorer(tx, orgId, query.cursor)}
      ORDER BY n.coin_count DESC, n.idea_id LIMIT ${limit}`;
  }
  return tx`
    SELECT n.idea_id AS id FROM app.idea_totals n
    CROSS JOIN LATERAL (SELECT * FROM app.ideas y WHERE y.org_id = ${orgId} AND y.id = n.idea_id OFFSET 0) x
    WHERE ${fitting(asked)} AND n.org_id = ${orgId} AND n.campaign_id = ${campaignId} ${poorer(tx, orgId, query.cursor)}
    ORDER BY n.coin_count DESC, n.idea_id LIMIT ${limit}`;
}

/** Ids of a page of a campaign's ideas that the viewer may see. */
export async function selectIdeaIds(
  tx: Transaction,
  campaign: CampaignSeen,
  viewer: CampaignViewer,
  query: IdeaQuery,
  limit: number,
): Promise<string[]> {
  const wanted = wantedBy(campaign, viewer, query);
  if (wanted.ofAnybody.length + wanted.ofOwn.length === 0) return [];
  const { orgId, id: campaignId } = campaign;
  await keepToIndexes(tx);
  const asked = { tx, orgId, campaignId, memberId: viewer.memberId, wanted, query, limit };
  const isHidden = campaign.hideTotals && ['draft', 'active'].includes(campaign.status);
  const rows = query.sort === 'coins' && !isHidden ? await byCoins(asked) : await newest(asked);
  return rows.map(({ id }) => id);
}

/** Ids of ideas that are about one thing, in whichever campaigns the viewer sees; newest first. */
export async function selectIdeaIdsByContext(
  tx: Transaction,
  orgId: string,
  viewer: CampaignViewer,
  contextId: string,
  cursor: string | undefined,
  limit: number,
): Promise<string[]> {
  const manages = tx`(${viewer.roles.includes('admin')} OR coalesce(m.role = 'manager' AND m.state = 'joined', false))`;
  await keepToIndexes(tx);
  const rows = await tx<{ id: string }[]>`
    SELECT x.id
    FROM (SELECT * FROM app.ideas o WHERE o.org_id = ${orgId} AND o.context_id = ${contextId} OFFSET 0) x
    CROSS JOIN LATERAL (SELECT m.role, m.state, ${manages} AS manages FROM ${seenBy(tx, viewer)}
      WHERE c.org_id = ${orgId} AND c.id = x.campaign_id AND ${visible(tx, viewer)} OFFSET 0) c
    WHERE (x.status <> ALL (${textList(HIDDEN_STATUSES)}::text::text[]) OR c.manages OR x.submitter_id = ${viewer.memberId}::uuid)
      ${older(tx, orgId, cursor)}
    ORDER BY x.submitted_at DESC, x.id LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}
