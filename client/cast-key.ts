const KEY_BYTES = 16;

/** A cast key: 128 random bits as 32 hexadecimal digits. One per ballot, the same on every retry, never shown. */
export function newCastKey(): string {
  let key = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(KEY_BYTES))) key += byte.toString(16).padStart(2, '0');
  return key;
}
