import { useEffect, useState } from 'preact/hooks';
import { PsephosError } from '../../client/index.ts';
import type { OwnAttendanceView } from '../../protocol/meetings.ts';
import { type AttendeeSession, keepSession } from '../ui/attendee-session.ts';
import { httpWith } from '../ui/clients.ts';
import { PageTitle } from '../ui/page-title.tsx';
import { Pebble, Shell } from '../ui/shell.tsx';
import { OwnBell } from './own-bell.tsx';
import { t } from './texts.ts';

const ASK_AGAIN_MS = 3_000;

type Refusal = 'removed' | 'ended';

/** Whoever has joined a meeting with a waiting room stays here until a moderator admits them; then the meeting shows. */
export function WaitingRoom({ session }: { readonly session: AttendeeSession }) {
  const [refusal, setRefusal] = useState<Refusal | undefined>(undefined);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const ask = async () => {
      let againMs = ASK_AGAIN_MS;
      try {
        const call = { method: 'GET', path: '/v1/attendance', retries: 0 } as const;
        const own = await httpWith(session.sessionToken).call<OwnAttendanceView>(call);
        if (gone) return;
        if (own.state === 'admitted') return keepSession({ ...session, waiting: false });
        if (own.state === 'removed') return setRefusal('removed');
        againMs = own.ask_again_ms ?? ASK_AGAIN_MS;
      } catch (error) {
        if (gone) return;
        const code = error instanceof PsephosError ? error.code : 'UNREACHABLE';
        if (code.startsWith('AUTH_') || code === 'NOT_FOUND_001') {
          return setRefusal(code === 'AUTH_002' ? 'removed' : 'ended');
        }
      }
      timer = setTimeout(() => void ask(), againMs);
    };
    void ask();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [session]);
  const title = refusal === undefined ? t('waiting.title') : t('waiting.refusedTitle');
  const words = {
    removed: t('waiting.removed'),
    ended: t('session.ended'),
  };
  return (
    <Shell title={session.title} acts={<OwnBell />}>
      <section class="message lobby">
        <span class={refusal === undefined ? 'lobby-sign lobby-waiting' : 'lobby-sign'} aria-hidden="true">
          <Pebble />
        </span>
        <PageTitle screen={`waiting-${refusal ?? ''}`} text={title} />
        <p role="status">{refusal === undefined ? t('waiting.text') : words[refusal]}</p>
        <p class="soft small">{t('lobby.name', { name: session.name })}</p>
      </section>
    </Shell>
  );
}
