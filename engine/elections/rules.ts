import type { ElectionMethod, MethodId } from '../../protocol/methods/index.ts';
import type { Option } from '../../protocol/methods/option.ts';
import type { Fraction, MajorityBase, MajorityRule, QuorumRule, Rules } from '../../protocol/methods/rules.ts';
import { votesOfMicro } from '../../protocol/weight.ts';
import { contestOf, methodOf } from './counting/index.ts';
import type { BallotProblem, Count, Pattern } from './counting/method.ts';
import { NO_VALID_BALLOTS } from './counting/seats.ts';
import type { Election } from './election.ts';
import { type PaperBallots, type PaperPart, paperPart } from './paper-count.ts';
import type { MajorityCheck, QuorumCheck, Ruling } from './ruling.ts';
import { VOTE } from './votes.ts';

/** What the rules need to know besides the ballots. Weights in micro-units. */
export interface RollFacts {
  readonly rollCount: number;
  readonly rollWeight: bigint;
  /** people present; null where nobody recorded it */
  readonly present: number | null;
  /** their weight, for the base 'present'; without it each weighs one vote, provided that everyone on the roll does */
  readonly presentWeight?: bigint | undefined;
}

/**
 * The roll that quorum and majority are a part of: who holds a credential, and whoever votes on paper instead, one vote
 * each; members stand on the roll whether they vote on paper or not.
 */
export function rollFacts(
  {
    roll,
    present,
    presentWeight,
    paperDeclared,
  }: Pick<Election, 'roll' | 'present' | 'presentWeight' | 'paperDeclared'>,
  credentials: { readonly roll: number; readonly rollWeight: bigint },
): RollFacts {
  const onPaper = roll === 'members' ? 0 : paperDeclared;
  return {
    rollCount: credentials.roll + onPaper,
    rollWeight: credentials.rollWeight + BigInt(onPaper) * VOTE,
    present,
    ...(presentWeight === null ? {} : { presentWeight }),
  };
}

/** Count and ruling of one election, with everything that led to them. */
export interface ElectionResult {
  readonly electionId: string;
  readonly method: ElectionMethod;
  readonly rules: Rules;
  readonly roll: RollFacts;
  readonly count: Count;
  readonly ruling: Ruling;
  /** the question and what could be voted for, as people read them */
  readonly title: string;
  readonly options: readonly Pick<Option, 'id' | 'title'>[];
  /** ballots on paper, which are in the count as well; null without any */
  readonly paper: PaperPart | null;
}

/** Elsewhere a part of the ballots says nothing: points and ranks are no share of the voters. */
export const METHODS_WITH_MAJORITY: readonly MethodId[] = ['motion', 'choose', 'irv'];

/** Rules against method, when an election is created. */
export function checkRules(method: MethodId, rules: Rules): BallotProblem[] {
  if (rules.majority === undefined) return [];
  if (!METHODS_WITH_MAJORITY.includes(method)) {
    return [{ path: 'rules.majority', problem: `only for ${METHODS_WITH_MAJORITY.join(', ')}` }];
  }
  const { base, threshold } = rules.majority;
  return threshold === 'simple' && base !== 'valid'
    ? [
        {
          path: 'rules.majority.base',
          problem: 'a simple majority is one of the valid votes: for another base say absolute',
        },
      ]
    : [];
}

/** Counts the ballots and applies the rules. Pure: the same ballots in any order and grouping give the same result. */
export function decide(
  election: {
    readonly electionId: string;
    readonly title: string;
    readonly method: ElectionMethod;
    readonly options: readonly Option[];
    readonly rules: Rules;
  },
  patterns: readonly Pattern[],
  roll: RollFacts,
  paper: PaperBallots | null = null,
): ElectionResult {
  const { electionId, title, method, rules } = election;
  const counting = methodOf(method.method);
  const contest = contestOf(electionId, election.options, method.settings);
  const all = paper === null ? patterns : [...patterns, ...paper.batches.flatMap((batch) => batch.patterns)];
  const count = counting.count(contest, all);
  const options = election.options.map(({ id, title: name }) => ({ id, title: name }));
  const ruling = applyRules(method.method, count, rules, roll);
  const part = paper === null ? null : paperPart(counting, contest, paper);
  return { electionId, title, options, method, rules, roll, count, ruling, paper: part };
}

