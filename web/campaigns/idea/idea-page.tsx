import { useEffect, useState } from 'preact/hooks';
import type { PsephosError } from '../../../client/index.ts';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { api, membership } from '../../ui/account-session.ts';
import { Button } from '../../ui/button.tsx';
import { ConnectionState } from '../../ui/connection-state.tsx';
import { formatMoment, formatNumber } from '../../ui/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { PageTitle } from '../../ui/page-title.tsx';
import { usePaged } from '../../ui/paged.ts';
import { Paragraphs } from '../../ui/paragraphs.tsx';
import { loadRefusalWords, refusalText } from '../../ui/refusal-words.ts';
import { followLink } from '../../ui/router.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { useHappened } from '../board/happened.ts';
import { Tags, Total } from '../board/idea-row.tsx';
import { Joining } from '../joining.tsx';
import type { WatchedCampaign } from '../live/watched.ts';
import { PageNote } from '../page-note.tsx';
import { Giving } from '../purse/giving.tsx';
import { PurseBar } from '../purse/purse-bar.tsx';
import { t } from '../texts.ts';
import { ideaStatusWords } from '../words.ts';
import { Comments } from './comments.tsx';

/** Why it stands where it stands: the reason of a rejection, or the idea that took it over. */
function Fate({ idea, campaign }: { readonly idea: IdeaView; readonly campaign: CampaignView }) {
  if (idea.merged_into !== null) {
    return (
      <p class="card note-calm">
        {t('idea.mergedText')}{' '}
        <a href={`/campaigns/${campaign.campaign_id}/ideas/${idea.merged_into}`} onClick={followLink}>
          {t('idea.mergedInto')}
        </a>
      </p>
    );
  }
  if (idea.status === 'pending') return <p class="card note-calm">{t('idea.pendingText')}</p>;
  if (idea.status !== 'rejected' || idea.rejected_reason === null) return null;
  return <p class="card note-calm">{t('idea.rejectedText', { reason: idea.rejected_reason })}</p>;
}

function Facts({ idea }: { readonly idea: IdeaView }) {
  return (
    <dl class="idea-facts">
      <dt>{t('idea.statusLabel')}</dt>
      <dd>{ideaStatusWords(idea)}</dd>
      <dt>{t('idea.submitter')}</dt>
      <dd>{t('idea.byAt', { name: idea.submitter_name, time: formatMoment(idea.submitted_at) })}</dd>
      {idea.cost !== null && (
        <>
          <dt>{t('idea.costLabel')}</dt>
          <dd class="figures">{formatNumber(idea.cost)}</dd>
        </>
      )}
      {idea.context_id !== null && (
        <>
          <dt>{t('idea.about')}</dt>
          <dd>
            {idea.permalink_source === null
              ? idea.context_id
              : t('context.at', { context: idea.context_id, source: idea.permalink_source })}
          </dd>
        </>
      )}
    </dl>
  );
}

function Body({ watched, campaign, read }: { watched: WatchedCampaign; campaign: CampaignView; read: IdeaView }) {
  const { live, purse } = watched;
  const happened = useHappened(live, [read]);
  const idea = happened.ideas[0] ?? read;
  const others = usePaged<IdeaView>(`/v1/campaigns/${campaign.id}/ideas`, { status: 'competing', sort: 'coins' });
  const isShown = idea.status !== 'pending' && idea.status !== 'rejected';
  return (
    <>
      <PageTitle screen={idea.id} text={idea.title} />
      <Tags tags={idea.tags} />
      <Fate idea={idea} campaign={campaign} />
      {idea.description !== '' && <Paragraphs text={idea.description} />}
      {isShown && (
        <section
          class={live.lostAt.value === undefined ? 'card idea-coins' : 'card idea-coins board-stale'}
          aria-label={t('idea.coins')}
        >
          <Total live={live} idea={idea} quadratic={campaign.preset === 'quadratic'} />
          {campaign.hide_totals && campaign.status === 'active' && <p class="soft small">{t('board.hidden')}</p>}
          {purse.value !== undefined && (
            <Giving
              purse={purse.value}
              campaign={campaign}
              idea={idea}
              others={others.items?.filter(({ id }) => id !== idea.id) ?? []}
            />
          )}
        </section>
      )}
      <Joining live={live} campaign={campaign} />
      <Facts idea={idea} />
      {idea.status !== 'pending' && (
        <Comments
          ideaId={idea.id}
          mayWrite={campaign.membership?.state === 'joined' && campaign.status !== 'archived'}
          memberId={membership.value?.member_id ?? ''}
          mayModerate={campaign.can_manage}
        />
      )}
      {purse.value !== undefined && <PurseBar purse={purse.value} campaign={campaign} />}
    </>
  );
}

/** One idea at the address that stays: what it is, where it stands, the coins on it, and what people say. */
export function IdeaPage({ watched, ideaId }: { readonly watched: WatchedCampaign; readonly ideaId: string }) {
  const { live } = watched;
  const campaign = live.campaign.value;
  const [idea, setIdea] = useState<IdeaView>();
  const [problem, setProblem] = useState<{ readonly text: string; readonly isMissing: boolean }>();
  const read = async () => {
    setProblem(undefined);
    try {
      setIdea(await api.call<IdeaView>({ method: 'GET', path: `/v1/ideas/${encodeURIComponent(ideaId)}` }));
    } catch (error) {
      await loadRefusalWords();
      const status = (error as Partial<PsephosError>).status ?? 0;
      setProblem({ text: refusalText(error), isMissing: status === 404 || status === 422 });
    }
  };
  useEffect(() => void read(), [ideaId]);
  const home = campaign === undefined ? '/campaigns' : `/campaigns/${campaign.campaign_id}`;
  return (
    <div class="campaign idea stack">
      <p class="back">
        <a href={home} onClick={followLink}>
          <Icon name="back" mirrored /> {campaign?.title ?? t('gallery.all')}
        </a>
      </p>
      <ConnectionState state={live.connection.value} since={live.lostAt.value} />
      {problem?.isMissing === true && <PageNote title={t('idea.missing')} text={t('idea.missingText')} />}
      {problem?.isMissing === false && (
        <div class="stack" role="alert">
          <p>{problem.text}</p>
          <Button onClick={() => void read()}>{t('again')}</Button>
        </div>
      )}
      {problem === undefined && (idea === undefined || campaign === undefined) && <Skeleton lines={5} />}
      {problem === undefined && idea !== undefined && campaign !== undefined && (
        <Body watched={watched} campaign={campaign} read={idea} />
      )}
    </div>
  );
}
