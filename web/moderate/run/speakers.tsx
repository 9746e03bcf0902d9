import { Button } from '../../ui/button.tsx';
import { ErrorSummary } from '../../ui/field.tsx';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import { useRight } from './right.ts';

/** Who speaks and who wants to; the list moves for everyone at once. */
export function Speakers({ live }: { readonly live: LiveMeeting }) {
  const list = live.speakers.value;
  const { http, leads } = useRight();
  const form = useSubmission('speakers');
  if (list === undefined) return null;
  const path = `/v1/meetings/${live.meetingId}`;
  const act = (how: string) => form.submit([], () => http.call({ method: 'POST', path: `${path}/speakers/${how}` }));
  const toggle = () => form.submit([], () => http.call({ method: 'PATCH', path, body: { speakers_open: !list.open } }));
  const speaking = list.items.find(({ state }) => state === 'speaking');
  const waiting = list.items.filter(({ state }) => state === 'waiting');
  const next = waiting[0];
  return (
    <section class="stack" id="speakers" tabIndex={-1} aria-labelledby="speakers-title">
      <h2 id="speakers-title">{t('speakers.title')}</h2>
      <ErrorSummary errors={form.errors} />
      {speaking !== undefined && (
        <p class="speaker-now">
          <span class="soft">{t('speakers.now')}</span> <strong>{speaking.name}</strong>
        </p>
      )}
      {speaking === undefined && waiting.length === 0 && <p class="soft">{t('speakers.none')}</p>}
      {waiting.length > 0 && (
        <ol class="speakers-list">
          {waiting.map(({ speaker_id: id, name }) => (
            <li key={id}>{name}</li>
          ))}
        </ol>
      )}
      {leads && (
        <div class="row">
          {next !== undefined && (
            <Button busy={form.busy} onClick={() => void act(`${next.speaker_id}/next`)}>
              {t('speakers.next')}
            </Button>
          )}
          {speaking !== undefined && (
            <Button busy={form.busy} onClick={() => void act(`${speaking.speaker_id}/done`)}>
              {t('speakers.done')}
            </Button>
          )}
          <Button kind="quiet" busy={form.busy} onClick={() => void toggle()}>
            {list.open ? t('speakers.close') : t('speakers.open')}
          </Button>
        </div>
      )}
    </section>
  );
}
