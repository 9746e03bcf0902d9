import { Fraction } from './fraction.ts';
import { amountOf, type Expected, type ExpectedTie, extremeOf, type Vote } from './reference.ts';

interface Ballot {
  readonly ranking: readonly string[];
}

/** Instant runoff: every round is counted afresh from all ballots without the eliminated options. */
export function irv(electionId: string, ids: readonly string[], votes: readonly Vote<Ballot>[]): Expected {
  const eliminated: string[] = [];
  const rounds: Record<string, Fraction>[] = [];
  const ties: ExpectedTie[] = [];
  const valid = votes.some(({ ballot }) => ballot.ranking.length > 0);
  for (;;) {
    const holder = (ballot: Ballot) => ballot.ranking.find((id) => !eliminated.includes(id));
    const amounts = Object.fromEntries(
      ids.map((id) => {
        return [id, Fraction.sum(votes.filter(({ ballot }) => holder(ballot) === id).map(({ weight }) => weight))];
      }),
    );
    rounds.push(amounts);
    if (!valid) return { winners: [], ties, totals: amounts, rounds };
    const continuing = ids.filter((id) => !eliminated.includes(id));
    const half = Fraction.sum(continuing.map((id) => amountOf(amounts, id))).dividedBy(new Fraction(2n));
    const winner = continuing.find((id) => amountOf(amounts, id).compare(half) > 0) ?? continuing[1] ?? continuing[0];
    if (winner !== undefined && (continuing.length === 1 || amountOf(amounts, winner).compare(half) > 0)) {
      return { winners: [winner], ties, totals: amounts, rounds };
    }
    const { id, tied, brokenBy } = extremeOf(electionId, continuing, rounds, 1);
    if (brokenBy !== null) ties.push({ options: tied, places: 1, brokenBy, chosen: [id] });
    eliminated.push(id);
  }
}
