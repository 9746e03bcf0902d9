import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { plainLine } from './plain-line.ts';
import { id, moment } from './text.ts';
import { weight } from './weight.ts';

const proxyState = z.enum(['offered', 'accepted', 'revoked']);

const number = plainLine(1, 64);
const meeting = id.nullable().meta({ description: 'For this meeting; null: for all until it is revoked.' });

export const newProxy = z
  .strictObject({
    meeting_id: meeting.optional(),
    holder_id: id.optional().meta({ description: 'The member who is to vote; this or holder_number.' }),
    holder_number: number.optional().meta({ description: 'Their member number.' }),
    grantor_id: id.optional().meta({
      description:
        'Moderators record a proxy that was given on paper: it needs no acceptance. Left out: you give your own.',
    }),
    grantor_number: number.optional().meta({ description: 'The same by member number.' }),
  })
  .refine((proxy) => (proxy.holder_id === undefined) !== (proxy.holder_number === undefined), {
    path: ['holder_id'],
    error: 'give either holder_id or holder_number',
  })
  .refine((proxy) => proxy.grantor_id === undefined || proxy.grantor_number === undefined, {
    path: ['grantor_id'],
    error: 'give only one of grantor_id and grantor_number',
  })
  .meta({
    id: 'NewProxy',
    example: { meeting_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10', holder_number: '1043' },
  });

const party = z.strictObject({ member_id: id, number: z.string(), name: z.string() });

export const proxyView = z
  .strictObject({
    proxy_id: id,
    meeting_id: meeting,
    state: proxyState,
    grantor: party.extend({ weight }).meta({ description: 'Whose vote it is.' }),
    holder: party.meta({ description: 'Who casts it.' }),
    created_at: moment,
    accepted_at: moment.nullable(),
    revoked_at: moment.nullable(),
  })
  .meta({
    id: 'Proxy',
    example: {
      proxy_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a61',
      meeting_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10',
      state: 'accepted',
      grantor: {
        member_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a22',
        number: '1042',
        name: 'Ada Lovelace',
        weight: '1',
      },
      holder: { member_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a23', number: '1043', name: 'Grace Hopper' },
      created_at: '2026-11-20T12:00:00.000Z',
      accepted_at: '2026-11-20T12:05:00.000Z',
      revoked_at: null,
    },
  });
export const proxyPage = pageOf(proxyView, 'ProxyPage');
export type ProxyView = z.infer<typeof proxyView>;

export const proxyQuery = pageQuery.extend({
  meeting_id: id.optional().meta({ description: 'Those that are good in this meeting.' }),
  state: proxyState.optional(),
  member_id: id.optional().meta({ description: 'Given or held by this member.' }),
});

export const proxyImportQuery = z.strictObject({
  meeting_id: id.optional().meta({ description: 'For this meeting; left out: for all until revoked.' }),
});

export const proxiesImported = z
  .strictObject({
    imported: z.int().nonnegative(),
    repeated: z.int().nonnegative().meta({ description: 'Proxies that were there already, between the same two.' }),
  })
  .meta({ id: 'ProxiesImported', example: { imported: 120, repeated: 0 } });

export const proxySettings = z
  .strictObject({
    holder_limit: z
      .int()
      .min(0)
      .max(1_000)
      .nullable()
      .meta({ description: 'Proxies that one member may hold where the meeting does not say; null: any number.' }),
  })
  .meta({ id: 'ProxySettings', example: { holder_limit: 2 } });
