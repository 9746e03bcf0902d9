import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { TallyStep } from '../../engine/elections/queries.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { castOf, type TestElection, TestUrn } from '../harness/urn.ts';

const database = await freshDatabase();
const urn = new TestUrn(database.ownerUrl);
afterAll(() => urn.close());

/** Follows a tally as a gateway does: from its last cut, adding what comes. */
class Observer {
  readonly #election: TestElection;
  readonly #patterns = new Map<string, number>();
  #cut = 0;
  counted = 0;
  cast = 0;

  constructor(election: TestElection) {
    this.#election = election;
  }

  async poll(): Promise<void> {
    const step: TallyStep = await this.#election.follow(this.#cut);
    for (const { ballot, count } of step.patterns)
      this.#patterns.set(ballot, (this.#patterns.get(ballot) ?? 0) + count);
    this.#cut = step.cutPos;
    this.cast = this.counted + step.headSize;
    this.counted += step.cutSize;
  }

  get figures(): Record<string, number> {
    return Object.fromEntries([...this.#patterns].toSorted());
  }
}

const OBSERVERS = 3;
/** One batch, then which observers look, whether a gateway takes a snapshot, and whether a new observer comes. */
const round = fc.record({
  size: fc.integer({ min: 1, max: 7 }),
  polls: fc.array(fc.boolean(), { minLength: OBSERVERS, maxLength: OBSERVERS }),
  snapshot: fc.boolean(),
  newcomer: fc.boolean(),
});

describe('in steps of k', () => {
  test('whoever looks whenever: two figures of an open election are the same or at least k ballots apart', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(round, { minLength: 1, maxLength: 10 }),
        async (secretStep, rounds) => {
          const voters = rounds.reduce((sum, { size }) => sum + size, 0);
          const { election, credentials } = await urn.openElection(voters, { secretStep });
          const observers = Array.from({ length: OBSERVERS }, () => new Observer(election));
          const seen = new Map<number, unknown>([[0, {}]]);
          let cast = 0;
          const look = async (observer: Observer) => {
            await observer.poll();
            expect(observer.cast).toBe(cast);
            if (seen.has(observer.counted)) expect(observer.figures).toEqual(seen.get(observer.counted));
            seen.set(observer.counted, observer.figures);
          };
          for (const { size, polls, snapshot, newcomer } of rounds) {
            const batch = credentials
              .slice(cast, cast + size)
              .map((credential, i) => castOf(credential, `${(cast + i) % 4}`));
            expect(await election.cast(batch)).toBe('0'.repeat(size));
            cast += size;
            if (newcomer) observers.push(new Observer(election));
            for (const [i, observer] of observers.entries()) if (polls[i] ?? newcomer) await look(observer);
            if (snapshot) await election.takeSnapshot();
          }
          const sizes = [...seen.keys()].toSorted((a, b) => a - b);
          for (const [i, size] of sizes.entries()) {
            if (i > 0) expect(size - (sizes[i - 1] as number)).toBeGreaterThanOrEqual(secretStep);
          }
          await agreeAfterClose(election, observers, voters);
        },
      ),
      { numRuns: 20 },
    );
  });

  async function agreeAfterClose(election: TestElection, observers: readonly Observer[], voters: number) {
    await election.change('closed');
    for (const observer of [...observers, new Observer(election)]) {
      await observer.poll();
      expect(observer.counted).toBe(voters);
    }
    await election.seal();
    const counted = Object.fromEntries((await election.count()).map(({ ballot, count }) => [ballot, count]));
    for (const { figures } of observers) expect(figures).toEqual(counted);
  }

  test('a named election hides nothing', async () => {
    const { election, credentials } = await urn.openElection(1, { secrecy: 'named', secretStep: 3 });
    await election.cast([castOf(credentials[0] as string, '0')]);
    expect(await election.follow(0)).toMatchObject({ cutSize: 1, headSize: 1 });
  });
});

describe('the snapshot', () => {
  test('and what follows it are the whole tally, weights too', async () => {
    const election = await urn.election(await urn.organisation(), { secretStep: 1 });
    const credentials = await election.issue(9, [1n, 2_000_000n, 3n]);
    await election.change('open');
    const casts = credentials.map((credential, i) => castOf(credential, `${i % 2}`));
    await election.cast(casts.slice(0, 4));
    await election.takeSnapshot();
    await election.cast(casts.slice(4, 6));
    await election.takeSnapshot();
    await election.cast(casts.slice(6));
    const step = await election.follow(0);
    expect(step).toMatchObject({ sealed: false, cutSize: 9, headSize: 9 });
    expect(step.patterns.toSorted((a, b) => a.ballot.localeCompare(b.ballot))).toEqual([
      { ballot: '0', count: 5, weight: 1n + 3n + 3_000_000n },
      { ballot: '1', count: 4, weight: 2_000_000n + 3_000_000n },
    ]);
    const kept =
      await urn.superuser`SELECT cast_count FROM urn.tally_snapshot WHERE election_id = ${election.electionId}`;
    expect(kept).toEqual([{ cast_count: 6n }]);
  });

  test('holds no step that has not been given out', async () => {
    const { election, credentials } = await urn.openElection(5, { secretStep: 3 });
    const casts = credentials.map((credential) => castOf(credential, '0'));
    await election.cast(casts.slice(0, 2));
    await election.takeSnapshot();
    const snapshots = () =>
      urn.superuser`SELECT cast_count FROM urn.tally_snapshot WHERE election_id = ${election.electionId}`;
    expect(await snapshots()).toEqual([]);
    await election.cast(casts.slice(2, 4));
    await election.cast(casts.slice(4));
    await election.takeSnapshot();
    expect(await snapshots()).toEqual([{ cast_count: 4n }]);
  });

  test('of an election that nobody has voted in, of a draft and of none at all is nothing', async () => {
    const { election } = await urn.openElection(1);
    const draft = await urn.election(election.orgId);
    for (const each of [election, draft]) {
      await each.takeSnapshot();
      expect(await each.follow(0)).toMatchObject({ sealed: false, cutPos: 0, cutSize: 0, headSize: 0, patterns: [] });
    }
    await draft.change('cancelled');
    expect(await draft.follow(0)).toMatchObject({ sealed: true });
  });
});
