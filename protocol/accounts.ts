import { z } from 'zod';
import { plainLine } from './plain-line.ts';
import { id, moment } from './text.ts';

/** Shortest and longest password; nothing is asked about its letters (ASVS 5.0, 6.2.1, 6.2.5 and 6.2.9). */
const PASSWORD_MIN_CHARACTERS = 8;
const PASSWORD_MAX_CHARACTERS = 256;

/** RFC 5321 lets no longer address through. */
const EMAIL_MAX_CHARACTERS = 254;

/** An e-mail address, in small letters: two accounts never differ by case alone. */
export const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(EMAIL_MAX_CHARACTERS)
  .pipe(z.email('is no e-mail address'))
  .meta({ description: 'An e-mail address; case does not matter.', example: 'ada@example.org' });

/** A password as it is typed: nothing is trimmed or changed. Whether it is a good one is the engine's to say. */
const newPassword = z.string().min(PASSWORD_MIN_CHARACTERS).max(PASSWORD_MAX_CHARACTERS).meta({
  description: 'Any 8 to 256 characters, but none of the most common passwords and not your address.',
});
const givenPassword = z.string().min(1).max(PASSWORD_MAX_CHARACTERS);

/** A token from a link in a mail, or a refresh token: opaque. */
const token = z
  .string()
  .regex(/^[\w-]{20,200}$/, 'is no token; copy the whole link')
  .meta({ description: 'What stands behind the = in the link of the mail.' });

const code = z
  .string()
  .regex(/^[A-Za-z0-9 -]{6,40}$/, 'is no code')
  .meta({ description: 'Six digits of the authenticator, or one of the recovery codes.' });

/** Languages of pages and mails. */
export const locale = z.enum(['en', 'de']).meta({ description: 'Language of mails and pages.' });

const name = plainLine(1, 100).meta({ description: 'How you want to be called.' });

const EXAMPLE_TOKEN = 'psm_Zm9yLWV4YW1wbGUtb25seS1ub3QtYS10b2tlbg';
const ID = '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10';

export const registration = z
  .strictObject({ email, password: newPassword, name, locale: locale.optional() })
  .meta({ id: 'Registration', example: { email: 'ada@example.org', password: 'four blue otters sing', name: 'Ada' } });

/** The answer to whoever asks for a mail: the same whether or not the address is known. */
export const mailOnItsWay = z
  .strictObject({ status: z.literal('mail_on_its_way') })
  .meta({ id: 'MailOnItsWay', example: { status: 'mail_on_its_way' } });

export const addressOnly = z
  .strictObject({ email, locale: locale.optional() })
  .meta({ id: 'AddressOnly', example: { email: 'ada@example.org' } });

export const emailProof = z.strictObject({ token }).meta({ id: 'EmailProof', example: { token: EXAMPLE_TOKEN } });

export const verified = z
  .strictObject({ email })
  .meta({ id: 'Verified', description: 'The address that is proven now.', example: { email: 'ada@example.org' } });

/**
 * Where the refresh token goes. Pages say `cookie` (httpOnly, and the header X-Psephos-Csrf: 1 is needed then), programs
 * leave it out and get it in the body.
 */
const keepIn = z
  .enum(['cookie', 'body'])
  .optional()
  .meta({ description: 'Where the refresh token goes: cookie for pages (send X-Psephos-Csrf: 1), body for programs.' });

export const signIn = z
  .strictObject({ email, password: givenPassword, code: code.optional(), keep_in: keepIn })
  .meta({ id: 'SignIn', example: { email: 'ada@example.org', password: 'four blue otters sing' } });

export const magicLinkRedemption = z
  .strictObject({ token, code: code.optional(), keep_in: keepIn })
  .meta({ id: 'MagicLinkRedemption', example: { token: EXAMPLE_TOKEN } });

export const passwordReset = z
  .strictObject({ token, password: newPassword })
  .meta({ id: 'PasswordReset', example: { token: EXAMPLE_TOKEN, password: 'four blue otters sing' } });

/** Without refresh_token the cookie is used. */
export const refreshRequest = z
  .strictObject({ refresh_token: token.optional() })
  .meta({ id: 'Refresh', example: { refresh_token: 'psr_Zm9yLWV4YW1wbGUtb25seS1ub3QtYS10b2tlbg' } });

export const signedIn = z
  .strictObject({
    access_token: z.string().meta({ description: 'Your bearer token for 15 minutes. Keep it in memory only.' }),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds until the access token ends.' }),
    refresh_token: z.string().nullable().meta({
      description: 'Gives the next pair, once; null where it went into the cookie psephos_refresh.',
    }),
    account_id: id,
    session_id: id,
  })
  .meta({
    id: 'SignedIn',
    example: {
      access_token: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl',
      token_type: 'Bearer',
      expires_in: 900,
      refresh_token: null,
      account_id: ID,
      session_id: ID,
    },
  });
