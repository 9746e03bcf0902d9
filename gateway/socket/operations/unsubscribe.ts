import type { Identity } from '../../../engine/index.ts';
import { operation } from './operation.ts';

export const unsubscribe = operation('unsubscribe', (gate, connection, { id, topic }) => {
  gate.fanout.unsubscribe(connection, connection.identity as Identity, topic);
  gate.reply(connection, id, `"topic":"${topic}"`);
});
