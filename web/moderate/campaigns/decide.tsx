import { useEffect } from 'preact/hooks';
import type { IdeaStatus, IdeaView } from '../../../protocol/ideas.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/choices.tsx';
import { useKept, useKeptScroll } from '../../ui/kept.ts';
import { usePaged } from '../../ui/paged.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { pathOf } from './calls.ts';
import { IdeaRow } from './idea-row.tsx';
import { useNews } from './news.ts';
import type { PartProps } from './part.ts';
import { t } from './texts.ts';
import { ideaStatusName } from './words.ts';

const FILTERS = ['competing', 'accepted', 'in_progress', 'complete', 'rejected'] as const satisfies IdeaStatus[];
type Filter = (typeof FILTERS)[number];
type Sort = 'coins' | 'newest';

function queryOf(filter: Filter, sort: Sort) {
  // approved ideas compete as soon as the campaign begins
  return { status: filter === 'competing' ? 'approved,competing' : filter, sort, limit: '50' };
}

/** Ideas that were let in: accept, start and complete them, or take them out again. */
export function Decide({ live, campaign }: PartProps) {
  const [filter, setFilter] = useKept<Filter>('campaign.ideas', 'competing');
  const [sort, setSort] = useKept<Sort>('campaign.sort', 'coins');
  const news = useNews(live, 'idea.');
  const list = usePaged<IdeaView>(pathOf(campaign.campaign_id, 'ideas'), queryOf(filter, sort));
  useKeptScroll(list.items !== undefined);
  useEffect(() => {
    if (news > 0) void list.reload();
  }, [news]);
  const changed = () => {
    void list.reload();
    void live.reread().catch(() => {}); // its counts; an event brings them too
  };
  return (
    <div class="stack">
      <div class="row fields-beside">
        <Select
          id="ideas-status"
          label={t('decide.show')}
          value={filter}
          options={FILTERS.map((value) => ({ value, text: ideaStatusName(value) }))}
          onChange={setFilter}
        />
        <Select
          id="ideas-sort"
          label={t('decide.sort')}
          value={sort}
          options={[
            { value: 'coins', text: t('decide.byCoins') },
            { value: 'newest', text: t('decide.byAge') },
          ]}
          onChange={setSort}
        />
      </div>
      {list.problem !== '' && <p role="alert">{list.problem}</p>}
      {list.items === undefined && list.problem === '' && <Skeleton lines={6} />}
      {list.items?.length === 0 && <p class="soft">{t('decide.none')}</p>}
      {list.items !== undefined && list.items.length > 0 && (
        <ul class="plain-list stack">
          {list.items.map((idea) => (
            <IdeaRow key={idea.id} idea={idea} live={live} campaign={campaign} onChanged={changed} />
          ))}
        </ul>
      )}
      {list.more !== undefined && (
        <div class="row">
          <Button onClick={list.more}>{t('more')}</Button>
        </div>
      )}
    </div>
  );
}
