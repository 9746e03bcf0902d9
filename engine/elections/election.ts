import type { ElectionMethod } from '../../protocol/methods/index.ts';
import type { Option } from '../../protocol/methods/option.ts';
import type { Rules } from '../../protocol/methods/rules.ts';

export type ElectionState = 'draft' | 'open' | 'closed' | 'published' | 'cancelled';
export type Secrecy = 'secret' | 'named';
/** What of the running tally may be seen before the close. */
export type Visibility = 'live' | 'count' | 'hidden';
/** Where the right to vote comes from: issued credentials only, or everyone who attends the meeting as well. */
export type RollKind = 'tokens' | 'meeting';

/** One question. `method` holds the method's id and its settings together. */
export interface Election {
  readonly electionId: string;
  readonly orgId: string;
  readonly meetingId: string | null;
  readonly title: string;
  readonly description: string;
  readonly method: ElectionMethod;
  readonly options: readonly Option[];
  readonly rules: Rules;
  readonly secrecy: Secrecy;
  readonly visibility: Visibility;
  readonly roll: RollKind;
  /** a new live figure of a secret election needs at least this many further ballots */
  readonly secretStep: number;
  readonly state: ElectionState;
  readonly opensAt: Date | null;
  readonly closesAt: Date | null;
  readonly openedAt: Date | null;
  readonly closedAt: Date | null;
  readonly publishedAt: Date | null;
  readonly cancelReason: string | null;
  /** people present, for rules whose base is 'present'; set by the moderator until the close */
  readonly present: number | null;
  /** log position of the election's last change, for ETags and resumes */
  readonly changedPos: number;
  readonly createdAt: Date;
}

export interface NewElection {
  readonly meetingId?: string | undefined;
  readonly title: string;
  readonly description?: string | undefined;
  readonly method: ElectionMethod;
  readonly options: readonly Option[];
  readonly rules?: Rules | undefined;
  readonly secrecy?: Secrecy | undefined;
  readonly visibility?: Visibility | undefined;
  readonly roll?: RollKind | undefined;
  readonly secretStep?: number | undefined;
  readonly opensAt?: Date | undefined;
  readonly closesAt?: Date | undefined;
  readonly present?: number | undefined;
}

/** The right to cast one ballot: 32 bytes (SHA-256 of a one-time token, or derived for an attendee). */
export interface NewCredential {
  readonly credential: Buffer;
  /** micro-units; 1,000,000n = one vote */
  readonly weight: bigint;
}

export interface CastRequest {
  readonly electionId: string;
  /** 64 lower-case hex characters (32 bytes) */
  readonly credential: string;
  /** the ballot as protocol/methods describes it; checked here against the election */
  readonly ballot: unknown;
  /** 32 lower-case hex characters (128 random bits) made by the client, the same on every retry; never logged or stored */
  readonly castKey: string;
}

export interface CastReceipt {
  /** 32 hex characters: finds the ballot in the published list */
  readonly trackingCode: string;
}

/** A running tally. Exact to log position `pos`; every figure counts the same `counted` ballots. */
export interface TallyFigures {
  readonly electionId: string;
  readonly state: ElectionState;
  /** log position of the newest ballots or change of state in these figures; never falls; 0 while all is hidden */
  readonly pos: number;
  /** ballots in the urn at `pos`; null where the visibility hides even that */
  readonly cast: number | null;
  /** ballots that `options` counts: behind `cast` by less than k in a secret election that is open, 0 where hidden */
  readonly counted: number;
  /** what is counted, e.g. 'votes', 'first preferences' */
  readonly figure: string;
  /** null where the visibility hides it; weight in micro-units */
  readonly options: readonly { readonly option: string; readonly count: number; readonly weight: bigint }[] | null;
  /** when the last counted batch was committed (database clock) */
  readonly at: Date;
  /** true once no further ballot can come */
  readonly final: boolean;
}

export interface Recount {
  readonly ballots: number;
  readonly weight: bigint;
  /** the running tally held the very same patterns */
  readonly equalsTally: boolean;
  /** the stored result is the one that the ballots give; null while there is none */
  readonly equalsResult: boolean | null;
}

export interface Participation {
  /** credentials issued, and their weight in micro-units */
  readonly roll: number;
  readonly rollWeight: bigint;
  /** credentials spent, and their weight */
  readonly voted: number;
  readonly votedWeight: bigint;
}

/** One ballot of the published list. voter only in named elections. */
export interface PublishedBallot {
  readonly trackingCode: string;
  readonly ballot: unknown;
  /** micro-units; null in secret elections, where it could identify */
  readonly weight: bigint | null;
  readonly voter: string | null;
}
