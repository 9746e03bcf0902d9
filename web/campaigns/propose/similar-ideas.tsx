import { useEffect, useState } from 'preact/hooks';
import type { z } from 'zod';
import type { similarIdeas } from '../../../protocol/ideas.ts';
import { api } from '../../ui/account-session.ts';
import { useSettled } from '../../ui/paged.ts';
import { t } from '../texts.ts';
import { ideaStatusName } from '../words.ts';

type Similar = z.infer<typeof similarIdeas>;
export type SimilarIdea = Similar['items'][number];

/** Below it a title says nothing yet. */
const MIN_CHARACTERS = 5;
const PAUSE_MS = 350;
const SHOWN_MAX = 5;
/** From these scores on. */
const VERY_ALIKE = 0.75;
const ALIKE = 0.5;

function likenessWords(score: number): string {
  if (score >= VERY_ALIKE) return t('similar.very');
  return score >= ALIKE ? t('similar.alike') : t('similar.somewhat');
}

/** Ideas that may be the same one, each with the way to it: coins can be given there instead. */
export function SimilarList({ items, name }: { readonly items: readonly SimilarIdea[]; readonly name: string }) {
  return (
    <ul class="similar-list">
      {items.slice(0, SHOWN_MAX).map(({ id, title, status, coin_count: coins, score }) => (
        <li key={id}>
          <a href={`/campaigns/${name}/ideas/${id}`} target="_blank" rel="noopener">
            {title}
            <span class="unseen"> {t('similar.newTab')}</span>
          </a>
          <span class="soft small figures similar-facts">
            <strong>{likenessWords(score)}</strong>
            <span>{ideaStatusName(status)}</span>
            {coins != null && <span>{t('coins', { count: coins })}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** While a title is written: ideas like it. Only a hint, so it is silent when the server is. */
export function SimilarIdeas(props: { readonly campaignId: string; readonly name: string; readonly title: string }) {
  const { campaignId, name, title } = props;
  const settled = useSettled(title.trim(), PAUSE_MS);
  const [items, setItems] = useState<readonly SimilarIdea[]>([]);
  useEffect(() => {
    let gone = false;
    const show = (found: readonly SimilarIdea[]) => !gone && setItems(found);
    if (settled.length < MIN_CHARACTERS) show([]);
    else {
      const path = `/v1/campaigns/${campaignId}/ideas/similar`;
      api
        .call<Similar>({ method: 'GET', path, query: { title: settled } })
        .then((found) => show(found.items))
        .catch(() => show([]));
    }
    return () => {
      gone = true;
    };
  }, [settled, campaignId]);
  return (
    <>
      <p class="unseen" role="status">
        {items.length > 0 && t('similar.found', { count: Math.min(items.length, SHOWN_MAX) })}
      </p>
      {items.length > 0 && (
        <section class="card similar stack" aria-labelledby="similar-title">
          <h2 id="similar-title" class="similar-title">
            {t('similar.title')}
          </h2>
          <SimilarList items={items} name={name} />
        </section>
      )}
    </>
  );
}