export type SignedInView = z.infer<typeof signedIn>;

const sessionView = z
  .strictObject({
    session_id: id,
    user_agent: z.string().meta({ description: 'What the browser or program called itself at sign-in.' }),
    method: z.enum(['password', 'magic_link', 'oidc']).meta({ description: 'How it was signed in.' }),
    created_at: moment,
    last_used_at: moment,
    expires_at: moment,
    current: z.boolean().meta({ description: 'Whether it is the one that asks.' }),
  })
  .meta({ id: 'Session' });
export const sessionList = z
  .strictObject({ items: z.array(sessionView), next_cursor: z.null() })
  .meta({ id: 'SessionList' });

export const signOutEverywhere = z
  .strictObject({ keep_current: z.boolean().optional() })
  .meta({ id: 'SignOutEverywhere', example: { keep_current: true } });
export const signedOut = z
  .strictObject({ revoked: z.int().meta({ description: 'Sessions that have ended.' }) })
  .meta({ id: 'SignedOut', example: { revoked: 2 } });

/** Acts that a stolen, open session must not do alone: the password, or a sign-in of the last 10 minutes. */
export const confirmation = z
  .strictObject({ password: givenPassword.optional() })
  .meta({ id: 'Confirmation', example: { password: 'four blue otters sing' } });

export const totpOffer = z
  .strictObject({
    secret: z.string().meta({ description: 'Base32, for typing. Counts once a code of it has been confirmed.' }),
    uri: z.string().meta({ description: 'otpauth:// address, for the QR code.' }),
  })
  .meta({ id: 'TotpOffer' });
export const totpCode = z.strictObject({ code }).meta({ id: 'TotpCode', example: { code: '492039' } });
export const recoveryCodes = z
  .strictObject({ recovery_codes: z.array(z.string()).meta({ description: 'Each works once. Shown only now.' }) })
  .meta({ id: 'RecoveryCodes' });

/** Ways to sign in that this installation has beside password and magic link. */
export const oidcProviders = z
  .strictObject({ items: z.array(z.strictObject({ name: z.string(), start_url: z.string() })) })
  .meta({
    id: 'OidcProviders',
    example: { items: [{ name: 'login.example', start_url: '/v1/auth/oidc/start' }] },
  });

export const membershipView = z
  .strictObject({
    org_id: id,
    name: z.string().meta({ description: "The organisation's name." }),
    member_id: id,
    number: z.string(),
    roles: z.array(z.string()),
    status: z.string(),
  })
  .meta({ id: 'Membership' });

export const accountView = z
  .strictObject({
    account_id: id,
    email,
    name: z.string(),
    locale,
    has_password: z.boolean(),
    totp: z.boolean().meta({ description: 'Whether signing in asks for a code.' }),
    recovery_codes_left: z.int(),
    platform_admin: z.boolean(),
    created_at: moment,
    session_id: id,
    current_org_id: id.nullable().meta({ description: 'The organisation of this session; X-Org-Id goes first.' }),
    memberships: z.array(membershipView),
  })
  .meta({ id: 'Account' });
export type AccountView = z.infer<typeof accountView>;

export const accountChange = z
  .strictObject({ name: name.optional(), locale: locale.optional() })
  .meta({ id: 'AccountChange', example: { name: 'Ada Lovelace', locale: 'en' } });

/** `current_password` may be left out only by who has none yet and signed in within the last 10 minutes. */
export const passwordChange = z
  .strictObject({ current_password: givenPassword.optional(), password: newPassword })
  .meta({
    id: 'PasswordChange',
    example: { current_password: 'four blue otters sing', password: 'five red otters sleep' },
  });

export const emailChange = z
  .strictObject({ email, password: givenPassword.optional() })
  .meta({ id: 'EmailChange', example: { email: 'ada@new.example.org', password: 'four blue otters sing' } });

/** Everything that is held about a person; its parts grow with the product. */
export const accountExport = z
  .object({ exported_at: moment, account: z.record(z.string(), z.unknown()) })
  .catchall(z.unknown())
  .meta({ id: 'AccountExport' });

/** RFC 7517: the public keys of access tokens. */
export const keySet = z.strictObject({ keys: z.array(z.record(z.string(), z.unknown())) }).meta({
  id: 'KeySet',
  example: { keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'k', alg: 'EdDSA', use: 'sig', x: '…' }] },
});