/**
 * A motion is carried by more yes than no and, where the rules say so, by their majority; a tie does not carry it.
 * Elsewhere the winners of the count are elected, each only with the majority that the rules ask for.
 * Without quorum nothing is carried and nobody elected.
 */
export function applyRules(method: MethodId, count: Count, rules: Rules, roll: RollFacts): Ruling {
  const quorum =
    rules.quorum === undefined
      ? null
      : quorumOf(rules.quorum, { ballots: count.ballots.cast, weight: count.weights.cast }, roll);
  const quorumReached = quorum?.reached ?? true;
  const common = { quorum, quorumReached };
  if (method === 'motion') return { ...common, elected: [], ...ruleMotion(count, rules, roll, quorum) };
  return { ...common, ...ruleElection(count, rules, roll, quorum) };
}

function ruleMotion(count: Count, rules: Rules, roll: RollFacts, quorum: QuorumCheck | null) {
  const [yes, no] = [count.totals.yes ?? 0n, count.totals.no ?? 0n];
  const rule: MajorityRule = rules.majority ?? { base: 'valid', threshold: 'simple' };
  const majority = checkMajority(rule, yes, count, roll);
  const not = { outcome: 'not_carried', tie: false, majority } as const;
  if (quorum?.reached === false) return { ...not, decidedBy: quorumWords(quorum) };
  if (count.weights.valid === 0n) return { ...not, decidedBy: NO_VALID_BALLOTS };
  if (yes === no) return { ...not, tie: true, decidedBy: `tie: ${votesOfMicro(yes)} yes, as many no` };
  if (majority === null) return { ...not, decidedBy: notKnown(roll) };
  if (yes < no) return { ...not, decidedBy: `${votesOfMicro(yes)} yes, ${votesOfMicro(no)} no` };
  const decidedBy = majorityWords(majority);
  return majority.reached ? ({ ...not, outcome: 'carried', decidedBy } as const) : { ...not, decidedBy };
}

function ruleElection(count: Count, rules: Rules, roll: RollFacts, quorum: QuorumCheck | null) {
  const leading = count.winners[0] ?? count.ties.find(({ brokenBy }) => brokenBy === null)?.options[0];
  const checkOf = (id: string | undefined) =>
    rules.majority === undefined
      ? null
      : checkMajority(rules.majority, id === undefined ? 0n : (count.totals[id] ?? 0n), count, roll);
  const majority = checkOf(leading);
  const tie = count.ties.some(({ brokenBy }) => brokenBy === null);
  const not = { outcome: 'not_elected', elected: [] as readonly string[], tie, majority } as const;
  if (quorum?.reached === false) return { ...not, decidedBy: quorumWords(quorum) };
  if (count.winners.length === 0) return { ...not, decidedBy: count.decidedBy };
  if (rules.majority === undefined) {
    return { ...not, outcome: 'elected', elected: count.winners, decidedBy: count.decidedBy } as const;
  }
  if (majority === null) return { ...not, decidedBy: notKnown(roll) };
  const elected = count.winners.filter((id) => checkOf(id)?.reached === true);
  const decidedBy = majorityWords(majority);
  return elected.length === 0
    ? { ...not, decidedBy: `no majority: ${decidedBy}` }
    : ({ ...not, outcome: 'elected', elected, decidedBy } as const);
}

function notKnown({ present }: RollFacts): string {
  return present === null
    ? 'the number of people present was not recorded'
    : 'votes weigh differently here, and what those present weigh together was not recorded';
}

