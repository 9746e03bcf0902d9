export type { LogEntry } from './entry.ts';
export { LogFeed } from './feed.ts';
export { revokeAccess, selectEntries } from './queries.ts';
export { type Revocation, Revocations } from './revocations.ts';
