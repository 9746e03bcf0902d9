import type { WebSocket } from 'uWebSockets.js';
import type { Identity } from '../../engine/index.ts';
import type { Place } from './places.ts';

/** What uWebSockets.js keeps for us with each socket. */
export interface Attached {
  readonly connection: Connection;
}
export type Socket = WebSocket<Attached>;

/** Close codes of RFC 6455 and its registry. */
export const CLOSE = {
  unsupported: 1003, // binary, or nothing we can read
  policy: 1008, // no or no good hello; a reader that is too slow; access that has ended
  restarting: 1012, // this process stops: connect again, to any other
  tryLater: 1013, // the database is away: connect again later
} as const;

/** All that is known of one connection. Kept small: thousands are idle at a time. */
export class Connection {
  /** for the log */
  readonly number: number;
  /** absent before the upgrade has ended and after the close: uWebSockets.js throws at any touch of a closed socket */
  socket: Socket | undefined = undefined;
  identity: Identity | undefined = undefined;
  /** milliseconds since 1970 at which its access ends, and the second of it that the watch keeps it under */
  endsAtMs = Number.POSITIVE_INFINITY;
  endsInSecond = -1;
  readonly place: Place;
  greeting = false;
  mayCast = false;
  mayMove = false;
  inWork = 0;
  /** the second of the gateway's clock that `frames` counts */
  second = 0;
  frames = 0;
  unreadable = 0;
  framesMax: number;
  /** replies that wait for the end of this turn of the loop, or for a slow reader */
  waiting: string[] = [];
  waitingBytes = 0;
  queued = false;
  /** a message of a topic was not sent because the reader is slow: it gets the newest state later */
  behind = false;
  readonly openedAtMs = performance.now();
  casts = 0;
  refused = 0;

  constructor(number: number, framesBeforeHello: number, place: Place) {
    this.number = number;
    this.place = place;
    this.framesMax = framesBeforeHello;
  }
}
