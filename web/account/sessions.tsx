import { useEffect, useState } from 'preact/hooks';
import { account, api } from '../ui/account-session.ts';
import { toast } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { formatMoment } from '../ui/i18n.ts';
import { refusalText } from '../ui/refusal-words.ts';
import { Skeleton } from '../ui/waiting.tsx';
import { deviceName } from './device-name.ts';
import { Section } from './section.tsx';
import { t } from './texts.ts';

interface Session {
  readonly session_id: string;
  readonly user_agent: string;
  readonly last_used_at: string;
  readonly created_at: string;
  readonly current: boolean;
}

/** Where the account is signed in, and the way to end it there. */
export function Sessions() {
  const [sessions, setSessions] = useState<readonly Session[]>();
  const [problem, setProblem] = useState('');
  const load = () =>
    api.call<{ items: readonly Session[] }>({ method: 'GET', path: '/v1/auth/sessions' }).then(
      ({ items }) => setSessions(items),
      (error: unknown) => setProblem(refusalText(error)),
    );
  useEffect(() => void load(), [account.value]);

  async function end(work: Promise<unknown>) {
    try {
      await work;
      toast(t('sessions.ended'));
    } catch (error) {
      setProblem(refusalText(error));
    }
    await load();
  }
  return (
    <Section title={t('sessions.title')}>
      {problem !== '' && <p role="alert">{problem}</p>}
      {sessions === undefined && problem === '' && <Skeleton />}
      <ul class="plain-list">
        {sessions?.map((session) => (
          <li key={session.session_id} class="list-row">
            <span>
              <strong>{deviceName(session.user_agent)}</strong>
              <span class="soft small block">
                {session.current
                  ? t('sessions.current')
                  : t('sessions.lastUsed', { moment: formatMoment(session.last_used_at) })}
              </span>
            </span>
            {!session.current && (
              <Button
                label={t('sessions.endOne', { device: deviceName(session.user_agent) })}
                onClick={() =>
                  void end(api.call({ method: 'DELETE', path: `/v1/auth/sessions/${session.session_id}` }))
                }
              >
                {t('sessions.end')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {sessions !== undefined && sessions.length > 1 && (
        <div class="row">
          <Button
            onClick={() =>
              void end(api.call({ method: 'POST', path: '/v1/auth/sign-out-everywhere', body: { keep_current: true } }))
            }
          >
            {t('sessions.endOthers')}
          </Button>
        </div>
      )}
    </Section>
  );
}
