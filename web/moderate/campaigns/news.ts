import { effect } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { LiveCampaign } from '../../campaigns/live/live-campaign.ts';

/** Lists are read again at most this often, however much happens: hundreds propose and give at one moment. */
const REREAD_MS = 1_000;

/**
 * A number that grows when something has happened in a campaign; whoever shows a list reads it again then.
 * @param kinds what events begin with, e.g. 'idea.'
 */
export function useNews(live: LiveCampaign, kinds: string): number {
  const [news, setNews] = useState(0);
  useEffect(() => {
    const known = live.events.peek(); // what had happened before is in what was read
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const stop = effect(() => {
      const events = live.events.value;
      if (events === known || !events.some(({ kind }) => kind.startsWith(kinds))) return;
      waiting ??= setTimeout(() => {
        waiting = undefined;
        setNews((before) => before + 1);
      }, REREAD_MS);
    });
    return () => {
      stop();
      clearTimeout(waiting);
    };
  }, [live, kinds]);
  return news;
}
