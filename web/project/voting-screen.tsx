import { useEffect, useState } from 'preact/hooks';
import type { ElectionView } from '../../protocol/elections.ts';
import type { TallyView } from '../../protocol/tally.ts';
import { Bars } from '../ui/bars.tsx';
import { figureName, optionSign, optionTitle, standingWords } from '../ui/election-words.ts';
import { formatAmount, formatNumber } from '../ui/i18n.ts';
import { Icon } from '../ui/icon.tsx';
import type { LiveMeeting } from '../ui/live-meeting.ts';
import { letterOf } from '../ui/options.ts';
import { roomOf } from './room.ts';
import { t } from './texts.ts';

/** What there is to choose from, while no figures are shown. */
function Options({ election }: { readonly election: ElectionView }) {
  return (
    <ul class="screen-options">
      {election.options.map(({ id }, index) => (
        <li key={id}>
          <span class="screen-letter" aria-hidden="true">
            {letterOf(index)}
          </span>
          {optionTitle(election, id)}
        </li>
      ))}
    </ul>
  );
}

function Turnout({ election, tally }: { readonly election: ElectionView; readonly tally: TallyView | undefined }) {
  if (tally === undefined) return null;
  if (tally.cast === null) return <p class="screen-turnout">{t('vote.hidden')}</p>;
  return (
    <p class="screen-turnout figures">
      <Icon name="check" /> {t('vote.cast', { count: tally.cast })}
      {tally.options === null && election.state === 'open' && <span class="soft"> · {t('vote.countOnly')}</span>}
      {tally.options !== null && tally.counted < tally.cast && <span class="soft"> · {t('vote.partly')}</span>}
      {tally.options !== null && tally.counted === tally.cast && tally.cast > 0 && (
        <span class="soft"> · {t('vote.exact', { counted: formatNumber(tally.counted) })}</span>
      )}
    </p>
  );
}

function headOf({ state, cancel_reason: reason }: ElectionView): string {
  if (state === 'open') return t('vote.open');
  if (state === 'cancelled') return reason === null ? t('vote.cancelled') : `${t('vote.cancelled')}: ${reason}`;
  return t('vote.closed');
}

/** A vote that is open, or closed and not published: the question, what may be shown of it, and how many have voted. */
export function VotingScreen({ live, election }: { readonly live: LiveMeeting; readonly election: ElectionView }) {
  const [tally, setTally] = useState<TallyView>();
  useEffect(() => live.watchTally(election.election_id, setTally), [live, election.election_id]);
  const stale = live.connection.value !== 'up';
  // figures that were kept back while it was open are kept for the publication
  const keptBack = election.state === 'closed' && election.visibility !== 'live';
  const shown = keptBack ? null : (tally?.options ?? null);
  return (
    <div class={`screen-election ${roomOf(election)}`}>
      <p class={election.state === 'open' ? 'screen-call screen-call-open' : 'screen-call'}>{headOf(election)}</p>
      <h1 class="screen-question">{election.title}</h1>
      {election.state === 'closed' && <p class="soft screen-line">{t('vote.counting')}</p>}
      {shown === null ? (
        <Options election={election} />
      ) : (
        <Bars
          label={figureName(election.method.method)}
          stale={stale}
          format={(value) => formatAmount(String(value))}
          bars={election.options.map(({ id }, index) => ({
            id,
            index,
            title: optionTitle(election, id),
            sign: optionSign(election, id),
            value: Number(shown.find(({ option }) => option === id)?.weight ?? 0),
          }))}
        />
      )}
      <Turnout election={election} tally={tally} />
      {election.state === 'open' &&
        standingWords(tally?.standing ?? null).map((words) => (
          <p class="screen-line figures" key={words}>
            {words}
          </p>
        ))}
    </div>
  );
}
