import type { CoinBoardView } from '../../../protocol/coins.ts';

/** Coins on one idea. */
export interface IdeaFigures {
  readonly coins: number;
  readonly givers: number;
  readonly votes: number;
}

/** The live board: figures by idea, exact to a moment. */
export interface LiveFigures {
  readonly hidden: boolean;
  readonly totalCoins: number;
  readonly at: string;
  readonly ideas: ReadonlyMap<string, IdeaFigures>;
}

/**
 * The board after a message of its topic. A snapshot has every idea with coins, and so has a message in which `hidden` has
 * turned; any other has those that changed, each with its whole new figures.
 */
export function afterBoard(before: LiveFigures | undefined, board: CoinBoardView, snapshot: boolean): LiveFigures {
  const { hidden, at, total_coins: totalCoins } = board;
  const ideas = new Map(snapshot || before?.hidden !== hidden ? [] : before.ideas);
  for (const { idea_id: id, coins, givers, votes } of board.ideas) {
    if (coins === 0) ideas.delete(id);
    else ideas.set(id, { coins, givers, votes });
  }
  return { hidden, totalCoins: totalCoins ?? 0, at, ideas };
}
