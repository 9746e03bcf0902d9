import { useEffect, useState } from 'preact/hooks';
import type { ParticipationView } from '../../../client/index.ts';
import type { ElectionView } from '../../../protocol/elections.ts';
import { Button } from '../../ui/button.tsx';
import { formatNumber, formatShare } from '../../ui/i18n.ts';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { refusalText } from '../../ui/refusal-words.ts';
import { t } from '../texts.ts';
import { useRight } from './right.ts';

const AGAIN_MS = 3_000;

interface Participant {
  readonly voter_id: string;
  readonly name: string;
  readonly voted: boolean;
}
interface ParticipantPage {
  readonly items: readonly Participant[];
  readonly next_cursor: string | null;
}

/** Who has voted and who has not; never how. */
function Participants({ electionId }: { readonly electionId: string }) {
  const { http } = useRight();
  const [people, setPeople] = useState<readonly Participant[]>();
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  const load = (cursor?: string) =>
    http
      .call<ParticipantPage>({
        method: 'GET',
        path: `/v1/elections/${electionId}/participants`,
        query: { cursor, limit: '100' },
      })
      .then(
        (page) => {
          setPeople((before) => [...(cursor === undefined ? [] : (before ?? [])), ...page.items]);
          setNext(page.next_cursor);
        },
        (error: unknown) => setProblem(refusalText(error)),
      );
  useEffect(() => void load(), [electionId]);
  return (
    <div class="stack">
      {problem !== '' && <p role="alert">{problem}</p>}
      {people?.length === 0 && <p class="soft">{t('participation.nobody')}</p>}
      <ul class="plain-list participants">
        {people?.map(({ voter_id: id, name, voted }) => (
          <li key={id} class="list-row">
            <span>{name}</span>
            <span class={voted ? '' : 'soft'}>{voted ? t('participation.voted') : t('participation.notYet')}</span>
          </li>
        ))}
      </ul>
      {next !== null && (
        <div class="row">
          <Button onClick={() => void load(next)}>{t('more')}</Button>
        </div>
      )}
    </div>
  );
}

/** How many may vote and how many have, and on request who. */
export function Participation({ live, election }: { readonly live: LiveMeeting; readonly election: ElectionView }) {
  const [figures, setFigures] = useState<ParticipationView>();
  const [open, setOpen] = useState(false);
  const id = election.election_id;
  useEffect(() => {
    const ask = () => live.http.participation(id).then(setFigures, () => {}); // the head tells of a lost connection
    void ask();
    if (election.state !== 'open') return;
    const timer = setInterval(() => void ask(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [live, id, election.state]);
  if (figures === undefined) return null;
  const { roll, voted } = figures;
  return (
    <details class="participation" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="figures">
        {t('participation.summary', {
          voted: formatNumber(voted),
          roll: formatNumber(roll),
          share: roll === 0 ? '–' : formatShare(voted / roll),
        })}
      </summary>
      {open && <Participants electionId={id} />}
    </details>
  );
}
