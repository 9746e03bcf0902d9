import { z } from 'zod';
import type { Agenda, Engine, Identity } from '../../engine/index.ts';
import type { Outcome } from '../../engine/outcome.ts';
import {
  type AgendaView,
  agendaItemChange,
  agendaOrder,
  agendaView,
  currentItem,
  newAgendaItem,
} from '../../protocol/agenda.ts';
import { id } from '../../protocol/text.ts';
import { seesDrafts } from '../auth/permissions.ts';
import { meetingInReach } from '../auth/reach.ts';
import { meetingParams } from './meetings.ts';
import { type Answer, type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Agenda';
const itemParams = z.strictObject({ meeting_id: id, item_id: id });
const FAILURES = ['not_found', 'conflict', 'database_away', 'outcome_unknown'] as const;
const WHOLE = { description: 'The whole agenda.', schema: agendaView } as const;

/** @param drafts false: items do not name elections that have not opened yet */
export function agendaAsJson({ items, currentItemId, opened }: Agenda, drafts: boolean): AgendaView {
  const shown = (electionId: string | null) => electionId !== null && (drafts || opened.has(electionId));
  return {
    items: items.map(({ itemId, kind, title, body, minutes, electionId }) => ({
      item_id: itemId,
      kind,
      title,
      body,
      minutes,
      election_id: shown(electionId) ? electionId : null,
    })),
    current_item_id: currentItemId,
  };
}

/** Does it in a meeting within the caller's reach, and answers the whole agenda. */
async function within(
  { engine, identity, params }: { engine: Engine; identity: Identity; params: { meeting_id: string } },
  act: (orgId: string, meetingId: string) => Promise<Outcome<Agenda>>,
  status = 200,
): Promise<Answer> {
  const found = await meetingInReach(engine, identity, params.meeting_id);
  if (!found.ok) return found;
  return replyWith(await act(identity.orgId, params.meeting_id), (agenda) => ({
    status,
    body: agendaAsJson(agenda, seesDrafts(identity)),
  }));
}

const get = operation({
  id: 'getAgenda',
  method: 'get',
  path: '/v1/meetings/{meeting_id}/agenda',
  tag: TAG,
  summary: 'Read the agenda',
  description: 'To whoever sees no drafts an item names its election from the opening on.',
  permission: 'meetings.read',
  params: meetingParams,
  success: { 200: WHOLE },
  failures: ['not_found', 'database_away'],
  handle: (call) => within(call, (orgId, meetingId) => call.engine.agendas.get(orgId, meetingId)),
});

const add = operation({
  id: 'addAgendaItem',
  method: 'post',
  path: '/v1/meetings/{meeting_id}/agenda',
  tag: TAG,
  summary: 'Put an item on the agenda',
  permission: 'meetings.manage',
  params: meetingParams,
  body: newAgendaItem,
  creates: true,
  success: { 201: WHOLE },
  failures: FAILURES,
  handle: (call) => {
    const { election_id: electionId, ...item } = call.body;
    return within(
      call,
      (orgId, meetingId) => call.engine.agendas.add(orgId, meetingId, { ...item, electionId }, call.identity.id),
      201,
    );
  },
});

const change = operation({
  id: 'changeAgendaItem',
  method: 'patch',
  path: '/v1/meetings/{meeting_id}/agenda/{item_id}',
  tag: TAG,
  summary: 'Change an item, or move it',
  permission: 'meetings.manage',
  params: itemParams,
  body: agendaItemChange,
  success: { 200: WHOLE },
  failures: FAILURES,
  handle: (call) => {
    const { election_id: electionId, ...rest } = call.body;
    const itemId = call.params.item_id;
    return within(call, (orgId, meetingId) =>
      call.engine.agendas.change(orgId, meetingId, itemId, { ...rest, electionId }, call.identity.id),
    );
  },
});

const remove = operation({
  id: 'removeAgendaItem',
  method: 'delete',
  path: '/v1/meetings/{meeting_id}/agenda/{item_id}',
  tag: TAG,
  summary: 'Take an item off the agenda',
  description: 'Its election stays.',
  permission: 'meetings.manage',
  params: itemParams,
  success: { 200: WHOLE },
  failures: FAILURES,
  handle: (call) =>
    within(call, (orgId, meetingId) =>
      call.engine.agendas.remove(orgId, meetingId, call.params.item_id, call.identity.id),
    ),
});

const order = operation({
  id: 'orderAgenda',
  method: 'put',
  path: '/v1/meetings/{meeting_id}/agenda/order',
  tag: TAG,
  summary: 'Order the agenda',
  description: 'Send every item, each once. Refused where the agenda has changed meanwhile.',
  permission: 'meetings.manage',
  params: meetingParams,
  body: agendaOrder,
  success: { 200: WHOLE },
  failures: FAILURES,
  handle: (call) =>
    within(call, (orgId, meetingId) => call.engine.agendas.order(orgId, meetingId, call.body.items, call.identity.id)),
});

const setCurrent = operation({
  id: 'setCurrentAgendaItem',
  method: 'put',
  path: '/v1/meetings/{meeting_id}/agenda/current',
  tag: TAG,
  summary: 'Say where the meeting is',
  permission: 'meetings.manage',
  params: meetingParams,
  body: currentItem,
  success: { 200: WHOLE },
  failures: FAILURES,
  handle: (call) =>
    within(call, (orgId, meetingId) =>
      call.engine.agendas.setCurrent(orgId, meetingId, call.body.item_id, call.identity.id),
    ),
});

export const agendaOperations: readonly Operation[] = [get, add, order, setCurrent, change, remove];
