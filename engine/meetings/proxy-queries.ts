import type { Transaction } from '../db/index.ts';
import type { MemberName, MemberProxy, ProxyQuery, ProxyState } from './proxy.ts';
import type { GivenProxy } from './proxy-book.ts';
import { listOf } from './queries.ts';

/** SQL of proxies. */

interface ProxyRow {
  org_id: string;
  proxy_id: string;
  meeting_id: string | null;
  state: ProxyState;
  grantor_id: string;
  grantor_number: string;
  grantor_name: string;
  weight: bigint;
  holder_id: string;
  holder_number: string;
  holder_name: string;
  created_at: Date;
  accepted_at: Date | null;
  revoked_at: Date | null;
}

function proxyOf(row: ProxyRow): MemberProxy {
  return {
    proxyId: row.proxy_id,
    orgId: row.org_id,
    meetingId: row.meeting_id,
    state: row.state,
    grantor: {
      memberId: row.grantor_id,
      number: row.grantor_number,
      name: row.grantor_name,
      weight: row.weight,
    },
    holder: { memberId: row.holder_id, number: row.holder_number, name: row.holder_name },
    createdAt: row.created_at,
    acceptedAt: row.accepted_at,
    revokedAt: row.revoked_at,
  };
}

function columns(tx: Transaction) {
  return tx`x.org_id, x.proxy_id, x.meeting_id, x.state, x.grantor_id, g.number AS grantor_number, g.name AS grantor_name, g.weight,
    x.holder_id, h.number AS holder_number, h.name AS holder_name, x.created_at, x.accepted_at, x.revoked_at
    FROM app.proxies x
    JOIN app.members g ON g.org_id = x.org_id AND g.member_id = x.grantor_id
    JOIN app.members h ON h.org_id = x.org_id AND h.member_id = x.holder_id`;
}

