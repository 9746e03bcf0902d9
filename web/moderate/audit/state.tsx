import { useEffect, useState } from 'preact/hooks';
import type { AuditStateView } from '../../../protocol/audit.ts';
import { api } from '../../ui/account-session.ts';
import { formatMoment, formatNumber } from '../../ui/i18n.ts';
import { refusalText } from '../../ui/refusal-words.ts';
import { t } from '../texts.ts';

/** Whether the record holds, and by what anybody else can see it. */
export function AuditState() {
  const [state, setState] = useState<AuditStateView>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let gone = false;
    api.call<AuditStateView>({ method: 'GET', path: '/v1/audit/state' }).then(
      (found) => !gone && setState(found),
      (error: unknown) => !gone && setProblem(refusalText(error)),
    );
    return () => {
      gone = true;
    };
  }, []);
  if (problem !== '') return <p role="alert">{problem}</p>;
  if (state === undefined) return <p class="card soft">{t('audit.state.reading')}</p>;
  const { check, head } = state;
  const broken = check?.problem ?? null;
  return (
    <section class={broken === null ? 'card stack' : 'card stack audit-broken'} aria-labelledby="audit-state">
      <h2 id="audit-state">{broken === null ? t('audit.state.whole') : t('audit.state.broken')}</h2>
      {broken !== null && <p role="alert">{broken}</p>}
      <p class="figures">
        {t('audit.state.entries', { count: formatNumber(state.seq) })}{' '}
        {check === null
          ? t('audit.state.unchecked')
          : t('audit.state.checked', { at: formatMoment(check.at), seq: formatNumber(check.seq) })}
      </p>
      {head === null ? (
        <p class="soft">{t('audit.state.noHead')}</p>
      ) : (
        <details>
          <summary>{t('audit.state.head', { at: formatMoment(head.at) })}</summary>
          <p>{t('audit.state.headText')}</p>
          <code class="audit-line">{JSON.stringify(head)}</code>
        </details>
      )}
    </section>
  );
}
