import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { accepted, kindOf, newElection, newOrganisation, openEngine } from '../harness/engines.ts';
import { accountOf, castAs, identityOf, joinAs, newMembers } from '../harness/meeting.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const elsewhere = await openEngine(database);
const ACTOR = randomUUID();
const MANY = 100_000;

test('admitted while the election is being opened: on the roll whichever came first', async () => {
  const orgId = await newOrganisation(engine);
  for (let round = 0; round < 10; round += 1) {
    const meeting = accepted(await engine.meetings.create(orgId, { title: 'Race', waitingRoom: true }, ACTOR));
    const { meetingId, joinCode } = meeting;
    const guests = [];
    for (const name of ['A', 'B', 'C']) guests.push(accepted(await engine.meetings.join(joinCode, { name })));
    const { electionId } = await newElection(engine, orgId, { meetingId, roll: 'meeting' });
    const [opened, admitted, joined] = await Promise.all([
      engine.elections.open(orgId, electionId, ACTOR),
      elsewhere.attendees.admit(orgId, meetingId, null, ACTOR),
      engine.meetings
        .change(orgId, meetingId, { waitingRoom: false }, ACTOR)
        .then(() => elsewhere.meetings.join(joinCode, { name: 'D' })),
    ]);
    expect([kindOf(opened), kindOf(admitted), kindOf(joined)]).toEqual(['ok', 'ok', 'ok']);
    const election = accepted(opened);
    for (const each of [...guests, accepted(joined)]) {
      expect(kindOf(await castAs(engine, await identityOf(engine, each), election))).toBe('ok');
    }
    expect(accepted(await engine.elections.participation(orgId, electionId))).toMatchObject({ roll: 4, voted: 4 });
  }
});

test('many admitted at once, opened and closed meanwhile: no deadlock, and every answer is true', async () => {
  const orgId = await newOrganisation(engine);
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Busy', waitingRoom: true }, ACTOR));
  const { meetingId, joinCode } = meeting;
  const joined = await Promise.all(
    Array.from({ length: 40 }, (_, i) => engine.meetings.join(joinCode, { name: `Guest ${i}` }).then(accepted)),
  );
  const elections = await Promise.all(
    Array.from({ length: 6 }, () => newElection(engine, orgId, { meetingId, roll: 'meeting' })),
  );
  const work = [
    ...joined.map(({ attendeeId }, i) =>
      (i % 2 === 0 ? engine : elsewhere).attendees.admit(orgId, meetingId, [attendeeId], ACTOR),
    ),
    ...elections.map(({ electionId }, i) =>
      (i % 2 === 0 ? elsewhere : engine).elections.open(orgId, electionId, ACTOR),
    ),
  ];
  const closing = work.at(-1)?.then(() => engine.elections.close(orgId, elections.at(-1)?.electionId ?? '', ACTOR));
  expect((await Promise.all(work)).map(kindOf)).toEqual(work.map(() => 'ok'));
  expect(kindOf((await closing) as { ok: true; value: unknown })).toBe('ok');
  for (const { electionId } of elections.slice(0, -1)) {
    expect(accepted(await engine.elections.participation(orgId, electionId)).roll).toBe(40);
  }
});

test('roll of members: all who are active, or one group, each with their weight, voting by account or attending', async () => {
  const orgId = await newOrganisation(engine);
  const [ada, bea, cleo] = (await newMembers(engine, orgId, ['Ada', 'Bea', 'Cleo'], true)) as [string, string, string];
  accepted(await engine.members.deactivate(orgId, cleo, { id: ACTOR, givesRoles: true }));
  const { groupId } = accepted(await engine.groups.create(orgId, { name: 'Board' }, ACTOR));
  accepted(await engine.groups.changeMembers(orgId, groupId, { add: [bea, cleo] }, ACTOR));
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Assembly' }, ACTOR));
  const open = async (more: object) => {
    const { electionId } = await newElection(engine, orgId, { roll: 'members', meetingId: meeting.meetingId, ...more });
    return accepted(await engine.elections.open(orgId, electionId, ACTOR));
  };
  const all = await open({});
  const board = await open({ rollGroupId: groupId });
  const roll = async ({ electionId }: { electionId: string }) =>
    accepted(await engine.elections.participation(orgId, electionId));
  expect(await roll(all)).toMatchObject({ roll: 2, rollWeight: 3_000_000n });
  expect(await roll(board)).toMatchObject({ roll: 1, rollWeight: 2_000_000n });
  const attending = await identityOf(engine, await joinAs(engine, meeting, bea));
  const guest = await identityOf(engine, accepted(await engine.meetings.join(meeting.joinCode, { name: 'G' })));
  expect(kindOf(await castAs(engine, accountOf(orgId, ada), all))).toBe('ok');
  expect(kindOf(await castAs(engine, attending, all))).toBe('ok');
  expect(kindOf(await castAs(engine, accountOf(orgId, bea), all))).toBe('already_voted');
  expect(kindOf(await castAs(engine, accountOf(orgId, ada), board))).toBe('not_found');
  expect(kindOf(await castAs(engine, guest, all))).toBe('not_found');
  expect(await roll(all)).toMatchObject({ voted: 2, votedWeight: 3_000_000n });
});

test(`${MANY} members stand on the roll in seconds`, async () => {
  const orgId = await newOrganisation(engine);
  const superuser = connectAs(database.ownerUrl, null);
  await superuser`ALTER TABLE app.members DISABLE TRIGGER USER`; // search words: none of this test's business
  await superuser`INSERT INTO app.members (org_id, member_id, number, name)
    SELECT ${orgId}, gen_random_uuid(), n::text, 'Member ' || n FROM generate_series(1, ${MANY}::int) n`;
  const { electionId } = await newElection(engine, orgId, { roll: 'members' });
  const startMs = performance.now();
  await superuser.begin(async (tx) => {
    await tx`SELECT set_config('role', 'psephos_urn', true), set_config('app.org_id', ${orgId}, true)`;
    await tx`SELECT urn.enrol_members(${orgId}, ${electionId}, NULL)`;
  });
  const tookMs = performance.now() - startMs;
  await superuser`ALTER TABLE app.members ENABLE TRIGGER USER`;
  await superuser.end();
  expect(accepted(await engine.elections.participation(orgId, electionId)).roll).toBe(MANY);
  expect(tookMs).toBeLessThan(10_000); // 2 to 3 s where nothing else runs
});
