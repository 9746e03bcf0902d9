import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { LogEntry, TallyFigures } from '../../engine/index.ts';
import {
  accepted,
  castOf,
  newElection,
  newOrganisation,
  newVoters,
  openElection,
  openEngine,
  type Voter,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { startRedis } from '../harness/redis.ts';

async function eventually(holds: () => boolean, what: string): Promise<void> {
  const until = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > until) throw new Error(`not within 5 s: ${what}`);
    await sleep(10);
  }
}

/** The same with and without Redis. */
const WAYS = [
  ['over the log alone', undefined],
  ['with signals over Redis', { url: (await startRedis()).url }],
] as const;

for (const [way, redis] of WAYS) {
  const database = await freshDatabase();
  const writers = [await openEngine(database, { redis }), await openEngine(database, { redis })] as const;
  const [engine, other] = writers;
  const reader = await openEngine(database, { redis });
  const reported: unknown[] = [];
  const quiet = await openEngine(database, { redis, report: (error) => reported.push(error) });
  const orgId = await newOrganisation(engine);

  describe(way, () => {
    test('a follower sees every position once, in order, while two engines write', async () => {
      const voters = newVoters(600);
      const elections = [await openElection(engine, orgId, voters), await openElection(other, orgId, voters)];
      const seen: LogEntry[] = [];
      const late: LogEntry[] = [];
      const first = await reader.feed.follow(orgId, 0, (entries) => void seen.push(...entries));
      const casts = voters.flatMap((voter, i) =>
        elections.map(async (election, e) => {
          await sleep((i % 60) * 5); // many small batches of both
          return accepted(await (writers[(i + e) % 2] ?? engine).elections.cast(orgId, castOf(election, voter)));
        }),
      );
      await sleep(100);
      const second = await reader.feed.follow(orgId, 3, (entries) => void late.push(...entries));
      await Promise.all(casts);
      const head = await reader.feed.pos(orgId);
      await eventually(() => seen.at(-1)?.pos === head && late.at(-1)?.pos === head, 'both are at the head');
      expect(seen.map(({ pos }) => pos)).toEqual(Array.from({ length: head }, (_, i) => i + 1));
      expect(late.map(({ pos }) => pos)).toEqual(Array.from({ length: head - 3 }, (_, i) => i + 4));
      const sizes = seen.filter(({ kind }) => kind === 'election.ballots').map(({ payload }) => Number(payload.size));
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2 * voters.length);
      first.stop();
      second.stop();
    });

    test('a follower that has stopped is told nothing more; one from now hears only what comes', async () => {
      const stopped: LogEntry[] = [];
      const fresh: LogEntry[] = [];
      const following = await reader.feed.follow(orgId, null, (entries) => void stopped.push(...entries));
      following.stop();
      const { pos, epoch, stop } = await reader.feed.follow(orgId, null, (entries) => void fresh.push(...entries));
      expect(epoch).toBe(engine.feed.epoch());
      await newElection(engine, orgId);
      await eventually(() => fresh.length > 0, 'the election is announced');
      expect(fresh.map((entry) => entry.pos)).toEqual([pos + 1]);
      expect(stopped).toEqual([]);
      stop();
    });

    test('a listener that throws does not silence the others', async () => {
      const seen: LogEntry[] = [];
      const bad = await quiet.feed.follow(orgId, null, () => {
        throw new Error('a bug of the listener');
      });
      const good = await quiet.feed.follow(orgId, null, (entries) => void seen.push(...entries));
      await newElection(engine, orgId);
      await sleep(150);
      await newElection(engine, orgId);
      await eventually(() => seen.length >= 2, 'the other listener hears of both elections');
      expect(String(reported[0])).toContain('a bug of the listener');
      bad.stop();
      good.stop();
    });

    test.each([
      ['secret', 3],
      ['named', 1],
    ] as const)('a watcher on one engine sees a %s vote on another grow and close', async (secrecy, step) => {
      const voters = newVoters(120);
      const election = await openElection(engine, orgId, voters, { secrecy });
      const figures: TallyFigures[] = [];
      const { stop } = accepted(
        await reader.elections.watchTally(orgId, election.electionId, (each) => void figures.push(each)),
      );
      expect(figures.map(({ cast }) => cast)).toEqual([0]);
      for (let i = 0; i < voters.length; i += 4) {
        const some = voters.slice(i, i + 4).map((voter, j) => {
          const choice = (i + j) % 3 === 0 ? 'no' : 'yes';
          return writers[j % 2]?.elections.cast(orgId, castOf(election, voter, { choice }));
        });
        await Promise.all(some);
        await sleep(15);
      }
      accepted(await other.elections.close(orgId, election.electionId, 'mia'));
      await eventually(() => figures.at(-1)?.final === true && figures.at(-1)?.counted === 120, 'the final figures');
      accepted(await other.elections.result(orgId, election.electionId)); // the urn is sealed now: no batch is left to follow
      accepted(await other.elections.publish(orgId, election.electionId, 'mia'));
      await eventually(() => figures.at(-1)?.state === 'published', 'that the result is published');
      stop();
      for (const [i, { cast, counted, options, final, pos }] of figures.entries()) {
        const before = figures[i - 1];
        expect(options?.reduce((sum, { count }) => sum + count, 0)).toBe(counted);
        expect(cast).toBeGreaterThanOrEqual(counted);
        if (final) expect(cast).toBe(counted);
        if (before === undefined) continue;
        expect(pos).toBeGreaterThanOrEqual(before.pos);
        const grown = counted - before.counted;
        expect(grown === 0 || final || grown >= step).toBe(true);
      }
      expect(figures.at(-1)?.options?.map(({ option, count }) => [option, count])).toEqual([
        ['yes', 80],
        ['no', 40],
      ]);
      expect(figures.length).toBeGreaterThan(3);
    });

    test.each([
      ['count', 2],
      ['hidden', null],
    ] as const)('visibility %s shows no option before the close', async (visibility, cast) => {
      const voters = newVoters(2) as [Voter, Voter];
      const election = await openElection(engine, orgId, voters, { visibility });
      for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
      expect(accepted(await reader.elections.tally(orgId, election.electionId))).toMatchObject({
        cast,
        counted: 0,
        options: null,
      });
      accepted(await engine.elections.close(orgId, election.electionId, 'mia'));
      const shown = accepted(await reader.elections.tally(orgId, election.electionId));
      expect(shown).toMatchObject({ cast: 2, counted: 2, final: true });
    });
  });
}
