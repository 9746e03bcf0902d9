import '../ui/style/index.css';
import './style/project.css';
import { useEffect, useState } from 'preact/hooks';
import { account, api, loadAccount } from '../ui/account-session.ts';
import { LiveRegion } from '../ui/announce.tsx';
import { LiveMeeting } from '../ui/live-meeting.ts';
import { match, path } from '../ui/router.ts';
import { startApp } from '../ui/shell.tsx';
import { Skeleton } from '../ui/waiting.tsx';
import { Screen } from './screen.tsx';
import { t } from './texts.ts';

/** A screen in a hall asks alone: nothing is gained by waiting. */
const REREAD_WITHIN_MS = 100;
/** Whoever starts the hall's machine before the server gets the meeting by itself. */
const AGAIN_MS = 2_000;

function Note({ title, text, link }: { readonly title: string; readonly text: string; readonly link?: string }) {
  return (
    <main class="screen-note stack" id="content">
      <h1>{title}</h1>
      <p>{text}</p>
      {link !== undefined && <a href={link}>{title}</a>}
    </main>
  );
}

/** The live meeting by the right of the signed-in person; null where nobody is signed in. */
function useLiveMeeting(meetingId: string): LiveMeeting | null | undefined {
  const [live, setLive] = useState<LiveMeeting | null>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = async () => {
      try {
        await loadAccount();
      } catch {
        timer = setTimeout(begin, AGAIN_MS);
        return;
      }
      const auth = { ticket: async () => (await api.socketTicket()).ticket };
      setLive(account.value ? new LiveMeeting({ meetingId, auth, http: api, rereadWithinMs: REREAD_WITHIN_MS }) : null);
    };
    void begin();
    return () => clearTimeout(timer);
  }, [meetingId]);
  return live;
}

function Project({ meetingId }: { readonly meetingId: string }) {
  const live = useLiveMeeting(meetingId);
  if (live === null) {
    const link = `/sign-in?next=${encodeURIComponent(path.value)}`;
    return <Note title={t('screen.signIn')} text={t('screen.signInText')} link={link} />;
  }
  if (live?.refused.value !== undefined) return <Note title={t('screen.missing')} text={t('screen.missingText')} />;
  if (live === undefined || live.elections.value === undefined) return <Skeleton />;
  return <Screen live={live} />;
}

function App() {
  const meetingId = match('/project/:meeting', path.value)?.meeting;
  return (
    <>
      {meetingId === undefined ? (
        <Note title={t('screen.missing')} text={t('screen.missingText')} />
      ) : (
        <Project meetingId={meetingId} />
      )}
      <LiveRegion />
    </>
  );
}

startApp(<App />);
