import { useComputed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { formatTime } from '../../ui/i18n.ts';
import { useKeptScroll } from '../../ui/kept.ts';
import { usePaged } from '../../ui/paged.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import type { LiveCampaign } from '../live/live-campaign.ts';
import type { WatchedCampaign } from '../live/watched.ts';
import { t } from '../texts.ts';
import { Filters, type Narrowing, useTags } from './filters.tsx';
import { useHappened } from './happened.ts';
import { IdeaRow } from './idea-row.tsx';
import { useOrder } from './order.ts';

const PAGE_ROWS = '50';

function queryOf({ view, sort, tag }: Narrowing, hidden: boolean): Record<string, string | undefined> {
  const status = view === 'chosen' ? 'accepted,in_progress,complete' : 'approved,competing';
  return {
    ...(view === 'mine' ? { mine: 'true' } : { status }),
    sort: hidden ? 'newest' : sort,
    tag: tag === '' ? undefined : tag,
    limit: PAGE_ROWS,
  };
}

/** How old the figures are: to the minute, so that nobody is told ten times a second. */
function Watermark({ live }: { readonly live: LiveCampaign }) {
  const at = useComputed(() => live.figures.value && formatTime(live.figures.value.at));
  const time = at.value;
  if (time === undefined) return null;
  return (
    <span class="soft small figures">
      {live.lostAt.value === undefined ? t('board.asOf', { time }) : t('board.asOfLost', { time })}
    </span>
  );
}

function Empty({ narrowing }: { readonly narrowing: Narrowing }) {
  const words =
    narrowing.tag !== ''
      ? t('board.noneOfTag')
      : { open: t('board.none'), chosen: t('board.noneChosen'), mine: t('board.noneMine') }[narrowing.view];
  return <p class="card soft board-empty">{words}</p>;
}

interface ListProps {
  readonly watched: WatchedCampaign;
  readonly campaign: CampaignView;
  readonly narrowing: Narrowing;
  readonly hidden: boolean;
}

/** The ideas of one narrowing, page after page. */
function IdeaList({ watched, campaign, narrowing, hidden }: ListProps) {
  const { live } = watched;
  const paged = usePaged<IdeaView>(`/v1/campaigns/${campaign.id}/ideas`, queryOf(narrowing, hidden));
  const { ideas, arrived, forget } = useHappened(live, paged.items ?? []);
  useKeptScroll(paged.items !== undefined);
  const figureOf = (id: string) => live.figuresOf(id)?.[campaign.preset === 'quadratic' ? 'votes' : 'coins'];
  const isLive = narrowing.sort === 'coins' && narrowing.view === 'open';
  const order = useOrder(
    ideas.map(({ id }) => id),
    isLive ? figureOf : undefined,
  );
  const most = useComputed(() => Math.max(0, ...order.ids.value.map((id) => figureOf(id) ?? 0)));
  const others = ideas.filter(({ status }) => status === 'competing');
  useEffect(() => {
    if (arrived > 0) announce(t('board.arrived', { count: arrived }));
  }, [arrived]);
  const show = async () => {
    await paged.reload();
    forget();
  };
  const row = (id: string) => {
    const idea = ideas.find((each) => each.id === id);
    if (idea === undefined) return null;
    return (
      <IdeaRow key={id} watched={watched} campaign={campaign} idea={idea} others={others} most={() => most.value} />
    );
  };
  return (
    <>
      <div class="board-line">
        {!hidden && <Watermark live={live} />}
        {narrowing.view === 'open' && arrived > 0 ? (
          <Button onClick={() => void show()}>{t('board.arrived', { count: arrived })}</Button>
        ) : (
          order.isOld.value && (
            <Button label={t('board.sortWhy')} onClick={order.settle}>
              {t('board.sort')}
            </Button>
          )
        )}
      </div>
      {paged.problem !== '' && (
        <div class="stack" role="alert">
          <p>{paged.problem}</p>
          <Button onClick={() => void paged.reload()}>{t('again')}</Button>
        </div>
      )}
      {paged.items === undefined && paged.problem === '' && <Skeleton lines={6} />}
      {paged.items?.length === 0 && <Empty narrowing={narrowing} />}
      {ideas.length > 0 && (
        <ol class="idea-list" data-board onPointerMove={order.touched} onPointerDown={order.touched}>
          {order.ids.value.map(row)}
        </ol>
      )}
      {paged.more !== undefined && <Button onClick={paged.more}>{t('more')}</Button>}
    </>
  );
}

/** The ideas of a campaign, with what they have got, live. */
export function Board({ watched, campaign }: { readonly watched: WatchedCampaign; readonly campaign: CampaignView }) {
  const { live } = watched;
  const [narrowing, setNarrowing] = useState<Narrowing>({ view: 'open', sort: 'coins', tag: '' });
  const tags = useTags(campaign);
  const hidden = campaign.hide_totals && (campaign.status === 'active' || campaign.status === 'draft');
  return (
    <section
      class={live.lostAt.value === undefined ? 'board stack' : 'board board-stale stack'}
      aria-labelledby="board-title"
    >
      <h2 id="board-title">{t('board.title')}</h2>
      {hidden && <p class="card note-calm">{t('board.hidden')}</p>}
      <Filters
        narrowing={narrowing}
        tags={tags}
        hidden={hidden}
        hasOwn={campaign.membership?.state === 'joined'}
        onChange={setNarrowing}
      />
      <IdeaList
        key={Object.values(narrowing).join()}
        watched={watched}
        campaign={campaign}
        narrowing={narrowing}
        hidden={hidden}
      />
    </section>
  );
}
