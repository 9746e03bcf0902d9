import { membership } from '../../ui/account-session.ts';
import { formatNumber } from '../../ui/i18n.ts';
import { followLink } from '../../ui/router.ts';
import { CoinBoard } from './coin-board.tsx';
import { CoinsGiven } from './figures/coins-given.tsx';
import { LifeActs } from './life-acts.tsx';
import type { PartProps } from './part.ts';
import { PolicyInWords } from './policy-fields.tsx';
import { t } from './texts.ts';
import { policyInWords, presetName, typeName } from './words.ts';

/** What waits for somebody: the first thing that a manager wants to know. */
function Waiting({ campaign }: Pick<PartProps, 'campaign'>) {
  const pending = campaign.pending_ideas;
  if (pending === null) return null;
  const href = `/moderate/campaigns/${campaign.campaign_id}/queue`;
  return (
    <section class={`card stack${pending > 0 ? ' campaign-waiting' : ''}`} aria-labelledby="waiting-title">
      <h2 id="waiting-title">{t('overview.waiting')}</h2>
      {pending === 0 ? (
        <p>{t('overview.nothingWaits')}</p>
      ) : (
        <p>
          <a class="button button-primary" href={href} onClick={followLink}>
            {t('overview.toQueue', { count: pending })}
          </a>
        </p>
      )}
    </section>
  );
}

function Figures({ live, campaign }: PartProps) {
  const figures = live.figures.value;
  const initial = campaign.coin_policy.initial_allocation;
  const cell = (name: string, value: string, hint?: string) => (
    <div>
      <dt class="soft small">{name}</dt>
      <dd class="figures">{value}</dd>
      {hint !== undefined && <dd class="soft small">{hint}</dd>}
    </div>
  );
  const begun = campaign.status !== 'draft';
  return (
    <dl class="card overview-figures">
      {cell(t('overview.members'), formatNumber(campaign.members))}
      {cell(t('overview.ideas'), formatNumber(campaign.ideas))}
      {cell(
        t('overview.onIdeas'),
        figures === undefined ? '–' : figures.hidden ? t('overview.hidden') : formatNumber(figures.totalCoins),
      )}
      {cell(
        t('overview.purses'),
        begun ? formatNumber(campaign.members) : '–',
        begun ? t('overview.pursesHint', { number: formatNumber(initial) }) : t('overview.pursesDraft'),
      )}
    </dl>
  );
}

/** The campaign at a glance: what waits, its board, coins over time, and its life. */
export function Overview({ live, campaign }: PartProps) {
  const { coin_policy: policy } = campaign;
  return (
    <div class="overview">
      <div class="stack overview-main">
        <Figures live={live} campaign={campaign} />
        <section class="card stack" aria-labelledby="board-title">
          <h2 id="board-title">{t('board.title')}</h2>
          <CoinBoard live={live} campaign={campaign} />
        </section>
        {campaign.status !== 'draft' && <CoinsGiven live={live} campaign={campaign} />}
      </div>
      <div class="stack overview-side">
        <Waiting campaign={campaign} />
        {campaign.can_manage && <LifeActs live={live} campaign={campaign} />}
        <section class="card stack" aria-labelledby="rules-title">
          <h2 id="rules-title">{t('overview.rules')}</h2>
          <p class="soft small">
            {typeName(campaign.campaign_type)} · {presetName(campaign.preset)}
          </p>
          <PolicyInWords sentences={policyInWords(policy, campaign.preset === 'quadratic')} />
          {campaign.hide_totals && <p>{t('overview.totalsHidden')}</p>}
          {!campaign.can_manage && (
            <p class="soft small">{t('overview.asSponsor', { name: membership.value?.name ?? '' })}</p>
          )}
        </section>
      </div>
    </div>
  );
}
