import { accepted, onlyField, optionIdAt, Problems } from './ballot-text.ts';
import type { BallotProblem, Contest, Encoded } from './method.ts';

/** Ranked canonical ballots: positions, best first, '>' between ranks, '=' inside one (ascending): '2>0=5>1'. */
export function encodeRanking(contest: Contest, ballot: unknown, equalAllowed: boolean): Encoded {
  const problems = new Problems();
  const ranking = onlyField(ballot, 'ranking', problems);
  if (problems.list.length > 0) return problems.refusal();
  if (!Array.isArray(ranking)) {
    problems.add('ranking', 'not a list of option ids');
    return problems.refusal();
  }
  const seen = new Uint8Array(contest.options.length);
  let text = '';
  for (let rank = 0; rank < ranking.length && !problems.full; rank++) {
    const entry: unknown = ranking[rank];
    if (rank > 0) text += '>';
    if (Array.isArray(entry)) text += equalRank(contest, entry, `ranking.${rank}`, equalAllowed, seen, problems);
    else text += take(contest, entry, `ranking.${rank}`, seen, problems);
  }
  return problems.list.length > 0 ? problems.refusal() : accepted(text);
}

function equalRank(
  contest: Contest,
  entries: readonly unknown[],
  path: string,
  allowed: boolean,
  seen: Uint8Array,
  problems: Problems,
): string {
  if (!allowed) {
    problems.add(path, 'equal ranks are not allowed in this method');
    return '';
  }
  if (entries.length === 0) problems.add(path, 'an empty rank');
  const positions: number[] = [];
  for (let index = 0; index < entries.length && !problems.full; index++) {
    positions.push(take(contest, entries[index], `${path}.${index}`, seen, problems));
  }
  return positions.sort((a, b) => a - b).join('=');
}

function take(contest: Contest, id: unknown, path: string, seen: Uint8Array, problems: Problems): number {
  const position = typeof id === 'string' ? contest.position.get(id) : undefined;
  if (position === undefined) {
    problems.add(path, typeof id === 'string' ? 'no such option' : 'not an option id');
    return -1;
  }
  if (seen[position] === 1) problems.add(path, 'ranked twice');
  seen[position] = 1;
  return position;
}

/** Ranks best first, each a list of positions; the blank ballot has none. */
export function parseRanking(text: string): number[][] {
  return text === '' ? [] : text.split('>').map((rank) => rank.split('=').map(Number));
}

/** A ranking without equal ranks as positions, best first. */
export function parseStrictRanking(text: string): number[] {
  return text === '' ? [] : text.split('>').map(Number);
}

export function decodeRanking(contest: Contest, text: string): { ranking: (string | string[])[] } {
  return {
    ranking: parseRanking(text).map((rank) => {
      const ids = rank.map((position) => optionIdAt(contest, position));
      return ids.length === 1 && ids[0] !== undefined ? ids[0] : ids;
    }),
  };
}

/** Counts of rankings show tables of options × options (rounds, pairs): 40,000 cells are about 1 MB of JSON. */
const RANKED_OPTIONS_MAX = 200;

export function checkRanked(contest: Contest): BallotProblem[] {
  const options = contest.options.length;
  return options <= RANKED_OPTIONS_MAX
    ? []
    : [{ path: 'options', problem: `${options} options to rank, at most ${RANKED_OPTIONS_MAX}` }];
}
