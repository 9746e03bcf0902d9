import { useEffect, useRef, useState } from 'preact/hooks';
import type { ResultView } from '../../../client/index.ts';
import type { ElectionView } from '../../../protocol/elections.ts';
import { optionTitle } from '../../ui/election-words.ts';
import { formatAmount } from '../../ui/i18n.ts';
import { isDark } from '../../ui/theme.ts';
import { t } from '../texts.ts';
import { flowOf } from './flow.ts';
import { ruleInWords } from './round-words.ts';

type Round = ResultView['count']['rounds'][number];

/** The flow of votes between rounds; drawn once the large library for it has come. */
function Flow({ election, rounds }: { readonly election: ElectionView; readonly rounds: readonly Round[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let end: (() => void) | undefined;
    let gone = false;
    const flow = flowOf(rounds, (id) => (id === null ? t('rounds.exhausted') : optionTitle(election, id)));
    void import('./sankey.ts').then(({ drawSankey }) => {
      if (!gone && box.current !== null) end = drawSankey(box.current, flow);
    });
    return () => {
      gone = true;
      end?.();
    };
  }, [election, rounds, isDark.value]);
  return <div class="sankey" ref={box} aria-hidden="true" />;
}

/** Every round as a table that a person can follow, with the flow of transfers beside it. */
export function Rounds({ election, rounds }: { readonly election: ElectionView; readonly rounds: readonly Round[] }) {
  const [open, setOpen] = useState(false);
  const hasTransfers = rounds.some(({ transfers }) => transfers.length > 0);
  return (
    <details class="rounds" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('rounds.title', { count: rounds.length })}</summary>
      {open && hasTransfers && <Flow election={election} rounds={rounds} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the column is scrolled by keys too */}
      <section class="rounds-scroll" tabIndex={0} aria-label={t('rounds.table')}>
        <table class="table figures">
          <thead>
            <tr>
              <th scope="col">{t('rounds.option')}</th>
              {rounds.map(({ round }) => (
                <th key={round} scope="col">
                  {t('rounds.round', { round })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {election.options.map(({ id }) => (
              <tr key={id}>
                <th scope="row">{optionTitle(election, id)}</th>
                {rounds.map(({ round, amounts, elected, eliminated }) => (
                  <td key={round} class={eliminated.includes(id) ? 'soft' : ''}>
                    {amounts[id] === undefined ? '–' : formatAmount(amounts[id])}
                    {elected.includes(id) && <span class="mark"> {t('rounds.elected')}</span>}
                    {eliminated.includes(id) && <span class="mark"> {t('rounds.out')}</span>}
                  </td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">{t('rounds.exhausted')}</th>
              {rounds.map(({ round, exhausted }) => (
                <td key={round}>{formatAmount(exhausted)}</td>
              ))}
            </tr>
          </tbody>
        </table>
      </section>
      <ol class="round-words soft small">
        {rounds.map(({ round, rule }) => (
          <li key={round}>{ruleInWords(rule)}</li>
        ))}
      </ol>
    </details>
  );
}
