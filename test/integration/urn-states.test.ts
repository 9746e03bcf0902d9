import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import type { ElectionState } from '../../engine/elections/election.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { castOf, connectAs, type TestElection, TestUrn } from '../harness/urn.ts';

const database = await freshDatabase();
const urn = new TestUrn(database.ownerUrl);
afterAll(() => urn.close());

const STATES = ['draft', 'open', 'closed', 'published', 'cancelled'] as const;

/** An election on its way to each state. */
async function electionIn(state: ElectionState): Promise<TestElection> {
  const election = await urn.election(await urn.organisation());
  const [credential] = (await election.issue(2)) as [string];
  if (state !== 'draft') await election.change('open');
  if (state === 'open') await election.cast([castOf(credential, '0')]);
  if (state === 'cancelled') await election.change('cancelled');
  if (state === 'closed' || state === 'published') {
    await election.change('closed');
    await election.seal();
    await storeResult(election);
  }
  if (state === 'published') await election.change('published');
  return election;
}

async function storeResult({ orgId, electionId }: TestElection): Promise<void> {
  await urn.superuser`INSERT INTO app.results (org_id, election_id, result, tally_digest)
    VALUES (${orgId}, ${electionId}, '{}', ${Buffer.alloc(32)})`;
}

const rowOf = async ({ electionId }: TestElection) =>
  (
    await urn.superuser`SELECT e.*, (SELECT max(pos) FROM app.log l WHERE l.org_id = e.org_id) AS head
    FROM app.elections e WHERE e.election_id = ${electionId}`
  )[0];

describe('changes of state', () => {
  const permitted = new Set([
    'draft>open',
    'open>closed',
    'closed>published',
    'draft>cancelled',
    'open>cancelled',
    'closed>cancelled',
  ]);
  const pairs = STATES.flatMap((from) => STATES.map((to) => [from, to] as const));

  test.each(pairs)('%s to %s', async (from, to) => {
    const election = await electionIn(from);
    const before = await rowOf(election);
    expect(before?.state).toBe(from);
    const answer = await election.change(to);
    const after = await rowOf(election);
    if (permitted.has(`${from}>${to}`)) {
      expect(answer).toBe('done');
      expect(after).toMatchObject({ state: to, changed_pos: after?.head });
    } else {
      expect(answer).toBe(from);
      expect(after).toEqual(before);
    }
  });

  test('a state that does not exist is refused, and an election that does not exist', async () => {
    const election = await electionIn('closed');
    expect(await election.change('reopened' as ElectionState)).toBe('closed');
    const [row] = await urn.app<{ answer: string }[]>`
      SELECT answer FROM urn.change_state(${election.orgId}, ${randomUUID()}, 'closed', NULL, false, 'test')`;
    expect(row?.answer).toBe('not_found');
  });

  test('published only once sealed and counted', async () => {
    const election = await electionIn('open');
    await election.change('closed');
    expect(await election.change('published')).toBe('not_counted');
    await election.seal();
    expect(await election.change('published')).toBe('not_counted');
    await storeResult(election);
    expect(await election.change('published')).toBe('done');
  });

  test('by the clock only when it is time, and not open once closes_at has passed', async () => {
    const election = await electionIn('draft');
    const change = async (to: string) => {
      const [row] = await urn.app<{ answer: string }[]>`
        SELECT answer FROM urn.change_state(${election.orgId}, ${election.electionId}, ${to}, NULL, true, 'clock')`;
      return row?.answer;
    };
    const set = (column: 'opens_at' | 'closes_at', shift: string) =>
      urn.superuser`UPDATE app.elections SET ${urn.superuser(column)} = clock_timestamp() + ${shift}::text::interval
        WHERE election_id = ${election.electionId}`;
    expect(await change('open')).toBe('not_due');
    await set('opens_at', '1 hour');
    expect(await change('open')).toBe('not_due');
    await set('opens_at', '-1 second');
    await set('closes_at', '-1 second');
    expect(await change('open')).toBe('closes_in_the_past');
    await set('closes_at', '1 hour');
    expect(await change('open')).toBe('done');
    expect(await change('closed')).toBe('not_due');
    await set('closes_at', '-1 second');
    expect(await change('closed')).toBe('done');
  });

  test('the barrier must come first in its transaction', async () => {
    const election = await electionIn('open');
    const closing = urn.app.begin(async (tx) => {
      await tx`SELECT urn.append_log(${election.orgId}, ${election.electionId}, 'election.present', '{}')`;
      await tx`SELECT urn.change_state(${election.orgId}, ${election.electionId}, 'closed', NULL, false, 'test')`;
    });
    await expect(closing).rejects.toThrow('the barrier must be the first thing');
  });
});

describe('the roll of a meeting', () => {
  async function meeting(): Promise<{ orgId: string; meetingId: string }> {
    const [orgId, meetingId] = [await urn.organisation(), randomUUID()];
    await urn.superuser`INSERT INTO app.meetings (org_id, meeting_id, title, join_code)
      VALUES (${orgId}, ${meetingId}, 'Test', ${randomBytes(6).toString('hex').toUpperCase()})`;
    return { orgId, meetingId };
  }
  async function attend(orgId: string, meetingId: string): Promise<string> {
    const attendeeId = randomUUID();
    await urn.superuser`INSERT INTO app.attendees (org_id, attendee_id, meeting_id, name)
      VALUES (${orgId}, ${attendeeId}, ${meetingId}, 'Ada')`;
    return attendeeId;
  }
  const enrol = (orgId: string, meetingId: string, attendeeId: string) =>
    urn.app`SELECT urn.enrol_attendees(${orgId}, ${meetingId}, ${`{${attendeeId}}`}::text::uuid[])`;

  test('takes who is there at the opening and who comes later, once each, and nobody after the close', async () => {
    const { orgId, meetingId } = await meeting();
    const election = await urn.election(orgId, { meetingId });
    const early = await attend(orgId, meetingId);
    await enrol(orgId, meetingId, early);
    expect(await election.participation()).toMatchObject({ roll: 0n });
    await election.change('open');
    expect(await election.participation()).toMatchObject({ roll: 1n });
    const late = await attend(orgId, meetingId);
    await enrol(orgId, meetingId, late);
    await enrol(orgId, meetingId, late);
    await enrol(orgId, meetingId, early);
    expect(await election.participation()).toMatchObject({ roll: 2n });
    await election.change('closed');
    await enrol(orgId, meetingId, await attend(orgId, meetingId));
    expect(await election.participation()).toMatchObject({ roll: 2n });
  });

  test('misses nobody who joins while the election is being opened', async () => {
    const { orgId, meetingId } = await meeting();
    const election = await urn.election(orgId, { meetingId });
    const opener = connectAs(database.ownerUrl, null);
    const joining = await opener.begin(async (tx) => {
      await tx`SELECT urn.change_state(${orgId}, ${election.electionId}, 'open', NULL, false, 'test')`;
      const attendeeId = await attend(orgId, meetingId);
      const enrolled = enrol(orgId, meetingId, attendeeId).then();
      await Promise.race([enrolled, urn.untilSomebodyWaits()]);
      return { enrolled }; // in an object: it may be answered after the commit only
    });
    await joining.enrolled;
    expect(await election.participation()).toMatchObject({ roll: 1n });
    await opener.end();
  });
});
