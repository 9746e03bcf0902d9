export type { LogEntry } from './entry.ts';
export { LogFeed } from './feed.ts';
