import { createHash } from 'node:crypto';
import { contestOf, methodOf } from '../../engine/elections/counting/index.ts';
import type { Contest, Figure, Pattern } from '../../engine/elections/counting/method.ts';
import { decide, type RollFacts, rollFacts } from '../../engine/elections/rules.ts';
import type { Standing } from '../../engine/elections/ruling.ts';
import { standingOf } from '../../engine/elections/standing.ts';
import {
  accept,
  type CastRequest,
  type Election,
  type ElectionResult,
  type Outcome,
  type Participation,
  type PublishedBallot,
  refuse,
  type TallyFigures,
} from '../../engine/index.ts';

interface Credential {
  readonly weight: bigint;
  /** the cast key and canonical ballot that it was spent on */
  spentOn: string | null;
}

interface BallotCast {
  readonly trackingCode: string;
  readonly ballot: string;
  readonly weight: bigint;
  readonly credential: string;
}

/** One election of the model, with everything that has happened to it. */
export interface Held {
  election: Election;
  readonly credentials: Map<string, Credential>;
  /** in the order in which they were accepted */
  readonly ballots: BallotCast[];
}

export function contestOfElection({ electionId, options, method }: Election): Contest {
  return contestOf(electionId, options, method.settings);
}

export function update(held: Held, change: Partial<Election>): Outcome<Election> {
  held.election = { ...held.election, ...change };
  return accept(held.election);
}

/** An act that the state does not allow. */
export function forbidden({ state }: Election): Outcome<never> {
  if (state === 'open') return refuse('conflict', '', { details: { reason: 'open', state } });
  return refuse(state === 'draft' ? 'not_open' : 'closed', '', { details: { state } });
}

/** A ballot that the state does not allow; voters are not told of the publication. */
export function notVoting({ state }: Election): Outcome<never> {
  const told = state === 'published' ? 'closed' : state;
  return refuse(state === 'draft' ? 'not_open' : 'closed', '', { details: { state: told } });
}

/** As docs tell voters to compute it: the first 16 bytes of SHA-256("ballot" ‖ election ‖ credential ‖ cast key). */
export function trackingCodeOf({ electionId, credential, castKey }: CastRequest): string {
  return createHash('sha256').update(`ballot${electionId}${credential}${castKey}`).digest('hex').slice(0, 32);
}

export function weightOf(ballots: readonly { readonly weight: bigint }[]): bigint {
  return ballots.reduce((sum, { weight }) => sum + weight, 0n);
}

export function participationOf({ credentials, ballots }: Held): Participation {
  return {
    roll: credentials.size,
    rollWeight: weightOf([...credentials.values()]),
    voted: ballots.length,
    votedWeight: weightOf(ballots),
  };
}

/** Each ballot is a pattern of its own: grouping is the engine's business and changes no count. */
export function resultOf(held: Held): ElectionResult {
  return decide(held.election, patternsOf(held.ballots), rollOf(held));
}

function patternsOf(ballots: readonly BallotCast[]): Pattern[] {
  return ballots.map(({ ballot, weight }) => ({ ballot, count: 1, weight }));
}

function rollOf(held: Held): RollFacts {
  return rollFacts(held.election, participationOf(held));
}

/**
 * Where quorum and majority stand by the first `counted` ballots, in the order of their acceptance.
 * @param cast ballots in the urn, or null where even that is hidden
 * @param shown the figures may be seen
 */
export function standingOfHeld(held: Held, counted: number, cast: number | null, shown: boolean): Standing | null {
  const { election, ballots } = held;
  if (election.state === 'draft' || election.state === 'cancelled') return null;
  const method = methodOf(election.method.method);
  const definition = { election, contest: contestOfElection(election), method };
  const seen = ballots.slice(0, counted);
  const figures = { different: 1, weight: weightOf(seen), patterns: () => patternsOf(seen) };
  return standingOf(definition, { cast, counted: shown ? figures : null, roll: rollOf(held), paper: false });
}

/** By patterns, as a tally that is read anew adds them up: half points of single ballots would round otherwise. */
export function figuresOf({ election, ballots }: Held, count: number): NonNullable<TallyFigures['options']> {
  const contest = contestOfElection(election);
  const figures = election.options.map((): Figure => ({ count: 0, weight: 0n }));
  const patterns = Map.groupBy(ballots.slice(0, count), ({ ballot }) => ballot);
  for (const [ballot, alike] of patterns) {
    const pattern = { ballot, count: alike.length, weight: weightOf(alike) };
    methodOf(election.method.method).accumulate(contest, figures, pattern);
  }
  const scale = methodOf(election.method.method).figureScale ?? 1;
  return figures.map(({ count: marks, weight }, i) => ({
    option: election.options[i]?.id ?? '',
    count: marks / scale,
    weight: weight / BigInt(scale),
  }));
}

export function publicationOf(
  { election }: Held,
  { trackingCode, ballot, weight, credential }: BallotCast,
): PublishedBallot {
  const contest = contestOfElection(election);
  const named = election.secrecy === 'named';
  return {
    trackingCode,
    ballot: methodOf(election.method.method).decode(contest, ballot),
    weight: named ? weight : null,
    voter: named ? credential : null,
  };
}
