import type { Role } from './identity.ts';

/** A key with which a program acts for an organisation, as lists show it. */
export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  /** how its secret begins */
  readonly prefix: string;
  readonly roles: readonly Role[];
  /** the only permissions of its roles that it has; null: all of them */
  readonly scopes: readonly string[] | null;
  /** its requests must be signed */
  readonly signed: boolean;
  /** null: the usual number */
  readonly requestsPerSecond: number | null;
  readonly source: 'database' | 'file';
  readonly createdAt: Date | null;
  readonly expiresAt: Date | null;
  /** to the minute */
  readonly lastUsedAt: Date | null;
  /** so long the secret from before the last rotation is good */
  readonly previousUntil: Date | null;
  readonly revokedAt: Date | null;
}

export interface NewApiKey {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly scopes?: readonly string[] | undefined;
  readonly signed?: boolean | undefined;
  readonly requestsPerSecond?: number | undefined;
  readonly expiresAt?: Date | undefined;
  /** the key or member that makes it */
  readonly createdBy?: string | undefined;
  /** the member behind that; left out: the operator of the installation */
  readonly makerId?: string | null | undefined;
}

/** What is shown once. */
export interface ApiKeySecrets {
  readonly keyId: string;
  readonly key: ApiKey;
  /** psk_… */
  readonly secret: string;
  /** pss_… */
  readonly signingSecret: string;
}

/** A request that was signed instead of carrying a secret. */
export interface SignedRequest {
  readonly keyId: string;
  /** seconds since 1970 as the caller wrote them, decimals allowed */
  readonly timestamp: string;
  /** 64 hex characters */
  readonly signature: string;
  readonly method: string;
  /** as it was sent, with its query */
  readonly path: string;
  /** SHA-256 of the body's bytes, 64 hex characters */
  readonly bodyHash: string;
}

/** What is signed: five lines, the last without an end. */
export function signedText({ method, path, timestamp, bodyHash }: Omit<SignedRequest, 'keyId' | 'signature'>): string {
  return `psephos1\n${method}\n${path}\n${timestamp}\n${bodyHash}`;
}
