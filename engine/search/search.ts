import { SEARCH_LANGUAGES } from '../../protocol/search.ts';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type {
  SearchBackend,
  SearchDifference,
  SearchFound,
  SearchProgress,
  SearchQuestion,
  SearchReader,
  SearchScope,
  SearchSort,
  SimilarQuestion,
  SimilarTitle,
} from './backend.ts';
import type { SearchLanguage, SearchSource } from './document.ts';
import { Indexing, type IndexingRun } from './indexing.ts';
import { tellingWords } from './language.ts';
import { likeness } from './likeness.ts';
import { OpenSearchBackend } from './opensearch/backend.ts';
import { isMissing, isServerAway, openClient } from './opensearch/client.ts';
import { Indices } from './opensearch/indices.ts';
import { PostgresSearch } from './postgres.ts';
import * as queries from './queries.ts';
import { SOURCES } from './sources/index.ts';

export interface SearchOptions {
  /** http(s)://… of an OpenSearch server; without it PostgreSQL answers alone */
  readonly openSearchUrl?: string | undefined;
  /** what its indices begin with, where several installations share a server */
  readonly indexPrefix?: string;
  /** how long the server has for an answer before PostgreSQL gives it; milliseconds */
  readonly serverTimeoutMs?: number;
  /** kinds beside the product's own, for tests of a new one */
  readonly sources?: readonly SearchSource[];
}

export interface SearchRequest {
  readonly q: string;
  /** only these; all that the reader may find if left out */
  readonly kinds?: readonly string[] | undefined;
  readonly state?: string | undefined;
  /** the name of a tag of ideas */
  readonly tag?: string | undefined;
  /** in one campaign alone, by its id */
  readonly campaignId?: string | undefined;
  /** by relevance if left out */
  readonly sort?: SearchSort | undefined;
  /** language of the question; all are tried if left out */
  readonly language?: SearchLanguage | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export interface SearchAnswer extends SearchFound {
  /** who answered: PostgreSQL stands in for a search server that does not */
  readonly answeredBy: SearchBackend['name'];
  readonly nextCursor: string | null;
}

export interface SimilarAnswer {
  readonly items: readonly (SimilarTitle & {
    /** 0 to 1 */
    readonly likeness: number;
  })[];
}

/** What the search has done since the start of this process, and what waits. */
export interface SearchFigures {
  readonly answered: Readonly<Record<SearchBackend['name'], number>>;
  /** questions that PostgreSQL answered in place of the search server */
  readonly fallbacks: number;
  readonly dirty: number;
  readonly outbox: number;
}

const NO_CURSOR = refuse('invalid_input', 'This is no cursor of this search. Begin again without one.');

/** Finds what an organisation has: elections, results, meetings, members, ideas. */
export class Search {
  readonly #database: Database;
  readonly #sources: readonly SearchSource[];
  readonly #embedded: PostgresSearch;
  readonly #server: OpenSearchBackend | null;
  readonly #indexing: Indexing;
  readonly #report: (error: unknown) => void;
  readonly #answered = { postgresql: 0, opensearch: 0 };
  #fallbacks = 0;
  /** the server is not asked before this, by performance.now() */
  #serverAwayUntilMs = 0;

  constructor(database: Database, options: SearchOptions, report: (error: unknown) => void) {
    this.#database = database;
    this.#sources = [...SOURCES, ...(options.sources ?? [])];
    this.#report = report;
    const { openSearchUrl: url, indexPrefix = 'psephos', serverTimeoutMs = limits.searchServerTimeoutMs } = options;
    const kinds = this.#sources.map(({ kind }) => kind);
    if (url === undefined) this.#server = null;
    else {
      const client = openClient(url);
      const indices = new Indices(client, indexPrefix, (line) => process.emitWarning(line));
      this.#server = new OpenSearchBackend({ client, indices, database, kinds, timeoutMs: serverTimeoutMs });
    }
    this.#embedded = new PostgresSearch(database, this.#sources, this.#server !== null);
    this.#indexing = new Indexing(database, this.#sources, this.#server);
  }

  /** Every kind, and the permissions that its readers need. */
  get sources(): readonly Pick<SearchSource, 'kind' | 'readers'>[] {
    return this.#sources;
  }

  /** Where documents are kept: the one that is asked first stands first. */
  get backends(): readonly SearchBackend[] {
    return this.#server === null ? [this.#embedded] : [this.#server, this.#embedded];
  }

