import { afterAll, afterEach } from 'vitest';
import { WebhookSender, type WebhookSettings } from '../../workers/webhooks.ts';
import { accepted, openEngine } from './engines.ts';
import type { TestDatabase } from './postgres.ts';
import { connectAs } from './urn.ts';

/** What an election tells in its life, in order. */
export const LIFE = [
  'election.created',
  'election.opened',
  'election.closed',
  'election.counted',
  'election.published',
];

/** An engine whose webhooks may lead to this machine, and senders that make haste; each is stopped after its test. */
export async function openWebhooks(database: TestDatabase) {
  const engine = await openEngine(database, { webhookAllowPrivate: true });
  const superuser = connectAs(database.ownerUrl, null);
  afterAll(() => superuser.end());
  const silent = () => {};
  const logger = { debug: silent, info: silent, warn: silent, error: console.error };
  const running: WebhookSender[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((sender) => sender.stop()));
  });
  return {
    engine,
    superuser,
    startSender(more: Partial<WebhookSettings> = {}): void {
      const sender = new WebhookSender(engine, { allowPrivate: true, retryMinMs: 30, pollMs: 20, ...more }, logger);
      running.push(sender);
      sender.start();
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
