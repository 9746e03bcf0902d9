export { type LogEntry, LogFeed } from './feed.ts';
