import type { Role } from '../accounts/index.ts';

export type MemberRole = Exclude<Role, 'guest'>;
export type MemberStatus = 'invited' | 'active' | 'inactive';

export interface Member {
  readonly orgId: string;
  readonly memberId: string;
  /** as the organisation gives it */
  readonly number: string;
  readonly name: string;
  /** in small letters */
  readonly email: string | null;
  readonly roles: readonly MemberRole[];
  readonly status: MemberStatus;
  /** micro-units: 1,000,000n is one vote */
  readonly weight: bigint;
  readonly groups: readonly { readonly groupId: string; readonly name: string }[];
  /** for administrators */
  readonly note: string;
  /** a person has signed in as this member */
  readonly hasAccount: boolean;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export interface NewMember {
  /** left out: the next free whole number */
  readonly number?: string | undefined;
  readonly name: string;
  readonly email?: string | null | undefined;
  readonly roles?: readonly MemberRole[] | undefined;
  readonly status?: 'invited' | 'active' | undefined;
  readonly weight?: bigint | undefined;
  /** ids */
  readonly groups?: readonly string[] | undefined;
  readonly note?: string | undefined;
}

/** What is left out stays as it is. */
export interface MemberChange {
  readonly number?: string | undefined;
  readonly name?: string | undefined;
  readonly email?: string | null | undefined;
  readonly roles?: readonly MemberRole[] | undefined;
  readonly weight?: bigint | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly note?: string | undefined;
}

export interface MemberFilter {
  readonly status?: MemberStatus | undefined;
  readonly group?: string | undefined;
  readonly role?: MemberRole | undefined;
}

export interface MemberQuery extends MemberFilter {
  /** beginnings of words of name, number, e-mail address */
  readonly q?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export interface MemberCounts {
  readonly invited: number;
  readonly active: number;
  readonly inactive: number;
  /** not inactive, and without an e-mail address */
  readonly withoutEmail: number;
  /** not inactive, and never signed in */
  readonly withoutAccount: number;
  /** micro-units */
  readonly activeWeight: bigint;
}

/** Who acts, as far as members are concerned. */
export interface MembersActor {
  /** of the key or the member, for the log */
  readonly id: string;
  /** may give and take roles other than member, and change those who hold one */
  readonly givesRoles: boolean;
}
