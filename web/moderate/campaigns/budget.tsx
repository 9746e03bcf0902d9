import { useEffect, useState } from 'preact/hooks';
import type { PageView } from '../../../client/index.ts';
import type { CampaignResultView, IdeaView } from '../../../protocol/ideas.ts';
import { api } from '../../ui/account-session.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary } from '../../ui/field.tsx';
import { formatNumber, formatShare } from '../../ui/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { decideIdea, pathOf } from './calls.ts';
import type { PartProps } from './part.ts';
import { t } from './texts.ts';
import { useResult } from './use-result.ts';
import { ruleName } from './words.ts';

/** How much of the budget the present winners would cost. */
function BudgetBar({ budget, spent }: { readonly budget: number; readonly spent: number }) {
  const share = Math.min(1, spent / budget);
  return (
    <div class="stack budget">
      <p class="budget-words figures">
        <strong>{formatNumber(spent)}</strong> {t('budget.of', { budget: formatNumber(budget) })}
      </p>
      <div class="bar-track budget-track" aria-hidden="true">
        <span class="bar-fill" style={{ inlineSize: `${100 * share}%` }} />
      </div>
      <p class="soft small figures">
        {t('budget.left', { left: formatNumber(budget - spent), share: formatShare(share) })}
      </p>
    </div>
  );
}

function Rows({ result }: { readonly result: CampaignResultView }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the window is scrolled by keys too
    <section class="rounds-scroll" tabIndex={0} aria-label={t('twin.asTable', { name: t('budget.title') })}>
      <table class="table import-table budget-table">
        <thead>
          <tr>
            <th scope="col">{t('budget.rank')}</th>
            <th scope="col">{t('analytics.idea')}</th>
            <th scope="col" class="import-figure">
              {t('budget.cost')}
            </th>
            <th scope="col" class="import-figure">
              {t('analytics.coins')}
            </th>
            <th scope="col" class="import-figure">
              {t('budget.givers')}
            </th>
            <th scope="col">{t('budget.outcome')}</th>
          </tr>
        </thead>
        <tbody>
          {result.ideas.map((idea) => (
            <tr key={idea.idea_id} class={idea.wins ? 'budget-wins' : undefined}>
              <td class="figures" data-label={t('budget.rank')}>
                {formatNumber(idea.rank)}
              </td>
              <th scope="row" class="import-main">
                {idea.title}
              </th>
              <td class="figures import-figure" data-label={t('budget.cost')}>
                {idea.cost === null ? '–' : formatNumber(idea.cost)}
              </td>
              <td class="figures import-figure" data-label={t('analytics.coins')}>
                {formatNumber(idea.coins)}
              </td>
              <td class="figures import-figure" data-label={t('budget.givers')}>
                {formatNumber(idea.givers)}
              </td>
              <td data-label={t('budget.outcome')}>
                <span>
                  {idea.wins ? (
                    <strong class="outcome-good">
                      <Icon name="check" /> {result.final ? t('budget.won') : t('budget.wins')}
                    </strong>
                  ) : (
                    <span class="soft">{t('budget.loses')}</span>
                  )}
                  {idea.tie && <span class="soft small block">{t('budget.tie')}</span>}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Accepts every winner, one after the other; coins on them are expended. */
function AcceptWinners({
  campaign,
  result,
  live,
  onDone,
}: PartProps & { result: CampaignResultView; onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const form = useSubmission('accept-winners');
  useEffect(() => {
    const query = { status: 'competing', limit: '200' };
    api
      .call<PageView<IdeaView>>({ method: 'GET', path: pathOf(campaign.campaign_id, 'ideas'), query })
      .then(({ items }) => setOpen(new Set(items.map(({ id }) => id))))
      .catch(() => {}); // without the list there is no button, and the winners still are read
  }, [campaign.campaign_id, result]);
  const winners = result.ideas.filter(({ wins, idea_id: id }) => wins && open.has(id));
  const coins = winners.reduce((sum, idea) => sum + idea.coins, 0);
  const accept = async () => {
    const done = await form.submit([], async () => {
      for (const { idea_id: id } of winners) await decideIdea(id, 'accept');
    });
    setAsking(false);
    if (done) toast(t('budget.accepted', { count: winners.length }));
    onDone(); // some may have been accepted before one was refused
    void live.reread().catch(() => {}); // its counts; an event brings them too
  };
  if (winners.length === 0) return null;
  return (
    <>
      <ErrorSummary errors={form.errors} />
      {!result.final && <p class="soft">{t('budget.notFinal')}</p>}
      <div class="row">
        <Button id="accept-winners" busy={form.busy} onClick={() => setAsking(true)}>
          {t('budget.accept', { count: winners.length })}
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        title={t('budget.acceptSure', { count: winners.length })}
        confirm={t('budget.accept', { count: winners.length })}
        signal
        busy={form.busy}
        onClose={() => setAsking(false)}
        onConfirm={() => void accept()}
      >
        <p>{t('budget.acceptText', { coins: formatNumber(coins) })}</p>
        <p class="soft small">{t('life.noWayBack')}</p>
      </ConfirmDialog>
    </>
  );
}

/** The budget, who would win now, and why; winners can be accepted together. */
export function Budget({ live, campaign }: PartProps) {
  const { result, problem, again } = useResult(live, campaign.campaign_id);
  const hidden = live.figures.value?.hidden === true;
  const mayAccept = campaign.can_manage && (campaign.status === 'active' || campaign.status === 'completed');
  return (
    <section class="card stack" aria-labelledby="budget-title">
      <h2 id="budget-title">{t('budget.title')}</h2>
      {problem !== '' && <p role="alert">{hidden ? t('board.hidden') : problem}</p>}
      {result === undefined && problem === '' && <Skeleton lines={5} />}
      {result !== undefined && (
        <>
          <p class="soft">
            {t('budget.rule', { rule: ruleName(result.rule) })} {result.completion}
          </p>
          {result.budget !== null && <BudgetBar budget={result.budget} spent={result.spent ?? 0} />}
          {result.ideas.length === 0 ? <p class="soft">{t('board.noIdeas')}</p> : <Rows result={result} />}
          {mayAccept && <AcceptWinners live={live} campaign={campaign} result={result} onDone={() => void again()} />}
        </>
      )}
    </section>
  );
}
