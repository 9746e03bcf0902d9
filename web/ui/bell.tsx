import { useEffect } from 'preact/hooks';
import { account } from './account-session.ts';
import { t } from './i18n.ts';
import { Icon } from './icon.tsx';
import { followInbox, unread } from './inbox.ts';

/** More is not counted: nobody reads the difference. */
const SHOWN_MAX = 99;

/** The way to the inbox, with how much waits there, live. Nothing where nobody is signed in. */
export function Bell() {
  useEffect(followInbox, []);
  if (!account.value) return null;
  const count = unread.value ?? 0;
  const label = count === 0 ? t('inbox.open') : t('inbox.openUnread', { count });
  return (
    <a class="icon-button bell" href="/inbox" aria-label={label} title={label}>
      <Icon name="bell" />
      {count > 0 && (
        <span class="bell-count" aria-hidden="true">
          {count > SHOWN_MAX ? `${SHOWN_MAX}+` : count}
        </span>
      )}
    </a>
  );
}
