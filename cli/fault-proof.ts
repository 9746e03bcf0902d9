import { chainName, createEngine, type DeadLetter, type Engine } from '../engine/index.ts';
import type { EngineProof, ProveEngine } from '../loadtest/fault/effects-auditor.ts';

const SEARCH_ATTEMPTS = 4;

/** What `npm run audit -- verify`, `npm run search -- check` and `npm run dead-letters -- list` would say. */
export const proveEngine: ProveEngine = async (databaseUrl, openSearchUrl) => {
  const engine = await createEngine({
    url: databaseUrl,
    still: true,
    search: { openSearchUrl: openSearchUrl ?? undefined },
  });
  try {
    return {
      brokenChains: await brokenChains(engine),
      ...(await searchFaults(engine)),
      deadLetters: await letters(engine),
    };
  } finally {
    await engine.close();
  }
};

async function brokenChains({ audit }: Engine): Promise<string[]> {
  const chains = await audit.chains();
  if (chains.length === 0) return ['there is no audit chain'];
  const found = await Promise.all(chains.map((orgId) => audit.verify(orgId)));
  return found.flatMap(({ orgId, problem }) =>
    problem === null ? [] : [`the chain of ${chainName(orgId)} is broken: ${problem.kind}: ${problem.message}`],
  );
}

type SearchFaults = Pick<EngineProof, 'searchMissing' | 'searchLeftOver'>;

/** A machine that is busy with everything at once answers late now and then: the look is taken again. */
async function searchFaults(engine: Engine, attempts = SEARCH_ATTEMPTS): Promise<SearchFaults> {
  return compareSearch(engine).catch((error: Error) => {
    if (error.name !== 'TimeoutError' || attempts <= 1) throw error;
    return searchFaults(engine, attempts - 1);
  });
}

async function compareSearch({ search }: Engine): Promise<SearchFaults> {
  const searchMissing: string[] = [];
  const searchLeftOver: string[] = [];
  const compared = await search.check({ orgId: null, kind: null }, ({ place, problem, kind, id }) => {
    const list = problem === 'left over' ? searchLeftOver : searchMissing;
    list.push(`${place}: ${problem}: ${kind} ${id}`);
  });
  if (compared === 0) searchMissing.push('the search has no document at all');
  return { searchMissing, searchLeftOver };
}

async function letters({ deadLetters }: Engine): Promise<string[]> {
  const all: DeadLetter[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await deadLetters.list(null, { cursor });
    if (!page.ok) throw new Error(`the dead letters could not be read: ${page.failure.message}`);
    all.push(...page.value.items);
    cursor = page.value.nextCursor;
  }
  return all.map(
    ({ queue, jobId, reason, attempts }) => `dead letter of ${queue}, job ${jobId}, ${attempts} attempts: ${reason}`,
  );
}
