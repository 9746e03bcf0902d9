import { signOut } from '../ui/account-session.ts';
import { Button } from '../ui/button.tsx';
import { followLink, navigate, path } from '../ui/router.ts';
import { t } from './texts.ts';

/** The pages of a signed-in person. */
export function Navigation() {
  const own = (to: string, text: string) => (
    <a href={to} onClick={followLink} aria-current={path.value === to ? 'page' : undefined}>
      {text}
    </a>
  );
  return (
    <nav class="account-navigation" aria-label={t('navigation.label')}>
      {own('/account', t('navigation.account'))}
      {own('/inbox', t('navigation.inbox'))}
      {own('/notifications', t('navigation.notifications'))}
      {own('/organisation', t('navigation.organisation'))}
      <a href="/campaigns">{t('navigation.campaigns')}</a>
      <a href="/moderate">{t('navigation.meetings')}</a>
      <Button
        kind="quiet"
        onClick={async () => {
          await signOut();
          navigate('/sign-in', { replace: true });
        }}
      >
        {t('navigation.signOut')}
      </Button>
    </nav>
  );
}
