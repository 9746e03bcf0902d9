import { useEffect, useRef, useState } from 'preact/hooks';
import type { ElectionView } from '../../../protocol/elections.ts';
import type { TallyView } from '../../../protocol/tally.ts';
import { Bars } from '../../ui/bars.tsx';
import { figureName, optionSign, optionTitle, standingWords } from '../../ui/election-words.ts';
import { formatAmount, formatNumber } from '../../ui/i18n.ts';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { t } from '../texts.ts';
import { RatePlot } from './rate-plot.tsx';
import { VoteRates } from './vote-rates.ts';

/** How old the newest figures are, by the moment they came here: clocks of two machines differ. */
function useAgeMs(since: number | undefined): number | undefined {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return since === undefined ? undefined : Math.max(0, now - since);
}

/** What the figures are exact to: moderators read it aloud when they are asked. */
function Watermark({ tally, cameAt, lost }: { tally: TallyView; cameAt: number | undefined; lost: boolean }) {
  const age = useAgeMs(cameAt);
  const seconds = age === undefined ? 0 : Math.round(age / 1_000);
  const counted = formatNumber(tally.options === null ? (tally.cast ?? 0) : tally.counted);
  return (
    <p class="soft small figures watermark">
      {lost ? t('live.asOf', { counted, seconds }) : t('live.exact', { counted, seconds })}
      {tally.options !== null && tally.cast !== null && tally.counted < tally.cast && (
        <> · {t('live.partly', { behind: tally.cast - tally.counted })}</>
      )}
    </p>
  );
}

/** The running tally of an open vote with its watermark, where quorum and majority stand, and votes a second. */
export function LiveFigures({ live, election }: { readonly live: LiveMeeting; readonly election: ElectionView }) {
  const [tally, setTally] = useState<TallyView>();
  const cameAt = useRef<number | undefined>(undefined);
  const rates = useRef(new VoteRates());
  useEffect(
    () =>
      live.watchTally(election.election_id, (figures) => {
        cameAt.current = performance.now();
        if (figures.cast !== null) rates.current.count(figures.cast, Date.now());
        setTally(figures);
      }),
    [live, election.election_id],
  );
  const lost = live.connection.value !== 'up';
  if (tally === undefined) return null;
  const { cast, options, standing } = tally;
  return (
    <div class={lost ? 'stack figures-stale' : 'stack'}>
      <p class="live-cast figures">
        {cast === null ? t('live.hidden') : t('live.cast', { count: cast })}
        {cast !== null && options === null && <span class="soft"> · {t('live.countOnly')}</span>}
      </p>
      {options !== null && (
        <Bars
          label={figureName(election.method.method)}
          stale={lost}
          format={(value) => formatAmount(String(value))}
          bars={election.options.map(({ id }, index) => ({
            id,
            index,
            title: optionTitle(election, id),
            sign: optionSign(election, id),
            value: Number(options.find(({ option }) => option === id)?.weight ?? 0),
          }))}
        />
      )}
      {cast !== null && <Watermark tally={tally} cameAt={cameAt.current} lost={lost} />}
      {standingWords(standing).map((words) => (
        <p class="standing figures" key={words}>
          {words}
        </p>
      ))}
      {cast !== null && <RatePlot rates={rates.current} />}
    </div>
  );
}
