import { isDeepStrictEqual } from 'node:util';
import type { PsephosHttp, RecountView } from '../../client/index.ts';
import type { PublishedBallotView } from '../../protocol/ballots.ts';
import { PAGE_MAX_ROWS } from '../../protocol/page.ts';
import type { CastOutcome } from './cast-all.ts';
import { microOf } from './figures.ts';
import { patiently } from './patience.ts';
import type { Voters } from './voters.ts';

/** What the server says it holds, looked at ballot by ballot. */
export interface Audit {
  /** ballots of the published list */
  readonly stored: number;
  readonly recount: RecountView;
  /** one sentence for each thing that is not as it was acknowledged; none = all is well */
  readonly problems: readonly string[];
}

const PROBLEMS_SHOWN = 5;

/**
 * Reads the published list and compares it with what each voter was told: every acknowledged tracking code is there
 * once with the very ballot that its voter sent, and nothing else is. Then asks for a recount and the participation:
 * three counts of the server that must agree. The election is published.
 */
export async function auditBallots(
  http: PsephosHttp,
  electionId: string,
  voters: Voters,
  { acknowledged }: CastOutcome,
): Promise<Audit> {
  const problems: string[] = [];
  const voterOf = new Map([...acknowledged].map(([voter, code]) => [code, voter]));
  if (voterOf.size !== acknowledged.size) problems.push('two voters were given the same tracking code');
  let stored = 0;
  let altered = 0;
  let strange = 0;
  const missing = new Map(voterOf);
  for await (const { tracking_code: code, ballot, weight } of publishedBallots(http, electionId)) {
    stored += 1;
    const voter = missing.get(code);
    if (voter === undefined) strange += 1;
    else if (!sameBallot(ballot, voters.ballot(voter))) altered += 1;
    else if (weight !== null && microOf(weight) !== voters.weight(voter)) altered += 1;
    missing.delete(code);
  }
  if (missing.size > 0) {
    const lines = [...missing.values()].slice(0, PROBLEMS_SHOWN).map((voter) => voter + 1);
    problems.push(`${missing.size} acknowledged ballots are not in the published list (voters ${lines.join(', ')} …)`);
  }
  if (strange > 0)
    problems.push(`${strange} ballots of the published list were acknowledged to nobody, or stand twice`);
  if (altered > 0) problems.push(`${altered} ballots of the published list are not what their voters sent`);

  const recount = await patiently(() => http.recount(electionId));
  const { voted, voted_weight: votedWeight } = await http.participation(electionId);
  let weight = 0n;
  for (const voter of acknowledged.keys()) weight += voters.weight(voter);
  if (recount.ballots !== stored)
    problems.push(`the recount has ${recount.ballots} ballots, the published list ${stored}`);
  if (voted !== stored) problems.push(`${voted} credentials are used up for ${stored} ballots`);
  if (microOf(recount.weight) !== weight || microOf(votedWeight) !== weight) {
    problems.push(
      `the acknowledged ballots weigh other than the recount (${recount.weight}) or the roll (${votedWeight})`,
    );
  }
  return { stored, recount, problems };
}

/** The published list, page by page. */
async function* publishedBallots(http: PsephosHttp, electionId: string): AsyncGenerator<PublishedBallotView> {
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const from: { cursor?: string } = cursor === undefined ? {} : { cursor };
    const page = await patiently(() => http.ballots(electionId, { ...from, limit: PAGE_MAX_ROWS }));
    yield* page.items;
    cursor = page.next_cursor;
  }
}

/** The same vote: marks in any order, points and ranks of 0 left out or not, one option on a rank with or without list. */
function sameBallot(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(plain(a), plain(b));
}

function plain(ballot: unknown): unknown {
  const { options, points, ranking, ...rest } = ballot as {
    options?: string[];
    points?: Record<string, number>;
    ranking?: (string | string[])[];
  };
  return {
    ...rest,
    ...(options && { options: [...options].sort() }),
    ...(points && { points: Object.fromEntries(Object.entries(points).filter(([, given]) => given !== 0)) }),
    ...(ranking && { ranking: ranking.map((rank) => [rank].flat().sort()) }),
  };
}
