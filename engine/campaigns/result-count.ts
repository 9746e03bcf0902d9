import { budgetRules, type Contest, ranking, type Total, totalsOf } from './budget/index.ts';
import type { CampaignResult, GivingFacts, IdeaFacts, ResultIdea, ResultSnapshot } from './result.ts';

interface Chosen {
  readonly order: readonly number[];
  readonly wins: ReadonlySet<number>;
  readonly ties: ReadonlySet<number>;
  readonly spent: number | null;
  readonly completion: string | null;
}

/** A result, and how many milliseconds counting took. */
export interface TimedResult {
  readonly result: CampaignResult;
  readonly tookMs: number;
}

export function timedCount(snapshot: ResultSnapshot): TimedResult {
  const beganMs = performance.now();
  return { result: countResult(snapshot), tookMs: performance.now() - beganMs };
}

/** Counts what a campaign has come to: by its rule where it has a budget, else the ranking of its preset. */
function countResult(snapshot: ResultSnapshot): CampaignResult {
  const { campaignId, pos, final, preset, budget, budgetRule } = snapshot;
  const facts = JSON.parse(snapshot.ideas) as readonly IdeaFacts[];
  const givings = JSON.parse(snapshot.givings) as readonly GivingFacts[];
  const contest: Contest = {
    budget,
    ideas: facts.map(([id, , cost, submittedMs]) => ({ id, cost, submittedMs })),
    givings: givings.map(([people, ideas, coins]) => ({ people, ideas, coins })),
  };
  const totals = totalsOf(contest);
  const accepted = new Set([...facts.keys()].filter((idea) => facts[idea]?.[4]));
  const quadratic = preset === 'quadratic';
  const { order, wins, ties, spent, completion } =
    budgetRule === null || budget === null
      ? ranked(contest, totals, quadratic, accepted)
      : funded({ ...contest, budget }, totals, budgetRule);
  const ideas = order.map((idea, at): ResultIdea => {
    const [ideaId, title, cost] = facts[idea] as IdeaFacts;
    const { coins, givers, votes } = totals[idea] as Total;
    const rank = at + 1;
    const figures = { coins, givers, votes: quadratic ? votes : coins };
    return { ideaId, title, cost, ...figures, rank, wins: wins.has(idea), tie: ties.has(idea) };
  });
  return { campaignId, rule: budgetRule ?? 'ranking', budget, spent, pos, final, completion, ideas };
}

function ranked(contest: Contest, totals: readonly Total[], quadratic: boolean, accepted: ReadonlySet<number>): Chosen {
  const { order, ties } = ranking(contest, totals, quadratic ? 'votes' : 'coins');
  return { order, wins: accepted, ties, spent: null, completion: null };
}

function funded(
  contest: Contest & { readonly budget: number },
  totals: readonly Total[],
  rule: keyof typeof budgetRules,
): Chosen {
  const { winners, ties, completion } = budgetRules[rule](contest, totals);
  const wins = new Set(winners);
  const others = ranking(contest, totals, 'coins').order.filter((idea) => !wins.has(idea));
  const spent = winners.reduce((sum, idea) => sum + (contest.ideas[idea]?.cost ?? 0), 0);
  return { order: [...winners, ...others], wins, ties, spent, completion };
}
