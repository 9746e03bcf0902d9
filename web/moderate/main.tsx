import '../ui/style/index.css';
import './style/moderate.css';
import './style/run.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { account, loadAccount, membership } from '../ui/account-session.ts';
import { refusalText } from '../ui/refusal-words.ts';
import { match, path } from '../ui/router.ts';
import { Shell, startApp } from '../ui/shell.tsx';
import { Skeleton } from '../ui/waiting.tsx';
import { Audit } from './audit/audit.tsx';
import { Keys } from './keys/keys.tsx';
import { Log } from './log/log.tsx';
import { Meetings } from './meetings.tsx';
import { Groups } from './members/groups.tsx';
import { Import } from './members/import.tsx';
import { Members } from './members/members.tsx';
import { Navigation } from './navigation.tsx';
import { Proxies } from './proxies/proxies.tsx';
import { Run } from './run/run.tsx';
import { Search } from './search/search.tsx';
import { t } from './texts.ts';
import { Webhooks } from './webhooks/webhooks.tsx';
import { Work } from './work/work.tsx';

const ROOMS: Readonly<Record<string, () => JSX.Element>> = {
  '/moderate': Meetings,
  '/moderate/members': Members,
  '/moderate/members/import': Import,
  '/moderate/groups': Groups,
  '/moderate/proxies': Proxies,
  '/moderate/keys': Keys,
  '/moderate/webhooks': Webhooks,
  '/moderate/search': Search,
  '/moderate/log': Log,
  '/moderate/audit': Audit,
  '/moderate/work': Work,
};

function Page() {
  if (membership.value === undefined) {
    return (
      <div class="stack console-page">
        <h1>{t('meetings.heading')}</h1>
        <p>{t('organisation.none')}</p>
        <a class="button button-primary" href="/organisation">
          {t('organisation.toPage')}
        </a>
      </div>
    );
  }
  const Room = ROOMS[path.value.replace(/(?<=.)\/$/, '')];
  if (Room !== undefined) return <Room />;
  const meetingId = match('/moderate/:meeting', path.value)?.meeting;
  return meetingId === undefined ? <Meetings /> : <Run meetingId={meetingId} key={meetingId} />;
}

/** The console: for people who are signed in; others sign in first and come back. */
function Moderate() {
  const [problem, setProblem] = useState('');
  useEffect(() => {
    loadAccount().catch((error: unknown) => setProblem(refusalText(error)));
  }, []);
  useEffect(() => {
    if (account.value === null) location.replace(`/sign-in?next=${encodeURIComponent(path.value)}`);
  }, [account.value]);
  return (
    <Shell width="wide" {...(membership.value === undefined ? {} : { title: membership.value.name })}>
      {problem !== '' && <p role="alert">{problem}</p>}
      {account.value ? (
        <>
          <Navigation />
          <Page key={membership.value?.org_id} />
        </>
      ) : (
        problem === '' && <Skeleton />
      )}
    </Shell>
  );
}

startApp(<Moderate />);
