import type { CoinAct, CoinReceipt, Engine, Identity } from '../../engine/index.ts';
import type { Outcome } from '../../engine/outcome.ts';
import { campaignInReach, participantOf } from './campaign-reach.ts';

/**
 * Moves coins of the caller's own purse. Whether the campaign is within the caller's reach is not asked before: whoever has
 * a purse in it sees it, and everyone else is refused by the ledger. Only then it is asked, so that a campaign which the
 * caller may not see is answered like one that is not there; an act that is done costs no question at all.
 */
export function moveOwnCoins(
  engine: Engine,
  identity: Identity,
  act: Omit<CoinAct, 'userId'>,
): Promise<Outcome<CoinReceipt>> {
  const purse = participantOf(identity);
  if (!purse.ok) return Promise.resolve(purse);
  const { campaignId, requestId, from, to, amount } = act;
  const moved = engine.coins.move(identity.orgId, { campaignId, userId: purse.value, requestId, from, to, amount });
  return moved.then((outcome) =>
    outcome.ok || outcome.failure.kind !== 'forbidden' ? outcome : unseen(engine, identity, campaignId, outcome),
  );
}

async function unseen(
  engine: Engine,
  identity: Identity,
  campaignId: string,
  refusal: Outcome<CoinReceipt>,
): Promise<Outcome<CoinReceipt>> {
  const campaign = await campaignInReach(engine, identity, campaignId);
  return campaign.ok ? refusal : campaign;
}
