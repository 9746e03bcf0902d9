import '../ui/style/index.css';
import './style/moderate.css';
import './style/run.css';
import './style/campaigns.css';
import './style/campaign-parts.css';
import './style/search.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { account, loadAccount, membership } from '../ui/account-session.ts';
import { Bell } from '../ui/bell.tsx';
import { refusalText } from '../ui/refusal-words.ts';
import { match, path } from '../ui/router.ts';
import { Shell, startApp } from '../ui/shell.tsx';
import { Skeleton } from '../ui/waiting.tsx';
import { Audit } from './audit/audit.tsx';
import { Campaigns } from './campaigns/campaigns.tsx';
import { CampaignConsole, placeOf } from './campaigns/console.tsx';
import { Keys } from './keys/keys.tsx';
import { Log } from './log/log.tsx';
import { Meetings } from './meetings.tsx';
import { Groups } from './members/groups.tsx';
import { Import } from './members/import.tsx';
import { Members } from './members/members.tsx';
import { Navigation } from './navigation.tsx';
import { Proxies } from './proxies/proxies.tsx';
import { Refused } from './refused.tsx';
import { mayEnter, oversees } from './rooms.ts';
import { admittedSession, Lead } from './run/lead.tsx';
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
  '/moderate/campaigns': Campaigns,
  '/moderate/search': Search,
  '/moderate/log': Log,
  '/moderate/audit': Audit,
  '/moderate/work': Work,
};

/** '/moderate/keys/' -> '/moderate/keys'; addresses that are no room's lead to the meetings. */
function roomOf(address: string): string {
  const room = address.replace(/(?<=.)\/$/, '');
  return room in ROOMS ? room : '/moderate';
}

/** The meeting that an address names, e.g. /moderate/019…; undefined where it is a room's. */
function meetingOf(address: string): string | undefined {
  return address.replace(/(?<=.)\/$/, '') in ROOMS ? undefined : match('/moderate/:meeting', address)?.meeting;
}

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
  const { roles, name: organisation } = membership.value;
  const meetingId = meetingOf(path.value);
  if (meetingId !== undefined) return <Lead meetingId={meetingId} key={meetingId} />;
  if (placeOf(path.value) !== undefined) return <CampaignConsole />;
  const room = roomOf(path.value);
  const Room = ROOMS[room] ?? Meetings;
  return mayEnter(room, roles) ? (
    <Room />
  ) : (
    <Refused title={t('refused.room', { organisation })} text={t('refused.roomText')} />
  );
}

/**
 * The console: for people who are signed in, and for those who attend a meeting on this device, where a role in it may have
 * been given to them. Others sign in first and come back.
 */
function Moderate() {
  const [problem, setProblem] = useState('');
  const meetingId = meetingOf(path.value);
  const attended = meetingId !== undefined && admittedSession(meetingId) !== undefined ? meetingId : undefined;
  const isByAccount = account.value === undefined || oversees(membership.value?.roles);
  const byAttendance = isByAccount ? undefined : attended;
  useEffect(() => {
    loadAccount().catch((error: unknown) => setProblem(refusalText(error)));
  }, []);
  useEffect(() => {
    if (account.value === null && attended === undefined)
      location.replace(`/sign-in?next=${encodeURIComponent(path.value)}`);
  }, [account.value, attended]);
  return (
    <Shell width="wide" acts={<Bell />} {...(membership.value === undefined ? {} : { title: membership.value.name })}>
      {problem !== '' && <p role="alert">{problem}</p>}
      {byAttendance !== undefined && <Lead meetingId={byAttendance} key={byAttendance} />}
      {byAttendance === undefined && account.value && (
        <>
          <Navigation />
          <Page key={membership.value?.org_id} />
        </>
      )}
      {byAttendance === undefined && !account.value && problem === '' && <Skeleton />}
    </Shell>
  );
}

startApp(<Moderate />);
