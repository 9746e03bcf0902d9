import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { NewElection, Outcome } from '../../engine/index.ts';
import { MOTION_OPTIONS } from '../../protocol/methods/motion.ts';
import {
  accepted,
  castOf,
  issueTo,
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
// two gateways: what one has changed, the other must not cast by
const [engine, other] = [await openEngine(database), await openEngine(database)];
const orgId = await newOrganisation(engine);
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

const CHOOSE = { method: 'choose' as const, settings: { min: 1, max: 1, seats: 1 } };
const options = (...ids: string[]) => ids.map((id) => ({ id, title: id.toUpperCase() }));
const MOTION: NewElection = { title: 'A motion', method: { method: 'motion', settings: {} }, options: MOTION_OPTIONS };
const soon = (ms: number) => new Date(Date.now() + ms);

function fieldsOf(outcome: Outcome<unknown>): string[] {
  if (outcome.ok) throw new Error('it was accepted');
  return (outcome.failure.details?.fields ?? []).map(({ path }) => path);
}
const kindsIn = async (electionId: string) =>
  accepted(await engine.feed.read(orgId, 0, 500, electionId)).map(({ kind }) => kind);

describe('what no election can be is refused with its field', () => {
  const wrong: readonly (readonly [string, Partial<NewElection>])[] = [
    ['opens_at', { opensAt: soon(-1_000) }],
    ['closes_at', { closesAt: soon(-1_000) }],
    ['closes_at', { opensAt: soon(60_000), closesAt: soon(50_000) }],
    ['duration_seconds', { closesAt: soon(60_000), durationSeconds: 60 }],
    ['options', { method: CHOOSE, options: options('a') }],
    ['options', { method: CHOOSE, options: options('a', 'a') }],
    ['roll_group_id', { rollGroupId: crypto.randomUUID() }],
    ['roll', { roll: 'meeting' }],
    [
      'options.1.picture',
      { method: CHOOSE, options: [...options('a'), { ...options('b')[0], picture: crypto.randomUUID() }] as never },
    ],
  ];
  test.each(wrong)('%s', async (path, more) => {
    const before = await superuser`SELECT FROM app.elections`;
    expect(fieldsOf(await engine.elections.create(orgId, { ...MOTION, ...more }, 'mia'))).toEqual([path]);
    expect(await superuser`SELECT FROM app.elections`).toHaveLength(before.length);
  });
});

describe('a draft', () => {
  test('is edited: what is left out stays, null takes away', async () => {
    const draft = await newElection(engine, orgId, { method: CHOOSE, options: options('a', 'b'), durationSeconds: 60 });
    const edited = accepted(
      await engine.elections.edit(orgId, draft.electionId, { title: 'Chair', options: options('b', 'c', 'a') }, 'mia'),
    );
    expect(edited).toMatchObject({ title: 'Chair', durationSeconds: 60, state: 'draft' });
    expect(edited.options.map(({ id }) => id)).toEqual(['b', 'c', 'a']);
    expect(edited.changedPos).toBeGreaterThan(draft.changedPos);
    const timed = accepted(await engine.elections.edit(orgId, draft.electionId, { closesAt: soon(9_000) }, 'mia'));
    expect(timed.durationSeconds).toBeNull();
    expect(fieldsOf(await engine.elections.edit(orgId, draft.electionId, { options: options('a') }, 'mia'))).toEqual([
      'options',
    ]);
    expect(fieldsOf(await engine.elections.edit(orgId, draft.electionId, { opensAt: soon(-1) }, 'mia'))).toEqual([
      'opens_at',
    ]);
    expect(await kindsIn(draft.electionId)).toEqual(['election.created', 'election.edited', 'election.edited']);
  });

  test('a time that has passed does not stand in the way of another title', async () => {
    const draft = await newElection(engine, orgId, { closesAt: soon(20) });
    await sleep(30);
    expect(kindOf(await engine.elections.edit(orgId, draft.electionId, { title: 'Late' }, 'mia'))).toBe('ok');
  });

  test('of two edits at once both are told the truth', async () => {
    const draft = await newElection(engine, orgId);
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map((i) => engine.elections.edit(orgId, draft.electionId, { title: `Title ${i}` }, 'mia')),
    );
    const done = outcomes.filter(({ ok }) => ok).length;
    expect(done).toBeGreaterThan(0);
    expect(await kindsIn(draft.electionId)).toHaveLength(1 + done);
    for (const outcome of outcomes) if (!outcome.ok) expect(outcome.failure.details).toEqual({ reason: 'changed' });
  });

  test('once it is open nothing of it is edited or deleted', async () => {
    const { electionId } = await openElection(engine, orgId, newVoters(1));
    expect(kindOf(await engine.elections.edit(orgId, electionId, { title: 'x' }, 'mia'))).toBe('conflict');
    expect(kindOf(await engine.elections.remove(orgId, electionId, 'mia'))).toBe('conflict');
  });

  test('is deleted with the credentials issued for it', async () => {
    const draft = await newElection(engine, orgId);
    await issueTo(engine, draft, newVoters(3));
    expect(kindOf(await engine.elections.remove(orgId, draft.electionId, 'mia'))).toBe('ok');
    expect(kindOf(await engine.elections.get(orgId, draft.electionId))).toBe('not_found');
    expect(kindOf(await engine.elections.remove(orgId, draft.electionId, 'mia'))).toBe('not_found');
    expect(await superuser`SELECT FROM urn.credential WHERE election_id = ${draft.electionId}`).toHaveLength(0);
    expect(await kindsIn(draft.electionId)).toEqual(['election.created', 'election.deleted']);
  });

  test('a ballot for a draft is refused, and one after edit and opening is read by the options of then', async () => {
    const [voter, stranger] = newVoters(2) as [ReturnType<typeof newVoters>[0], ReturnType<typeof newVoters>[0]];
    const draft = await newElection(engine, orgId, { method: CHOOSE, options: options('a', 'b', 'c') });
    await issueTo(engine, draft, [voter]);
    const ballot = { options: ['c'] };
    for (const gateway of [engine, other]) {
      expect(kindOf(await gateway.elections.cast(orgId, castOf(draft, voter, ballot)))).toBe('not_open');
      expect(kindOf(await gateway.elections.cast(orgId, castOf(draft, stranger, ballot)))).toBe('not_found');
      expect(kindOf(await gateway.elections.cast(orgId, castOf(draft, voter, { options: ['z'] })))).toBe(
        'ballot_invalid',
      );
    }
    const seen: (readonly { option: string; count: number }[] | null)[] = [];
    const watch = accepted(
      await other.elections.watchTally(orgId, draft.electionId, ({ options: figures }) => seen.push(figures)),
    );
    accepted(
      await engine.elections.edit(orgId, draft.electionId, { options: options('c', 'd'), secretStep: 1 }, 'mia'),
    );
    accepted(await engine.elections.open(orgId, draft.electionId, 'mia'));
    accepted(await other.elections.cast(orgId, castOf(draft, voter, ballot)));
    const c = [
      { option: 'c', count: 1, weight: ONE_VOTE },
      { option: 'd', count: 0, weight: 0n },
    ];
    for (const until = Date.now() + 3_000; Date.now() < until && seen.at(-1)?.[0]?.count !== 1; ) await sleep(20);
    watch.stop();
    expect(seen.at(-1)).toEqual(c);
    accepted(await engine.elections.close(orgId, draft.electionId, 'mia'));
    expect(accepted(await engine.elections.result(orgId, draft.electionId)).count.winners).toEqual(['c']);
  });
});

