import { afterAll, afterEach } from 'vitest';
import { webhookEvents } from '../../workers/webhook-events.ts';
import { WebhookSender, type WebhookSettings } from '../../workers/webhooks.ts';
import { accepted, openEngine } from './engines.ts';
import type { TestDatabase } from './postgres.ts';
import { startQueues } from './queues.ts';
import { connectAs } from './urn.ts';

/** What an election tells in its life, in order. */
export const LIFE = [
  'election.created',
  'election.opened',
  'election.closed',
  'election.counted',
  'election.published',
];

/**
 * An engine whose webhooks may lead to this machine, and senders that make haste; each is stopped after its test. Beside the
 * first of a test runs what follows the log: the relay and its jobs, in the database.
 */
export async function openWebhooks(database: TestDatabase) {
  const engine = await openEngine(database, { webhookAllowPrivate: true });
  const superuser = connectAs(database.ownerUrl, null);
  afterAll(() => superuser.end());
  const silent = () => {};
  const logger = { debug: silent, info: silent, warn: silent, error: console.error };
  const running: WebhookSender[] = [];
  let following: ReturnType<typeof startQueues> | undefined;
  afterEach(async () => {
    await (await following)?.stop();
    following = undefined;
    await Promise.all(running.splice(0).map((sender) => sender.stop()));
  });
  return {
    engine,
    superuser,
    startSender(more: Partial<WebhookSettings> = {}): void {
      const sender = new WebhookSender(engine, { allowPrivate: true, retryMinMs: 30, pollMs: 20, ...more }, logger);
      running.push(sender);
      sender.start();
      following ??= startQueues(engine, { databaseUrl: database.ownerUrl }, [webhookEvents]);
    },
    /** As the jobs of everything in its log do. */
    async queueAll(orgId: string, at = engine): Promise<void> {
      await at.webhooks.queueUpTo(orgId, await at.feed.pos(orgId));
    },
    async webhookTo(orgId: string, url: string, events: readonly string[] = LIFE) {
      return accepted(await engine.webhooks.create(orgId, { url, events }, 'test'));
    },
    async stateOf(orgId: string, webhookId: string) {
      return accepted(await engine.webhooks.get(orgId, webhookId));
    },
    async deliveriesOf(orgId: string, webhookId: string) {
      return accepted(await engine.webhooks.deliveries(orgId, webhookId, {})).items;
    },
  };
}
