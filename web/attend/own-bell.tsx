import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { readStored, SIGNED_IN } from '../ui/stored.ts';

/**
 * The way to the inbox, for who is signed in on this device. Most who attend have no account, so it is fetched apart from
 * the first load, and only where there may be a session.
 */
export function OwnBell() {
  const [bell, setBell] = useState<{ readonly Bell: FunctionComponent }>();
  useEffect(() => {
    if (readStored(SIGNED_IN) !== true) return;
    const load = async () => {
      const [{ loadAccount }, { Bell }] = await Promise.all([
        import('../ui/account-session.ts'),
        import('../ui/bell.tsx'),
      ]);
      await loadAccount();
      setBell({ Bell });
    };
    load().catch(() => {}); // nobody answers: the meeting itself says so
  }, []);
  return bell === undefined ? null : <bell.Bell />;
}
