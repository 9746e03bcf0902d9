import { accept, type Outcome, refuse } from '../../engine/outcome.ts';

/** The refresh token of pages. Scripts cannot read it, other sites cannot send it, other addresses never see it. */
const REFRESH_COOKIE = 'psephos_refresh';
/** The secret of a browser that is at an OpenID provider. It comes back by a link from there: Lax, not Strict. */
const OIDC_COOKIE = 'psephos_oidc';

const REFRESH_PATH = '/v1/auth';
const OIDC_PATH = '/v1/auth/oidc';

/** What a request shows of where it comes from. */
interface Sender {
  header(name: string): string | undefined;
  cookie(name: string): string | undefined;
}

/** Cookies as this installation sets them. */
export interface Cookies {
  /** @param lastsMs 0 takes the cookie away */
  refresh(token: string, lastsMs: number): string;
  oidc(secret: string, lastsMs: number): string;
  refreshOf(sender: Sender): string | undefined;
  oidcOf(sender: Sender): string | undefined;
  /**
   * Whether a page of ours sends the request, where a cookie alone would let it in: a header that no form can send, and
   * an Origin that is the public address or the host that was asked. details.reason: csrf.
   */
  fromOwnPage(sender: Sender): Outcome<null>;
}

/** @param publicUrl where people find the pages; with https the cookies never travel without it */
export function createCookies(publicUrl: string | undefined): Cookies {
  const https = publicUrl?.startsWith('https:') === true;
  const secure = https ? '; Secure' : '';
  // browsers take a name with this prefix over TLS only: no neighbour without it can set such a cookie
  const [refreshName, oidcName] = [REFRESH_COOKIE, OIDC_COOKIE].map((name) => (https ? `__Secure-${name}` : name)) as [
    string,
    string,
  ];
  const publicOrigin = publicUrl === undefined ? null : new URL(publicUrl).origin;
  const line = (name: string, value: string, path: string, site: 'Strict' | 'Lax', lastsMs: number) =>
    `${name}=${value}; Path=${path}; Max-Age=${Math.floor(lastsMs / 1_000)}; HttpOnly; SameSite=${site}${secure}`;
  return {
    refresh: (token, lastsMs) => line(refreshName, token, REFRESH_PATH, 'Strict', lastsMs),
    oidc: (secret, lastsMs) => line(oidcName, secret, OIDC_PATH, 'Lax', lastsMs),
    refreshOf: (sender) => sender.cookie(refreshName),
    oidcOf: (sender) => sender.cookie(oidcName),
    fromOwnPage(sender) {
      const origin = sender.header('origin');
      const own = origin !== undefined && (origin === publicOrigin || hostOf(origin) === sender.header('host'));
      if (own && sender.header('x-psephos-csrf') === '1') return accept(null);
      return refuse('forbidden', 'Cookies are for our own pages. Programs send refresh_token in the body.', {
        details: { reason: 'csrf' },
      });
    },
  };
}

function hostOf(origin: string): string | null {
  return URL.parse(origin)?.host ?? null;
}
