import { moveCoins } from './move-coins.ts';
import { operation } from './operation.ts';

export const withdraw = operation('withdraw', (gate, connection, frame) => {
  const { id, op, campaign: campaignId, idea_id: from, amount, request_id: requestId } = frame;
  moveCoins(gate, connection, { id, op, campaignId, from, to: null, amount, requestId });
});
