import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../../ui/announce.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { t } from '../texts.ts';
import type { Election, Option } from './content.ts';
import { OptionWords } from './option-words.tsx';
import { moved, type RowDrag, startDrag } from './row-drag.ts';

interface RankingProps {
  readonly election: Election;
  readonly content: { readonly ranking: readonly string[] };
  readonly onChange: (content: { readonly ranking: readonly string[] }) => void;
}

/** 'second' for 2, as readers say it; numbers from where words end. */
function ordinalOf(place: number): string {
  return t('rank.ordinals').split(',')[place - 1] ?? t('rank.ordinal', { place });
}

/** Tap in order to rank; drag, or the arrows, to reorder; a live region says the place. */
export function RankingForm({ election, content, onChange }: RankingProps) {
  const { options } = election;
  const { ranking } = content;
  const [drag, setDrag] = useState<RowDrag | undefined>(undefined);
  const focusOn = useRef<string | undefined>(undefined);
  const indexOf = (id: string) => options.findIndex((option) => option.id === id);
  const ranked = ranking.map((id) => options[indexOf(id)]).filter((option): option is Option => option !== undefined);
  const rest = options.filter(({ id }) => !ranking.includes(id));

  // a row that moved was taken out of the page for a moment, and its focus with it
  useEffect(() => {
    if (focusOn.current === undefined) return;
    document.getElementById(focusOn.current)?.focus();
    focusOn.current = undefined;
  });

  function say(option: Option, place: number) {
    const { title } = option;
    announce(t('rank.place', { title, ordinal: ordinalOf(place), count: options.length }));
  }
  function add(option: Option) {
    const next = rest[rest.indexOf(option) + 1] ?? rest.find((each) => each !== option);
    focusOn.current = next === undefined ? 'rank-yours' : `rank-add-${next.id}`;
    onChange({ ranking: [...ranking, option.id] });
    say(option, ranking.length + 1);
  }
  function remove(option: Option) {
    focusOn.current = `rank-add-${option.id}`;
    onChange({ ranking: ranking.filter((id) => id !== option.id) });
    announce(t('rank.out', { title: option.title }));
  }
  function move(option: Option, to: number, focus?: string) {
    const from = ranking.indexOf(option.id);
    if (to < 0 || to >= ranking.length || to === from) return;
    focusOn.current = focus;
    onChange({ ranking: moved(ranking, from, to) });
    say(option, to + 1);
  }

  return (
    <div class="ranking">
      <p class="ballot-hint">{t('rank.hint')}</p>
      <h2 id="rank-yours" tabIndex={-1}>
        {t('rank.yours')}
      </h2>
      {ranked.length === 0 && <p class="soft ranking-empty">{t('rank.empty')}</p>}
      <ol class={drag === undefined ? 'ranked' : 'ranked ranked-dragging'}>
        {ranked.map((option, place) => (
          <li
            key={option.id}
            class={drag?.from === place ? 'ranked-row ranked-held' : 'ranked-row'}
            style={{ transform: drag === undefined ? '' : `translateY(${drag.offsetOf(place)}px)` }}
          >
            <span
              class="grip"
              aria-hidden="true"
              onPointerDown={(event) => startDrag(event, place, setDrag, (to) => move(option, to))}
            >
              <Icon name="grip" />
            </span>
            <span class="place figures">{place + 1}</span>
            <OptionWords option={option} index={indexOf(option.id)} />
            <span class="ranked-acts">
              <IconButton
                id={`rank-up-${option.id}`}
                icon="up"
                label={t('rank.up', { title: option.title })}
                disabled={place === 0}
                onClick={() => move(option, place - 1, `rank-up-${option.id}`)}
              />
              <IconButton
                id={`rank-down-${option.id}`}
                icon="down"
                label={t('rank.down', { title: option.title })}
                disabled={place === ranked.length - 1}
                onClick={() => move(option, place + 1, `rank-down-${option.id}`)}
              />
              <IconButton
                icon="cross"
                label={t('rank.remove', { title: option.title })}
                onClick={() => remove(option)}
              />
            </span>
          </li>
        ))}
      </ol>
      <Unranked rest={rest} next={ranking.length + 1} indexOf={indexOf} onAdd={add} />
      {ranking.length > 0 && (
        <Button kind="quiet" onClick={() => onChange({ ranking: [] })}>
          {t('rank.clear')}
        </Button>
      )}
    </div>
  );
}

function Unranked(props: {
  readonly rest: readonly Option[];
  /** the place that a tap gives */
  readonly next: number;
  readonly indexOf: (id: string) => number;
  readonly onAdd: (option: Option) => void;
}) {
  const { rest, next, indexOf, onAdd } = props;
  return (
    <>
      <h2>{t('rank.rest')}</h2>
      {rest.length === 0 ? (
        <p class="soft">{t('rank.full')}</p>
      ) : (
        <ul class="unranked">
          {rest.map((option) => (
            <li key={option.id}>
              <button id={`rank-add-${option.id}`} type="button" class="option-card" onClick={() => onAdd(option)}>
                <span class="unseen">{t('rank.add')} </span>
                <span class="place place-next figures" aria-hidden="true">
                  {next}
                </span>
                <OptionWords option={option} index={indexOf(option.id)} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
