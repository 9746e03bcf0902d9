import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { SearchScope } from './backend.ts';
import { selectOrganisations } from './queries.ts';

/** The organisations of a scope, one after the other. */
export async function* organisationsIn(
  database: Database,
  { orgId }: Pick<SearchScope, 'orgId'>,
): AsyncIterable<string> {
  if (orgId !== null) {
    yield orgId;
    return;
  }
  let after: string | null = null;
  for (;;) {
    const from: string | null = after;
    const page: string[] = await database.management.call((sql) =>
      selectOrganisations(sql, from, limits.searchBatchRows),
    );
    yield* page;
    after = page.at(-1) ?? null;
    if (page.length < limits.searchBatchRows) return;
  }
}
