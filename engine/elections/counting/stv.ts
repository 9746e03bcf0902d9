import type { StvSettings } from '../../../protocol/methods/stv.ts';
import { VOTE } from '../votes.ts';
import { type BallotBox, openBox } from './ballot-box.ts';
import { optionIdAt } from './ballot-text.ts';
import type { Contest, Count, Encoded, Method, Round, Tie } from './method.ts';
import { checkRanked, decodeRanking, encodeRanking, parseStrictRanking } from './ranking-text.ts';
import { addFigure, byMost, byOption, checkSeats, NO_VALID_BALLOTS, rankBy } from './seats.ts';
import { type Flows, Papers } from './stv-papers.ts';
import { pick, tieWords } from './tie-break.ts';

/**
 * Single transferable vote by the weighted inclusive Gregory method with Droop quota, in the order of the Scottish
 * Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45 to 52:
 * whoever has the quota is elected; if the seats are filled, or as many options continue as seats are left, the
 * count ends (without a further transfer); else the largest surplus is transferred; if there is none, the option
 * with the fewest votes is eliminated. One at a time; ties: tie-break.ts. Transfer values: stv-papers.ts.
 * A round's transfers are those that led to its amounts; its elected and eliminated are decided on these amounts.
 */
export const stv: Method<StvSettings> = {
  id: 'stv',
  figure: 'first preferences',

  check(contest) {
    return [...checkSeats(contest, contest.settings.seats), ...checkRanked(contest)];
  },

  encode(contest: Contest<StvSettings>, ballot: unknown): Encoded {
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
    return new StvCount(contest, openBox(patterns)).run();
  },
};

/**
 * floor(valid / (seats + 1)) + 1 in whole votes where the weight of every canonical ballot is a whole number of votes,
 * else the same in micro-units: either is the least amount that no more than `seats` options can reach.
 */
function droopQuota(box: BallotBox, seats: number): bigint {
  const unit = box.valid.every(({ weight }) => weight % VOTE === 0n) ? VOTE : 1n;
  return (box.weights.valid / unit / BigInt(seats + 1) + 1n) * unit;
}

class StvCount {
  readonly #contest: Contest<StvSettings>;
  readonly #box: BallotBox;
  readonly #papers: Papers;
  readonly #quota: bigint;
  readonly #amounts: bigint[];
  readonly #continuing: Set<number>;
  readonly #isContinuing = (position: number) => this.#continuing.has(position);
  readonly #winners: number[] = [];
  readonly #surpluses = new Set<number>();
  readonly #eliminated: number[] = [];
  readonly #earlier: (readonly bigint[])[] = [];
  readonly #rounds: Round[] = [];
  readonly #ties: Tie[] = [];
  #exhausted = 0n;

  constructor(contest: Contest<StvSettings>, box: BallotBox) {
    this.#contest = contest;
    this.#box = box;
    this.#papers = new Papers(contest.options.length);
    this.#quota = droopQuota(box, contest.settings.seats);
    this.#amounts = contest.options.map(() => 0n);
    this.#continuing = new Set(contest.options.keys());
  }

