import { z } from 'zod';
import type { Identity, MemberProxy, ProxyActor } from '../../engine/index.ts';
import { type Outcome, refuse } from '../../engine/outcome.ts';
import {
  newProxy,
  type ProxyView,
  proxiesImported,
  proxyImportQuery,
  proxyPage,
  proxyQuery,
  proxySettings,
  proxyView,
} from '../../protocol/proxies.ts';
import { id } from '../../protocol/text.ts';
import { votesOfMicro } from '../../protocol/weight.ts';
import { authorise, permits } from '../auth/permissions.ts';
import { listInReach } from '../auth/reach.ts';
import { type Call, type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Proxies';
const proxyParams = z.strictObject({ proxy_id: id });
/** 10,000 rows of two member numbers. */
const IMPORT_MAX_BYTES = 1024 * 1024;

const isoOrNull = (moment: Date | null) => moment?.toISOString() ?? null;

function viewOf({ grantor, holder, ...proxy }: MemberProxy): ProxyView {
  return {
    proxy_id: proxy.proxyId,
    meeting_id: proxy.meetingId,
    state: proxy.state,
    grantor: {
      member_id: grantor.memberId,
      number: grantor.number,
      name: grantor.name,
      weight: votesOfMicro(grantor.weight),
    },
    holder: { member_id: holder.memberId, number: holder.number, name: holder.name },
    created_at: proxy.createdAt.toISOString(),
    accepted_at: isoOrNull(proxy.acceptedAt),
    revoked_at: isoOrNull(proxy.revokedAt),
  };
}

/** Moderators of the organisation act on every proxy, those of one meeting on what was given for it. */
function actorOf(identity: Identity): ProxyActor {
  const { id, memberId, meetingId } = identity;
  if (permits(identity, 'proxies.manage')) return { id, memberId, moderates: 'all' };
  const moderates = meetingId !== null && permits(identity, 'attendees.manage') ? { meetingId } : 'none';
  return { id, memberId, moderates };
}

const list = operation({
  id: 'listProxies',
  method: 'get',
  path: '/v1/proxies',
  tag: TAG,
  summary: 'List proxies',
  description: 'Members see what they have given and what they hold; moderators and auditors see all.',
  permission: 'proxies.read',
  query: proxyQuery,
  success: { 200: { description: 'A page of proxies, newest first.', schema: proxyPage } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, query }) => {
    const reach = listInReach(identity, query.meeting_id);
    if (!reach.ok) return reach;
    const seesAll = permits(identity, 'attendees.read');
    if (!seesAll && identity.memberId === null) return { ok: true, value: { status: 200, body: EMPTY } };
    const asked = {
      meetingId: reach.value,
      state: query.state,
      memberId: query.member_id,
      seenBy: seesAll ? undefined : (identity.memberId ?? undefined),
      cursor: query.cursor,
      limit: query.limit,
    };
    return replyWith(await engine.proxies.list(identity.orgId, asked), ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(viewOf), next_cursor: nextCursor },
    }));
  },
});
const EMPTY = { items: [], next_cursor: null } as const;

type GiveCall = Call<'proxies.give', undefined, undefined, z.output<typeof newProxy>>;

/** Whose vote it is: the caller's own, or, where a moderator records it, the member who is named. */
function grantorOf({ identity, body }: GiveCall): Outcome<{ id: string } | { number: string }> {
  const { grantor_id: grantorId, grantor_number: grantorNumber } = body;
  if (grantorId === undefined && grantorNumber === undefined) {
    if (identity.memberId !== null) return { ok: true, value: { id: identity.memberId } };
    return refuse('invalid_input', 'You are no member: say in grantor_id or grantor_number who gives the proxy.', {
      details: { fields: [{ path: 'grantor_id', problem: 'is missing' }] },
    });
  }
  const allowed = authorise(identity, 'proxies.manage');
  if (!allowed.ok) return allowed;
  return { ok: true, value: grantorId === undefined ? { number: grantorNumber ?? '' } : { id: grantorId } };
}

