import { z } from 'zod';
import { MEMBER_STATUSES } from './members.ts';
import { pageOf, pageQuery } from './page.ts';
import { plainLine } from './plain-line.ts';
import { id, moment } from './text.ts';

const INVITATION_STATES = ['open', 'used', 'expired', 'revoked'] as const;

/** Members that one request names; whole groups and filters have no bound. */
const CALL_MAX_MEMBERS = 10_000;

const campaign = plainLine(1, 100).meta({
  description:
    'Your name for this round of invitations. A member gets one mail for each: the same call again sends no second one.',
  example: 'general-meeting-2026',
});

const locale = z.enum(['en', 'de']).default('en').meta({ description: 'Language of the mail.' });

export const resending = z.strictObject({ locale }).meta({ id: 'Resending', example: { locale: 'de' } });

export const newInvitations = z
  .strictObject({
    campaign,
    members: z.array(id).min(1).max(CALL_MAX_MEMBERS).optional().meta({ description: 'These members.' }),
    group: id.optional().meta({ description: 'Only members of this group.' }),
    status: z.enum(MEMBER_STATUSES).exclude(['inactive']).optional(),
    locale,
  })
  .meta({
    id: 'NewInvitations',
    description: 'Whom to invite: all these conditions together; without any, every member who has no account yet.',
    example: { campaign: 'general-meeting-2026', group: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a21' },
  });

export const invitationsMade = z
  .strictObject({
    invited: z.int().nonnegative().meta({ description: 'Members who get a mail by this call.' }),
    repeated: z.int().nonnegative().meta({ description: 'Members who had their invitation of this campaign already.' }),
    without_email: z
      .int()
      .nonnegative()
      .meta({ description: 'Members passed over because they have no e-mail address.' }),
    with_account: z
      .int()
      .nonnegative()
      .meta({ description: 'Members passed over because they have an account already.' }),
    inactive: z.int().nonnegative().meta({ description: 'Members passed over because they are inactive.' }),
    remaining: z
      .int()
      .nonnegative()
      .meta({ description: 'Members still to be invited: send the same call again until it is 0.' }),
  })
  .meta({
    id: 'InvitationsMade',
    example: { invited: 2400, repeated: 0, without_email: 120, with_account: 480, inactive: 41, remaining: 0 },
  });

export const invitationView = z
  .strictObject({
    invitation_id: id,
    member_id: id,
    campaign: z.string(),
    email: z.string().meta({ description: 'Where the last mail went.' }),
    state: z.enum(INVITATION_STATES),
    sent: z.int().positive().meta({ description: 'How many mails were made for it.' }),
    created_at: moment,
    expires_at: moment,
    used_at: moment.nullable(),
    revoked_at: moment.nullable(),
  })
  .meta({
    id: 'MemberInvitation',
    example: {
      invitation_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a24',
      member_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a22',
      campaign: 'general-meeting-2026',
      email: 'ada@club.example',
      state: 'open',
      sent: 1,
      created_at: '2026-11-21T18:00:00.000Z',
      expires_at: '2026-12-21T18:00:00.000Z',
      used_at: null,
      revoked_at: null,
    },
  });
export const invitationPage = pageOf(invitationView, 'MemberInvitationPage');
export type InvitationView = z.infer<typeof invitationView>;

export const invitationQuery = pageQuery.extend({
  state: z.enum(INVITATION_STATES).optional(),
  member: id.optional().meta({ description: 'Only invitations of this member.' }),
  campaign: campaign.optional(),
});

/** What the link of an invitation carries after /sign-in#invite= */
const token = z
  .string()
  .regex(/^piv_[\w-]{43}$/, 'is no invitation; open the link of the mail again')
  .meta({ description: 'What stands in the link after #invite=.' });

export const invitationToken = z
  .strictObject({ token })
  .meta({ id: 'InvitationToken', example: { token: `piv_${'A'.repeat(43)}` } });

export const invitationShown = z.strictObject({ organisation: z.string(), name: z.string(), expires_at: moment }).meta({
  id: 'InvitationShown',
  example: { organisation: 'Chess club', name: 'Ada Lovelace', expires_at: '2026-12-21T18:00:00.000Z' },
});

export const invitationRedeemed = z.strictObject({ org_id: id, organisation: z.string(), member_id: id }).meta({
  id: 'InvitationRedeemed',
  example: {
    org_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a01',
    organisation: 'Chess club',
    member_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a22',
  },
});
