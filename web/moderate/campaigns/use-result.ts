import { useEffect, useState } from 'preact/hooks';
import type { CampaignResultView } from '../../../protocol/ideas.ts';
import type { LiveCampaign } from '../../campaigns/live/live-campaign.ts';
import { api } from '../../ui/account-session.ts';
import { loadRefusalWords, refusalText } from '../../ui/refusal-words.ts';
import { pathOf } from './calls.ts';

/** Counting who wins takes the server some work: at most this often, however fast coins come. */
const REREAD_MS = 3_000;

/** Who would win now, read again when the board has changed, and when it could not be read. */
export function useResult(live: LiveCampaign, campaign: string) {
  const [result, setResult] = useState<CampaignResultView>();
  const [problem, setProblem] = useState('');
  /** false: it could not be read */
  const read = async (): Promise<boolean> => {
    try {
      setResult(await api.call<CampaignResultView>({ method: 'GET', path: pathOf(campaign, 'result') }));
      setProblem('');
      return true;
    } catch (error) {
      await loadRefusalWords();
      setProblem(refusalText(error));
      return false;
    }
  };
  useEffect(() => {
    let gone = false;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        void now();
      }, REREAD_MS);
    };
    const now = async () => {
      if (!(await read()) && !gone) later();
    };
    void now();
    let first = true; // the present figures are in what is being read
    const stop = live.figures.subscribe(() => {
      if (!first) later();
      first = false;
    });
    return () => {
      gone = true;
      stop();
      clearTimeout(waiting);
    };
  }, [live, campaign]);
  return { result, problem, again: read };
}
