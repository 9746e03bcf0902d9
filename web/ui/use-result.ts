import { useEffect, useState } from 'preact/hooks';
import type { ResultView } from '../../client/index.ts';
import type { ElectionView } from '../../protocol/elections.ts';
import type { LiveMeeting } from './live-meeting.ts';

/** Counting takes a moment after the close, and a server may be away for one. */
const AGAIN_MS = 800;

/** The result of an election, read again whenever the election has changed; undefined until it is there. */
export function useResult(live: LiveMeeting, election: ElectionView): ResultView | undefined {
  const [result, setResult] = useState<ResultView>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const ask = () =>
      live.http.result(election.election_id).then(
        (found) => !gone && setResult(found),
        () => {
          if (!gone) timer = setTimeout(ask, AGAIN_MS);
        },
      );
    void ask();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [live, election.election_id, election.changed_pos]);
  return result;
}
