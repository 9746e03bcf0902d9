import type { Election, Engine, Identity, Meeting } from '../../engine/index.ts';
import { accept, type Outcome, refuse } from '../../engine/outcome.ts';
import { seesDrafts } from './permissions.ts';

/**
 * Who joined a meeting by its code reaches that meeting and its elections, nothing else of the organisation.
 * What is out of reach is answered like what does not exist. API keys and members reach their whole organisation.
 */
function reaches(identity: Identity, meetingId: string | null): boolean {
  return identity.kind !== 'attendee' || (identity.meetingId !== null && identity.meetingId === meetingId);
}

/** It is open or has been; a draft that was cancelled never was. */
function hasOpened({ openedAt }: Pick<Election, 'openedAt'>): boolean {
  return openedAt !== null;
}

/** The election, if it is within the caller's reach and has opened, or the caller sees drafts; otherwise `not_found`. */
export async function electionInReach(
  engine: Engine,
  identity: Identity,
  electionId: string,
): Promise<Outcome<Election>> {
  const found = await engine.elections.get(identity.orgId, electionId);
  if (!found.ok) return found;
  if (reaches(identity, found.value.meetingId) && (hasOpened(found.value) || seesDrafts(identity))) return found;
  return refuse('not_found', 'There is no such election. Check its id.');
}

/** Whether an election is within the caller's reach, asked of the database only where that can be in doubt. */
export async function reachesElection(engine: Engine, identity: Identity, electionId: string): Promise<Outcome<null>> {
  if (identity.kind !== 'attendee' && seesDrafts(identity)) return accept(null);
  const found = await electionInReach(engine, identity, electionId);
  return found.ok ? accept(null) : found;
}

/** The meeting, if it is within the caller's reach; otherwise `not_found`. */
export async function meetingInReach(engine: Engine, identity: Identity, meetingId: string): Promise<Outcome<Meeting>> {
  if (!reaches(identity, meetingId)) return refuse('not_found', 'There is no such meeting. Check its id.');
  return engine.meetings.get(identity.orgId, meetingId);
}

/** Attendees list their own meeting's elections only; asking for another meeting's is answered like an unknown one. */
export function listInReach(identity: Identity, meetingId: string | undefined): Outcome<string | undefined> {
  if (identity.kind !== 'attendee') return accept(meetingId);
  const own = identity.meetingId;
  if (own === null || (meetingId !== undefined && meetingId !== own)) {
    return refuse('not_found', 'There is no such meeting. Check its id.');
  }
  return accept(own);
}
