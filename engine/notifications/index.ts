export type { Inbox, InboxFigures } from './event.ts';
export { Notifications } from './notifications.ts';
export { Preferences } from './preferences.ts';
export type { ClaimedPush, PushEnd, PushSubscription } from './push.ts';
export { Pushes } from './pushes.ts';
