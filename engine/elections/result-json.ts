import type { ElectionMethod } from '../../protocol/methods/index.ts';
import type { Rules } from '../../protocol/methods/rules.ts';
import { votesOfMicro } from '../../protocol/weight.ts';
import type { Count, Round, Tie } from './counting/method.ts';
import type { PaperPart } from './paper-count.ts';
import type { ElectionResult } from './rules.ts';
import type { MajorityCheck, QuorumCheck, Ruling } from './ruling.ts';
import { microOfTotal } from './votes.ts';

/** Micro-units as decimal votes: '12', '0.333333', '-4.5'. */
type Votes = string;
type Amounts = Readonly<Record<string, Votes>>;

/**
 * A result as it is stored and sent: the engine's ElectionResult with every amount as decimal votes.
 * Equal results give equal JSON texts (keys stand in a fixed order).
 */
export interface ResultJson {
  readonly election: string;
  readonly title: string;
  readonly options: readonly { readonly id: string; readonly title: string }[];
  readonly method: ElectionMethod;
  readonly rules: Rules;
  readonly roll: {
    readonly count: number;
    readonly weight: Votes;
    readonly present: number | null;
    readonly present_weight: Votes | null;
  };
  readonly ruling: {
    readonly outcome: Ruling['outcome'];
    readonly elected: readonly string[];
    readonly tie: boolean;
    readonly quorum_reached: boolean;
    /** needed and given: decimal votes where unit is 'weight', whole numbers where it is 'ballots' */
    readonly quorum: { unit: QuorumCheck['unit']; needed: string; given: string; reached: boolean } | null;
    readonly majority:
      | (Pick<MajorityCheck, 'base' | 'threshold' | 'reached'> & { base_weight: Votes; needed: Votes; given: Votes })
      | null;
    readonly decided_by: string;
  };
  readonly paper: {
    readonly declared: number;
    readonly batches: readonly { readonly batch_id: string; readonly label: string; readonly ballots: number }[];
    readonly cast: number;
    readonly ballots: Count['ballots'] | null;
    readonly figure: string;
    readonly options: Amounts | null;
  } | null;
  readonly count: {
    readonly winners: readonly string[];
    readonly ranking: readonly (readonly string[])[];
    readonly totals: Amounts;
    readonly ties: readonly (Omit<Tie, 'brokenBy'> & { broken_by: Tie['brokenBy'] })[];
    readonly ballots: Count['ballots'];
    readonly weights: Readonly<Record<keyof Count['weights'], Votes>>;
    readonly decided_by: string;
    readonly rounds: readonly RoundJson[];
  };
}

export interface RoundJson {
  readonly round: number;
  readonly rule: string;
  readonly transfers: readonly { readonly from: string; readonly to: string | null; readonly amount: Votes }[];
  readonly amounts: Amounts;
  readonly exhausted: Votes;
  readonly quota?: Votes;
  readonly elected: readonly string[];
  readonly eliminated: readonly string[];
  readonly details?: NonNullable<Round['details']>;
}

export function resultToJson(result: ElectionResult): ResultJson {
  const { electionId, title, options, method, rules, roll, count, ruling, paper } = result;
  return {
    election: electionId,
    title,
    options: options.map(({ id, title: name }) => ({ id, title: name })),
    method,
    rules,
    roll: {
      count: roll.rollCount,
      weight: votesOfMicro(roll.rollWeight),
      present: roll.present,
      present_weight: roll.presentWeight === undefined ? null : votesOfMicro(roll.presentWeight),
    },
    ruling: rulingToJson(ruling),
    paper: paperToJson(paper),
    count: {
      winners: count.winners,
      ranking: count.ranking,
      totals: mapValues(count.totals, votesOfMicro),
      ties: count.ties.map(({ brokenBy, ...tie }) => ({ ...tie, broken_by: brokenBy })),
      ballots: count.ballots,
      weights: mapValues(count.weights, votesOfMicro),
      decided_by: count.decidedBy,
      rounds: count.rounds.map(roundToJson),
    },
  };
}

