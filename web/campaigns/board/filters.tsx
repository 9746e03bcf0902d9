import { useEffect, useState } from 'preact/hooks';
import type { CampaignView, TagView } from '../../../protocol/campaigns.ts';
import { api } from '../../ui/account-session.ts';
import { t } from '../texts.ts';

/** Which ideas the board shows. */
export const VIEWS = ['open', 'chosen', 'mine'] as const;
export type View = (typeof VIEWS)[number];
export type Sort = 'coins' | 'newest';

export interface Narrowing {
  readonly view: View;
  readonly sort: Sort;
  /** id of a tag; '' for all */
  readonly tag: string;
}

/** Tags of a campaign; none where they cannot be read: the board does without. */
export function useTags(campaign: CampaignView): readonly TagView[] {
  const [tags, setTags] = useState<readonly TagView[]>([]);
  useEffect(() => {
    let gone = false;
    api
      .call<{ readonly items: readonly TagView[] }>({ method: 'GET', path: `/v1/campaigns/${campaign.id}/tags` })
      .then(({ items }) => !gone && setTags(items))
      .catch(() => {});
    return () => {
      gone = true;
    };
  }, [campaign.id]);
  return tags;
}

function Pressed(props: {
  readonly on: boolean;
  readonly text: string;
  readonly color?: string | null;
  readonly onClick: () => void;
}) {
  const { on, text, color, onClick } = props;
  return (
    <button
      type="button"
      class={color === undefined ? 'filter' : 'filter filter-tag'}
      aria-pressed={on}
      onClick={onClick}
      {...(color === undefined ? {} : { style: { '--tag': color ?? 'var(--line-strong)' } })}
    >
      {text}
    </button>
  );
}

/** What the board is narrowed to: ideas that compete, those that were chosen, the own; a tag; and the order. */
export function Filters(props: {
  readonly narrowing: Narrowing;
  readonly tags: readonly TagView[];
  readonly hidden: boolean;
  readonly hasOwn: boolean;
  readonly onChange: (narrowing: Narrowing) => void;
}) {
  const { narrowing, tags, hidden, hasOwn, onChange } = props;
  const names: Readonly<Record<View, string>> = {
    open: t('board.open'),
    chosen: t('board.chosen'),
    mine: t('board.mine'),
  };
  const shown = VIEWS.filter((view) => hasOwn || view !== 'mine');
  return (
    <div class="filters">
      {/* biome-ignore lint/a11y/useSemanticElements: these are switches of a list, not fields of a form */}
      <div class="filter-row" role="group" aria-label={t('board.views')}>
        {shown.map((view) => (
          <Pressed
            key={view}
            on={narrowing.view === view}
            text={names[view]}
            onClick={() => onChange({ ...narrowing, view })}
          />
        ))}
        {!hidden && (
          <Pressed
            on={narrowing.sort === 'newest'}
            text={t('board.newest')}
            onClick={() => onChange({ ...narrowing, sort: narrowing.sort === 'newest' ? 'coins' : 'newest' })}
          />
        )}
      </div>
      {tags.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: as above
        <div class="filter-row" role="group" aria-label={t('tags.title')}>
          {tags.map(({ id, name, color }) => (
            <Pressed
              key={id}
              on={narrowing.tag === id}
              text={name}
              color={color}
              onClick={() => onChange({ ...narrowing, tag: narrowing.tag === id ? '' : id })}
            />
          ))}
        </div>
      )}
    </div>
  );
}
