import { membership } from '../ui/account-session.ts';
import { followLink, path } from '../ui/router.ts';
import { t } from './texts.ts';

const ROOMS = ['members', 'groups', 'proxies', 'keys', 'webhooks', 'log'].map((room) => `/moderate/${room}`);

/** The rooms of the console, as far as the person's roles open them. */
export function Navigation() {
  const roles = membership.value?.roles ?? [];
  const isAdmin = roles.includes('admin');
  const oversees = isAdmin || roles.includes('moderator') || roles.includes('auditor');
  const isIn = (to: string) => path.value === to || path.value.startsWith(`${to}/`);
  // a meeting's own page belongs to the meetings
  const here = ROOMS.find(isIn) ?? '/moderate';
  const own = (to: string, text: string) => (
    <a href={to} onClick={followLink} aria-current={to === here ? 'page' : undefined}>
      {text}
    </a>
  );
  return (
    <nav class="console-navigation" aria-label={t('navigation.label')}>
      {own('/moderate', t('navigation.meetings'))}
      {oversees && own('/moderate/members', t('navigation.members'))}
      {oversees && own('/moderate/groups', t('navigation.groups'))}
      {oversees && own('/moderate/proxies', t('navigation.proxies'))}
      {isAdmin && own('/moderate/keys', t('navigation.keys'))}
      {isAdmin && own('/moderate/webhooks', t('navigation.webhooks'))}
      {oversees && own('/moderate/log', t('navigation.log'))}
      <a href="/organisation">{t('navigation.organisation')}</a>
      <a href="/account">{t('navigation.account')}</a>
    </nav>
  );
}
