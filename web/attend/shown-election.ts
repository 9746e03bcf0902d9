import { useEffect, useState } from 'preact/hooks';
import { announce } from '../ui/announce.tsx';
import type { Election } from './ballots/content.ts';
import type { MeetingWatch, Principal } from './meeting-watch.ts';
import { t } from './texts.ts';

/** A receipt or result stays for so long at least before the next vote takes its place. */
const READ_MS = 4_000;

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
  const elections = watch.live.elections.value ?? [];
  const shown = elections.find(({ election_id }) => election_id === shownId);
  const states = shown && watch.principals.value.map(({ voter }) => voter.records.of(shown.election_id).value.state);
  const sending = shown?.state === 'open' && states?.includes('sending') === true;
  const busy = shown !== undefined && (sending || waitingPrincipals(watch, shown).length > 0);
  const standing = `${shownId} ${shown?.state} ${states?.join()}`;
  const next = waitingElections(watch).find(({ election_id }) => election_id !== shownId);

  useEffect(() => setSince(performance.now()), [standing]);

  useEffect(() => {
    if (busy || next === undefined) return;
    const waitMs = shown === undefined ? 0 : since + READ_MS - performance.now();
    const timer = setTimeout(
      () => {
        show(next.election_id);
        announce(t('live.opened', { title: next.title }));
      },
      Math.max(0, waitMs),
    );
    return () => clearTimeout(timer);
  }, [busy, next, shown, since]);

  // after a reload: what is open and done, rather than an empty room
  const done = elections.find(({ state }) => state === 'open');
  return { election: shown ?? (next === undefined ? done : undefined), next, busy, show };
}
