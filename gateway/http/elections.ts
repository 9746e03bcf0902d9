import { z } from 'zod';
import { type Election, type ElectionChanges, limits, type NewElection } from '../../engine/index.ts';
import {
  attendance,
  cancellation,
  closedElectionView,
  type ElectionChangesBody,
  type ElectionView,
  electionChanges,
  electionCopy,
  electionPage,
  electionView,
  extension,
  type NewElectionBody,
  newElection,
  opening,
} from '../../protocol/elections.ts';
import { MOTION_OPTIONS } from '../../protocol/methods/motion.ts';
import { meetingPageQuery } from '../../protocol/page.ts';
import { id } from '../../protocol/text.ts';
import { microOfVotes, votesOfMicro } from '../../protocol/weight.ts';
import { seesDrafts } from '../auth/permissions.ts';
import { electionInReach, listInReach, reachesElection } from '../auth/reach.ts';
import { type Answer, type Call, type Operation, operation, type Reply, replyWith } from './operation.ts';

export const electionParams = z.strictObject({ election_id: id });

const isoOrNull = (moment: Date | null) => moment?.toISOString() ?? null;
const dateOf = (moment: string | null | undefined) => (moment == null ? moment : new Date(moment));

export function electionAsJson(election: Election): ElectionView {
  return {
    election_id: election.electionId,
    meeting_id: election.meetingId,
    title: election.title,
    description: election.description,
    method: election.method,
    options: [...election.options],
    rules: election.rules,
    secrecy: election.secrecy,
    visibility: election.visibility,
    roll: election.roll,
    roll_group_id: election.rollGroupId,
    secret_step: election.secretStep,
    duration_seconds: election.durationSeconds,
    state: election.state,
    opens_at: isoOrNull(election.opensAt),
    closes_at: isoOrNull(election.closesAt),
    opened_at: isoOrNull(election.openedAt),
    closed_at: isoOrNull(election.closedAt),
    published_at: isoOrNull(election.publishedAt),
    cancel_reason: election.cancelReason,
    present: election.present,
    present_weight: election.presentWeight === null ? null : votesOfMicro(election.presentWeight),
    paper_declared: election.paperDeclared,
    changed_pos: election.changedPos,
    created_at: election.createdAt.toISOString(),
  };
}

/** What new elections, edits and templates have in common, as the engine takes it. */
export function changesOf(body: ElectionChangesBody): ElectionChanges {
  return {
    title: body.title,
    description: body.description,
    method: body.method,
    options: body.options,
    rules: body.rules,
    secrecy: body.secrecy,
    visibility: body.visibility,
    roll: body.roll,
    rollGroupId: body.roll_group_id,
    secretStep: body.secret_step,
    durationSeconds: body.duration_seconds,
    opensAt: dateOf(body.opens_at),
    closesAt: dateOf(body.closes_at),
    present: body.present,
  };
}

function inputOf(body: NewElectionBody, meetingId: string | null | undefined): NewElection {
  const { title, method, options = MOTION_OPTIONS } = body;
  return { ...changesOf(body), title, method, options, meetingId };
}

/** A new draft and where it is. */
export function made(election: Election): Reply {
  const location = `/v1/elections/${election.electionId}`;
  return { status: 201, body: electionAsJson(election), headers: { location } };
}

/** Everything that changes of an election moves its position in the log. */
function shown(election: Election): Reply {
  const { state, changedPos } = election;
  return { status: 200, body: electionAsJson(election), etag: `${state}-${changedPos}` };
}

const create = operation({
  id: 'createElection',
  method: 'post',
  path: '/v1/elections',
  tag: 'Elections',
  summary: 'Create an election as a draft',
  permission: 'elections.create',
  body: newElection,
  creates: true,
  success: { 201: { description: 'The draft.', schema: electionView } },
  failures: ['not_found', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, body }) => {
    const meeting = listInReach(identity, body.meeting_id ?? undefined);
    if (!meeting.ok) return meeting;
    return replyWith(await engine.elections.create(identity.orgId, inputOf(body, meeting.value), identity.id), made);
  },
});

