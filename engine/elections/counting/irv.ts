import type { IrvSettings } from '../../../protocol/methods/irv.ts';
import { type BallotBox, openBox } from './ballot-box.ts';
import { optionIdAt } from './ballot-text.ts';
import type { Contest, Count, Encoded, Method, Round, Tie } from './method.ts';
import { checkRanked, decodeRanking, encodeRanking, parseStrictRanking } from './ranking-text.ts';
import { addFigure, byMost, byOption, NO_VALID_BALLOTS, rankBy } from './seats.ts';
import { pick, tieWords } from './tie-break.ts';

/**
 * Instant-runoff voting: while nobody has more than half of the votes that still continue, the option with the
 * fewest is eliminated and its ballots go to their next continuing preference. One at a time; ties: tie-break.ts.
 */
export const irv: Method<IrvSettings> = {
  id: 'irv',
  figure: 'first preferences',

  check(contest) {
    return checkRanked(contest);
  },

  encode(contest: Contest<IrvSettings>, ballot: unknown): Encoded {
    return encodeRanking(contest, ballot, false);
  },

  decode(contest, ballot) {
    return decodeRanking(contest, ballot);
  },

  accumulate(_contest, figures, pattern) {
    const first = parseStrictRanking(pattern.ballot)[0];
    if (first !== undefined) addFigure(figures, first, pattern, 1);
  },

  count(contest, patterns) {
    const box = openBox(patterns);
    return new Runoff(contest, box).run();
  },
};

interface Paper {
  readonly ranking: readonly number[];
  readonly weight: bigint;
  /** index in `ranking` of the option that holds the paper */
  at: number;
}

class Runoff {
  readonly #contest: Contest;
  readonly #box: BallotBox;
  readonly #amounts: bigint[];
  readonly #piles: Paper[][];
  readonly #continuing: Set<number>;
  readonly #earlier: (readonly bigint[])[] = [];
  readonly #rounds: Round[] = [];
  readonly #ties: Tie[] = [];
  readonly #eliminated: string[] = [];
  #exhausted = 0n;

  constructor(contest: Contest, box: BallotBox) {
    this.#contest = contest;
    this.#box = box;
    this.#amounts = contest.options.map(() => 0n);
    this.#piles = contest.options.map(() => []);
    this.#continuing = new Set(contest.options.keys());
  }

  run(): Count {
    const { weights } = this.#box;
    for (const { ballot, weight } of this.#box.valid)
      this.#deal({ ranking: parseStrictRanking(ballot), weight, at: -1 });
    let transfers: Round['transfers'] = [];
    for (;;) {
      const winner = weights.valid === 0n ? null : this.#majority(weights.valid - this.#exhausted);
      if (winner !== null || weights.valid === 0n) return this.#finish(winner, transfers);
      const { position, tie } = pick(
        this.#contest,
        [...this.#continuing],
        this.#amounts,
        this.#earlier,
        'fewest',
        'elimination',
      );
      if (tie !== null) this.#ties.push(tie);
      this.#record(transfers, [], [optionIdAt(this.#contest, position)], `fewest votes${tieWords(tie)}`);
      transfers = this.#eliminate(position);
    }
  }

  /** Who has more than half of what continues; the last one left has won even with nothing. */
  #majority(continuingWeight: bigint): number | null {
    for (const position of this.#continuing) {
      if (2n * (this.#amounts[position] ?? 0n) > continuingWeight || this.#continuing.size === 1) return position;
    }
    return null;
  }

  /** Moves a paper to its next continuing preference; null = exhausted. */
  #deal(paper: Paper): number | null {
    let holder: number | undefined;
    do {
      paper.at++;
      holder = paper.ranking[paper.at];
    } while (holder !== undefined && !this.#continuing.has(holder));
    if (holder === undefined) {
      this.#exhausted += paper.weight;
      return null;
    }
    this.#amounts[holder] = (this.#amounts[holder] ?? 0n) + paper.weight;
    this.#piles[holder]?.push(paper);
    return holder;
  }

  #eliminate(position: number): Round['transfers'] {
    const from = optionIdAt(this.#contest, position);
    this.#continuing.delete(position);
    this.#amounts[position] = 0n;
    this.#eliminated.push(from);
    const flows = new Map<number | null, bigint>();
    for (const paper of this.#piles[position] ?? []) {
      const to = this.#deal(paper);
      flows.set(to, (flows.get(to) ?? 0n) + paper.weight);
    }
    this.#piles[position] = [];
    return [...flows]
      .sort(([a], [b]) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY))
      .map(([to, amount]) => ({ from, to: to === null ? null : optionIdAt(this.#contest, to), amount }));
  }

  #record(transfers: Round['transfers'], elected: string[], eliminated: string[], rule: string): void {
    this.#rounds.push({
      round: this.#rounds.length + 1,
      amounts: byOption(this.#contest, this.#amounts),
      elected,
      eliminated,
      exhausted: this.#exhausted,
      transfers,
      rule,
    });
    this.#earlier.push([...this.#amounts]);
  }

  #finish(winner: number | null, transfers: Round['transfers']): Count {
    const winners = winner === null ? [] : [optionIdAt(this.#contest, winner)];
    const decidedBy = winner === null ? NO_VALID_BALLOTS : 'majority of the continuing votes';
    this.#record(transfers, winners, [], decidedBy);
    const continuing = rankBy(this.#contest, byMost(this.#amounts))
      .map((rank) => rank.filter((id) => !this.#eliminated.includes(id) && !winners.includes(id)))
      .filter((rank) => rank.length > 0);
    return {
      winners,
      ranking: [...winners.map((id) => [id]), ...continuing, ...this.#eliminated.toReversed().map((id) => [id])],
      rounds: this.#rounds,
      ties: this.#ties,
      totals: byOption(this.#contest, this.#amounts),
      ballots: this.#box.ballots,
      weights: this.#box.weights,
      decidedBy,
    };
  }
}
