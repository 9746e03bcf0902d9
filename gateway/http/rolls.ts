import type { z } from 'zod';
import {
  issued,
  newCredentials,
  participantPage,
  participantsQuery,
  participationView,
} from '../../protocol/elections.ts';
import { microOfVotes, votesOfMicro } from '../../protocol/weight.ts';
import { reachesElection } from '../auth/reach.ts';
import { csvReply } from './csv.ts';
import { electionParams } from './elections.ts';
import { type Call, type Operation, operation, replyWith } from './operation.ts';

/** 20,000 credentials of about 100 bytes each. */
const CREDENTIALS_MAX_BYTES = 2 * 1024 * 1024;

const issue = operation({
  id: 'issueCredentials',
  method: 'post',
  path: '/v1/elections/{election_id}/credentials',
  tag: 'Electoral roll',
  summary: 'Issue voting tokens in bulk',
  description:
    'Make the tokens yourself of at least 128 random bits, give each to its voter, and send only their SHA-256. At most 20,000 in one request; ' +
    'sending one again changes nothing.',
  permission: 'credentials.issue',
  params: electionParams,
  body: newCredentials,
  bodyMaxBytes: CREDENTIALS_MAX_BYTES,
  creates: true,
  success: { 200: { description: 'How many were new.', schema: issued } },
  failures: ['not_found', 'conflict', 'closed', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const credentials = body.credentials.map(({ hash, weight }) => ({
      credential: Buffer.from(hash, 'hex'),
      weight: microOfVotes(weight ?? '1'),
    }));
    const outcome = await engine.elections.issue(identity.orgId, params.election_id, credentials, identity.id);
    return replyWith(outcome, (counts) => ({
      status: 200,
      body: { issued: counts.issued, repeated: counts.repeated },
    }));
  },
});

const participation = operation({
  id: 'getParticipation',
  method: 'get',
  path: '/v1/elections/{election_id}/participation',
  tag: 'Electoral roll',
  summary: 'How many may vote, and how many have',
  permission: 'participation.read',
  params: electionParams,
  success: { 200: { description: 'Numbers of credentials and their weights.', schema: participationView } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    const reach = await reachesElection(engine, identity, params.election_id);
    if (!reach.ok) return reach;
    return replyWith(await engine.elections.participation(identity.orgId, params.election_id), (figures) => ({
      status: 200,
      body: {
        roll: figures.roll,
        roll_weight: votesOfMicro(figures.rollWeight),
        voted: figures.voted,
        voted_weight: votesOfMicro(figures.votedWeight),
      },
    }));
  },
});

type ListCall = Call<'participation.read', { election_id: string }, z.output<typeof participantsQuery>, undefined>;

async function readParticipants({ engine, identity, params, query }: ListCall) {
  const reach = await reachesElection(engine, identity, params.election_id);
  if (!reach.ok) return reach;
  return engine.elections.participants(identity.orgId, params.election_id, {
    ...(query.voted === undefined ? {} : { voted: query.voted === 'true' }),
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    ...(query.limit === undefined ? {} : { limit: query.limit }),
  });
}

const participants = operation({
  id: 'listParticipants',
  method: 'get',
  path: '/v1/elections/{election_id}/participants',
  tag: 'Electoral roll',
  summary: 'Who has voted, by name',
  description:
    'The electoral roll by name and whether each has voted, never how. Holders of one-time tokens are known to whoever ' +
    'issued them alone and do not stand in it.',
  permission: 'participation.read',
  params: electionParams,
  query: participantsQuery,
  secret: true,
  success: { 200: { description: 'A page, ordered by name.', schema: participantPage } },
  failures: ['not_found', 'database_away'],
  handle: async (call) =>
    replyWith(await readParticipants(call), ({ items, nextCursor }) => ({
      status: 200,
      body: {
        items: items.map(({ voterId, name, voted }) => ({ voter_id: voterId, name, voted })),
        next_cursor: nextCursor,
      },
    })),
});

const participantsCsv = operation({
  id: 'listParticipantsCsv',
  method: 'get',
  path: '/v1/elections/{election_id}/participants.csv',
  tag: 'Electoral roll',
  summary: 'Who has voted, as CSV',
  description: 'Columns voter_id, name, voted (yes or no). X-Next-Cursor starts the next page; none on the last.',
  permission: 'participation.read',
  params: electionParams,
  query: participantsQuery,
  secret: true,
  success: { 200: { description: 'A page, ordered by name.', mediaType: 'text/csv' } },
  failures: ['not_found', 'database_away'],
  handle: async (call) =>
    replyWith(await readParticipants(call), ({ items, nextCursor }) => {
      const rows = items.map(({ voterId, name, voted }) => [voterId, name, voted ? 'yes' : 'no']);
      const next: Record<string, string> = nextCursor === null ? {} : { 'x-next-cursor': nextCursor };
      return csvReply(['voter_id', 'name', 'voted'], rows, next);
    }),
});

export const rollOperations: readonly Operation[] = [issue, participation, participants, participantsCsv];
