import { moveCoins } from './move-coins.ts';
import { operation } from './operation.ts';

export const allocate = operation('allocate', (gate, connection, frame) => {
  const { id, op, campaign: campaignId, idea_id: to, amount, request_id: requestId } = frame;
  moveCoins(gate, connection, { id, op, campaignId, from: null, to, amount, requestId });
});
