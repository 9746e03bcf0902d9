import { navigate } from '../ui/router.ts';
import { readInTab, writeInTab } from '../ui/stored.ts';

/** What the address asked for while the person is at an OpenID provider, which leads back to the bare page. */
const KEPT = 'sign-in';

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

/** The fragment leaves the address bar; what was asked for before a provider comes back into it. */
function clearFragment(): void {
  const search = location.search === '' ? (readInTab(KEPT) ?? '') : location.search;
  writeInTab(KEPT, '');
  history.replaceState(null, '', location.pathname + search);
}

export function takeArrival(): Arrival | undefined {
  const [kind = '', token = ''] = location.hash.slice(1).split('=');
  if (!KINDS.includes(kind) || token === '') return undefined;
  clearFragment();
  return { kind: kind as ArrivalKind, token };
}

/** What an OpenID provider's way back says: 'signed-in', why not, or nothing where the person came otherwise. */
export function takeProviderAnswer(): { readonly signedIn: boolean; readonly reason: string } | undefined {
  const [name = '', reason = ''] = location.hash.slice(1).split('=');
  if (name !== 'signed-in' && name !== 'oidc-error') return undefined;
  clearFragment();
  return { signedIn: name === 'signed-in', reason };
}

/** Where the person wanted to go: an address of ours, never another site's. */
export function destination(fallback = '/moderate'): string {
  const next = new URLSearchParams(location.search).get('next');
  return next !== null && /^\/(?![/\\])/.test(next) ? next : fallback;
}

/** On the way to an OpenID provider: where the person wanted to go waits in this tab. */
export function keepDestination(): void {
  writeInTab(KEPT, location.search);
}

export function leaveTo(address: string): void {
  // other apps are other documents
  if (address === '/account' || address === '/organisation') navigate(address, { replace: true });
  else location.replace(address);
}
