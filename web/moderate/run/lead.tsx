import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ClientOptions, PsephosHttp } from '../../../client/index.ts';
import { api, membership } from '../../ui/account-session.ts';
import { announce } from '../../ui/announce.tsx';
import { type AttendeeSession, sessions } from '../../ui/attendee-session.ts';
import { httpWith } from '../../ui/clients.ts';
import { LiveMeeting } from '../../ui/live-meeting.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { Refused } from '../refused.tsx';
import { leads, oversees } from '../rooms.ts';
import { t } from '../texts.ts';
import { RightContext } from './right.ts';
import { Run } from './run.tsx';

/** One console asks alone: nothing is gained by waiting. */
const REREAD_WITHIN_MS = 50;

/** What this device can show the gateway about a meeting. */
interface Way {
  readonly http: PsephosHttp;
  readonly auth: ClientOptions['auth'];
  readonly ofOrganisation: boolean;
}

/** The attendance of a meeting that this device keeps, unless it still waits to be let in. */
export function admittedSession(meetingId: string): AttendeeSession | undefined {
  const session = sessions.value.get(meetingId);
  return session?.waiting === false ? session : undefined;
}

/**
 * By the account where its role leads meetings; else by the attendance on this device, which may have been given a role; else
 * by an account that watches over meetings.
 * @param isPlain the attendance was tried, and has no role
 */
function useWay(meetingId: string, isPlain: boolean): Way | undefined {
  const roles = membership.value?.roles;
  const attends = !leads(roles) && !(isPlain && oversees(roles));
  const token = attends ? admittedSession(meetingId)?.sessionToken : undefined;
  const byAccount = token === undefined && oversees(roles);
  return useMemo(() => {
    if (token !== undefined) return { http: httpWith(token), auth: { sessionToken: token }, ofOrganisation: false };
    const ticket = async () => (await api.socketTicket()).ticket;
    return byAccount ? { http: api, auth: { ticket }, ofOrganisation: true } : undefined;
  }, [token, byAccount]);
}

/** Words for whoever may not lead the meeting; the way back into it where they attend it. */
function NotLeading({ meetingId, title }: { readonly meetingId: string; readonly title: string }) {
  return (
    <Refused title={title} text={t('refused.meetingText')}>
      {admittedSession(meetingId) === undefined ? undefined : (
        <a class="button button-primary" href={`/meeting/${meetingId}`}>
          {t('refused.attend')}
        </a>
      )}
    </Refused>
  );
}

/** The meeting by one way in. A role that is given or taken meanwhile closes the connection, and the next one tells it. */
function ByWay(props: { readonly meetingId: string; readonly way: Way; readonly onPlain: () => void }) {
  const { meetingId, way, onPlain } = props;
  const { http, auth, ofOrganisation } = way;
  const live = useMemo(
    () => new LiveMeeting({ meetingId, auth, http, rereadWithinMs: REREAD_WITHIN_MS }),
    [meetingId, auth, http],
  );
  useEffect(() => () => live.close(), [live]);
  const roles = live.roles.value;
  const isLeading = leads(roles);
  const wasLeading = useRef(false);
  wasLeading.current ||= isLeading;
  const isPlain = roles !== undefined && !oversees(roles);
  useEffect(() => {
    if (isPlain && wasLeading.current) announce(t('refused.noMore'));
    if (isPlain) onPlain();
  }, [isPlain]);
  const right = useMemo(() => ({ http, leads: isLeading, ofOrganisation }), [http, isLeading, ofOrganisation]);
  if (live.refused.value !== undefined) return <NotLeading meetingId={meetingId} title={t('run.missing')} />;
  if (roles === undefined) return <Skeleton lines={5} />;
  if (isPlain) {
    const title = wasLeading.current ? t('refused.noMore') : t('refused.meeting');
    return <NotLeading meetingId={meetingId} title={title} />;
  }
  return (
    <RightContext.Provider value={right}>
      <Run live={live} />
    </RightContext.Provider>
  );
}

/** The page of one meeting: for those who lead it or watch over it. Everybody else reads who may. */
export function Lead({ meetingId }: { readonly meetingId: string }) {
  const [isPlain, setPlain] = useState(false);
  const way = useWay(meetingId, isPlain);
  if (way === undefined) return <NotLeading meetingId={meetingId} title={t('refused.meeting')} />;
  return <ByWay meetingId={meetingId} way={way} onPlain={() => setPlain(true)} key={String(way.ofOrganisation)} />;
}
