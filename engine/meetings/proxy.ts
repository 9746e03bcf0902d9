export type ProxyState = 'offered' | 'accepted' | 'revoked';

interface Party {
  readonly memberId: string;
  readonly number: string;
  readonly name: string;
}

/** A member lets another member vote in their place. */
export interface MemberProxy {
  readonly proxyId: string;
  readonly orgId: string;
  /** null: for all meetings, until it is revoked */
  readonly meetingId: string | null;
  readonly state: ProxyState;
  /** whose vote it is; weight in micro-units */
  readonly grantor: Party & { readonly weight: bigint };
  /** who casts it */
  readonly holder: Party;
  readonly createdAt: Date;
  readonly acceptedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** How a request names a member. */
export type MemberName = { readonly id: string } | { readonly number: string };

export interface NewProxy {
  readonly meetingId?: string | null | undefined;
  readonly grantor: MemberName;
  readonly holder: MemberName;
  /** a moderator records what was given on paper: it needs no acceptance */
  readonly recorded: boolean;
}

export interface ProxyQuery {
  /** those that are good in this meeting: its own, and those for all */
  readonly meetingId?: string | undefined;
  readonly state?: ProxyState | undefined;
  /** given or held by this member */
  readonly memberId?: string | undefined;
  /** of these only what this member has given or holds */
  readonly seenBy?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** Who acts on a proxy: a member on what they gave or hold, a moderator on any, or on those of one meeting. */
export interface ProxyActor {
  /** for the log */
  readonly id: string;
  readonly memberId: string | null;
  /** may act on proxies of others */
  readonly moderates: 'all' | 'none' | { readonly meetingId: string };
}

export interface ImportedRowProblem {
  /** of the file, the heading being 1 */
  readonly line: number;
  readonly column: 'grantor' | 'holder';
  readonly problem: string;
  readonly message: string;
}
