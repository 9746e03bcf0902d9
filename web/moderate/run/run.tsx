import { useEffect, useRef, useState } from 'preact/hooks';
import type { AgendaView } from '../../../protocol/agenda.ts';
import type { ElectionView } from '../../../protocol/elections.ts';
import { ConnectionState } from '../../ui/connection-state.tsx';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { t } from '../texts.ts';
import { Agenda } from './agenda.tsx';
import type { Chosen } from './chosen.ts';
import { ElectionForm } from './election-form.tsx';
import { ElectionPanel } from './election-panel.tsx';
import { MeetingHead } from './meeting-head.tsx';
import { MeetingSettings } from './meeting-settings.tsx';
import { People } from './people.tsx';

/** Questions may be longer than lines of an agenda. */
const AGENDA_TITLE_MAX = 200;
/** A vote made here comes last on the agenda; without that it still stands below it. */
async function placeOnAgenda(live: LiveMeeting, { election_id: id, title }: ElectionView): Promise<void> {
  const body = { kind: 'election', title: title.slice(0, AGENDA_TITLE_MAX), election_id: id };
  const path = `/v1/meetings/${live.meetingId}/agenda`;
  live.agenda.value = await live.http.call<AgendaView>({ method: 'POST', path, body }).catch(() => live.agenda.value);
}

/** The page that a meeting is run from: agenda, the vote in the middle, the people. */
export function Run({ live }: { readonly live: LiveMeeting }) {
  const [chosen, setChosen] = useState<Chosen>();
  const middle = useRef<HTMLElement>(null);
  const place = typeof chosen === 'object' ? `${chosen.electionId} ${chosen.editing === true}` : chosen;
  // who acted by keyboard goes on in the middle, where something else stands now
  useEffect(() => {
    if (place !== undefined) middle.current?.focus({ preventScroll: matchMedia('(min-width: 60rem)').matches });
  }, [place]);
  const elections = live.elections.value;
  if (elections === undefined) return <Skeleton lines={5} />;
  const shown =
    typeof chosen === 'object'
      ? elections.find((each) => each.election_id === chosen.electionId)
      : (elections.find(({ state }) => state === 'open') ?? elections[0]);
  const editing = typeof chosen === 'object' && chosen.editing === true && shown?.state === 'draft';
  const made = (election: ElectionView) => {
    live.put(election);
    if (chosen === 'new') void placeOnAgenda(live, election);
    setChosen({ electionId: election.election_id });
  };
  return (
    <div class="run">
      <MeetingHead live={live} onSettings={() => setChosen('settings')} />
      <ConnectionState state={live.connection.value} since={live.lostAt.value} />
      <div class="run-columns">
        <Agenda
          live={live}
          elections={elections}
          shown={typeof chosen === 'string' ? undefined : shown?.election_id}
          onChoose={setChosen}
        />
        <section class="run-middle" ref={middle} tabIndex={-1} aria-label={t('run.middle')}>
          {chosen === 'settings' && <MeetingSettings live={live} onDone={() => setChosen(undefined)} />}
          {(chosen === 'new' || editing) && (
            <ElectionForm
              key={editing ? shown?.election_id : 'new'}
              meetingId={live.meetingId}
              election={editing ? shown : undefined}
              onMade={made}
              onCancel={() => setChosen(editing && shown ? { electionId: shown.election_id } : undefined)}
            />
          )}
          {typeof chosen !== 'string' && shown === undefined && <p class="soft">{t('run.empty')}</p>}
          {typeof chosen !== 'string' && !editing && shown !== undefined && (
            <ElectionPanel live={live} election={shown} key={shown.election_id} onChoose={setChosen} />
          )}
        </section>
        <People live={live} />
      </div>
    </div>
  );
}
