import { newCastKey } from '../../../client/index.ts';
import type { AllocationReceiptView, CoinBalanceView } from '../../../protocol/coins.ts';
import type { CoinAct, PurseFigures } from './act.ts';

/** The purse after an act was answered: the answer has its figures, and those of the ideas that it touched. */
export function afterReceipt(before: PurseFigures, receipt: AllocationReceiptView): PurseFigures {
  const placed = new Map(before.placed);
  for (const { idea_id: idea, amount } of receipt.allocations) {
    if (amount === 0) placed.delete(idea);
    else placed.set(idea, amount);
  }
  const { available_coins: available, allocated_coins: allocated, expended_coins: expended } = receipt;
  return { ...before, available, allocated, expended, placed };
}

/** A balance as the gateway tells it. */
export function figuresOf(balance: CoinBalanceView): PurseFigures {
  return {
    available: balance.available_coins,
    allocated: balance.allocated_coins,
    expended: balance.expended_coins,
    expired: balance.expired_coins,
    placed: new Map(
      balance.allocations.filter(({ amount }) => amount > 0).map(({ idea_id: id, amount }) => [id, amount]),
    ),
  };
}

/** The call that does an act. */
export function requestOf(campaignId: string, { from, to, amount, requestId }: CoinAct) {
  const path = `/v1/campaigns/${campaignId}/coins`;
  const shared = { amount, request_id: requestId };
  if (from === null) return { path: `${path}/allocate`, body: { idea_id: to, ...shared } };
  if (to === null) return { path: `${path}/withdraw`, body: { idea_id: from, ...shared } };
  return { path: `${path}/reallocate`, body: { from_idea_id: from, to_idea_id: to, ...shared } };
}

/** A random UUID; pages without TLS have no randomUUID. */
export function newRequestId(): string {
  const hex = newCastKey();
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
