import { useState } from 'preact/hooks';
import type { DeadLetterView } from '../../../protocol/work.ts';
import { api } from '../../ui/account-session.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary } from '../../ui/field.tsx';
import { formatMoment } from '../../ui/i18n.ts';
import { usePaged } from '../../ui/paged.ts';
import { useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { t } from '../texts.ts';
import { queueName } from './words.ts';

interface LetterProps {
  readonly letter: DeadLetterView;
  readonly path: string;
  readonly onChanged: () => void;
}

function Letter({ letter, path, onChanged }: LetterProps) {
  const [dropping, setDropping] = useState(false);
  const id = letter.letter_id;
  const form = useSubmission(`letter-${id}`);
  const again = async () => {
    if (!(await form.submit([], () => api.call({ method: 'POST', path: `${path}/${id}/retry` })))) return;
    toast(t('work.isAgain'));
    onChanged();
  };
  const drop = async () => {
    const dropped = await form.submit([], () => api.call({ method: 'DELETE', path: `${path}/${id}` }));
    setDropping(false);
    if (dropped) onChanged();
  };
  const name = queueName(letter.queue);
  return (
    <li class="card stack" id={`letter-${id}`} tabIndex={-1}>
      <p>
        <strong>{name}</strong>
        <span class="block">{letter.reason}</span>
        <span class="soft small block">
          {t('work.when', { moment: formatMoment(letter.failed_at), attempts: letter.attempts })}
          {letter.times > 1 && ` · ${t('work.times', { times: letter.times })}`}
        </span>
      </p>
      <ErrorSummary errors={form.errors} />
      {letter.state === 'again' ? (
        <p role="status">{t('work.onItsWay')}</p>
      ) : (
        <div class="row">
          <Button busy={form.busy} label={t('work.againOne', { queue: name })} onClick={() => void again()}>
            {t('work.again')}
          </Button>
          <Button kind="quiet" label={t('work.dropOne', { queue: name })} onClick={() => setDropping(true)}>
            {t('work.drop')}
          </Button>
        </div>
      )}
      <details>
        <summary>{t('work.payload')}</summary>
        <pre class="small work-payload">{JSON.stringify(letter.payload, null, 2)}</pre>
      </details>
      <ConfirmDialog
        open={dropping}
        title={t('work.dropSure')}
        confirm={t('work.drop')}
        signal
        busy={form.busy}
        onClose={() => setDropping(false)}
        onConfirm={() => void drop()}
      >
        <p>{t('work.dropText')}</p>
      </ConfirmDialog>
    </li>
  );
}

/** Jobs that failed for the last time: why, and what to do. */
export function DeadLetters({ path }: { readonly path: string }) {
  const list = usePaged<DeadLetterView>(path, { limit: '50' });
  return (
    <section class="stack" aria-labelledby="dead-letters">
      <h2 id="dead-letters">{t('work.letters')}</h2>
      {list.problem !== '' && <p role="alert">{list.problem}</p>}
      {list.items === undefined && list.problem === '' && <Skeleton />}
      {list.items?.length === 0 && <p class="soft">{t('work.noLetters')}</p>}
      <ul class="plain-list stack">
        {list.items?.map((letter) => (
          <Letter key={letter.letter_id} letter={letter} path={path} onChanged={() => void list.reload()} />
        ))}
      </ul>
      {list.more !== undefined && (
        <div class="row">
          <Button onClick={list.more}>{t('more')}</Button>
        </div>
      )}
    </section>
  );
}
