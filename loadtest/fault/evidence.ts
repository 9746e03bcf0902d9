import type { z } from 'zod';
import type { PublishedBallotView } from '../../protocol/ballots.ts';
import type { participationView } from '../../protocol/elections.ts';
import type { TopicMessage } from '../../protocol/frames/messages.ts';
import type { resultView } from '../../protocol/results.ts';
import type { recountView, TallyView } from '../../protocol/tally.ts';
import type { Contest } from './contests.ts';

/** What a voter was told about one cast. `unheard`: no answer came, or the connection ended before it. */
export type Told =
  | { readonly kind: 'accepted'; readonly trackingCode: string }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unheard' };

/** One cast as its voter saw it. Moments are monotonic milliseconds of the harness. */
export interface CastRecord {
  /** place on the roll */
  readonly voter: number;
  readonly castKey: string;
  readonly ballot: unknown;
  readonly sentMs: number;
  readonly heardMs: number;
  /** told in between that it was received and is not counted yet */
  readonly queued: boolean;
  readonly told: Told;
}

export interface VoterRecord {
  /** SHA-256 of the token, hex: what a named election shows where it knows no name */
  readonly credential: string;
  readonly weightMicro: bigint;
}

/** All that one watcher heard of one topic, in order, over however many connections. */
export interface WatcherRecord {
  readonly topic: string;
  readonly messages: readonly TopicMessage[];
  /** times that a message followed on one it had not got, so that it had to ask again */
  readonly gaps: number;
}

/** Everything about one run that went over the wire, and nothing else. */
export interface Evidence {
  readonly electionId: string;
  readonly contest: Contest;
  readonly secrecy: 'secret' | 'named';
  readonly voters: readonly VoterRecord[];
  readonly casts: readonly CastRecord[];
  /** the first request to close, and the moment at which the close was known to be done */
  readonly close: { readonly askedMs: number; readonly doneMs: number };
  readonly published: readonly PublishedBallotView[];
  readonly participation: Pick<z.infer<typeof participationView>, 'roll' | 'voted' | 'voted_weight'>;
  readonly tally: TallyView;
  readonly recount: z.infer<typeof recountView>;
  readonly result: z.infer<typeof resultView>;
  readonly watchers: readonly WatcherRecord[];
}

/**
 * - lost: acknowledged and not stored as it was sent
 * - doubled: stored twice, or two ballots of one credential
 * - untrue: anything else that was told and is not so
 */
export interface Finding {
  readonly kind: 'lost' | 'doubled' | 'untrue';
  readonly what: string;
}
