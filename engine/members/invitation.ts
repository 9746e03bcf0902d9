import type { MemberStatus } from './member.ts';

export type InvitationState = 'open' | 'used' | 'expired' | 'revoked';

export interface Invitation {
  readonly invitationId: string;
  readonly memberId: string;
  /** the round of invitations, as the organisation names it */
  readonly campaign: string;
  /** where the last mail went */
  readonly email: string;
  readonly state: InvitationState;
  /** how many mails were made for it */
  readonly sent: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** All conditions together; without any, every member who has no account yet. */
export interface NewInvitations {
  readonly campaign: string;
  /** ids */
  readonly members?: readonly string[] | undefined;
  readonly group?: string | undefined;
  readonly status?: Exclude<MemberStatus, 'inactive'> | undefined;
}

export interface InvitationsMade {
  readonly invited: number;
  /** have had their invitation of this campaign */
  readonly repeated: number;
  readonly withoutEmail: number;
  readonly withAccount: number;
  readonly inactive: number;
  /** still to be invited: the same call again takes the next of them */
  readonly remaining: number;
}

export interface InvitationQuery {
  readonly state?: InvitationState | undefined;
  readonly member?: string | undefined;
  readonly campaign?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** What whoever has the link may know before signing in. */
export interface InvitationShown {
  readonly organisation: string;
  readonly name: string;
  readonly expiresAt: Date;
}

export interface InvitationRedeemed {
  readonly orgId: string;
  readonly organisation: string;
  readonly memberId: string;
}
