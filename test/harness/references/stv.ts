import { Fraction } from './fraction.ts';
import { amountOf, type Expected, type ExpectedTie, extremeOf, type Vote } from './reference.ts';

/** A voting paper on its way. trail: who held it and at which value, so that equal trails are one parcel. */
interface Paper {
  readonly ranking: readonly string[];
  readonly weight: Fraction;
  value: Fraction;
  holder: string | null;
  trail: string;
}

const VALUE_PARTS = 100_000n;
const MICRO_PARTS = 1_000_000n;

/**
 * STV paper by paper after the Scottish Local Government Elections Order 2007: transfer values are cut to five decimals,
 * the sum of a parcel's values to six.
 */
export function stv(
  electionId: string,
  ids: readonly string[],
  seats: number,
  votes: readonly Vote<{ readonly ranking: readonly string[] }>[],
): Expected & { readonly quota: Fraction } {
  const papers = votes
    .filter(({ ballot }) => ballot.ranking.length > 0)
    .map(({ ballot, weight }): Paper => {
      const holder = ballot.ranking[0] ?? null;
      return { ranking: ballot.ranking, weight, value: new Fraction(1n), holder, trail: `${holder}` };
    });
  const quota = quotaOf(papers, seats);
  const elected: string[] = [];
  const waiting: string[] = [];
  const settled: string[] = [];
  const out: string[] = [];
  const rounds: Record<string, Fraction>[] = [];
  const ties: ExpectedTie[] = [];
  const continuing = () => ids.filter((id) => !elected.includes(id) && !out.includes(id));
  const electAll = (candidates: readonly string[]) => {
    let left = [...candidates];
    while (left.length > 0) {
      const { id } = extremeOf(electionId, left, rounds, -1);
      elected.push(id);
      left = left.filter((other) => other !== id);
      if (amountOf(rounds.at(-1) ?? {}, id).compare(quota) > 0) waiting.push(id);
    }
  };
  const act = (candidates: readonly string[], sign: 1 | -1) => {
    const { id, tied, brokenBy } = extremeOf(electionId, candidates, rounds, sign);
    if (brokenBy !== null) ties.push({ options: tied, places: 1, brokenBy, chosen: [id] });
    return id;
  };
  for (;;) {
    const amounts = Object.fromEntries(ids.map((id) => [id, settled.includes(id) ? quota : held(papers, id)]));
    rounds.push(amounts);
    if (papers.length === 0) return { winners: [], ties, totals: amounts, rounds, quota };
    electAll(continuing().filter((id) => amountOf(amounts, id).compare(quota) >= 0));
    if (elected.length < seats && continuing().length <= seats - elected.length) electAll(continuing());
    if (elected.length >= seats) return { winners: elected, ties, totals: amounts, rounds, quota };
    if (waiting.length > 0) {
      const from = act(waiting, -1);
      waiting.splice(waiting.indexOf(from), 1);
      settled.push(from);
      const mine = papers.filter((paper) => paper.holder === from);
      const sum = Fraction.sum(mine.map(({ weight, value }) => weight.times(value)));
      const share = amountOf(amounts, from).minus(quota).dividedBy(sum);
      for (const paper of mine) paper.value = paper.value.times(share).floorTo(VALUE_PARTS);
      passOn(mine, continuing());
    } else {
      const from = act(continuing(), 1);
      out.push(from);
      if (continuing().length === seats - elected.length) {
        electAll(continuing());
        return { winners: elected, ties, totals: amounts, rounds, quota };
      }
      passOn(
        papers.filter((paper) => paper.holder === from),
        continuing(),
      );
    }
  }
}

function passOn(papers: readonly Paper[], continuing: readonly string[]): void {
  for (const paper of papers) {
    paper.holder = paper.ranking.find((id) => continuing.includes(id)) ?? null;
    paper.trail += ` ${paper.holder}`;
  }
}

/** What an option holds: each parcel's weight times value, cut to micro-units. */
function held(papers: readonly Paper[], id: string): Fraction {
  const parcels = new Map<string, Fraction>();
  for (const { holder, trail, weight, value } of papers) {
    if (holder === id) parcels.set(trail, (parcels.get(trail) ?? new Fraction(0n)).plus(weight.times(value)));
  }
  return Fraction.sum([...parcels.values()].map((amount) => amount.floorTo(MICRO_PARTS)));
}

/** Droop; in whole votes where all ballots of the same ranking together weigh whole votes. */
function quotaOf(papers: readonly Paper[], seats: number): Fraction {
  const byRanking = new Map<string, Fraction>();
  for (const { ranking, weight } of papers) {
    byRanking.set(ranking.join(), (byRanking.get(ranking.join()) ?? new Fraction(0n)).plus(weight));
  }
  const whole = [...byRanking.values()].every(({ denominator }) => denominator === 1n);
  const step = whole ? new Fraction(1n) : new Fraction(1n, MICRO_PARTS);
  const total = Fraction.sum(papers.map(({ weight }) => weight));
  return total
    .dividedBy(new Fraction(BigInt(seats + 1)))
    .floorTo(step.denominator)
    .plus(step);
}
