import { issued, newCredentials, participationView } from '../../protocol/elections.ts';
import { microOfVotes, votesOfMicro } from '../../protocol/weight.ts';
import { electionParams } from './elections.ts';
import { type Operation, operation, replyWith } from './operation.ts';

/** 20,000 credentials of about 100 bytes each. */
const CREDENTIALS_MAX_BYTES = 2 * 1024 * 1024;

const issue = operation({
  id: 'issueCredentials',
  method: 'post',
  path: '/v1/elections/{election_id}/credentials',
  tag: 'Electoral roll',
  summary: 'Issue voting tokens in bulk',
  description:
    'Make the tokens yourself, give each to its voter, and send only their SHA-256. At most 20,000 in one request; ' +
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

export const rollOperations: readonly Operation[] = [issue, participation];
