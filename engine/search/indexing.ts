import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { VersionedDocument } from './backend.ts';
import type { SearchSource } from './document.ts';
import type { OpenSearchBackend } from './opensearch/backend.ts';
import { isServerAway } from './opensearch/client.ts';
import { organisationsIn } from './organisations.ts';
import * as queries from './queries.ts';
import { readDocuments } from './reading.ts';

/** What one run of the indexing did. */
export interface IndexingRun {
  /** documents that changed in the database */
  readonly indexed: number;
  /** documents that the search server got or forgot */
  readonly sent: number;
  /** the search server did not answer: what it has not got waits */
  readonly serverAway: boolean;
}

/**
 * Brings the search of one organisation up to date. Two steps: changes become documents in the database, in one transaction
 * with the removal of the notes that they had changed; then a search server gets what waits for it. Each may be repeated, and
 * done by several processes at once.
 */
export class Indexing {
  readonly #database: Database;
  readonly #sources: ReadonlyMap<string, SearchSource>;
  readonly #server: OpenSearchBackend | null;

  constructor(database: Database, sources: readonly SearchSource[], server: OpenSearchBackend | null) {
    this.#database = database;
    this.#sources = new Map(sources.map((source) => [source.kind, source]));
    this.#server = server;
  }

  /** @throws on bugs and a lost database; a search server that is away is no failure */
  async catchUp(orgId: string): Promise<IndexingRun> {
    let indexed = 0;
    for (;;) {
      const batch = await this.#document(orgId);
      indexed += batch.changed;
      if (batch.taken < limits.searchBatchRows) break;
    }
    if (this.#server === null) return { indexed, sent: 0, serverAway: false };
    try {
      const sent = await this.#send(orgId, this.#server);
      return { indexed, sent, serverAway: false };
    } catch (error) {
      if (!isServerAway(error)) throw error;
      await this.#database.management.withOrg(orgId, (tx) => queries.setRetry(tx, orgId, limits.searchRetryMs));
      return { indexed, sent: 0, serverAway: true };
    }
  }

  async #document(orgId: string): Promise<{ taken: number; changed: number }> {
    return this.#database.management.withOrg(
      orgId,
      async (tx) => {
        // one at a time: whoever reads later writes later, so that a document never goes back to what it was
        if (!(await queries.lockIndexing(tx, orgId))) return { taken: 0, changed: 0 };
        const dirty = await queries.selectDirty(tx, orgId, limits.searchBatchRows);
        if (dirty.length === 0) return { taken: 0, changed: 0 };
        let changed = 0;
        for (const kind of new Set(dirty.map((row) => row.kind))) {
          const source = this.#sources.get(kind);
          if (source === undefined) continue; // of a newer version of this product, or of an older one
          const ids = dirty.filter((row) => row.kind === kind).map(({ id }) => id);
          const { present, gone } = await readDocuments(tx, orgId, source, ids);
          changed += await queries.putDocuments(tx, orgId, present, gone, this.#server !== null);
        }
        await queries.deleteDirty(
          tx,
          orgId,
          dirty.map(({ version }) => version),
        );
        return { taken: dirty.length, changed };
      },
      limits.searchIndexTimeoutMs,
    );
  }

  /**
   * Makes the indices that a search server lacks: a new server, or one that lost them. Everything of their kinds is marked as
   * waiting before an index is made, so that whoever dies in between leaves nothing out.
   */
  async prepare(): Promise<void> {
    if (this.#server === null) return;
    for (const kind of await this.#server.missing()) {
      for await (const orgId of organisationsIn(this.#database, { orgId: null })) {
        await this.#database.management.withOrg(orgId, (tx) => queries.queueDocuments(tx, orgId, kind));
      }
      await this.#server.make(kind);
    }
  }

  async #send(orgId: string, server: OpenSearchBackend): Promise<number> {
    let sent = 0;
    let prepared = false;
    for (;;) {
      const rows = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectOutbox(tx, orgId, limits.searchBatchRows),
      );
      if (rows.length === 0) return sent;
      if (!prepared) await this.prepare();
      prepared = true;
      const present = rows
        .map(({ document }) => document)
        .filter((document): document is VersionedDocument => document !== null);
      await server.index(orgId, present);
      await server.remove(
        orgId,
        rows.filter(({ document }) => document === null),
      );
      await this.#database.management.withOrg(orgId, async (tx) => {
        await queries.deleteOutbox(tx, orgId, rows);
        await queries.clearRetry(tx, orgId);
      });
      sent += rows.length;
    }
  }
}
