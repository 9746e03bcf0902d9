import { useState } from 'preact/hooks';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { Button } from '../../ui/button.tsx';
import { Pebble } from '../../ui/shell.tsx';
import { Stepper } from '../../ui/stepper.tsx';
import { t } from '../texts.ts';
import { votesOf } from './act.ts';
import { MoveDialog } from './move-dialog.tsx';
import type { Purse } from './purse.ts';

interface GivingProps {
  readonly purse: Purse;
  readonly campaign: CampaignView;
  readonly idea: IdeaView;
  /** where coins can be moved to */
  readonly others: readonly IdeaView[];
}

/** Whether coins can move on this idea at all. */
function takesCoins(campaign: CampaignView, idea: IdeaView): boolean {
  return campaign.status === 'active' && campaign.coin_policy.coins_expired_at === null && idea.status === 'competing';
}

/** The least that the stepper goes down to: coins that were sent stay where the rules hold them. */
function leastOn(purse: Purse, ideaId: string): number {
  if (purse.rules.recycling) return 0;
  const last = purse.undoable.value;
  const justGiven = last?.from === null && last.to === ideaId ? last.amount : 0;
  return purse.on(ideaId) - justGiven;
}

/** A coin falls where it was given: only there, and anew with each tap. */
function Drop({ purse, ideaId }: { readonly purse: Purse; readonly ideaId: string }) {
  const { idea, count } = purse.drops.value;
  if (idea !== ideaId) return null;
  return (
    <span key={count} class="coin-drop" aria-hidden="true">
      <Pebble />
    </span>
  );
}

/** Coins, one tap each. */
function CoinStepper({ purse, idea }: Pick<GivingProps, 'purse' | 'idea'>) {
  const own = purse.on(idea.id);
  return (
    <Stepper
      id={`coins-${idea.id}`}
      label={t('giving.label', { title: idea.title })}
      value={own}
      min={leastOn(purse, idea.id)}
      max={own + (purse.figures.value?.available ?? 0)}
      onChange={(wanted) =>
        wanted > own ? purse.give(idea.id, wanted - own) : wanted < own && purse.take(idea.id, own - wanted)
      }
    />
  );
}

/** Votes, one tap each; what the next one costs stands below. */
function VoteStepper({ purse, idea }: Pick<GivingProps, 'purse' | 'idea'>) {
  const own = purse.on(idea.id);
  const votes = votesOf(own);
  const available = purse.figures.value?.available ?? 0;
  const cost = 2 * votes + 1;
  return (
    <span class="giving-votes">
      <Stepper
        id={`coins-${idea.id}`}
        label={t('giving.votes', { title: idea.title })}
        value={votes}
        min={votesOf(leastOn(purse, idea.id))}
        max={votesOf(own + available)}
        describedBy={`cost-${idea.id}`}
        onChange={(wanted) => {
          const coins = wanted ** 2 - own;
          if (coins > 0) purse.give(idea.id, coins);
          else if (coins < 0) purse.take(idea.id, -coins);
        }}
      />
      <span id={`cost-${idea.id}`} class="soft small figures">
        {cost <= available ? t('giving.cost', { count: cost }) : t('giving.costTooMuch', { count: cost })}
      </span>
    </span>
  );
}

/** Own coins on an idea, with a tap for one more and one less. In words where they cannot move. */
export function Giving({ purse, campaign, idea, others }: GivingProps) {
  const [moving, setMoving] = useState(false);
  if (purse.figures.value === undefined) return null;
  const own = purse.on(idea.id);
  if (!takesCoins(campaign, idea)) {
    return own > 0 ? <p class="giving-fixed figures">{t('giving.own', { count: own })}</p> : null;
  }
  const quadratic = campaign.preset === 'quadratic';
  const canMove = own > 0 && campaign.coin_policy.allow_reallocation && others.length > 0;
  return (
    <div class="giving">
      {canMove && (
        <Button kind="quiet" label={t('move.open', { title: idea.title })} onClick={() => setMoving(true)}>
          {t('move.act')}
        </Button>
      )}
      <span class={own > 0 ? 'giving-stepper giving-own' : 'giving-stepper'}>
        <Drop purse={purse} ideaId={idea.id} />
        {quadratic ? <VoteStepper purse={purse} idea={idea} /> : <CoinStepper purse={purse} idea={idea} />}
      </span>
      {canMove && (
        <MoveDialog
          open={moving}
          purse={purse}
          from={idea}
          others={others}
          quadratic={quadratic}
          onClose={() => setMoving(false)}
        />
      )}
    </div>
  );
}