const edit = operation({
  id: 'editElection',
  method: 'patch',
  path: '/v1/elections/{election_id}',
  tag: 'Elections',
  summary: 'Change a draft',
  description: 'What is left out stays, null takes away. Once it is open nothing of an election can be changed.',
  permission: 'elections.manage',
  params: electionParams,
  body: electionChanges,
  success: { 200: { description: 'The draft as it is now.', schema: electionView } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const reach = await reachesElection(engine, identity, params.election_id);
    if (!reach.ok) return reach;
    return replyWith(
      await engine.elections.edit(identity.orgId, params.election_id, changesOf(body), identity.id),
      shown,
    );
  },
});

const remove = operation({
  id: 'deleteElection',
  method: 'delete',
  path: '/v1/elections/{election_id}',
  tag: 'Elections',
  summary: 'Delete a draft',
  description: 'With the voting tokens that were issued for it. What has been open is cancelled instead, and stays.',
  permission: 'elections.manage',
  params: electionParams,
  success: { 204: { description: 'It is gone.' } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const reach = await reachesElection(engine, identity, params.election_id);
    if (!reach.ok) return reach;
    const outcome = await engine.elections.remove(identity.orgId, params.election_id, identity.id);
    return replyWith(outcome, () => ({ status: 204 }));
  },
});

const copy = operation({
  id: 'copyElection',
  method: 'post',
  path: '/v1/elections/{election_id}/copy',
  tag: 'Elections',
  summary: 'Make a draft like another election',
  description: 'Of any state: question, method, options and rules come along; times, votes and results do not.',
  permission: 'elections.create',
  params: electionParams,
  body: electionCopy,
  bodyOptional: true,
  creates: true,
  success: { 201: { description: 'The draft.', schema: electionView } },
  failures: ['not_found', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const reach = await reachesElection(engine, identity, params.election_id);
    if (!reach.ok) return reach;
    const wanted = body?.meeting_id;
    const meeting = wanted == null ? listInReach(identity, undefined) : listInReach(identity, wanted);
    if (!meeting.ok) return meeting;
    const changes = { title: body?.title, meetingId: wanted === null ? (meeting.value ?? null) : meeting.value };
    return replyWith(await engine.elections.copy(identity.orgId, params.election_id, changes, identity.id), made);
  },
});

const list = operation({
  id: 'listElections',
  method: 'get',
  path: '/v1/elections',
  tag: 'Elections',
  summary: 'List the elections',
  description:
    'Attendees see the elections of their meeting. Drafts are for moderators, auditors and administrators: whoever is none ' +
    'of them finds an election from its opening on.',
  permission: 'elections.read',
  query: meetingPageQuery,
  success: { 200: { description: 'A page of elections, newest first.', schema: electionPage } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, query }) => {
    const reach = listInReach(identity, query.meeting_id);
    if (!reach.ok) return reach;
    const page = {
      opened: !seesDrafts(identity),
      ...(reach.value === undefined ? {} : { meetingId: reach.value }),
      ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
      ...(query.limit === undefined ? {} : { limit: query.limit }),
    };
    return replyWith(await engine.elections.list(identity.orgId, page), ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(electionAsJson), next_cursor: nextCursor },
    }));
  },
});

const get = operation({
  id: 'getElection',
  method: 'get',
  path: '/v1/elections/{election_id}',
  tag: 'Elections',
  summary: 'Read an election',
  permission: 'elections.read',
  params: electionParams,
  success: { 200: { description: 'The election.', schema: electionView } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    return replyWith(await electionInReach(engine, identity, params.election_id), shown);
  },
});

type ManageCall<Body> = Call<'elections.manage', { election_id: string }, undefined, Body>;

/** An act of the chair on one election that answers it as it is then. */
async function acted(
  { engine, identity, params }: ManageCall<unknown>,
  act: (orgId: string, electionId: string, actor: string) => ReturnType<typeof engine.elections.open>,
): Promise<Answer> {
  const reach = await reachesElection(engine, identity, params.election_id);
  if (!reach.ok) return reach;
  const outcome = await act(identity.orgId, params.election_id, identity.id);
  return replyWith(outcome, (election) => ({ status: 200, body: electionAsJson(election) }));
}

