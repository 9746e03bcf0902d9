import { useEffect, useState } from 'preact/hooks';
import type { PageView } from '../../../client/index.ts';
import type { AttendeeView } from '../../../protocol/meetings.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary, Field } from '../../ui/field.tsx';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import { useRight } from './right.ts';

const SHOWN = 50;
/** Typing ends before the list is asked for. */
const TYPED_MS = 250;

function roleOf({ role, member }: AttendeeView): string {
  if (role === 'moderator') return t('attendees.moderator');
  if (role === 'auditor') return t('attendees.auditor');
  return member === null ? t('attendees.guest') : t('attendees.member', { number: member.number });
}

function Person({ person, act }: { person: AttendeeView; act: (path: string, body?: object) => Promise<unknown> }) {
  const [asking, setAsking] = useState(false);
  const { leads, ofOrganisation } = useRight();
  const { attendee_id: id, name, role, member, present } = person;
  return (
    <li class="list-row">
      <span>
        <span class={present ? 'dot dot-here' : 'dot'} aria-hidden="true" />
        {name}
        <span class="soft small block">
          {roleOf(person)} · {present ? t('attendees.here') : t('attendees.away')}
        </span>
      </span>
      {leads && (
        <details class="person-acts">
          <summary>
            {t('attendees.acts')}
            <span class="unseen"> {name}</span>
          </summary>
          <div class="stack">
            {ofOrganisation && member !== null && (
              <Button onClick={() => void act(`${id}/role`, { role: role === 'moderator' ? null : 'moderator' })}>
                {role === 'moderator' ? t('attendees.noModerator') : t('attendees.makeModerator')}
              </Button>
            )}
            <Button kind="signal" onClick={() => setAsking(true)}>
              {t('attendees.remove')}
            </Button>
          </div>
        </details>
      )}
      <ConfirmDialog
        open={asking}
        title={t('attendees.removeSure', { name })}
        confirm={t('attendees.remove')}
        signal
        onClose={() => setAsking(false)}
        onConfirm={() => void act(`${id}/remove`).then(() => setAsking(false))}
      >
        <p>{t('attendees.removeText')}</p>
      </ConfirmDialog>
    </li>
  );
}

/** Everyone who has joined, found by name. */
export function Attendees({ live }: { readonly live: LiveMeeting }) {
  const [open, setOpen] = useState(false);
  const [q, setQ] = useState('');
  const [page, setPage] = useState<PageView<AttendeeView>>();
  const { http } = useRight();
  const form = useSubmission('attendees');
  const path = `/v1/meetings/${live.meetingId}/attendees`;
  const load = () =>
    http
      .call<PageView<AttendeeView>>({
        method: 'GET',
        path,
        query: { state: 'admitted', limit: String(SHOWN), q: q.trim() === '' ? undefined : q.trim() },
      })
      .then(setPage, () => {}); // what is shown stays
  useEffect(() => {
    if (!open) return;
    const timer = setTimeout(() => void load(), TYPED_MS);
    return () => clearTimeout(timer);
  }, [open, q, live.presence.value?.present]);
  const act = (what: string, body?: object) =>
    form.submit([], async () => {
      await http.call({ method: 'POST', path: `${path}/${what}`, body });
      await load();
    });
  return (
    <details class="attendees" id="attendees" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('attendees.title')}</summary>
      <div class="stack">
        <ErrorSummary errors={form.errors} />
        <Field id="attendee-search" type="search" label={t('attendees.search')} value={q} onInput={setQ} />
        {page?.items.length === 0 && <p class="soft">{t('attendees.none')}</p>}
        <ul class="plain-list">
          {page?.items.map((person) => (
            <Person key={person.attendee_id} person={person} act={act} />
          ))}
        </ul>
        {page?.next_cursor != null && <p class="soft small">{t('attendees.more', { count: SHOWN })}</p>}
      </div>
    </details>
  );
}
