import { useState } from 'preact/hooks';
import type { PsephosError } from '../../../client/index.ts';
import type { ProxyView } from '../../../protocol/proxies.ts';
import { api } from '../../ui/account-session.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorSummary, Field, type FieldError, FileField } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { usePaged } from '../../ui/paged.ts';
import { useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { fileProblem } from '../members/import-words.ts';
import { t } from '../texts.ts';
import { proxyProblem } from './words.ts';

/** Why a proxy was refused, at the member it is about. */
function explain(error: PsephosError): readonly FieldError[] | undefined {
  const fields = Array.isArray(error.details.fields) ? (error.details.fields as readonly { path: string }[]) : [];
  if (error.details.resource === 'member') {
    const field = fields.some(({ path }) => path.startsWith('holder')) ? 'holder' : 'grantor';
    return [{ field, text: t('proxy.noMember') }];
  }
  const text = proxyProblem(error.details.reason);
  return text === undefined ? undefined : [{ field: 'grantor', text }];
}

function NewProxy({ onMade }: { readonly onMade: () => void }) {
  const [grantor, setGrantor] = useState('');
  const [holder, setHolder] = useState('');
  const form = useSubmission('new-proxy', explain);
  const problems = [
    ...(grantor.trim() === '' ? [{ field: 'grantor', text: t('proxies.numberMissing') }] : []),
    ...(holder.trim() === '' ? [{ field: 'holder', text: t('proxies.numberMissing') }] : []),
  ];
  const create = () =>
    form.submit(problems, async () => {
      const body = { grantor_number: grantor.trim(), holder_number: holder.trim() };
      await api.call({ method: 'POST', path: '/v1/proxies', body, creates: true });
      setGrantor('');
      setHolder('');
      toast(t('proxies.made'));
      onMade();
    });
  return (
    <Form
      class="card stack"
      form={form}
      onSubmit={create}
      head={
        <>
          <h2>{t('proxies.new')}</h2>
          <p class="soft">{t('proxies.newText')}</p>
        </>
      }
      act={t('proxies.create')}
    >
      <div class="row fields-beside">
        <Field
          id="grantor"
          label={t('proxies.grantorNumber')}
          value={grantor}
          onInput={setGrantor}
          error={form.errorOf('grantor')}
          maxLength={64}
        />
        <Field
          id="holder"
          label={t('proxies.holderNumber')}
          value={holder}
          onInput={setHolder}
          error={form.errorOf('holder')}
          maxLength={64}
        />
      </div>
    </Form>
  );
}

interface RowError {
  readonly line: number;
  readonly problem: string;
  readonly message: string;
}

/** All rows or none: what is wrong is told by its line. */
function ImportProxies({ onDone }: { readonly onDone: () => void }) {
  const [rows, setRows] = useState<readonly RowError[]>([]);
  const form = useSubmission('proxy-file', (error) => {
    setRows((error.details.rows ?? []) as readonly RowError[]);
    const text = error.details.reason === 'rows' ? t('proxies.rowsWrong') : fileProblem(error);
    return text === undefined ? undefined : [{ field: 'proxy-file', text }];
  });
  const send = (file: File) => {
    setRows([]);
    return form.submit([], async () => {
      const answer = await api.call<{ imported: number; repeated: number }>({
        method: 'POST',
        path: '/v1/proxies/import',
        file: { content: file, mediaType: 'text/csv' },
      });
      toast(t('proxies.imported', { count: answer.imported }));
      onDone();
    });
  };
  return (
    <div class="card stack">
      <h2>{t('proxies.importTitle')}</h2>
      <p class="soft">{t('proxies.importText')}</p>
      <ErrorSummary errors={form.errors} />
      {rows.length > 0 && (
        <ul class="plain-list">
          {rows.map(({ line, problem, message }) => (
            <li key={`${line} ${problem}`}>
              {t('proxies.rowError', { line, message: proxyProblem(problem) ?? message })}
            </li>
          ))}
        </ul>
      )}
      <FileField
        id="proxy-file"
        label={t('import.file')}
        accept=".csv,text/csv"
        busy={form.busy}
        onFile={(file) => void send(file)}
      />
    </div>
  );
}

/** Who votes for whom. */
export function Proxies() {
  const list = usePaged<ProxyView>('/v1/proxies', { limit: '100' });
  const form = useSubmission('proxies');
  const stateName = { offered: t('proxies.offered'), accepted: t('proxies.accepted'), revoked: t('proxies.revoked') };
  const revoke = (id: string) =>
    form.submit([], async () => {
      await api.call({ method: 'POST', path: `/v1/proxies/${id}/revoke` });
      await list.reload();
    });
  return (
    <div class="stack console-page" id="proxies" tabIndex={-1}>
      <h1>{t('proxies.title')}</h1>
      <p>{t('proxies.text')}</p>
      <ErrorSummary errors={form.errors} />
      {list.problem !== '' && <p role="alert">{list.problem}</p>}
      {list.items === undefined && list.problem === '' && <Skeleton />}
      {list.items?.length === 0 && <p class="soft">{t('proxies.none')}</p>}
      {list.items !== undefined && list.items.length > 0 && (
        <ul class="plain-list card">
          {list.items.map((proxy) => (
            <li key={proxy.proxy_id} class="list-row">
              <span>
                {t('proxies.for', { holder: proxy.holder.name, grantor: proxy.grantor.name })}
                <span class="soft small block">{stateName[proxy.state]}</span>
              </span>
              {proxy.state !== 'revoked' && (
                <Button
                  busy={form.busy}
                  label={t('proxies.revokeOne', { grantor: proxy.grantor.name })}
                  onClick={() => void revoke(proxy.proxy_id)}
                >
                  {t('proxies.revoke')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {list.more !== undefined && (
        <div class="row">
          <Button onClick={list.more}>{t('more')}</Button>
        </div>
      )}
      <NewProxy onMade={() => void list.reload()} />
      <ImportProxies onDone={() => void list.reload()} />
    </div>
  );
}
