import { z } from 'zod';
import { type CastReceipt, type PublishedBallot, refuse } from '../../engine/index.ts';
import {
  ballotPage,
  castReceipt,
  castRequest,
  type PublishedBallotView,
  publishedBallot,
  queuedBallot,
  queuedId,
  queuedReceipt,
  trackingCode,
} from '../../protocol/ballots.ts';
import { ballotPageQuery } from '../../protocol/page.ts';
import { id } from '../../protocol/text.ts';
import { votesOfMicro } from '../../protocol/weight.ts';
import { electionInReach } from '../auth/reach.ts';
import { votingCredential } from '../auth/voting-credential.ts';
import { queuedAsJson } from '../errors.ts';
import { csvReply } from './csv.ts';
import { electionParams } from './elections.ts';
import { type Call, type Operation, operation, type Reply, replyWith } from './operation.ts';

type ListCall = Call<'ballots.read', { election_id: string }, z.output<typeof ballotPageQuery>, undefined>;

const NO_QUEUE = refuse('not_found', 'This installation queues no ballots: none can be known by this id.', {
  details: { resource: 'queued_ballot' },
});

/** 201 once it is in; 202 where it is received, and not counted yet. */
export function receiptReply({ trackingCode, queued: id }: CastReceipt): Reply {
  return id === undefined
    ? { status: 201, body: { tracking_code: trackingCode } }
    : { status: 202, body: { queued: id } };
}

export function publishedAsJson(ballot: PublishedBallot): PublishedBallotView {
  return {
    tracking_code: ballot.trackingCode,
    ballot: ballot.ballot as PublishedBallotView['ballot'],
    weight: ballot.weight === null ? null : votesOfMicro(ballot.weight),
    voter: ballot.voter,
  };
}

async function readPage({ engine, identity, params, query }: ListCall) {
  const election = await electionInReach(engine, identity, params.election_id);
  if (!election.ok) return election;
  return engine.elections.ballots(identity.orgId, params.election_id, {
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    ...(query.limit === undefined ? {} : { limit: query.limit }),
  });
}

const cast = operation({
  id: 'castBallot',
  method: 'post',
  path: '/v1/elections/{election_id}/ballots',
  tag: 'Ballots',
  summary: 'Cast a ballot',
  description:
    'Answered once the ballot is on disk. The same request with the same cast key gets the same answer, so repeat it ' +
    'whenever you did not hear one. With a voting token, send it as credential; attendees who vote by right of ' +
    'attending leave it out, and who holds a proxy names its member in on_behalf_of, for each ballot.',
  permission: 'ballots.cast',
  params: electionParams,
  body: castRequest,
  secret: true,
  success: {
    201: { description: 'The ballot is in the urn.', schema: castReceipt },
    202: { description: 'Received and kept, not counted yet: ask again.', schema: queuedReceipt },
  },
  failures: [
    'not_found',
    'credential_busy',
    'already_voted',
    'not_open',
    'closed',
    'ballot_invalid',
    'over_quota',
    'overloaded',
    'database_away',
    'outcome_unknown',
  ],
  handle: async ({ engine, identity, params, body }) => {
    const credential = await votingCredential(engine, identity, params.election_id, body);
    if (!credential.ok) return credential;
    const outcome = await engine.elections.cast(identity.orgId, {
      electionId: params.election_id,
      credential: credential.value,
      ballot: body.ballot,
      castKey: body.cast_key,
    });
    return replyWith(outcome, receiptReply);
  },
});

const queued = operation({
  id: 'getQueuedBallot',
  method: 'get',
  path: '/v1/ballots/queued/{queued_id}',
  tag: 'Ballots',
  summary: 'Ask what became of a queued ballot',
  description:
    'Where a ballot was answered 202. Known until a day after it was settled. Who has the cast key still learns the same, and ' +
    'the tracking code, by sending the same ballot again.',
  permission: 'ballots.cast',
  params: z.strictObject({ queued_id: queuedId }),
  success: { 200: { description: 'What is known of it.', schema: queuedBallot } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    const { fallback } = engine.elections;
    if (fallback === null) return NO_QUEUE;
    return replyWith(await fallback.status(identity.orgId, params.queued_id), (ballot) => ({
      status: 200,
      body: queuedAsJson(ballot),
    }));
  },
});

const list = operation({
  id: 'listBallots',
  method: 'get',
  path: '/v1/elections/{election_id}/ballots',
  tag: 'Ballots',
  summary: 'List the published ballots',
  permission: 'ballots.read',
  params: electionParams,
  query: ballotPageQuery,
  success: { 200: { description: 'A page, ordered by tracking code.', schema: ballotPage } },
  failures: ['not_found', 'conflict', 'not_open', 'database_away'],
  handle: async (call) => {
    return replyWith(await readPage(call), ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(publishedAsJson), next_cursor: nextCursor },
    }));
  },
});

const listCsv = operation({
  id: 'listBallotsCsv',
  method: 'get',
  path: '/v1/elections/{election_id}/ballots.csv',
  tag: 'Ballots',
  summary: 'List the published ballots as CSV',
  description:
    'Columns tracking_code, ballot (JSON), weight, voter. X-Next-Cursor starts the next page; none on the last.',
  permission: 'ballots.read',
  params: electionParams,
  query: ballotPageQuery,
  success: { 200: { description: 'A page, ordered by tracking code.', mediaType: 'text/csv' } },
  failures: ['not_found', 'conflict', 'not_open', 'database_away'],
  handle: async (call) => {
    return replyWith(await readPage(call), ({ items, nextCursor }) => {
      const rows = items
        .map(publishedAsJson)
        .map((row) => [row.tracking_code, JSON.stringify(row.ballot), row.weight, row.voter]);
      const next: Record<string, string> = nextCursor === null ? {} : { 'x-next-cursor': nextCursor };
      return csvReply(['tracking_code', 'ballot', 'weight', 'voter'], rows, next);
    });
  },
});

const get = operation({
  id: 'getBallot',
  method: 'get',
  path: '/v1/elections/{election_id}/ballots/{tracking_code}',
  tag: 'Ballots',
  summary: 'Find a ballot by its tracking code',
  permission: 'ballots.read',
  params: z.strictObject({ election_id: id, tracking_code: trackingCode }),
  success: { 200: { description: 'The ballot as it was counted.', schema: publishedBallot } },
  failures: ['not_found', 'conflict', 'not_open', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    const election = await electionInReach(engine, identity, params.election_id);
    if (!election.ok) return election;
    const outcome = await engine.elections.ballot(identity.orgId, params.election_id, params.tracking_code);
    return replyWith(outcome, (ballot) => ({ status: 200, body: publishedAsJson(ballot) }));
  },
});

export const ballotOperations: readonly Operation[] = [cast, queued, list, listCsv, get];
