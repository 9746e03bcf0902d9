import { useState } from 'preact/hooks';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { formatNumber } from '../../ui/i18n.ts';
import type { Submission } from '../../ui/submission.ts';
import { decideIdea } from './calls.ts';
import { MergeDialog } from './merge-dialog.tsx';
import { RejectDialog } from './reject-dialog.tsx';
import { t } from './texts.ts';

export interface IdeaFigures {
  /** null: hidden */
  readonly coins: number | null;
  /** null: not known */
  readonly givers: number | null;
}

interface ActsProps {
  readonly campaign: CampaignView;
  readonly idea: IdeaView;
  readonly figures: IdeaFigures;
  readonly form: Submission;
  readonly onChanged: () => void;
}

type Step = 'start' | 'complete';
type Asking = 'accept' | 'reject' | 'merge' | undefined;

/** Whose coins an acceptance spends. */
function acceptWords({ coins, givers }: IdeaFigures): string {
  if (coins === null) return t('accept.hidden');
  if (coins === 0) return t('accept.noCoins');
  const number = formatNumber(coins);
  return givers === null ? t('accept.coins', { count: coins, number }) : t('accept.coinsOf', { count: givers, number });
}

/** What can be done to the idea in the state that it is in. */
function Buttons(
  props: Pick<ActsProps, 'campaign' | 'idea'> & {
    readonly busy: boolean;
    readonly onAsk: (asking: Asking) => void;
    readonly onStep: (step: Step, words: string) => void;
  },
) {
  const { campaign, idea, busy, onAsk, onStep } = props;
  const { title, status } = idea;
  const begun = campaign.status === 'active' || campaign.status === 'completed';
  const isOpen = status === 'approved' || status === 'competing';
  return (
    <div class="row idea-row-acts">
      {status === 'competing' && begun && (
        <Button label={t('accept.one', { title })} busy={busy} onClick={() => onAsk('accept')}>
          {t('accept.act')}
        </Button>
      )}
      {status === 'accepted' && (
        <Button
          label={t('decide.startOne', { title })}
          busy={busy}
          onClick={() => onStep('start', t('decide.started', { title }))}
        >
          {t('decide.start')}
        </Button>
      )}
      {status === 'in_progress' && (
        <Button
          label={t('decide.completeOne', { title })}
          busy={busy}
          onClick={() => onStep('complete', t('decide.completed', { title }))}
        >
          {t('decide.complete')}
        </Button>
      )}
      {isOpen && (
        <>
          <Button kind="quiet" label={t('merge.one', { title })} onClick={() => onAsk('merge')}>
            {t('queue.merge')}
          </Button>
          <Button kind="quiet" label={t('reject.one', { title })} onClick={() => onAsk('reject')}>
            {t('queue.reject')}
          </Button>
        </>
      )}
    </div>
  );
}

/** The acts of an idea that was let in; what cannot be undone asks first, and says what becomes of the coins. */
export function IdeaActs({ campaign, idea, figures, form, onChanged }: ActsProps) {
  const [asking, setAsking] = useState<Asking>();
  const { title } = idea;
  const close = () => setAsking(undefined);
  const done = (words: string) => {
    close();
    toast(words);
    onChanged();
  };
  const act = async (how: Step | 'accept', words: string) => {
    if (await form.submit([], () => decideIdea(idea.id, how))) done(words);
    else close();
  };
  return (
    <>
      <Buttons
        campaign={campaign}
        idea={idea}
        busy={form.busy}
        onAsk={setAsking}
        onStep={(step, words) => void act(step, words)}
      />
      <ConfirmDialog
        open={asking === 'accept'}
        title={t('accept.sure', { title })}
        confirm={t('accept.act')}
        signal
        busy={form.busy}
        onClose={close}
        onConfirm={() => void act('accept', t('accept.done', { title }))}
      >
        <p>{acceptWords(figures)}</p>
        <p class="soft small">{t('life.noWayBack')}</p>
      </ConfirmDialog>
      <RejectDialog
        open={asking === 'reject'}
        idea={idea}
        coins={figures.coins ?? 0}
        onDone={() => done(t('reject.done', { title }))}
        onClose={close}
      />
      <MergeDialog
        open={asking === 'merge'}
        campaign={campaign}
        idea={idea}
        onDone={(into) => done(t('merge.done', { title, into }))}
        onClose={close}
      />
    </>
  );
}
