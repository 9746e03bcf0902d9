import { useState } from 'preact/hooks';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary } from '../../ui/field.tsx';
import { formatNumber } from '../../ui/i18n.ts';
import { navigate } from '../../ui/router.ts';
import { useSubmission } from '../../ui/submission.ts';
import { changeStatus, deleteCampaign } from './calls.ts';
import type { PartProps } from './part.ts';
import { t } from './texts.ts';

type Next = 'active' | 'completed' | 'archived';

interface Words {
  readonly to: Next;
  readonly act: string;
  readonly sure: string;
  readonly done: string;
  /** what follows, one sentence each: above all for the coins */
  readonly follows: readonly string[];
}

/** What can be done next in the life of a campaign; none once it is archived. */
function nextOf(campaign: CampaignView): Words | undefined {
  const { status, members, pending_ideas: pending, coin_policy: policy } = campaign;
  const each = formatNumber(policy.initial_allocation);
  const still = pending === null || pending === 0 ? [] : [t('life.pendingStay', { count: pending })];
  if (status === 'draft') {
    const coins = t('life.coinsCome', { count: members, number: each });
    const follows = [coins, t('life.lateJoiners', { number: each }), t('life.fixed')];
    return { to: 'active', act: t('life.start'), sure: t('life.startSure'), done: t('life.started'), follows };
  }
  if (status === 'active') {
    const purses = policy.coin_expiry === 'at_end' ? t('life.pursesExpire') : t('life.pursesStay');
    const follows = [t('life.coinsLie'), purses, ...(campaign.hide_totals ? [t('life.totalsShow')] : []), ...still];
    return {
      to: 'completed',
      act: t('life.complete'),
      sure: t('life.completeSure'),
      done: t('life.completed'),
      follows,
    };
  }
  if (status === 'completed') {
    const follows = [t('life.archiveRead'), t('life.archiveIdeas'), ...still];
    return { to: 'archived', act: t('life.archive'), sure: t('life.archiveSure'), done: t('life.archived'), follows };
  }
  return undefined;
}

function hintOf({ status }: CampaignView): string {
  const hints = {
    draft: t('life.draftHint'),
    active: t('life.activeHint'),
    completed: t('life.completedHint'),
    archived: t('life.archivedHint'),
  };
  return hints[status];
}

/** A draft that is not wanted any more. */
function DeleteDraft({ campaign }: Pick<PartProps, 'campaign'>) {
  const [asking, setAsking] = useState(false);
  const form = useSubmission('delete-draft');
  const remove = async () => {
    const done = await form.submit([], () => deleteCampaign(campaign.campaign_id));
    setAsking(false);
    if (!done) return;
    toast(t('life.deleted'));
    navigate('/moderate/campaigns');
  };
  return (
    <>
      <ErrorSummary errors={form.errors} />
      <div class="row">
        <Button id="delete-draft" kind="quiet" onClick={() => setAsking(true)}>
          {t('life.delete')}
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        title={t('life.deleteSure')}
        confirm={t('life.delete')}
        signal
        busy={form.busy}
        onClose={() => setAsking(false)}
        onConfirm={() => void remove()}
      >
        <p>{t('life.deleteText')}</p>
      </ConfirmDialog>
    </>
  );
}

/** Start, complete, archive: none of them can be taken back, so each says first what becomes of the coins. */
export function LifeActs({ live, campaign }: PartProps) {
  const [asking, setAsking] = useState(false);
  const form = useSubmission('life-act');
  const next = nextOf(campaign);
  const act = async () => {
    if (next === undefined) return;
    const done = await form.submit([], async () => {
      live.campaign.value = await changeStatus(campaign.campaign_id, next.to);
    });
    setAsking(false);
    if (done) toast(next.done);
  };
  return (
    <section class="card stack" aria-labelledby="life-title">
      <h2 id="life-title">{t('life.title')}</h2>
      <ErrorSummary errors={form.errors} />
      <p>{hintOf(campaign)}</p>
      {next !== undefined && (
        <div class="row">
          <Button
            id="life-act"
            kind={next.to === 'active' ? 'primary' : 'plain'}
            busy={form.busy}
            onClick={() => setAsking(true)}
          >
            {next.act}
          </Button>
        </div>
      )}
      {next !== undefined && (
        <ConfirmDialog
          open={asking}
          title={next.sure}
          confirm={next.act}
          signal={next.to !== 'active'}
          busy={form.busy}
          onClose={() => setAsking(false)}
          onConfirm={() => void act()}
        >
          <ul class="policy-words">
            {next.follows.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
          <p class="soft small">{t('life.noWayBack')}</p>
        </ConfirmDialog>
      )}
      {campaign.status === 'draft' && <DeleteDraft campaign={campaign} />}
    </section>
  );
}
