export {
  BallotQueue,
  type FateSealer,
  type QueuedEntry,
  type QueuedStatus,
  QueueProblem,
  type SettledEntry,
} from './ballot-queue.ts';
export { openRedis, type RedisOptions, type RedisRooms } from './open.ts';
export type { ReadCache } from './read-cache.ts';
export type { LogSignals } from './signals.ts';
