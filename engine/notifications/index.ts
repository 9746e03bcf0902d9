export type { Inbox, InboxFigures, InboxItem } from './event.ts';
export { Notifications } from './notifications.ts';
export { Preferences } from './preferences.ts';
export { type ClaimedPush, type PushEnd, Pushes, type PushSubscription } from './pushes.ts';
