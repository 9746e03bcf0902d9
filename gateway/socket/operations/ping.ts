import { operation } from './operation.ts';

export const ping = operation('ping', (gate, connection, { id }) =>
  gate.reply(connection, id, `"server_time":"${new Date().toISOString()}"`),
);
