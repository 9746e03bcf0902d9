import { useState } from 'preact/hooks';
import type { AccountView } from '../../protocol/accounts.ts';
import { account, api, signOutHere } from '../ui/account-session.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { ErrorSummary } from '../ui/field.tsx';
import { navigate } from '../ui/router.ts';
import { useSubmission } from '../ui/submission.ts';
import { PresentPasswordField } from './fields.tsx';
import { explainConfirmation } from './refusals.ts';
import { Section } from './section.tsx';
import { t } from './texts.ts';

/** Ends the account for good: asks for the password and then once more. */
export function Deletion() {
  const { has_password: hasPassword } = account.value as AccountView;
  const [password, setPassword] = useState('');
  const [asking, setAsking] = useState(false);
  const form = useSubmission('delete', (error) =>
    error.details.reason === 'last_admin'
      ? [{ field: 'delete', text: t('deletion.lastAdmin') }]
      : explainConfirmation(hasPassword ? 'delete-password' : 'delete', hasPassword)(error),
  );
  const erase = async () => {
    const body = password === '' ? {} : { password };
    const done = await form.submit([], () => api.call({ method: 'DELETE', path: '/v1/account', body }));
    setAsking(false);
    if (!done) return;
    signOutHere();
    navigate('/sign-in', { replace: true });
  };
  return (
    <Section title={t('deletion.title')}>
      <p>{t('deletion.text')}</p>
      <ErrorSummary errors={form.errors} />
      {hasPassword && (
        <PresentPasswordField
          id="delete-password"
          value={password}
          onInput={setPassword}
          error={form.errorOf('delete-password')}
        />
      )}
      <div class="row">
        <Button id="delete" kind="signal" onClick={() => setAsking(true)}>
          {t('deletion.begin')}
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        title={t('deletion.sure')}
        confirm={t('deletion.confirm')}
        signal
        busy={form.busy}
        onConfirm={() => void erase()}
        onClose={() => setAsking(false)}
      >
        <p>{t('deletion.consequence')}</p>
      </ConfirmDialog>
    </Section>
  );
}
