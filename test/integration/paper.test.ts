import { afterAll, describe, expect, test } from 'vitest';
import { type NewElection, type Outcome, resultToJson } from '../../engine/index.ts';
import {
  accepted,
  castOf,
  kindOf,
  newElection,
  newOrganisation,
  newVoters,
  ONE_VOTE,
  openElection,
  openEngine,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const orgId = await newOrganisation(engine);
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

const YES_NO = (yes: number, no: number, abstained = 0) => ({
  ballots: yes + no + abstained,
  totals: { options: { yes, no }, abstained },
});
const reasonOf = (outcome: Outcome<unknown>) => (outcome.ok ? 'ok' : outcome.failure.details?.reason);

/** A motion with three electronic yes votes of two weights, open. */
async function motionWithVotes(more: Partial<NewElection> = {}) {
  const voters = newVoters(3);
  const election = await openElection(engine, orgId, voters, { secretStep: 3, ...more });
  for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
  return election.electionId;
}

async function counted(electionId: string, count: ReturnType<typeof YES_NO>, label = 'Box 1'): Promise<string> {
  const { batchId } = accepted(await engine.paper.enter(orgId, electionId, { label, count }, 'ann'));
  accepted(await engine.paper.confirm(orgId, electionId, batchId, count, 'bob'));
  return batchId;
}

describe('two persons', () => {
  test('the same person twice is refused, and so are other figures, whose places are named and nothing more', async () => {
    const electionId = await motionWithVotes();
    accepted(await engine.paper.declare(orgId, electionId, 10, 'ann'));
    const { batchId, own } = accepted(
      await engine.paper.enter(orgId, electionId, { label: 'Box 1', count: YES_NO(4, 5, 1) }, 'ann'),
    );
    expect(own).toBe(true);
    const confirm = (count: ReturnType<typeof YES_NO>, person: string) =>
      engine.paper.confirm(orgId, electionId, batchId, count, person);
    expect(reasonOf(await confirm(YES_NO(4, 5, 1), 'ann'))).toBe('same_person');
    const mismatch = await confirm(YES_NO(5, 4, 1), 'bob');
    expect(reasonOf(mismatch)).toBe('mismatch');
    const places = mismatch.ok ? [] : (mismatch.failure.details?.fields ?? []);
    expect(places.map(({ path }) => path)).toEqual(['count.totals.options.no', 'count.totals.options.yes']);
    expect(JSON.stringify(mismatch)).not.toMatch(/[^0-9a-f-]4|"5"/);
    const other = await confirm({ ballots: 10, patterns: [{ ballot: { choice: 'yes' }, count: 10 }] } as never, 'bob');
    expect(reasonOf(other)).toBe('other_form');
    accepted(await confirm(YES_NO(4, 5, 1), 'bob'));
    expect(reasonOf(await confirm(YES_NO(4, 5, 1), 'cyd'))).toBe('confirmed');
    const { batches } = accepted(await engine.paper.state(orgId, electionId, 'bob'));
    expect(batches).toMatchObject([{ confirmed: true, mismatches: 1, own: false, ballots: 10 }]);
  });

  test('what is not confirmed does not count, and stands in the way of publishing', async () => {
    const electionId = await motionWithVotes();
    accepted(await engine.paper.declare(orgId, electionId, 10, 'ann'));
    const count = YES_NO(0, 10);
    const { batchId } = accepted(await engine.paper.enter(orgId, electionId, { label: 'Box', count }, 'ann'));
    accepted(await engine.elections.close(orgId, electionId, 'ann'));
    expect(accepted(await engine.elections.result(orgId, electionId))).toMatchObject({
      ruling: { outcome: 'carried' },
      paper: null,
    });
    expect(reasonOf(await engine.elections.publish(orgId, electionId, 'ann'))).toBe('paper_waiting');
    accepted(await engine.paper.confirm(orgId, electionId, batchId, count, 'bob'));
    expect(accepted(await engine.elections.result(orgId, electionId)).ruling.outcome).toBe('not_carried');
    accepted(await engine.elections.publish(orgId, electionId, 'ann'));
    expect(kindOf(await engine.paper.withdraw(orgId, electionId, batchId, 'ann'))).toBe('closed');
    expect(kindOf(await engine.paper.enter(orgId, electionId, { label: 'Late', count }, 'ann'))).toBe('closed');
    expect(kindOf(await engine.paper.declare(orgId, electionId, 99, 'ann'))).toBe('closed');
  });
});

test('never more than were declared, however many enter at once', async () => {
  const electionId = await motionWithVotes();
  const enter = (yes: number) => engine.paper.enter(orgId, electionId, { label: 'Box', count: YES_NO(yes, 0) }, 'ann');
  expect(reasonOf(await enter(1))).toBe('too_many');
  accepted(await engine.paper.declare(orgId, electionId, 20, 'ann'));
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => enter(3)));
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(6);
  expect(reasonOf(await engine.paper.declare(orgId, electionId, 17, 'ann'))).toBe('entered');
  accepted(await engine.paper.declare(orgId, electionId, 18, 'ann'));
});

