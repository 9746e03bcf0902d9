import { useEffect, useRef, useState } from 'preact/hooks';
import type { SearchItem, SearchPage } from '../../../protocol/search.ts';
import { api } from '../../ui/account-session.ts';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { formatMoment, formatNumber } from '../../ui/i18n.ts';
import { useKept, useKeptScroll } from '../../ui/kept.ts';
import { useSettled } from '../../ui/paged.ts';
import { loadRefusalWords, refusalText } from '../../ui/refusal-words.ts';
import { followLink } from '../../ui/router.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { t } from '../texts.ts';
import { foundStateName, kindName, oneOfKind, placeOf } from './words.ts';

/** id of the field, which the key / focuses */
export const SEARCH_FIELD = 'search-q';

/** What was found is marked: by an element that also is read, where a reader is set to. */
function Marked({ pieces }: { readonly pieces: SearchItem['title'] }) {
  return <>{pieces.map(({ text, hit }) => (hit ? <mark>{text}</mark> : text))}</>;
}

function Hit({ item }: { readonly item: SearchItem }) {
  const to = placeOf(item);
  const title = <Marked pieces={item.title} />;
  return (
    <li class="search-hit">
      <span class="soft small">
        {oneOfKind(item.kind)} · {foundStateName(item.state)} · {formatMoment(item.at)}
      </span>
      {to === undefined ? (
        <strong>{title}</strong>
      ) : (
        <a href={to} {...(to.startsWith('/moderate') ? { onClick: followLink } : {})}>
          {title}
        </a>
      )}
      {item.excerpt.length > 0 && (
        <span class="search-excerpt">
          <Marked pieces={item.excerpt} />
        </span>
      )}
    </li>
  );
}

/** Buttons that narrow what is shown; again shows all. */
function Facet<T extends string>(props: {
  readonly label: string;
  readonly values: readonly { readonly value: string; readonly count: number }[];
  readonly chosen: string;
  readonly nameOf: (value: T) => string;
  readonly onChoose: (value: T | '') => void;
}) {
  const { label, values, chosen, nameOf, onChoose } = props;
  if (values.length < 2 && chosen === '') return null;
  // what is chosen stays in sight where other words find none of it: or nobody could take it back
  const shown =
    chosen === '' || values.some(({ value }) => value === chosen) ? values : [...values, { value: chosen, count: 0 }];
  return (
    <fieldset class="search-facet" aria-label={label}>
      <span class="soft small" aria-hidden="true">
        {label}
      </span>
      {shown.map(({ value, count }) => (
        <button
          key={value}
          type="button"
          class="button search-choice"
          aria-pressed={chosen === value}
          onClick={() => onChoose(chosen === value ? '' : (value as T))}
        >
          {nameOf(value as T)} <span class="figures">{formatNumber(count)}</span>
        </button>
      ))}
    </fieldset>
  );
}

function foundText({ complete, total }: SearchPage): string {
  if (total === 0) return t('search.nothing');
  return complete ? t('search.found', { count: total }) : t('search.foundMany', { number: formatNumber(total) });
}

interface Found {
  readonly page: SearchPage | undefined;
  readonly problem: string;
  readonly more: (() => void) | undefined;
}

/** Asked anew a moment after the last letter; an answer that comes too late is dropped. */
function useSearch(q: string, kind: string, state: string): Found {
  const [page, setPage] = useState<SearchPage>();
  const [problem, setProblem] = useState('');
  const latest = useRef(0);
  const read = async (cursor: string | undefined) => {
    latest.current += 1;
    const mine = latest.current;
    setProblem('');
    if (q === '') return setPage(undefined);
    const query = { q, kinds: kind || undefined, state: state || undefined, cursor };
    try {
      const next = await api.call<SearchPage>({ method: 'GET', path: '/v1/search', query });
      if (mine !== latest.current) return;
      setPage((before) =>
        cursor === undefined || before === undefined ? next : { ...next, items: [...before.items, ...next.items] },
      );
      announce(foundText(next));
    } catch (error) {
      await loadRefusalWords();
      if (mine === latest.current) setProblem(refusalText(error));
    }
  };
  useEffect(() => void read(undefined), [q, kind, state]);
  const cursor = page?.next_cursor ?? undefined;
  return { page, problem, more: cursor === undefined ? undefined : () => void read(cursor) };
}

/** Up and down go from the field through the hits and back. */
function moveFocus(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const stops = [
    ...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('input[type=search], .search-hit a'),
  ];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  const next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  next.focus();
}

/** Everything of the organisation that the person may see, by words. */
export function Search() {
  const [q, setQ] = useKept<string>('search.q', '');
  const [kind, setKind] = useKept<SearchItem['kind'] | ''>('search.kind', '');
  const [state, setState] = useKept<string>('search.state', '');
  const field = useRef<HTMLInputElement>(null);
  const { page, problem, more } = useSearch(useSettled(q.trim(), 150), kind, state);
  useKeptScroll(page !== undefined);
  useEffect(() => field.current?.focus(), []);
  return (
    <search class="stack console-page" onKeyDown={moveFocus}>
      <h1>{t('search.title')}</h1>
      <div class="field">
        <label class="field-label" for={SEARCH_FIELD}>
          {t('search.label')}
        </label>
        <p class="field-hint" id="search-hint">
          {t('search.hint')}
        </p>
        <input
          id={SEARCH_FIELD}
          ref={field}
          class="field-input"
          type="search"
          autocomplete="off"
          maxLength={200}
          aria-describedby="search-hint"
          value={q}
          onInput={(event) => setQ(event.currentTarget.value)}
        />
      </div>
      {problem !== '' && <p role="alert">{problem}</p>}
      {q.trim() !== '' && page === undefined && problem === '' && <Skeleton />}
      {page !== undefined && (
        <>
          <Facet
            label={t('search.kinds')}
            values={page.facets.kinds}
            chosen={kind}
            nameOf={kindName}
            onChoose={setKind}
          />
          <Facet
            label={t('search.states')}
            values={page.facets.states}
            chosen={state}
            nameOf={foundStateName}
            onChoose={setState}
          />
          <p class="soft">{foundText(page)}</p>
          <ol class="plain-list search-hits">
            {page.items.map((item) => (
              <Hit key={`${item.kind} ${item.id}`} item={item} />
            ))}
          </ol>
          {more !== undefined && (
            <div class="row">
              <Button onClick={more}>{t('more')}</Button>
            </div>
          )}
        </>
      )}
    </search>
  );
}
