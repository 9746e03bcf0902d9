import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { accepted, castOf, kindOf, newOrganisation, newVoters, openElection, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

const database = await freshDatabase();
const engines = [await openEngine(database), await openEngine(database)] as const;
const [engine, other] = engines;
const orgId = await newOrganisation(engine);

/** Two engines, voters spread over both, some of them repeating themselves. */
function castAll(election: Parameters<typeof castOf>[0], voters: ReturnType<typeof newVoters>) {
  return voters.map((voter, i) => (engines[i % 2] ?? engine).elections.cast(orgId, castOf(election, voter)));
}

test.each([
  ['closed', 2, 1],
  ['closed', 15, 1],
  ['closed', 40, 2],
  ['cancelled', 15, 1],
] as const)(
  '%s after %i ms under load: every voter is told a side, and the box agrees',
  async (to, afterMs, closers) => {
    const voters = newVoters(4_000);
    const election = await openElection(engine, orgId, voters);
    const casts = castAll(election, voters);
    await sleep(afterMs);
    const ends = await Promise.all(
      engines
        .slice(0, closers)
        .map(({ elections }) =>
          to === 'closed'
            ? elections.close(orgId, election.electionId, 'mia')
            : elections.cancel(orgId, election.electionId, 'withdrawn', 'mia'),
        ),
    );
    expect(ends.map(kindOf).sort()).toEqual(closers === 1 ? ['ok'] : ['closed', 'ok']);
    // whoever starts now is provably outside
    const [late] = newVoters(1) as [never];
    const lateKind = kindOf(await other.elections.cast(orgId, castOf(election, late)));
    const kinds = (await Promise.all(casts)).map(kindOf);
    expect(lateKind).toBe('not_found');
    expect(new Set([...kinds, 'ok', 'closed'])).toEqual(new Set(['ok', 'closed']));
    const inside = kinds.filter((kind) => kind === 'ok').length;
    const { voted } = accepted(await other.elections.participation(orgId, election.electionId));
    expect(voted).toBe(inside);
    if (to === 'closed') {
      const [here, there] = await Promise.all(
        engines.map(({ elections }) => elections.recount(orgId, election.electionId)),
      );
      expect(accepted(here as never)).toEqual(accepted(there as never));
      expect(accepted(here as never)).toMatchObject({ ballots: inside, equalsTally: true, equalsResult: true });
    }
    // asked again, each is told the same side
    const again = (await Promise.all(castAll(election, voters))).map(kindOf);
    expect(again).toEqual(kinds);
  },
);

test('issuing races the close: every credential that was issued is on the roll, none comes after', async () => {
  const election = await openElection(engine, orgId, newVoters(1));
  const issuing = newVoters(60).map(({ credential }) =>
    engine.elections.issue(
      orgId,
      election.electionId,
      [{ credential: Buffer.from(credential, 'hex'), weight: 1_000_000n }],
      'mia',
    ),
  );
  const closing = other.elections.close(orgId, election.electionId, 'mia');
  const kinds = (await Promise.all(issuing)).map(kindOf);
  accepted(await closing);
  const { roll } = accepted(await engine.elections.participation(orgId, election.electionId));
  expect(roll).toBe(1 + kinds.filter((kind) => kind === 'ok').length);
  expect(accepted(await engine.elections.result(orgId, election.electionId)).roll.rollCount).toBe(roll);
});