/** Until the transaction ends nobody else gives, accepts or records proxies of this organisation: no chain slips through. */
export async function lockProxies(tx: Transaction, orgId: string): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended('proxies ' || ${orgId}, 0))`;
}

export async function selectProxy(tx: Transaction, orgId: string, proxyId: string): Promise<MemberProxy | undefined> {
  const [row] = await tx<ProxyRow[]>`SELECT ${columns(tx)} WHERE x.org_id = ${orgId} AND x.proxy_id = ${proxyId}`;
  return row && proxyOf(row);
}

/** Newest first; the cursor is the last proxy of the page before. */
export async function selectProxies(
  tx: Transaction,
  orgId: string,
  { meetingId, state, memberId, seenBy, cursor }: ProxyQuery,
  limit: number,
): Promise<MemberProxy[]> {
  const concerns = (id: string | undefined) =>
    id === undefined ? tx`` : tx`AND ${id}::uuid IN (x.grantor_id, x.holder_id)`;
  const rows = await tx<ProxyRow[]>`
    SELECT ${columns(tx)} WHERE x.org_id = ${orgId} ${concerns(memberId)} ${concerns(seenBy)}
      ${meetingId === undefined ? tx`` : tx`AND (x.meeting_id IS NULL OR x.meeting_id = ${meetingId})`}
      ${state === undefined ? tx`` : tx`AND x.state = ${state}`}
      ${
        cursor === undefined
          ? tx``
          : tx`AND (x.created_at, x.proxy_id) < (SELECT c.created_at, c.proxy_id FROM app.proxies c
              WHERE c.org_id = ${orgId} AND c.proxy_id = ${cursor})`
      }
    ORDER BY x.created_at DESC, x.proxy_id DESC LIMIT ${limit}`;
  return rows.map(proxyOf);
}

export interface NamedMember {
  readonly memberId: string;
  readonly active: boolean;
}

export async function selectMember(tx: Transaction, orgId: string, name: MemberName): Promise<NamedMember | undefined> {
  const [row] = await tx<{ member_id: string; active: boolean }[]>`
    SELECT member_id, status = 'active' AS active FROM app.members
    WHERE org_id = ${orgId} AND ${'id' in name ? tx`member_id = ${name.id}` : tx`number = ${name.number}`}`;
  return row && { memberId: row.member_id, active: row.active };
}

/** Of many, by number. */
export async function selectMembersByNumber(
  tx: Transaction,
  orgId: string,
  numbers: readonly string[],
): Promise<Map<string, NamedMember>> {
  const rows = await tx<{ number: string; member_id: string; active: boolean }[]>`
    SELECT m.number, m.member_id, m.status = 'active' AS active
    FROM json_array_elements_text(${JSON.stringify(numbers)}::text::json) n (number)
    JOIN app.members m ON m.org_id = ${orgId} AND m.number = n.number`;
  return new Map(rows.map((row) => [row.number, { memberId: row.member_id, active: row.active }]));
}

/** Proxies that are not revoked and that these members have given or hold; null: everybody's. */
export async function selectGiven(
  tx: Transaction,
  orgId: string,
  members: readonly string[] | null,
): Promise<(GivenProxy & { readonly proxyId: string })[]> {
  const rows = await tx<
    { proxy_id: string; grantor_id: string; holder_id: string; meeting_id: string | null; state: GivenProxy['state'] }[]
  >`SELECT proxy_id, grantor_id, holder_id, meeting_id, state FROM app.proxies
    WHERE org_id = ${orgId} AND state <> 'revoked' ${
      members === null
        ? tx``
        : tx`AND (grantor_id = ANY (${listOf(members)}::text::uuid[]) OR holder_id = ANY (${listOf(members)}::text::uuid[]))`
    }`;
  return rows.map((row) => ({
    proxyId: row.proxy_id,
    grantorId: row.grantor_id,
    holderId: row.holder_id,
    meetingId: row.meeting_id,
    state: row.state,
  }));
}

export interface ProxyRowToWrite extends GivenProxy {
  readonly proxyId: string;
}

/** One statement for however many. */
export async function insertProxies(
  tx: Transaction,
  orgId: string,
  meetingId: string | null,
  proxies: readonly ProxyRowToWrite[],
  createdBy: string,
): Promise<void> {
  const list = (of: (proxy: ProxyRowToWrite) => string) => listOf(proxies.map(of));
  await tx`INSERT INTO app.proxies (org_id, proxy_id, grantor_id, holder_id, meeting_id, state, created_by, accepted_at)
    SELECT ${orgId}, p.proxy_id, p.grantor_id, p.holder_id, ${meetingId}::uuid, p.state, ${createdBy}::uuid,
      CASE p.state WHEN 'accepted' THEN clock_timestamp() END
    FROM unnest(${list((p) => p.proxyId)}::text::uuid[], ${list((p) => p.grantorId)}::text::uuid[],
      ${list((p) => p.holderId)}::text::uuid[], ${list((p) => p.state)}::text::text[]) p (proxy_id, grantor_id, holder_id, state)`;
}

export async function acceptProxies(tx: Transaction, orgId: string, proxyIds: readonly string[]): Promise<void> {
  await tx`UPDATE app.proxies SET state = 'accepted', accepted_at = clock_timestamp()
    WHERE org_id = ${orgId} AND proxy_id = ANY (${listOf(proxyIds)}::text::uuid[]) AND state = 'offered'`;
}

export async function revokeProxy(tx: Transaction, orgId: string, proxyId: string): Promise<void> {
  await tx`UPDATE app.proxies SET state = 'revoked', revoked_at = clock_timestamp()
    WHERE org_id = ${orgId} AND proxy_id = ${proxyId}`;
}

/** Puts those whose proxies these members hold on the rolls of what is open. Before the log is written. */
export async function enrolHolders(tx: Transaction, orgId: string, holderIds: readonly string[]): Promise<void> {
  await tx`SELECT urn.enrol_holders(${orgId}, ${listOf(holderIds)}::text::uuid[])`;
}

export async function selectHolderLimit(tx: Transaction, orgId: string): Promise<number | null> {
  const [row] = await tx<{ holder_limit: number | null }[]>`
    SELECT holder_limit FROM app.proxy_settings WHERE org_id = ${orgId}`;
  return row?.holder_limit ?? null;
}

export async function upsertHolderLimit(tx: Transaction, orgId: string, limit: number | null): Promise<void> {
  await tx`INSERT INTO app.proxy_settings (org_id, holder_limit) VALUES (${orgId}, ${limit})
    ON CONFLICT (org_id) DO UPDATE SET holder_limit = excluded.holder_limit`;
}

/** Whose accepted proxies a member holds, and for which meetings; of active members only. */
export async function selectHeldBy(
  tx: Transaction,
  orgId: string,
  holderId: string,
): Promise<Map<string, Set<string | null>>> {
  const rows = await tx<{ grantor_id: string; meeting_id: string | null }[]>`
    SELECT x.grantor_id, x.meeting_id FROM app.proxies x
    JOIN app.members g ON g.org_id = x.org_id AND g.member_id = x.grantor_id AND g.status = 'active'
    WHERE x.org_id = ${orgId} AND x.holder_id = ${holderId} AND x.state = 'accepted'`;
  const held = new Map<string, Set<string | null>>();
  for (const row of rows) held.set(row.grantor_id, (held.get(row.grantor_id) ?? new Set()).add(row.meeting_id));
  return held;
}

export async function selectMeetingOfElection(
  tx: Transaction,
  orgId: string,
  electionId: string,
): Promise<{ meetingId: string | null; state: string } | undefined> {
  const [row] = await tx<{ meeting_id: string | null; state: string }[]>`
    SELECT meeting_id, state FROM app.elections WHERE org_id = ${orgId} AND election_id = ${electionId}`;
  return row && { meetingId: row.meeting_id, state: row.state };
}
