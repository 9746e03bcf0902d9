import type { Transaction } from '../db/index.ts';
import type { SearchDocument, SearchSource, SourceDocument } from './document.ts';
import { languageOf } from './language.ts';
import { withoutMarks } from './marks.ts';

/** A results document of a long ranking, an agenda with all its words; past it nobody looks for one more. */
const BODY_MAX_CHARACTERS = 20_000;

function documentOf(kind: string, { locale, audience = [], idea, ...source }: SourceDocument): SearchDocument {
  const title = withoutMarks(source.title);
  const body = withoutMarks(source.body).slice(0, BODY_MAX_CHARACTERS).toWellFormed();
  return {
    ...source,
    kind,
    title,
    body,
    audience,
    idea: idea ?? null,
    language: languageOf(`${title} ${body}`, locale),
  };
}

/** The documents with these ids as their tables have them in this transaction, and the ids that are none. */
export async function readDocuments(
  tx: Transaction,
  orgId: string,
  source: SearchSource,
  ids: readonly string[],
): Promise<{ readonly present: SearchDocument[]; readonly gone: { readonly kind: string; readonly id: string }[] }> {
  const unique = [...new Set(ids)];
  const rows = await source.documents(tx, orgId, unique);
  const present = rows.map((row) => documentOf(source.kind, row));
  const found = new Set(present.map(({ id }) => id));
  return { present, gone: unique.filter((id) => !found.has(id)).map((id) => ({ kind: source.kind, id })) };
}
