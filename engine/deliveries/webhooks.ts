import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { type LogFeed, selectEntries } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import * as posts from './delivery-queries.ts';
import { moveCursor, selectListeners, takeCursor } from './follow-queries.ts';
import { literalHostProblem } from './network-addresses.ts';
import type {
  ClaimedDelivery,
  DeliveryEnd,
  NewWebhook,
  Settled,
  Webhook,
  WebhookChange,
  WebhookDelivery,
} from './webhook.ts';
import { bodyOf, outwardEvents } from './webhook-events.ts';
import * as queries from './webhook-queries.ts';

const NO_WEBHOOK = refuse('not_found', 'There is no such webhook. Check its id.', { details: { resource: 'webhook' } });
const NO_DELIVERY = refuse('not_found', 'There is no such delivery. It may have been forgotten after its time.', {
  details: { resource: 'webhook_delivery' },
});
const DISABLED = refuse('conflict', 'The webhook is disabled. Set its state to active first.', {
  details: { reason: 'webhook_disabled', state: 'disabled' },
});

const newSecret = () => `whsec_${randomBytes(32).toString('base64url')}`;

interface PageQuery {
  readonly cursor?: string;
  readonly limit?: number;
}

function pageOf<T>(rows: readonly T[], limit: number, idOf: (row: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? idOf(last) : null };
}

const pageLimit = ({ limit }: PageQuery) => Math.min(limit ?? limits.pageDefaultRows, limits.pageMaxRows);

/** The room's other half: webhooks, and the queue of what they are to be told. */
export class Webhooks {
  readonly #database: Database;
  readonly #feed: Pick<LogFeed, 'epoch'>;
  readonly #allowPrivate: boolean;

  constructor(database: Database, feed: Pick<LogFeed, 'epoch'>, allowPrivate: boolean) {
    this.#database = database;
    this.#feed = feed;
    this.#allowPrivate = allowPrivate;
  }

