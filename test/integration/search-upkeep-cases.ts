import { beforeAll, expect, test, vi } from 'vitest';
import { accepted, newElection } from '../harness/engines.ts';
import type { openSearchServer } from '../harness/opensearch.ts';
import { openSearchWorld, type SearchWorld } from '../harness/search-world.ts';

const EVERYTHING = { orgId: null, kind: null };
/** A server that was killed is up again within minutes on a busy machine. */
const RESTART_MS = 300_000;

/** Keeping the search equal to the database, in whichever place. */
export function upkeepCases(open: () => Promise<SearchWorld>): void {
  let world: SearchWorld;
  beforeAll(async () => {
    world = await open();
    for (let n = 0; n < 20; n += 1) await world.suggest(world.orgId, `Suggestion ${n} of ours`);
    await world.suggest(world.otherOrgId, 'Suggestion of theirs');
    await world.settle();
  });

  test('check finds what was planted: a changed, a missing and a superfluous document', async () => {
    const { superuser, orgId } = world;
    const [changed, missing] = await superuser<{ id: string }[]>`
      SELECT id FROM app.search_documents WHERE org_id = ${orgId} ORDER BY id LIMIT 2`;
    const extra = '00000000-0000-4000-8000-000000000001';
    await superuser`UPDATE app.search_documents SET title = 'Planted' WHERE id = ${changed?.id as string}`;
    await superuser`INSERT INTO app.search_documents SELECT (jsonb_populate_record(d, jsonb_build_object('id', ${extra}::text))).*
      FROM app.search_documents d WHERE d.id = ${missing?.id as string}`;
    await superuser`DELETE FROM app.search_documents WHERE id = ${missing?.id as string}`;
    const found = (await world.differences()).filter(({ place }) => place === 'postgresql');
    expect(found.map(({ problem, id }) => `${problem} ${id}`).sort()).toEqual(
      [`differs ${changed?.id}`, `left over ${extra}`, `missing ${missing?.id}`].sort(),
    );
    await world.engine.search.reindex({ orgId, kind: 'suggestions' }, () => {});
    await world.settle();
  });

  test('a reindex under writes loses none of them, and searches find everything meanwhile', async () => {
    const { engine, orgId } = world;
    let reindexing = true;
    let written = 0;
    const seen: number[] = [];
    const writing = async () => {
      while (reindexing) {
        await world.suggest(orgId, `Written meanwhile ${written}`);
        written += 1;
        await engine.search.catchUp(orgId);
      }
    };
    const searching = async () => {
      while (reindexing) seen.push((await world.search({ q: 'suggestion ours' })).total);
    };
    const steps: number[] = [];
    const reindex = async () => {
      await engine.search
        .reindex(EVERYTHING, ({ documents }) => steps.push(documents))
        .finally(() => {
          reindexing = false;
        });
    };
    await Promise.all([reindex(), writing(), searching()]);
    await world.settle();
    expect([steps.length > 0, written > 0, seen.length > 0, new Set(seen)]).toEqual([true, true, true, new Set([20])]);
    expect((await world.search({ q: 'written meanwhile' })).total).toBe(written);
  });

  test('changes of one organisation and kind can be indexed anew alone', async () => {
    const { engine, superuser, orgId } = world;
    await superuser`UPDATE app.search_documents SET title = 'Planted' WHERE org_id = ${orgId}`;
    await engine.search.reindex({ orgId, kind: 'suggestions' }, () => {});
    await world.settle();
    expect(await world.titles('planted')).toEqual([]);
  });

  test('two that index at the same time, and changes under them, end with the same', async () => {
    const { engine, orgId } = world;
    const election = await newElection(engine, orgId, { title: 'Beginning' });
    for (let n = 0; n < 8; n += 1) {
      accepted(await engine.elections.edit(orgId, election.electionId, { title: `Middle ${n}` }, 'test'));
      await Promise.all([engine.search.catchUp(orgId), engine.search.catchUp(orgId)]);
    }
    accepted(await engine.elections.edit(orgId, election.electionId, { title: 'Finish' }, 'test'));
    await world.settle();
    expect([await world.titles('finish'), await world.titles('middle')]).toEqual([['Finish'], []]);
  });
}

/** What only a server can suffer. */
export function serverCases(
  server: Awaited<ReturnType<typeof openSearchServer>>,
  options: Parameters<typeof openSearchWorld>[0],
): void {
  let world: SearchWorld;
  beforeAll(async () => {
    world = await openSearchWorld(options);
    await world.suggest(world.orgId, 'Before the outage');
    await world.settle();
  });

  test('check finds what was planted in the server itself', async () => {
    const index = `${options.indexPrefix}-suggestions`;
    const { hits } = (await (await fetch(`${server.url}/${index}/_search`)).json()) as {
      hits: { hits: { _id: string }[] };
    };
    const address = `${server.url}/${index}/_update/${hits.hits[0]?._id}?routing=${world.orgId}&refresh=true`;
    const planted = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ doc: { title: 'Planted' } }),
    });
    expect(planted.status).toBe(200);
    expect((await world.differences()).map(({ place, problem }) => [place, problem])).toEqual([
      ['opensearch', 'differs'],
    ]);
    await world.engine.search.reindex(EVERYTHING, () => {});
    await world.settle();
  });

  test('indices that were lost are made and filled again by themselves', async () => {
    await fetch(`${server.url}/${options.indexPrefix}-suggestions-v*`, { method: 'DELETE' });
    expect(await world.engine.search.prepare()).toBe(true);
    await world.settle();
    expect((await world.search({ q: 'outage' })).total).toBe(1);
  });

  test(
    'an outage: PostgreSQL answers, changes wait, and the index catches up by itself',
    async () => {
      if (server.kill9 === undefined || server.restart === undefined) {
        throw new Error('OPENSEARCH_URL names a server that must not be killed: leave it out for this test');
      }
      const { engine, orgId } = world;
      await server.kill9();
      await world.suggest(orgId, 'During the outage');
      expect(await engine.search.catchUp(orgId)).toMatchObject({ indexed: 1, sent: 0, serverAway: true });
      const meanwhile = await world.search({ q: 'outage' });
      expect([meanwhile.answeredBy, meanwhile.total]).toEqual(['postgresql', 2]);
      expect(await engine.search.figures()).toMatchObject({ outbox: 1, fallbacks: expect.any(Number) });
      await server.restart();
      await vi.waitFor(
        async () => {
          await engine.search.catchUp(orgId);
          const again = await world.search({ q: 'outage' });
          expect([again.answeredBy, again.total]).toEqual(['opensearch', 2]);
        },
        { timeout: RESTART_MS, interval: 250 },
      );
      expect(await world.differences()).toEqual([]);
    },
    RESTART_MS * 2,
  );
}
