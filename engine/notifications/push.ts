/** A browser in which a person wants pushes. */
export interface PushSubscription {
  readonly subscriptionId: string;
  /** what the browser called itself */
  readonly userAgent: string;
  readonly createdAt: Date;
}

export interface NewPushSubscription {
  readonly endpoint: string;
  /** base64url */
  readonly p256dh: string;
  readonly auth: string;
  readonly userAgent: string;
}

/** The key pair by which push services know this installation (RFC 8292), base64url. */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** What the service worker shows. */
export interface PushText {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly url: string;
}

/** A push that a sender has taken, as it is sent. */
export interface ClaimedPush {
  readonly orgId: string;
  readonly notificationId: string;
  readonly subscriptionId: string;
  readonly attempt: number;
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
  readonly worthUntil: Date;
  readonly text: PushText;
}

/** How an attempt ended. gone: the browser takes none any more. */
export type PushEnd =
  | { readonly status: 'done' }
  | { readonly status: 'gone' }
  | { readonly status: 'again'; readonly retryInMs: number };
