import { createHash } from 'node:crypto';
import type { Caller, Engine } from '../../engine/index.ts';
import { accept, type Outcome, refuse } from '../../engine/outcome.ts';

/** Seconds since 1970; decimals let a caller send the same request twice in a second. */
const TIMESTAMP = /^\d{9,11}(?:\.\d{1,9})?$/;
const SIGNATURE = /^[0-9a-f]{64}$/;
const KEY_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The three headers of a signed request. */
export interface Signature {
  readonly keyId: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** Null for a request that is not signed. Refuses `unauthenticated` where the headers are incomplete or malformed. */
export function signatureOf(header: (name: string) => string | undefined): Outcome<Signature> | null {
  const [keyId, timestamp, signature] = ['x-psephos-key', 'x-psephos-timestamp', 'x-psephos-signature'].map(header);
  if (keyId === undefined && timestamp === undefined && signature === undefined) return null;
  if (!KEY_ID.test(keyId ?? '') || !TIMESTAMP.test(timestamp ?? '') || !SIGNATURE.test(signature ?? '')) {
    return refuse(
      'unauthenticated',
      'A signed request has X-Psephos-Key (the id of the key), X-Psephos-Timestamp (seconds since 1970) and X-Psephos-Signature (64 hexadecimal digits).',
      { details: { reason: 'malformed' } },
    );
  }
  return accept({ keyId: keyId as string, timestamp: timestamp as string, signature: signature as string });
}

/** Who signed this request: never taken from a cache, since each signature is good once. */
export async function callerOfSignature(
  apiKeys: Engine['apiKeys'],
  signature: Signature,
  request: {
    readonly method: string;
    readonly url: string;
    readonly body: Uint8Array;
    readonly orgId?: string | undefined;
  },
): Promise<Outcome<Caller>> {
  const { pathname, search } = new URL(request.url);
  const found = await apiKeys.identifySigned({
    ...signature,
    method: request.method,
    path: `${pathname}${search}`,
    bodyHash: createHash('sha256').update(request.body).digest('hex'),
  });
  if (!found.ok) return found;
  if (request.orgId !== undefined && request.orgId.toLowerCase() !== found.value.orgId) {
    return refuse(
      'not_found',
      'There is no such organisation among yours. Leave X-Org-Id out, or name the one of the key.',
    );
  }
  return accept({ identity: found.value, person: null });
}
