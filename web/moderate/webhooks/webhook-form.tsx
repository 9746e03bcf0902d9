import { useState } from 'preact/hooks';
import type { WebhookEvent, WebhookView } from '../../../protocol/webhooks.ts';
import { Button } from '../../ui/button.tsx';
import { Ticks } from '../../ui/choices.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';

/** What most systems want to know. */
const USUAL_EVENTS: readonly WebhookEvent[] = [
  'election.opened',
  'election.milestone',
  'election.closed',
  'election.published',
];

const WORDS: Readonly<Record<WebhookEvent, () => string>> = {
  'meeting.created': () => t('event.meeting.created'),
  'meeting.started': () => t('event.meeting.started'),
  'meeting.ended': () => t('event.meeting.ended'),
  'election.created': () => t('event.election.created'),
  'election.opened': () => t('event.election.opened'),
  'election.extended': () => t('event.election.extended'),
  'election.milestone': () => t('event.election.milestone'),
  'election.closed': () => t('event.election.closed'),
  'election.cancelled': () => t('event.election.cancelled'),
  'election.deleted': () => t('event.election.deleted'),
  'election.counted': () => t('event.election.counted'),
  'election.published': () => t('event.election.published'),
};
const EVENTS = Object.keys(WORDS) as WebhookEvent[];

/** An event of a newer server goes by its name. */
export function eventName(event: string): string {
  if (event === 'webhook.test') return t('event.test');
  return WORDS[event as WebhookEvent]?.() ?? event;
}

export interface WebhookBody {
  readonly url: string;
  readonly events: readonly WebhookEvent[];
}

/** Where it leads and what it is told: a new one, or one that is there. */
export function WebhookForm(props: {
  /** the one to be changed; undefined: a new one */
  readonly webhook: WebhookView | undefined;
  /** creates or changes it; throws the refusal */
  readonly onSend: (body: WebhookBody) => Promise<unknown>;
  readonly onCancel?: () => void;
}) {
  const { webhook, onSend, onCancel } = props;
  const id = webhook?.webhook_id ?? 'new';
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [events, setEvents] = useState<readonly WebhookEvent[]>(webhook?.events ?? USUAL_EVENTS);
  const [urlId, eventsId] = [webhook === undefined ? 'url' : `url-${id}`, `events-${id}`];
  const at = webhook === undefined ? 'new-webhook' : `save-${id}`;
  const form = useSubmission(at, undefined, { url: urlId, events: eventsId });
  const problems = [
    ...(url.trim() === '' ? [{ field: urlId, text: t('webhooks.urlMissing') }] : []),
    ...(events.length === 0 ? [{ field: eventsId, text: t('webhooks.eventsMissing') }] : []),
  ];
  const send = () =>
    form.submit(problems, async () => {
      await onSend({ url: url.trim(), events: EVENTS.filter((event) => events.includes(event)) });
      if (webhook === undefined) setUrl('');
    });
  return (
    <Form
      class={webhook === undefined ? 'card stack' : 'stack'}
      form={form}
      onSubmit={send}
      head={webhook === undefined ? <h2>{t('webhooks.new')}</h2> : <h2>{t('webhooks.changeTitle')}</h2>}
      act={webhook === undefined ? t('webhooks.create') : t('webhooks.save')}
      beside={onCancel !== undefined && <Button onClick={onCancel}>{t('form.cancel')}</Button>}
    >
      <Field
        id={urlId}
        label={t('webhooks.url')}
        hint={t('webhooks.urlHint')}
        value={url}
        onInput={setUrl}
        error={form.errorOf(urlId)}
        maxLength={2_000}
      />
      <Ticks
        id={eventsId}
        legend={t('webhooks.events')}
        layout="columns"
        chosen={events}
        options={EVENTS.map((value) => ({ value, text: eventName(value) }))}
        onChange={setEvents}
        error={form.errorOf(eventsId)}
      />
    </Form>
  );
}
