import type { AgendaItemView } from '../../protocol/agenda.ts';
import { Countdown } from '../ui/countdown.tsx';
import type { LiveMeeting } from '../ui/live-meeting.ts';
import { t } from './texts.ts';

/** Names that a hall can take in at once. */
const SPEAKERS_SHOWN = 6;

/** Who speaks, how long still, and who comes next. */
function Speakers({ live }: { readonly live: LiveMeeting }) {
  const { items = [], seconds = null } = live.speakers.value ?? {};
  const speaking = items.find(({ state }) => state === 'speaking');
  const waiting = items.filter(({ state }) => state === 'waiting');
  const startedAt = speaking?.started_at ?? null;
  const until =
    startedAt === null || seconds === null ? null : new Date(Date.parse(startedAt) + 1_000 * seconds).toISOString();
  return (
    <>
      {speaking === undefined && waiting.length === 0 && <p class="soft">{t('agenda.nobody')}</p>}
      {speaking !== undefined && (
        <p class="screen-outcome">
          <span class="unseen">{t('agenda.speaking')} </span>
          {speaking.name} {until !== null && <Countdown until={until} />}
        </p>
      )}
      {waiting.length > 0 && (
        <>
          <p class="screen-call">{t('agenda.waiting')}</p>
          <ol class="screen-speakers">
            {waiting.slice(0, SPEAKERS_SHOWN).map(({ speaker_id: id, name }) => (
              <li key={id}>{name}</li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}

/** What the meeting is at when it is no vote. */
export function AgendaScreen({ live, item }: { readonly live: LiveMeeting; readonly item: AgendaItemView }) {
  return (
    <div class="screen-election">
      {item.kind === 'break' && <p class="screen-call">{t('agenda.break')}</p>}
      <h1 class="screen-question">{item.title}</h1>
      {item.body !== '' && <p class="screen-body">{item.body}</p>}
      {item.kind === 'speakers' && <Speakers live={live} />}
    </div>
  );
}
