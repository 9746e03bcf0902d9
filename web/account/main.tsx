import '../ui/style/index.css';
import './style/account.css';
import { useEffect, useState } from 'preact/hooks';
import { account, loadAccount } from '../ui/account-session.ts';
import { Bell } from '../ui/bell.tsx';
import { refusalText } from '../ui/refusal-words.ts';
import { navigate, path } from '../ui/router.ts';
import { Shell, startApp } from '../ui/shell.tsx';
import { Skeleton } from '../ui/waiting.tsx';
import { AccountPage } from './account.tsx';
import { InboxPageView } from './inbox.tsx';
import { Navigation } from './navigation.tsx';
import { OrganisationPage } from './organisation.tsx';
import { Outbox } from './outbox.tsx';
import { PreferencesPage } from './preferences.tsx';
import { Register } from './register.tsx';
import { SignIn } from './sign-in.tsx';
import { t } from './texts.ts';
import { Unsubscribe } from './unsubscribe.tsx';

/** Pages that need nobody to be signed in. */
const OPEN_PAGES: Readonly<Record<string, () => preact.JSX.Element>> = {
  '/sign-in': SignIn,
  '/register': Register,
  '/outbox': Outbox,
  '/unsubscribe': Unsubscribe,
};

const OWN_PAGES: Readonly<Record<string, () => preact.JSX.Element>> = {
  '/account': AccountPage,
  '/organisation': OrganisationPage,
  '/inbox': InboxPageView,
  '/notifications': PreferencesPage,
};

/** Whoever is signed in sees the page; others sign in first and come back to it. */
function Own({ page: Page }: { readonly page: () => preact.JSX.Element }) {
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (account.value === undefined) loadAccount().catch((error: unknown) => setProblem(refusalText(error)));
  }, []);
  useEffect(() => {
    if (account.value === null) navigate(`/sign-in?next=${encodeURIComponent(path.value)}`, { replace: true });
  }, [account.value]);
  if (problem !== '') return <p role="alert">{problem}</p>;
  return account.value ? <Page /> : <Skeleton />;
}

function Account() {
  const Open = OPEN_PAGES[path.value];
  if (Open !== undefined) {
    return (
      <Shell>
        <Open />
      </Shell>
    );
  }
  const own = OWN_PAGES[path.value] ?? AccountPage;
  return (
    <Shell width="wide" title={t('account.title')} acts={<Bell />}>
      <div class="account-columns">
        {account.value && <Navigation />}
        <div class="account-page">
          <Own page={own} key={path.value} />
        </div>
      </div>
    </Shell>
  );
}

startApp(<Account />);
