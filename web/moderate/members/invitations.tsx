import { useState } from 'preact/hooks';
import { api } from '../../ui/account-session.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary } from '../../ui/field.tsx';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';

interface Made {
  readonly invited: number;
  readonly repeated: number;
  readonly without_email: number;
  readonly remaining: number;
}

/** The day names the round: pressed twice on one day, nobody gets a second mail. */
function campaignOfToday(): string {
  return `members-${new Date().toISOString().slice(0, 10)}`;
}

/** Writes to every member who has no account yet. */
export function Invitations() {
  const [asking, setAsking] = useState(false);
  const [sum, setSum] = useState<Made>();
  const form = useSubmission('invite');
  const invite = async () => {
    setAsking(false);
    await form.submit([], async () => {
      const total = { invited: 0, repeated: 0, without_email: 0, remaining: 1 };
      while (total.remaining > 0) {
        const body = { campaign: campaignOfToday() };
        const made = await api.call<Made>({ method: 'POST', path: '/v1/member-invitations', body, timeoutMs: 60_000 });
        total.invited += made.invited;
        total.repeated = made.repeated;
        total.without_email = made.without_email;
        total.remaining = made.remaining;
        setSum({ ...total });
      }
    });
  };
  return (
    <section class="card stack" aria-labelledby="invite-title">
      <h2 id="invite-title">{t('invite.title')}</h2>
      <p>{t('invite.text')}</p>
      <ErrorSummary errors={form.errors} />
      {sum !== undefined && (
        <p role="status" class="figures">
          {t('invite.made', { count: sum.invited, repeated: sum.repeated, without: sum.without_email })}
        </p>
      )}
      <div class="row">
        <Button id="invite" busy={form.busy} onClick={() => setAsking(true)}>
          {t('invite.send')}
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        title={t('invite.sure')}
        confirm={t('invite.send')}
        onClose={() => setAsking(false)}
        onConfirm={() => void invite()}
      >
        <p>{t('invite.sureText')}</p>
      </ConfirmDialog>
    </section>
  );
}
