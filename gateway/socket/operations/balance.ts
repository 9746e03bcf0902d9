import type { Identity } from '../../../engine/index.ts';
import { campaignInReach, participantOf } from '../../auth/campaign-reach.ts';
import { authorise } from '../../auth/permissions.ts';
import { balanceAsJson } from '../../http/coins.ts';
import { operation } from './operation.ts';

export const balance = operation('balance', async (gate, connection, { id, campaign }) => {
  const identity = connection.identity as Identity;
  const allowed = authorise(identity, 'coins.move');
  if (!allowed.ok) return gate.refuse(connection, id, allowed.failure);
  const purse = participantOf(identity);
  if (!purse.ok) return gate.refuse(connection, id, purse.failure);
  gate.begin(connection);
  try {
    const found = await campaignInReach(gate.engine, identity, campaign);
    const held = found.ok ? await gate.engine.coins.balance(identity.orgId, campaign, purse.value) : found;
    if (held.ok) gate.reply(connection, id, JSON.stringify(balanceAsJson(held.value)).slice(1, -1));
    else gate.refuse(connection, id, held.failure);
  } finally {
    gate.end(connection);
  }
});
