export type { Meeting } from './meeting.ts';
export { Meetings } from './meetings.ts';
