import { hash, randomBytes, randomUUID } from 'node:crypto';
import * as client from 'openid-client';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Device } from './account.ts';
import { beginOidcLogin, takeOidcLogin } from './key-queries.ts';
import type { SignedIn } from './sessions.ts';
import { proveAddress, type SignIn } from './sign-in.ts';
import * as queries from './sign-in-queries.ts';
import type { Vault } from './vault.ts';

const STATE_BYTES = 32;
/** A provider that is slower fails the sign-in before the request's own time is over. */
const PROVIDER_TIMEOUT_SECONDS = 3;
const CALLBACK_PATH = '/v1/auth/oidc/callback';
const NAME_MAX_CHARACTERS = 100;
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,189}$/;
/** Without TLS only on this machine, for development and tests. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

export interface OidcSettings {
  /** where /.well-known/openid-configuration is found */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What an ID token, or the provider's account of the person, says that we use. */
interface Claims {
  readonly subject: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly name: string | null;
}

/** Sign-in with an OpenID provider: authorization code with PKCE, state and nonce. */
export class Oidc {
  readonly #database: Database;
  readonly #vault: Vault;
  readonly #signIn: SignIn;
  readonly #settings: OidcSettings | undefined;
  readonly #callbackUrl: string;
  #provider: Promise<client.Configuration> | undefined;

  constructor(
    database: Database,
    vault: Vault,
    signIn: SignIn,
    { publicUrl, oidc }: { readonly publicUrl: string; readonly oidc: OidcSettings | undefined },
  ) {
    this.#database = database;
    this.#vault = vault;
    this.#signIn = signIn;
    this.#settings = oidc;
    this.#callbackUrl = `${publicUrl.replace(/\/$/, '')}${CALLBACK_PATH}`;
  }

  /** Names of the providers that can be used; there is one or none. */
  providers(): readonly string[] {
    return this.#settings === undefined ? [] : [new URL(this.#settings.issuer).hostname];
  }

