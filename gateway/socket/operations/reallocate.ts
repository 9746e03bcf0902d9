import { moveCoins } from './move-coins.ts';
import { operation } from './operation.ts';

export const reallocate = operation('reallocate', (gate, connection, frame) => {
  const { id, op, campaign: campaignId, from_idea_id: from, to_idea_id: to, amount, request_id: requestId } = frame;
  moveCoins(gate, connection, { id, op, campaignId, from, to, amount, requestId });
});
