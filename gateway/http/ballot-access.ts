import type { Engine, TokenHolder } from '../../engine/index.ts';
import { resultToJson } from '../../engine/index.ts';
import { accept, type Outcome } from '../../engine/outcome.ts';
import {
  type BallotAccessView,
  ballotAccess,
  ballotAccessRequest,
  tokenCastRequest,
} from '../../protocol/ballot-access.ts';
import { castReceipt, queuedReceipt } from '../../protocol/ballots.ts';
import { publishedAsJson, receiptReply } from './ballots.ts';
import { electionAsJson } from './elections.ts';
import { type Operation, operation, replyWith } from './operation.ts';

/** Everything that the holder of a token may see of its election; what is not published yet stays null. */
async function viewFor(
  engine: Engine,
  holder: TokenHolder,
  electionId: string,
  trackingCode: string | undefined,
): Promise<Outcome<BallotAccessView>> {
  const { orgId, voted } = holder;
  const election = await engine.elections.get(orgId, electionId);
  if (!election.ok) return election;
  const view = { election: electionAsJson(election.value), voted, result: null, ballot: null };
  if (election.value.state !== 'published') return accept(view);
  const result = await engine.elections.result(orgId, electionId);
  if (!result.ok) return result;
  const ballot = trackingCode === undefined ? null : await engine.elections.ballot(orgId, electionId, trackingCode);
  if (ballot !== null && !ballot.ok && ballot.failure.kind !== 'not_found') return ballot;
  return accept({
    ...view,
    result: resultToJson(result.value) as BallotAccessView['result'],
    ballot: ballot?.ok === true ? publishedAsJson(ballot.value) : null,
  });
}

const see = operation({
  id: 'accessBallot',
  method: 'post',
  path: '/v1/ballot-access',
  tag: 'Ballots',
  summary: 'See the election of a voting link',
  description:
    'For whoever holds a one-time token and nothing else: the token is the right to see the election, to vote in it once, ' +
    'and to see its result. An unknown election and a token of another one get the same answer.',
  permission: null,
  limit: 'ballot-access',
  body: ballotAccessRequest,
  secret: true,
  success: { 200: { description: 'The election as it stands.', schema: ballotAccess } },
  failures: ['not_found', 'conflict', 'not_open', 'database_away'],
  handle: async ({ engine, body }) => {
    const holder = await engine.tokenHolders.find(body.election_id, body.credential);
    if (!holder.ok) return holder;
    return replyWith(await viewFor(engine, holder.value, body.election_id, body.tracking_code), (view) => ({
      status: 200,
      body: view,
    }));
  },
});

const cast = operation({
  id: 'castWithToken',
  method: 'post',
  path: '/v1/ballot-access/cast',
  tag: 'Ballots',
  summary: 'Cast a ballot with a voting link',
  description:
    'As castBallot, by the right of the token alone. The same request with the same cast key gets the same answer, so ' +
    'repeat it whenever you did not hear one.',
  permission: null,
  limit: 'ballot-access',
  body: tokenCastRequest,
  secret: true,
  success: {
    201: { description: 'The ballot is in the urn.', schema: castReceipt },
    202: { description: 'Received and kept, not counted yet: send the same again.', schema: queuedReceipt },
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
  handle: async ({ engine, body }) => {
    const holder = await engine.tokenHolders.find(body.election_id, body.credential);
    if (!holder.ok) return holder;
    const { orgId, credential } = holder.value;
    const outcome = await engine.elections.cast(orgId, {
      electionId: body.election_id,
      credential,
      ballot: body.ballot,
      castKey: body.cast_key,
    });
    return replyWith(outcome, receiptReply);
  },
});

export const ballotAccessOperations: readonly Operation[] = [see, cast];
