/**
 * What a link from a mail brought along, e.g. /sign-in#magic=TOKEN. It stands behind the #, which no server and no log
 * ever sees, and leaves the address bar at once: whoever looks over a shoulder or at the history finds nothing.
 */
export type ArrivalKind = 'magic' | 'verify' | 'reset' | 'invite';

export interface Arrival {
  readonly kind: ArrivalKind;
  readonly token: string;
}

const KINDS: readonly string[] = ['magic', 'verify', 'reset', 'invite'] satisfies ArrivalKind[];

export function takeArrival(): Arrival | undefined {
  const [kind = '', token = ''] = location.hash.slice(1).split('=');
  if (!KINDS.includes(kind) || token === '') return undefined;
  history.replaceState(null, '', location.pathname + location.search);
  return { kind: kind as ArrivalKind, token };
}

/** What an OpenID provider's way back says: 'signed-in', why not, or nothing where the person came otherwise. */
export function takeProviderAnswer(): { readonly signedIn: boolean; readonly reason: string } | undefined {
  const [name = '', reason = ''] = location.hash.slice(1).split('=');
  if (name !== 'signed-in' && name !== 'oidc-error') return undefined;
  history.replaceState(null, '', location.pathname + location.search);
  return { signedIn: name === 'signed-in', reason };
}

/** Where the person wanted to go: an address of ours, never another site's. */
export function destination(fallback = '/moderate'): string {
  const next = new URLSearchParams(location.search).get('next');
  return next !== null && /^\/(?![/\\])/.test(next) ? next : fallback;
}
