import type { Database } from '../db/index.ts';
import type { LogFeed } from '../log/index.ts';
import { AccessTokens } from './access-tokens.ts';
import { Accounts } from './accounts.ts';
import type { ApiKeys } from './api-keys.ts';
import { Confirmations } from './confirmations.ts';
import { Links } from './links.ts';
import { Oidc, type OidcSettings } from './oidc.ts';
import { Organisations } from './organisations.ts';
import { Profiles } from './profiles.ts';
import { Registration } from './registration.ts';
import { SecondFactors } from './second-factors.ts';
import type { SessionCache } from './session-cache.ts';
import { Sessions } from './sessions.ts';
import { SignIn } from './sign-in.ts';
import { Vault } from './vault.ts';

/** Where `npm start` serves the pages if nothing else is said. */
const DEFAULT_PUBLIC_URL = 'http://localhost:8080';

export interface AccountOptions {
  /** where people find the pages: links in mails and the way back from an OpenID provider lead there */
  readonly publicUrl?: string | undefined;
  /** the server's secrets, 32 bytes or more each, the present one first; none: one is made in the database */
  readonly secretKeys?: readonly Uint8Array[] | undefined;
  readonly oidc?: OidcSettings | undefined;
}

/** Everything about who somebody is, put together. */
export interface AccountRooms {
  readonly accounts: Accounts;
  readonly accessTokens: AccessTokens;
  readonly sessions: Sessions;
  readonly registration: Registration;
  readonly signIn: SignIn;
  readonly secondFactors: SecondFactors;
  readonly oidc: Oidc;
  readonly profiles: Profiles;
  readonly organisations: Organisations;
}

export function openAccounts(
  database: Database,
  feed: LogFeed,
  apiKeys: ApiKeys,
  { publicUrl = DEFAULT_PUBLIC_URL, secretKeys = [], oidc }: AccountOptions,
  cache: SessionCache | null,
): AccountRooms {
  const vault = new Vault(database, secretKeys);
  const accessTokens = new AccessTokens(database, vault);
  const sessions = new Sessions(database, vault, accessTokens, feed);
  const links = new Links(publicUrl);
  const confirmations = new Confirmations(database);
  const secondFactors = new SecondFactors(database, vault, confirmations);
  const signIn = new SignIn(database, vault, sessions, secondFactors, links);
  return {
    accounts: new Accounts(database, apiKeys, accessTokens, cache),
    accessTokens,
    sessions,
    registration: new Registration(database, links),
    signIn,
    secondFactors,
    oidc: new Oidc(database, vault, signIn, { publicUrl, oidc }),
    profiles: new Profiles(database, sessions, signIn, confirmations, links),
    organisations: new Organisations(database),
  };
}
