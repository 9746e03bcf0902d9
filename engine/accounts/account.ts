/** Languages of pages and mails. */
export type Locale = 'en' | 'de';

/** A person's place in an organisation. */
export interface Membership {
  readonly orgId: string;
  /** the organisation's */
  readonly name: string;
  readonly memberId: string;
  readonly number: string;
  readonly roles: readonly string[];
  readonly status: string;
}

/** What a person sees of the own account. */
export interface Account {
  readonly accountId: string;
  readonly email: string;
  readonly name: string;
  readonly locale: Locale;
  readonly hasPassword: boolean;
  readonly totp: boolean;
  readonly recoveryCodesLeft: number;
  readonly platformAdmin: boolean;
  readonly createdAt: Date;
  readonly sessionId: string;
  readonly currentOrgId: string | null;
  readonly memberships: readonly Membership[];
}

/** The device that somebody signs in with, as a list of devices shows it. */
export interface Device {
  readonly userAgent: string;
}
