import { z } from 'zod';
import { locale, membershipView } from './accounts.ts';
import { plainLine } from './plain-line.ts';
import { id, moment } from './text.ts';

const name = plainLine(1, 200).meta({ description: 'Name as people read it.' });

/** Intl knows every zone by its IANA name; others it refuses. */
export const timeZone = z
  .string()
  .max(64)
  .refine((zone) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  }, 'is no time zone; write it like Europe/Berlin')
  .meta({ description: 'IANA time zone of minutes and invitations.', example: 'Europe/Berlin' });

export const newOrganisation = z
  .strictObject({ name, locale: locale.optional(), time_zone: timeZone.optional() })
  .meta({ id: 'NewOrganisation', example: { name: 'Chess club', locale: 'en', time_zone: 'Europe/Berlin' } });

export const organisationChange = z
  .strictObject({ name: name.optional(), locale: locale.optional(), time_zone: timeZone.optional() })
  .meta({ id: 'OrganisationChange', example: { name: 'Chess club of 1921' } });

export const organisationView = z
  .strictObject({
    org_id: id,
    name: z.string(),
    locale,
    time_zone: z.string(),
    created_at: moment,
    roles: z.array(z.string()).meta({ description: "The caller's roles in it." }),
  })
  .meta({ id: 'Organisation' });
export type OrganisationView = z.infer<typeof organisationView>;

/** Organisations of the person who asks. Few by nature, so one page holds them all. */
export const organisationList = z
  .strictObject({ items: z.array(membershipView), next_cursor: z.null() })
  .meta({ id: 'OrganisationList' });

/** The organisation that requests without X-Org-Id are about, for this session. */
export const organisationChoice = z
  .strictObject({ org_id: id })
  .meta({ id: 'OrganisationChoice', example: { org_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10' } });
export const organisationChosen = z
  .strictObject({
    org_id: id,
    access_token: z.string().meta({ description: 'Go on with this one.' }),
  })
  .meta({ id: 'OrganisationChosen' });