  run(): Count {
    const { seats } = this.#contest.settings;
    const ballots = this.#box.valid.map(({ ballot, weight }) => ({ ranking: parseStrictRanking(ballot), weight }));
    this.#credit(this.#papers.deal(ballots));
    if (this.#box.weights.valid === 0n) return this.#finish([], [], [], NO_VALID_BALLOTS);
    let transfers: Round['transfers'] = [];
    for (;;) {
      const reached = [...this.#continuing].filter((position) => (this.#amounts[position] ?? 0n) >= this.#quota);
      const elected = this.#elect(reached);
      const rule = reached.length > 0 ? ['quota reached'] : [];
      if (this.#winners.length < seats && this.#continuing.size + this.#winners.length <= seats) {
        elected.push(...this.#elect([...this.#continuing]));
        rule.push('last vacancies filled');
      }
      if (this.#winners.length === seats) return this.#finish(transfers, elected, [], rule.join('; '));
      if (this.#surpluses.size > 0) {
        const { position, tie } = this.#pick(this.#surpluses, 'most', 'surplus');
        this.#record(transfers, elected, [], [...rule, `largest surplus${tieWords(tie)}`].join('; '));
        transfers = this.#transferSurplus(position);
        continue;
      }
      const { position, tie } = this.#pick(this.#continuing, 'fewest', 'elimination');
      this.#continuing.delete(position);
      this.#eliminated.push(position);
      rule.push(`fewest votes${tieWords(tie)}`);
      if (this.#continuing.size + this.#winners.length === seats) {
        elected.push(...this.#elect([...this.#continuing]));
        return this.#finish(transfers, elected, [position], [...rule, 'last vacancies filled'].join('; '));
      }
      this.#record(transfers, elected, [position], rule.join('; '));
      transfers = this.#transferAll(position);
    }
  }

  #pick(candidates: ReadonlySet<number>, want: 'fewest' | 'most', between: Tie['between']) {
    const picked = pick(this.#contest, [...candidates], this.#amounts, this.#earlier, want, between);
    if (picked.tie !== null) this.#ties.push(picked.tie);
    return picked;
  }

  /** Elects all of them, most votes first. Their order takes no seat from anyone, so equal ones are no reported tie. */
  #elect(positions: readonly number[]): number[] {
    const ordered: number[] = [];
    let left = positions;
    while (left.length > 0) {
      const { position } = pick(this.#contest, left, this.#amounts, this.#earlier, 'most', 'election');
      ordered.push(position);
      left = left.filter((other) => other !== position);
      this.#continuing.delete(position);
      if ((this.#amounts[position] ?? 0n) > this.#quota) this.#surpluses.add(position);
    }
    this.#winners.push(...ordered);
    return ordered;
  }

  #transferSurplus(from: number): Round['transfers'] {
    const surplus = (this.#amounts[from] ?? 0n) - this.#quota;
    this.#surpluses.delete(from);
    this.#amounts[from] = this.#quota;
    return this.#settle(from, surplus, this.#papers.releaseSurplus(from, surplus, this.#isContinuing));
  }

  #transferAll(from: number): Round['transfers'] {
    const amount = this.#amounts[from] ?? 0n;
    this.#amounts[from] = 0n;
    return this.#settle(from, amount, this.#papers.releaseAll(from, this.#isContinuing));
  }

  /** Credits the receivers; what found none, and what rounding lost, is exhausted. */
  #settle(from: number, released: bigint, flows: Flows): Round['transfers'] {
    const lost = released - this.#credit(flows);
    this.#exhausted += lost;
    const moved = [...flows]
      .filter(([, amount]) => amount > 0n)
      .sort(([a], [b]) => a - b)
      .map(([to, amount]) => ({ from: this.#id(from), to: this.#id(to), amount }));
    return lost === 0n ? moved : [...moved, { from: this.#id(from), to: null, amount: lost }];
  }

  #credit(flows: Flows): bigint {
    let sum = 0n;
    for (const [to, amount] of flows) {
      this.#amounts[to] = (this.#amounts[to] ?? 0n) + amount;
      sum += amount;
    }
    return sum;
  }

  #id(position: number): string {
    return optionIdAt(this.#contest, position);
  }

  #record(transfers: Round['transfers'], elected: number[], eliminated: number[], rule: string): void {
    this.#rounds.push({
      round: this.#rounds.length + 1,
      amounts: byOption(this.#contest, this.#amounts),
      elected: elected.map((position) => this.#id(position)),
      eliminated: eliminated.map((position) => this.#id(position)),
      exhausted: this.#exhausted,
      quota: this.#quota,
      transfers,
      rule,
    });
    this.#earlier.push([...this.#amounts]);
  }

  #finish(transfers: Round['transfers'], elected: number[], eliminated: number[], rule: string): Count {
    this.#record(transfers, elected, eliminated, rule);
    const winners = this.#winners.map((position) => this.#id(position));
    const out = this.#eliminated.toReversed().map((position) => this.#id(position));
    const continuing = rankBy(this.#contest, byMost(this.#amounts))
      .map((rank) => rank.filter((id) => !winners.includes(id) && !out.includes(id)))
      .filter((rank) => rank.length > 0);
    return {
      winners,
      ranking: [...winners.map((id) => [id]), ...continuing, ...out.map((id) => [id])],
      rounds: this.#rounds,
      ties: this.#ties,
      totals: byOption(this.#contest, this.#amounts),
      ballots: this.#box.ballots,
      weights: this.#box.weights,
      decidedBy: rule === NO_VALID_BALLOTS ? rule : 'single transferable vote (quota, transfers, last vacancies)',
    };
  }
}
