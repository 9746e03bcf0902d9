import { useState } from 'preact/hooks';
import type { WebhookDeliveryView, WebhookView } from '../../../protocol/webhooks.ts';
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
import { problemWords } from './problem-words.ts';
import { eventName, type WebhookBody, WebhookForm } from './webhook-form.tsx';

function Deliveries({ webhookId }: { readonly webhookId: string }) {
  const list = usePaged<WebhookDeliveryView>(`/v1/webhooks/${webhookId}/deliveries`, { limit: '20' });
  const form = useSubmission(`deliveries-${webhookId}`);
  const again = (id: string) =>
    form.submit([], async () => {
      await api.call({ method: 'POST', path: `/v1/webhook-deliveries/${id}/redeliver` });
      await list.reload();
    });
  const statusName = {
    waiting: t('webhooks.waiting'),
    delivered: t('webhooks.delivered'),
    failed: t('webhooks.failed'),
  };
  return (
    <div class="stack" id={`deliveries-${webhookId}`} tabIndex={-1}>
      {list.problem !== '' && <p role="alert">{list.problem}</p>}
      <ErrorSummary errors={form.errors} />
      {list.items?.length === 0 && <p class="soft">{t('webhooks.noDeliveries')}</p>}
      <ul class="plain-list">
        {list.items?.map((delivery) => (
          <li key={delivery.delivery_id} class="list-row">
            <span>
              {eventName(delivery.event)} · {statusName[delivery.status]}
              <span class="soft small block">
                {formatMoment(delivery.created_at)}
                {delivery.response_status !== null && ` · HTTP ${delivery.response_status}`}
                {delivery.problem !== null && ` · ${problemWords(delivery.problem)}`}
              </span>
            </span>
            {delivery.status !== 'waiting' && (
              <Button busy={form.busy} onClick={() => void again(delivery.delivery_id)}>
                {t('webhooks.again')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Webhook({ webhook, onChanged }: { readonly webhook: WebhookView; readonly onChanged: () => void }) {
  const [open, setOpen] = useState(false);
  const [mode, setMode] = useState<'changing' | 'deleting'>();
  const id = webhook.webhook_id;
  const form = useSubmission(`webhook-${id}`);
  const path = `/v1/webhooks/${id}`;
  const test = () =>
    form.submit([], async () => {
      await api.call({ method: 'POST', path: `${path}/test` });
      toast(t('webhooks.tested'));
    });
  const enable = async () => {
    if (await form.submit([], () => api.call({ method: 'PATCH', path, body: { state: 'active' } }))) onChanged();
  };
  const remove = async () => {
    if (await form.submit([], () => api.call({ method: 'DELETE', path }))) onChanged();
    setMode(undefined);
  };
  return (
    <li class="card stack" id={`webhook-${id}`} tabIndex={-1}>
      <p>
        <strong>{webhook.url}</strong>
        <span class="soft small block">{webhook.events.map(eventName).join(' · ')}</span>
      </p>
      {webhook.state === 'disabled' && (
        <p role="status">{t('webhooks.disabled', { reason: problemWords(webhook.disabled_reason ?? '') })}</p>
      )}
      <ErrorSummary errors={form.errors} />
      <div class="row">
        <Button busy={form.busy} onClick={() => void test()}>
          {t('webhooks.test')}
        </Button>
        {webhook.state === 'disabled' && <Button onClick={() => void enable()}>{t('webhooks.enable')}</Button>}
        <Button
          label={t('webhooks.changeOne', { url: webhook.url })}
          onClick={() => setMode(mode === 'changing' ? undefined : 'changing')}
        >
          {t('webhooks.change')}
        </Button>
        <Button kind="quiet" onClick={() => setMode('deleting')}>
          {t('webhooks.delete')}
        </Button>
      </div>
      {mode === 'changing' && (
        <WebhookForm
          webhook={webhook}
          onSend={async (body) => {
            await api.call({ method: 'PATCH', path, body });
            setMode(undefined);
            toast(t('members.saved'));
            onChanged();
          }}
          onCancel={() => setMode(undefined)}
        />
      )}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t('webhooks.deliveries')}</summary>
        {open && <Deliveries webhookId={id} />}
      </details>
      <ConfirmDialog
        open={mode === 'deleting'}
        title={t('webhooks.deleteSure')}
        confirm={t('webhooks.delete')}
        signal
        busy={form.busy}
        onClose={() => setMode(undefined)}
        onConfirm={() => void remove()}
      >
        <p>{webhook.url}</p>
      </ConfirmDialog>
    </li>
  );
}

/** Systems that are told what happens, and what became of each message. */
export function Webhooks() {
  const list = usePaged<WebhookView>('/v1/webhooks', { limit: '50' });
  const [secret, setSecret] = useState('');
  const create = async (body: WebhookBody) => {
    const made = await api.call<{ secret: string }>({ method: 'POST', path: '/v1/webhooks', body, creates: true });
    setSecret(made.secret);
    void list.reload();
  };
  return (
    <div class="stack console-page">
      <h1>{t('webhooks.title')}</h1>
      <p>{t('webhooks.text')}</p>
      {secret !== '' && (
        <p class="card" role="status">
          {t('webhooks.keep')} <code class="secret">{secret}</code>
        </p>
      )}
      {list.problem !== '' && <p role="alert">{list.problem}</p>}
      {list.items === undefined && list.problem === '' && <Skeleton />}
      {list.items?.length === 0 && <p class="soft">{t('webhooks.none')}</p>}
      <ul class="plain-list stack">
        {list.items?.map((webhook) => (
          <Webhook key={webhook.webhook_id} webhook={webhook} onChanged={() => void list.reload()} />
        ))}
      </ul>
      <WebhookForm webhook={undefined} onSend={create} />
    </div>
  );
}