/** @param cast ballots in the urn and their weight in micro-units; abstentions and blanks among them */
export function quorumOf(
  rule: QuorumRule,
  cast: { readonly ballots: number; readonly weight: bigint },
  roll: RollFacts,
): QuorumCheck {
  if ('number' in rule) {
    const [needed, given] = [BigInt(rule.number), BigInt(cast.ballots)];
    return { unit: 'ballots', needed, given, reached: given >= needed };
  }
  const given = cast.weight;
  const needed = leastShare(roll.rollWeight, rule.share, unitOf(roll.rollWeight, given));
  return { unit: 'weight', needed, given, reached: given >= needed };
}

/** null where the base is not known. */
function checkMajority(rule: MajorityRule, given: bigint, count: Count, roll: RollFacts): MajorityCheck | null {
  const { threshold } = rule;
  const base = threshold === 'simple' ? 'valid' : rule.base;
  const baseWeight = weightOf(base, count, roll);
  if (baseWeight === null) return null;
  const unit = unitOf(baseWeight, given);
  const needed =
    threshold === 'simple' || threshold === 'absolute'
      ? (baseWeight / (2n * unit) + 1n) * unit
      : leastShare(baseWeight, typeof threshold === 'object' ? threshold : FRACTIONS[threshold], unit);
  return { base, threshold, baseWeight, needed, given, reached: given >= needed && given > 0n };
}

const FRACTIONS = {
  two_thirds: { numerator: 2, denominator: 3 },
  three_quarters: { numerator: 3, denominator: 4 },
} as const;

function weightOf(base: MajorityBase, { weights }: Count, roll: RollFacts): bigint | null {
  switch (base) {
    case 'valid':
      return weights.valid;
    case 'with_abstentions':
      return weights.valid + weights.abstained;
    case 'present':
      if (roll.presentWeight !== undefined) return roll.presentWeight;
      // heads are no weight: where votes weigh differently nobody knows what those present weigh together
      if (roll.rollWeight !== BigInt(roll.rollCount) * VOTE) return null;
      return roll.present === null ? null : BigInt(roll.present) * VOTE;
    case 'roll':
      return roll.rollWeight;
  }
}

/** The least multiple of `unit` that is at least this share of the whole. */
function leastShare(whole: bigint, { numerator, denominator }: Fraction, unit: bigint): bigint {
  const divisor = BigInt(denominator) * unit;
  return ((whole * BigInt(numerator) + divisor - 1n) / divisor) * unit;
}

/** Amounts that are all whole votes meet a threshold in whole votes or not at all. */
function unitOf(...amounts: bigint[]): bigint {
  return amounts.every((amount) => amount % VOTE === 0n) ? VOTE : 1n;
}

export const BASE_WORDS: Readonly<Record<MajorityBase, string>> = {
  valid: 'valid votes',
  with_abstentions: 'votes with abstentions',
  present: 'those present',
  roll: 'the electoral roll',
};

function majorityWords({ base, threshold, baseWeight, needed, given }: MajorityCheck): string {
  const part =
    typeof threshold === 'object'
      ? `${threshold.numerator}/${threshold.denominator}`
      : { simple: 'simple majority', absolute: 'absolute majority', two_thirds: '2/3', three_quarters: '3/4' }[
          threshold
        ];
  const figures = `needed ${votesOfMicro(needed)} of ${votesOfMicro(baseWeight)}, given ${votesOfMicro(given)}`;
  return `${part} of ${BASE_WORDS[base]}: ${figures}`;
}

function quorumWords({ unit, needed, given }: QuorumCheck): string {
  const show = (amount: bigint) => (unit === 'weight' ? votesOfMicro(amount) : amount.toString());
  return `no quorum: needed ${show(needed)} ${unit === 'weight' ? 'votes' : 'ballots'}, cast ${show(given)}`;
}
