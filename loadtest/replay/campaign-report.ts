import type { CoinBoardView } from '../../protocol/coins.ts';
import type { CampaignResultView } from '../../protocol/ideas.ts';
import { quantile } from '../bench/quantiles.ts';
import type { ParsedElection } from './formats/index.ts';
import { grouped } from './progress.ts';

/** Everything that a replay as a campaign found out. */
export interface CampaignFindings {
  readonly file: string;
  readonly campaign: string;
  readonly people: number;
  readonly giving: {
    readonly gifts: number;
    readonly acknowledged: number;
    readonly elapsedMs: number;
    readonly latenciesMs: readonly number[];
  };
  /** ideas whose coins are not what the file's votes add up to, or not its column "score" */
  readonly differences: readonly { readonly option: string; readonly file: number; readonly board: number }[];
  /** null where the subscriber saw the board's figures */
  readonly watcherProblem: string | null;
  /** of ledger, purses, allocations and log with each other */
  readonly contradictions: number;
  readonly result: CampaignResultView;
}

/** The last line of --json. */
export interface CampaignReplaySummary {
  readonly file: string;
  readonly campaign: string;
  readonly people: number;
  readonly gifts: number;
  readonly acknowledged: number;
  readonly coins: number;
  readonly board_equals_file: boolean;
  readonly watcher_equals_board: boolean;
  readonly contradictions: number;
  readonly rule: string;
  readonly winners: readonly string[];
  readonly spent: number | null;
  readonly completion: string | null;
  readonly acked_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** Compares the board with the file's own votes, and with its column "score" where it has one. */
export function differencesOf(
  { options, expected }: Pick<ParsedElection, 'options' | 'expected'>,
  voters: readonly ReadonlyMap<string, number>[],
  board: CoinBoardView,
  ideaOf: ReadonlyMap<string, string>,
): CampaignFindings['differences'] {
  const coins = new Map(board.ideas.map(({ idea_id: idea, coins: on }) => [idea, on]));
  return options.flatMap(({ id, source }) => {
    const given = voters.reduce((sum, points) => sum + (points.get(id) ?? 0), 0);
    const shown = coins.get(ideaOf.get(id) ?? '') ?? 0;
    const file = expected?.get(id)?.score ?? given;
    return shown === given && shown === file
      ? []
      : [{ option: source, file: shown === given ? file : given, board: shown }];
  });
}

export function summariseCampaign(findings: CampaignFindings): CampaignReplaySummary {
  const { giving, result } = findings;
  const ms = (share: number) => Math.round(quantile(giving.latenciesMs, share) * 100) / 100 || 0;
  return {
    file: findings.file,
    campaign: findings.campaign,
    people: findings.people,
    gifts: giving.gifts,
    acknowledged: giving.acknowledged,
    coins: result.ideas.reduce((sum, { coins }) => sum + coins, 0),
    board_equals_file: findings.differences.length === 0,
    watcher_equals_board: findings.watcherProblem === null,
    contradictions: findings.contradictions,
    rule: result.rule,
    winners: result.ideas.filter(({ wins }) => wins).map(({ title }) => title),
    spent: result.spent,
    completion: result.completion,
    acked_per_s: Math.round((giving.acknowledged / giving.elapsedMs) * 1_000),
    p50_ms: ms(0.5),
    p99_ms: ms(0.99),
  };
}

/** Everything that makes it fail, one sentence each. */
export function campaignProblems({ giving, differences, watcherProblem, contradictions }: CampaignFindings): string[] {
  const [first] = differences;
  return [
    ...(giving.acknowledged === giving.gifts
      ? []
      : [`${giving.gifts - giving.acknowledged} gifts were not acknowledged`]),
    ...(first === undefined
      ? []
      : [
          `${differences.length} ideas have other coins than the file (${first.option}: ${first.board} and ${first.file})`,
        ]),
    ...(watcherProblem === null ? [] : [watcherProblem]),
    ...(contradictions === 0 ? [] : [`${contradictions} contradictions between ledger, purses, allocations and log`]),
  ];
}

/** The whole account for a person. */
export function campaignText(findings: CampaignFindings): string {
  const summary = summariseCampaign(findings);
  const problems = campaignProblems(findings);
  const { budget, spent, completion } = findings.result;
  const lines = [
    '',
    ...findings.result.ideas.slice(0, 15).map(({ rank, wins, coins, cost, title }) => {
      const price = cost === null ? '' : `, costs ${grouped(cost)}`;
      return `  ${String(rank).padStart(3)}. ${wins ? '✓' : ' '} ${title} (${grouped(coins)} coins${price})`;
    }),
    '',
    `  Rule          ${summary.rule}${completion === null ? '' : `. Left over: ${completion}`}`,
    ...(budget === null
      ? []
      : [`  Budget        ${grouped(spent ?? 0)} of ${grouped(budget)} for ${summary.winners.length} ideas`]),
    `  Given         ${grouped(summary.coins)} coins in ${grouped(summary.acknowledged)} gifts of ${grouped(summary.people)} people`,
    `  Speed         ${grouped(summary.acked_per_s)} a second; p50 ${summary.p50_ms} ms, p99 ${summary.p99_ms} ms`,
    '',
    problems.length === 0
      ? "  All is well: the board has the file's scores, the watcher saw the board, the ledger agrees with the purses."
      : `  Not as it should be:\n${problems.map((problem) => `    ${problem}`).join('\n')}`,
  ];
  return `${lines.join('\n')}\n`;
}
