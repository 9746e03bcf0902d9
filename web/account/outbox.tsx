import { useEffect, useState } from 'preact/hooks';
import { PsephosError } from '../../client/index.ts';
import { anonymous } from '../ui/account-session.ts';
import { Button } from '../ui/button.tsx';
import { formatMoment } from '../ui/i18n.ts';
import { refusalText } from '../ui/refusal-words.ts';
import { Skeleton } from '../ui/waiting.tsx';
import { t } from './texts.ts';

interface WaitingMail {
  readonly mail_id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly created_at: string;
}

/** Links in a mail's text are links here as well. */
function Body({ text }: { readonly text: string }) {
  const parts = text.split(/(https?:\/\/\S+)/);
  return <p class="mail-body">{parts.map((part, i) => (i % 2 === 1 ? <a href={part}>{part}</a> : part))}</p>;
}

/** Mails of an installation without a mail server, for whoever sits at this machine and tries it out. */
export function Outbox() {
  const [mails, setMails] = useState<readonly WaitingMail[]>();
  const [problem, setProblem] = useState('');
  const load = () =>
    anonymous.call<{ items: readonly WaitingMail[] }>({ method: 'GET', path: '/v1/outbox' }).then(
      ({ items }) => {
        setMails(items);
        setProblem('');
      },
      (error: unknown) => {
        const isNone = error instanceof PsephosError && error.code === 'NOT_FOUND_001';
        if (isNone) setMails(undefined);
        setProblem(isNone ? t('outbox.none') : refusalText(error));
      },
    );
  useEffect(() => void load(), []);
  return (
    <div class="stack">
      <h1>{t('outbox.title')}</h1>
      {mails !== undefined && <p class="soft">{t('outbox.text')}</p>}
      {problem !== '' && <p role="alert">{problem}</p>}
      {mails === undefined && problem === '' && <Skeleton />}
      {mails?.length === 0 && <p>{t('outbox.empty')}</p>}
      {mails?.map((mail) => (
        <article class="card stack" key={mail.mail_id} aria-label={mail.subject}>
          <h2>{mail.subject}</h2>
          <p class="soft small">{t('outbox.to', { address: mail.to, moment: formatMoment(mail.created_at) })}</p>
          <Body text={mail.text} />
        </article>
      ))}
      <div class="row">
        <Button onClick={() => void load()}>{t('outbox.again')}</Button>
      </div>
    </div>
  );
}