  /**
   * Where the browser goes, and what it must keep for the way back: a secret that binds the answer to this browser, so
   * that nobody is signed in to another's account by a link.
   */
  async start(): Promise<Outcome<{ readonly url: string; readonly browserSecret: string }>> {
    return this.#asking(async (provider) => {
      const browserSecret = randomBytes(STATE_BYTES).toString('base64url');
      const state = stateOf(browserSecret);
      const verifier = client.randomPKCECodeVerifier();
      const nonce = client.randomNonce();
      const stateHash = hash('sha256', state, 'buffer');
      const sealed = (await this.#vault.ring()).seal(Buffer.from(verifier), contextOf(stateHash));
      await this.#database.management.call((sql) => beginOidcLogin(sql, stateHash, nonce, sealed, limits.oidcLoginMs));
      const url = client.buildAuthorizationUrl(provider, {
        redirect_uri: this.#callbackUrl,
        scope: 'openid email profile',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
      return accept({ url: url.href, browserSecret });
    });
  }

  /**
   * The way back. details.reason: unknown (not begun by this browser, or used), expired, refused (by the provider or
   * the person there), email_unverified (the provider does not vouch for the address), no_email.
   * @param query the callback's, as it came
   */
  async finish(
    query: URLSearchParams,
    browserSecret: string | undefined,
    device: Device,
  ): Promise<Outcome<SignedIn | { readonly codeLink: string }>> {
    return this.#asking(async (provider) => {
      const state = query.get('state');
      if (browserSecret === undefined || state !== stateOf(browserSecret)) return failed('unknown');
      const stateHash = hash('sha256', state, 'buffer');
      const begun = await this.#database.management.call((sql) => takeOidcLogin(sql, stateHash));
      const verifier = begun && (await this.#vault.ring()).open(begun.verifier, contextOf(stateHash));
      if (!begun || !verifier) return failed('unknown');
      if (begun.expired) return failed('expired');
      const claims = await this.#claims(provider, query, {
        pkceCodeVerifier: verifier.toString(),
        expectedState: state,
        expectedNonce: begun.nonce,
        idTokenExpected: true,
      });
      return claims === null ? failed('refused') : this.#enter(claims, device);
    });
  }

  async #claims(
    provider: client.Configuration,
    query: URLSearchParams,
    checks: client.AuthorizationCodeGrantChecks,
  ): Promise<Claims | null> {
    try {
      const tokens = await client.authorizationCodeGrant(provider, new URL(`${this.#callbackUrl}?${query}`), checks);
      const idToken = tokens.claims();
      if (idToken === undefined) return null;
      // providers may tell the address in the ID token or only when they are asked
      const told =
        idToken.email === undefined ? await client.fetchUserInfo(provider, tokens.access_token, idToken.sub) : idToken;
      return {
        subject: idToken.sub,
        email: typeof told.email === 'string' ? told.email.trim().toLowerCase() : null,
        emailVerified: told.email_verified === true,
        name: typeof told.name === 'string' && told.name.trim() !== '' ? told.name.trim() : null,
      };
    } catch (error) {
      if (isProviderError(error)) return null;
      throw error;
    }
  }

  async #enter(claims: Claims, device: Device): Promise<Outcome<SignedIn | { readonly codeLink: string }>> {
    const issuer = (this.#settings as OidcSettings).issuer;
    const { subject, email, emailVerified } = claims;
    const known = await this.#database.management.call((sql) => queries.findIdentity(sql, issuer, subject));
    if (known === null && (email === null || !EMAIL.test(email))) return failed('no_email');
    if (known === null && !emailVerified) return failed('email_unverified');
    const accountId = known ?? (await this.#accountFor({ ...claims, email: email as string }));
    if (accountId === null) return failed('unknown');
    return this.#signIn.byProvider(accountId, email ?? '', device, async (tx) => {
      if (known === null) await proveAddress(tx, accountId); // the provider has shown it, as a mail would have
      await queries.linkIdentity(tx, accountId, issuer, subject);
    });
  }

  /** The account with the address that the provider vouches for, or a new one. */
  async #accountFor(claims: Claims & { readonly email: string }): Promise<string | null> {
    const find = () => this.#database.management.call((sql) => queries.findLogin(sql, claims.email));
    const found = await find();
    if (found !== undefined) return found.account_id;
    const account = {
      accountId: randomUUID(),
      email: claims.email,
      name: (claims.name ?? claims.email).slice(0, NAME_MAX_CHARACTERS).toWellFormed(),
      locale: 'en' as const,
    };
    const made = await this.#database.management.withAccount(account.accountId, (tx) =>
      queries.insertAccount(tx, account, true),
    );
    return made ? account.accountId : ((await find())?.account_id ?? null); // made by another request in this moment
  }

  async #asking<T>(work: (provider: client.Configuration) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const settings = this.#settings;
    if (settings === undefined) {
      return refuse('not_found', 'No OpenID provider is set up here. Sign in with password or link.');
    }
    return guarded(async () => {
      let provider: client.Configuration;
      try {
        provider = await this.#discover(settings);
      } catch (error) {
        if (!isProviderError(error)) throw error;
        return refuse('overloaded', 'The OpenID provider does not answer. Try again, or sign in another way.', {
          details: { reason: 'provider_away' },
        });
      }
      return work(provider);
    });
  }

  /** Asked once; again after a failure. */
  #discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<client.Configuration> {
    if (this.#provider === undefined) {
      const url = new URL(issuer);
      const insecure = url.protocol === 'http:' && LOOPBACK.includes(url.hostname);
      const asking = client.discovery(url, clientId, undefined, client.ClientSecretBasic(clientSecret), {
        timeout: PROVIDER_TIMEOUT_SECONDS,
        ...(insecure ? { execute: [client.allowInsecureRequests] } : {}),
      });
      this.#provider = asking;
      asking.catch(() => {
        this.#provider = undefined;
      });
    }
    return this.#provider;
  }
}

/** The state is an image of the browser's secret: the provider and the address bar see it, and cannot go back. */
function stateOf(browserSecret: string): string {
  return hash('sha256', `psephos oidc state ${browserSecret}`, 'base64url');
}

function contextOf(stateHash: Buffer): string {
  return `oidc ${stateHash.toString('hex')}`;
}

/** What goes wrong at the provider or on the way to it, as opposed to here. */
function isProviderError(error: unknown): boolean {
  return (
    error instanceof client.ClientError ||
    error instanceof client.ResponseBodyError ||
    error instanceof client.AuthorizationResponseError ||
    error instanceof client.WWWAuthenticateChallengeError ||
    error instanceof TypeError || // fetch: no connection
    (error instanceof DOMException && error.name === 'TimeoutError')
  );
}

const FAILED = {
  unknown: 'This sign-in was not begun in this browser, or was finished already. Begin again.',
  expired: 'This sign-in took longer than 10 minutes. Begin again.',
  refused: 'The provider did not let you in. Begin again, or sign in another way.',
  email_unverified: 'The provider does not say that your e-mail address is proven. Register here with it.',
  no_email: 'The provider does not tell your e-mail address. Register here with it.',
};

function failed(reason: keyof typeof FAILED): Outcome<never> {
  return refuse('unauthenticated', FAILED[reason], { details: { reason } });
}
