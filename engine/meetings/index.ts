export { type Meeting, Meetings } from './meetings.ts';
