import type { RandomElection } from '../elections.ts';
import { Fraction } from './fraction.ts';
import { judgment } from './judgment.ts';
import type { Expected, Vote } from './reference.ts';
import { irv } from './runoff.ts';
import { schulze } from './schulze.ts';
import { stv } from './stv.ts';
import { bordaPoints, bySums } from './sums.ts';

const MICRO = 1_000_000n;
const one = new Fraction(1n);
const zero = new Fraction(0n);

interface Choice {
  readonly choice: 'yes' | 'no' | 'abstain';
}
interface Marks {
  readonly options: readonly string[];
}
interface Ranking {
  readonly ranking: readonly string[];
}
interface WeakRanking {
  readonly ranking: readonly (string | readonly string[])[];
}

/** The expected outcome of any election, by the reference of its method. */
export function expectedOf({ method, electionId, ids, settings, votes, weightUnit }: RandomElection): Expected {
  const seats = Number(settings.seats ?? 1);
  const cast = <Ballot>() =>
    votes.map(({ ballot, weight }) => ({ ballot, weight: new Fraction(weight, MICRO) })) as Vote<Ballot>[];
  switch (method) {
    case 'motion':
      return bySums(ids, 1, cast<Choice>(), ({ choice }, id) => {
        return choice === 'abstain' ? null : choice === id ? one : zero;
      });
    case 'choose':
      return bySums(ids, seats, cast<Marks>(), ({ options }, id) => {
        return options.length === 0 ? null : options.includes(id) ? one : zero;
      });
    case 'score':
      return bySums(ids, seats, cast<Numbers>(), numbersOf('scores'));
    case 'points':
      return bySums(ids, seats, cast<Numbers>(), numbersOf('points', 'zero is none'));
    case 'quadratic':
      return bySums(ids, seats, cast<Numbers>(), numbersOf('votes', 'zero is none'));
    case 'judgment': {
      const grades = settings.grades as readonly string[];
      return judgment(ids, grades.length, seats, cast(), new Fraction(weightUnit, MICRO));
    }
    case 'irv':
      return irv(electionId, ids, cast<Ranking>());
    case 'stv':
      return stv(electionId, ids, seats, cast<Ranking>());
    case 'borda':
      return bySums(ids, seats, cast<WeakRanking>(), ({ ranking }, id) => bordaPoints(ids, ranking, id));
    case 'schulze':
      return schulze(ids, seats, cast());
  }
}

type Numbers = Readonly<Record<string, Readonly<Record<string, number>>>>;

function numbersOf(field: string, zeroIsNone?: 'zero is none') {
  return (ballot: Numbers, id: string): Fraction | null => {
    const given = Object.entries(ballot[field] ?? {}).filter(([, value]) => zeroIsNone === undefined || value !== 0);
    if (given.length === 0) return null;
    return new Fraction(BigInt(given.find(([key]) => key === id)?.[1] ?? 0));
  };
}
