import { timingSafeEqual } from 'node:crypto';
import type { Metrics } from '../metrics.ts';
import { decline, type Operation, type Origin, operation } from './operation.ts';
import { isThisMachine } from './this-machine.ts';

/** Compared without telling by the time how much of it is right. */
function isToken(given: string | undefined, token: string): boolean {
  const [own, other] = [Buffer.from(`Bearer ${token}`), Buffer.from(given ?? '')];
  return own.length === other.length && timingSafeEqual(own, other);
}

/** Where HTTP stands alone, as for its document. */
const NOTHING: Metrics = { contentType: 'text/plain', text: async () => '' };

/** @param token METRICS_TOKEN; none: this machine alone */
export function metricsOperations(metrics: Metrics = NOTHING, token?: string): readonly Operation[] {
  const isAllowed = (origin: Origin, host: string) =>
    isThisMachine(origin, host) || (token !== undefined && isToken(origin.header('authorization'), token));
  return [
    operation({
      id: 'getMetrics',
      method: 'get',
      path: '/metrics',
      tag: 'Health',
      summary: 'Figures for Prometheus',
      description:
        'The process, the lanes of ballots, caches, queues and dead letters. For callers on this machine, and for whoever ' +
        'sends METRICS_TOKEN as `Authorization: Bearer`.',
      permission: null,
      alwaysAdmitted: true,
      success: { 200: { description: 'Text format 0.0.4.', mediaType: 'text/plain' } },
      failures: ['unauthenticated'],
      handle: async ({ origin, host }) => {
        if (!isAllowed(origin, host)) {
          return decline('unauthenticated', 'Ask on the machine itself, or send METRICS_TOKEN as a Bearer token.', {
            reason: origin.header('authorization') === undefined ? 'missing' : 'unknown',
          });
        }
        return {
          ok: true,
          value: { status: 200, text: { type: metrics.contentType, content: await metrics.text() } },
        };
      },
    }),
  ];
}
