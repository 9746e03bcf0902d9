const TOKEN_BYTES = 16;

export interface VotingToken {
  readonly token: string;
  /** SHA-256 of the token: all that leaves this device */
  readonly hash: string;
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** Random tokens with their hashes. Throws where the browser has no Web Crypto: over plain http to another machine. */
export function newTokens(count: number): Promise<readonly VotingToken[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const token = `vt_${base64url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)))}`;
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)));
      return { token, hash: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
    }),
  );
}

/** One line a voter, to print or to merge into letters. */
export function csvOfTokens(tokens: readonly VotingToken[], address: string): string {
  return ['link,token', ...tokens.map(({ token }) => `${address}#${token},${token}`)].join('\r\n');
}
