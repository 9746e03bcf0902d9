import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { accepted, newElection, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const ACTOR = randomUUID();
const HALL = 3_000;

/** The answer of `work`, and how long it took. */
async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const startMs = performance.now();
  const value = await work();
  return [value, performance.now() - startMs];
}

// Joins planned from statistics took 1 to 3 seconds here: each row of the one side was looked for among all of the other.
test(`a hall of ${HALL} that has just filled, unknown to all statistics: opening, counting and listing stay linear`, async () => {
  const orgId = await newOrganisation(engine);
  const { meetingId } = accepted(await engine.meetings.create(orgId, { title: 'Hall' }, ACTOR));
  const superuser = connectAs(database.ownerUrl, null);
  await superuser`ALTER TABLE app.members DISABLE TRIGGER USER`; // search words: none of this test's business
  await superuser`INSERT INTO app.members (org_id, member_id, number, name)
    SELECT ${orgId}, gen_random_uuid(), n::text, 'Member ' || n FROM generate_series(1, ${2 * HALL}::int) n`;
  await superuser`INSERT INTO app.attendees (org_id, attendee_id, meeting_id, member_id, name)
    SELECT ${orgId}, gen_random_uuid(), ${meetingId}, member_id, name FROM app.members
    WHERE org_id = ${orgId} AND number::int <= ${HALL}`;
  await superuser`INSERT INTO app.proxies (org_id, proxy_id, grantor_id, holder_id, meeting_id, state, created_by)
    SELECT ${orgId}, gen_random_uuid(), g.member_id, h.member_id, ${meetingId}, 'accepted', ${ACTOR}
    FROM app.members g JOIN app.members h ON h.org_id = g.org_id AND h.number::int = g.number::int - ${HALL}
    WHERE g.org_id = ${orgId} AND g.number::int > ${HALL}`;
  const attendees = await superuser<{ id: string }[]>`
    SELECT attendee_id AS id FROM app.attendees WHERE org_id = ${orgId}`;
  await superuser`ALTER TABLE app.members ENABLE TRIGGER USER`;
  await superuser.end();
  const gateway = randomUUID();
  const ids = attendees.map(({ id }) => id);
  accepted(await engine.meetings.keepPresence(orgId, meetingId, gateway, ids));

  const { electionId } = await newElection(engine, orgId, { meetingId, roll: 'meeting' });
  const [opened, openMs] = await timed(() => engine.elections.open(orgId, electionId, ACTOR));
  expect(accepted(opened).state).toBe('open');
  const [closed, closeMs] = await timed(() => engine.elections.close(orgId, electionId, ACTOR));
  expect(accepted(closed).state).toBe('closed');
  expect(accepted(await engine.elections.participation(orgId, electionId)).roll).toBe(2 * HALL);
  const [presence, presenceMs] = await timed(() => engine.meetings.presenceOf(orgId, meetingId));
  expect(accepted(presence)).toMatchObject({
    count: HALL,
    represented: HALL,
    memberWeightMicro: BigInt(2 * HALL) * 1_000_000n,
  });
  const [page, listMs] = await timed(() =>
    engine.attendees.list(orgId, meetingId, { present: true, q: 'ber 29', limit: 50 }),
  );
  expect(accepted(page).items).toHaveLength(50);
  expect(accepted(page).items.every(({ present, proxies }) => present && proxies === 1)).toBe(true);
  // three to five times what they take on two busy cores; planned otherwise each takes more than ten times that
  expect(Math.max(openMs / 1_000, closeMs / 100, presenceMs / 400, listMs / 300)).toBeLessThan(1);
});
