import { FRAME_MAX_BYTES } from '../../protocol/subprotocol.ts';

/** Every cap and timeout of a socket. Units stand last in the name; the reason stands beside it. */
export const socketLimits = {
  connectionsMax: 20_000, // 240 MB at 12 KB each: what one process carries beside its work
  connectionsPerAddressMax: 10_000, // a hall of 3,000 with two devices each sits behind one address
  frameMaxBytes: FRAME_MAX_BYTES,
  helloMs: 5_000, // who says nothing holds a socket for nothing
  pingSeconds: 25, // below the 30 to 60 s after which proxies drop a silent connection
  idleSeconds: 60, // two pings unanswered and some: the other side is gone
  requestsInWork: 1_000, // per connection; a load test's socket speaks for many voters
  framesPerSecondAttendee: 50, // a person's page sends a few; a loop in it is stopped here
  framesPerSecondMachine: 50_000, // above what one gateway can take: the engine's own bounds come first
  framesBeforeHello: 5,
  unreadableFrames: 20, // in a row, binary or no JSON: this is not a client of ours
  topicsPerConnection: 200, // every election of a long assembly
  topicBacklogBytes: 64 * 1024, // a reader further behind gets the newest state instead of every message
  replyBacklogBytes: 256 * 1024, // twice 1,000 replies; a reader further behind is cut off
  drainMs: 3_000, // what was accepted is answered within the engine's deadline of 1,000 ms
  topicIntervalMs: 100, // at most 10 messages a second and topic
  topicStateMs: 1_000, // the state of a topic that moves is read this often; newcomers get what came after with it
  presenceIntervalMs: 1_000, // a meeting's topic tells at most this often how many are here
  topicRetryMs: 500, // an event's election could not be read: ask the database again
  inboxRefreshMs: 15_000, // how late an inbox that was read through another gateway is told of here
  topicReachMs: 1_000, // how long figures may take to reach what another gateway has told; usually 50 ms
  topicLingerMs: 5_000, // a topic nobody watches is kept so long: pages reload
  resumeMaxEntries: 200, // beyond it a snapshot is shorter
  meetingSnapshotElections: 100,
} as const;

export type SocketLimits = { readonly [Name in keyof typeof socketLimits]: number };
