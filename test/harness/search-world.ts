import { afterAll } from 'vitest';
import { connect } from '../../engine/db/connect.ts';
import type { Transaction } from '../../engine/db/index.ts';
import type {
  Engine,
  SearchAnswer,
  SearchDifference,
  SearchOptions,
  SearchReader,
  SearchRequest,
  SearchSource,
} from '../../engine/index.ts';
import { accepted, newOrganisation, openEngine } from './engines.ts';
import { freshDatabase } from './postgres.ts';

/** A kind that the product does not have: what it takes to add one is this source, one table and one call. */
const suggestions: SearchSource = {
  kind: 'suggestions',
  readers: { organisation: 'elections.read', meeting: null, drafts: 'results.preview' },
  documents: (tx: Transaction, orgId, ids) => tx`
    SELECT s.suggestion_id AS id, s.title, s.description AS body, NULL::uuid AS "meetingId", 'open' AS state, false AS draft,
      s.created_at AS at, 'en' AS locale
    FROM app.suggestions s WHERE s.org_id = ${orgId} AND s.suggestion_id = ANY (${`{${ids.join(',')}}`}::text::uuid[])`,
  ids: async (tx: Transaction, orgId, after, limit) => {
    const rows = await tx<{ id: string }[]>`SELECT s.suggestion_id AS id FROM app.suggestions s
      WHERE s.org_id = ${orgId} AND (${after}::uuid IS NULL OR s.suggestion_id > ${after}::uuid) ORDER BY 1 LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  },
};

/** A database with an engine whose search also knows suggestions, and two organisations. */
export interface SearchWorld {
  readonly engine: Engine;
  /** a superuser of the database, past every rule */
  readonly superuser: ReturnType<typeof connect>;
  readonly orgId: string;
  readonly otherOrgId: string;
  suggest(orgId: string, title: string, description?: string): Promise<void>;
  /** Everything that changed is found from now on. @throws where search and database differ afterwards */
  settle(): Promise<void>;
  differences(): Promise<SearchDifference[]>;
  search(request: SearchRequest, reader?: Partial<SearchReader>): Promise<SearchAnswer>;
  /** titles, best first */
  titles(q: string, reader?: Partial<SearchReader>): Promise<string[]>;
  /** whoever may find everything of the organisation */
  reader(orgId?: string): SearchReader;
}

export async function openSearchWorld(options: SearchOptions): Promise<SearchWorld> {
  const database = await freshDatabase();
  const superuser = connect({ url: database.ownerUrl, prepare: true }, 2, 'test superuser');
  afterAll(() => superuser.end());
  await superuser.unsafe(`
    SET ROLE psephos_owner;
    CREATE TABLE app.suggestions (org_id uuid NOT NULL, suggestion_id uuid DEFAULT gen_random_uuid(), title text NOT NULL,
      description text NOT NULL, created_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (org_id, suggestion_id));
    ALTER TABLE app.suggestions ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_organisation ON app.suggestions USING (org_id = (SELECT app.current_org()));
    GRANT SELECT ON app.suggestions TO psephos_app;
    SELECT app.follow_search('app.suggestions', 'suggestions', 'suggestion_id', 'suggestion_id', '{title,description}');
    RESET ROLE;`);
  const engine = await openEngine(database, { search: { ...options, sources: [suggestions] } });
  const orgId = await newOrganisation(engine, 'Our club');
  const otherOrgId = await newOrganisation(engine, 'Their club');
  await engine.search.prepare();
  const reader = (of = orgId) => ({
    orgId: of,
    meetingId: null,
    audience: null,
    kinds: engine.search.sources.map(({ kind }) => ({ kind, drafts: true })),
  });
  const differences = async () => {
    const found: SearchDifference[] = [];
    await engine.search.check({ orgId: null, kind: null }, (difference) => found.push(difference));
    return found;
  };
  const search = async (request: SearchRequest, more: Partial<SearchReader> = {}) =>
    accepted(await engine.search.search({ ...reader(), ...more }, request));
  return {
    engine,
    superuser,
    orgId,
    otherOrgId,
    suggest: async (of, title, description = '') => {
      await superuser`INSERT INTO app.suggestions (org_id, title, description) VALUES (${of}, ${title}, ${description})`;
    },
    settle: async () => {
      for (const of of [orgId, otherOrgId]) await engine.search.catchUp(of);
      const wrong = await differences(); // also makes a search server show what it has
      if (wrong.length > 0) throw new Error(`search and database differ: ${JSON.stringify(wrong)}`);
    },
    differences,
    search,
    titles: async (q, more) => {
      const { hits } = await search({ q, limit: 50 }, more);
      return hits.map(({ title }) => title.map(({ text }) => text).join(''));
    },
    reader,
  };
}
