import type { Identity } from '../../../engine/index.ts';
import { authorise } from '../../auth/permissions.ts';
import { meetingInReach } from '../../auth/reach.ts';
import { presenceAsJson } from '../../http/meetings.ts';
import { operation } from './operation.ts';

export const presence = operation('presence', async (gate, connection, { id, meeting }) => {
  const identity = connection.identity as Identity;
  const allowed = authorise(identity, 'meetings.read');
  if (!allowed.ok) return gate.refuse(connection, id, allowed.failure);
  gate.begin(connection);
  try {
    const found = await meetingInReach(gate.engine, identity, meeting);
    const figures = found.ok ? await gate.engine.meetings.presenceOf(identity.orgId, meeting) : found;
    if (figures.ok) gate.reply(connection, id, `"presence":${JSON.stringify(presenceAsJson(figures.value))}`);
    else gate.refuse(connection, id, figures.failure);
  } finally {
    gate.end(connection);
  }
});
