import type { Database, Transaction } from '../db/index.ts';
import { limits } from '../limits.ts';
import type {
  GoneDocument,
  SearchBackend,
  SearchDifference,
  SearchFound,
  SearchProgress,
  SearchQuestion,
  SearchScope,
  SimilarQuestion,
  SimilarTitle,
  VersionedDocument,
} from './backend.ts';
import { differencesBetween, digestOf } from './digest.ts';
import type { SearchDocument, SearchSource } from './document.ts';
import { excerpt, mark } from './marks.ts';
import { organisationsIn } from './organisations.ts';
import * as queries from './queries.ts';
import { readDocuments } from './reading.ts';

/**
 * The embedded search: PostgreSQL's full text over words and stems, words that nobody uses corrected by the lexicon. It is
 * kept up to date whether or not there is a search server, and answers when that does not.
 */
export class PostgresSearch implements SearchBackend {
  readonly name = 'postgresql' as const;
  readonly #database: Database;
  readonly #sources: readonly SearchSource[];
  /** whether a search server is to get what changes here */
  readonly #outbox: boolean;

  constructor(database: Database, sources: readonly SearchSource[], outbox: boolean) {
    this.#database = database;
    this.#sources = sources;
    this.#outbox = outbox;
  }

  async search(question: SearchQuestion): Promise<SearchFound> {
    const found = await this.#inOrganisation(question.reader.orgId, (tx) => queries.searchDocuments(tx, question));
    return {
      hits: found.hits.map((hit) => ({
        kind: hit.kind,
        id: hit.id,
        title: mark(hit.title, found.words),
        excerpt: excerpt(hit.body, found.words),
        meetingId: hit.meeting_id,
        state: hit.state,
        at: new Date(hit.at),
        idea: queries.ideaOf(hit),
      })),
      total: found.total,
      complete: found.complete,
      kinds: found.kinds ?? {},
      states: found.states ?? {},
      tags: found.tags ?? {},
    };
  }

  async similar(question: SimilarQuestion): Promise<SimilarTitle[]> {
    return this.#inOrganisation(question.reader.orgId, (tx) => queries.selectSimilar(tx, question));
  }

  async index(orgId: string, documents: readonly VersionedDocument[]): Promise<void> {
    await this.#put(orgId, documents, []);
  }

  async remove(orgId: string, gone: readonly GoneDocument[]): Promise<void> {
    await this.#put(orgId, [], gone);
  }

  /** In place, a batch at a time: a batch holds up the indexing of its organisation for a moment, and no search. */
  async reindex(scope: SearchScope, progress: SearchProgress): Promise<number> {
    let documents = 0;
    for await (const orgId of organisationsIn(this.#database, scope)) {
      for (const source of this.#sourcesIn(scope)) {
        for await (const ids of this.#pages(orgId, source)) {
          await this.#atLeisure(orgId, async (tx) => {
            await queries.waitForIndexing(tx, orgId);
            const { present, gone } = await readDocuments(tx, orgId, source, ids);
            await queries.putDocuments(tx, orgId, present, gone, this.#outbox);
            documents += present.length;
          });
          progress({ place: this.name, kind: source.kind, documents });
        }
      }
    }
    return documents;
  }

  async check(scope: SearchScope, differs: (difference: SearchDifference) => void): Promise<number> {
    let compared = 0;
    for await (const orgId of organisationsIn(this.#database, scope)) {
      for (const source of this.#sourcesIn(scope)) {
        for await (const ids of this.#pages(orgId, source)) {
          await this.#atLeisure(orgId, async (tx) => {
            // one moment for both: the lock keeps the indexing away, and what waits for it is passed over
            await queries.waitForIndexing(tx, orgId);
            const { present } = await readDocuments(tx, orgId, source, ids);
            const stored = await queries.selectDocumentsById(tx, orgId, source.kind, ids);
            const waiting = await queries.selectWaiting(tx, orgId, source.kind);
            compared += present.length;
            for (const { id, problem } of differencesBetween(present.map(digestOf), stored.map(digestOf))) {
              if (!waiting.has(id)) differs({ place: this.name, problem, orgId, kind: source.kind, id });
            }
          });
        }
      }
    }
    return compared;
  }

  async #put(orgId: string, documents: readonly SearchDocument[], gone: readonly GoneDocument[]): Promise<void> {
    await this.#atLeisure(orgId, async (tx) => {
      await queries.waitForIndexing(tx, orgId);
      await queries.putDocuments(tx, orgId, documents, gone, this.#outbox);
    });
  }

  /** Ids that the tables or the documents have, so that what is left over is seen too. */
  async *#pages(orgId: string, source: SearchSource): AsyncIterable<string[]> {
    let after: string | null = null;
    for (;;) {
      const from: string | null = after;
      const page: string[] = await this.#atLeisure(orgId, async (tx) => {
        const limit = limits.searchBatchRows;
        const there = await source.ids(tx, orgId, from, limit);
        const kept = (await queries.selectDocuments(tx, orgId, source.kind, from, limit)).map(({ id }) => id);
        return [...new Set([...there, ...kept])].sort().slice(0, limit);
      });
      if (page.length === 0) return;
      yield page;
      after = page.at(-1) ?? null;
    }
  }

  #sourcesIn({ kind }: SearchScope): readonly SearchSource[] {
    return this.#sources.filter((source) => kind === null || source.kind === kind);
  }

  #inOrganisation<T>(orgId: string, work: (tx: Transaction) => Promise<T>, timeoutMs?: number): Promise<T> {
    return this.#database.management.withOrg(orgId, work, timeoutMs);
  }

  /** The same for what nobody waits for. */
  #atLeisure<T>(orgId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#inOrganisation(orgId, work, limits.searchIndexTimeoutMs);
  }
}
