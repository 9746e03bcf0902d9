/** An address of another system that is told what happens in an organisation. */
export interface Webhook {
  readonly orgId: string;
  readonly webhookId: string;
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly state: 'active' | 'disabled';
  readonly disabledReason: string | null;
  /** first failure after the last success */
  readonly failingSince: Date | null;
  readonly createdAt: Date;
}

export interface NewWebhook {
  readonly url: string;
  readonly events: readonly string[];
  readonly description?: string | undefined;
}

export interface WebhookChange {
  readonly url?: string | undefined;
  readonly events?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly state?: 'active' | 'disabled' | undefined;
}

/** One event for one webhook, as its administrator sees it. */
export interface WebhookDelivery {
  readonly deliveryId: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly kind: string;
  readonly status: 'waiting' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly responseStatus: number | null;
  readonly responseExcerpt: string | null;
  readonly latencyMs: number | null;
  readonly problem: string | null;
  readonly createdAt: Date;
  readonly attemptedAt: Date | null;
  readonly settledAt: Date | null;
  readonly nextAttemptAt: Date | null;
  readonly body: string;
}

/** A delivery that a sender has taken. */
export interface ClaimedDelivery {
  readonly orgId: string;
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly url: string;
  /** the newest first; the one before it while it is still good */
  readonly secrets: readonly string[];
  readonly eventId: string;
  readonly kind: string;
  readonly body: string;
  /** 1 for the first attempt; settle() wants it back */
  readonly attempt: number;
}

/** How an attempt ended. */
export interface DeliveryEnd {
  readonly delivered: boolean;
  /** HTTP status; null where there was no answer */
  readonly status: number | null;
  readonly excerpt: string | null;
  readonly latencyMs: number;
  /** why it failed; null where it did not */
  readonly problem: string | null;
  /** after a failure: when to try again, unless its time is over */
  readonly retryInMs: number;
}

/** What settling came to; null where somebody else has taken the delivery since. */
export type Settled = 'delivered' | 'waiting' | 'failed' | 'disabled' | null;
