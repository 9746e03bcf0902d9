import { z } from 'zod';
import type { Session, SignedIn } from '../../engine/index.ts';
import { type Outcome, refuse } from '../../engine/outcome.ts';
import {
  keySet,
  magicLinkRedemption,
  refreshRequest,
  type SignedInView,
  sessionList,
  signedIn,
  signedOut,
  signIn,
  signOutEverywhere,
} from '../../protocol/accounts.ts';
import { id } from '../../protocol/text.ts';
import type { Cookies } from '../auth/refresh-cookie.ts';
import { type Answer, type Operation, type Origin, operation, type Reply, replyWith } from './operation.ts';

const TAG = 'Signing in';
const NOT_SIGNED_IN = refuse('unauthenticated', 'There is no refresh token: sign in first.', {
  details: { reason: 'missing' },
});

type KeepIn = 'cookie' | 'body' | undefined;

/** Both tokens, or the access token alone where the other goes into the cookie. */
function pairReply(cookies: Cookies, pair: SignedIn, keepIn: KeepIn): Reply {
  const inCookie = keepIn === 'cookie';
  const body: SignedInView = {
    access_token: pair.accessToken,
    token_type: 'Bearer',
    expires_in: pair.expiresInSeconds,
    refresh_token: inCookie ? null : pair.refreshToken,
    account_id: pair.accountId,
    session_id: pair.sessionId,
  };
  return { status: 200, body, cookies: inCookie ? [cookies.refresh(pair.refreshToken, pair.refreshMs)] : [] };
}

function viewOf(session: Session) {
  return {
    session_id: session.sessionId,
    user_agent: session.userAgent,
    method: session.method,
    created_at: session.createdAt.toISOString(),
    last_used_at: session.lastUsedAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    current: session.current,
  };
}

/** A session begins: by password, or by the link of a mail. */
function beginnings(cookies: Cookies): readonly Operation[] {
  /** A page that wants the cookie must be one of ours: another site must not sign people in to its own account. */
  const enter = async (
    keepIn: KeepIn,
    origin: Origin,
    work: (device: { readonly userAgent: string }) => Promise<Outcome<SignedIn>>,
  ): Promise<Answer> => {
    const own = keepIn === 'cookie' ? cookies.fromOwnPage(origin) : null;
    if (own?.ok === false) return own;
    const outcome = await work({ userAgent: origin.userAgent });
    return replyWith(outcome, (pair) => pairReply(cookies, pair, keepIn));
  };
  return [
    operation({
      id: 'login',
      method: 'post',
      path: '/v1/auth/login',
      tag: TAG,
      summary: 'Sign in with a password',
      description:
        'details.reason of a refusal: wrong (address or password, whichever), unverified, code_missing, code_wrong.',
      permission: null,
      limit: 'sign-in',
      body: signIn,
      secret: true,
      success: { 200: { description: 'You are signed in.', schema: signedIn } },
      failures: ['unauthenticated', 'forbidden', 'rate_limited', 'database_away'],
      handle: ({ engine, body, origin }) =>
        enter(body.keep_in, origin, (device) => engine.signIn.byPassword(body, device)),
    }),
    operation({
      id: 'redeemMagicLink',
      method: 'post',
      path: '/v1/auth/magic-link/redeem',
      tag: TAG,
      summary: 'Sign in by a link',
      description:
        'details.reason of a refusal: unknown, used, expired, code_missing, code_wrong; the link waits for the right code.',
      permission: null,
      limit: 'token',
      body: magicLinkRedemption,
      secret: true,
      success: { 200: { description: 'You are signed in.', schema: signedIn } },
      failures: ['unauthenticated', 'forbidden', 'rate_limited', 'database_away'],
      handle: ({ engine, body, origin }) =>
        enter(body.keep_in, origin, (device) => engine.signIn.byMagicLink(body, device)),
    }),
  ];
}