  /** A page of what fits every word of the question. Words of no meaning are passed over; past 8 words nothing is added. */
  async search(reader: SearchReader, request: SearchRequest): Promise<Outcome<SearchAnswer>> {
    const offset = offsetOf(request.cursor);
    if (offset === null) return NO_CURSOR;
    const limit = request.limit ?? limits.searchPageRows;
    const words = tellingWords(request.q, limits.searchQuestionItems);
    const question: SearchQuestion = {
      reader,
      words,
      languages: request.language === undefined ? SEARCH_LANGUAGES : [request.language],
      onlyKinds: request.kinds ?? null,
      state: request.state ?? null,
      tag: request.tag ?? null,
      campaignId: request.campaignId ?? null,
      sort: request.sort ?? 'relevance',
      offset,
      limit,
    };
    return guarded(async () => {
      if (words.length === 0 || reader.kinds.length === 0)
        return accept({ ...NOTHING, answeredBy: this.backends[0]?.name ?? 'postgresql' });
      const { found, by } = await this.#ask((backend) => backend.search(question));
      const next = offset + found.hits.length;
      const more =
        found.hits.length === limit && next < limits.searchMaxRows && (next < found.total || !found.complete);
      return accept({ ...found, answeredBy: by, nextCursor: more ? cursorOf(next) : null });
    });
  }

  /**
   * Titles of one kind that may mean the same as this one, the likeliest first; for whoever writes a new one.
   * @param within ideas: of which campaign, and what else is said, whose words are looked for as well
   */
  async similar(
    reader: SearchReader,
    kind: string,
    title: string,
    within: { readonly campaignId: string | null; readonly besides?: string | undefined } = { campaignId: null },
  ): Promise<Outcome<SimilarAnswer>> {
    const words = tellingWords(`${title} ${within.besides ?? ''}`, limits.searchQuestionItems);
    if (words.length === 0 || !reader.kinds.some((may) => may.kind === kind)) return accept({ items: [] });
    const question: SimilarQuestion = {
      reader,
      kind,
      campaignId: within.campaignId,
      title,
      words,
      languages: SEARCH_LANGUAGES,
      limit: limits.searchSimilarCandidateRows,
    };
    return guarded(async () => {
      const { found } = await this.#ask((backend) => backend.similar(question));
      const items = found
        .map((one) => ({ ...one, likeness: Math.round(likeness(title, one.title) * 100) / 100 }))
        .filter((one) => one.likeness * 100 >= limits.searchLikenessPercent)
        .sort((a, b) => b.likeness - a.likeness || a.title.localeCompare(b.title) || a.id.localeCompare(b.id))
        .slice(0, limits.searchSimilarRows);
      return accept({ items });
    });
  }

  /** Takes in what has changed in an organisation; called after changes, as often as one likes. */
  async catchUp(orgId: string): Promise<IndexingRun> {
    return this.#indexing.catchUp(orgId);
  }

  /** Sees to it that a search server has its indices, and all that they lack; called now and then. False: it is away. */
  async prepare(): Promise<boolean> {
    try {
      await this.#indexing.prepare();
      return true;
    } catch (error) {
      if (isServerAway(error)) return false;
      throw error;
    }
  }

  /** Builds everything anew, first in the database, then in the search server; searches and changes go on meanwhile. */
  async reindex(scope: SearchScope, progress: SearchProgress): Promise<number> {
    let documents = 0;
    for (const backend of this.backends.toReversed()) documents = await backend.reindex(scope, progress);
    return documents;
  }

  /** Proves that what is found is what is there: every document of each place, compared with the tables. */
  async check(scope: SearchScope, differs: (difference: SearchDifference) => void): Promise<number> {
    let compared = 0;
    for (const backend of this.backends.toReversed()) compared += await backend.check(scope, differs);
    return compared;
  }

  async figures(): Promise<SearchFigures> {
    const waiting = await this.#database.management.call((sql) => queries.countWaiting(sql));
    return { answered: { ...this.#answered }, fallbacks: this.#fallbacks, ...waiting };
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** The server, or PostgreSQL in its place: after a failure for a moment without asking. */
  async #ask<T>(question: (backend: SearchBackend) => Promise<T>): Promise<{ found: T; by: SearchBackend['name'] }> {
    if (this.#server !== null) {
      if (performance.now() >= this.#serverAwayUntilMs) {
        try {
          const found = await question(this.#server);
          this.#answered.opensearch += 1;
          return { found, by: this.#server.name };
        } catch (error) {
          this.#serverAwayUntilMs = performance.now() + limits.breakerOpenMs;
          if (!isServerAway(error) && !isMissing(error)) this.#report(error); // indices come with the first document
        }
      }
      this.#fallbacks += 1;
    }
    const found = await question(this.#embedded);
    this.#answered.postgresql += 1;
    return { found, by: this.#embedded.name };
  }
}

const NOTHING = { hits: [], total: 0, complete: true, kinds: {}, states: {}, tags: {}, nextCursor: null };

function cursorOf(offset: number): string {
  return Buffer.from(`after:${offset}`).toString('base64url');
}

/** Where a page begins; null for what no search gave out. */
function offsetOf(cursor: string | undefined): number | null {
  if (cursor === undefined) return 0;
  const offset = /^after:([1-9][0-9]{0,3})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  return offset !== undefined && Number(offset) <= limits.searchMaxRows ? Number(offset) : null;
}
