import type { Transaction } from '../db/index.ts';

/** SQL of minutes: the names that go with ids. */

export interface Setting {
  readonly organisation: string;
  readonly meeting: string | null;
  /** name by id: members, people who attend, keys of programs */
  readonly people: ReadonlyMap<string, string>;
  readonly trackingDigest: Buffer | null;
}

export async function selectSetting(
  tx: Transaction,
  orgId: string,
  election: { readonly electionId: string; readonly meetingId: string | null; readonly actors: readonly string[] },
): Promise<Setting> {
  const [row] = await tx<{ organisation: string; meeting: string | null; digest: Buffer | null }[]>`
    SELECT o.name AS organisation, m.title AS meeting, urn.tracking_digest(${orgId}, ${election.electionId}) AS digest
    FROM app.organisations o LEFT JOIN app.meetings m ON m.org_id = o.org_id AND m.meeting_id = ${election.meetingId}::uuid
    WHERE o.org_id = ${orgId}`;
  const people = await tx<{ id: string; name: string }[]>`
    WITH actors AS (SELECT id::uuid AS id FROM unnest(string_to_array(${election.actors.join()}, ',')) a (id))
    SELECT m.member_id AS id, m.name FROM actors JOIN app.members m ON m.org_id = ${orgId} AND m.member_id = actors.id
    UNION ALL SELECT a.attendee_id, a.name FROM actors JOIN app.attendees a ON a.org_id = ${orgId} AND a.attendee_id = actors.id
    UNION ALL SELECT k.key_id, k.name FROM actors JOIN app.api_keys k ON k.org_id = ${orgId} AND k.key_id = actors.id`;
  if (row === undefined) throw new Error(`organisation ${orgId} has vanished`);
  return {
    organisation: row.organisation,
    meeting: row.meeting,
    people: new Map(people.map(({ id, name }) => [id, name])),
    trackingDigest: row.digest,
  };
}
