import { useEffect, useState } from 'preact/hooks';
import type { TallyView } from '../../protocol/tally.ts';
import { Bars } from '../ui/bars.tsx';
import { figureName, optionSign, optionTitle } from '../ui/election-words.ts';
import type { Election } from './ballots/content.ts';
import { t } from './texts.ts';
import type { Voter } from './voter.ts';

/** The figures as far as the election shows them before its publication, to those who have voted. */
export function RunningTally({ election, voter, stale }: TallyProps) {
  const { watchTally } = voter.ways;
  const [tally, setTally] = useState<TallyView | undefined>(undefined);
  useEffect(() => watchTally?.(election.election_id, setTally), [watchTally, election.election_id]);
  if (watchTally === undefined) return null;
  if (election.visibility === 'hidden' && election.state === 'open') return <p class="soft">{t('tally.hidden')}</p>;
  // whoever kept the figures back keeps them for the publication
  if (election.visibility !== 'live' && election.state === 'closed') return null;
  if (tally === undefined) return null;
  const { cast, counted, options } = tally;
  return (
    <section class="card stack">
      <h2>{election.state === 'open' ? t('tally.title') : t('tally.closed')}</h2>
      {cast !== null && <p class="figures">{t('tally.cast', { count: cast })}</p>}
      {options !== null && (
        <Bars
          label={figureName(election.method.method)}
          stale={stale}
          bars={election.options.map(({ id }, index) => ({
            id,
            index,
            title: optionTitle(election, id),
            sign: optionSign(election, id),
            value: Number(options.find(({ option }) => option === id)?.weight ?? 0),
          }))}
        />
      )}
      {options !== null && cast !== null && counted < cast && (
        <p class="soft small">{t('tally.partly', { counted, cast })}</p>
      )}
    </section>
  );
}

interface TallyProps {
  readonly election: Election;
  readonly voter: Voter;
  /** the connection is lost: greyed */
  readonly stale: boolean;
}
