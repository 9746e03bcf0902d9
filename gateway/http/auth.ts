import {
  addressOnly,
  emailProof,
  mailOnItsWay,
  passwordReset,
  registration,
  verified,
} from '../../protocol/accounts.ts';
import { type Operation, operation, type Reply, replyWith } from './operation.ts';

const TAG = 'Signing in';
const ON_ITS_WAY: Reply = { status: 202, body: { status: 'mail_on_its_way' } };
const MAIL_ANSWER = {
  202: { description: 'The same answer whether or not the address is known.', schema: mailOnItsWay },
};
/** What needs no session: everything that goes by mail. */
export const authMailOperations: readonly Operation[] = [
  operation({
    id: 'register',
    method: 'post',
    path: '/v1/auth/register',
    tag: TAG,
    summary: 'Make an account',
    description: 'Writes a link to the address, good for 24 hours; the account can be used once it was opened.',
    permission: null,
    limit: 'e-mail',
    body: registration,
    secret: true,
    success: MAIL_ANSWER,
    failures: ['rate_limited', 'database_away'],
    handle: async ({ engine, body }) => {
      const input = { ...body, locale: body.locale ?? ('en' as const) };
      return replyWith(await engine.registration.register(input), () => ON_ITS_WAY);
    },
  }),
  operation({
    id: 'verifyEmail',
    method: 'post',
    path: '/v1/auth/verify-email',
    tag: TAG,
    summary: 'Prove an address',
    description: 'By the token of a link: of a registration, or of a change of address.',
    permission: null,
    limit: 'token',
    body: emailProof,
    secret: true,
    success: { 200: { description: 'The address is proven.', schema: verified } },
    failures: ['unauthenticated', 'conflict', 'rate_limited', 'database_away'],
    handle: async ({ engine, body }) =>
      replyWith(await engine.registration.verifyEmail(body.token), ({ email }) => ({ status: 200, body: { email } })),
  }),
  operation({
    id: 'requestPasswordReset',
    method: 'post',
    path: '/v1/auth/password-reset',
    tag: TAG,
    summary: 'Ask for a link to choose a new password',
    description: 'The link is good for 30 minutes.',
    permission: null,
    limit: 'e-mail',
    body: addressOnly,
    secret: true,
    success: MAIL_ANSWER,
    failures: ['rate_limited', 'database_away'],
    handle: async ({ engine, body }) => replyWith(await engine.signIn.requestReset(body.email), () => ON_ITS_WAY),
  }),
  operation({
    id: 'resetPassword',
    method: 'post',
    path: '/v1/auth/password-reset/redeem',
    tag: TAG,
    summary: 'Choose a new password',
    description: 'By the token of the link. Ends every session of the account; sign in again afterwards.',
    permission: null,
    limit: 'token',
    body: passwordReset,
    secret: true,
    success: { 204: { description: 'The new password counts.' } },
    failures: ['unauthenticated', 'rate_limited', 'database_away'],
    handle: async ({ engine, body }) =>
      replyWith(await engine.signIn.resetPassword(body.token, body.password), () => ({ status: 204 })),
  }),
  operation({
    id: 'requestMagicLink',
    method: 'post',
    path: '/v1/auth/magic-link',
    tag: TAG,
    summary: 'Ask for a link that signs in',
    description: 'The link is good for 15 minutes.',
    permission: null,
    limit: 'e-mail',
    body: addressOnly,
    secret: true,
    success: MAIL_ANSWER,
    failures: ['rate_limited', 'database_away'],
    handle: async ({ engine, body }) => replyWith(await engine.signIn.requestMagicLink(body.email), () => ON_ITS_WAY),
  }),
];
