import type { MethodId } from '../../../protocol/methods/index.ts';

/** id: valid in an election of ours; source: what the file itself calls the option (number, project id, name). */
export interface FileOption {
  readonly id: string;
  readonly title: string;
  readonly source: string;
}

/** Best first, one inner list per rank; several option ids in it share the rank. [] is the blank ballot. */
export interface RankedBallot {
  readonly ranking: readonly (readonly string[])[];
}

/** Each option at most once. [] is the blank ballot. */
interface ApprovalBallot {
  readonly approved: readonly string[];
}

/** Whole points above 0 per option id. An empty map is the blank ballot. */
interface PointsBallot {
  readonly points: ReadonlyMap<string, number>;
}

/** A whole score per option id, 0 and negative ones included. An empty map is the blank ballot. */
interface ScoresBallot {
  readonly scores: ReadonlyMap<string, number>;
}

/** `count` voters who each cast this ballot. weight: micro-units of each one of them; absent = 1 vote. */
export interface Entry<Ballot> {
  readonly ballot: Ballot;
  readonly count: number;
  readonly weight?: bigint;
  /** where the file says it, from 1 */
  readonly line: number;
}

/** What the file itself publishes about an option, to compare a result with. Absent = the file does not say. */
export interface ExpectedFigures {
  readonly votes?: number;
  readonly score?: number;
  /** Pabulib: 1 selected, 0 not, another number has its reason in the file's comment */
  readonly selected?: number;
}

/** Pabulib: what may be spent together, and what options cost, in whole units of the file's currency; by option id. */
export interface FileBudget {
  readonly total: number;
  readonly costs: ReadonlyMap<string, number>;
}

interface SourceInfo {
  /** the file's name without its folder */
  readonly file: string;
  /** header fields as they stand in the file, keys in lower case */
  readonly header: ReadonlyMap<string, string>;
}

type ElectionFormat = 'preflib soi' | 'preflib soc' | 'preflib toi' | 'preflib toc' | 'pabulib' | 'ranked csv';

interface FileOfBallots<Kind extends string, Ballot> {
  readonly kind: Kind;
  readonly ballots: readonly Entry<Ballot>[];
  readonly format: ElectionFormat;
  readonly title: string;
  readonly source: SourceInfo;
  readonly options: readonly FileOption[];
  /** the sum of all counts, blank ballots included */
  readonly voters: number;
  /** how many options were taken, where the file says so */
  readonly seats?: number;
  readonly suggestedMethod: MethodId;
  /** what was normalised while reading, one sentence each, with how often */
  readonly notes: readonly string[];
  /** by option id */
  readonly expected?: ReadonlyMap<string, ExpectedFigures>;
  /** absent where the file has none, or one that is not of whole units */
  readonly budget?: FileBudget;
}

/** complete: every ballot that is not blank ranks every option, so a last tie means 'the rest'. */
export interface RankedElection extends FileOfBallots<'ranked', RankedBallot> {
  readonly complete: boolean;
}

/** min and max: marks of a ballot that is not blank. */
export interface ApprovalElection extends FileOfBallots<'approval', ApprovalBallot> {
  readonly marks: { readonly min: number; readonly max: number };
}

/** Points of a ballot that is not blank: from minTotal to total, at most maxPerOption for one option. */
export interface PointsElection extends FileOfBallots<'points', PointsBallot> {
  readonly limits: { readonly total: number; readonly minTotal: number; readonly maxPerOption?: number };
}

export interface ScoresElection extends FileOfBallots<'scores', ScoresBallot> {
  readonly range: { readonly min: number; readonly max: number };
}

/** An election as its file describes it, ballots in the file's own kind (settings included, by kind). */
export type ParsedElection = RankedElection | ApprovalElection | PointsElection | ScoresElection;

// Both as in engine/limits.ts (a test holds them equal): a file beyond them is refused before anything is created.
export const MAX_OPTIONS = 1_000;
export const MAX_VOTERS = 1_000_000;
