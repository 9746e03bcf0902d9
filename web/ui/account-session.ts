import { computed, signal } from '@preact/signals';
import { PsephosError, PsephosHttp } from '../../client/index.ts';
import type { AccountView, SignedInView } from '../../protocol/accounts.ts';
import { forgetStored, readStored, SIGNED_IN, writeStored } from './stored.ts';

/** Where the refresh token lies no script can read it; these requests must show that a page of ours made them. */
const CSRF = { 'x-psephos-csrf': '1' };
/** Renewed so long before its end: a request under way should not meet it. */
const RENEW_BEFORE_MS = 30_000;
const ORGANISATION = 'psephos.organisation';

interface Access {
  readonly token: string;
  readonly until: number;
}

let access: Access | undefined;
let renewing: Promise<Access | undefined> | undefined;

/** undefined: not known yet; null: nobody is signed in. */
export const account = signal<AccountView | null | undefined>(undefined);

const chosen = signal(readStored(ORGANISATION));

/** The organisation that this page acts in: the one chosen on this device, the session's, or the only one. */
export const membership = computed(() => {
  const { memberships = [], current_org_id: current } = account.value ?? {};
  const of = (id: unknown) => memberships.find(({ org_id }) => org_id === id);
  return of(chosen.value) ?? of(current) ?? memberships[0];
});

export function chooseOrganisation(orgId: string): void {
  writeStored(ORGANISATION, orgId);
  chosen.value = orgId;
}

/** Calls as nobody in particular. */
export const anonymous = new PsephosHttp({ baseUrl: location.origin });

/** Calls as the signed-in person, in the chosen organisation. */
export const api = new PsephosHttp({
  baseUrl: location.origin,
  secret: accessToken,
  headers: () => (membership.value === undefined ? {} : { 'x-org-id': membership.value.org_id }),
});

function keep({ access_token: token, expires_in: seconds }: SignedInView): Access {
  access = { token, until: Date.now() + 1_000 * seconds };
  writeStored(SIGNED_IN, true);
  return access;
}

/** Two tabs share one cookie: they renew one after the other, where the browser can tell them apart. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? navigator.locks.request('psephos-refresh', work) : work();
}

async function renew(): Promise<Access | undefined> {
  try {
    return await alone(async () =>
      keep(await anonymous.call<SignedInView>({ method: 'POST', path: '/v1/auth/refresh', body: {}, headers: CSRF })),
    );
  } catch (error) {
    if (!(error instanceof PsephosError) || error.code !== 'AUTH_001') throw error;
    signOutHere();
    return undefined;
  }
}

/** The access token, renewed where it is about to end; undefined where nobody is signed in (any more). */
export async function accessToken(): Promise<string | undefined> {
  if (access !== undefined && Date.now() < access.until - RENEW_BEFORE_MS) return access.token;
  if (readStored(SIGNED_IN) !== true) return undefined;
  renewing ??= renew().finally(() => {
    renewing = undefined;
  });
  return (await renewing)?.token;
}

/** This page and device know of no session any more, whatever the server holds. */
export function signOutHere(): void {
  access = undefined;
  forgetStored(SIGNED_IN);
  account.value = null;
}

/** Finds out who is signed in; again after anything about the account has changed. Throws where nobody answers. */
export async function loadAccount(): Promise<void> {
  if ((await accessToken()) === undefined) {
    account.value = null;
    return;
  }
  try {
    account.value = await api.call<AccountView>({ method: 'GET', path: '/v1/account' });
  } catch (error) {
    if (!(error instanceof PsephosError) || error.code !== 'AUTH_001') throw error;
    signOutHere();
  }
}

/** Signs in by any of the ways that answer a session, e.g. '/v1/auth/login'. Throws the refusal. */
export async function signInWith(path: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  const sent = { ...body, keep_in: 'cookie' };
  keep(await anonymous.call<SignedInView>({ method: 'POST', path, body: sent, headers: CSRF }));
  await loadAccount();
}

/** A session that came by another way than a request of this page: an OpenID provider's way back left its cookie. */
export async function takeUpSession(): Promise<void> {
  writeStored(SIGNED_IN, true);
  await loadAccount();
}

export async function signOut(): Promise<void> {
  await api.call({ method: 'POST', path: '/v1/auth/sign-out', body: {}, headers: CSRF });
  signOutHere();
}
