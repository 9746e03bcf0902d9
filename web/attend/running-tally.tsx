import { useEffect, useState } from 'preact/hooks';
import type { TallyView } from '../../protocol/tally.ts';
import { Bars } from '../ui/bars.tsx';
import type { IconName } from '../ui/icon.tsx';
import { choiceText } from './ballots/checks.ts';
import type { Election } from './ballots/content.ts';
import { t } from './texts.ts';
import type { Voter } from './voter.ts';

/** What the bars count, by method. */
export function figureOf({ method }: Election): string {
  const names = {
    motion: t('figure.votes'),
    quadratic: t('figure.votes'),
    choose: t('figure.marks'),
    score: t('figure.points'),
    points: t('figure.points'),
    borda: t('figure.points'),
    judgment: t('figure.grades'),
    irv: t('figure.first'),
    stv: t('figure.first'),
    schulze: t('figure.first'),
  };
  return names[method.method];
}

/** The options of a motion are named in the page's language; all others are the organiser's own words. */
export function titleOf({ method, options }: Election, id: string): string {
  if (method.method === 'motion' && (id === 'yes' || id === 'no')) return choiceText(id);
  return options.find((option) => option.id === id)?.title ?? id;
}

/** Yes and no carry the signs of their buttons; all other options their letter. */
export function signOf({ method }: Election, id: string): IconName | undefined {
  if (method.method !== 'motion') return undefined;
  return id === 'yes' ? 'check' : 'cross';
}

/** The figures as far as the election shows them before its publication, to those who have voted. */
export function RunningTally({ election, voter, stale }: TallyProps) {
  const { watchTally } = voter.ways;
  const [tally, setTally] = useState<TallyView | undefined>(undefined);
  useEffect(() => watchTally?.(election.election_id, setTally), [watchTally, election.election_id]);
  if (watchTally === undefined) return null;
  if (election.visibility === 'hidden' && election.state === 'open') return <p class="soft">{t('tally.hidden')}</p>;
  if (tally === undefined) return null;
  const { cast, counted, options } = tally;
  return (
    <section class="card stack">
      <h2>{election.state === 'open' ? t('tally.title') : t('tally.closed')}</h2>
      {cast !== null && <p class="figures">{t('tally.cast', { count: cast })}</p>}
      {options !== null && (
        <Bars
          label={figureOf(election)}
          stale={stale}
          bars={election.options.map(({ id }, index) => ({
            id,
            index,
            title: titleOf(election, id),
            sign: signOf(election, id),
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
