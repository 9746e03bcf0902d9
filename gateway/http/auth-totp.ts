import { confirmation, recoveryCodes, totpCode, totpOffer } from '../../protocol/accounts.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Account';

/** An authenticator beside the password. */
export const totpOperations: readonly Operation[] = [
  operation({
    id: 'beginTotp',
    method: 'post',
    path: '/v1/auth/totp',
    tag: TAG,
    summary: 'Begin with an authenticator',
    description: 'Asks for your password, or for a sign-in of the last 10 minutes. Counts once a code was confirmed.',
    permission: 'account.manage',
    limit: 'confirmation',
    body: confirmation,
    secret: true,
    success: { 201: { description: 'The secret, for the authenticator.', schema: totpOffer } },
    failures: ['conflict', 'rate_limited'],
    handle: async ({ engine, person, body }) => {
      const own = await engine.profiles.get(person);
      if (!own.ok) return own;
      return replyWith(await engine.secondFactors.begin(person, own.value.email, body.password), (offer) => ({
        status: 201,
        body: offer,
      }));
    },
  }),
  operation({
    id: 'confirmTotp',
    method: 'post',
    path: '/v1/auth/totp/confirm',
    tag: TAG,
    summary: 'Confirm the authenticator',
    description: 'By a code that it shows. From now on signing in asks for one.',
    permission: 'account.manage',
    body: totpCode,
    secret: true,
    success: { 200: { description: 'Ten recovery codes. Keep them: they are shown only now.', schema: recoveryCodes } },
    failures: ['conflict', 'rate_limited'],
    handle: async ({ engine, person, body }) =>
      replyWith(await engine.secondFactors.confirm(person, body.code), (codes) => ({
        status: 200,
        body: { recovery_codes: codes },
      })),
  }),
  operation({
    id: 'disableTotp',
    method: 'post',
    path: '/v1/auth/totp/disable',
    tag: TAG,
    summary: 'Do without the authenticator',
    description: 'Asks for a code of the authenticator, or a recovery code.',
    permission: 'account.manage',
    body: totpCode,
    success: { 204: { description: 'Signing in asks for no code any more.' } },
    failures: ['conflict', 'rate_limited'],
    handle: async ({ engine, person, body }) =>
      replyWith(await engine.secondFactors.disable(person, body.code), () => ({ status: 204 })),
  }),
  operation({
    id: 'renewRecoveryCodes',
    method: 'post',
    path: '/v1/auth/totp/recovery-codes',
    tag: TAG,
    summary: 'Get new recovery codes',
    description: 'The old ones work no more. Asks for a code.',
    permission: 'account.manage',
    body: totpCode,
    secret: true,
    success: { 200: { description: 'Ten new ones.', schema: recoveryCodes } },
    failures: ['conflict', 'rate_limited'],
    handle: async ({ engine, person, body }) =>
      replyWith(await engine.secondFactors.renewCodes(person, body.code), (codes) => ({
        status: 200,
        body: { recovery_codes: codes },
      })),
  }),
];
