import type { Standing, TallyFigures } from '../../engine/index.ts';
import { type StandingView, standingView } from '../../protocol/standing.ts';
import { recountView, type TallyView, tallyView } from '../../protocol/tally.ts';
import { votesOfMicro } from '../../protocol/weight.ts';
import { electionInReach, reachesElection } from '../auth/reach.ts';
import { electionParams } from './elections.ts';
import { type Operation, operation, replyWith } from './operation.ts';

function standingAsJson({ quorum, majority, outcome, leading, words }: Standing): StandingView {
  const show = (unit: 'weight' | 'ballots') => (unit === 'weight' ? votesOfMicro : String);
  return {
    quorum: quorum && {
      unit: quorum.unit,
      needed: show(quorum.unit)(quorum.needed),
      given: show(quorum.unit)(quorum.given),
      missing: show(quorum.unit)(quorum.missing),
      reached: quorum.reached,
      words: quorum.words,
    },
    majority: majority && {
      base: majority.base,
      threshold: majority.threshold,
      base_weight: votesOfMicro(majority.baseWeight),
      needed: votesOfMicro(majority.needed),
      given: votesOfMicro(majority.given),
      missing: votesOfMicro(majority.missing),
      reached: majority.reached,
      words: majority.words,
    },
    outcome,
    leading: [...leading],
    words: [...words],
  };
}

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
    standing: figures.standing && standingAsJson(figures.standing),
  };
}

/** The roll of a meeting grows without moving the tally: what the standing says of it is in the ETag as well. */
function etagOf({ state, pos, cast, counted, standing: now }: TallyFigures): string {
  return [state, pos, cast, counted, now?.quorum?.needed ?? '', now?.majority?.needed ?? ''].join('-');
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
      etag: etagOf(figures),
    }));
  },
});

const standing = operation({
  id: 'getStanding',
  method: 'get',
  path: '/v1/elections/{election_id}/standing',
  tag: 'Results',
  summary: 'Read where quorum and majority stand',
  description:
    'In figures and in words: how many are missing for the quorum, whether a motion would be carried if it closed now. ' +
    'Made of what the running tally may show, and sent with it over the socket.',
  permission: 'tallies.read',
  params: electionParams,
  success: { 200: { description: 'Quorum and majority now.', schema: standingView } },
  failures: ['not_found', 'not_open', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    const election = await electionInReach(engine, identity, params.election_id);
    if (!election.ok) return election;
    return replyWith(await engine.elections.tally(identity.orgId, params.election_id), (figures) => ({
      status: 200,
      body: {
        election_id: figures.electionId,
        state: figures.state,
        pos: figures.pos,
        standing: figures.standing && standingAsJson(figures.standing),
      },
      etag: etagOf(figures),
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
    const reach = await reachesElection(engine, identity, params.election_id);
    if (!reach.ok) return reach;
    return replyWith(await engine.elections.recount(identity.orgId, params.election_id), (count) => ({
      status: 200,
      body: {
        ballots: count.ballots,
        weight: votesOfMicro(count.weight),
        paper_ballots: count.paperBallots,
        equals_tally: count.equalsTally,
        equals_result: count.equalsResult,
      },
    }));
  },
});

export const tallyOperations: readonly Operation[] = [tally, standing, recount];
