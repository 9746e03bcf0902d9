import type { Sql, Transaction } from '../db/index.ts';
import type { GoneDocument, SearchQuestion, SimilarQuestion, SimilarTitle, VersionedDocument } from './backend.ts';
import type { IdeaFacts, SearchDocument } from './document.ts';
import { lexemesOf } from './words.ts';

/** SQL of this room. Arrays go in as JSON: no types are fetched for them. */

const textArray = (texts: readonly string[]) =>
  `{${texts.map((text) => `"${text.replaceAll(/(["\\])/g, '\\$1')}"`).join(',')}}`;

/** Of 100,000 documents that match, so many are ranked; where there are more the newest are the best. */
const RANKED_MAX_DOCUMENTS = 500;

/** The columns that only documents of ideas have. */
interface IdeaColumns {
  readonly campaign_id: string | null;
  readonly tags: readonly string[];
  readonly submitter_name: string | null;
  readonly coin_count: bigint | number | null;
  readonly context_id: string | null;
}

export function ideaOf(row: IdeaColumns): IdeaFacts | null {
  if (row.campaign_id === null) return null;
  return {
    campaignId: row.campaign_id,
    tags: row.tags,
    submitterName: row.submitter_name ?? '',
    coinCount: row.coin_count === null ? null : Number(row.coin_count),
    contextId: row.context_id,
  };
}

export interface FoundRows {
  readonly hits: readonly (IdeaColumns & {
    readonly kind: string;
    readonly id: string;
    readonly title: string;
    readonly body: string;
    readonly meeting_id: string | null;
    readonly state: string;
    readonly at: string;
  })[];
  readonly total: number;
  readonly complete: boolean;
  readonly kinds: Readonly<Record<string, number>> | null;
  readonly states: Readonly<Record<string, number>> | null;
  readonly tags: Readonly<Record<string, number>> | null;
  /** what was looked for, words that others were taken for included */
  readonly words: readonly string[];
}

function audienceOf({ audience }: SearchQuestion['reader']): string | null {
  return audience === null ? null : textArray(audience);
}

export async function searchDocuments(tx: Transaction, question: SearchQuestion): Promise<FoundRows> {
  const { reader, words, languages, onlyKinds, state, tag, campaignId, sort, offset, limit } = question;
  const drafts = reader.kinds.filter((kind) => kind.drafts);
  const [row] = await tx<{ found: FoundRows }[]>`
    SELECT door.search(${textArray(words.map(({ word }) => word))}::text::text[], ${textArray(words.map(({ raw }) => raw))}::text::text[],
      ${textArray(languages)}::text::text[], ${textArray(reader.kinds.map(({ kind }) => kind))}::text::text[],
      ${textArray(drafts.map(({ kind }) => kind))}::text::text[], ${reader.meetingId}::uuid, ${audienceOf(reader)}::text::text[], ${campaignId}::uuid,
      ${onlyKinds === null ? null : textArray(onlyKinds)}::text::text[], ${state}, ${tag}, ${sort}, ${offset}, ${limit}, ${RANKED_MAX_DOCUMENTS}) AS found`;
  return (row as { found: FoundRows }).found;
}

export async function selectSimilar(tx: Transaction, question: SimilarQuestion): Promise<SimilarTitle[]> {
  const { reader, kind, campaignId, words, languages, limit } = question;
  const drafts = reader.kinds.some((may) => may.kind === kind && may.drafts);
  return tx<SimilarTitle[]>`
    SELECT s.id, s.title, s.state, s.meeting_id AS "meetingId", s.coin_count::float8 AS "coinCount"
    FROM door.search_similar(${textArray(words.map(({ word }) => word))}::text::text[], ${textArray(words.map(({ raw }) => raw))}::text::text[],
      ${textArray(languages)}::text::text[], ${kind}, ${drafts}, ${reader.meetingId}::uuid, ${audienceOf(reader)}::text::text[], ${campaignId}::uuid, ${limit}) s`;
}

