import { z } from 'zod';
import { decline, type Operation, operation } from './operation.ts';

const live = z.strictObject({ status: z.literal('live') }).meta({ id: 'Live', example: { status: 'live' } });
const ready = z
  .strictObject({ status: z.literal('ready'), database: z.literal('up'), migration: z.string() })
  .meta({ id: 'Ready', example: { status: 'ready', database: 'up', migration: '0001_start' } });

/** `draining` turns true when the process is told to stop: load balancers then send nothing new. */
export function healthOperations(draining: () => boolean): readonly Operation[] {
  return [
    operation({
      id: 'getHealth',
      method: 'get',
      path: '/health',
      tag: 'Health',
      summary: 'Is the process alive?',
      permission: null,
      alwaysAdmitted: true,
      success: { 200: { description: 'It is.', schema: live } },
      failures: [],
      handle: async () => ({ ok: true, value: { status: 200, body: { status: 'live' } } }),
    }),
    operation({
      id: 'getReady',
      method: 'get',
      path: '/ready',
      tag: 'Health',
      summary: 'Can it take requests?',
      description: 'The database answers, and is migrated to the version that this process needs.',
      permission: null,
      alwaysAdmitted: true,
      success: { 200: { description: 'It can.', schema: ready } },
      failures: ['overloaded', 'database_away'],
      handle: async ({ engine }) => {
        if (draining()) return decline('overloaded', 'This process is stopping. Use another one.');
        const outcome = await engine.ready();
        // Whatever keeps it from being ready, a probe reads one status: 503.
        if (!outcome.ok) return decline('database_away', outcome.failure.message, outcome.failure.details);
        const { database, migration } = outcome.value;
        return { ok: true, value: { status: 200, body: { status: 'ready', database, migration } } };
      },
    }),
  ];
}