/** The inverse of resultToJson, for stored results. */
export function resultFromJson(json: ResultJson): ElectionResult {
  const { election, title, options, method, rules, roll, count, ruling, paper } = json;
  return {
    electionId: election,
    title,
    options,
    method,
    rules,
    roll: {
      rollCount: roll.count,
      rollWeight: microOfTotal(roll.weight),
      present: roll.present,
      ...(roll.present_weight === null ? {} : { presentWeight: microOfTotal(roll.present_weight) }),
    },
    ruling: rulingFromJson(ruling),
    paper: paperFromJson(paper),
    count: {
      winners: count.winners,
      ranking: count.ranking,
      rounds: count.rounds.map(roundFromJson),
      ties: count.ties.map(({ broken_by, ...tie }) => ({ ...tie, brokenBy: broken_by })),
      totals: mapValues(count.totals, microOfTotal),
      ballots: count.ballots,
      weights: mapValues(count.weights, microOfTotal),
      decidedBy: count.decided_by,
    },
  };
}

function paperToJson(paper: PaperPart | null): ResultJson['paper'] {
  return (
    paper && {
      declared: paper.declared,
      batches: paper.batches.map(({ batchId, label, ballots }) => ({ batch_id: batchId, label, ballots })),
      cast: paper.cast,
      ballots: paper.ballots,
      figure: paper.figure,
      options: paper.options && mapValues(paper.options, votesOfMicro),
    }
  );
}

function paperFromJson(paper: ResultJson['paper']): PaperPart | null {
  return (
    paper && {
      ...paper,
      batches: paper.batches.map(({ batch_id, label, ballots }) => ({ batchId: batch_id, label, ballots })),
      options: paper.options && mapValues(paper.options, microOfTotal),
    }
  );
}

function rulingToJson({
  outcome,
  elected,
  tie,
  quorumReached,
  quorum,
  majority,
  decidedBy,
}: Ruling): ResultJson['ruling'] {
  return {
    outcome,
    elected,
    tie,
    quorum_reached: quorumReached,
    quorum: quorum && {
      unit: quorum.unit,
      needed: quorum.unit === 'weight' ? votesOfMicro(quorum.needed) : quorum.needed.toString(),
      given: quorum.unit === 'weight' ? votesOfMicro(quorum.given) : quorum.given.toString(),
      reached: quorum.reached,
    },
    majority: majority && {
      base: majority.base,
      threshold: majority.threshold,
      base_weight: votesOfMicro(majority.baseWeight),
      needed: votesOfMicro(majority.needed),
      given: votesOfMicro(majority.given),
      reached: majority.reached,
    },
    decided_by: decidedBy,
  };
}

function rulingFromJson(json: ResultJson['ruling']): Ruling {
  const { quorum, majority } = json;
  const quorumAmount = quorum?.unit === 'weight' ? microOfTotal : BigInt;
  return {
    outcome: json.outcome,
    elected: json.elected,
    tie: json.tie,
    quorumReached: json.quorum_reached,
    quorum: quorum && { ...quorum, needed: quorumAmount(quorum.needed), given: quorumAmount(quorum.given) },
    majority: majority && {
      base: majority.base,
      threshold: majority.threshold,
      baseWeight: microOfTotal(majority.base_weight),
      needed: microOfTotal(majority.needed),
      given: microOfTotal(majority.given),
      reached: majority.reached,
    },
    decidedBy: json.decided_by,
  };
}

function roundToJson(round: Round): RoundJson {
  return {
    round: round.round,
    rule: round.rule,
    transfers: round.transfers.map(({ from, to, amount }) => ({ from, to, amount: votesOfMicro(amount) })),
    amounts: mapValues(round.amounts, votesOfMicro),
    exhausted: votesOfMicro(round.exhausted),
    ...(round.quota === undefined ? {} : { quota: votesOfMicro(round.quota) }),
    elected: round.elected,
    eliminated: round.eliminated,
    ...(round.details === undefined ? {} : { details: round.details }),
  };
}

function roundFromJson({ quota, details, ...round }: RoundJson): Round {
  return {
    ...round,
    amounts: mapValues(round.amounts, microOfTotal),
    exhausted: microOfTotal(round.exhausted),
    transfers: round.transfers.map(({ from, to, amount }) => ({ from, to, amount: microOfTotal(amount) })),
    ...(quota === undefined ? {} : { quota: microOfTotal(quota) }),
    ...(details === undefined ? {} : { details }),
  };
}

function mapValues<K extends string, A, B>(values: Readonly<Record<K, A>>, change: (value: A) => B): Record<K, B> {
  const entries = Object.entries(values) as [K, A][];
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)])) as Record<K, B>;
}
