import { z } from 'zod';
import { pageOf } from './page.ts';
import { plainLine } from './plain-line.ts';
import { chosenMoment, id, moment } from './text.ts';

const roles = z
  .array(z.enum(['admin', 'sponsor', 'moderator', 'auditor', 'member']))
  .min(1)
  .max(5)
  .meta({ description: 'What the key may do; never more than the roles of whoever makes it.' });

const scopes = z
  .array(z.string().regex(/^[a-z][a-z-]*\.[a-z][a-z-]*$/, 'is no permission; write it like ballots.cast'))
  .min(1)
  .max(100)
  .meta({ description: 'The only permissions that the key has of those that its roles allow, e.g. ballots.cast.' });

/** A key may ask as much as a whole gateway can answer, never less than one call a second. */
const requestsPerSecond = z
  .int()
  .min(1)
  .max(50_000)
  .meta({ description: 'Requests that the key may send a second, to each gateway; 200 if left out.' });

const signed = z.boolean().meta({
  description: 'True: the secret alone is refused, every request must be signed. Other keys may sign if they like.',
});

export const newApiKey = z
  .strictObject({
    name: plainLine(1, 200).meta({ description: 'What the key is for.' }),
    roles,
    scopes: scopes.optional(),
    expires_at: chosenMoment
      .optional()
      .meta({ description: 'From then on the key is refused. Left out: until revoked.' }),
    signed: signed.optional(),
    requests_per_second: requestsPerSecond.optional(),
  })
  .meta({
    id: 'NewApiKey',
    example: { name: 'Membership system', roles: ['moderator'], scopes: ['credentials.issue', 'results.read'] },
  });

export const apiKeyView = z
  .strictObject({
    key_id: id,
    name: z.string(),
    prefix: z.string().meta({ description: 'How the secret begins, so that people can tell their keys apart.' }),
    roles,
    scopes: scopes.nullable(),
    signed,
    requests_per_second: requestsPerSecond.nullable().meta({ description: 'null: the usual 200.' }),
    source: z.enum(['database', 'file']).meta({
      description: 'file: it comes from the secret store of the gateway and is changed there.',
    }),
    created_at: moment.nullable(),
    expires_at: moment.nullable(),
    last_used_at: moment.nullable().meta({ description: 'To the minute.' }),
    previous_secret_until: moment
      .nullable()
      .meta({ description: 'Until then the secret from before the last rotation works too.' }),
    revoked_at: moment.nullable(),
  })
  .meta({
    id: 'ApiKey',
    example: {
      key_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10',
      name: 'Membership system',
      prefix: 'psk_4c1b8f0d',
      roles: ['moderator'],
      scopes: ['credentials.issue', 'results.read'],
      signed: false,
      requests_per_second: null,
      source: 'database',
      created_at: '2026-11-21T18:00:00.000Z',
      expires_at: null,
      last_used_at: null,
      previous_secret_until: null,
      revoked_at: null,
    },
  });
export type ApiKeyView = z.infer<typeof apiKeyView>;
export const apiKeyPage = pageOf(apiKeyView, 'ApiKeyPage');

/** The only answer in which the secrets stand. */
export const apiKeySecrets = z
  .strictObject({
    key: apiKeyView,
    secret: z.string().meta({ description: 'Send it as Authorization: Bearer …. Shown once; keep it.' }),
    signing_secret: z.string().meta({ description: 'Signs requests instead. Shown once; keep it.' }),
  })
  .meta({ id: 'ApiKeySecrets' });

/** A month, so that nobody is in a hurry, and not longer: who forgets it has an old secret about. */
const OVERLAP_MAX_SECONDS = 31 * 24 * 3_600;

export const rotation = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(OVERLAP_MAX_SECONDS)
      .meta({ description: 'So long the old secret works beside the new one; 0: it ends at once.' }),
  })
  .meta({ id: 'ApiKeyRotation', example: { overlap_seconds: 86_400 } });
