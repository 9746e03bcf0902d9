import { useState } from 'preact/hooks';
import { sessions } from '../ui/attendee-session.ts';
import { Button } from '../ui/button.tsx';
import { ConnectionState } from '../ui/connection-state.tsx';
import { Icon } from '../ui/icon.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { followLink, navigate } from '../ui/router.ts';
import { Pebble, Shell } from '../ui/shell.tsx';
import { Skeleton } from '../ui/waiting.tsx';
import type { Election } from './ballots/content.ts';
import { ElectionScreen } from './election-screen.tsx';
import { History } from './history.tsx';
import { type MeetingWatch, type Principal, watchMeeting } from './meeting-watch.ts';
import { OwnBell } from './own-bell.tsx';
import { behalfOf, PrincipalSwitch } from './principals.tsx';
import { useShownElection, waitingPrincipals } from './shown-election.ts';
import { Speaking } from './speaking.tsx';
import { t } from './texts.ts';
import { WaitingRoom } from './waiting-room.tsx';

/** now: what goes on; votes: all of them; or one of them by its id */
export type View = { readonly name: 'now' | 'votes' } | { readonly name: 'vote'; readonly electionId: string };

/** A meeting that this device has joined; anyone else is led to joining. */
export function MeetingPage({ meetingId, view }: { readonly meetingId: string; readonly view: View }) {
  const session = sessions.value.get(meetingId);
  if (session === undefined) return <NoSession title={t('session.noneTitle')} text={t('session.none')} />;
  if (session.waiting) return <WaitingRoom session={session} />;
  const watch = watchMeeting(session);
  const { live } = watch;
  if (live.refused.value !== undefined) return <NoSession title={t('session.endedTitle')} text={t('session.ended')} />;
  return (
    <Shell title={watch.title.value} acts={<OwnBell />}>
      <ConnectionState state={live.connection.value} since={live.lostAt.value} />
      {live.elections.value === undefined ? <Skeleton lines={5} /> : <Body watch={watch} view={view} />}
    </Shell>
  );
}

function NoSession({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <Shell>
      <section class="message">
        <PageTitle screen="no-session" text={title} />
        <p>{text}</p>
        <Button kind="primary" onClick={() => navigate('/')}>
          {t('session.join')}
        </Button>
      </section>
    </Shell>
  );
}

function Body({ watch, view }: { readonly watch: MeetingWatch; readonly view: View }) {
  const elections = watch.live.elections.value ?? [];
  const home = `/meeting/${watch.session.meetingId}`;
  if (view.name === 'now') return <Now watch={watch} />;
  const one = view.name === 'vote' && elections.find(({ election_id }) => election_id === view.electionId);
  const [self] = watch.principals.value;
  return (
    <>
      <p class="back">
        <a href={view.name === 'votes' ? home : `${home}/votes`} onClick={followLink}>
          <Icon name="back" mirrored /> {view.name === 'votes' ? t('nav.back') : t('nav.votes')}
        </a>
      </p>
      {one ? (
        <OneElection key={one.election_id} watch={watch} election={one} />
      ) : (
        self !== undefined && <History elections={elections} voter={self.voter} home={home} />
      )}
    </>
  );
}

/** One election, for oneself or in the name of a member whose proxy one holds. */
function OneElection({ watch, election }: { readonly watch: MeetingWatch; readonly election: Election }) {
  const [chosenId, choose] = useState<string | null>(null);
  const principals = watch.principals.value;
  const chosen = (principals.find(({ memberId }) => memberId === chosenId) ?? principals[0]) as Principal;
  const next = waitingPrincipals(watch, election).find(({ memberId }) => memberId !== chosen.memberId);
  const done = chosen.voter.records.of(election.election_id).value.state === 'cast';
  return (
    <>
      <PrincipalSwitch
        election={election}
        principals={principals}
        chosen={chosen}
        onChoose={({ memberId }) => choose(memberId)}
      />
      <ElectionScreen
        key={`${election.election_id} ${chosen.memberId}`}
        election={election}
        voter={chosen.voter}
        connection={watch.live.connection.value}
        may={watch.mayVote(election, chosen)}
        behalf={behalfOf(chosen)}
      />
      {done && next !== undefined && (
        <Button kind="primary" wide icon="forward" onClick={() => choose(next.memberId)}>
          {next.memberId === null ? t('proxy.nextSelf') : t('proxy.next', { name: next.name })}
        </Button>
      )}
    </>
  );
}

/** What goes on in the meeting at this moment fills the screen. */
function Now({ watch }: { readonly watch: MeetingWatch }) {
  const { election, next, busy, show } = useShownElection(watch);
  return (
    <>
      {election === undefined ? (
        <Lobby watch={watch} />
      ) : (
        <OneElection key={election.election_id} watch={watch} election={election} />
      )}
      {next !== undefined && election !== undefined && !busy && (
        <Button kind="primary" wide icon="forward" onClick={() => show(next.election_id)}>
          {t('nav.next')}
        </Button>
      )}
      {next !== undefined && busy && <p class="soft small other-open">{t('live.otherOpen', { title: next.title })}</p>}
      {!busy && (
        <div class="foot">
          <Speaking watch={watch} />
          <a href={`/meeting/${watch.session.meetingId}/votes`} onClick={followLink}>
            {t('nav.votes')}
          </a>
          {watch.live.roles.value?.includes('moderator') === true && (
            <a class="button button-plain" href={`/moderate/${watch.session.meetingId}`}>
              {t('nav.lead')}
            </a>
          )}
        </div>
      )}
    </>
  );
}

/** Nothing is open: calm, and sure that the next vote comes by itself. */
function Lobby({ watch }: { readonly watch: MeetingWatch }) {
  const { live, session } = watch;
  const last = live.elections.value?.find(({ state }) => state === 'published' || state === 'closed');
  const ended = live.meeting.value?.state === 'ended';
  return (
    <section class="message lobby">
      <span class="lobby-sign" aria-hidden="true">
        <Pebble />
      </span>
      <PageTitle screen={ended ? 'ended' : 'lobby'} text={ended ? t('lobby.endedTitle') : t('lobby.title')} />
      <p>{ended ? t('lobby.ended') : t('lobby.waiting')}</p>
      <p class="soft small">{t('lobby.name', { name: session.name })}</p>
      {last !== undefined && (
        <a
          class="card lobby-last"
          href={`/meeting/${session.meetingId}/votes/${last.election_id}`}
          onClick={followLink}
        >
          <span class="soft small">{t('lobby.last')}</span>
          <strong>{last.title}</strong>
        </a>
      )}
    </section>
  );
}
