import type { ResultView } from '../../client/index.ts';
import type { ElectionMethod, MethodId } from '../../protocol/methods/index.ts';
import type { Voters } from './voters.ts';

/** Per option id, decimal votes as micro-units. */
export type Figures = ReadonlyMap<string, bigint>;

type Rank = string | readonly string[];

/** Twice what one ballot gives each option it names, so that Borda's half points are whole. */
type Doubled = readonly (readonly [string, number])[];

/**
 * The live figure of these voters' ballots (marks, points, first preferences …), added up here from the file alone, by
 * code that shares nothing with the engine's.
 */
export function figuresOf(
  { method, settings }: ElectionMethod,
  options: readonly { readonly id: string }[],
  voters: Voters,
  those: Iterable<number>,
): Figures {
  const ids = options.map(({ id }) => id);
  const rule = RULES[method] as (ballot: never, ids: readonly string[], settings: never) => Doubled;
  const doubled = new Map<string, bigint>(ids.map((id) => [id, 0n]));
  for (const voter of those) {
    const weight = voters.weight(voter);
    for (const [id, twice] of rule(voters.ballot(voter) as never, ids, settings as never)) {
      doubled.set(id, (doubled.get(id) ?? 0n) + weight * BigInt(twice));
    }
  }
  return new Map([...doubled].map(([id, amount]) => [id, amount / 2n]));
}

/** The same figure as a result states it; null for Schulze, whose rounds show pairs only. */
export function figuresOfResult({ method, count }: ResultView): Figures | null {
  if (method.method === 'schulze') return null;
  const first = method.method === 'irv' || method.method === 'stv' ? count.rounds[0]?.amounts : count.totals;
  return new Map(Object.entries(first ?? {}).map(([id, votes]) => [id, microOf(votes)]));
}

/** Ids whose figures differ by more than `slack` micro-units; an absent figure is 0. */
export function differences(a: Figures, b: Figures, slack: bigint): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((id) => {
    const gap = (a.get(id) ?? 0n) - (b.get(id) ?? 0n);
    return gap > slack || -gap > slack;
  });
}

/** Decimal votes of a result, which may be negative or beyond any weight: '-4.5' -> -4500000n. */
export function microOf(votes: string): bigint {
  const [whole = '0', fraction = ''] = votes.replace('-', '').split('.');
  const size = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  return votes.startsWith('-') ? -size : size;
}

const marked = (ids: readonly string[]): Doubled => ids.map((id) => [id, 2]);
const valued = (values: Readonly<Record<string, number>>): Doubled =>
  Object.entries(values).map(([id, value]) => [id, 2 * value]);
const first = ({ ranking }: { ranking: readonly Rank[] }): Doubled => marked([ranking[0] ?? []].flat());

const RULES: Readonly<Record<MethodId, unknown>> = {
  motion: ({ choice }: { choice: string }) => (choice === 'abstain' ? [] : marked([choice])),
  choose: ({ options }: { options: string[] }) => marked(options),
  score: ({ scores }: { scores: Record<string, number> }) => valued(scores),
  points: ({ points }: { points: Record<string, number> }) => valued(points),
  quadratic: ({ votes }: { votes: Record<string, number> }) => valued(votes),
  judgment: ({ grades }: { grades: Record<string, string> }, _ids: readonly string[], settings: { grades: string[] }) =>
    Object.entries(grades).map(([id, grade]) => [
      id,
      2 * (settings.grades.length - 1 - settings.grades.indexOf(grade)),
    ]),
  irv: first,
  stv: first,
  schulze: first,
  borda: ({ ranking }: { ranking: readonly Rank[] }, ids: readonly string[]) => bordaPoints(ranking, ids),
};

/** Against every other option: 2 for being above it, 1 for standing beside it (the unranked stand together, last). */
function bordaPoints(ranking: readonly Rank[], ids: readonly string[]): Doubled {
  if (ranking.length === 0) return [];
  const ranks = ranking.map((rank) => [rank].flat());
  const named = new Set(ranks.flat());
  const groups = [...ranks, ids.filter((id) => !named.has(id))];
  let below = ids.length;
  return groups.flatMap((group) => {
    below -= group.length;
    return group.map((id) => [id, 2 * below + group.length - 1] as const);
  });
}
