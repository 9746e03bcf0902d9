import { useEffect, useState } from 'preact/hooks';
import type { CampaignResultView } from '../../../protocol/ideas.ts';
import { api } from '../../ui/account-session.ts';
import { Button } from '../../ui/button.tsx';
import { formatNumber, formatShare } from '../../ui/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { loadRefusalWords, refusalText } from '../../ui/refusal-words.ts';
import { followLink } from '../../ui/router.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import type { WatchedCampaign } from '../live/watched.ts';
import { t } from '../texts.ts';
import '../style/result.css';

type Row = CampaignResultView['ideas'][number];

function ruleName(rule: CampaignResultView['rule']): string {
  const names: Readonly<Record<CampaignResultView['rule'], string>> = {
    greedy: t('rule.greedy'),
    equal_shares: t('rule.equalShares'),
    equal_shares_add1: t('rule.equalSharesAdd1'),
    ranking: t('rule.ranking'),
  };
  return names[rule];
}

/** What was spent of the budget, as a bar and in words. */
function Budget({ budget, spent }: { readonly budget: number; readonly spent: number }) {
  const share = budget === 0 ? 0 : spent / budget;
  return (
    <div class="budget">
      <p class="figures">
        {t('result.spent', { spent: formatNumber(spent), budget: formatNumber(budget), share: formatShare(share) })}
      </p>
      <span class="budget-track" aria-hidden="true">
        <span class="budget-fill" style={{ inlineSize: `${100 * Math.min(1, share)}%` }} />
      </span>
    </div>
  );
}

interface RowsProps {
  readonly rows: readonly Row[];
  /** public name of the campaign */
  readonly name: string;
  readonly withCost: boolean;
  readonly ownOn: (ideaId: string) => number;
}

function Rows({ rows, name, withCost, ownOn }: RowsProps) {
  return (
    <table class="result-table figures">
      <thead>
        <tr>
          <th scope="col">{t('result.rank')}</th>
          <th scope="col">{t('result.idea')}</th>
          {withCost && (
            <th scope="col" class="result-number">
              {t('idea.costLabel')}
            </th>
          )}
          <th scope="col" class="result-number">
            {t('result.coins')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.idea_id} class={row.wins ? 'result-wins' : ''}>
            <td>{row.rank}</td>
            <th scope="row">
              <a href={`/campaigns/${name}/ideas/${row.idea_id}`} onClick={followLink}>
                {row.title}
              </a>
              <span class="small block result-marks">
                {row.wins && (
                  <span class="result-won">
                    <Icon name="check" /> {t('result.wins')}
                  </span>
                )}
                {row.givers > 0 && <span class="soft">{t('result.givers', { count: row.givers })}</span>}
                {ownOn(row.idea_id) > 0 && <span>{t('giving.own', { count: ownOn(row.idea_id) })}</span>}
                {row.tie && <span class="soft">{t('result.tie')}</span>}
              </span>
            </th>
            {withCost && <td class="result-number">{row.cost === null ? '' : formatNumber(row.cost)}</td>}
            <td class="result-number">{formatNumber(row.coins)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What came of the campaign: the ranking, and where there is a budget what it pays for. Prints as it stands. */
export function Result({ watched }: { readonly watched: WatchedCampaign }) {
  const { live, purse } = watched;
  const campaign = live.campaign.value;
  const [result, setResult] = useState<CampaignResultView>();
  const [problem, setProblem] = useState('');
  const { id, status } = campaign ?? {};
  const read = async () => {
    setProblem('');
    try {
      setResult(await api.call<CampaignResultView>({ method: 'GET', path: `/v1/campaigns/${id}/result` }));
    } catch (error) {
      await loadRefusalWords();
      setProblem(refusalText(error));
    }
  };
  const isBack = live.connection.value === 'up';
  useEffect(() => {
    if (isBack) void read();
  }, [id, status, isBack]);
  const winners = result?.ideas.filter(({ wins }) => wins).length ?? 0;
  return (
    <section class="card result stack" aria-labelledby="result-title">
      <h2 id="result-title">{t('result.title')}</h2>
      {problem !== '' && (
        <div class="stack" role="alert">
          <p>{problem}</p>
          <Button onClick={() => void read()}>{t('again')}</Button>
        </div>
      )}
      {result === undefined && problem === '' && <Skeleton lines={4} />}
      {result !== undefined && (
        <>
          <p>
            {ruleName(result.rule)}
            {result.rule !== 'ranking' && ` ${t('result.winners', { count: winners })}`}
          </p>
          {result.budget !== null && result.spent !== null && <Budget budget={result.budget} spent={result.spent} />}
          {result.completion !== null && <p class="soft small">{result.completion}</p>}
          {result.ideas.length === 0 ? (
            <p class="soft">{t('result.none')}</p>
          ) : (
            <Rows
              rows={result.ideas}
              name={campaign?.campaign_id ?? ''}
              withCost={result.budget !== null}
              ownOn={(ideaId) => purse.value?.on(ideaId) ?? 0}
            />
          )}
          <div class="row result-acts">
            <Button onClick={() => print()}>{t('result.print')}</Button>
          </div>
        </>
      )}
    </section>
  );
}
