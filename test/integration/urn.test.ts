import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { credentialOfAttendee, credentialOfToken, keysOf, trackingCodeIn } from '../../engine/elections/keys.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { castOf, connectAs, type TestCast, type TestElection, TestUrn } from '../harness/urn.ts';

const database = await freshDatabase();
const urn = new TestUrn(database.ownerUrl);
afterAll(() => urn.close());

const trackingCodeOf = (election: TestElection, cast: TestCast) =>
  trackingCodeIn(keysOf(election.electionId, cast.credential, cast.castKey, cast.ballot));

describe('what cast_ballots answers', () => {
  test('0 accepted, 1 the same again, 4 another ballot, 3 unknown: within one batch and later', async () => {
    const { election, credentials } = await urn.openElection(3);
    const [first, second, third] = credentials as [string, string, string];
    const mine = castOf(first, '0');
    const stranger = castOf(credentialOfToken('nobody'), '0');
    const otherBallot = { ...mine, ballot: '1' };
    const otherKey = castOf(first, '0');
    expect(await election.cast([mine, mine, otherBallot, otherKey, castOf(second, '1'), stranger])).toBe('014403');
    expect(await election.cast([otherBallot, mine, otherKey, mine, castOf(third, '0')])).toBe('41410');
    expect(await election.participation()).toMatchObject({ roll: 3n, voted: 3n });
  });

  test('the first cast of a credential in a batch wins, whatever follows it', async () => {
    const { election, credentials } = await urn.openElection(1);
    const first = castOf(credentials[0] as string, '0');
    const rival = castOf(credentials[0] as string, '1');
    expect(await election.cast([rival, first, first, rival])).toBe('0441');
    await election.change('closed');
    await election.seal();
    expect((await election.box()).map(({ ballot }) => ballot)).toEqual(['1']);
  });

  test('2 busy: a row that somebody else holds; the rest of the batch goes on', async () => {
    const { election, credentials } = await urn.openElection(3);
    const casts = credentials.map((credential) => castOf(credential, '0'));
    const other = connectAs(database.ownerUrl, null);
    await other.begin(async (tx) => {
      await tx`SELECT FROM urn.credential WHERE election_id = ${election.electionId}
        AND credential = ${Buffer.from(credentials[1] as string, 'hex')} FOR NO KEY UPDATE`;
      expect(await election.cast(casts)).toBe('020');
    });
    expect(await election.cast(casts)).toBe('101');
    await other.end();
  });

  test('5 draft; 3 for a credential that does not stand there either', async () => {
    const election = await urn.election(await urn.organisation());
    const [credential] = (await election.issue(1)) as [string];
    expect(await election.cast([castOf(credential, '0'), castOf(credentialOfToken('nobody'), '0')])).toBe('53');
  });

  test('6 closing: while the barrier is held, at once and for everybody', async () => {
    const { election, credentials } = await urn.openElection(2);
    const casts = credentials.map((credential) => castOf(credential, '0'));
    const closer = connectAs(database.ownerUrl, null);
    await closer.begin(async (tx) => {
      await tx`SELECT pg_advisory_xact_lock(hashtextextended(${election.electionId}, 7301))`;
      expect(await election.cast(casts)).toBe('66');
    });
    expect(await election.cast(casts)).toBe('00');
    await closer.end();
  });

  test('6 past closes_at until the close has passed the barrier, then 7; nothing is written', async () => {
    const { election, credentials } = await urn.openElection(2, { closesAt: new Date(Date.now() + 60_000) });
    const [inTime, late] = credentials.map((credential) => castOf(credential, '0')) as [TestCast, TestCast];
    expect(await election.cast([inTime])).toBe('0');
    await urn.superuser`UPDATE app.elections SET closes_at = clock_timestamp() WHERE election_id = ${election.electionId}`;
    expect(await election.cast([inTime, late, { ...inTime, ballot: '1' }])).toBe('164');
    expect(await election.change('closed')).toBe('done');
    expect(await election.cast([inTime, late])).toBe('17');
    expect(await election.seal()).toBe(1);
  });

  test('7 closed, before and after the seal; the same cast again stays accepted', async () => {
    const { election, credentials } = await urn.openElection(2);
    const [voted, late] = credentials.map((credential) => castOf(credential, '0')) as [TestCast, TestCast];
    await election.cast([voted]);
    await election.change('closed');
    const asked = [voted, late, { ...voted, ballot: '1' }, castOf(credentialOfToken('nobody'), '0')];
    expect(await election.cast(asked)).toBe('1743');
    expect(await election.seal()).toBe(1);
    expect(await election.cast(asked)).toBe('1743');
  });

  test('8 cancelled, 9 no such election, and another organisation’s is no such election', async () => {
    const { election, credentials } = await urn.openElection(2);
    const [voted, late] = credentials.map((credential) => castOf(credential, '0')) as [TestCast, TestCast];
    await election.cast([voted]);
    const elsewhere = await urn.organisation();
    const [row] = await urn.app<{ codes: string }[]>`
      SELECT urn.cast_ballots(${elsewhere}, ${election.electionId}, ${Buffer.alloc(64)}, '0') AS codes`;
    expect(row?.codes).toBe('9');
    expect(await election.change('cancelled')).toBe('done');
    expect(await election.cast([voted, late])).toBe('18');
    expect(await election.seal()).toBe(1);
    expect(await election.cast([voted, late])).toBe('18');
  });

  test('a batch whose keys and ballots do not fit each other is refused whole', async () => {
    const { election } = await urn.openElection(1);
    for (const [bytes, ballots] of [
      [0, ''],
      [63, '0'],
      [128, '0'],
      [128, '0\u001e1\u001e0'],
    ] as const) {
      const casting = urn.app`SELECT urn.cast_ballots(${election.orgId}, ${election.electionId}, ${Buffer.alloc(bytes)}, ${ballots})`;
      await expect(casting).rejects.toMatchObject({ code: '22023' });
    }
  });
});

