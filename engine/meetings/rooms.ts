import type { Database } from '../db/index.ts';
import type { LogFeed } from '../log/index.ts';
import { Agendas } from './agenda.ts';
import { Attendees } from './attendees.ts';
import { Meetings } from './meetings.ts';
import { Proxies } from './proxies.ts';
import { Speakers } from './speakers.ts';
import { VotingRights } from './voting-rights.ts';

/** All that a meeting is made of, over one memory of who may vote for whom. */
export interface MeetingRooms {
  readonly meetings: Meetings;
  readonly attendees: Attendees;
  readonly agendas: Agendas;
  readonly speakers: Speakers;
  readonly proxies: Proxies;
}

export function openMeetings(database: Database, feed: LogFeed): MeetingRooms {
  const rights = new VotingRights(database);
  const attendees = new Attendees(database, feed);
  return {
    meetings: new Meetings(database, feed, attendees, rights),
    attendees,
    agendas: new Agendas(database, feed),
    speakers: new Speakers(database, feed),
    proxies: new Proxies(database, feed, rights),
  };
}
