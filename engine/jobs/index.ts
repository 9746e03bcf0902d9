export { consumeRun, type LogRange } from './consume.ts';
export { type DeadLetter, DeadLetters } from './dead-letters.ts';
export { takeCursor } from './queries.ts';
export type { QueueStats } from './queue-stats.ts';
export { Queues } from './queues.ts';
export { Relay, type RelayRound } from './relay.ts';
