import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../ui/announce.tsx';
import type { Election } from './ballots/content.ts';
import type { MeetingWatch, Principal } from './meeting-watch.ts';
import { t } from './texts.ts';

/** A receipt or result stays for so long at least before a vote that was waiting already takes its place. */
const READ_MS = 4_000;
/** The same before a vote that opens while it is read: the hall has gone on, and its time runs. */
const GLANCE_MS = 600;

/** Those in whose name this person has still to vote in an open election. */
export function waitingPrincipals(watch: MeetingWatch, election: Election): Principal[] {
  if (election.state !== 'open') return [];
  return watch.principals.value.filter(
    (principal) =>
      watch.mayVote(election, principal) && principal.voter.records.of(election.election_id).value.state === 'draft',
  );
}

/** Open ones with a ballot still to be cast, the one that opened first before. */
function waitingElections(watch: MeetingWatch): Election[] {
  const waiting = (watch.live.elections.value ?? []).filter((each) => waitingPrincipals(watch, each).length > 0);
  return waiting.sort((a, b) => (a.opened_at ?? '').localeCompare(b.opened_at ?? ''));
}

export interface Shown {
  readonly election: Election | undefined;
  /** another one that waits */
  readonly next: Election | undefined;
  /** a ballot of the shown one is still to be cast, or on its way */
  readonly busy: boolean;
  readonly show: (electionId: string) => void;
}

/**
 * The election on the screen: an open one stays until it is voted in or over; what was done stays to be read; then the
 * next open one takes the screen by itself and is announced.
 */
export function useShownElection(watch: MeetingWatch): Shown {
  const [shownId, show] = useState<string | undefined>(undefined);
  const [since, setSince] = useState(0);
  const [nextSince, setNextSince] = useState(0);
  const told = useRef<string | undefined>(undefined);
  const elections = watch.live.elections.value ?? [];
  const shown = elections.find(({ election_id }) => election_id === shownId);
  const states = shown && watch.principals.value.map(({ voter }) => voter.records.of(shown.election_id).value.state);
  const sending = shown?.state === 'open' && states?.includes('sending') === true;
  const busy = shown !== undefined && (sending || waitingPrincipals(watch, shown).length > 0);
  const standing = `${shownId} ${shown?.state} ${states?.join()}`;
  const next = waitingElections(watch).find(({ election_id }) => election_id !== shownId);

  useEffect(() => setSince(performance.now()), [standing]);
  useEffect(() => setNextSince(performance.now()), [next?.election_id]);

  useEffect(() => {
    if (busy || next === undefined) return;
    const stayMs = nextSince > since ? GLANCE_MS : READ_MS;
    const waitMs = shown === undefined ? 0 : since + stayMs - performance.now();
    const timer = setTimeout(
      () => {
        show(next.election_id);
        if (told.current !== next.election_id) announce(t('live.opened', { title: next.title }));
        told.current = next.election_id; // a drawing that comes between sets the timer a second time
      },
      Math.max(0, waitMs),
    );
    return () => clearTimeout(timer);
  }, [busy, next, shown, since, nextSince]);

  // after a reload: what is open and done, rather than an empty room
  const done = elections.find(({ state }) => state === 'open');
  return { election: shown ?? (next === undefined ? done : undefined), next, busy, show };
}
