import { useState } from 'preact/hooks';
import type { AuditEntryView } from '../../../protocol/audit.ts';
import { api } from '../../ui/account-session.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/choices.tsx';
import { ErrorSummary, Field } from '../../ui/field.tsx';
import { useKept, useKeptScroll } from '../../ui/kept.ts';
import { usePaged, useSettled } from '../../ui/paged.ts';
import { saveFile } from '../../ui/save-file.ts';
import { useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { t } from '../texts.ts';
import { AuditEntryRow } from './entry.tsx';
import { AuditState } from './state.tsx';
import { AREAS, areaName } from './words.ts';

type Area = '' | (typeof AREAS)[number];

/** A local date and time as the gateway takes it; undefined while the field is empty or half filled in. */
function momentOf(local: string): string | undefined {
  const time = Date.parse(local);
  return local === '' || Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

const orNone = (text: string) => (text.trim() === '' ? undefined : text.trim());

/** Who changed what, with old and new values, and whether the record holds: for auditors and administrators. */
export function Audit() {
  const [area, setArea] = useKept<Area>('audit.area', '');
  const [actor, setActor] = useState('');
  const [subject, setSubject] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [bypassed, setBypassed] = useState(false);
  const filter = {
    act: orNone(area),
    actor: orNone(useSettled(actor)),
    subject: orNone(useSettled(subject)),
    from: momentOf(useSettled(from)),
    to: momentOf(useSettled(to)),
    bypassed: bypassed ? 'true' : undefined,
  };
  const list = usePaged<AuditEntryView>('/v1/audit', { ...filter, limit: '100' });
  const form = useSubmission('audit-files');
  useKeptScroll(list.items !== undefined);
  const save = (name: string, mediaType: string) =>
    form.submit([], async () => {
      const path = `/v1/${name}`;
      saveFile(name, mediaType, await api.call<Blob>({ method: 'GET', path, query: filter, as: 'blob' }));
    });
  return (
    <div class="stack console-page">
      <h1>{t('audit.title')}</h1>
      <p>{t('audit.text')}</p>
      <AuditState />
      <div class="row fields-beside">
        <Select
          id="audit-area"
          label={t('audit.about')}
          value={area}
          options={[
            { value: '', text: t('audit.everything') },
            ...AREAS.map((value) => ({ value, text: areaName(value) })),
          ]}
          onChange={setArea}
        />
        <Field id="audit-actor" label={t('audit.by')} hint={t('audit.byHint')} value={actor} onInput={setActor} />
        <Field
          id="audit-subject"
          label={t('audit.subject')}
          hint={t('audit.subjectHint')}
          value={subject}
          onInput={setSubject}
        />
      </div>
      <div class="row fields-beside">
        <Field id="audit-from" type="datetime-local" label={t('audit.from')} value={from} onInput={setFrom} />
        <Field id="audit-to" type="datetime-local" label={t('audit.to')} value={to} onInput={setTo} />
      </div>
      <label class="choice">
        <input type="checkbox" checked={bypassed} onChange={(event) => setBypassed(event.currentTarget.checked)} />
        <span>{t('audit.onlyBypassed')}</span>
      </label>
      <div class="row">
        <Button busy={form.busy} onClick={() => void save('audit.csv', 'text/csv')}>
          {t('audit.csv')}
        </Button>
        <Button busy={form.busy} onClick={() => void save('audit.jsonl', 'application/x-ndjson')}>
          {t('audit.json')}
        </Button>
      </div>
      <ErrorSummary errors={form.errors} />
      {list.problem !== '' && <p role="alert">{list.problem}</p>}
      {list.items === undefined && list.problem === '' && <Skeleton lines={6} />}
      {list.items?.length === 0 && <p class="soft">{t('audit.none')}</p>}
      {list.items !== undefined && list.items.length > 0 && (
        <ol class="plain-list card log-list">
          {list.items.map((entry) => (
            <AuditEntryRow key={entry.seq} entry={entry} onActor={setActor} onSubject={setSubject} />
          ))}
        </ol>
      )}
      {list.more !== undefined && (
        <div class="row">
          <Button onClick={list.more}>{t('more')}</Button>
        </div>
      )}
    </div>
  );
}
