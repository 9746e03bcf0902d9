import { account } from '../../ui/account-session.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { codeInGroups, joinAddress } from '../../ui/join-code.ts';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { t } from '../texts.ts';
import { Invite } from './invite.tsx';
import { MeetingState } from './meeting-state.tsx';
import { useRight } from './right.ts';

/** Copied, or said why not: over plain http browsers give no clipboard. */
async function copy(link: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(link);
    toast(t('run.linkCopied'));
  } catch {
    toast(t('run.linkIs', { link }));
  }
}

/** Title, join code, what begins and ends the meeting, and the ways to its settings and to the big screen. */
export function MeetingHead({ live, onSettings }: { readonly live: LiveMeeting; readonly onSettings: () => void }) {
  const { leads, ofOrganisation } = useRight();
  const meeting = live.meeting.value;
  if (meeting === undefined) return null;
  const link = joinAddress(meeting.join_code);
  return (
    <header class="run-head">
      <h1>{meeting.title}</h1>
      <p class="run-code">
        <span class="soft">{t('run.code')}</span> <strong class="figures">{codeInGroups(meeting.join_code)}</strong>
      </p>
      <div class="row run-acts">
        <Button icon="copy" onClick={() => void copy(link)}>
          {t('run.copyLink')}
        </Button>
        {account.value && (
          <a class="button button-plain" href={`/project/${live.meetingId}`} target="_blank" rel="noreferrer">
            {t('run.project')}
          </a>
        )}
        {leads && (
          <Button icon="settings" onClick={onSettings}>
            {t('run.settings')}
          </Button>
        )}
        {leads && ofOrganisation && meeting.state !== 'ended' && <Invite live={live} />}
        {!ofOrganisation && (
          <a class="button button-plain" href={`/meeting/${live.meetingId}`}>
            {t('run.attend')}
          </a>
        )}
        <MeetingState live={live} />
      </div>
    </header>
  );
}