const ofActs = {
  method: 'post',
  tag: 'Elections',
  permission: 'elections.manage',
  params: electionParams,
  success: { 200: { description: 'The election in its new state.', schema: electionView } },
  failures: ['not_found', 'conflict', 'not_open', 'closed', 'database_away', 'outcome_unknown'],
} as const;

const open = operation({
  ...ofActs,
  id: 'openElection',
  path: '/v1/elections/{election_id}/open',
  summary: 'Open an election',
  description:
    'From now on ballots are taken, until it is closed or its time is over. Everyone on the roll is entered first: 100,000 ' +
    'members take some seconds, so wait up to 40 for the answer.',
  body: opening,
  bodyOptional: true,
  timeoutMs: limits.openTimeoutMs,
  handle: async (call) => {
    const { closes_at: closesAt, duration_seconds: durationSeconds } = call.body ?? {};
    return acted(call, (orgId, electionId, actor) =>
      call.engine.elections.open(orgId, electionId, actor, {
        closesAt: dateOf(closesAt) ?? undefined,
        durationSeconds,
      }),
    );
  },
});

const extend = operation({
  ...ofActs,
  id: 'extendElection',
  path: '/v1/elections/{election_id}/extend',
  summary: 'Let an open election close later',
  description: 'Later only: whoever was told a time may count on it. With by_seconds send an Idempotency-Key.',
  body: extension,
  creates: true,
  handle: async (call) => {
    const { closes_at: closesAt, by_seconds: bySeconds } = call.body;
    return acted(call, (orgId, electionId, actor) =>
      call.engine.elections.extend(orgId, electionId, { closesAt: dateOf(closesAt) ?? undefined, bySeconds }, actor),
    );
  },
});

const close = operation({
  ...ofActs,
  id: 'closeElection',
  path: '/v1/elections/{election_id}/close',
  summary: 'Close an election',
  description:
    'Every ballot is then either in the urn or was refused as closed. Ballots in the fallback queue are waited for, some ' +
    'seconds at most.',
  success: { 200: { description: 'The election in its new state.', schema: closedElectionView } },
  handle: async ({ engine, identity, params }) => {
    const reach = await reachesElection(engine, identity, params.election_id);
    if (!reach.ok) return reach;
    return replyWith(await engine.elections.close(identity.orgId, params.election_id, identity.id), (election) => {
      const { queuedOutstanding: left } = election;
      const outstanding = left === undefined ? {} : { queued_outstanding: left };
      return { status: 200, body: { ...electionAsJson(election), ...outstanding } };
    });
  },
});

const publish = operation({
  ...ofActs,
  id: 'publishElection',
  path: '/v1/elections/{election_id}/publish',
  summary: 'Publish the result',
  description: 'The result and, with tracking codes, the ballots can then be read.',
  handle: async (call) =>
    acted(call, (orgId, electionId, actor) => call.engine.elections.publish(orgId, electionId, actor)),
});

const cancel = operation({
  ...ofActs,
  id: 'cancelElection',
  path: '/v1/elections/{election_id}/cancel',
  summary: 'Cancel an election',
  description: 'It gets no result. The reason is shown to everyone.',
  body: cancellation,
  handle: async (call) =>
    acted(call, (orgId, electionId, actor) => call.engine.elections.cancel(orgId, electionId, call.body.reason, actor)),
});

const setPresent = operation({
  ...ofActs,
  id: 'setPresent',
  path: '/v1/elections/{election_id}/present',
  summary: 'Record how many are present',
  description:
    'For rules whose majority is a part of those present. Until the close; left out, the meeting says who is there then.',
  body: attendance,
  handle: async (call) => {
    const { present, present_weight: weight } = call.body;
    return acted(call, (orgId, electionId, actor) =>
      call.engine.elections.setPresent(
        orgId,
        electionId,
        present,
        actor,
        weight === undefined ? null : microOfVotes(weight),
      ),
    );
  },
});

export const electionOperations: readonly Operation[] = [
  create,
  list,
  get,
  edit,
  remove,
  copy,
  open,
  extend,
  close,
  publish,
  cancel,
  setPresent,
];
