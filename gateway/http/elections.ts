import { z } from 'zod';
import type { Election, NewElection } from '../../engine/index.ts';
import {
  attendance,
  cancellation,
  type ElectionView,
  electionPage,
  electionView,
  type NewElectionBody,
  newElection,
} from '../../protocol/elections.ts';
import { MOTION_OPTIONS } from '../../protocol/methods/motion.ts';
import { meetingPageQuery } from '../../protocol/page.ts';
import { id } from '../../protocol/text.ts';
import { electionInReach, listInReach } from '../auth/reach.ts';
import { type Call, type Operation, operation, type Reply, replyWith } from './operation.ts';

export const electionParams = z.strictObject({ election_id: id });

const isoOrNull = (moment: Date | null) => moment?.toISOString() ?? null;
const dateOf = (moment: string | undefined) => (moment === undefined ? undefined : new Date(moment));

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
    secret_step: election.secretStep,
    state: election.state,
    opens_at: isoOrNull(election.opensAt),
    closes_at: isoOrNull(election.closesAt),
    opened_at: isoOrNull(election.openedAt),
    closed_at: isoOrNull(election.closedAt),
    published_at: isoOrNull(election.publishedAt),
    cancel_reason: election.cancelReason,
    present: election.present,
    changed_pos: election.changedPos,
    created_at: election.createdAt.toISOString(),
  };
}

function inputOf(body: NewElectionBody): NewElection {
  return {
    meetingId: body.meeting_id,
    title: body.title,
    description: body.description,
    method: body.method,
    options: body.options ?? MOTION_OPTIONS,
    rules: body.rules,
    secrecy: body.secrecy,
    visibility: body.visibility,
    roll: body.roll,
    secretStep: body.secret_step,
    opensAt: dateOf(body.opens_at),
    closesAt: dateOf(body.closes_at),
    present: body.present,
  };
}

/** Everything that can change of an election is in its ETag; `present` changes without a row in the log. */
function shown(election: Election): Reply {
  const { state, changedPos, present } = election;
  return { status: 200, body: electionAsJson(election), etag: `${state}-${changedPos}-${present ?? 'none'}` };
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
    return replyWith(await engine.elections.create(identity.orgId, inputOf(body), identity.id), (election) => ({
      status: 201,
      body: electionAsJson(election),
      headers: { location: `/v1/elections/${election.electionId}` },
    }));
  },
});

const list = operation({
  id: 'listElections',
  method: 'get',
  path: '/v1/elections',
  tag: 'Elections',
  summary: 'List the elections',
  description: 'Attendees see the elections of their meeting.',
  permission: 'elections.read',
  query: meetingPageQuery,
  success: { 200: { description: 'A page of elections, newest first.', schema: electionPage } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, query }) => {
    const reach = listInReach(identity, query.meeting_id);
    if (!reach.ok) return reach;
    const page = {
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

type Act = 'open' | 'close' | 'publish';

/** Acts of the chair without a body: each moves the election to its next state and answers it. */
function act(name: Act, summary: string, description: string): Operation {
  return operation({
    id: `${name}Election`,
    method: 'post',
    path: `/v1/elections/{election_id}/${name}`,
    tag: 'Elections',
    summary,
    description,
    permission: 'elections.manage',
    params: electionParams,
    success: { 200: { description: 'The election in its new state.', schema: electionView } },
    failures: ['not_found', 'conflict', 'not_open', 'closed', 'database_away', 'outcome_unknown'],
    handle: async ({
      engine,
      identity,
      params,
    }: Call<'elections.manage', { election_id: string }, undefined, undefined>) => {
      const outcome = await engine.elections[name](identity.orgId, params.election_id, identity.id);
      return replyWith(outcome, (election) => ({ status: 200, body: electionAsJson(election) }));
    },
  });
}

const cancel = operation({
  id: 'cancelElection',
  method: 'post',
  path: '/v1/elections/{election_id}/cancel',
  tag: 'Elections',
  summary: 'Cancel an election',
  description: 'It gets no result. The reason is shown to everyone.',
  permission: 'elections.manage',
  params: electionParams,
  body: cancellation,
  success: { 200: { description: 'The cancelled election.', schema: electionView } },
  failures: ['not_found', 'conflict', 'not_open', 'closed', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const outcome = await engine.elections.cancel(identity.orgId, params.election_id, body.reason, identity.id);
    return replyWith(outcome, (election) => ({ status: 200, body: electionAsJson(election) }));
  },
});

const setPresent = operation({
  id: 'setPresent',
  method: 'post',
  path: '/v1/elections/{election_id}/present',
  tag: 'Elections',
  summary: 'Record how many are present',
  description: 'For rules whose majority is a part of those present. Until the close.',
  permission: 'elections.manage',
  params: electionParams,
  body: attendance,
  success: { 200: { description: 'The election.', schema: electionView } },
  failures: ['not_found', 'conflict', 'not_open', 'closed', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const outcome = await engine.elections.setPresent(identity.orgId, params.election_id, body.present, identity.id);
    return replyWith(outcome, (election) => ({ status: 200, body: electionAsJson(election) }));
  },
});

export const electionOperations: readonly Operation[] = [
  create,
  list,
  get,
  act('open', 'Open an election', 'From now on ballots are taken.'),
  act('close', 'Close an election', 'Every ballot is then either in the urn or was refused as closed.'),
  act('publish', 'Publish the result', 'The result and, with tracking codes, the ballots can then be read.'),
  cancel,
  setPresent,
];
