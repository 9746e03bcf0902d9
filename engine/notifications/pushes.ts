import { createECDH } from 'node:crypto';
import type { Person, Vault } from '../accounts/index.ts';
import type { Database } from '../db/index.ts';
import { literalHostProblem, newsWords } from '../deliveries/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { Links } from './letters.ts';
import type { ClaimedPush, NewPushSubscription, PushEnd, PushSubscription, VapidKeys } from './push.ts';
import * as queries from './push-queries.ts';

const NO_SUBSCRIPTION = refuse('not_found', 'There is no such subscription. Read the list again.', {
  details: { resource: 'push_subscription' },
});

/** Pushes to browsers: whoever wants them, and the queue of what they are sent. */
export class Pushes {
  readonly #database: Database;
  readonly #vault: Pick<Vault, 'kept'>;
  readonly #links: Links;
  readonly #allowPrivate: boolean;
  #keys: Promise<VapidKeys> | undefined;

  /** @param allowPrivate endpoints may lead to this machine and into private networks */
  constructor(database: Database, vault: Pick<Vault, 'kept'>, publicUrl: string, allowPrivate: boolean) {
    this.#database = database;
    this.#vault = vault;
    this.#links = new Links(publicUrl);
    this.#allowPrivate = allowPrivate;
  }

  /** Made once and kept: every browser that has subscribed is bound to it. Throws the database's errors. */
  keys(): Promise<VapidKeys> {
    if (this.#keys === undefined) {
      const asking = this.#vault.kept('vapid', newPrivateKey).then(keyPairOf);
      this.#keys = asking;
      asking.catch(() => {
        this.#keys = undefined; // the database was away: ask again
      });
    }
    return this.#keys;
  }

  async list({ accountId }: Person): Promise<Outcome<{ items: readonly PushSubscription[]; publicKey: string }>> {
    return guarded(async () => {
      const { publicKey } = await this.keys();
      const items = await this.#database.management.withAccount(accountId, (tx) =>
        queries.selectSubscriptions(tx, accountId),
      );
      return accept({ items, publicKey });
    });
  }

  async subscribe({ accountId }: Person, input: NewPushSubscription): Promise<Outcome<PushSubscription>> {
    const problem = literalHostProblem(input.endpoint, this.#allowPrivate);
    const plain = URL.parse(input.endpoint)?.protocol !== 'https:' && !this.#allowPrivate;
    if (problem !== null || plain) {
      const fields = [{ path: 'endpoint', problem: problem ?? NOT_HTTPS }];
      return refuse('invalid_input', 'Pushes cannot go to this endpoint.', { details: { fields } });
    }
    return guarded(() =>
      this.#database.management.withAccount(accountId, async (tx) => {
        const id = await queries.upsertSubscription(tx, accountId, input, limits.accountMaxSubscriptions);
        const all = await queries.selectSubscriptions(tx, accountId);
        return accept(all.find(({ subscriptionId }) => subscriptionId === id) as PushSubscription);
      }),
    );
  }

  async unsubscribe({ accountId }: Person, subscriptionId: string): Promise<Outcome<null>> {
    return guarded(() =>
      this.#database.management.withAccount(accountId, async (tx) =>
        (await queries.deleteSubscription(tx, accountId, subscriptionId)) ? accept(null) : NO_SUBSCRIPTION,
      ),
    );
  }

  /** Takes up to `count` pushes that are due; whoever takes one has `leaseMs` to send and settle it. Throws the database's errors. */
  async claim(count: number, leaseMs: number = limits.pushLeaseMs): Promise<readonly ClaimedPush[]> {
    const rows = await this.#database.management.call((sql) => queries.claimPushes(sql, count, leaseMs));
    return rows.map((row) => {
      const { title, sentences } = newsWords(row.locale, row.kind, row.facts, {
        organisation: row.organisation,
        timeZone: row.time_zone,
      });
      return {
        orgId: row.org_id,
        notificationId: row.notification_id,
        subscriptionId: row.subscription_id,
        attempt: row.attempts,
        endpoint: row.endpoint,
        keys: { p256dh: row.p256dh, auth: row.auth },
        worthUntil: row.worth_until,
        text: {
          id: row.notification_id,
          title: `${row.organisation}: ${title}`,
          body: sentences.join(' '),
          url: this.#links.of(row),
        },
      };
    });
  }

  /** Throws the database's errors. */
  async settle(push: Omit<ClaimedPush, 'endpoint' | 'keys' | 'text' | 'worthUntil'>, end: PushEnd): Promise<void> {
    await this.#database.management.act((sql) => queries.settlePush(sql, push, push.attempt, end));
  }
}

const NOT_HTTPS = 'must begin with https:// (http:// is for this machine only)' as const;

function newPrivateKey(): Buffer {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  const key = pair.getPrivateKey();
  return Buffer.concat([Buffer.alloc(32 - key.length), key]); // OpenSSL leaves leading zeros out
}

function keyPairOf(privateKey: Buffer): VapidKeys {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(privateKey);
  return { publicKey: pair.getPublicKey('base64url'), privateKey: privateKey.toString('base64url') };
}
