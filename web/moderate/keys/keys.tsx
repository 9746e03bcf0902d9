import { useState } from 'preact/hooks';
import type { ApiKeyView } from '../../../protocol/api-keys.ts';
import { api } from '../../ui/account-session.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary } from '../../ui/field.tsx';
import { formatMoment } from '../../ui/i18n.ts';
import { usePaged } from '../../ui/paged.ts';
import { useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { type MemberRole, rolesInWords } from '../members/words.ts';
import { t } from '../texts.ts';
import { NewKey, type Secrets, SecretsShown } from './new-key.tsx';
import { scopeNames } from './scopes.ts';

/** The old secret works so long beside the new one: systems are changed one after the other. */
const OVERLAP_SECONDS = 24 * 3_600;

function expiry(moment: string): string {
  const values = { moment: formatMoment(moment) };
  return Date.parse(moment) > Date.now() ? t('keys.expires', values) : t('keys.expired', values);
}

function KeyRow(props: {
  readonly apiKey: ApiKeyView;
  readonly onRotated: (made: Secrets) => void;
  readonly onRevoked: () => void;
}) {
  const { apiKey, onRotated, onRevoked } = props;
  const [asking, setAsking] = useState(false);
  const form = useSubmission(`key-${apiKey.key_id}`);
  const path = `/v1/api-keys/${apiKey.key_id}`;
  const rotate = () =>
    form.submit([], async () => {
      const body = { overlap_seconds: OVERLAP_SECONDS };
      onRotated(await api.call<Secrets>({ method: 'POST', path: `${path}/rotate`, body }));
    });
  const revoke = async () => {
    if (await form.submit([], () => api.call({ method: 'DELETE', path }))) onRevoked();
    setAsking(false);
  };
  const usable = apiKey.revoked_at === null && apiKey.source === 'database';
  return (
    <li class="list-row" id={`key-${apiKey.key_id}`} tabIndex={-1}>
      <span>
        <strong>{apiKey.name}</strong> <code>{apiKey.prefix}…</code>
        <span class="soft small block">
          {rolesInWords(apiKey.roles as readonly MemberRole[])} ·{' '}
          {apiKey.revoked_at !== null
            ? t('keys.revoked', { moment: formatMoment(apiKey.revoked_at) })
            : apiKey.last_used_at === null
              ? t('keys.neverUsed')
              : t('keys.lastUsed', { moment: formatMoment(apiKey.last_used_at) })}
          {apiKey.source === 'file' && ` · ${t('keys.fromFile')}`}
          {apiKey.revoked_at === null && apiKey.expires_at !== null && ` · ${expiry(apiKey.expires_at)}`}
        </span>
        {apiKey.scopes !== null && (
          <span class="soft small block">{t('keys.scopesOnly', { scopes: scopeNames(apiKey.scopes) })}</span>
        )}
        <ErrorSummary errors={form.errors} />
      </span>
      {usable && (
        <span class="row">
          <Button label={t('keys.rotateOne', { name: apiKey.name })} busy={form.busy} onClick={() => void rotate()}>
            {t('keys.rotate')}
          </Button>
          <Button label={t('keys.revokeOne', { name: apiKey.name })} kind="quiet" onClick={() => setAsking(true)}>
            {t('keys.revoke')}
          </Button>
        </span>
      )}
      <ConfirmDialog
        open={asking}
        title={t('keys.revokeSure', { name: apiKey.name })}
        confirm={t('keys.revoke')}
        signal
        busy={form.busy}
        onClose={() => setAsking(false)}
        onConfirm={() => void revoke()}
      >
        <p>{t('keys.revokeText')}</p>
      </ConfirmDialog>
    </li>
  );
}

/** Keys with which programs act for the organisation. */
export function Keys() {
  const list = usePaged<ApiKeyView>('/v1/api-keys', { limit: '100' });
  const [made, setMade] = useState<Secrets>();
  const show = (secrets: Secrets) => {
    setMade(secrets);
    void list.reload();
  };
  return (
    <div class="stack console-page">
      <h1>{t('keys.title')}</h1>
      <p>{t('keys.text')}</p>
      {made !== undefined && <SecretsShown made={made} />}
      {list.problem !== '' && <p role="alert">{list.problem}</p>}
      {list.items === undefined && list.problem === '' && <Skeleton />}
      {list.items?.length === 0 && <p class="soft">{t('keys.none')}</p>}
      {list.items !== undefined && list.items.length > 0 && (
        <ul class="plain-list card">
          {list.items.map((key) => (
            <KeyRow key={key.key_id} apiKey={key} onRotated={show} onRevoked={() => void list.reload()} />
          ))}
        </ul>
      )}
      {list.more !== undefined && (
        <div class="row">
          <Button onClick={list.more}>{t('more')}</Button>
        </div>
      )}
      <NewKey onMade={show} />
    </div>
  );
}
