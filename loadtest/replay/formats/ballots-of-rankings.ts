import type { MethodId } from '../../../protocol/methods/index.ts';
import type { ChooseVariant } from './method-names.ts';
import type { RankedElection } from './parsed-election.ts';

/** One ballot per entry of the file, its settings before their defaults, and what the conversion changed. */
export interface Converted {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly ballots: readonly unknown[];
  readonly notes: readonly string[];
}

export const METHODS_OF_RANKINGS: readonly MethodId[] = ['irv', 'stv', 'borda', 'schulze', 'choose'];

/** Rankings as ballots of irv, stv (no ties), borda, schulze (ties kept) or choose (top ranks as marks). */
export function ballotsOfRankings(
  election: RankedElection,
  method: MethodId,
  variant: ChooseVariant | undefined,
  seats: number,
): Converted {
  if (method === 'choose') return topRanks(election, variant ?? 'plurality', seats);
  const settings = method === 'irv' ? {} : { seats };
  if (method === 'irv' || method === 'stv') return { settings, ...strictRankings(election) };
  const ballots = election.ballots.map(({ ballot }) => ({
    ranking: ballot.ranking.map((rank) => (rank.length === 1 ? rank[0] : [...rank])),
  }));
  return { settings, ballots, notes: [] };
}

/**
 * Without ties: a tie that ends a complete order names the rest, so it is left unranked; any other tie is an overvote,
 * which ends the ballot above it.
 */
function strictRankings(election: RankedElection): Omit<Converted, 'settings'> {
  let rests = 0;
  let overvotes = 0;
  const ballots = election.ballots.map(({ ballot: { ranking }, count }) => {
    const tie = ranking.findIndex((rank) => rank.length > 1);
    if (tie < 0) return { ranking: ranking.flat() };
    const isRest = tie === ranking.length - 1 && ranking.flat().length === election.options.length;
    if (isRest) rests += count;
    else overvotes += count;
    return { ranking: ranking.slice(0, tie).flat() };
  });
  const notes: string[] = [];
  if (rests > 0) notes.push(`ballots whose last options are all tied, left unranked: ${rests}`);
  if (overvotes > 0) notes.push(`ballots ended by a tie, as an overvote: ${overvotes}`);
  return { ballots, notes };
}

/**
 * plurality: the first preference, a tied one makes the ballot blank. block: the first `seats` preferences; a tie that
 * does not fit in whole ends them. approval: all options of the first rank.
 */
function topRanks(election: RankedElection, variant: ChooseVariant, seats: number): Converted {
  const max = { plurality: 1, block: seats, approval: election.options.length }[variant];
  let cut = 0;
  const ballots = election.ballots.map(({ ballot, count }) => {
    const marks: string[] = [];
    for (const rank of variant === 'approval' ? ballot.ranking.slice(0, 1) : ballot.ranking) {
      if (marks.length === max) break;
      if (marks.length + rank.length > max) {
        cut += count;
        break;
      }
      marks.push(...rank);
    }
    return { options: marks };
  });
  const ends = variant === 'plurality' ? 'blank' : 'their marks end above it';
  const notes = cut > 0 ? [`ballots that tie more options than they have marks left, ${ends}: ${cut}`] : [];
  return { settings: { min: 1, max, seats }, ballots, notes };
}
