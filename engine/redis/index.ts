export { RedisLink, type Sent } from './link.ts';
export { LogSignals } from './signals.ts';
