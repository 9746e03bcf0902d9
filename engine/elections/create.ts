import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { contestOf, methodOf } from './counting/index.ts';
import type { BallotProblem } from './counting/method.ts';
import type { NewElection } from './election.ts';
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
  readonly secretStep: number;
  readonly present: number | null;
  readonly opensAt: Date | null;
  readonly closesAt: Date | null;
}

/** Fills in defaults and checks what schemas cannot: options, settings and rules against each other. */
export function completeElection(input: NewElection): Outcome<CompleteElection> {
  const election: CompleteElection = {
    meetingId: input.meetingId ?? null,
    title: input.title,
    description: input.description ?? '',
    method: input.method,
    options: input.options,
    rules: input.rules ?? {},
    secrecy: input.secrecy ?? 'secret',
    visibility: input.visibility ?? 'live',
    roll: input.roll ?? 'tokens',
    secretStep: input.secretStep ?? limits.secretStepBallots,
    present: input.present ?? null,
    opensAt: input.opensAt ?? null,
    closesAt: input.closesAt ?? null,
  };
  const fields = problemsOf(election);
  return fields.length === 0
    ? accept(election)
    : refuse('invalid_input', 'This election cannot be held as it is described.', { details: { fields } });
}

function problemsOf(election: CompleteElection): BallotProblem[] {
  const problems: BallotProblem[] = [];
  const ids = election.options.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice !== undefined) problems.push({ path: 'options', problem: `two options have the id ${twice}` });
  if (ids.length > limits.electionMaxOptions)
    problems.push({ path: 'options', problem: `more than ${limits.electionMaxOptions} options` });
  if (problems.length > 0) return problems;
  const { method, settings } = election.method;
  problems.push(...methodOf(method).check(contestOf('', election.options, settings)));
  problems.push(...checkRules(method, election.rules));
  if (election.roll === 'meeting' && election.meetingId === null) {
    problems.push({ path: 'roll', problem: 'the roll of a meeting needs a meeting: give meeting_id' });
  }
  if (election.opensAt !== null && election.closesAt !== null && election.opensAt >= election.closesAt) {
    problems.push({ path: 'closes_at', problem: 'not after opens_at' });
  }
  return problems;
}