test('in draft nothing is entered; what is not there is not found', async () => {
  const { electionId } = await newElection(engine, orgId);
  accepted(await engine.paper.declare(orgId, electionId, 5, 'ann'));
  const count = YES_NO(1, 0);
  expect(kindOf(await engine.paper.enter(orgId, electionId, { label: 'Box', count }, 'ann'))).toBe('not_open');
  expect(kindOf(await engine.paper.state(orgId, crypto.randomUUID(), 'ann'))).toBe('not_found');
  const open = await motionWithVotes();
  expect(kindOf(await engine.paper.confirm(orgId, open, crypto.randomUUID(), count, 'bob'))).toBe('not_found');
  expect(kindOf(await engine.paper.withdraw(orgId, open, crypto.randomUUID(), 'bob'))).toBe('not_found');
});

describe('the count', () => {
  test('includes them, shows them apart, and a recount agrees; the digest of the electronic ballots stays', async () => {
    const electionId = await motionWithVotes({ rules: { quorum: { share: { numerator: 1, denominator: 1 } } } });
    accepted(await engine.paper.declare(orgId, electionId, 10, 'ann'));
    await counted(electionId, YES_NO(1, 3, 2), 'Box A');
    accepted(await engine.elections.close(orgId, electionId, 'ann'));
    const first = accepted(await engine.elections.result(orgId, electionId));
    const digest = async () =>
      (await superuser`SELECT encode(tally_digest, 'hex') AS d FROM app.results WHERE election_id = ${electionId}`)[0]
        ?.d;
    const before = await digest();
    expect(first.count.totals).toEqual({ yes: 4n * ONE_VOTE, no: 3n * ONE_VOTE });
    await counted(electionId, YES_NO(0, 4), 'Box B');
    const second = resultToJson(accepted(await engine.elections.result(orgId, electionId)));
    expect(second.count.totals).toEqual({ yes: '4', no: '7' });
    expect(second.roll).toMatchObject({ count: 13, weight: '13' });
    expect(second.ruling.quorum).toMatchObject({ needed: '13', given: '13', reached: true });
    expect(second.paper).toEqual({
      declared: 10,
      batches: [
        { batch_id: expect.any(String), label: 'Box A', ballots: 6 },
        { batch_id: expect.any(String), label: 'Box B', ballots: 4 },
      ],
      cast: 10,
      ballots: { cast: 10, valid: 8, blank: 0, abstained: 2 },
      figure: 'votes',
      options: { yes: '1', no: '7' },
    });
    expect(await digest()).toBe(before);
    const agreed = { ballots: 3, weight: 3n * ONE_VOTE, paperBallots: 10, equalsTally: true, equalsResult: true };
    expect(accepted(await engine.elections.recount(orgId, electionId))).toEqual(agreed);
    accepted(await engine.elections.publish(orgId, electionId, 'ann'));
    expect(accepted(await engine.elections.recount(orgId, electionId))).toEqual(agreed);
    expect(accepted(await engine.elections.ballots(orgId, electionId, {})).items).toHaveLength(3);
  });

  test('of ranked ballots goes by patterns; a batch that is taken back counts no more', async () => {
    const options = ['a', 'b', 'c'].map((id) => ({ id, title: id }));
    const { electionId } = await openElection(engine, orgId, newVoters(1), {
      method: { method: 'irv', settings: {} },
      options,
    });
    accepted(await engine.paper.declare(orgId, electionId, 5, 'ann'));
    const count = {
      ballots: 5,
      patterns: [
        { ballot: { ranking: ['a', 'b'] }, count: 2 },
        { ballot: { ranking: ['b'] }, count: 2 },
        { ballot: { ranking: [] }, count: 1 },
      ],
    };
    const turned = { ...count, patterns: [...count.patterns].reverse() };
    const { batchId } = accepted(await engine.paper.enter(orgId, electionId, { label: 'Box', count }, 'ann'));
    accepted(await engine.paper.confirm(orgId, electionId, batchId, turned, 'bob'));
    accepted(await engine.elections.close(orgId, electionId, 'ann'));
    const result = accepted(await engine.elections.result(orgId, electionId));
    expect(result.count.ballots).toMatchObject({ cast: 5, blank: 1 });
    accepted(await engine.paper.withdraw(orgId, electionId, batchId, 'ann'));
    const without = accepted(await engine.elections.result(orgId, electionId));
    expect([without.count.ballots.cast, without.paper]).toEqual([0, null]);
    expect(accepted(await engine.elections.recount(orgId, electionId)).equalsResult).toBe(true);
  });

  test('in a secret election fewer than k are not shown apart', async () => {
    const electionId = await motionWithVotes({ secretStep: 5 });
    accepted(await engine.paper.declare(orgId, electionId, 4, 'ann'));
    await counted(electionId, YES_NO(3, 1));
    accepted(await engine.elections.close(orgId, electionId, 'ann'));
    const { paper, count } = accepted(await engine.elections.result(orgId, electionId));
    expect(paper).toMatchObject({ cast: 4, ballots: null, options: null });
    expect(count.ballots.cast).toBe(7);
  });

  test('a count that runs while paper is confirmed does not leave an old result', async () => {
    const electionId = await motionWithVotes();
    accepted(await engine.paper.declare(orgId, electionId, 40, 'ann'));
    accepted(await engine.elections.close(orgId, electionId, 'ann'));
    await Promise.all([
      ...Array.from({ length: 6 }, () => engine.elections.result(orgId, electionId)),
      ...Array.from({ length: 4 }, (_, i) => counted(electionId, YES_NO(0, 10), `Box ${i}`)),
    ]);
    accepted(await engine.elections.publish(orgId, electionId, 'ann'));
    const result = accepted(await engine.elections.result(orgId, electionId));
    expect(result.count.totals).toEqual({ yes: 3n * ONE_VOTE, no: 40n * ONE_VOTE });
  });
});

test('the log says how many, never what; nobody reads what a heap says before the close', async () => {
  const electionId = await motionWithVotes();
  accepted(await engine.paper.declare(orgId, electionId, 9, 'ann'));
  await counted(electionId, YES_NO(7, 2));
  const entries = accepted(await engine.feed.read(orgId, 0, 500, electionId)).filter(({ kind }) =>
    kind.includes('paper'),
  );
  expect(entries.map(({ kind, payload }) => [kind, payload])).toEqual([
    ['election.paper_declared', { ballots: 9, by: 'ann' }],
    ['election.paper_entered', { ballots: 9, by: 'ann' }],
    ['election.paper_confirmed', { ballots: 9, by: 'bob' }],
  ]);
  const app = connectAs(database.ownerUrl, 'psephos_app');
  const read = () => app`SELECT keys, figures FROM urn.paper_batches(${orgId}, ${electionId})`;
  expect(await read()).toMatchObject([{ keys: null, figures: null }]);
  await expect(app`SELECT * FROM urn.paper_batch`).rejects.toThrow('permission denied');
  await app.end();
});
