import { useState } from 'preact/hooks';
import { PsephosError } from '../../client/index.ts';
import type { SpeakerListView } from '../../protocol/speakers.ts';
import { toast } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import type { MeetingWatch } from './meeting-watch.ts';
import { t } from './texts.ts';

/** Asking for the floor, and one's place in the queue. Nothing where the meeting has no list of speakers. */
export function Speaking({ watch }: { readonly watch: MeetingWatch }) {
  const [busy, setBusy] = useState(false);
  const { speakers } = watch.live;
  const list = speakers.value;
  if (list === undefined) return null;
  const waiting = list.items.filter(({ state }) => state === 'waiting');
  const own = list.items.find(({ attendee_id: id }) => id === watch.session.attendeeId);
  if (own === undefined && !list.open) return null;

  async function act(path: string) {
    setBusy(true);
    try {
      const call = {
        method: 'POST',
        path: `/v1/meetings/${watch.session.meetingId}/speakers${path}`,
        body: {},
      } as const;
      speakers.value = await watch.http.call<SpeakerListView>(path === '' ? call : { ...call, body: undefined });
    } catch (error) {
      if (!(error instanceof PsephosError)) throw error;
      toast(error.details.reason === 'full' ? t('speak.full') : t('speak.failed'));
    }
    setBusy(false);
  }

  if (own === undefined) {
    return (
      <Button icon="hand" busy={busy} onClick={() => void act('')}>
        {t('speak.ask')}
      </Button>
    );
  }
  const place = waiting.indexOf(own) + 1;
  return (
    <div class="speaking">
      <p role="status">{own.state === 'speaking' ? t('speak.now') : t('speak.place', { place })}</p>
      <Button kind="quiet" busy={busy} onClick={() => void act(`/${own.speaker_id}/withdraw`)}>
        {own.state === 'speaking' ? t('speak.done') : t('speak.withdraw')}
      </Button>
    </div>
  );
}
