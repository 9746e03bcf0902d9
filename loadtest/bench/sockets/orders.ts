/** What the bench tells a load process, and what it hears back. Plain data: it crosses between processes. */

export interface ConnectOrder {
  readonly do: 'connect';
  readonly wsUrl: string;
  /** one for all sockets; or a ticket for each */
  readonly apiKey?: string;
  readonly tickets?: readonly string[];
  readonly sockets: number;
}

/** Makes the frames of voters `from` to `upto` - 1 of one poll. */
export interface PrepareOrder {
  readonly do: 'prepare';
  readonly electionId: string;
  readonly prefix: string;
  readonly from: number;
  readonly upto: number;
}

/** Makes frames that each give a coin: the n-th act has the n-th request id and goes to the n-th idea. */
export interface PrepareCoinsOrder {
  readonly do: 'prepare coins';
  readonly campaign: string;
  readonly requestIds: readonly string[];
  readonly ideaIds: readonly string[];
}

/** Every socket always has `window` casts on their way; no new ones after `maxMs`. */
export interface ClosedLoopOrder {
  readonly do: 'closed loop';
  readonly window: number;
  readonly maxMs: number;
}

/** One cast every 1/perSecond, whatever became of those before it; latency counts from the time it was due. */
export interface OpenLoopOrder {
  readonly do: 'open loop';
  readonly perSecond: number;
}

/** Everything prepared at once, on as many sockets as there are. */
export interface BurstOrder {
  readonly do: 'burst';
}

/** Watches the tally of an election on every socket; answered once each has its snapshot. */
export interface WatchOrder {
  readonly do: 'watch';
  readonly electionId: string;
}

/** Ends the watch. */
export interface WatchedOrder {
  readonly do: 'watched';
}

export interface DisconnectOrder {
  readonly do: 'disconnect';
}

/** What became of the casts of one order. */
export interface CastReport {
  /** which of the prepared ones were accepted, where they have no tracking codes */
  readonly acceptedNumbers: readonly number[];
  /** accepted tracking codes, 32 hex characters each */
  readonly trackingCodes: string;
  readonly accepted: number;
  /** by error code */
  readonly refused: Readonly<Record<string, number>>;
  /** no answer at all */
  readonly unanswered: number;
  /** first sent to last answered */
  readonly elapsedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface WatchReport {
  readonly messages: number;
  /** receive time less the commit time of the newest counted batch, over all messages and sockets */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Done {
  readonly done: true;
}

/** The answer to each order. */
export interface Answers {
  connect: Done;
  prepare: Done;
  'prepare coins': Done;
  'closed loop': CastReport;
  'open loop': CastReport;
  burst: CastReport;
  watch: Done;
  watched: WatchReport;
  disconnect: Done;
}

export type Order =
  | ConnectOrder
  | PrepareOrder
  | PrepareCoinsOrder
  | ClosedLoopOrder
  | OpenLoopOrder
  | BurstOrder
  | WatchOrder
  | WatchedOrder
  | DisconnectOrder;
