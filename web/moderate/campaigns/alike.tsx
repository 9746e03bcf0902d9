import { useEffect, useState } from 'preact/hooks';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { formatNumber, formatShare } from '../../ui/i18n.ts';
import { Paragraphs } from '../../ui/paragraphs.tsx';
import { Skeleton } from '../../ui/waiting.tsx';
import { readAlike, readIdea, type SimilarIdea } from './calls.ts';
import { Cost, TagMarks } from './marks.tsx';
import { t } from './texts.ts';
import { ideaStatusName } from './words.ts';

/** Ideas that take over the coins of another. */
const OPEN: readonly string[] = ['pending', 'approved', 'competing'];

export interface Alike {
  /** undefined while they are looked for */
  readonly found: readonly SimilarIdea[] | undefined;
  /** the one that is looked at beside the idea */
  readonly chosen: SimilarIdea | undefined;
  readonly choose: (id: string) => void;
}

export function isOpen({ status }: { readonly status: string }): boolean {
  return OPEN.includes(status);
}

/** What may mean the same as an idea; the search being away is no reason not to moderate. */
export function useAlike(campaign: string, idea: IdeaView | undefined): Alike {
  const [found, setFound] = useState<readonly SimilarIdea[]>();
  const [id, choose] = useState('');
  useEffect(() => {
    let gone = false;
    setFound(undefined);
    choose('');
    if (idea !== undefined) {
      readAlike(campaign, idea)
        .catch(() => [])
        .then((items) => !gone && setFound(items));
    }
    return () => {
      gone = true;
    };
  }, [campaign, idea?.id]);
  const chosen = found?.find((each) => each.id === id) ?? found?.find(isOpen) ?? found?.[0];
  return { found, chosen, choose };
}

/** An idea in full, as it is compared. */
export function IdeaWords({ idea, budget }: { readonly idea: IdeaView; readonly budget: boolean }) {
  return (
    <>
      {idea.description === '' ? (
        <p class="soft">{t('queue.noDescription')}</p>
      ) : (
        <Paragraphs text={idea.description} />
      )}
      {budget && (
        <p>
          <Cost cost={idea.cost} />
        </p>
      )}
      <TagMarks tags={idea.tags} />
    </>
  );
}

function Compared({ alike, budget }: { readonly alike: SimilarIdea; readonly budget: boolean }) {
  const [idea, setIdea] = useState<IdeaView>();
  useEffect(() => {
    let gone = false;
    setIdea(undefined);
    readIdea(alike.id).then(
      (read) => !gone && setIdea(read),
      () => {}, // its title and score stand there already
    );
    return () => {
      gone = true;
    };
  }, [alike.id]);
  return (
    <div class="stack alike-compared" aria-live="polite">
      <h3>{alike.title}</h3>
      <p class="soft small figures">
        {t('queue.alikeBy', { share: formatShare(alike.score) })} · {ideaStatusName(idea?.status ?? alike.status)}
        {alike.coin_count !== null &&
          ` · ${t('queue.coins', { count: alike.coin_count, number: formatNumber(alike.coin_count) })}`}
      </p>
      {idea === undefined ? <Skeleton /> : <IdeaWords idea={idea} budget={budget} />}
    </div>
  );
}

/** What is alike, with how much, and the one that is chosen in full: it stands beside the idea. */
export function AlikeIdeas({ alike, budget }: { readonly alike: Alike; readonly budget: boolean }) {
  const { found, chosen, choose } = alike;
  return (
    <section class="card stack" aria-labelledby="alike-title">
      <h2 id="alike-title">{t('queue.alike')}</h2>
      {found === undefined && <Skeleton />}
      {found?.length === 0 && <p class="soft">{t('queue.noneAlike')}</p>}
      {found !== undefined && found.length > 1 && (
        <ul class="plain-list alike-list">
          {found.map(({ id, title, score }) => (
            <li key={id}>
              <button type="button" class="alike-choice" aria-pressed={id === chosen?.id} onClick={() => choose(id)}>
                <span>{title}</span>
                <span class="figures">{formatShare(score)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {chosen !== undefined && <Compared alike={chosen} budget={budget} />}
      {chosen !== undefined && !isOpen(chosen) && <p class="soft small">{t('merge.closed')}</p>}
    </section>
  );
}
