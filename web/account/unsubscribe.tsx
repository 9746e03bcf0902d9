import { useState } from 'preact/hooks';
import { anonymous } from '../ui/account-session.ts';
import { Button } from '../ui/button.tsx';
import { refusalText } from '../ui/refusal-words.ts';
import { t } from './texts.ts';

/** What the link of a mail brought along; read once, and gone from the address. */
function takeToken(): string {
  const token = /^#token=(psu_[\w-]+)$/.exec(location.hash)?.[1] ?? '';
  if (token !== '') history.replaceState(null, '', location.pathname);
  return token;
}

/** Asks before mails are stopped: programs that look at links before people do stop nothing by opening one. */
export function Unsubscribe() {
  const [token] = useState(takeToken);
  const [busy, setBusy] = useState(false);
  const [stopped, setStopped] = useState('');
  const [problem, setProblem] = useState('');

  async function stop(scope: 'organisation' | 'everything') {
    setBusy(true);
    try {
      const path = `/v1/unsubscribe/${token}`;
      const answer = await anonymous.call<{ organisation: string }>({ method: 'POST', path, query: { scope } });
      setStopped(scope === 'everything' ? t('stop.doneAll') : t('stop.done', { organisation: answer.organisation }));
    } catch (error) {
      setProblem(refusalText(error));
    } finally {
      setBusy(false);
    }
  }
  if (token === '') {
    return (
      <div class="stack">
        <h1>{t('stop.title')}</h1>
        <p role="alert">{t('stop.incomplete')}</p>
      </div>
    );
  }
  return (
    <div class="stack">
      <h1>{t('stop.title')}</h1>
      <div role="status">{stopped !== '' && <p>{stopped}</p>}</div>
      {problem !== '' && <p role="alert">{problem}</p>}
      {stopped === '' && (
        <>
          <p>{t('stop.text')}</p>
          <Button kind="primary" busy={busy} onClick={() => void stop('organisation')}>
            {t('stop.organisation')}
          </Button>
          <Button busy={busy} onClick={() => void stop('everything')}>
            {t('stop.everything')}
          </Button>
        </>
      )}
      <a href="/notifications">{t('stop.toPreferences')}</a>
    </div>
  );
}
