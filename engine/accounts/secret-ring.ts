import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of what is sealed, so that another form can follow one day. */
const FORM = 1;

/** What a key is for: each purpose has a key of its own, so that none can stand in for another. */
type Purpose = 'seal' | 'refresh' | 'signing' | 'unsubscribe' | 'fate';

function derive(secret: Uint8Array, purpose: Purpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `psephos ${purpose} 1`, KEY_BYTES));
}

/**
 * The server's secrets: the first makes what is new, the others still open and check what an earlier one made.
 * Seals by AES-256-GCM under keys that are derived by HKDF-SHA-256.
 */
export class SecretRing {
  readonly #seal: readonly Buffer[];
  readonly #refresh: readonly Buffer[];
  readonly #signing: readonly Buffer[];
  readonly #unsubscribe: readonly Buffer[];
  readonly #fate: readonly Buffer[];

  /** @param secrets at least one, each of 32 bytes or more */
  constructor(secrets: readonly Uint8Array[]) {
    this.#seal = secrets.map((secret) => derive(secret, 'seal'));
    this.#refresh = secrets.map((secret) => derive(secret, 'refresh'));
    this.#signing = secrets.map((secret) => derive(secret, 'signing'));
    this.#unsubscribe = secrets.map((secret) => derive(secret, 'unsubscribe'));
    this.#fate = secrets.map((secret) => derive(secret, 'fate'));
  }

  /** @param context what it belongs to, e.g. 'totp ACCOUNT': it opens there only */
  seal(plain: Uint8Array, context: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#seal[0] as Buffer, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(context));
    const text = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([Buffer.of(FORM), iv, cipher.getAuthTag(), text]);
  }

  /** Null where no secret of the ring opens it: the secret was replaced, or the row is not what it was. */
  open(sealed: Uint8Array, context: string): Buffer | null {
    if (sealed[0] !== FORM || sealed.length < 1 + IV_BYTES + TAG_BYTES) return null;
    const iv = sealed.subarray(1, 1 + IV_BYTES);
    const tag = sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
    for (const key of this.#seal) {
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(context)).setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(sealed.subarray(1 + IV_BYTES + TAG_BYTES)), decipher.final()]);
      } catch {
        // not sealed by this one
      }
    }
    return null;
  }

  /** HMAC-SHA-256 over what a refresh token says, by the present secret. */
  refreshMac(message: Uint8Array): Buffer {
    return createHmac('sha256', this.#refresh[0] as Buffer)
      .update(message)
      .digest();
  }

  isRefreshMac(message: Uint8Array, mac: Uint8Array): boolean {
    return isMac(this.#refresh, message, mac);
  }

  /** HMAC-SHA-256 over whose mails a link stops, by the present secret. */
  unsubscribeMac(message: Uint8Array): Buffer {
    return createHmac('sha256', this.#unsubscribe[0] as Buffer)
      .update(message)
      .digest();
  }

  isUnsubscribeMac(message: Uint8Array, mac: Uint8Array): boolean {
    return isMac(this.#unsubscribe, message, mac);
  }

  /** HMAC-SHA-256 over what became of a queued ballot, by the present secret. */
  fateMac(message: Uint8Array): Buffer {
    return createHmac('sha256', this.#fate[0] as Buffer)
      .update(message)
      .digest();
  }

  isFateMac(message: Uint8Array, mac: Uint8Array): boolean {
    return isMac(this.#fate, message, mac);
  }

  /**
   * What somebody signs requests with, derived so that it is stored nowhere. The first is the one to give out.
   * @param context whose it is, e.g. 'api key KEY 1'
   */
  signingSecrets(context: string): readonly string[] {
    return this.#signing.map((key) => `pss_${createHmac('sha256', key).update(context).digest('base64url')}`);
  }
}

function isMac(keys: readonly Buffer[], message: Uint8Array, mac: Uint8Array): boolean {
  return keys.some((key) => {
    const own = createHmac('sha256', key).update(message).digest();
    return own.length === mac.length && timingSafeEqual(own, mac);
  });
}
