import type { VNode } from 'preact';
import { account } from '../ui/account-session.ts';
import { path } from '../ui/router.ts';
import { t } from './texts.ts';

/** What is not for this person: why, who may help, and where to go instead. */
export function Refused(props: {
  readonly title: string;
  readonly text: string;
  /** where to go instead; left out: to joining a meeting */
  readonly children?: VNode | undefined;
}) {
  const { title, text, children } = props;
  return (
    <section class="stack console-page refused" aria-labelledby="refused-title">
      <h1 id="refused-title">{title}</h1>
      <p>{text}</p>
      <div class="row">
        {children ?? (
          <a class="button button-plain" href="/">
            {t('refused.join')}
          </a>
        )}
        {account.value === null && (
          <a class="button button-plain" href={`/sign-in?next=${encodeURIComponent(path.value)}`}>
            {t('refused.signIn')}
          </a>
        )}
      </div>
    </section>
  );
}
