import { useState } from 'preact/hooks';
import type { MeetingView } from '../../../protocol/meetings.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary, Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import { localMoment, momentOf } from './moments.ts';
import { useRight } from './right.ts';

/** The settings as they are typed. */
interface Typed {
  readonly title: string;
  readonly startsAt: string;
  readonly guests: boolean;
  readonly names: boolean;
  readonly waitingRoom: boolean;
  readonly speakerMinutes: string;
  readonly proxyLimit: string;
}

/** What the gateway calls the fields of this form. */
const FIELDS = {
  title: 'meeting-title',
  starts_at: 'starts-at',
  speaker_seconds: 'speaker-minutes',
  proxy_limit: 'proxy-limit',
};

function typedOf(meeting: MeetingView): Typed {
  const { speaker_seconds: seconds, proxy_limit: limit } = meeting;
  return {
    title: meeting.title,
    startsAt: localMoment(meeting.starts_at),
    guests: meeting.guests_allowed,
    names: meeting.name_required,
    waitingRoom: meeting.waiting_room,
    speakerMinutes: seconds === null ? '' : String(seconds / 60),
    proxyLimit: limit === null ? '' : String(limit),
  };
}

function problemsOf({ title, speakerMinutes, proxyLimit }: Typed) {
  const minutes = Number(speakerMinutes);
  return [
    ...(title.trim() === '' ? [{ field: 'meeting-title', text: t('meetings.titleMissing') }] : []),
    ...(speakerMinutes.trim() !== '' && !(minutes >= 0.2 && minutes <= 60)
      ? [{ field: 'speaker-minutes', text: t('settings.minutesWrong') }]
      : []),
    ...(proxyLimit.trim() !== '' && !/^[0-9]{1,3}$/.test(proxyLimit.trim())
      ? [{ field: 'proxy-limit', text: t('settings.limitWrong') }]
      : []),
  ];
}

function changesOf(typed: Typed): object {
  const minutes = typed.speakerMinutes.trim();
  const limit = typed.proxyLimit.trim();
  return {
    title: typed.title.trim(),
    starts_at: momentOf(typed.startsAt),
    guests_allowed: typed.guests,
    name_required: typed.names,
    waiting_room: typed.waitingRoom,
    speaker_seconds: minutes === '' ? null : Math.round(60 * Number(minutes)),
    proxy_limit: limit === '' ? null : Number(limit),
  };
}

/** A new code for the next who join; the old one, on a photograph perhaps, leads nowhere any more. */
function RotateCode({ live }: { readonly live: LiveMeeting }) {
  const [asking, setAsking] = useState(false);
  const { http } = useRight();
  const form = useSubmission('rotate-code');
  const rotate = async () => {
    const path = `/v1/meetings/${live.meetingId}/rotate-code`;
    const done = await form.submit([], async () => {
      live.meeting.value = await http.call<MeetingView>({ method: 'POST', path });
    });
    setAsking(false);
    if (done) toast(t('settings.rotated'));
  };
  return (
    <section class="stack" aria-labelledby="rotate-title">
      <h3 id="rotate-title">{t('settings.code')}</h3>
      <ErrorSummary errors={form.errors} />
      <p class="soft">{t('settings.codeText')}</p>
      <div class="row">
        <Button id="rotate-code" busy={form.busy} onClick={() => setAsking(true)}>
          {t('settings.rotate')}
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        title={t('settings.rotateSure')}
        confirm={t('settings.rotate')}
        busy={form.busy}
        onClose={() => setAsking(false)}
        onConfirm={() => void rotate()}
      >
        <p>{t('settings.rotateText')}</p>
      </ConfirmDialog>
    </section>
  );
}

/** How a meeting is held: who may come in, how long one may speak, how many proxies one may hold. */
export function MeetingSettings({ live, onDone }: { readonly live: LiveMeeting; readonly onDone: () => void }) {
  const [typed, setTyped] = useState<Typed>(() => typedOf(live.meeting.value as MeetingView));
  const { http } = useRight();
  const form = useSubmission('save-meeting', undefined, FIELDS);
  const change = (more: Partial<Typed>) => setTyped((before) => ({ ...before, ...more }));
  const save = () =>
    form.submit(problemsOf(typed), async () => {
      const path = `/v1/meetings/${live.meetingId}`;
      live.meeting.value = await http.call<MeetingView>({ method: 'PATCH', path, body: changesOf(typed) });
      toast(t('members.saved'));
      onDone();
    });
  const tick = (checked: boolean, onChange: (on: boolean) => void, text: string) => (
    <label class="choice">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{text}</span>
    </label>
  );
  return (
    <div class="stack election-form">
      <Form
        form={form}
        onSubmit={save}
        head={<h2>{t('settings.title')}</h2>}
        act={t('members.save')}
        beside={<Button onClick={onDone}>{t('form.cancel')}</Button>}
      >
        <Field
          id="meeting-title"
          label={t('meetings.title')}
          value={typed.title}
          onInput={(title) => change({ title })}
          error={form.errorOf('meeting-title')}
          maxLength={200}
        />
        <Field
          id="starts-at"
          type="datetime-local"
          label={t('settings.startsAt')}
          hint={t('settings.startsAtHint')}
          value={typed.startsAt}
          onInput={(startsAt) => change({ startsAt })}
        />
        <fieldset class="choices">
          <legend>{t('settings.who')}</legend>
          {tick(typed.guests, (guests) => change({ guests }), t('settings.guests'))}
          {typed.guests && tick(typed.names, (names) => change({ names }), t('settings.names'))}
          {tick(typed.waitingRoom, (waitingRoom) => change({ waitingRoom }), t('settings.waitingRoom'))}
        </fieldset>
        <div class="row fields-beside">
          <Field
            id="speaker-minutes"
            label={t('settings.speakerMinutes')}
            hint={t('settings.noLimitHint')}
            inputMode="decimal"
            value={typed.speakerMinutes}
            onInput={(speakerMinutes) => change({ speakerMinutes })}
            error={form.errorOf('speaker-minutes')}
          />
          <Field
            id="proxy-limit"
            label={t('settings.proxyLimit')}
            hint={t('settings.proxyHint')}
            inputMode="numeric"
            value={typed.proxyLimit}
            onInput={(proxyLimit) => change({ proxyLimit })}
            error={form.errorOf('proxy-limit')}
          />
        </div>
      </Form>
      <RotateCode live={live} />
    </div>
  );
}