test('a copy is a draft with the same question, of any state, without times, votes and result', async () => {
  const election = await openElection(engine, orgId, newVoters(2), {
    method: CHOOSE,
    options: options('a', 'b'),
    visibility: 'hidden',
    closesAt: soon(60_000),
  });
  const copy = accepted(await engine.elections.copy(orgId, election.electionId, { title: 'Again' }, 'mia'));
  expect(copy).toMatchObject({ title: 'Again', state: 'draft', visibility: 'hidden', closesAt: null, openedBy: null });
  expect(copy.options).toEqual(election.options);
  expect(accepted(await engine.elections.participation(orgId, copy.electionId)).roll).toBe(0);
  expect(kindOf(await engine.elections.copy(orgId, crypto.randomUUID(), {}, 'mia'))).toBe('not_found');
});

describe('time', () => {
  test('a duration becomes a closing time at the opening; the opener may give another', async () => {
    const draft = await newElection(engine, orgId, { durationSeconds: 600 });
    const opened = accepted(await engine.elections.open(orgId, draft.electionId, 'mia'));
    const lasts = (Number(opened.closesAt) - Number(opened.openedAt)) / 1_000;
    expect(Math.abs(lasts - 600)).toBeLessThan(1);
    expect(opened.openedBy).toBe('mia');
    const short = await newElection(engine, orgId, { durationSeconds: 600 });
    const given = accepted(await engine.elections.open(orgId, short.electionId, 'mia', { durationSeconds: 5 }));
    expect((Number(given.closesAt) - Number(given.openedAt)) / 1_000).toBeLessThan(6);
    const entry = accepted(await engine.feed.read(orgId, 0, 500, short.electionId)).at(-1);
    expect(entry?.payload.closes_at).toBe(given.closesAt?.toISOString());
    const past = await newElection(engine, orgId);
    expect(fieldsOf(await engine.elections.open(orgId, past.electionId, 'mia', { closesAt: soon(-1) }))).toEqual([
      'closes_at',
    ]);
  });

  test('closes by itself after its duration', async () => {
    const { electionId } = await newElection(engine, orgId);
    accepted(await engine.elections.open(orgId, electionId, 'mia', { closesAt: soon(300) }));
    for (const until = Date.now() + 3_000; Date.now() < until; await sleep(20)) {
      if (accepted(await engine.elections.get(orgId, electionId)).state === 'closed') break;
    }
    expect(accepted(await engine.elections.get(orgId, electionId))).toMatchObject({
      state: 'closed',
      closedBy: 'clock',
    });
  });

  test('is extended, to later only and only while it is open', async () => {
    const draft = await newElection(engine, orgId, { closesAt: soon(60_000) });
    const extend = (extension: { closesAt?: Date; bySeconds?: number }) =>
      engine.elections.extend(orgId, draft.electionId, extension, 'mia');
    expect(kindOf(await extend({ bySeconds: 10 }))).toBe('not_open');
    const opened = accepted(await engine.elections.open(orgId, draft.electionId, 'mia'));
    const later = accepted(await extend({ bySeconds: 30 }));
    expect(Number(later.closesAt) - Number(opened.closesAt)).toBe(30_000);
    expect(later.changedPos).toBeGreaterThan(opened.changedPos);
    expect(fieldsOf(await extend({ closesAt: soon(5_000) }))).toEqual(['closes_at']);
    expect(kindOf(await extend({ closesAt: soon(600_000) }))).toBe('ok');
    accepted(await engine.elections.close(orgId, draft.electionId, 'mia'));
    expect(kindOf(await extend({ bySeconds: 10 }))).toBe('closed');
    const endless = await openElection(engine, orgId, newVoters(1));
    expect(kindOf(await engine.elections.extend(orgId, endless.electionId, { bySeconds: 10 }, 'mia'))).toBe('conflict');
  });

  test('one whose time is over is not revived', async () => {
    const { electionId } = await openElection(engine, orgId, newVoters(1), { closesAt: soon(60_000) });
    await superuser`UPDATE app.elections SET closes_at = clock_timestamp() WHERE election_id = ${electionId}`;
    expect(kindOf(await engine.elections.extend(orgId, electionId, { bySeconds: 100 }, 'mia'))).toBe('closed');
  });
});

test('the ballots of a cancelled election are not promised for later', async () => {
  const { electionId } = await openElection(engine, orgId, newVoters(1));
  accepted(await engine.elections.cancel(orgId, electionId, 'withdrawn', 'mia'));
  expect(kindOf(await engine.elections.ballots(orgId, electionId, {}))).toBe('closed');
  expect(kindOf(await engine.elections.ballot(orgId, electionId, '0'.repeat(32)))).toBe('closed');
});
