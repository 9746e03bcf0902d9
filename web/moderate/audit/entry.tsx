import type { AuditEntryView } from '../../../protocol/audit.ts';
import { formatMoment, formatNumber } from '../../ui/i18n.ts';
import { t } from '../texts.ts';
import { actorWords, actWords, changesOf, valueWords } from './words.ts';

function Values({ entry }: { readonly entry: AuditEntryView }) {
  const changes = changesOf(entry);
  if (changes.length === 0) return null;
  return (
    <table class="audit-values">
      <thead>
        <tr>
          <th scope="col">{t('audit.column')}</th>
          <th scope="col">{t('audit.before')}</th>
          <th scope="col">{t('audit.after')}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ column, old, new: after }) => (
          <tr key={column}>
            <th scope="row">{column.replaceAll('_', ' ')}</th>
            <td>{entry.old === null ? '' : valueWords(column, old)}</td>
            <td>{entry.new === null ? '' : valueWords(column, after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** One act: who, what, when; its values and proofs on request. */
export function AuditEntryRow({
  entry,
  onActor,
  onSubject,
}: {
  readonly entry: AuditEntryView;
  readonly onActor: (actor: string) => void;
  readonly onSubject: (subject: string) => void;
}) {
  return (
    <li class="log-entry">
      <span>
        <button type="button" class="link-button" onClick={() => onActor(entry.actor)}>
          {actorWords(entry)}
        </button>{' '}
        · {actWords(entry)}
        {entry.bypassed && <strong class="audit-bypassed"> {t('audit.bypassed')}</strong>}
      </span>
      <span class="soft small figures">
        {formatMoment(entry.at)} · {t('log.pos', { pos: formatNumber(entry.seq) })}
        {entry.origin !== null && ` · ${entry.origin}`}
      </span>
      <details>
        <summary class="small">{t('audit.details')}</summary>
        <Values entry={entry} />
        {entry.erased && <p class="small">{t('audit.erased')}</p>}
        <dl class="audit-proof small">
          <dt>{t('audit.subject')}</dt>
          <dd>
            <button type="button" class="link-button log-raw" onClick={() => onSubject(entry.subject)}>
              {entry.subject}
            </button>
          </dd>
          {entry.request_id !== null && (
            <>
              <dt>{t('audit.request')}</dt>
              <dd class="log-raw">{entry.request_id}</dd>
            </>
          )}
          <dt>{t('audit.hash')}</dt>
          <dd class="log-raw">{entry.entry_hash}</dd>
        </dl>
      </details>
    </li>
  );
}
