import { type ElectionMethod, electionMethod, type MethodId } from '../../../protocol/methods/index.ts';
import type { Option } from '../../../protocol/methods/option.ts';
import {
  ballotsOfApprovals,
  ballotsOfPoints,
  ballotsOfScores,
  METHODS_OF_POINTS,
  methodsOfScores,
} from './ballots-of-marks.ts';
import { ballotsOfRankings, type Converted, METHODS_OF_RANKINGS } from './ballots-of-rankings.ts';
import { ElectionFileError, shown } from './election-file-error.ts';
import { type NamedMethod, namedMethod } from './method-names.ts';
import type { ParsedElection } from './parsed-election.ts';

/** method: an id of protocol/methods or a usual name; default: what the file suggests. seats: default the file's, 1. */
export interface MethodRequest {
  readonly method?: string;
  readonly seats?: number;
}

/** What one voter of the file casts. weight: micro-units, absent = 1 vote. */
interface VoterBallot {
  readonly ballot: unknown;
  readonly weight?: bigint;
}

/** One ballot per voter, in the file's order; voters of one line share the ballot object. */
export interface VoterBallots extends Iterable<VoterBallot> {
  readonly length: number;
  /** index from 0; throws RangeError outside */
  at(index: number): VoterBallot;
}

/** An election of ours made from a file: method and settings pass protocol/methods, ballots are its JSON ballots. */
export type MethodElection = ElectionMethod & {
  readonly options: readonly Option[];
  readonly ballots: VoterBallots;
  /** some voter has another weight than one vote */
  readonly weighted: boolean;
  /** the file's notes and those of the conversion */
  readonly notes: readonly string[];
};

/**
 * The file's ballots as those of a method. Throws ElectionFileError: an unknown method, one that these ballots cannot
 * be cast with (the message names those that can), too many seats, settings beyond the protocol's bounds.
 */
export function toMethod(parsed: ParsedElection, request: MethodRequest = {}): MethodElection {
  const file = parsed.source.file;
  const seats = request.seats ?? parsed.seats ?? 1;
  if (!Number.isSafeInteger(seats) || seats < 1 || seats > parsed.options.length) {
    const hint = `seats are from 1 to the number of options, ${parsed.options.length}`;
    throw new ElectionFileError(file, {}, `${seats} seats for ${parsed.options.length} options`, hint);
  }
  const named = chooseMethod(parsed, request, seats);
  const converted = convert(parsed, named, seats);
  const checked = electionMethod.safeParse({ method: named.method, settings: converted.settings });
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const problem = `${issue?.path.join('.')} of ${named.method}: ${issue?.message}`;
    throw new ElectionFileError(file, {}, problem, `these are the settings: ${JSON.stringify(converted.settings)}`);
  }
  return {
    ...checked.data,
    options: parsed.options.map(({ id, title }) => ({ id, title })),
    ballots: perVoter(parsed, converted.ballots),
    weighted: parsed.ballots.some(({ weight }) => weight !== undefined && weight !== 1_000_000n),
    notes: [...parsed.notes, ...converted.notes],
  };
}

/** The methods a file's ballots can be cast with, the suggested one first. */
export function methodsOf(parsed: ParsedElection): readonly MethodId[] {
  const fitting = {
    ranked: () => METHODS_OF_RANKINGS,
    approval: () => ['choose'] as const,
    points: () => METHODS_OF_POINTS,
    scores: () => (parsed.kind === 'scores' ? methodsOfScores(parsed) : []),
  }[parsed.kind]();
  return [parsed.suggestedMethod, ...fitting.filter((method) => method !== parsed.suggestedMethod)];
}

function chooseMethod(parsed: ParsedElection, request: MethodRequest, seats: number): NamedMethod {
  const file = parsed.source.file;
  const fitting = methodsOf(parsed);
  const hint = `this file can be voted with ${fitting.join(', ')}`;
  if (request.method === undefined) {
    const suggested = parsed.suggestedMethod;
    return { method: suggested === 'irv' && seats > 1 ? 'stv' : suggested };
  }
  const named = namedMethod(request.method, seats);
  if (named === null) throw new ElectionFileError(file, {}, `there is no method ${shown(request.method)}`, hint);
  if (!fitting.includes(named.method)) {
    const others = fitting.join(', ');
    const problem = `its ${parsed.kind} ballots cannot be cast with ${named.method}; they can with ${others}`;
    throw new ElectionFileError(file, {}, problem, hint);
  }
  if (named.method === 'irv' && (request.seats ?? 1) > 1) {
    throw new ElectionFileError(file, {}, `irv fills one seat, not ${seats}`, 'use stv for several seats');
  }
  return named;
}

function convert(parsed: ParsedElection, { method, variant }: NamedMethod, seats: number): Converted {
  switch (parsed.kind) {
    case 'ranked':
      return ballotsOfRankings(parsed, method, variant, seats);
    case 'approval':
      return ballotsOfApprovals(parsed, variant, seats);
    case 'points':
      return ballotsOfPoints(parsed, method, variant, seats);
    case 'scores':
      return ballotsOfScores(parsed, method, seats);
  }
}

/** A million voters are a million small numbers here, not a million ballots. */
function perVoter(parsed: ParsedElection, ballots: readonly unknown[]): VoterBallots {
  const entryOf = new Uint32Array(parsed.voters);
  let voter = 0;
  parsed.ballots.forEach(({ count }, entry) => {
    entryOf.fill(entry, voter, voter + count);
    voter += count;
  });
  const cast = parsed.ballots.map(({ weight }, entry): VoterBallot => {
    const ballot = ballots[entry];
    return weight === undefined ? { ballot } : { ballot, weight };
  });
  const at = (index: number): VoterBallot => {
    const found = cast[entryOf[index] ?? -1];
    if (found === undefined) throw new RangeError(`voter ${index} of ${entryOf.length}`);
    return found;
  };
  return {
    length: entryOf.length,
    at,
    *[Symbol.iterator]() {
      for (let index = 0; index < entryOf.length; index += 1) yield at(index);
    },
  };
}
