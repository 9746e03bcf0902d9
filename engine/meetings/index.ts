export { type Joined, type Meeting, Meetings, normaliseJoinCode } from './meetings.ts';
