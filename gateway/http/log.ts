import { logPage, logQuery } from '../../protocol/log.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const list = operation({
  id: 'listLog',
  method: 'get',
  path: '/v1/log',
  tag: 'Log',
  summary: 'Read the log of the organisation, newest first',
  description: 'Append-only, in commit order and without gaps: a missing position would be a missing truth.',
  permission: 'log.read',
  query: logQuery,
  success: { 200: { description: 'A page of the log.', schema: logPage } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) => {
    const { cursor, ...rest } = query;
    const before = cursor === undefined ? undefined : Number(cursor);
    return replyWith(await engine.feed.newest(identity.orgId, { ...rest, before }), ({ items, nextCursor }) => ({
      status: 200,
      body: {
        items: items.map(({ pos, kind, topic, payload, at }) => ({ pos, kind, topic, payload, at: at.toISOString() })),
        next_cursor: nextCursor,
      },
    }));
  },
});

export const logOperations: readonly Operation[] = [list];
