import { contestOf, methodOf } from '../../engine/elections/counting/index.ts';
import type { Contest, Count, Pattern } from '../../engine/elections/counting/method.ts';
import { VOTE } from '../../engine/elections/votes.ts';
import type { MethodId } from '../../protocol/methods/index.ts';
import { votesOfMicro } from '../../protocol/weight.ts';

export function contestWith(ids: readonly string[], settings: unknown, electionId = 'election-1'): Contest {
  return contestOf(
    electionId,
    ids.map((id) => ({ id, title: id })),
    settings,
  );
}

/** [how many, ballot]: each ballot weighs one vote. Throws where the method refuses a ballot. */
function patternsOf(id: MethodId, contest: Contest, lines: readonly (readonly [number, unknown])[]): Pattern[] {
  return lines.map(([count, ballot]) => patternOf(id, contest, ballot, count, BigInt(count) * VOTE));
}

export function patternOf(id: MethodId, contest: Contest, ballot: unknown, count: number, weight: bigint): Pattern {
  const encoded = methodOf(id).encode(contest, ballot);
  if (!encoded.ok) throw new Error(`refused ${JSON.stringify(ballot)}: ${JSON.stringify(encoded.problems)}`);
  return { ballot: encoded.ballot, count, weight };
}

export function countOf(id: MethodId, contest: Contest, lines: readonly (readonly [number, unknown])[]): Count {
  return methodOf(id).count(contest, patternsOf(id, contest, lines));
}

/** Amounts in votes, as published tables show them. */
export function inVotes(amounts: Readonly<Record<string, bigint>>): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([id, amount]) => [id, votesOfMicro(amount)]));
}

/** The 100 voters of the Tennessee capital example that Wikipedia's articles on voting methods share. */
export const TENNESSEE = ['memphis', 'nashville', 'chattanooga', 'knoxville'] as const;
export const TENNESSEE_RANKINGS = [
  [42, { ranking: ['memphis', 'nashville', 'chattanooga', 'knoxville'] }],
  [26, { ranking: ['nashville', 'chattanooga', 'knoxville', 'memphis'] }],
  [15, { ranking: ['chattanooga', 'knoxville', 'nashville', 'memphis'] }],
  [17, { ranking: ['knoxville', 'chattanooga', 'nashville', 'memphis'] }],
] as const;
