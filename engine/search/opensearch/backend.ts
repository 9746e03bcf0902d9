import type { Client } from '@opensearch-project/opensearch';
import type { Database } from '../../db/index.ts';
import { limits } from '../../limits.ts';
import type {
  GoneDocument,
  SearchBackend,
  SearchDifference,
  SearchFound,
  SearchProgress,
  SearchQuestion,
  SearchReader,
  SearchScope,
  SimilarQuestion,
  SimilarTitle,
  VersionedDocument,
} from '../backend.ts';
import { type DocumentDigest, differencesBetween, digestOf } from '../digest.ts';
import type { IdeaFacts, SearchDocument } from '../document.ts';
import { excerpt, inOneLine, mark, type Segment, segmentsOf } from '../marks.ts';
import { organisationsIn } from '../organisations.ts';
import * as queries from '../queries.ts';
import type { Indices, Target } from './indices.ts';
import { searchBody, similarBody, walkBody } from './questions.ts';

/** What is kept of a document beside the fields of its language. */
interface Source {
  readonly kind: string;
  readonly id: string;
  readonly language: SearchDocument['language'];
  readonly title: string;
  readonly body: string;
  readonly meeting_id: string | null;
  readonly state: string;
  readonly draft: boolean;
  readonly at: string;
  /** documents that everybody may find, and those of an older mapping, have none */
  readonly audience?: readonly string[];
  /** of ideas alone */
  readonly campaign_id?: string;
  readonly tags?: readonly string[];
  readonly submitter_name?: string;
  readonly coin_count?: number | null;
  readonly context_id?: string | null;
}

interface Hit {
  readonly _source: Source;
  readonly highlight?: Readonly<Record<string, readonly string[]>>;
  readonly sort?: readonly unknown[];
}

interface Buckets {
  readonly values: { readonly buckets: readonly { readonly key: string; readonly doc_count: number }[] };
}

interface Answer {
  readonly hits: {
    readonly hits: readonly Hit[];
    readonly total?: { readonly value: number; readonly relation: string };
  };
  readonly aggregations?: { readonly kinds: Buckets; readonly states: Buckets; readonly tags: Buckets };
}

const VERSION_CONFLICT = 409;
const TAKEN_OVER = 'another reindex has begun and removed the index of this one';

/** Search by an OpenSearch server: it is fed from search_documents and can be thrown away at any time. */
export class OpenSearchBackend implements SearchBackend {
  readonly name = 'opensearch' as const;
  readonly #client: Client;
  readonly #indices: Indices;
  readonly #database: Database;
  readonly #kinds: readonly string[];
  readonly #timeoutMs: number;

  constructor(parts: {
    readonly client: Client;
    readonly indices: Indices;
    readonly database: Database;
    readonly kinds: readonly string[];
    /** for the answer to a question */
    readonly timeoutMs: number;
  }) {
    this.#client = parts.client;
    this.#indices = parts.indices;
    this.#database = parts.database;
    this.#kinds = parts.kinds;
    this.#timeoutMs = parts.timeoutMs;
  }

  async search(question: SearchQuestion): Promise<SearchFound> {
    const { hits, aggregations } = await this.#ask(question.reader, searchBody(question));
    const words = question.words.map(({ word }) => word);
    const counts = (of: Buckets | undefined) =>
      Object.fromEntries((of?.values.buckets ?? []).map(({ key, doc_count }) => [key, doc_count]));
    return {
      hits: hits.hits.map(({ _source, highlight }) => ({
        kind: _source.kind,
        id: _source.id,
        title: markedIn(highlight, 'title') ?? mark(_source.title, words),
        excerpt: markedIn(highlight, 'body') ?? excerpt(_source.body, words),
        meetingId: _source.meeting_id,
        state: _source.state,
        at: new Date(_source.at),
        idea: ideaIn(_source),
      })),
      total: hits.total?.value ?? 0,
      complete: hits.total?.relation === 'eq',
      kinds: counts(aggregations?.kinds),
      states: counts(aggregations?.states),
      tags: counts(aggregations?.tags),
    };
  }

  async similar(question: SimilarQuestion): Promise<SimilarTitle[]> {
    const { hits } = await this.#ask(question.reader, similarBody(question), [question.kind]);
    return hits.hits.map(({ _source }) => ({
      id: _source.id,
      title: _source.title,
      state: _source.state,
      meetingId: _source.meeting_id,
      coinCount: _source.coin_count ?? null,
    }));
  }