const give = operation({
  id: 'giveProxy',
  method: 'post',
  path: '/v1/proxies',
  tag: TAG,
  summary: 'Give a proxy',
  description:
    'The holder accepts it, then casts your ballot with on_behalf_of beside their own. You may still vote yourself: ' +
    'the first ballot counts, and whoever comes second is told. No chains: who has given a proxy holds none. ' +
    'details.reason of a refusal: self, second_proxy, cycle, grantor_holds, holder_has_given, limit, ' +
    'grantor_inactive, holder_inactive, ended.',
  permission: 'proxies.give',
  body: newProxy,
  creates: true,
  success: { 201: { description: 'The proxy.', schema: proxyView } },
  failures: ['not_found', 'conflict', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async (call) => {
    const { engine, identity, body } = call;
    const { meeting_id: meetingId, holder_id: holderId, holder_number: holderNumber } = body;
    const grantor = grantorOf(call);
    if (!grantor.ok) return grantor;
    // an attendee gives a proxy for the meeting they attend
    const reach = listInReach(identity, meetingId ?? undefined);
    if (!reach.ok) return reach;
    const holder = holderId === undefined ? { number: holderNumber ?? '' } : { id: holderId };
    const recorded = body.grantor_id !== undefined || body.grantor_number !== undefined;
    const input = { meetingId: reach.value ?? null, grantor: grantor.value, holder, recorded };
    return replyWith(await engine.proxies.give(identity.orgId, input, identity.id), (proxy) => ({
      status: 201,
      body: viewOf(proxy),
    }));
  },
});

function act(name: 'accept' | 'revoke', summary: string, description: string): Operation {
  return operation({
    id: `${name}Proxy`,
    method: 'post',
    path: `/v1/proxies/{proxy_id}/${name}`,
    tag: TAG,
    summary,
    description,
    permission: 'proxies.give',
    params: proxyParams,
    success: { 200: { description: 'The proxy.', schema: proxyView } },
    failures: ['not_found', 'conflict', 'over_quota', 'database_away', 'outcome_unknown'],
    handle: async ({
      engine,
      identity,
      params,
    }: Call<'proxies.give', z.output<typeof proxyParams>, undefined, undefined>) => {
      const outcome = await engine.proxies[name](identity.orgId, params.proxy_id, actorOf(identity));
      return replyWith(outcome, (proxy) => ({ status: 200, body: viewOf(proxy) }));
    },
  });
}

const importFile = operation({
  id: 'importProxies',
  method: 'post',
  path: '/v1/proxies/import',
  tag: TAG,
  summary: 'Record proxies from a CSV file',
  description:
    'Columns grantor and holder: member numbers; comma, semicolon or tab between; UTF-8; at most 10,000 rows. All of ' +
    'them, or none: details.rows names each wrong row as {line, column, problem, message}. Sending a file twice ' +
    'changes nothing.',
  permission: 'proxies.manage',
  query: proxyImportQuery,
  file: { mediaTypes: ['text/csv'], maxBytes: IMPORT_MAX_BYTES, description: 'The CSV file.' },
  success: { 200: { description: 'How many were new.', schema: proxiesImported } },
  failures: ['invalid_input', 'not_found', 'conflict', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, query, file }) => {
    const bytes = file?.bytes ?? new Uint8Array();
    const meetingId = query.meeting_id ?? null;
    const outcome = await engine.proxies.importFile(identity.orgId, meetingId, bytes, identity.id);
    return replyWith(outcome, (counts) => ({ status: 200, body: counts }));
  },
});

const getSettings = operation({
  id: 'getProxySettings',
  method: 'get',
  path: '/v1/proxy-settings',
  tag: TAG,
  summary: "Read the organisation's rules about proxies",
  permission: 'proxies.read',
  success: { 200: { description: 'The rules.', schema: proxySettings } },
  failures: ['database_away'],
  handle: async ({ engine, identity }) => {
    return replyWith(await engine.proxies.holderLimit(identity.orgId), (limit) => ({
      status: 200,
      body: { holder_limit: limit },
    }));
  },
});

const putSettings = operation({
  id: 'setProxySettings',
  method: 'put',
  path: '/v1/proxy-settings',
  tag: TAG,
  summary: "Set the organisation's rules about proxies",
  description: 'They hold for proxies that are given or accepted from now on. A meeting may have a limit of its own.',
  permission: 'proxies.manage',
  body: proxySettings,
  success: { 200: { description: 'The rules.', schema: proxySettings } },
  failures: ['database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, body }) => {
    return replyWith(await engine.proxies.setHolderLimit(identity.orgId, body.holder_limit), (limit) => ({
      status: 200,
      body: { holder_limit: limit },
    }));
  },
});

export const proxyOperations: readonly Operation[] = [
  list,
  give,
  importFile,
  act('accept', 'Accept a proxy', 'By its holder. From then on you cast their ballot with on_behalf_of.'),
  act('revoke', 'Revoke or decline a proxy', 'By either of the two, or a moderator. Ballots that were cast count.'),
  getSettings,
  putSettings,
];
