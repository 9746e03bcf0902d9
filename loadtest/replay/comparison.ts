import type { ResultView } from '../../client/index.ts';
import { type Figures, microOf } from './figures.ts';
import type { MethodElection, ParsedElection } from './formats/index.ts';

/** One option where the file's own figure is not what was counted. */
export interface Difference {
  readonly option: string;
  readonly column: 'votes' | 'score';
  readonly file: number;
  readonly counted: string;
  /** the file's ballots give what was counted, so the file contradicts itself */
  readonly fileDisagreesWithItself: boolean;
}

export interface Comparison {
  readonly column: 'votes' | 'score';
  readonly compared: number;
  readonly differences: readonly Difference[];
}

/**
 * The result against what the file itself publishes, for every option that it has a figure of. null where nothing can
 * be compared: no figures, made-up weights, or a method that counts something else than the file did.
 * @param fromBallots what the file's ballots add up to, counted here
 */
export function compareWithFile(
  parsed: ParsedElection,
  election: MethodElection,
  result: ResultView,
  fromBallots: Figures,
  weighted: boolean,
): Comparison | null {
  const column = columnFor(parsed, election);
  if (column === null || weighted) return null;
  const found: Difference[] = [];
  let compared = 0;
  for (const { id, title } of parsed.options) {
    const file = parsed.expected?.get(id)?.[column];
    if (file === undefined) continue;
    compared += 1;
    const counted = result.count.totals[id] ?? '0';
    if (Number(counted) === file) continue;
    const fileDisagreesWithItself = fromBallots.get(id) === microOf(counted);
    found.push({ option: title, column, file, counted, fileDisagreesWithItself });
  }
  return compared === 0 ? null : { column, compared, differences: found };
}

/** Points and scores stand in the column `score`, marks in `votes`. Ranks and grades are counted in other ways there. */
function columnFor(parsed: ParsedElection, { method, settings }: MethodElection): 'votes' | 'score' | null {
  if (parsed.expected === undefined) return null;
  if (method === 'points' || method === 'score') return 'score';
  if (method !== 'choose' || parsed.kind === 'ranked') return null;
  // a plurality of approvals, say, is another election than the file's
  return parsed.kind !== 'approval' || settings.max === parsed.marks.max ? 'votes' : null;
}
