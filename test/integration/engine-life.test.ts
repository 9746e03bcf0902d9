import { expect, test } from 'vitest';
import { resultToJson } from '../../engine/index.ts';
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

const engine = await openEngine(await freshDatabase());
const { elections } = engine;
const orgId = await newOrganisation(engine);

const CANDIDATES = ['ada', 'grace', 'edsger'].map((id) => ({ id, title: id }));
const PLURALITY = {
  method: { method: 'choose' as const, settings: { min: 1, max: 1, seats: 1 } },
  options: CANDIDATES,
};

test('a whole life: draft, open, closed, counted, published', async () => {
  const voters = newVoters(7);
  const draft = await newElection(engine, orgId, { title: 'Board', ...PLURALITY });
  expect(draft).toMatchObject({ state: 'draft', secrecy: 'secret', visibility: 'live', roll: 'tokens', secretStep: 3 });
  await issueTo(engine, draft, voters, (_, i) => ONE_VOTE * BigInt(i + 1));
  expect(kindOf(await elections.cast(orgId, castOf(draft, voters[0] as never, { options: ['ada'] })))).toBe('not_open');
  expect(accepted(await elections.open(orgId, draft.electionId, 'mia')).state).toBe('open');

  const choices = [['ada'], ['ada'], ['grace'], ['grace'], ['edsger'], []];
  const receipts = await Promise.all(
    choices.map((options, i) => elections.cast(orgId, castOf(draft, voters[i] as never, { options }))),
  );
  const codes = receipts.map((receipt) => accepted(receipt).trackingCode);
  expect(kindOf(await elections.result(orgId, draft.electionId))).toBe('conflict');
  expect(kindOf(await elections.ballots(orgId, draft.electionId, {}))).toBe('conflict');

  expect(accepted(await elections.close(orgId, draft.electionId, 'mia')).state).toBe('closed');
  expect(kindOf(await elections.ballots(orgId, draft.electionId, {}))).toBe('conflict');
  const result = resultToJson(accepted(await elections.result(orgId, draft.electionId)));
  expect(result.ruling).toMatchObject({ outcome: 'elected', elected: ['grace'], tie: false });
  expect(result.count.totals).toEqual({ ada: '3', grace: '7', edsger: '5' });
  expect(result.count.ballots).toEqual({ cast: 6, valid: 5, blank: 1, abstained: 0 });
  expect(accepted(await elections.recount(orgId, draft.electionId))).toEqual({
    ballots: 6,
    paperBallots: 0,
    weight: 21n * ONE_VOTE,
    equalsTally: true,
    equalsResult: true,
  });

  const published = accepted(await elections.publish(orgId, draft.electionId, 'mia'));
  expect(published.state).toBe('published');
  const { items } = accepted(await elections.ballots(orgId, draft.electionId, {}));
  expect(items.map(({ trackingCode }) => trackingCode)).toEqual([...codes].sort());
  expect(items.every(({ weight, voter }) => weight === null && voter === null)).toBe(true);
  for (const [i, code] of codes.entries()) {
    expect(accepted(await elections.ballot(orgId, draft.electionId, code)).ballot).toEqual({ options: choices[i] });
  }
});

test('the log tells the life in order, and of a secret ballot only how many', async () => {
  const voters = newVoters(2);
  const election = await openElection(engine, orgId, voters);
  for (const voter of voters) accepted(await elections.cast(orgId, castOf(election, voter)));
  accepted(await elections.close(orgId, election.electionId, 'mia'));
  accepted(await elections.publish(orgId, election.electionId, 'mia'));
  const entries = accepted(await engine.feed.read(orgId, 0, 500, election.electionId));
  expect(entries.map(({ kind }) => kind)).toEqual([
    ...['election.created', 'election.opened', 'election.ballots', 'election.ballots'],
    ...['election.closed', 'election.counted', 'election.published'],
  ]);
  expect(entries.filter(({ kind }) => kind === 'election.ballots').map(({ payload }) => payload)).toEqual([
    { size: 1 },
    { size: 1 },
  ]);
});

test('the roll call of a named election says who voted how, with what weight', async () => {
  const [voter, other] = newVoters(2) as [never, never];
  const election = await newElection(engine, orgId, { secrecy: 'named' });
  await issueTo(engine, election, [voter, other], () => 2_500_000n);
  accepted(await elections.open(orgId, election.electionId, 'mia'));
  accepted(await elections.cast(orgId, castOf(election, voter, { choice: 'no' })));
  accepted(await elections.close(orgId, election.electionId, 'mia'));
  accepted(await elections.publish(orgId, election.electionId, 'mia'));
  const { items } = accepted(await elections.ballots(orgId, election.electionId, {}));
  expect(items).toEqual([
    expect.objectContaining({
      ballot: { choice: 'no' },
      weight: 2_500_000n,
      voter: castOf(election, voter).credential,
    }),
  ]);
});

test('a repeated cast is accepted again with the same tracking code, also after the close; another ballot never', async () => {
  const [voter] = newVoters(1) as [never];
  const election = await openElection(engine, orgId, [voter]);
  const first = accepted(await elections.cast(orgId, castOf(election, voter)));
  expect(accepted(await elections.cast(orgId, castOf(election, voter)))).toEqual(first);
  const other = () => elections.cast(orgId, castOf(election, voter, { choice: 'no' }));
  expect(kindOf(await other())).toBe('already_voted');
  accepted(await elections.close(orgId, election.electionId, 'mia'));
  expect(accepted(await elections.cast(orgId, castOf(election, voter)))).toEqual(first);
  expect(kindOf(await other())).toBe('already_voted');
  expect(accepted(await elections.participation(orgId, election.electionId)).voted).toBe(1);
});

test('people present can be changed until the close, while the election is being closed as well', async () => {
  const voters = newVoters(50);
  const election = await openElection(engine, orgId, voters);
  const casts = voters.map((voter) => elections.cast(orgId, castOf(election, voter)));
  const presents = Array.from({ length: 20 }, (_, i) => elections.setPresent(orgId, election.electionId, i, 'mia'));
  const closing = elections.close(orgId, election.electionId, 'mia');
  const kinds = (await Promise.all(presents)).map(kindOf);
  expect(kindOf(await closing)).toBe('ok');
  expect(new Set([...kinds, 'ok', 'closed'])).toEqual(new Set(['ok', 'closed']));
  for (const cast of await Promise.all(casts)) expect(['ok', 'closed']).toContain(kindOf(cast));
});

test('elections are listed newest first, page by page, of one organisation only', async () => {
  const own = await newOrganisation(engine, 'Own list');
  const made = [];
  for (let i = 0; i < 5; i += 1) made.push((await newElection(engine, own, { title: `Motion ${i}` })).electionId);
  const first = accepted(await elections.list(own, { limit: 3 }));
  const second = accepted(await elections.list(own, { limit: 3, cursor: first.nextCursor as string }));
  expect([...first.items, ...second.items].map(({ electionId }) => electionId)).toEqual(made.reverse());
  expect(second.nextCursor).toBeNull();
});
