import { useEffect, useState } from 'preact/hooks';
import type { AgendaItemView } from '../../protocol/agenda.ts';
import type { ElectionView } from '../../protocol/elections.ts';
import { Countdown } from '../ui/countdown.tsx';
import { formatTime } from '../ui/i18n.ts';
import type { LiveMeeting } from '../ui/live-meeting.ts';
import { DisplaySettings, Pebble } from '../ui/shell.tsx';
import { AgendaScreen } from './agenda-screen.tsx';
import { JoinCode, JoinPanel } from './join-panel.tsx';
import { ResultScreen } from './result-screen.tsx';
import { t } from './texts.ts';
import { VotingScreen } from './voting-screen.tsx';

/** Moments of an election in text: the later one sorts behind. */
function lastMoment(election: ElectionView): string {
  return election.published_at ?? election.closed_at ?? election.opened_at ?? '';
}

/** What the hall should see: the vote that is open (the one opened last), else the one that ended last. */
function electionOnScreen(elections: readonly ElectionView[]): ElectionView | undefined {
  const latest = (among: readonly ElectionView[]) =>
    [...among].sort((a, b) => lastMoment(b).localeCompare(lastMoment(a)))[0];
  return (
    latest(elections.filter(({ state }) => state === 'open')) ??
    latest(elections.filter(({ state, opened_at: openedAt }) => state !== 'draft' && openedAt !== null))
  );
}

/** Asks the browser for the whole screen; nothing where it has no such thing. */
function FullScreenButton() {
  const [full, setFull] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const changed = () => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, []);
  if (full || !document.fullscreenEnabled) return null;
  return (
    <button
      type="button"
      class="button button-quiet"
      onClick={() => void document.documentElement.requestFullscreen().catch(() => {})}
    >
      {t('screen.full')}
    </button>
  );
}

/** What the moderator has gone to on the agenda; undefined where that is a vote or nothing. */
function currentItem({ agenda }: LiveMeeting): AgendaItemView | undefined {
  const { items = [], current_item_id: id } = agenda.value ?? {};
  const item = items.find(({ item_id: each }) => each === id);
  return item?.kind === 'election' ? undefined : item;
}

function Content({ live, election, item }: { live: LiveMeeting; election?: ElectionView; item?: AgendaItemView }) {
  if (item !== undefined && election?.state !== 'open') return <AgendaScreen live={live} item={item} />;
  if (election === undefined) return <JoinPanel live={live} />;
  if (election.state === 'published')
    return <ResultScreen live={live} election={election} key={election.election_id} />;
  return <VotingScreen live={live} election={election} key={election.election_id} />;
}

/** The whole screen: what is voted on and nothing else, with the way in at its foot. */
export function Screen({ live }: { readonly live: LiveMeeting }) {
  const election = electionOnScreen(live.elections.value ?? []);
  const item = currentItem(live);
  const lost = live.connection.value === 'up' ? undefined : live.lostAt.value;
  return (
    <div class={lost === undefined ? 'screen' : 'screen screen-stale'}>
      <header class="screen-head">
        <Pebble />
        <span class="screen-meeting">{live.meeting.value?.title}</span>
        <span class="screen-acts">
          <FullScreenButton />
          <DisplaySettings />
        </span>
        {election?.state === 'open' && election.closes_at !== null && (
          <Countdown until={election.closes_at} least={1} />
        )}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a small window it is scrolled, by keys too */}
      <main class="screen-main" id="content" tabIndex={0}>
        <Content
          live={live}
          {...(election === undefined ? {} : { election })}
          {...(item === undefined ? {} : { item })}
        />
      </main>
      <footer class="screen-foot">
        {(election !== undefined || item !== undefined) && <JoinCode live={live} />}
        <span class="screen-state" role="status">
          {lost !== undefined && t('screen.stale', { time: formatTime(lost) })}
        </span>
      </footer>
    </div>
  );
}
