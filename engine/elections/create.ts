import { MOTION_OPTIONS } from '../../protocol/methods/motion.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { contestOf, methodOf } from './counting/index.ts';
import type { BallotProblem } from './counting/method.ts';
import type { ElectionChanges, NewElection } from './election.ts';
import { checkRules } from './rules.ts';

/** A new election with every default filled in. */
export interface CompleteElection {
  readonly meetingId: string | null;
  readonly title: string;
  readonly description: string;
  readonly method: NewElection['method'];
  readonly options: NewElection['options'];
  readonly rules: NonNullable<NewElection['rules']>;
  readonly secrecy: NonNullable<NewElection['secrecy']>;
  readonly visibility: NonNullable<NewElection['visibility']>;
  readonly roll: NonNullable<NewElection['roll']>;
  readonly rollGroupId: string | null;
  readonly secretStep: number;
  readonly durationSeconds: number | null;
  readonly present: number | null;
  readonly opensAt: Date | null;
  readonly closesAt: Date | null;
}

/**
 * Fills in defaults and checks what schemas cannot: options, settings and rules against each other.
 * @param nowMs times before it are refused
 */
export function completeElection(input: NewElection, nowMs: number = Date.now()): Outcome<CompleteElection> {
  const election = completed(input);
  const fields = problemsOf(election, nowMs);
  return fields.length === 0 ? accept(election) : refused(fields);
}

function refused(fields: readonly BallotProblem[]): Outcome<never> {
  return refuse('invalid_input', 'This election cannot be held as it is described.', { details: { fields } });
}

function completed(input: NewElection): CompleteElection {
  return {
    meetingId: input.meetingId ?? null,
    title: input.title,
    description: input.description ?? '',
    method: input.method,
    options: input.options,
    rules: input.rules ?? {},
    secrecy: input.secrecy ?? 'secret',
    visibility: input.visibility ?? 'live',
    roll: input.roll ?? 'tokens',
    rollGroupId: input.rollGroupId ?? null,
    secretStep: input.secretStep ?? limits.secretStepBallots,
    durationSeconds: input.durationSeconds ?? null,
    present: input.present ?? null,
    opensAt: input.opensAt ?? null,
    closesAt: input.closesAt ?? null,
  };
}

/** A draft with changes: what is left out stays, null takes away. A motion that becomes something else needs options. */
export function changedElection(draft: CompleteElection, changes: ElectionChanges): NewElection {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const changed: CompleteElection = { ...draft, ...given };
  // who gives one of the two takes the other away
  if (changes.closesAt != null && changes.durationSeconds === undefined) return { ...changed, durationSeconds: null };
  if (changes.durationSeconds != null && changes.closesAt === undefined) return { ...changed, closesAt: null };
  return changed.roll === 'members' ? changed : { ...changed, rollGroupId: changes.rollGroupId ?? null };
}

/** What of a template can be checked before it has its title and its options. */
export function checkSettled(pattern: Partial<NewElection> & Pick<NewElection, 'method'>): Outcome<null> {
  const motion = pattern.method.method === 'motion';
  const fields =
    pattern.options === undefined && !motion
      ? checkRules(pattern.method.method, pattern.rules ?? {})
      : problemsOf(
          completed({ ...pattern, title: '', options: pattern.options ?? MOTION_OPTIONS, roll: 'tokens' }),
          0,
        ).filter(({ path }) => path !== 'roll_group_id');
  return fields.length === 0 ? accept(null) : refused(fields);
}

const FEWEST_OPTIONS = 2;

function problemsOf(election: CompleteElection, nowMs: number): BallotProblem[] {
  const problems: BallotProblem[] = [];
  const ids = election.options.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice !== undefined) problems.push({ path: 'options', problem: `two options have the id ${twice}` });
  if (ids.length > limits.electionMaxOptions)
    problems.push({ path: 'options', problem: `more than ${limits.electionMaxOptions} options` });
  if (ids.length < FEWEST_OPTIONS) {
    problems.push({
      path: 'options',
      problem: 'a choice needs two options at least; for a single proposal hold a motion',
    });
  }
  if (problems.length > 0) return problems;
  const { method, settings } = election.method;
  problems.push(...methodOf(method).check(contestOf('', election.options, settings)));
  problems.push(...checkRules(method, election.rules));
  if (election.roll === 'meeting' && election.meetingId === null) {
    problems.push({ path: 'roll', problem: 'the roll of a meeting needs a meeting: give meeting_id' });
  }
  if (election.roll !== 'members' && election.rollGroupId !== null) {
    problems.push({ path: 'roll_group_id', problem: "only with the roll 'members'" });
  }
  return [...problems, ...timeProblems(election, nowMs)];
}

function timeProblems({ opensAt, closesAt, durationSeconds }: CompleteElection, nowMs: number): BallotProblem[] {
  const problems: BallotProblem[] = [];
  if (opensAt !== null && Number(opensAt) < nowMs) problems.push({ path: 'opens_at', problem: 'is in the past' });
  if (closesAt !== null && Number(closesAt) < nowMs) problems.push({ path: 'closes_at', problem: 'is in the past' });
  if (opensAt !== null && closesAt !== null && opensAt >= closesAt) {
    problems.push({ path: 'closes_at', problem: 'not after opens_at' });
  }
  if (closesAt !== null && durationSeconds !== null) {
    problems.push({ path: 'duration_seconds', problem: 'stands beside closes_at; give one of them' });
  }
  return problems;
}
