import { useEffect, useState } from 'preact/hooks';
import type { MeetingView } from '../../protocol/meetings.ts';
import { api, membership } from '../ui/account-session.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { formatMoment } from '../ui/i18n.ts';
import { refusalText } from '../ui/refusal-words.ts';
import { followLink, navigate } from '../ui/router.ts';
import { useSubmission } from '../ui/submission.ts';
import { Skeleton } from '../ui/waiting.tsx';
import { leads } from './rooms.ts';
import { t } from './texts.ts';

interface MeetingPage {
  readonly items: readonly MeetingView[];
  readonly next_cursor: string | null;
}

function NewMeeting() {
  const [title, setTitle] = useState('');
  const form = useSubmission('new-meeting');
  const problems = title.trim() === '' ? [{ field: 'title', text: t('meetings.titleMissing') }] : [];
  const create = () =>
    form.submit(problems, async () => {
      const made = await api.createMeeting(title.trim());
      navigate(`/moderate/${made.meeting_id}`);
    });
  return (
    <Form
      class="card stack"
      form={form}
      onSubmit={create}
      head={<h2>{t('meetings.new')}</h2>}
      act={t('meetings.create')}
    >
      <Field
        id="title"
        label={t('meetings.title')}
        hint={t('meetings.titleHint')}
        value={title}
        onInput={setTitle}
        error={form.errorOf('title')}
        maxLength={200}
        required
      />
    </Form>
  );
}

/** Every meeting of the organisation, newest first. */
export function Meetings() {
  const [meetings, setMeetings] = useState<readonly MeetingView[]>();
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  const load = (cursor?: string) =>
    api.call<MeetingPage>({ method: 'GET', path: '/v1/meetings', query: { cursor, limit: '50' } }).then(
      (page) => {
        setMeetings((before) => [...(cursor === undefined ? [] : (before ?? [])), ...page.items]);
        setNext(page.next_cursor);
      },
      (error: unknown) => setProblem(refusalText(error)),
    );
  useEffect(() => void load(), []);
  return (
    <div class="stack console-page">
      <h1>{t('meetings.heading')}</h1>
      {problem !== '' && <p role="alert">{problem}</p>}
      {meetings === undefined && problem === '' && <Skeleton />}
      {meetings?.length === 0 && <p class="soft">{t('meetings.none')}</p>}
      {meetings !== undefined && meetings.length > 0 && (
        <ul class="plain-list card">
          {meetings.map((meeting) => (
            <li key={meeting.meeting_id} class="list-row">
              <a href={`/moderate/${meeting.meeting_id}`} onClick={followLink}>
                {meeting.title}
              </a>
              <span class="soft small">{formatMoment(meeting.created_at)}</span>
            </li>
          ))}
        </ul>
      )}
      {next !== null && (
        <div class="row">
          <Button onClick={() => void load(next)}>{t('more')}</Button>
        </div>
      )}
      {leads(membership.value?.roles) && <NewMeeting />}
    </div>
  );
}
