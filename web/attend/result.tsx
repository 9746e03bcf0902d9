import { useEffect, useState } from 'preact/hooks';
import type { ResultView } from '../../client/index.ts';
import { Bars } from '../ui/bars.tsx';
import { figureName, headline, optionSign, optionTitle, rulingWords } from '../ui/election-words.ts';
import { formatAmount } from '../ui/i18n.ts';
import { Icon } from '../ui/icon.tsx';
import { Skeleton } from '../ui/waiting.tsx';
import type { Election } from './ballots/content.ts';
import { t } from './texts.ts';
import type { Voter } from './voter.ts';

/** A published result, fetched once an election. */
export function Result({ election, voter }: { readonly election: Election; readonly voter: Voter }) {
  const [result, setResult] = useState<ResultView | 'failed' | undefined>(undefined);
  const id = election.election_id;
  useEffect(() => {
    let gone = false;
    voter.ways.result(id).then(
      (found) => !gone && setResult(found),
      () => !gone && setResult('failed'),
    );
    return () => {
      gone = true;
    };
  }, [voter, id]);
  if (result === undefined) return <Skeleton lines={4} />;
  if (result === 'failed') {
    return (
      <p class="note" role="alert">
        <Icon name="warning" /> {t('result.failed')}
      </p>
    );
  }
  return <ResultCard election={election} result={result} />;
}

function ResultCard({ election, result }: { readonly election: Election; readonly result: ResultView }) {
  const { count, ruling } = result;
  const { cast, blank, abstained } = count.ballots;
  const good = ruling.outcome === 'carried' || ruling.outcome === 'elected';
  return (
    <section class="card stack result">
      <h2 class={good ? 'outcome outcome-good' : 'outcome'}>
        <Icon name={good ? 'check' : 'minus'} /> {headline(election, result)}
      </h2>
      {rulingWords(result).map((words) => (
        <p class="figures" key={words}>
          {words}
        </p>
      ))}
      <Bars
        label={figureName(election.method.method)}
        bars={election.options.map(({ id }, index) => ({
          id,
          index,
          title: optionTitle(election, id),
          sign: optionSign(election, id),
          value: Number(count.totals[id] ?? 0),
          won: ruling.elected.includes(id) ? t('result.won') : undefined,
        }))}
        format={(value) => formatAmount(String(value))}
      />
      <p class="soft small figures">
        {[
          t('result.ballots', { count: cast }),
          ...(abstained > 0 ? [t('result.abstained', { count: abstained })] : []),
          ...(blank > 0 ? [t('result.blank', { count: blank })] : []),
        ].join(' · ')}
      </p>
      {count.rounds.length > 1 && <Rounds election={election} rounds={count.rounds} />}
    </section>
  );
}

/** Every round as a table: an option a row, a round a column. */
function Rounds({ election, rounds }: { readonly election: Election; readonly rounds: ResultView['count']['rounds'] }) {
  return (
    <details class="rounds">
      <summary>{t('result.rounds')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the phone is scrolled by keys too */}
      <section class="rounds-scroll" tabIndex={0} aria-label={t('result.rounds')}>
        <table class="figures">
          <thead>
            <tr>
              <td />
              {rounds.map(({ round }) => (
                <th key={round} scope="col">
                  {t('result.round', { round })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {election.options.map(({ id }) => (
              <tr key={id}>
                <th scope="row">{optionTitle(election, id)}</th>
                {rounds.map(({ round, amounts }) => (
                  <td key={round}>{amounts[id] === undefined ? '–' : formatAmount(amounts[id])}</td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">{t('result.exhausted')}</th>
              {rounds.map(({ round, exhausted }) => (
                <td key={round}>{formatAmount(exhausted)}</td>
              ))}
            </tr>
          </tbody>
        </table>
      </section>
    </details>
  );
}
