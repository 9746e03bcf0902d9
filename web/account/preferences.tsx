import { useEffect, useState } from 'preact/hooks';
import {
  type NewNotificationPreferences,
  NOTIFICATION_KINDS,
  type NotificationChannels,
  type NotificationKind,
  type NotificationPreferences,
} from '../../protocol/notifications.ts';
import { api } from '../ui/account-session.ts';
import { toast } from '../ui/announce.tsx';
import { Field } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { refusalText } from '../ui/refusal-words.ts';
import { followLink } from '../ui/router.ts';
import { useSubmission } from '../ui/submission.ts';
import { Skeleton } from '../ui/waiting.tsx';
import { PushDevices } from './push-devices.tsx';
import { Section } from './section.tsx';
import { t } from './texts.ts';

const PATH = '/v1/me/notifications/preferences';
const CHANNELS = ['in_app', 'email', 'push'] as const satisfies readonly (keyof NotificationChannels)[];
const NIGHT = { from: '22:00', to: '07:00' };

type Channel = (typeof CHANNELS)[number];
type Delivery = NotificationPreferences['delivery'];

function channelName(channel: Channel): string {
  const names: Readonly<Record<Channel, string>> = {
    in_app: t('wishes.channel.in_app'),
    email: t('wishes.channel.email'),
    push: t('wishes.channel.push'),
  };
  return names[channel];
}

function kindName(kind: NotificationKind): string {
  const names: Readonly<Record<NotificationKind, string>> = {
    'meeting.invitation': t('wishes.kind.meeting.invitation'),
    'election.opened': t('wishes.kind.election.opened'),
    'election.reminder': t('wishes.kind.election.reminder'),
    'result.published': t('wishes.kind.result.published'),
    'proxy.offered': t('wishes.kind.proxy.offered'),
    'proxy.accepted': t('wishes.kind.proxy.accepted'),
    'member.roles': t('wishes.kind.member.roles'),
    'campaign.invitation': t('wishes.kind.campaign.invitation'),
    'campaign.request': t('wishes.kind.campaign.request'),
    'campaign.admitted': t('wishes.kind.campaign.admitted'),
    'campaign.schedule': t('wishes.kind.campaign.schedule'),
    'idea.status': t('wishes.kind.idea.status'),
    'idea.comment': t('wishes.kind.idea.comment'),
    'coins.received': t('wishes.kind.coins.received'),
  };
  return names[kind];
}

function deliveryName(delivery: Delivery): string {
  return delivery === 'daily' ? t('wishes.delivery.daily') : t('wishes.delivery.at_once');
}

function Check(props: {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: string;
}) {
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>{props.children}</span>
    </label>
  );
}

interface Part {
  readonly wishes: NotificationPreferences;
  readonly set: (change: Partial<NotificationPreferences>) => void;
}

/** Which kinds in which ways: one fieldset a kind, so that a narrow screen shows them one below the other. */
function Kinds({ wishes, set }: Part) {
  const change = (kind: NotificationKind, channel: keyof NotificationChannels, wanted: boolean) =>
    set({ kinds: { ...wishes.kinds, [kind]: { ...wishes.kinds[kind], [channel]: wanted } } });
  return (
    <>
      {NOTIFICATION_KINDS.map((kind) => (
        <fieldset class="choices choices-beside" key={kind}>
          <legend>{kindName(kind)}</legend>
          {CHANNELS.map((channel) => (
            <Check
              key={channel}
              checked={wishes.kinds[kind][channel]}
              onChange={(wanted) => change(kind, channel, wanted)}
            >
              {channelName(channel)}
            </Check>
          ))}
        </fieldset>
      ))}
    </>
  );
}

