import type { Identity } from '../../../engine/index.ts';
import { operation } from './operation.ts';

export const subscribe = operation('subscribe', async (gate, connection, frame) => {
  const identity = connection.identity as Identity;
  gate.begin(connection);
  try {
    const refused = await gate.fanout.subscribe(connection, identity, frame);
    if (refused !== null) gate.refuse(connection, frame.id, refused);
  } finally {
    gate.end(connection);
  }
});
