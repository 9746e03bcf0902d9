import { useEffect, useState } from 'preact/hooks';
import type { ElectionView } from '../../protocol/elections.ts';
import { announce } from '../ui/announce.tsx';
import { Bars } from '../ui/bars.tsx';
import { figureName, headline, optionSign, optionTitle, rulingWords } from '../ui/election-words.ts';
import { formatAmount } from '../ui/i18n.ts';
import { Icon } from '../ui/icon.tsx';
import type { LiveMeeting } from '../ui/live-meeting.ts';
import { useResult } from '../ui/use-result.ts';
import { Skeleton } from '../ui/waiting.tsx';
import { roomOf } from './room.ts';
import { t } from './texts.ts';

/** The bars stand at nothing for a breath, then grow: the moment that the hall has waited for. */
const REVEAL_MS = 350;

/** The published result: what was decided, in one line, the bars, and the rule with its figures. */
export function ResultScreen({ live, election }: { readonly live: LiveMeeting; readonly election: ElectionView }) {
  const result = useResult(live, election);
  const [revealed, setRevealed] = useState(false);
  useEffect(() => {
    if (result === undefined) return;
    announce(headline(election, result));
    const timer = setTimeout(() => setRevealed(true), REVEAL_MS);
    return () => clearTimeout(timer);
  }, [result]);
  if (result === undefined) return <Skeleton lines={4} />;
  const { ruling, count } = result;
  const good = ruling.outcome === 'carried' || ruling.outcome === 'elected';
  return (
    <div class={`screen-election ${roomOf(election)}`}>
      <p class="screen-call">{t('result.title')}</p>
      <h1 class="screen-question">{election.title}</h1>
      <p class={good ? 'screen-outcome screen-outcome-good' : 'screen-outcome'}>
        <Icon name={good ? 'check' : 'minus'} /> {headline(election, result)}
      </p>
      <Bars
        label={figureName(election.method.method)}
        format={(value) => formatAmount(String(value))}
        of={Math.max(...election.options.map(({ id }) => Number(count.totals[id] ?? 0)), 0)}
        bars={election.options.map(({ id }, index) => ({
          id,
          index,
          title: optionTitle(election, id),
          sign: optionSign(election, id),
          value: revealed ? Number(count.totals[id] ?? 0) : 0,
          won: revealed && ruling.elected.includes(id) ? t('result.won') : undefined,
        }))}
      />
      <div class="screen-rule figures">
        {rulingWords(result).map((words) => (
          <p key={words}>{words}</p>
        ))}
        <p>{t('result.cast', { count: count.ballots.cast })}</p>
      </div>
    </div>
  );
}
