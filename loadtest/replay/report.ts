import type { ResultView } from '../../client/index.ts';
import { quantile } from '../bench/quantiles.ts';
import type { Audit } from './audit.ts';
import type { CastOutcome } from './cast-all.ts';
import type { Comparison } from './comparison.ts';
import { grouped } from './progress.ts';
import { roundTables } from './round-table.ts';

/** Everything that one replay found out. */
export interface Findings {
  readonly file: string;
  readonly ballots: number;
  readonly casting: CastOutcome;
  readonly result: ResultView;
  readonly audit: Audit;
  /** null where all is as it should be, else what is not */
  readonly watcherProblem: string | null;
  /** figures added up from the file alone against the result; null where they agree */
  readonly figuresProblem: string | null;
  readonly comparison: Comparison | null;
  /** name by option id */
  readonly titles: ReadonlyMap<string, string>;
}

/** The last line of --json. */
export interface ReplaySummary {
  readonly file: string;
  readonly method: string;
  readonly ballots: number;
  readonly acknowledged: number;
  readonly stored: number;
  readonly blank: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly winners: readonly string[];
  readonly rounds: number;
  readonly acked_per_s: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
  readonly tally_equals_recount: boolean;
  readonly watcher_equals_result: boolean;
  /** the result's figures are what the file's ballots add up to */
  readonly result_equals_file: boolean;
  /** the file's own column of figures; null where it has none that can be compared */
  readonly expected_equal: boolean | null;
}

const DIFFERENCES_SHOWN = 20;

export function summarise(findings: Findings): ReplaySummary {
  const { casting, result, audit } = findings;
  const ms = (share: number) => Math.round(quantile(casting.latenciesMs, share) * 100) / 100 || 0;
  return {
    file: findings.file,
    method: result.method.method,
    ballots: findings.ballots,
    acknowledged: casting.acknowledged.size,
    stored: audit.stored,
    blank: result.count.ballots.blank,
    refused: casting.refused,
    winners: result.count.winners.map((id) => findings.titles.get(id) ?? id),
    rounds: result.count.rounds.length,
    acked_per_s: Math.round((casting.acknowledged.size / casting.elapsedMs) * 1_000),
    p50_ms: ms(0.5),
    p95_ms: ms(0.95),
    p99_ms: ms(0.99),
    tally_equals_recount: audit.recount.equals_tally && audit.recount.equals_result !== false,
    watcher_equals_result: findings.watcherProblem === null,
    result_equals_file: findings.figuresProblem === null,
    expected_equal: findings.comparison && findings.comparison.differences.length === 0,
  };
}

/**
 * Everything that makes a replay fail, one sentence each. Where a file's own column contradicts the file's own ballots
 * nobody can do right by both: that is shown, and is no failure.
 */
export function problemsOf(findings: Findings): string[] {
  const { casting, audit, comparison, ballots } = findings;
  const wrong = comparison?.differences.filter(({ fileDisagreesWithItself }) => !fileDisagreesWithItself) ?? [];
  return [
    ...(casting.acknowledged.size === ballots ? [] : [`${ballots - casting.acknowledged.size} ballots were refused`]),
    ...audit.problems,
    ...(audit.recount.equals_tally ? [] : ['the running tally is not what the recount gives']),
    ...(audit.recount.equals_result === false ? ['the stored result is not what the recount gives'] : []),
    ...(findings.watcherProblem === null ? [] : [findings.watcherProblem]),
    ...(findings.figuresProblem === null ? [] : [findings.figuresProblem]),
    ...(wrong.length === 0 ? [] : [`${wrong.length} figures differ from the file's column "${comparison?.column}"`]),
  ];
}

/** The whole account for a person. */
export function reportText(findings: Findings): string {
  const { result, comparison, casting } = findings;
  const summary = summarise(findings);
  const problems = problemsOf(findings);
  const { cast, valid, blank, abstained } = result.count.ballots;
  const refused = Object.entries(casting.refused).map(([code, count]) => `${code} ${grouped(count)}`);
  const lines = [
    '',
    ...roundTables(result, findings.titles),
    '',
    `  Winners       ${summary.winners.join(', ') || 'nobody'}`,
    `  Decided by    ${result.ruling.decided_by}`,
    ...tieLines(findings),
    `  Ballots       ${grouped(cast)} cast: ${grouped(valid)} valid, ${grouped(blank)} blank, ${grouped(abstained)} abstentions`,
    `  Acknowledged  ${grouped(summary.acknowledged)} of ${grouped(summary.ballots)}; stored ${grouped(summary.stored)}`,
    ...(refused.length > 0 ? [`  Refused       ${refused.join(', ')}`] : []),
    `  Speed         ${grouped(summary.acked_per_s)} a second; p50 ${summary.p50_ms} ms, p95 ${summary.p95_ms} ms, p99 ${summary.p99_ms} ms`,
    ...comparisonLines(comparison),
    '',
    problems.length === 0
      ? '  All is well: every ballot is stored once, the tally is the recount, the watcher saw the result.'
      : `  Not as it should be:\n${problems.map((problem) => `    ${problem}`).join('\n')}`,
  ];
  return `${lines.join('\n')}\n`;
}

function tieLines({ result, titles }: Findings): string[] {
  return result.count.ties.map(({ options, between, broken_by: brokenBy, chosen }) => {
    const names = (ids: readonly string[]) => ids.map((id) => titles.get(id) ?? id).join(', ');
    const end = brokenBy === null ? 'it stays a tie' : `broken by ${brokenBy}: ${names(chosen)}`;
    return `  Tie           ${names(options)} (${between}); ${end}`;
  });
}

function comparisonLines(comparison: Comparison | null): string[] {
  if (comparison === null) return [];
  const { column, compared, differences } = comparison;
  if (differences.length === 0) return [`  File          its column "${column}" agrees for all ${compared} options`];
  const shown = differences.slice(0, DIFFERENCES_SHOWN).map(({ option, file, counted, fileDisagreesWithItself }) => {
    const why = fileDisagreesWithItself ? " (so do the file's own ballots)" : '';
    return `    ${option}: the file says ${file}, counted ${counted}${why}`;
  });
  const rest = differences.length - shown.length;
  return [
    `  File          its column "${column}" differs for ${differences.length} of ${compared} options`,
    ...shown,
    ...(rest > 0 ? [`    … and ${rest} more`] : []),
  ];
}
