import { Fraction } from './fraction.ts';

/** A project of a participatory budget. `place` orders projects by submission. */
export interface Project {
  readonly id: string;
  readonly cost: number | null;
  readonly place: number;
}

/** `voters` people with the same ballot: coins by project id. */
export interface Ballot {
  readonly voters: number;
  readonly coins: Readonly<Record<string, number>>;
}

export interface Budgeting {
  readonly budget: number;
  readonly projects: readonly Project[];
  readonly ballots: readonly Ballot[];
}

const number = (value: number): Fraction => new Fraction(BigInt(value));

type Ratio = Pick<Fraction, 'numerator' | 'denominator'>;

/** As Fraction.compare, without a difference in lowest terms. */
function order(a: Ratio, b: Ratio): number {
  const [one, other] = [a.numerator * b.denominator, b.numerator * a.denominator];
  return one < other ? -1 : one > other ? 1 : 0;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Coins and people by project, each counted by looking at every ballot. */
function support({ projects, ballots }: Budgeting) {
  return Object.fromEntries(
    projects.map(({ id }) => {
      const backing = ballots.filter(({ coins }) => (coins[id] ?? 0) > 0);
      const coins = sum(backing.map((ballot) => ballot.voters * (ballot.coins[id] ?? 0)));
      return [id, { coins, people: sum(backing.map(({ voters }) => voters)) }];
    }),
  );
}

/** More coins, more people, earlier, smaller id: what decides between equals. */
function precedence(budgeting: Budgeting): (a: Project, b: Project) => number {
  const of = support(budgeting);
  const by = ({ id, place }: Project) => [-(of[id]?.coins ?? 0), -(of[id]?.people ?? 0), place] as const;
  return (a, b) => {
    const [one, other] = [by(a), by(b)];
    const at = one.findIndex((value, index) => value !== other[index]);
    return at === -1 ? (a.id < b.id ? -1 : 1) : (one[at] as number) - (other[at] as number);
  };
}

function eligible(budgeting: Budgeting): Project[] {
  const of = support(budgeting);
  return budgeting.projects.filter(({ id, cost }) => cost !== null && (of[id]?.coins ?? 0) > 0);
}

const spentOn = (projects: readonly Project[]): number => sum(projects.map(({ cost }) => cost as number));

/** Greedy by coins, by definition: again and again the best project that still fits. */
export function greedyWinners(budgeting: Budgeting, already: readonly Project[] = []): Project[] {
  const better = precedence(budgeting);
  const winners = [...already];
  for (;;) {
    const [best] = eligible(budgeting)
      .filter(
        (project) => !winners.includes(project) && spentOn(winners) + (project.cost as number) <= budgeting.budget,
      )
      .sort(better);
    if (best === undefined) return winners;
    winners.push(best);
  }
}

interface Wallet {
  money: Fraction;
  readonly ballot: Ballot;
}

/** The least price a coin at which a project is paid: whoever runs out first is found by money a coin. null: too dear. */
function priceOf(project: Project, wallets: readonly Wallet[]): Fraction | null {
  const backers = wallets
    .flatMap(({ money, ballot }) => {
      const coins = ballot.coins[project.id] ?? 0;
      const limit = { numerator: money.numerator, denominator: money.denominator * BigInt(coins) };
      return coins === 0 ? [] : [{ money, coins, voters: ballot.voters, limit }];
    })
    .sort((a, b) => order(a.limit, b.limit));
  let owed = number(project.cost as number);
  let coinsLeft = sum(backers.map(({ coins, voters }) => coins * voters));
  for (const { money, coins, voters, limit } of backers) {
    const price = owed.dividedBy(number(coinsLeft));
    if (order(price, limit) <= 0) return price;
    if (money.numerator !== 0n) owed = owed.minus(money.times(number(voters)));
    coinsLeft -= coins * voters;
  }
  return null;
}

/** Equal shares with wallets of `share` each, in the order of purchase. */
function sharedWinners(budgeting: Budgeting, share: Fraction): Project[] {
  const better = precedence(budgeting);
  const wallets = budgeting.ballots.map((ballot): Wallet => ({ ballot, money: share }));
  const winners: Project[] = [];
  const prices = new Map<Project, Fraction | null>();
  let asked = eligible(budgeting);
  for (;;) {
    for (const project of asked) prices.set(project, priceOf(project, wallets));
    const priced = [...prices].flatMap(([project, price]) => (price === null ? [] : [{ project, price }]));
    const [best] = priced.sort((a, b) => order(a.price, b.price) || better(a.project, b.project));
    if (best === undefined) return winners;
    winners.push(best.project);
    prices.delete(best.project);
    const payers = wallets.filter(({ ballot }) => (ballot.coins[best.project.id] ?? 0) > 0);
    for (const wallet of payers) {
      const due = best.price.times(number(wallet.ballot.coins[best.project.id] as number));
      wallet.money = order(wallet.money, due) <= 0 ? number(0) : wallet.money.minus(due);
    }
    asked = [...prices.keys()].filter(({ id }) => payers.some(({ ballot }) => (ballot.coins[id] ?? 0) > 0));
  }
}

function equalPart({ budget, ballots }: Budgeting): Fraction {
  return new Fraction(BigInt(budget), BigInt(sum(ballots.map(({ voters }) => voters))));
}

export function equalSharesWinners(budgeting: Budgeting): Project[] {
  return raisedWinners(budgeting, 0);
}

/** The same with shares that are so many units larger than an equal part. */
export function raisedWinners(budgeting: Budgeting, raise: number): Project[] {
  return budgeting.ballots.length === 0 ? [] : sharedWinners(budgeting, equalPart(budgeting).plus(number(raise)));
}

/** Every single raise of one unit is tried. */
export function addOneWinners(budgeting: Budgeting): { readonly winners: readonly Project[]; readonly raises: number } {
  let raises = 0;
  let winners = equalSharesWinners(budgeting);
  while (
    eligible(budgeting).some((each) => !winners.includes(each) && spentOn([...winners, each]) <= budgeting.budget)
  ) {
    const next = raisedWinners(budgeting, raises + 1);
    if (spentOn(next) > budgeting.budget) break;
    winners = next;
    raises += 1;
  }
  return { winners: greedyWinners(budgeting, winners), raises };
}
