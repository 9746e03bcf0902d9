import { useState } from 'preact/hooks';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { refusalText } from '../../ui/refusal-words.ts';
import { t } from '../texts.ts';

/** Invites every member to the meeting, after a question: it writes to people. */
export function Invite({ live }: { readonly live: LiveMeeting }) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  async function invite() {
    setBusy(true);
    setProblem('');
    try {
      const path = `/v1/meetings/${live.meetingId}/invitations`;
      const made = await live.http.call<{ invited: number }>({ method: 'POST', path, body: {} });
      setOpen(false);
      toast(t('run.invited', { count: made.invited }));
    } catch (error) {
      setProblem(refusalText(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <Button icon="people" onClick={() => setOpen(true)}>
        {t('run.invite')}
      </Button>
      <Dialog open={open} title={t('run.invite')} onClose={() => setOpen(false)}>
        <p>{t('run.inviteText')}</p>
        {problem !== '' && <p role="alert">{problem}</p>}
        <div class="dialog-acts">
          <Button onClick={() => setOpen(false)}>{t('run.inviteNot')}</Button>
          <Button kind="primary" busy={busy} onClick={() => void invite()}>
            {t('run.inviteNow')}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
