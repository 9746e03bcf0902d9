import type { Database } from '../db/index.ts';
import type { LogFeed } from '../log/index.ts';
import type { ReadCache } from '../redis/index.ts';
import { Agendas } from './agenda.ts';
import { Attendees } from './attendees.ts';
import { Invitees } from './invitees.ts';
import { Meetings } from './meetings.ts';
import { Proxies } from './proxies.ts';
import { Speakers } from './speakers.ts';
import { VotingRights } from './voting-rights.ts';

/** All that a meeting is made of, over one memory of who may vote for whom. */
export interface MeetingRooms {
  readonly meetings: Meetings;
  readonly attendees: Attendees;
  readonly invitees: Invitees;
  readonly agendas: Agendas;
  readonly speakers: Speakers;
  readonly proxies: Proxies;
}

export function openMeetings(database: Database, feed: LogFeed, cache: ReadCache | null): MeetingRooms {
  const rights = new VotingRights(database);
  const attendees = new Attendees(database, feed, cache);
  return {
    meetings: new Meetings(database, feed, attendees, rights),
    attendees,
    invitees: new Invitees(database, feed),
    agendas: new Agendas(database, feed),
    speakers: new Speakers(database, feed),
    proxies: new Proxies(database, feed, rights),
  };
}