describe('what lies in the urn', () => {
  test('blank ballots, alone in their batch, together and among others', async () => {
    const { election, credentials } = await urn.openElection(6);
    const ballots = ['', '', '', '', '0', ''];
    const casts = credentials.map((credential, i) => castOf(credential, ballots[i] as string));
    expect(await election.cast(casts.slice(0, 1))).toBe('0');
    expect(await election.cast(casts.slice(1, 3))).toBe('00');
    expect(await election.cast(casts.slice(3))).toBe('000');
    await election.change('closed');
    expect((await election.follow(0)).patterns).toEqual(
      expect.arrayContaining([
        { ballot: '', count: 5, weight: 5_000_000n },
        { ballot: '0', count: 1, weight: 1_000_000n },
      ]),
    );
    expect(await election.seal()).toBe(6);
    expect(await election.count()).toEqual([
      { ballot: '', count: 5, weight: 5_000_000n },
      { ballot: '0', count: 1, weight: 1_000_000n },
    ]);
  });

  test('each ballot has the weight of its own credential, whatever the order of the tracking codes', async () => {
    const election = await urn.election(await urn.organisation());
    const weights = [1n, 2_500_000n, 1_000_000n, 1_000_000_000_000n, 7n];
    const credentials = await election.issue(weights.length, weights);
    await election.change('open');
    const casts = credentials.map((credential, i) => castOf(credential, `${i}`));
    expect(await election.cast(casts.slice(0, 4))).toBe('0000');
    expect(await election.cast(casts.slice(4))).toBe('0');
    await election.change('closed');
    await election.seal();
    const byBallot = new Map((await election.box()).map(({ ballot, weight }) => [ballot, weight]));
    expect(weights.map((_, i) => byBallot.get(`${i}`))).toEqual(weights);
    expect(await election.participation()).toMatchObject({ voted_weight: weights.reduce((a, b) => a + b) });
  });

  test.each(['named', 'secret'] as const)('a %s election keeps who cast what, or does not', async (secrecy) => {
    const { election, credentials } = await urn.openElection(5, { secrecy });
    const casts = credentials.map((credential, i) => castOf(credential, `${i}`));
    await election.cast(casts.slice(0, 4));
    await election.cast(casts.slice(4));
    await election.change('closed');
    await election.seal();
    const voters = new Map((await election.box()).map(({ ballot, voter }) => [ballot, voter?.toString('hex') ?? null]));
    expect(credentials.map((_, i) => voters.get(`${i}`))).toEqual(
      secrecy === 'named' ? credentials : credentials.map(() => null),
    );
  });

  test('a batch of 500, each ballot under its own tracking code', async () => {
    const { election, credentials } = await urn.openElection(500);
    const casts = credentials.map((credential, i) => castOf(credential, i % 7 === 0 ? '' : `${i}`));
    expect(await election.cast(casts)).toBe('0'.repeat(500));
    expect(await election.cast(casts)).toBe('1'.repeat(500));
    await election.change('closed');
    expect(await election.seal()).toBe(500);
    const byCode = new Map((await election.box()).map((row) => [row.tracking_code.toString('hex'), row.ballot]));
    expect(casts.map((cast) => byCode.get(trackingCodeOf(election, cast)))).toEqual(casts.map(({ ballot }) => ballot));
  });

  test('an attendee’s credential is the same in SQL as in the engine', async () => {
    const [electionId, attendeeId] = [randomUUID(), randomUUID()];
    const [row] = await urn.superuser<{ credential: string }[]>`
      SELECT encode(urn.attendee_credential(${electionId}, ${attendeeId}), 'hex') AS credential`;
    expect(row?.credential).toBe(credentialOfAttendee(electionId, attendeeId));
  });
});
