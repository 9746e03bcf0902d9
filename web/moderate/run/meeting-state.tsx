import { useState } from 'preact/hooks';
import type { MeetingView } from '../../../protocol/meetings.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary } from '../../ui/field.tsx';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import { useRight } from './right.ts';

/** Begins the meeting and ends it; the end asks first, and again while votes are open. */
export function MeetingState({ live }: { readonly live: LiveMeeting }) {
  const [asking, setAsking] = useState(false);
  const { http, leads } = useRight();
  const form = useSubmission('meeting-state');
  const { state } = live.meeting.value as MeetingView;
  const path = `/v1/meetings/${live.meetingId}`;
  const open = live.elections.value?.filter((election) => election.state === 'open').length ?? 0;
  const start = () =>
    form.submit([], async () => {
      live.meeting.value = await http.call<MeetingView>({ method: 'POST', path: `${path}/start` });
      toast(t('run.started'));
    });
  const end = async () => {
    const body = open > 0 ? { force: true } : {};
    const done = await form.submit([], async () => {
      live.meeting.value = (
        await http.call<{ meeting: MeetingView }>({ method: 'POST', path: `${path}/end`, body })
      ).meeting;
    });
    setAsking(false);
    if (done) toast(t('run.ended'));
  };
  return (
    <>
      {leads && state === 'planned' && (
        <Button id="meeting-state" kind="primary" busy={form.busy} onClick={() => void start()}>
          {t('run.start')}
        </Button>
      )}
      {leads && state === 'live' && (
        <Button id="meeting-state" kind="quiet" busy={form.busy} onClick={() => setAsking(true)}>
          {t('run.end')}
        </Button>
      )}
      {state === 'ended' && <strong>{t('run.hasEnded')}</strong>}
      <ErrorSummary errors={form.errors} />
      <ConfirmDialog
        open={asking}
        title={t('run.endSure')}
        confirm={t('run.end')}
        signal
        busy={form.busy}
        onClose={() => setAsking(false)}
        onConfirm={() => void end()}
      >
        <p>{open === 0 ? t('run.endText') : t('run.endOpen', { count: open })}</p>
      </ConfirmDialog>
    </>
  );
}