/** When mails come: at once or daily, and not at night. */
function Times({ wishes, set, errorOf }: Part & { readonly errorOf: (field: string) => string | undefined }) {
  const { delivery, daily_hour: hour, quiet_hours: quiet, time_zone: zone } = wishes;
  return (
    <>
      <fieldset class="choices">
        <legend>{t('wishes.delivery')}</legend>
        {(['at_once', 'daily'] as const).map((each) => (
          <label class="choice" key={each}>
            <input type="radio" name="delivery" checked={delivery === each} onChange={() => set({ delivery: each })} />
            <span>{deliveryName(each)}</span>
          </label>
        ))}
      </fieldset>
      {delivery === 'daily' && (
        <Field
          id="daily_hour"
          type="number"
          label={t('wishes.dailyHour')}
          value={String(hour)}
          onInput={(value) => set({ daily_hour: Number(value) })}
          error={errorOf('daily_hour')}
          inputMode="numeric"
        />
      )}
      <Check checked={quiet !== null} onChange={(on) => set({ quiet_hours: on ? NIGHT : null })}>
        {t('wishes.quiet')}
      </Check>
      {quiet !== null && (
        <div class="row">
          <Field
            id="quiet_hours.from"
            type="time"
            label={t('wishes.quietFrom')}
            value={quiet.from}
            onInput={(from) => set({ quiet_hours: { ...quiet, from } })}
            error={errorOf('quiet_hours.from')}
          />
          <Field
            id="quiet_hours.to"
            type="time"
            label={t('wishes.quietTo')}
            value={quiet.to}
            onInput={(to) => set({ quiet_hours: { ...quiet, to } })}
            error={errorOf('quiet_hours.to')}
          />
        </div>
      )}
      <Field
        id="time_zone"
        label={t('wishes.timeZone')}
        hint={t('wishes.timeZoneHint', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
        value={zone}
        onInput={(value) => set({ time_zone: value })}
        error={errorOf('time_zone')}
      />
    </>
  );
}

function Mails({ wishes, set }: Part) {
  return (
    <fieldset class="choices">
      <legend>{t('wishes.mails')}</legend>
      <Check checked={wishes.email} onChange={(email) => set({ email })}>
        {t('wishes.anyMails')}
      </Check>
      {wishes.email &&
        wishes.organisations.map((one) => (
          <Check
            key={one.org_id}
            checked={one.email}
            onChange={(email) =>
              set({
                organisations: wishes.organisations.map((each) =>
                  each.org_id === one.org_id ? { ...each, email } : each,
                ),
              })
            }
          >
            {t('wishes.mailsOf', { organisation: one.name })}
          </Check>
        ))}
    </fieldset>
  );
}

/** How the person wants to be told of things. */
export function PreferencesPage() {
  const [wishes, setWishes] = useState<NotificationPreferences>();
  const [problem, setProblem] = useState('');
  const form = useSubmission('save-wishes');
  useEffect(() => {
    api.call<NotificationPreferences>({ method: 'GET', path: PATH }).then(setWishes, (error: unknown) => {
      setProblem(refusalText(error));
    });
  }, []);
  const save = (now: NotificationPreferences) =>
    form.submit([], async () => {
      const organisations = now.organisations.map(({ org_id, email }) => ({ org_id, email }));
      const body: NewNotificationPreferences = { ...now, organisations };
      setWishes(await api.call<NotificationPreferences>({ method: 'PUT', path: PATH, body }));
      toast(t('account.saved'));
    });
  const set = (change: Partial<NotificationPreferences>) => setWishes((now) => now && { ...now, ...change });
  return (
    <div class="stack sections">
      <h1>{t('wishes.title')}</h1>
      <p>
        <a href="/inbox" onClick={followLink}>
          {t('wishes.toInbox')}
        </a>
      </p>
      {problem !== '' && <p role="alert">{problem}</p>}
      {wishes === undefined && problem === '' && <Skeleton />}
      {wishes !== undefined && (
        <Section title={t('wishes.how')}>
          <Form form={form} onSubmit={() => save(wishes)} act={t('account.save')}>
            <Kinds wishes={wishes} set={set} />
            <Mails wishes={wishes} set={set} />
            <Times wishes={wishes} set={set} errorOf={form.errorOf} />
          </Form>
        </Section>
      )}
      <PushDevices />
    </div>
  );
}
