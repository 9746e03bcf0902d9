import { useEffect, useState } from 'preact/hooks';
import type { CampaignAnalyticsView } from '../../../../protocol/campaign-analytics.ts';
import type { LiveCampaign } from '../../../campaigns/live/live-campaign.ts';
import { api } from '../../../ui/account-session.ts';
import { loadRefusalWords, refusalText } from '../../../ui/refusal-words.ts';
import { pathOf } from '../calls.ts';

/** Read again at most this often, and only when something has happened or the figures are known to lag. */
const REREAD_MS = 4_000;

export type Bucket = CampaignAnalyticsView['bucket'];

/** By this device's clock days begin. */
export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export interface Analytics {
  readonly view: CampaignAnalyticsView | undefined;
  /** why they could not be read; '' while all is well */
  readonly problem: string;
}

/** The figures of a campaign, read again when its topics tell of something new. */
export function useAnalytics(live: LiveCampaign, campaign: string, bucket: Bucket): Analytics {
  const [view, setView] = useState<CampaignAnalyticsView>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let gone = false;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        if (document.hidden) again();
        else void read();
      }, REREAD_MS);
    };
    const read = async () => {
      try {
        const query = { bucket, time_zone: ownTimeZone() };
        const next = await api.call<CampaignAnalyticsView>({
          method: 'GET',
          path: pathOf(campaign, 'analytics'),
          query,
        });
        if (gone) return;
        setView(next);
        setProblem('');
        if (next.watermark.behind > 0) again(); // workers have not come to the last acts yet
      } catch (error) {
        await loadRefusalWords();
        if (!gone) setProblem(refusalText(error));
      }
    };
    void read();
    const heard = [live.figures, live.events].map((topic) => {
      let first = true; // the present value is no news
      return topic.subscribe(() => {
        if (!first) again();
        first = false;
      });
    });
    return () => {
      gone = true;
      clearTimeout(waiting);
      for (const stop of heard) stop();
    };
  }, [live, campaign, bucket]);
  return { view, problem };
}
