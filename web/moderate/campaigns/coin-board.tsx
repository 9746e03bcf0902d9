import { useEffect } from 'preact/hooks';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { formatNumber, formatTime } from '../../ui/i18n.ts';
import { usePaged } from '../../ui/paged.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { pathOf } from './calls.ts';
import { RankedBars } from './figures/ranked-bars.tsx';
import { useNews } from './news.ts';
import type { PartProps } from './part.ts';
import { t } from './texts.ts';

/** Ideas on the board of the console; all of them are under Ideas. */
const SHOWN = 8;

/** Ideas with most coins, live; before anybody gave, those that can be given to. */
export function CoinBoard({ live, campaign }: PartProps) {
  const news = useNews(live, 'idea.');
  const list = usePaged<IdeaView>(pathOf(campaign.campaign_id, 'ideas'), {
    status: 'approved,competing,accepted,in_progress,complete',
    sort: 'coins',
    limit: '100',
  });
  const figures = live.figures.value;
  useEffect(() => {
    if (news > 0) void list.reload();
  }, [news]);
  if (list.problem !== '') return <p role="alert">{list.problem}</p>;
  if (list.items === undefined) return <Skeleton lines={4} />;
  if (list.items.length === 0) return <p class="soft">{t('board.noIdeas')}</p>;
  if (figures?.hidden === true) return <p>{t('board.hidden')}</p>;
  const coinsOf = (idea: IdeaView) => live.figuresOf(idea.id)?.coins ?? idea.coin_count ?? 0;
  const bars = list.items
    .map((idea) => ({ idea, value: coinsOf(idea) }))
    .sort((a, b) => b.value - a.value)
    .slice(0, SHOWN);
  const stale = live.connection.value !== 'up';
  return (
    <>
      <RankedBars
        label={t('board.title')}
        stale={stale}
        bars={bars.map(({ idea, value }) => ({ id: idea.id, title: idea.title, value }))}
        base={figures?.totalCoins}
      />
      {figures !== undefined && (
        <p class="soft small figures">
          {t(stale ? 'board.asOf' : 'board.exact', {
            coins: formatNumber(figures.totalCoins),
            time: formatTime(figures.at),
          })}
          {list.items.length > SHOWN && ` · ${t('board.ofAll', { shown: SHOWN, count: list.items.length })}`}
        </p>
      )}
    </>
  );
}