  /** The secret is shown once. */
  async create(orgId: string, input: NewWebhook, actor: string): Promise<Outcome<Webhook & { secret: string }>> {
    const webhookId = randomUUID();
    const secret = newSecret();
    return this.#withAllowedUrl(input.url, () =>
      this.#database.management.withOrg(orgId, async (tx) => {
        if ((await queries.lockWebhooks(tx, orgId)) >= limits.webhooksMaxItems) {
          const most = limits.webhooksMaxItems;
          return refuse('over_quota', `An organisation has at most ${most} webhooks. Delete one first.`);
        }
        await queries.insertWebhook(tx, orgId, webhookId, input, secret, actor);
        await queries.startCursor(tx, orgId);
        return accept({ ...((await queries.selectWebhook(tx, orgId, webhookId)) as Webhook), secret });
      }),
    );
  }

  /** Oldest first. */
  async list(orgId: string, query: PageQuery): Promise<Outcome<Page<Webhook>>> {
    const limit = pageLimit(query);
    return guarded(async () => {
      const rows = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectWebhooks(tx, orgId, query.cursor ?? null, limit + 1),
      );
      return accept(pageOf(rows, limit, ({ webhookId }) => webhookId));
    });
  }

  async get(orgId: string, webhookId: string): Promise<Outcome<Webhook>> {
    return guarded(async () => {
      const found = await this.#database.management.withOrg(orgId, (tx) => queries.selectWebhook(tx, orgId, webhookId));
      return found === undefined ? NO_WEBHOOK : accept(found);
    });
  }

  /** Setting it active again begins with what happens from now on. */
  async change(orgId: string, webhookId: string, change: WebhookChange): Promise<Outcome<Webhook>> {
    return this.#withAllowedUrl(change.url, () =>
      this.#database.management.withOrg(orgId, async (tx) => {
        if (!(await queries.updateWebhook(tx, orgId, webhookId, change))) return NO_WEBHOOK;
        return accept((await queries.selectWebhook(tx, orgId, webhookId)) as Webhook);
      }),
    );
  }

  async remove(orgId: string, webhookId: string): Promise<Outcome<{ webhookId: string }>> {
    return guarded(() =>
      this.#database.management.withOrg(orgId, async (tx) => {
        await queries.lockWebhooks(tx, orgId);
        if (!(await queries.deleteWebhook(tx, orgId, webhookId))) return NO_WEBHOOK;
        await queries.stopCursor(tx, orgId);
        return accept({ webhookId });
      }),
    );
  }

  /** The old secret signs as well for a day, so that the receiver can change over without losing an event. */
  async rotateSecret(orgId: string, webhookId: string): Promise<Outcome<{ secret: string; previousUntil: Date }>> {
    const secret = newSecret();
    return guarded(async () => {
      const previousUntil = await this.#database.management.withOrg(orgId, (tx) =>
        queries.rotateSecret(tx, orgId, webhookId, secret, limits.webhookSecretOverlapMs),
      );
      return previousUntil === undefined ? NO_WEBHOOK : accept({ secret, previousUntil });
    });
  }

  /** Queues an event of kind webhook.test. */
  async test(orgId: string, webhookId: string): Promise<Outcome<WebhookDelivery>> {
    const id = `evt_test_${randomUUID()}`;
    const kind = 'webhook.test';
    return guarded(() =>
      this.#database.management.withOrg(orgId, async (tx) => {
        const webhook = await queries.selectWebhook(tx, orgId, webhookId);
        if (webhook === undefined) return NO_WEBHOOK;
        if (webhook.state === 'disabled') return DISABLED;
        const body = bodyOf(id, kind, orgId, new Date(), null, { webhook_id: webhookId });
        const input = { webhook_id: webhookId, event_id: id, kind, body };
        const [made] = await posts.insertDeliveries(tx, orgId, [input], limits.webhookRetryForMs);
        return accept((await posts.selectDelivery(tx, orgId, made as string)) as WebhookDelivery);
      }),
    );
  }

  /** Newest first. */
  async deliveries(orgId: string, webhookId: string, query: PageQuery): Promise<Outcome<Page<WebhookDelivery>>> {
    const limit = pageLimit(query);
    return guarded(() =>
      this.#database.management.withOrg(orgId, async (tx) => {
        if ((await queries.selectWebhook(tx, orgId, webhookId)) === undefined) return NO_WEBHOOK;
        const rows = await posts.selectDeliveries(tx, orgId, webhookId, query.cursor ?? null, limit + 1);
        return accept(pageOf(rows, limit, ({ deliveryId }) => deliveryId));
      }),
    );
  }

  /** The same event again, under the same id: at once, and with all its attempts before it. */
  async redeliver(orgId: string, deliveryId: string): Promise<Outcome<WebhookDelivery>> {
    return guarded(() =>
      this.#database.management.withOrg(orgId, async (tx) => {
        const delivery = await posts.selectDelivery(tx, orgId, deliveryId);
        if (delivery === undefined) return NO_DELIVERY;
        const webhook = await queries.selectWebhook(tx, orgId, delivery.webhookId);
        if (webhook?.state !== 'active') return DISABLED;
        await posts.repeatDelivery(tx, orgId, delivery, limits.webhookRetryForMs);
        return accept((await posts.selectDelivery(tx, orgId, deliveryId)) as WebhookDelivery);
      }),
    );
  }

  /**
   * Turns the organisation's log up to a position into deliveries: each log row once, since deliveries and the cursor are
   * written in one transaction. Where nobody listens, nothing is done. Throws the database's errors.
   */
  async queueUpTo(orgId: string, pos: number): Promise<void> {
    while ((await this.#queueNext(orgId, pos)) === 'more');
  }

  /** Takes one delivery of each of up to `count` webhooks; who dies with it loses it after `leaseMs`. */
  async claim(count: number, leaseMs: number = limits.webhookLeaseMs): Promise<readonly ClaimedDelivery[]> {
    return this.#database.management.call((sql) => posts.claimDeliveries(sql, count, leaseMs));
  }

  async settle(
    delivery: Pick<ClaimedDelivery, 'orgId' | 'deliveryId' | 'attempt'>,
    end: DeliveryEnd,
  ): Promise<Settled> {
    return this.#database.management.act((sql) => posts.settleDelivery(sql, delivery, end, limits.webhookRetryForMs));
  }

  /** Forgets deliveries that were settled long ago. */
  async tidy(keptMs: number = limits.webhookDeliveriesKeptMs): Promise<void> {
    await this.#database.management.call((sql) => posts.tidyDeliveries(sql, keptMs));
  }

  #queueNext(orgId: string, upTo: number): Promise<'more' | 'done'> {
    return this.#database.management.withOrg(orgId, async (tx) => {
      const pos = await takeCursor(tx, orgId);
      if (pos === undefined || pos >= upTo) return 'done';
      const entries = await selectEntries(tx, orgId, pos, limits.webhookQueueRows, null);
      const last = entries.at(-1);
      if (last === undefined) return 'done';
      const listeners = await selectListeners(tx, orgId);
      const events = await outwardEvents(tx, orgId, this.#feed.epoch(), entries);
      const deliveries = events.flatMap((event) =>
        listeners
          .filter(({ events: kinds, fromPos }) => event.pos > fromPos && kinds.includes(event.kind))
          .map(({ webhookId }) => ({
            webhook_id: webhookId,
            event_id: event.id,
            kind: event.kind,
            body: event.body,
          })),
      );
      if (deliveries.length > 0) {
        await posts.insertDeliveries(tx, orgId, deliveries, limits.webhookRetryForMs);
      }
      await moveCursor(tx, orgId, last.pos);
      return last.pos < upTo ? 'more' : 'done';
    });
  }

  /** What a name leads to is looked at each time before something is sent; an address says it at once. */
  async #withAllowedUrl<T>(url: string | undefined, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const problem = url === undefined ? null : literalHostProblem(url, this.#allowPrivate);
    if (problem === null) return guarded(work);
    return refuse('invalid_input', `The webhook's url ${problem}.`, {
      details: { fields: [{ path: 'url', problem }] },
    });
  }
}
