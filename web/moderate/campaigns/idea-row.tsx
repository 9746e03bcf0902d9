import type { IdeaView } from '../../../protocol/ideas.ts';
import { ErrorSummary } from '../../ui/field.tsx';
import { formatMoment, formatNumber } from '../../ui/i18n.ts';
import { useSubmission } from '../../ui/submission.ts';
import { IdeaActs, type IdeaFigures } from './idea-acts.tsx';
import { Cost, TagMarks } from './marks.tsx';
import type { PartProps } from './part.ts';
import { t } from './texts.ts';
import { ideaStatusName } from './words.ts';

/** Coins and givers by the live board; what the list said of coins where the board says nothing. */
function figuresOf(live: PartProps['live'], idea: IdeaView): IdeaFigures {
  const figures = live.figuresOf(idea.id);
  return { coins: figures?.coins ?? idea.coin_count, givers: figures?.givers ?? null };
}

/** When it came to the state that it is in; when it was proposed, for all that still compete. */
function whenOf(idea: IdeaView): string {
  const reached: Readonly<Record<string, string | null>> = {
    complete: idea.completed_at,
    in_progress: idea.started_at,
    accepted: idea.accepted_at,
  };
  return formatMoment(reached[idea.status] ?? idea.submitted_at);
}

function Figures({ coins, givers }: IdeaFigures) {
  if (coins === null) return <span class="soft small">{t('decide.hidden')}</span>;
  return (
    <span class="idea-coins figures">
      <strong>{formatNumber(coins)}</strong> <span class="small">{t('decide.coins', { count: coins })}</span>
      {givers !== null && givers > 0 && (
        <span class="soft small block">{t('decide.givers', { count: givers, number: formatNumber(givers) })}</span>
      )}
    </span>
  );
}

/** An idea that was let in, with its coins and what can be done to it now. */
export function IdeaRow(props: PartProps & { readonly idea: IdeaView; readonly onChanged: () => void }) {
  const { live, campaign, idea, onChanged } = props;
  const anchor = `idea-${idea.id}`;
  const form = useSubmission(anchor);
  const figures = figuresOf(live, idea);
  return (
    <li class="card stack idea-row" id={anchor} tabIndex={-1}>
      <div class="idea-row-head">
        <div>
          <h2 class="idea-row-title">
            <a href={`/campaigns/${campaign.campaign_id}/ideas/${idea.id}`}>{idea.title}</a>
          </h2>
          <p class="soft small">
            {ideaStatusName(idea.status)} · {t('queue.by', { name: idea.submitter_name, moment: whenOf(idea) })}
            {campaign.preset === 'budget' && (
              <>
                {' · '}
                <Cost cost={idea.cost} />
              </>
            )}
          </p>
          <TagMarks tags={idea.tags} />
        </div>
        <Figures {...figures} />
      </div>
      {idea.rejected_reason !== null && <p>{t('decide.because', { reason: idea.rejected_reason })}</p>}
      <ErrorSummary errors={form.errors} />
      {campaign.status !== 'archived' && (
        <IdeaActs campaign={campaign} idea={idea} figures={figures} form={form} onChanged={onChanged} />
      )}
    </li>
  );
}
