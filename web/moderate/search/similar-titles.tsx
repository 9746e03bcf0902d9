import { useEffect, useState } from 'preact/hooks';
import type { z } from 'zod';
import type { similarTitles } from '../../../protocol/search.ts';
import { api } from '../../ui/account-session.ts';
import { useSettled } from '../../ui/paged.ts';
import { t } from '../texts.ts';
import { foundStateName } from './words.ts';

type Similar = z.infer<typeof similarTitles>;

/** Below it a title says nothing yet. */
const MIN_CHARACTERS = 8;
/** A hint is for what may well mean the same. */
const MIN_LIKENESS = 0.5;

/** While a title is written: votes that may ask the same. Only a hint, so it is silent when the server is. */
export function SimilarTitles({ title }: { readonly title: string }) {
  const settled = useSettled(title.trim(), 400);
  const [items, setItems] = useState<Similar['items']>([]);
  useEffect(() => {
    let gone = false;
    const show = (found: Similar['items']) =>
      !gone && setItems(found.filter(({ likeness }) => likeness >= MIN_LIKENESS));
    if (settled.length < MIN_CHARACTERS) show([]);
    else {
      api
        .call<Similar>({ method: 'GET', path: '/v1/similar', query: { kind: 'elections', title: settled } })
        .then((found) => show(found.items))
        .catch(() => show([]));
    }
    return () => {
      gone = true;
    };
  }, [settled]);
  return (
    <div aria-live="polite">
      {items.length > 0 && (
        <div class="card similar-titles">
          <p class="small">{t('search.similar')}</p>
          <ul class="plain-list">
            {items.map(({ id, title: other, state }) => (
              <li key={id}>
                <strong>{other}</strong> <span class="soft small">{foundStateName(state)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
