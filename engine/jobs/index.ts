export { type Apply, consumeRun, type LogRange } from './consume.ts';
export { type DeadLetter, DeadLetters, type NewDeadLetter } from './dead-letters.ts';
export type { QueueStats } from './queue-stats.ts';
export { Queues } from './queues.ts';
export { Relay, type RelayResult, type RelayRound } from './relay.ts';
