import type { ElectionMethod } from '../../protocol/methods/index.ts';
import type { Option } from '../../protocol/methods/option.ts';
import type { Rules } from '../../protocol/methods/rules.ts';
import type { Standing } from './ruling.ts';

export type ElectionState = 'draft' | 'open' | 'closed' | 'published' | 'cancelled';
export type Secrecy = 'secret' | 'named';
/** What of the running tally may be seen before the close. */
export type Visibility = 'live' | 'count' | 'hidden';
/**
 * Where the right to vote comes from: issued credentials only, everyone who attends the meeting as well, or the active
 * members of the organisation or of one group.
 */
export type RollKind = 'tokens' | 'meeting' | 'members';

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
  /** with roll 'members': only this group; null: all of them */
  readonly rollGroupId: string | null;
  /** a new live figure of a secret election needs at least this many further ballots */
  readonly secretStep: number;
  /** from opening to close; closesAt is computed when it opens */
  readonly durationSeconds: number | null;
  readonly state: ElectionState;
  readonly opensAt: Date | null;
  readonly closesAt: Date | null;
  readonly openedAt: Date | null;
  readonly closedAt: Date | null;
  readonly publishedAt: Date | null;
  readonly cancelReason: string | null;
  /** people present, for rules whose base is 'present'; set by the moderator until the close */
  readonly present: number | null;
  /** what they weigh together, micro-units; null: one vote each */
  readonly presentWeight: bigint | null;
  /** ballots on paper that were handed out */
  readonly paperDeclared: number;
  /** who presided: ids of the key, member or attendee, or 'clock' */
  readonly openedBy: string | null;
  readonly closedBy: string | null;
  readonly publishedBy: string | null;
  /** log position of the election's last change, for ETags and resumes */
  readonly changedPos: number;
  readonly createdAt: Date;
}

export interface NewElection {
  readonly meetingId?: string | null | undefined;
  readonly title: string;
  readonly description?: string | undefined;
  readonly method: ElectionMethod;
  readonly options: readonly Option[];
  readonly rules?: Rules | undefined;
  readonly secrecy?: Secrecy | undefined;
  readonly visibility?: Visibility | undefined;
  readonly roll?: RollKind | undefined;
  readonly rollGroupId?: string | null | undefined;
  readonly secretStep?: number | undefined;
  readonly durationSeconds?: number | null | undefined;
  readonly opensAt?: Date | null | undefined;
  readonly closesAt?: Date | null | undefined;
  readonly present?: number | null | undefined;
}

/** What changes of a draft: what is left out stays, null takes away. */
export type ElectionChanges = {
  readonly [Name in Exclude<keyof NewElection, 'meetingId'>]?: NewElection[Name] | undefined;
};

/** When an election that is opened closes by itself; without either as its draft says. */
export interface Opening {
  readonly closesAt?: Date | undefined;
  readonly durationSeconds?: number | undefined;
}

/** Exactly one of the two. */
export interface Extension {
  readonly closesAt?: Date | undefined;
  readonly bySeconds?: number | undefined;
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
  /**
   * The ballot was received and is not counted yet: the id by which its fate can be asked for. The tracking code is good only
   * once it is in.
   */
  readonly queued?: string;
}

/** An election as its close left it. */
export interface ClosedElection extends Election {
  /** ballots that still waited in the fallback queue and are refused now; null: nobody could tell. Absent: none */
  readonly queuedOutstanding?: number | null;
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
  /** where quorum and majority stand by these very figures; null for drafts and cancelled elections */
  readonly standing: Standing | null;
}

export interface Recount {
  /** in the urn; those on paper are not among them */
  readonly ballots: number;
  readonly weight: bigint;
  /** on paper, in confirmed batches */
  readonly paperBallots: number;
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

/** One entry of the electoral roll: whether, never how. */
export interface Participant {
  readonly voterId: string;
  readonly name: string;
  readonly voted: boolean;
}

/** One ballot of the published list. voter only in named elections. */
export interface PublishedBallot {
  readonly trackingCode: string;
  readonly ballot: unknown;
  /** micro-units; null in secret elections, where it could identify */
  readonly weight: bigint | null;
  readonly voter: string | null;
}
