import { useState } from 'preact/hooks';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { Button } from '../../ui/button.tsx';
import { Choices } from '../../ui/choices.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorSummary } from '../../ui/field.tsx';
import { formatShare } from '../../ui/i18n.ts';
import { useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { useAlike } from './alike.tsx';
import { decideIdea, type SimilarIdea } from './calls.ts';
import { t } from './texts.ts';

interface MergeProps {
  readonly open: boolean;
  readonly campaign: CampaignView;
  readonly idea: IdeaView;
  readonly onDone: (into: string) => void;
  readonly onClose: () => void;
}

/** Coins come to lie only on an idea that competes. */
function takes(target: SimilarIdea, idea: IdeaView): boolean {
  return target.status === 'competing' || (idea.status === 'approved' && target.status === 'approved');
}

function Body({ campaign, idea, onDone, onClose }: Omit<MergeProps, 'open'>) {
  const [chosen, setChosen] = useState('');
  const { found } = useAlike(campaign.campaign_id, idea);
  const form = useSubmission('merge-now');
  const targets = found?.filter((each) => takes(each, idea)) ?? [];
  const target = targets.find(({ id }) => id === chosen) ?? targets[0];
  const merge = async () => {
    if (target === undefined) return;
    if (await form.submit([], () => decideIdea(idea.id, 'merge', { merge_into: target.id }))) onDone(target.title);
  };
  return (
    <>
      <ErrorSummary errors={form.errors} />
      {found === undefined && <Skeleton />}
      {found !== undefined && target === undefined && <p>{t('merge.noTarget')}</p>}
      {target !== undefined && (
        <>
          <Choices
            name="merge-into"
            legend={t('merge.into')}
            value={target.id}
            options={targets.map(({ id, title, score }) => ({
              value: id,
              text: title,
              hint: t('queue.alikeBy', { share: formatShare(score) }),
            }))}
            onChange={setChosen}
          />
          <p>{t('merge.text', { name: idea.submitter_name })}</p>
          <p class="soft small">{t('life.noWayBack')}</p>
        </>
      )}
      <div class="dialog-acts">
        <Button onClick={onClose}>{t('form.cancel')}</Button>
        {target !== undefined && (
          <Button id="merge-now" kind="signal" busy={form.busy} onClick={() => void merge()}>
            {t('queue.merge')}
          </Button>
        )}
      </div>
    </>
  );
}

/** Merges an idea that was let in already into another that means the same: its coins go with it. */
export function MergeDialog({ open, ...props }: MergeProps) {
  return (
    <Dialog open={open} title={t('merge.title', { title: props.idea.title })} onClose={props.onClose}>
      {open && <Body {...props} />}
    </Dialog>
  );
}
