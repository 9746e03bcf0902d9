import type { FieldProblem } from '../../../protocol/field-problems.ts';
import type { Option } from '../../../protocol/methods/option.ts';

/**
 * What the counting of one method needs to know of an election.
 * Options are addressed by their position (0-based) inside canonical ballots and by their id everywhere else.
 */
export interface Contest<Settings = unknown> {
  readonly electionId: string;
  readonly options: readonly Option[];
  /** option id -> position in `options` */
  readonly position: ReadonlyMap<string, number>;
  readonly settings: Settings;
}

/** All ballots with one canonical text. weight: micro-units (1 vote = 1,000,000n), the sum over the `count` ballots. */
export interface Pattern {
  readonly ballot: string;
  readonly count: number;
  readonly weight: bigint;
}

export type BallotProblem = FieldProblem;

export type Encoded =
  | { readonly ok: true; readonly ballot: string }
  | { readonly ok: false; readonly problems: readonly BallotProblem[] };

/** A running figure per option; what it counts (marks, points, first preferences) is the method's `figure`. */
export interface Figure {
  count: number;
  weight: bigint;
}

/**
 * One line of the count as a person follows it: transfers lead to amounts, amounts decide who is elected or eliminated.
 * amounts: micro-units per option id (already weighted).
 */
export interface Round {
  readonly round: number;
  readonly amounts: Readonly<Record<string, bigint>>;
  readonly elected: readonly string[];
  readonly eliminated: readonly string[];
  /** micro-units that no option holds any more, and what rounding lost */
  readonly exhausted: bigint;
  readonly quota?: bigint;
  /** who gave how much to whom to reach this round's amounts, micro-units; to null = exhausted, or lost by rounding */
  readonly transfers: readonly { readonly from: string; readonly to: string | null; readonly amount: bigint }[];
  /** the rule that decided this round, in words of the field, e.g. 'quota reached', 'fewest votes', 'tie broken by lot' */
  readonly rule: string;
  /** further tables of a method (pairwise matrix, strongest paths, medians): plain JSON, amounts as decimal votes */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface Tie {
  readonly options: readonly string[];
  /** how many of them could be taken */
  readonly places: number;
  readonly between: 'election' | 'elimination' | 'surplus';
  /** the documented rule that broke it, or null where it stays a tie */
  readonly brokenBy: 'earlier rounds' | 'lot' | null;
  /** whom the rule picked: to be elected, to be eliminated, or to have the surplus transferred first */
  readonly chosen: readonly string[];
}

export interface Count {
  /** option ids in the order in which they won; options of an unbroken tie are not among them */
  readonly winners: readonly string[];
  /** final order of all options where the method gives one; equal ranks share an inner array */
  readonly ranking: readonly (readonly string[])[];
  readonly rounds: readonly Round[];
  readonly ties: readonly Tie[];
  /** per option: the method's decisive total (votes, points, grade sum, last round), micro-units */
  readonly totals: Readonly<Record<string, bigint>>;
  readonly ballots: {
    readonly cast: number;
    readonly valid: number;
    readonly blank: number;
    readonly abstained: number;
  };
  readonly weights: {
    readonly cast: bigint;
    readonly valid: bigint;
    readonly blank: bigint;
    readonly abstained: bigint;
  };
  /** the rule that decided the outcome */
  readonly decidedBy: string;
}

/**
 * One voting method. Its settings and ballot schemas stand in protocol/methods/, its count in its own file here.
 * `encode` is on the hot path (tens of thousands a second): no schema library inside it, no exceptions.
 * A canonical ballot is printable ASCII without U+001E, at most 4,096 characters; equal ballots have equal texts;
 * '' is the blank ballot.
 */
export interface Method<Settings = unknown> {
  readonly id: string;
  /** what a live figure counts, e.g. 'votes', 'marks', 'points', 'first preferences' */
  readonly figure: string;
  /** figures are kept multiplied by this, e.g. 2 where a ballot may give half a point; absent: 1 */
  readonly figureScale?: number;
  /** checks options and settings against each other when an election is created (e.g. seats <= options) */
  check(contest: Contest<Settings>): readonly BallotProblem[];
  encode(contest: Contest<Settings>, ballot: unknown): Encoded;
  /** the inverse of encode: the ballot as protocol/methods describes it */
  decode(contest: Contest<Settings>, ballot: string): unknown;
  /** adds one pattern to the running figures; figures[i] belongs to options[i] */
  accumulate(contest: Contest<Settings>, figures: Figure[], pattern: Pattern): void;
  count(contest: Contest<Settings>, patterns: readonly Pattern[]): Count;
}
