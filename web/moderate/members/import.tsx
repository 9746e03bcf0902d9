import { useState } from 'preact/hooks';
import type { MemberImportView } from '../../../protocol/member-imports.ts';
import { api } from '../../ui/account-session.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/choices.tsx';
import { ErrorSummary, FileField } from '../../ui/field.tsx';
import { formatAmount, formatNumber } from '../../ui/i18n.ts';
import { navigate } from '../../ui/router.ts';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import { fileProblem, importProblem } from './import-words.ts';

const ERRORS_SHOWN = 50;

function Errors({ found }: { readonly found: MemberImportView }) {
  if (found.errors.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="import-errors">
      <h2 id="import-errors">{t('import.errors', { count: found.errors_total })}</h2>
      <div class="rounds-scroll">
        <table class="table import-table">
          <thead>
            <tr>
              <th scope="col">{t('import.line')}</th>
              <th scope="col">{t('import.column')}</th>
              <th scope="col">{t('import.problem')}</th>
              <th scope="col">{t('import.value')}</th>
            </tr>
          </thead>
          <tbody>
            {found.errors.slice(0, ERRORS_SHOWN).map((error) => (
              <tr key={`${error.line} ${error.column} ${error.problem}`}>
                <th scope="row" class="figures" data-label={t('import.line')}>
                  {error.line}
                </th>
                <td data-label={t('import.column')}>{error.column ?? '–'}</td>
                <td class="import-main">{importProblem(error.problem)}</td>
                <td data-label={t('import.value')}>{error.value === '' ? '–' : error.value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What stood there, where the row would change it: a wrong number shows by it before anybody is renamed. */
function Was({ value, now }: { readonly value: string | null | undefined; readonly now: string | null }) {
  if (value === undefined || value === now) return null;
  return <div class="soft">{t('import.was', { value: value ?? '–' })}</div>;
}

function Sample({ found }: { readonly found: MemberImportView }) {
  return (
    <section class="stack" aria-labelledby="import-sample">
      <h2 id="import-sample">{t('import.sample')}</h2>
      <div class="rounds-scroll">
        <table class="table import-table">
          <thead>
            <tr>
              <th scope="col">{t('members.number')}</th>
              <th scope="col">{t('members.name')}</th>
              <th scope="col">{t('members.email')}</th>
              <th scope="col" class="import-figure">
                {t('members.weight')}
              </th>
            </tr>
          </thead>
          <tbody>
            {found.sample.map((row) => (
              <tr key={row.line}>
                <td class="figures" data-label={t('members.number')}>
                  {row.number ?? '–'}
                </td>
                <th scope="row" class="import-main">
                  {row.name}
                  <Was value={row.before?.name} now={row.name} />
                </th>
                <td data-label={t('members.email')}>
                  {row.email ?? '–'}
                  <Was value={row.before?.email} now={row.email} />
                </td>
                <td class="figures import-figure" data-label={t('members.weight')}>
                  {formatAmount(row.weight)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What the file would do. Nothing has been written yet. */
function Preview({ found, onAgain }: { readonly found: MemberImportView; readonly onAgain: () => void }) {
  const form = useSubmission('accept', (error) =>
    error.details.reason === 'stale' ? [{ field: 'accept', text: t('import.stale') }] : undefined,
  );
  const { counts } = found;
  const unknown = found.columns.filter(({ field }) => field === null).map(({ heading }) => heading);
  const accept = async () => {
    const path = `/v1/member-imports/${found.import_id}/accept`;
    if (!(await form.submit([], () => api.call({ method: 'POST', path })))) return;
    toast(t('import.done', { count: counts.new + counts.changed }));
    navigate('/moderate/members');
  };
  return (
    <div class="stack">
      <p class="figures" role="status">
        {t('import.counts', {
          rows: formatNumber(counts.rows),
          added: formatNumber(counts.new),
          changed: formatNumber(counts.changed),
          unchanged: formatNumber(counts.unchanged),
          wrong: formatNumber(counts.wrong),
        })}
      </p>
      {unknown.length > 0 && <p class="soft">{t('import.leftOut', { columns: unknown.join(', ') })}</p>}
      {found.new_groups.length > 0 && <p>{t('import.newGroups', { groups: found.new_groups.join(', ') })}</p>}
      <ErrorSummary errors={form.errors} />
      <Errors found={found} />
      <Sample found={found} />
      <div class="row">
        {counts.wrong === 0 && (
          <Button id="accept" kind="primary" busy={form.busy} onClick={() => void accept()}>
            {t('import.accept')}
          </Button>
        )}
        <Button onClick={onAgain}>{t('import.other')}</Button>
      </div>
      {counts.wrong > 0 && <p class="soft">{t('import.mend')}</p>}
    </div>
  );
}

type Encoding = 'utf-8' | 'windows-1252' | 'utf-16le';

/** Members from a CSV file: looked at first, written when somebody says so. */
export function Import() {
  const [found, setFound] = useState<MemberImportView>();
  const [encoding, setEncoding] = useState<Encoding>('utf-8');
  const form = useSubmission('file', (error) => {
    const text = fileProblem(error);
    return text === undefined ? undefined : [{ field: 'file', text }];
  });
  const send = (file: File) =>
    form.submit([], async () => {
      const query = { create_groups: 'true', ...(encoding === 'utf-8' ? {} : { encoding }) };
      setFound(
        await api.call<MemberImportView>({
          method: 'POST',
          path: '/v1/member-imports',
          query,
          file: { content: file, mediaType: 'text/csv' },
          timeoutMs: 60_000,
        }),
      );
    });
  return (
    <div class="stack console-wide">
      <h1>{t('import.title')}</h1>
      {found === undefined ? (
        <>
          <p>{t('import.text')}</p>
          <ErrorSummary errors={form.errors} />
          <Select
            id="encoding"
            label={t('import.encoding')}
            value={encoding}
            options={[
              { value: 'utf-8', text: 'UTF-8' },
              { value: 'windows-1252', text: 'Windows-1252' },
              { value: 'utf-16le', text: 'UTF-16' },
            ]}
            onChange={setEncoding}
          />
          <FileField
            id="file"
            label={t('import.file')}
            accept=".csv,text/csv"
            busy={form.busy}
            onFile={(file) => void send(file)}
          />
          {form.busy && <p role="status">{t('import.reading')}</p>}
        </>
      ) : (
        <Preview found={found} onAgain={() => setFound(undefined)} />
      )}
    </div>
  );
}
