import { setTimeout as sleep } from 'node:timers/promises';
import { PsephosHttp } from '../../client/index.ts';
import type { CoinBoardView } from '../../protocol/coins.ts';
import type { CampaignGround } from '../campaigns/ground.ts';
import { openSocket } from './sockets.ts';

/** What a subscriber saw of a board. */
export interface BoardWatch {
  /** Resolves once it shows so many coins, or the time is over. */
  reaches(totalCoins: number, withinMs: number): Promise<void>;
  /** null: it shows just what this board shows, and coins never became fewer on the way */
  problem(board: CoinBoardView): string | null;
  stop(): void;
}

const POLL_MS = 20;

/** Subscribes with a socket of its own. @throws PsephosError when that is refused */
export async function watchBoard({ httpUrl, adminKey }: CampaignGround, campaignId: string): Promise<BoardWatch> {
  const { url: wsUrl } = await new PsephosHttp({ baseUrl: httpUrl, secret: adminKey }).socket();
  const socket = await openSocket({ wsUrl, apiKey: adminKey });
  const shown = new Map<string, number>();
  let total = 0;
  let fell: string | null = null;
  const subscription = await socket.subscribe(`board:${campaignId}`, ({ data }) => {
    const { total_coins: coins, ideas } = data as CoinBoardView;
    if (coins !== null && coins < total) fell ??= `the watcher saw ${total} coins, then ${coins}`;
    total = coins ?? total;
    for (const { idea_id: idea, coins: on } of ideas) shown.set(idea, on);
  });
  return {
    async reaches(totalCoins, withinMs) {
      const untilMs = performance.now() + withinMs;
      while (total < totalCoins && performance.now() < untilMs) await sleep(POLL_MS);
    },
    problem(board) {
      if (subscription.refused !== undefined) return `the watcher was sent away: ${subscription.refused.message}`;
      const wrong = board.ideas.filter(({ idea_id: idea, coins }) => shown.get(idea) !== coins).length;
      if (wrong > 0) return `the watcher saw other coins than the board has on ${wrong} ideas`;
      return fell;
    },
    stop: () => socket.close(),
  };
}
