import { type Entry, textIn } from './entry.ts';

export type Sort = 'meeting' | 'election' | 'member' | 'group' | 'attendee' | 'key' | 'proxy' | 'actor';

/** Something that an entry names by its id, and so far as it is known what it is. */
export interface Reference {
  readonly sort: Sort;
  readonly id: string;
  /** of an attendee or an actor: the meeting in whose list the name may stand, or the election that leads there */
  readonly meeting?: string;
  readonly election?: string;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const REVOKED: Readonly<Record<string, Sort>> = {
  api_key: 'key',
  member: 'member',
  attendee: 'attendee',
  meeting: 'meeting',
};

/** The meeting that an entry belongs to, where it says so. */
function meetingOf(entry: Entry): string {
  return /^(?:meeting|agenda|speakers)\./.test(entry.kind) ? entry.topic : textIn(entry, 'meeting');
}

/** What the entry is about. */
export function subjectOf(entry: Entry): Reference | undefined {
  const { kind, topic } = entry;
  const [area] = kind.split('.');
  if (kind === 'access.revoked') {
    const sort = REVOKED[textIn(entry, 'kind')];
    return sort === undefined ? undefined : { sort, id: topic };
  }
  if (area === 'meeting' || area === 'agenda' || area === 'speakers') return { sort: 'meeting', id: topic };
  if (area === 'election' || area === 'member' || area === 'group') return { sort: area, id: topic };
  const proxy = textIn(entry, 'proxy');
  return proxy === '' ? undefined : { sort: 'proxy', id: proxy };
}

/** Who did it; undefined where it was the server, at the time that was set or because it was due. */
export function actorOf(entry: Entry): Reference | undefined {
  const by = textIn(entry, 'by');
  if (!UUID.test(by)) return undefined;
  const meeting = meetingOf(entry);
  if (meeting !== '') return { sort: 'actor', id: by, meeting };
  return { sort: 'actor', id: by, ...(entry.kind.startsWith('election.') ? { election: entry.topic } : {}) };
}

/** The attendee whom it concerns beside whoever did it. */
export function attendeeOf(entry: Entry): Reference | undefined {
  const id = textIn(entry, 'attendee');
  return id === '' ? undefined : { sort: 'attendee', id, meeting: entry.topic };
}

/** Everything that an entry names. */
export function referencesOf(entry: Entry): readonly Reference[] {
  return [subjectOf(entry), actorOf(entry), attendeeOf(entry)].filter((each) => each !== undefined);
}
