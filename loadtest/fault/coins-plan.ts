import type { CoinMove } from '../../client/index.ts';
import type { CoinRules } from './coins-queries.ts';
import { SeededRandom } from './seeded-random.ts';

const VOTING_MS = 1_200; // as the ballots of a run
const MEMBERS_MIN = 4;
const MEMBERS_MAX = 12;
const IDEAS_MAX = 6;
const ACTS_MIN = 60;
const ACTS_MAX = 240;
/** Sockets of each member: two devices, so that one purse is used in two places at once. */
export const DEVICES = 2;

export interface PlannedMove {
  readonly atMs: number;
  readonly member: number;
  /** 0 or 1 */
  readonly device: number;
  readonly requestId: string;
  /** ideas by their numbers; null: the purse */
  readonly from: number | null;
  readonly to: number | null;
  readonly amount: number;
}

export interface CoinPlan {
  readonly rules: CoinRules;
  readonly members: number;
  readonly ideas: number;
  /** the gateway of each socket; those of a member stand together */
  readonly sockets: readonly number[];
  readonly moves: readonly PlannedMove[];
}

/** Drawn from numbers of its own: votes and faults of a seed stay as they are without it. */
export function planCoins(seed: number, run: number, gateways: number): CoinPlan {
  const random = new SeededRandom(seed, run, 'coins');
  const members = random.int(MEMBERS_MIN, MEMBERS_MAX);
  const ideas = random.int(2, IDEAS_MAX);
  const moves = Array.from({ length: random.int(ACTS_MIN, ACTS_MAX) }, () => movesOf(random, members, ideas)).flat();
  return {
    rules: {
      preset: random.chance(0.8) ? 'ideas' : 'quadratic',
      coins: random.pick([5, 20, 100]), // so that many acts find too few
      reallocation: random.chance(0.8),
      recycling: random.chance(0.8),
    },
    members,
    ideas,
    sockets: Array.from({ length: members * DEVICES }, () => random.int(0, gateways - 1)),
    moves: moves.sort((a, b) => a.atMs - b.atMs),
  };
}

function movesOf(random: SeededRandom, members: number, ideas: number): PlannedMove[] {
  const anyIdea = () => random.int(0, ideas - 1);
  const way = random.pick(['allocate', 'allocate', 'withdraw', 'reallocate'] as const);
  const from = way === 'allocate' ? null : anyIdea();
  const to =
    way === 'withdraw' ? null : way === 'allocate' ? anyIdea() : ((from ?? 0) + random.int(1, ideas - 1)) % ideas;
  const hex = random.hex(16);
  const requestId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  const first = {
    ...{ atMs: random.int(0, VOTING_MS), member: random.int(0, members - 1), device: random.int(0, DEVICES - 1) },
    ...{ requestId, from, to, amount: random.pick([1, 1, 2, 3, 4, 5]) },
  };
  if (random.chance(0.7)) return [first];
  // the very same act once more, at once or later, on the other device; now and then another act under its name
  const amount = random.chance(0.3) ? first.amount + 1 : first.amount;
  return [first, { ...first, amount, atMs: first.atMs + random.pick([0, 0, 5, 50, 400]), device: 1 - first.device }];
}

/** As the client sends it. */
export function moveOf({ from, to, amount }: PlannedMove, ideaIds: readonly string[]): CoinMove {
  const [source, target] = [from, to].map((n) => (n === null ? undefined : ideaIds[n]));
  if (source === undefined) return { op: 'allocate', idea_id: target as string, amount };
  if (target === undefined) return { op: 'withdraw', idea_id: source, amount };
  return { op: 'reallocate', from_idea_id: source, to_idea_id: target, amount };
}