  async index(orgId: string, documents: readonly VersionedDocument[]): Promise<void> {
    for (const kind of new Set(documents.map((document) => document.kind))) {
      const of = documents.filter((document) => document.kind === kind);
      await this.#sendToAll(orgId, kind, of, []);
    }
  }

  async remove(orgId: string, gone: readonly GoneDocument[]): Promise<void> {
    for (const kind of new Set(gone.map((document) => document.kind))) {
      const of = gone.filter((document) => document.kind === kind);
      await this.#sendToAll(orgId, kind, [], of);
    }
  }

  /** Kinds that have no index to be searched. */
  async missing(): Promise<string[]> {
    const missing: string[] = [];
    for (const kind of this.#kinds) if (!(await this.#indices.exists(kind))) missing.push(kind);
    return missing;
  }

  /** Makes the index of a kind that has none. */
  async make(kind: string): Promise<void> {
    await this.#indices.make(kind);
  }

  /**
   * Everything: into new indices, which get all changes from their first moment on, and are switched to when they have it all.
   * One organisation: in place.
   */
  async reindex(scope: SearchScope, progress: SearchProgress): Promise<number> {
    for (const kind of await this.missing()) await this.make(kind);
    let documents = 0;
    for (const kind of this.#kindsIn(scope)) {
      const beside = scope.orgId === null ? await this.#indices.begin(kind) : null;
      for await (const orgId of organisationsIn(this.#database, scope)) {
        for await (const page of this.#stored(orgId, kind)) {
          if (beside === null) await this.index(orgId, page);
          else if (!(await this.#send(orgId, beside, page, []))) throw new Error(TAKEN_OVER);
          documents += page.length;
          progress({ place: this.name, kind, documents });
        }
        if (beside === null) await this.#removeLeftOver(orgId, kind);
      }
      if (beside !== null) await this.#indices.switchTo(kind, beside);
    }
    return documents;
  }

  async check(scope: SearchScope, differs: (difference: SearchDifference) => void): Promise<number> {
    let compared = 0;
    for (const kind of this.#kindsIn(scope)) {
      await this.#client.indices.refresh({ index: this.#indices.alias(kind) });
      for await (const orgId of organisationsIn(this.#database, scope)) {
        const { stored, wrong } = await this.#compare(orgId, kind);
        compared += stored;
        for (const { id, problem } of wrong) differs({ place: this.name, problem, orgId, kind, id });
      }
    }
    return compared;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** The only way to a search of the server: routed to one organisation's part, with a body that `within` has walled. */
  async #ask(reader: Pick<SearchReader, 'orgId'>, body: object, kinds = this.#kinds): Promise<Answer> {
    const index = kinds.map((kind) => this.#indices.alias(kind));
    const options = { requestTimeout: this.#timeoutMs };
    // a part that does not answer, e.g. an index that is replaced in this moment, is a failure: half of the hits would be a lie
    const request = { index, routing: reader.orgId, body, allow_partial_search_results: false };
    const { body: answer } = await this.#client.search(request, options);
    return answer as unknown as Answer;
  }

  /** To every index that takes documents of the kind; again where one of them was replaced meanwhile. */
  async #sendToAll(
    orgId: string,
    kind: string,
    documents: readonly VersionedDocument[],
    gone: readonly GoneDocument[],
  ): Promise<void> {
    for (;;) {
      let replaced = false;
      for (const target of await this.#indices.targets(kind)) {
        if (!(await this.#send(orgId, target, documents, gone))) replaced = true;
      }
      if (!replaced) return;
    }
  }

  /**
   * @returns false where the index is not there any more
   * @throws where the server did not take some of them, save older versions of what it has
   */
  async #send(
    orgId: string,
    { alias }: Target,
    documents: readonly VersionedDocument[],
    gone: readonly GoneDocument[],
  ): Promise<boolean> {
    if (documents.length + gone.length === 0) return true;
    const head = ({ id, version }: { id: string; version: number }) => ({
      _index: alias,
      _id: `${orgId}_${id}`,
      routing: orgId,
      version,
      version_type: 'external' as const,
      require_alias: true,
    });
    const operations = [
      ...documents.flatMap((document) => [{ index: head(document) }, fieldsOf(orgId, document)]),
      ...gone.map((document) => ({ delete: head(document) })),
    ];
    const { body } = await this.#client.bulk({ body: operations as never });
    const errors = body.items
      .flatMap((item) => Object.values(item))
      .flatMap(({ status, error }) => (error ? [{ status, error }] : []));
    if (errors.some(({ error }) => error.type === 'index_not_found_exception')) return false;
    const [first, ...more] = errors.filter(({ status }) => status !== VERSION_CONFLICT);
    if (first === undefined) return true;
    throw new Error(`the search server did not take ${more.length + 1} documents: ${JSON.stringify(first.error)}`);
  }

  async *#stored(orgId: string, kind: string): AsyncIterable<VersionedDocument[]> {
    let after: string | null = null;
    for (;;) {
      const from: string | null = after;
      const page: VersionedDocument[] = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectDocuments(tx, orgId, kind, from, limits.searchBatchRows),
      );
      if (page.length === 0) return;
      yield page;
      after = page.at(-1)?.id ?? null;
    }
  }

  async *#indexed(orgId: string, kind: string): AsyncIterable<DocumentDigest[]> {
    let after: string | null = null;
    for (;;) {
      const { hits } = await this.#ask({ orgId }, walkBody(orgId, kind, after, limits.searchBatchRows), [kind]);
      if (hits.hits.length === 0) return;
      yield hits.hits.map(({ _source }) => digestOf(documentOf(_source)));
      after = hits.hits.at(-1)?._source.id ?? null;
    }
  }

  /**
   * What is wrong in the server's index, against the documents as they are stored. What waits to be sent is passed over, and
   * what a second look finds right: it came in between the two readings.
   */
  async #compare(
    orgId: string,
    kind: string,
  ): Promise<{ stored: number; wrong: ReturnType<typeof differencesBetween> }> {
    const first = await this.#differences(orgId, kind);
    if (first.wrong.length === 0) return first;
    await this.#client.indices.refresh({ index: this.#indices.alias(kind) });
    const second = await this.#differences(orgId, kind);
    const waiting = await this.#database.management.withOrg(orgId, (tx) => queries.selectWaiting(tx, orgId, kind));
    const before = new Set(first.wrong.map(({ id }) => id));
    return { stored: second.stored, wrong: second.wrong.filter(({ id }) => before.has(id) && !waiting.has(id)) };
  }

  async #differences(orgId: string, kind: string) {
    const indexed: DocumentDigest[] = [];
    for await (const page of this.#indexed(orgId, kind)) indexed.push(...page);
    const stored: DocumentDigest[] = [];
    for await (const page of this.#stored(orgId, kind)) stored.push(...page.map(digestOf));
    return { stored: stored.length, wrong: differencesBetween(stored, indexed) };
  }

  async #removeLeftOver(orgId: string, kind: string): Promise<void> {
    await this.#client.indices.refresh({ index: this.#indices.alias(kind) });
    const { wrong } = await this.#compare(orgId, kind);
    const version = await this.#database.management.call((sql) => queries.nextVersion(sql));
    const left = wrong.filter(({ problem }) => problem === 'left over').map(({ id }) => ({ kind, id, version }));
    await this.remove(orgId, left);
  }

  #kindsIn({ kind }: SearchScope): readonly string[] {
    return this.#kinds.filter((known) => kind === null || known === kind);
  }
}

/** Without the fields of ideas where it is none: see MAPPING_VERSION. */
function fieldsOf(orgId: string, { version: _, meetingId, at, audience, idea, ...document }: VersionedDocument) {
  return {
    ...document,
    ...(audience.length === 0 ? {} : { audience }),
    ...(idea === null
      ? {}
      : {
          campaign_id: idea.campaignId,
          tags: idea.tags,
          submitter_name: idea.submitterName,
          coin_count: idea.coinCount,
          context_id: idea.contextId,
        }),
    org_id: orgId,
    meeting_id: meetingId,
    at: at.toISOString(),
    [`title_${document.language}`]: document.title,
    [`body_${document.language}`]: document.body,
  };
}

function ideaIn(source: Source): IdeaFacts | null {
  if (source.campaign_id === undefined) return null;
  return {
    campaignId: source.campaign_id,
    tags: source.tags ?? [],
    submitterName: source.submitter_name ?? '',
    coinCount: source.coin_count ?? null,
    contextId: source.context_id ?? null,
  };
}

function documentOf(source: Source): SearchDocument {
  const { id, kind, language, title, body, state, draft, meeting_id: meetingId, at, audience = [] } = source;
  return { id, kind, language, title, body, state, draft, meetingId, at: new Date(at), audience, idea: ideaIn(source) };
}

/** The marked text of whichever field of this name has marks: that of the words, or that of the stems of a language. */
function markedIn(highlight: Hit['highlight'], name: string): Segment[] | undefined {
  const found = Object.entries(highlight ?? {}).find(([field]) => field === name || field.startsWith(`${name}_`));
  return found === undefined ? undefined : segmentsOf(found[1].map(inOneLine).join(' … '));
}
