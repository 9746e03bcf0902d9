import type { SEARCH_LANGUAGES } from '../../protocol/search.ts';
import type { Transaction } from '../db/index.ts';

export type SearchLanguage = (typeof SEARCH_LANGUAGES)[number];

/** What documents of ideas have beside what all have: with it the requirement's document is whole. */
export interface IdeaFacts {
  readonly campaignId: string;
  /** names */
  readonly tags: readonly string[];
  readonly submitterName: string;
  /** null while totals are hidden */
  readonly coinCount: number | null;
  readonly contextId: string | null;
}

/** What a source gives of one thing. */
export interface SourceDocument {
  readonly id: string;
  /** what a hit is called */
  readonly title: string;
  /** what else is searched */
  readonly body: string;
  /** the meeting that it belongs to; null: none */
  readonly meetingId: string | null;
  /** state in its kind */
  readonly state: string;
  /** not public yet: found by those only who prepare or oversee it */
  readonly draft: boolean;
  readonly at: Date;
  /** who alone may find it, of those who may find its kind (SearchReader.audience); left out or none: all of them */
  readonly audience?: readonly string[];
  readonly idea?: IdeaFacts;
  /** of its organisation: texts too short to tell their language take it */
  readonly locale: string;
}

/** A document as it is kept and sent to a search server. */
export interface SearchDocument extends Omit<SourceDocument, 'locale' | 'audience' | 'idea'> {
  readonly kind: string;
  readonly audience: readonly string[];
  readonly idea: IdeaFacts | null;
  readonly language: SearchLanguage;
}

/**
 * One kind of document: where it comes from and who may find it. A new kind is one such file, a line in sources/index.ts
 * and in protocol/search.ts, and app.follow_search() for its tables in a migration.
 */
export interface SearchSource {
  readonly kind: string;
  /**
   * Permissions of gateway/auth/permissions.ts: `organisation` to find those of the whole organisation, `meeting` for who
   * attends a meeting to find that meeting's (null: never), `drafts` to find what is not public yet.
   */
  readonly readers: { readonly organisation: string; readonly meeting: string | null; readonly drafts: string };
  /** The documents with these ids as they are now; those that are gone, or are none, are left out. */
  documents(tx: Transaction, orgId: string, ids: readonly string[]): Promise<SourceDocument[]>;
  /** Ids of all documents of an organisation, ascending, from behind `after`. */
  ids(tx: Transaction, orgId: string, after: string | null, limit: number): Promise<string[]>;
}
