import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Election, Meeting, NewElection, ProxyActor } from '../../engine/index.ts';
import { accepted, kindOf, newElection, newOrganisation, openEngine } from '../harness/engines.ts';
import { accountOf, castAs, identityOf, joinAs, newMembers } from '../harness/meeting.ts';
import { freshDatabase } from '../harness/postgres.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const elsewhere = await openEngine(database);
const ACTOR = randomUUID();
const NAMES = ['Ada', 'Bea', 'Cleo', 'Dora', 'Edna'];

const reasonOf = (outcome: unknown) =>
  (outcome as { failure?: { details?: { reason?: unknown } } }).failure?.details?.reason;

/** An organisation of five members, weighing 1 to 5, with a meeting. */
async function newClub(settings = {}) {
  const orgId = await newOrganisation(engine);
  const [ada, bea, cleo, dora, edna] = (await newMembers(engine, orgId, NAMES, true)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Assembly', ...settings }, ACTOR));
  const { meetingId } = meeting;
  return {
    ...{ orgId, ada, bea, cleo, dora, edna, meeting, meetingId },
    offer: (grantor: string, holder: string, of: string | null = meetingId) =>
      engine.proxies.give(
        orgId,
        { meetingId: of, grantor: { id: grantor }, holder: { id: holder }, recorded: false },
        grantor,
      ),
    record: (grantor: string, holder: string, of: string | null = meetingId) =>
      engine.proxies.give(
        orgId,
        { meetingId: of, grantor: { id: grantor }, holder: { id: holder }, recorded: true },
        ACTOR,
      ),
    accept: (proxyId: string, by: string) => engine.proxies.accept(orgId, proxyId, memberActor(by)),
    revoke: (proxyId: string, by: string) => engine.proxies.revoke(orgId, proxyId, memberActor(by)),
    open: async (more: Partial<NewElection> = {}) => openIn(meeting, more),
    voted: async ({ electionId }: Election) => accepted(await engine.elections.participation(orgId, electionId)),
  };
}

function memberActor(memberId: string): ProxyActor {
  return { id: memberId, memberId, moderates: 'none' };
}

async function openIn({ orgId, meetingId }: Meeting, more: Partial<NewElection>): Promise<Election> {
  const { electionId } = await newElection(engine, orgId, { meetingId, roll: 'meeting', ...more });
  return accepted(await engine.elections.open(orgId, electionId, ACTOR));
}

describe('giving', () => {
  test('an offer is nothing until its holder accepts it; then the vote is theirs to cast', async () => {
    const club = await newClub();
    const { proxyId, state } = accepted(await club.offer(club.bea, club.ada));
    expect(state).toBe('offered');
    const ada = await identityOf(engine, await joinAs(engine, club.meeting, club.ada));
    const election = await club.open();
    expect(reasonOf(await castAs(engine, ada, election, 'yes', club.bea))).toBe('no_proxy');
    expect(reasonOf(await club.accept(proxyId, club.bea))).toBe('not_the_holder');
    expect(kindOf(await club.accept(proxyId, club.cleo))).toBe('not_found');
    expect(accepted(await club.accept(proxyId, club.ada)).state).toBe('accepted');
    expect(accepted(await club.accept(proxyId, club.ada)).state).toBe('accepted');
    // accepted while the election is open, the holder being there: Bea stands on the roll with her weight
    expect(await club.voted(election)).toMatchObject({ roll: 2, rollWeight: 3_000_000n });
    accepted(await castAs(engine, ada, election));
    accepted(await castAs(engine, ada, election, 'no', club.bea));
    expect(await club.voted(election)).toMatchObject({ voted: 2, votedWeight: 3_000_000n });
  });

  test.each([
    ['self', (c: Club) => c.offer(c.ada, c.ada)],
    ['second_proxy', (c: Club) => c.offer(c.bea, c.cleo)],
    ['cycle', (c: Club) => c.offer(c.ada, c.bea)],
    ['grantor_holds', (c: Club) => c.offer(c.ada, c.cleo)],
    ['holder_has_given', (c: Club) => c.offer(c.cleo, c.bea)],
  ] as const)('%s is refused for its own reason, and nothing is written', async (reason, act) => {
    const club = await newClub();
    accepted(await club.record(club.bea, club.ada));
    expect(await act(club)).toMatchObject({ failure: { kind: 'conflict', details: { reason } } });
    expect(accepted(await engine.proxies.list(club.orgId, {})).items).toHaveLength(1);
  });
  type Club = Awaited<ReturnType<typeof newClub>>;

  test('no more than the limit: of the organisation, or the meeting’s own; asked when given and when accepted', async () => {
    const club = await newClub();
    accepted(await engine.proxies.setHolderLimit(club.orgId, 1));
    const first = accepted(await club.offer(club.bea, club.ada));
    const second = accepted(await club.offer(club.cleo, club.ada));
    accepted(await club.accept(first.proxyId, club.ada));
    expect(reasonOf(await club.accept(second.proxyId, club.ada))).toBe('limit');
    expect(reasonOf(await club.record(club.dora, club.ada))).toBe('limit');
    accepted(await engine.meetings.change(club.orgId, club.meetingId, { proxyLimit: 2 }, ACTOR));
    accepted(await club.accept(second.proxyId, club.ada));
    expect(reasonOf(await club.record(club.dora, club.ada))).toBe('limit');
  });

  test('two who accept at once cannot make a chain together', async () => {
    const club = await newClub();
    for (let round = 0; round < 5; round += 1) {
      const one = accepted(await club.offer(club.ada, club.bea));
      const two = accepted(await club.offer(club.bea, club.cleo));
      const outcomes = await Promise.all([
        club.accept(one.proxyId, club.bea),
        elsewhere.proxies.accept(club.orgId, two.proxyId, memberActor(club.cleo)),
      ]);
      expect(outcomes.map(kindOf).sort()).toEqual(['conflict', 'ok']);
      accepted(await club.revoke(one.proxyId, club.ada));
      accepted(await club.revoke(two.proxyId, club.bea));
    }
  });

  test('inactive members neither give nor hold; unknown ones are named by the field', async () => {
    const club = await newClub();
    accepted(await engine.members.deactivate(club.orgId, club.dora, { id: ACTOR, givesRoles: true }));
    expect(reasonOf(await club.offer(club.dora, club.ada))).toBe('grantor_inactive');
    expect(reasonOf(await club.offer(club.ada, club.dora))).toBe('holder_inactive');
    const input = { meetingId: null, grantor: { id: club.ada }, holder: { number: 'nobody' }, recorded: false };
    expect(await engine.proxies.give(club.orgId, input, club.ada)).toMatchObject({
      failure: { kind: 'not_found', details: { fields: [{ path: 'holder_number' }] } },
    });
    const another = await newClub();
    expect(kindOf(await another.offer(another.ada, club.bea))).toBe('not_found');
  });
});

describe('casting for others', () => {
  test('the first ballot of a member counts, whoever cast it, and the other is told', async () => {
    const club = await newClub();
    accepted(await club.record(club.bea, club.ada));
    const ada = await identityOf(engine, await joinAs(engine, club.meeting, club.ada));
    const bea = await identityOf(engine, await joinAs(engine, club.meeting, club.bea));
    const first = await club.open();
    accepted(await castAs(engine, ada, first, 'no', club.bea));
    expect(kindOf(await castAs(engine, bea, first))).toBe('already_voted');
    const second = await club.open();
    accepted(await castAs(engine, bea, second));
    expect(kindOf(await castAs(engine, ada, second, 'no', club.bea))).toBe('already_voted');
    expect(await club.voted(second)).toMatchObject({ roll: 2, voted: 1 });
  });

  test('both devices and the account of a member have one vote between them', async () => {
    const club = await newClub();
    const phone = await identityOf(engine, await joinAs(engine, club.meeting, club.ada));
    const laptop = await identityOf(elsewhere, await joinAs(elsewhere, club.meeting, club.ada));
    const election = await club.open();
    const account = accountOf(club.orgId, club.ada);
    const all = await Promise.all([
      castAs(engine, phone, election, 'yes'),
      castAs(elsewhere, laptop, election, 'no'),
      castAs(engine, account, election, 'abstain'),
    ]);
    const kinds = all.map(kindOf);
    expect(kinds.filter((kind) => kind === 'ok')).toHaveLength(1);
    expect(kinds.every((kind) => ['ok', 'already_voted', 'credential_busy'].includes(kind))).toBe(true);
    expect(await club.voted(election)).toMatchObject({ roll: 1, voted: 1 });
  });

  test('only who holds the proxy, only in its meeting, and guests never', async () => {
    const club = await newClub();
    accepted(await club.record(club.bea, club.ada));
    const ada = await identityOf(engine, await joinAs(engine, club.meeting, club.ada));
    const cleo = await identityOf(engine, await joinAs(engine, club.meeting, club.cleo));
    const guest = await identityOf(engine, accepted(await engine.meetings.join(club.meeting.joinCode, { name: 'G' })));
    const election = await club.open();
    expect(reasonOf(await castAs(engine, cleo, election, 'yes', club.bea))).toBe('no_proxy');
    expect(reasonOf(await castAs(engine, guest, election, 'yes', club.bea))).toBe('no_member');
    const other = accepted(await engine.meetings.create(club.orgId, { title: 'Another' }, ACTOR));
    const there = await openIn(other, { roll: 'members' });
    expect(reasonOf(await castAs(engine, ada, there, 'yes', club.bea))).toBe('no_proxy');
    accepted(await club.record(club.cleo, club.ada, null));
    expect(kindOf(await castAs(engine, ada, there, 'yes', club.cleo))).toBe('ok');
  });

  test('a proxy for all meetings counts for every one that the holder attends, and comes with whoever joins later', async () => {
    const club = await newClub();
    accepted(await club.record(club.edna, club.ada, null));
    const election = await club.open();
    expect(await club.voted(election)).toMatchObject({ roll: 0 });
    const ada = await identityOf(engine, await joinAs(engine, club.meeting, club.ada));
    expect(await club.voted(election)).toMatchObject({ roll: 2, rollWeight: 6_000_000n });
    accepted(await castAs(engine, ada, election, 'yes', club.edna));
    expect(await club.voted(election)).toMatchObject({ voted: 1, votedWeight: 5_000_000n });
  });

  test('revoked while it is cast with: each ballot is in or refused, and after a second none is taken anywhere', async () => {
    const club = await newClub();
    const proxy = accepted(await club.record(club.bea, club.ada));
    const ada = await identityOf(engine, await joinAs(engine, club.meeting, club.ada));
    const elections = await Promise.all(Array.from({ length: 12 }, () => club.open()));
    const casts = elections.map((election, i) =>
      castAs(i % 2 === 0 ? engine : elsewhere, ada, election, 'yes', club.bea),
    );
    const revoking = club.revoke(proxy.proxyId, club.bea);
    const kinds = (await Promise.all(casts)).map(kindOf);
    accepted(await revoking);
    for (const [i, election] of elections.entries()) {
      const { voted } = await club.voted(election);
      expect([voted, kinds[i]]).toEqual(kinds[i] === 'ok' ? [1, 'ok'] : [0, 'forbidden']);
    }
    const after = await club.open();
    expect(reasonOf(await castAs(engine, ada, after, 'yes', club.bea))).toBe('no_proxy');
    await expect
      .poll(async () => reasonOf(await castAs(elsewhere, ada, await club.open(), 'yes', club.bea)), { timeout: 3_000 })
      .toBe('no_proxy');
  });

  test('costs no query a ballot: a thousand for one election ask once', async () => {
    const club = await newClub();
    accepted(await club.record(club.bea, club.ada));
    const ada = await identityOf(engine, await joinAs(engine, club.meeting, club.ada));
    const election = await club.open();
    accepted(await castAs(engine, ada, election, 'yes', club.bea));
    const startMs = performance.now();
    for (let i = 0; i < 1_000; i += 1) {
      expect((await engine.meetings.credentialFor(ada, election.electionId, club.bea)).ok).toBe(true);
    }
    expect(performance.now() - startMs).toBeLessThan(500); // a query each would take more
    expect(engine.meetings.credentialFor(ada, election.electionId)).not.toBeInstanceOf(Promise);
  });
});

describe('import', () => {
  const file = (...lines: string[]) => Buffer.from(lines.join('\n'));

  test('records all of a file, in whichever order of columns; again changes nothing', async () => {
    const club = await newClub();
    const offered = accepted(await club.offer(club.cleo, club.ada));
    const rows = file('Holder;Note;Grantor', 'ada;;bea', 'ada;signed;cleo', 'edna;;dora', 'ada;;bea');
    const imported = await engine.proxies.importFile(club.orgId, club.meetingId, rows, ACTOR);
    expect(accepted(imported)).toEqual({ imported: 3, repeated: 1 });
    const { items } = accepted(await engine.proxies.list(club.orgId, { state: 'accepted' }));
    expect(items.map(({ grantor, holder }) => `${grantor.name}-${holder.name}`).sort()).toEqual([
      'Bea-Ada',
      'Cleo-Ada',
      'Dora-Edna',
    ]);
    expect(items.map(({ proxyId }) => proxyId)).toContain(offered.proxyId);
    const again = await engine.proxies.importFile(club.orgId, club.meetingId, rows, ACTOR);
    expect(accepted(again)).toEqual({ imported: 0, repeated: 4 });
  });

  test('names every wrong row with its line, and then writes nothing', async () => {
    const club = await newClub({ proxyLimit: 1 });
    const rows = file(
      'grantor,holder',
      'ada,bea',
      'bea,cleo',
      'cleo,cleo',
      'nobody,dora',
      'ada,dora',
      'edna,bea',
      ',ada',
    );
    const outcome = await engine.proxies.importFile(club.orgId, club.meetingId, rows, ACTOR);
    expect(outcome).toMatchObject({
      failure: {
        kind: 'invalid_input',
        details: {
          reason: 'rows',
          rows_total: 6,
          rows: [
            { line: 3, problem: 'grantor_holds' },
            { line: 4, problem: 'self' },
            { line: 5, column: 'grantor', problem: 'unknown_member' },
            { line: 6, problem: 'second_proxy' },
            { line: 7, column: 'holder', problem: 'limit' },
            { line: 8, column: 'grantor', problem: 'missing' },
          ],
        },
      },
    });
    expect(accepted(await engine.proxies.list(club.orgId, {})).items).toEqual([]);
  });

  test.each([
    ['encoding', Buffer.from('grantor,holder\nM\xfcller,ada', 'latin1')],
    ['columns', file('from,to', 'ada,bea')],
    ['columns', file('')],
    ['csv', file('grantor,holder', '"ada,bea')],
  ])('%s: a file that cannot be read says so', async (reason, bytes) => {
    const { orgId, meetingId } = await newClub();
    expect(await engine.proxies.importFile(orgId, meetingId, bytes, ACTOR)).toMatchObject({
      failure: { kind: 'invalid_input', details: { reason } },
    });
  });
});
