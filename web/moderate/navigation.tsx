import { useEffect, useRef } from 'preact/hooks';
import { membership } from '../ui/account-session.ts';
import { followLink, navigate, path } from '../ui/router.ts';
import { mayEnter } from './rooms.ts';
import { SEARCH_FIELD } from './search/search.tsx';
import { t } from './texts.ts';

const ROOMS = ['campaigns', 'search', 'members', 'groups', 'proxies', 'keys', 'webhooks', 'log', 'audit', 'work'].map(
  (room) => `/moderate/${room}`,
);

/** A slash leads to the search, from wherever nothing is being typed. */
function useSearchKey(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing =
        (event.target as HTMLElement).closest('input, textarea, select, [contenteditable], dialog') !== null;
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      navigate('/moderate/search');
      document.getElementById(SEARCH_FIELD)?.focus(); // where the page is there already; else it takes the focus itself
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

/** The rooms of the console, as far as the person's roles open them. */
export function Navigation() {
  const roles = membership.value?.roles ?? [];
  const isIn = (to: string) => path.value === to || path.value.startsWith(`${to}/`);
  // a meeting's own page belongs to the meetings
  const here = ROOMS.find(isIn) ?? '/moderate';
  const bar = useRef<HTMLElement>(null);
  useSearchKey();
  // on a phone the rooms stand in a row that is scrolled: the present one must not be out of sight
  useEffect(() => {
    bar.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [here]);
  const own = (to: string, text: string) =>
    mayEnter(to, roles) && (
      <a href={to} onClick={followLink} aria-current={to === here ? 'page' : undefined}>
        {text}
      </a>
    );
  return (
    <nav ref={bar} class="console-navigation" aria-label={t('navigation.label')}>
      {own('/moderate', t('navigation.meetings'))}
      {own('/moderate/campaigns', t('navigation.campaigns'))}
      {own('/moderate/search', t('navigation.search'))}
      {own('/moderate/members', t('navigation.members'))}
      {own('/moderate/groups', t('navigation.groups'))}
      {own('/moderate/proxies', t('navigation.proxies'))}
      {own('/moderate/keys', t('navigation.keys'))}
      {own('/moderate/webhooks', t('navigation.webhooks'))}
      {own('/moderate/log', t('navigation.log'))}
      {own('/moderate/audit', t('navigation.audit'))}
      {own('/moderate/work', t('navigation.work'))}
      <a href="/organisation">{t('navigation.organisation')}</a>
      <a href="/account">{t('navigation.account')}</a>
    </nav>
  );
}
