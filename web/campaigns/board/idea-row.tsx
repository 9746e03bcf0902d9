import { useComputed } from '@preact/signals';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { formatNumber } from '../../ui/i18n.ts';
import { followLink } from '../../ui/router.ts';
import { CountedNumber } from '../counted-number.tsx';
import type { LiveCampaign } from '../live/live-campaign.ts';
import type { WatchedCampaign } from '../live/watched.ts';
import { Giving } from '../purse/giving.tsx';
import { t } from '../texts.ts';
import { ideaStatusName } from '../words.ts';

/** Tags of an idea: the colour is a dot beside the name, never the only sign. */
export function Tags({ tags }: Pick<IdeaView, 'tags'>) {
  if (tags.length === 0) return null;
  return (
    <ul class="tags" aria-label={t('tags.title')}>
      {tags.map(({ id, name, color }) => (
        <li key={id} class="tag" style={{ '--tag': color ?? 'var(--line-strong)' }}>
          {name}
        </li>
      ))}
    </ul>
  );
}

/** Coins on an idea, live; undefined while nobody may see them. Before the board is here, those that were read with the idea. */
function useFigures(live: LiveCampaign, { id, coin_count: read }: IdeaView) {
  return useComputed(() => {
    if (live.figures.value === undefined) return read === null ? undefined : { coins: read, givers: 0, votes: 0 };
    return live.figuresOf(id);
  });
}

interface TotalProps {
  readonly live: LiveCampaign;
  readonly idea: IdeaView;
  readonly quadratic: boolean;
  /** coins (votes) that a full bar stands for; left out: no bar */
  readonly of?: (() => number) | undefined;
}

/** What an idea has got: a number that counts up, in words, and as a bar that nothing else moves with. */
export function Total({ live, idea, quadratic, of }: TotalProps) {
  const figures = useFigures(live, idea).value;
  if (figures === undefined) return null;
  const value = quadratic ? figures.votes : figures.coins;
  const full = of?.() ?? 0;
  return (
    <div class="total">
      <p class="total-words figures">
        <strong>
          <CountedNumber value={value} />
        </strong>{' '}
        {quadratic ? t('total.votes', { count: value }) : t('total.coins', { count: value })}
        {figures.givers > 0 && <span class="soft small"> {t('total.givers', { count: figures.givers })}</span>}
      </p>
      {of !== undefined && (
        <span class="total-track" aria-hidden="true">
          <span class="total-fill" style={{ inlineSize: `${full > 0 ? (100 * value) / full : 0}%` }} />
        </span>
      )}
    </div>
  );
}

interface RowProps {
  readonly watched: WatchedCampaign;
  readonly campaign: CampaignView;
  readonly idea: IdeaView;
  readonly others: readonly IdeaView[];
  readonly most: () => number;
}

/** One idea of the board: what it is, what it has got, and the own coins on it. */
export function IdeaRow({ watched, campaign, idea, others, most }: RowProps) {
  const { live, purse } = watched;
  const own = purse.value?.on(idea.id) ?? 0;
  return (
    <li class={own > 0 ? 'idea-row idea-row-own' : 'idea-row'}>
      <div class="idea-row-words">
        <h3>
          <a href={`/campaigns/${campaign.campaign_id}/ideas/${idea.id}`} onClick={followLink}>
            {idea.title}
          </a>
        </h3>
        <p class="soft small idea-row-facts figures">
          {idea.status !== 'competing' && <span class={`chip idea-${idea.status}`}>{ideaStatusName(idea.status)}</span>}
          <span>{t('idea.by', { name: idea.submitter_name })}</span>
          {idea.cost !== null && <span>{t('idea.cost', { cost: formatNumber(idea.cost) })}</span>}
          {idea.comments > 0 && <span>{t('comments.count', { count: idea.comments })}</span>}
        </p>
        <Tags tags={idea.tags} />
      </div>
      <div class="idea-row-coins">
        <Total live={live} idea={idea} quadratic={campaign.preset === 'quadratic'} of={most} />
        {purse.value !== undefined && (
          <Giving
            purse={purse.value}
            campaign={campaign}
            idea={idea}
            others={others.filter(({ id }) => id !== idea.id)}
          />
        )}
      </div>
    </li>
  );
}