/** Keeps others from indexing this organisation until the transaction ends; false: another is at it. */
export async function lockIndexing(tx: Transaction, orgId: string): Promise<boolean> {
  const [row] = await tx<{ got: boolean }[]>`SELECT pg_try_advisory_xact_lock(7317, hashtext(${orgId})) AS got`;
  return row?.got ?? false;
}

/** The same, waiting for whoever is at it. */
export async function waitForIndexing(tx: Transaction, orgId: string): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(7317, hashtext(${orgId}))`;
}

export interface DirtyRow {
  readonly version: bigint;
  readonly kind: string;
  readonly id: string;
}

export async function selectDirty(tx: Transaction, orgId: string, limit: number): Promise<DirtyRow[]> {
  return tx<DirtyRow[]>`
    SELECT d.version, d.kind, d.id FROM app.search_dirty d WHERE d.org_id = ${orgId} ORDER BY d.version LIMIT ${limit}`;
}

export async function deleteDirty(tx: Transaction, orgId: string, versions: readonly bigint[]): Promise<void> {
  await tx`DELETE FROM app.search_dirty d WHERE d.org_id = ${orgId} AND d.version = ANY (${`{${versions.join(',')}}`}::text::bigint[])`;
}

/** @returns how many changed */
export async function putDocuments(
  tx: Transaction,
  orgId: string,
  documents: readonly SearchDocument[],
  gone: readonly { readonly kind: string; readonly id: string }[],
  outbox: boolean,
): Promise<number> {
  const rows = documents.map((document) => ({
    kind: document.kind,
    id: document.id,
    language: document.language,
    title: document.title,
    body: document.body,
    meeting_id: document.meetingId,
    state: document.state,
    draft: document.draft,
    at: document.at,
    audience: document.audience,
    campaign_id: document.idea?.campaignId ?? null,
    tags: document.idea?.tags ?? [],
    submitter_name: document.idea?.submitterName ?? null,
    coin_count: document.idea?.coinCount ?? null,
    context_id: document.idea?.contextId ?? null,
    ...lexemesOf(document.title, document.body),
  }));
  const [row] = await tx<{ changed: number }[]>`
    SELECT app.put_search_documents(${orgId}, ${JSON.stringify(rows)}::text::jsonb, ${JSON.stringify(gone)}::text::jsonb, ${outbox}) AS changed`;
  return row?.changed ?? 0;
}

interface DocumentRow extends Omit<SearchDocument, 'idea'>, IdeaColumns {
  readonly version: bigint;
}

function versioned(row: DocumentRow): VersionedDocument {
  const { version, campaign_id: _, tags: _1, submitter_name: _2, coin_count: _3, context_id: _4, ...document } = row;
  return { ...document, idea: ideaOf(row), version: Number(version) };
}

/** Columns of documents `d`, all but the version. */
function documentColumns(tx: Transaction) {
  return tx`d.language, d.title, d.body, d.meeting_id AS "meetingId", d.state, d.draft, d.at, to_json(d.audience) AS audience, d.campaign_id,
    to_json(d.tags) AS tags, d.submitter_name, d.coin_count, d.context_id`;
}

/** Documents of one kind in the order of their ids, from behind `after`. */
export async function selectDocuments(
  tx: Transaction,
  orgId: string,
  kind: string,
  after: string | null,
  limit: number,
): Promise<VersionedDocument[]> {
  const rows = await tx<DocumentRow[]>`
    SELECT d.kind, d.id, d.version, ${documentColumns(tx)}
    FROM app.search_documents d
    WHERE d.org_id = ${orgId} AND d.kind = ${kind} AND (${after}::uuid IS NULL OR d.id > ${after}::uuid) ORDER BY d.id LIMIT ${limit}`;
  return rows.map(versioned);
}

export async function selectDocumentsById(
  tx: Transaction,
  orgId: string,
  kind: string,
  ids: readonly string[],
): Promise<VersionedDocument[]> {
  const rows = await tx<DocumentRow[]>`
    SELECT d.kind, d.id, d.version, ${documentColumns(tx)}
    FROM app.search_documents d
    WHERE d.org_id = ${orgId} AND d.kind = ${kind} AND d.id = ANY (${`{${ids.join(',')}}`}::text::uuid[])`;
  return rows.map(versioned);
}

/** What a search server is to get: the document, or null where it is gone. */
export interface OutboxRow extends GoneDocument {
  readonly document: VersionedDocument | null;
}

export async function selectOutbox(tx: Transaction, orgId: string, limit: number): Promise<OutboxRow[]> {
  const rows = await tx<(Omit<DocumentRow, 'language'> & { language: DocumentRow['language'] | null; sent: bigint })[]>`
    SELECT o.kind, o.id, o.version AS sent, d.version, ${documentColumns(tx)}
    FROM app.search_outbox o LEFT JOIN app.search_documents d ON d.org_id = o.org_id AND d.kind = o.kind AND d.id = o.id
    WHERE o.org_id = ${orgId} ORDER BY o.version LIMIT ${limit}`;
  return rows.map(({ sent, language, ...row }) => ({
    kind: row.kind,
    id: row.id,
    version: Number(sent),
    document: language === null ? null : versioned({ ...row, language, version: sent }),
  }));
}

/** What was sent; a version that came meanwhile stays. */
export async function deleteOutbox(tx: Transaction, orgId: string, sent: readonly GoneDocument[]): Promise<void> {
  const rows = sent.map(({ kind, id, version }) => ({ kind, id, version }));
  await tx`
    DELETE FROM app.search_outbox o USING jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) s (kind text, id uuid, version bigint)
    WHERE o.org_id = ${orgId} AND o.kind = s.kind AND o.id = s.id AND o.version = s.version`;
}

/** Everything of one kind waits to be sent, e.g. to an index that is new. */
export async function queueDocuments(tx: Transaction, orgId: string, kind: string): Promise<void> {
  await tx`
    INSERT INTO app.search_outbox AS o (org_id, kind, id, version)
    SELECT d.org_id, d.kind, d.id, d.version FROM app.search_documents d WHERE d.org_id = ${orgId} AND d.kind = ${kind}
    ON CONFLICT (org_id, kind, id) DO NOTHING`;
}

export async function setRetry(tx: Transaction, orgId: string, afterMs: number): Promise<void> {
  await tx`
    INSERT INTO app.search_retries (org_id, retry_at) VALUES (${orgId}, clock_timestamp() + make_interval(secs => ${afterMs / 1_000}))
    ON CONFLICT (org_id) DO UPDATE SET retry_at = excluded.retry_at`;
}

export async function clearRetry(tx: Transaction, orgId: string): Promise<void> {
  await tx`DELETE FROM app.search_retries r WHERE r.org_id = ${orgId}`;
}

/** Which of these wait to be indexed or sent: what is known of them may be old. */
export async function selectWaiting(tx: Transaction, orgId: string, kind: string): Promise<Set<string>> {
  const rows = await tx<{ id: string }[]>`
    SELECT d.id FROM app.search_dirty d WHERE d.org_id = ${orgId} AND d.kind = ${kind}
    UNION SELECT o.id FROM app.search_outbox o WHERE o.org_id = ${orgId} AND o.kind = ${kind}`;
  return new Set(rows.map(({ id }) => id));
}

/** Higher than that of any document so far. */
export async function nextVersion(sql: Sql): Promise<number> {
  const [row] = await sql<{ version: bigint }[]>`SELECT nextval('app.search_version') AS version`;
  return Number(row?.version);
}

/** Every organisation, in the order of ids. */
export async function selectOrganisations(sql: Sql, after: string | null, limit: number): Promise<string[]> {
  const rows = await sql<{ org_id: string }[]>`SELECT org_id FROM door.search_organisations(${after}::uuid, ${limit})`;
  return rows.map((row) => row.org_id);
}

/** Changes that wait to be indexed and documents that wait to be sent, over all organisations; 10,000 at most. */
export async function countWaiting(sql: Sql): Promise<{ readonly dirty: number; readonly outbox: number }> {
  const [row] = await sql<{ dirty: number; outbox: number }[]>`SELECT dirty, outbox FROM door.search_waiting()`;
  return row ?? { dirty: 0, outbox: 0 };
}
