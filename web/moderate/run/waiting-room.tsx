import { useEffect, useState } from 'preact/hooks';
import type { PageView } from '../../../client/index.ts';
import type { AttendeeView } from '../../../protocol/meetings.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorSummary } from '../../ui/field.tsx';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import { useRight } from './right.ts';

/** Names shown at once; the rest is a number and comes in by 'everyone'. */
const SHOWN = 20;

/** Who has joined and waits to be let in; nothing while nobody does. */
export function WaitingRoom({ live }: { readonly live: LiveMeeting }) {
  const waiting = live.presence.value?.waiting ?? 0;
  const [people, setPeople] = useState<readonly AttendeeView[]>([]);
  const { http, leads } = useRight();
  const form = useSubmission('waiting');
  const path = `/v1/meetings/${live.meetingId}`;
  useEffect(() => {
    if (waiting === 0) {
      setPeople([]);
      return;
    }
    http
      .call<PageView<AttendeeView>>({
        method: 'GET',
        path: `${path}/attendees`,
        query: { state: 'waiting', limit: String(SHOWN) },
      })
      .then(
        ({ items }) => setPeople(items),
        () => {},
      ); // the next change asks again
  }, [waiting, path]);
  if (waiting === 0) return null;
  const admit = (attendees?: readonly string[]) =>
    form.submit([], async () => {
      const body = attendees === undefined ? {} : { attendees };
      await http.call({ method: 'POST', path: `${path}/attendees/admit`, body });
      setPeople((before) => before.filter(({ attendee_id: id }) => attendees?.includes(id) === false));
    });
  return (
    <section class="stack card" id="waiting" tabIndex={-1} aria-labelledby="waiting-title">
      <h2 id="waiting-title" class="figures">
        {t('waiting.title', { count: waiting })}
      </h2>
      <ErrorSummary errors={form.errors} />
      <ul class="plain-list">
        {people.map(({ attendee_id: id, name }) => (
          <li key={id} class="list-row">
            <span>{name}</span>
            {leads && (
              <Button label={t('waiting.admitOne', { name })} busy={form.busy} onClick={() => void admit([id])}>
                {t('waiting.admit')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {leads && (
        <Button kind="primary" wide busy={form.busy} onClick={() => void admit()}>
          {t('waiting.admitAll')}
        </Button>
      )}
    </section>
  );
}
