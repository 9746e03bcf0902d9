import { z } from 'zod';
import { limits } from '../../engine/limits.ts';
import { oidcProviders } from '../../protocol/accounts.ts';
import type { Cookies } from '../auth/refresh-cookie.ts';
import { type Operation, operation, type Reply, replyWith } from './operation.ts';

const TAG = 'Signing in';
const START = '/v1/auth/oidc/start';
const PAGE = '/sign-in';

/** What a provider sends back; it may add parameters of its own. */
const callbackQuery = z
  .object({
    state: z.string().max(512).optional(),
    code: z.string().max(4096).optional(),
    error: z.string().max(512).optional(),
  })
  .catchall(z.string().max(4096));

/** A browser that came by a link goes on to a page, whatever happened; reasons stand in the fragment. */
function toPage(fragment: string, cookies: readonly string[]): Reply {
  return { status: 303, headers: { location: `${PAGE}#${fragment}` }, cookies };
}

/** Sign-in with an OpenID provider: addresses for browsers, not for programs. */
export function oidcOperations(cookies: Cookies): readonly Operation[] {
  return [
    operation({
      id: 'listOidcProviders',
      method: 'get',
      path: '/v1/auth/oidc',
      tag: TAG,
      summary: 'Which OpenID providers can be used?',
      permission: null,
      success: { 200: { description: 'One, or none.', schema: oidcProviders } },
      failures: [],
      handle: async ({ engine }) => ({
        ok: true,
        value: { status: 200, body: { items: engine.oidc.providers().map((name) => ({ name, start_url: START })) } },
      }),
    }),
    operation({
      id: 'startOidc',
      method: 'get',
      path: START,
      tag: TAG,
      summary: 'Sign in with the OpenID provider',
      description:
        'Leads the browser there. It comes back to the sign-in page, with a session or with #oidc-error=REASON.',
      permission: null,
      secret: true,
      success: { 303: { description: 'To the provider.' } },
      failures: ['not_found', 'rate_limited', 'database_away'],
      handle: async ({ engine }) =>
        replyWith(await engine.oidc.start(), ({ url, browserSecret }) => ({
          status: 303,
          headers: { location: url },
          cookies: [cookies.oidc(browserSecret, limits.oidcLoginMs)],
        })),
    }),
    operation({
      id: 'finishOidc',
      method: 'get',
      path: '/v1/auth/oidc/callback',
      tag: TAG,
      summary: 'The way back from the OpenID provider',
      description:
        'Leads to /sign-in#signed-in with the refresh cookie set, to #magic=TOKEN where the account asks for a code, or ' +
        'to #oidc-error=REASON: unknown, expired, refused, email_unverified, no_email, provider_away.',
      permission: null,
      query: callbackQuery,
      secret: true,
      success: { 303: { description: 'To the sign-in page.' } },
      failures: ['not_found', 'rate_limited', 'database_away'],
      handle: async ({ engine, query, origin }) => {
        const parameters = new URLSearchParams(
          Object.entries(query).flatMap(([name, value]): [string, string][] =>
            value === undefined ? [] : [[name, value]],
          ),
        );
        const device = { userAgent: origin.userAgent };
        const outcome = await engine.oidc.finish(parameters, cookies.oidcOf(origin), device);
        const done = cookies.oidc('', 0);
        if (!outcome.ok) {
          const reason = outcome.failure.details?.reason;
          if (typeof reason !== 'string') return outcome;
          return { ok: true, value: toPage(`oidc-error=${reason}`, [done]) };
        }
        if ('codeLink' in outcome.value) {
          return { ok: true, value: toPage(new URL(outcome.value.codeLink).hash.slice(1), [done]) };
        }
        const { refreshToken, refreshMs } = outcome.value;
        return { ok: true, value: toPage('signed-in', [done, cookies.refresh(refreshToken, refreshMs)]) };
      },
    }),
  ];
}