/** A session goes on, or ends, by its refresh token. */
function continuations(cookies: Cookies): readonly Operation[] {
  /** The token of the body, else the cookie's, which only our own pages may make use of. */
  const tokenOf = (given: string | undefined, origin: Origin): Outcome<{ token: string; keepIn: KeepIn }> => {
    if (given !== undefined) return { ok: true, value: { token: given, keepIn: 'body' } };
    const held = cookies.refreshOf(origin);
    if (held === undefined) return NOT_SIGNED_IN;
    const own = cookies.fromOwnPage(origin);
    return own.ok ? { ok: true, value: { token: held, keepIn: 'cookie' } } : own;
  };
  return [
    operation({
      id: 'refresh',
      method: 'post',
      path: '/v1/auth/refresh',
      tag: TAG,
      summary: 'Get the next pair of tokens',
      description:
        'Each refresh token works once; the one before the last is answered alike for 10 seconds, an older one ends ' +
        'the session. Pages send an empty body, their cookie and X-Psephos-Csrf: 1. details.reason of a refusal: ' +
        'missing, unknown, expired, revoked, reused, csrf.',
      permission: null,
      body: refreshRequest,
      bodyOptional: true,
      secret: true,
      success: { 200: { description: 'The next pair.', schema: signedIn } },
      failures: ['unauthenticated', 'forbidden', 'rate_limited', 'database_away'],
      handle: async ({ engine, body, origin }) => {
        const held = tokenOf((body as { refresh_token?: string } | undefined)?.refresh_token, origin);
        if (!held.ok) return held;
        const { token, keepIn } = held.value;
        return replyWith(await engine.sessions.refresh(token), (pair) => pairReply(cookies, pair, keepIn));
      },
    }),
    operation({
      id: 'signOut',
      method: 'post',
      path: '/v1/auth/sign-out',
      tag: TAG,
      summary: 'Sign out',
      description: 'Ends the session of the refresh token; of a session that has ended already the answer is the same.',
      permission: null,
      body: refreshRequest,
      bodyOptional: true,
      secret: true,
      success: { 204: { description: 'You are signed out.' } },
      failures: ['unauthenticated', 'forbidden', 'database_away'],
      handle: async ({ engine, body, origin }) => {
        const held = tokenOf((body as { refresh_token?: string } | undefined)?.refresh_token, origin);
        if (!held.ok) return held;
        const gone = held.value.keepIn === 'cookie' ? [cookies.refresh('', 0)] : [];
        return replyWith(await engine.sessions.signOut(held.value.token), () => ({ status: 204, cookies: gone }));
      },
    }),
  ];
}

function ownSessions(cookies: Cookies): readonly Operation[] {
  return [
    operation({
      id: 'listSessions',
      method: 'get',
      path: '/v1/auth/sessions',
      tag: TAG,
      summary: 'List your sessions',
      description: 'One a device, the most recently used first.',
      permission: 'account.manage',
      success: { 200: { description: 'Sessions that have not ended.', schema: sessionList } },
      failures: [],
      handle: async ({ engine, person }) =>
        replyWith(await engine.sessions.list(person), (sessions) => ({
          status: 200,
          body: { items: sessions.map(viewOf), next_cursor: null },
        })),
    }),
    operation({
      id: 'revokeSession',
      method: 'delete',
      path: '/v1/auth/sessions/{session_id}',
      tag: TAG,
      summary: 'End a session',
      description: 'Its tokens are refused and its sockets closed within a second.',
      permission: 'account.manage',
      params: z.strictObject({ session_id: id }),
      success: { 204: { description: 'It has ended.' } },
      failures: ['not_found'],
      handle: async ({ engine, person, params }) =>
        replyWith(await engine.sessions.revoke(person, params.session_id), () => ({ status: 204 })),
    }),
    operation({
      id: 'signOutEverywhere',
      method: 'post',
      path: '/v1/auth/sign-out-everywhere',
      tag: TAG,
      summary: 'End all your sessions',
      permission: 'account.manage',
      body: signOutEverywhere,
      bodyOptional: true,
      success: { 200: { description: 'How many have ended.', schema: signedOut } },
      failures: [],
      handle: async ({ engine, person, body }) => {
        const keep = (body as { keep_current?: boolean } | undefined)?.keep_current === true;
        return replyWith(await engine.sessions.revokeAll(person, keep), (revoked) => ({
          status: 200,
          body: { revoked },
          cookies: keep ? [] : [cookies.refresh('', 0)],
        }));
      },
    }),
  ];
}

const keys = operation({
  id: 'getKeySet',
  method: 'get',
  path: '/.well-known/jwks.json',
  tag: TAG,
  summary: 'Public keys of access tokens',
  description: 'JSON Web Key Set (RFC 7517). Keys stand here a day before they are used.',
  permission: null,
  success: { 200: { description: 'The keys.', schema: keySet } },
  failures: ['database_away'],
  handle: async ({ engine }) =>
    replyWith(await engine.accessTokens.publicSet(), (keys) => ({ status: 200, body: { keys } })),
});

export function sessionOperations(cookies: Cookies): readonly Operation[] {
  return [...beginnings(cookies), ...continuations(cookies), ...ownSessions(cookies), keys];
}
