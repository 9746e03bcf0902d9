import type { MethodId } from '../../protocol/methods/index.ts';
import { votesOfMicro } from '../../protocol/weight.ts';
import type { Pattern } from './counting/method.ts';
import type { Definition } from './definitions.ts';
import { applyRules, BASE_WORDS, METHODS_WITH_MAJORITY, quorumOf, type RollFacts } from './rules.ts';
import type { MajorityCheck, Ruling, Standing } from './ruling.ts';
import { VOTE } from './votes.ts';

/** The figures that may be shown, and nothing else. */
export interface ShownFigures {
  /** ballots in the urn; null where the visibility hides even that */
  readonly cast: number | null;
  /** the ballots that the figures count, all in whole steps; null where they are hidden */
  readonly counted: {
    readonly different: number;
    /** micro-units */
    readonly weight: bigint;
    patterns(): readonly Pattern[];
  } | null;
  readonly roll: RollFacts;
  /** ballots on paper were handed out: they are not in it */
  readonly paper: boolean;
}

/** A count at every step must stay cheap: of more different ballots than these the winners are not worked out live. */
const LIVE_PATTERNS_MAX = 2_000;

export function standingOf(definition: Definition, figures: ShownFigures): Standing {
  const quorum = quorumStanding(definition, figures);
  const ruling = liveRuling(definition, figures);
  const majority = ruling?.majority == null ? null : majorityStanding(definition, ruling, ruling.majority);
  const failed = definition.election.method.method === 'motion' ? 'not_carried' : 'not_elected';
  const outcome = ruling === null ? null : quorum?.reached === false ? failed : ruling.outcome;
  const words = [
    ...(quorum === null ? [] : [quorum.words]),
    ...(majority !== null ? [majority.words] : ruling === null ? [] : [otherWords(definition, ruling)]),
    ...(figures.paper ? ['Ballots on paper are not in it yet.'] : []),
  ];
  return { quorum, majority, outcome, leading: outcome === 'elected' ? (ruling?.elected ?? []) : [], words };
}

function quorumStanding({ election }: Definition, { cast, counted, roll }: ShownFigures): Standing['quorum'] {
  const rule = election.rules.quorum;
  if (rule === undefined || cast === null) return null;
  // what weighs differently is told in the steps of the figures, if at all: each weight could point at its voter
  const equal = roll.rollWeight === BigInt(roll.rollCount) * VOTE;
  if ('share' in rule && !equal && counted === null) return null;
  const weight = equal ? BigInt(cast) * VOTE : (counted?.weight ?? 0n);
  const check = quorumOf(rule, { ballots: cast, weight }, roll);
  const missing = check.reached ? 0n : check.needed - check.given;
  const show = (amount: bigint) => (check.unit === 'weight' ? votesOfMicro(amount) : amount.toString());
  const unit = check.unit === 'weight' ? 'votes' : 'ballots';
  const words = check.reached
    ? `Quorum reached: ${show(check.given)} ${unit}, needed ${show(check.needed)}.`
    : `Needs ${show(missing)} more ${unit} for the quorum of ${show(check.needed)}.`;
  return { ...check, missing, words };
}

/** What the rules, quorum aside, would say of the shown ballots; null where that is hidden, too much work, or no rule's. */
function liveRuling({ election, method, contest }: Definition, { counted, roll }: ShownFigures): Ruling | null {
  const id: MethodId = election.method.method;
  if (counted === null || !METHODS_WITH_MAJORITY.includes(id) || counted.different > LIVE_PATTERNS_MAX) return null;
  const { quorum: _, ...rules } = election.rules;
  return applyRules(id, method.count(contest, counted.patterns()), rules, roll);
}

function majorityStanding({ election }: Definition, ruling: Ruling, check: MajorityCheck) {
  const missing = check.reached ? 0n : check.needed - check.given;
  const figures = `${votesOfMicro(check.given)} of ${votesOfMicro(check.baseWeight)} ${BASE_WORDS[check.base]}, needed ${votesOfMicro(check.needed)}`;
  const carried = ruling.outcome === 'carried';
  const words =
    election.method.method === 'motion'
      ? `${carried ? 'Carried' : 'Not carried'} if it closed now: ${figures}.`
      : `The leading option has ${figures}.`;
  return { ...check, missing, words };
}

function otherWords({ election }: Definition, ruling: Ruling): string {
  if (ruling.outcome !== 'elected') return `Not decided: ${ruling.decidedBy}.`;
  const titles = ruling.elected.map((id) => election.options.find((option) => option.id === id)?.title ?? id);
  return `Elected if it closed now: ${titles.join(', ')}.`;
}
