export type { Agenda } from './agenda-item.ts';
export type { Attendee, Joined, OwnAttendance } from './attendee.ts';
export type { Meeting, Presence } from './meeting.ts';
export type { MemberProxy, ProxyActor } from './proxy.ts';
export { type MeetingRooms, openMeetings } from './rooms.ts';
export type { SpeakerList } from './speaker.ts';
