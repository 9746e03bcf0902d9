const KEY_BYTES = 16;

/** 128 random bits as 32 hexadecimal digits. */
export function newRandomKey(): string {
  let key = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(KEY_BYTES))) key += byte.toString(16).padStart(2, '0');
  return key;
}

/** A cast key: one per ballot, the same on every retry, never shown. */
export function newCastKey(): string {
  return newRandomKey();
}
