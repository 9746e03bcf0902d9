import type { TallyFigures } from '../../engine/index.ts';
import { recountView, type TallyView, tallyView } from '../../protocol/tally.ts';
import { votesOfMicro } from '../../protocol/weight.ts';
import { electionInReach } from '../auth/reach.ts';
import { electionParams } from './elections.ts';
import { type Operation, operation, replyWith } from './operation.ts';

export function tallyAsJson(figures: TallyFigures): TallyView {
  return {
    election_id: figures.electionId,
    state: figures.state,
    pos: figures.pos,
    cast: figures.cast,
    counted: figures.counted,
    figure: figures.figure,
    options:
      figures.options?.map(({ option, count, weight }) => ({ option, count, weight: votesOfMicro(weight) })) ?? null,
    at: figures.at.toISOString(),
    final: figures.final,
  };
}

const tally = operation({
  id: 'getTally',
  method: 'get',
  path: '/v1/elections/{election_id}/tally',
  tag: 'Results',
  summary: 'Read the running tally',
  description: 'The figures that the visibility of the election allows. The socket sends them as they move.',
  permission: 'tallies.read',
  params: electionParams,
  success: { 200: { description: 'The figures and how far they reach.', schema: tallyView } },
  failures: ['not_found', 'not_open', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    const election = await electionInReach(engine, identity, params.election_id);
    if (!election.ok) return election;
    return replyWith(await engine.elections.tally(identity.orgId, params.election_id), (figures) => ({
      status: 200,
      body: tallyAsJson(figures),
      etag: `${figures.state}-${figures.pos}-${figures.cast}-${figures.counted}`,
    }));
  },
});

const recount = operation({
  id: 'recountElection',
  method: 'post',
  path: '/v1/elections/{election_id}/recount',
  tag: 'Results',
  summary: 'Count again from the ballots alone',
  description: 'Says whether the running tally and the stored result are what the ballots give. Changes nothing.',
  permission: 'elections.recount',
  params: electionParams,
  success: { 200: { description: 'What the ballots give.', schema: recountView } },
  failures: ['not_found', 'conflict', 'not_open', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    return replyWith(await engine.elections.recount(identity.orgId, params.election_id), (count) => ({
      status: 200,
      body: {
        ballots: count.ballots,
        weight: votesOfMicro(count.weight),
        equals_tally: count.equalsTally,
        equals_result: count.equalsResult,
      },
    }));
  },
});

export const tallyOperations: readonly Operation[] = [tally, recount];
