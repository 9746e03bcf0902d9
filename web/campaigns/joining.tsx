import { useState } from 'preact/hooks';
import type { CampaignView } from '../../protocol/campaigns.ts';
import { api } from '../ui/account-session.ts';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { loadRefusalWords, refusalText } from '../ui/refusal-words.ts';
import type { LiveCampaign } from './live/live-campaign.ts';
import { t } from './texts.ts';

/** What one is told before joining, by who may: anyone, whom a manager lets in, or who is invited. */
function invitationWords({ campaign_type: type, membership: own }: CampaignView): string {
  if (own?.state === 'invited') return t('join.invited');
  if (type === 'open') return t('join.open');
  return type === 'mediated' ? t('join.mediated') : t('join.closed');
}

function Note({ icon, text }: { readonly icon: 'clock' | 'lock'; readonly text: string }) {
  return (
    <p class="note card">
      <Icon name={icon} /> <span>{text}</span>
    </p>
  );
}

/** The way into the campaign, in one tap. Nothing for who is in it, or once it is over. */
export function Joining({ live, campaign }: { readonly live: LiveCampaign; readonly campaign: CampaignView }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const state = campaign.membership?.state;
  if (state === 'joined' || campaign.status === 'completed' || campaign.status === 'archived') return null;
  if (state === 'requested') return <Note icon="clock" text={t('join.requested')} />;
  if (campaign.campaign_type === 'closed' && state !== 'invited') return <Note icon="lock" text={t('join.closed')} />;
  const asks = campaign.campaign_type === 'mediated' && state !== 'invited';
  const join = async () => {
    setBusy(true);
    setProblem('');
    try {
      await api.call({ method: 'POST', path: `/v1/campaigns/${campaign.id}/join` });
      const { membership: own } = await live.reread();
      announce(own?.state === 'joined' ? t('join.done') : t('join.requested'));
    } catch (error) {
      await loadRefusalWords();
      setProblem(refusalText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="card stack joining" aria-label={t('join.title')}>
      <p>{invitationWords(campaign)}</p>
      {campaign.coin_policy.initial_allocation > 0 && !asks && (
        <p class="soft small">{t('join.coins', { count: campaign.coin_policy.initial_allocation })}</p>
      )}
      {problem !== '' && (
        <p class="field-error" role="alert">
          <Icon name="warning" /> {problem}
        </p>
      )}
      <Button kind="primary" wide busy={busy} onClick={() => void join()}>
        {asks ? t('join.ask') : t('join.act')}
      </Button>
    </section>
  );
}
