import type { SEARCH_SORTS } from '../../protocol/search.ts';
import type { IdeaFacts, SearchDocument, SearchLanguage } from './document.ts';
import type { Segment } from './marks.ts';
import type { Word } from './words.ts';

/** Who asks: nothing else is found. The organisation is the wall; kinds and meeting narrow what is within. */
export interface SearchReader {
  readonly orgId: string;
  /** kinds that may be found, and whether drafts of them */
  readonly kinds: readonly { readonly kind: string; readonly drafts: boolean }[];
  /** who attends a meeting finds what belongs to it alone */
  readonly meetingId: string | null;
  /** what the asker belongs to (member:ID, campaign:ID, managers:ID, sponsors); null: to everything */
  readonly audience: readonly string[] | null;
}

export type SearchSort = (typeof SEARCH_SORTS)[number];

export interface SearchQuestion {
  readonly reader: SearchReader;
  /** every one of them must be in a document */
  readonly words: readonly Word[];
  /** whose stems are looked for as well */
  readonly languages: readonly SearchLanguage[];
  /** only these kinds are shown; null: all. Facets count the others too */
  readonly onlyKinds: readonly string[] | null;
  readonly state: string | null;
  /** the name of a tag */
  readonly tag: string | null;
  /** in this campaign alone; facets too */
  readonly campaignId: string | null;
  readonly sort: SearchSort;
  readonly offset: number;
  readonly limit: number;
}

export interface SearchHit {
  readonly kind: string;
  readonly id: string;
  readonly title: readonly Segment[];
  readonly excerpt: readonly Segment[];
  readonly meetingId: string | null;
  readonly state: string;
  readonly at: Date;
  readonly idea: IdeaFacts | null;
}

export interface SearchFound {
  readonly hits: readonly SearchHit[];
  /** documents that match; at least so many where `complete` is false */
  readonly total: number;
  readonly complete: boolean;
  /** how many of each kind and state, and with each of the tags that most have */
  readonly kinds: Readonly<Record<string, number>>;
  readonly states: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, number>>;
}

export interface SimilarQuestion {
  readonly reader: SearchReader;
  readonly kind: string;
  /** among its ideas alone */
  readonly campaignId: string | null;
  readonly title: string;
  readonly words: readonly Word[];
  readonly languages: readonly SearchLanguage[];
  readonly limit: number;
}

export interface SimilarTitle {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly meetingId: string | null;
  /** of an idea; null while totals are hidden */
  readonly coinCount: number | null;
}

/** A document with the version it has in the database. */
export interface VersionedDocument extends SearchDocument {
  readonly version: number;
}

export interface GoneDocument {
  readonly kind: string;
  readonly id: string;
  readonly version: number;
}

/** What a reindex or a check goes through; null: all. */
export interface SearchScope {
  readonly orgId: string | null;
  readonly kind: string | null;
}

/** What one of two places has and the other has not, or has otherwise. */
export interface SearchDifference {
  /** where it is wrong */
  readonly place: 'postgresql' | 'opensearch';
  readonly problem: 'missing' | 'left over' | 'differs';
  readonly orgId: string;
  readonly kind: string;
  readonly id: string;
}

/** Told after each step of a reindex or check. */
export type SearchProgress = (step: {
  readonly place: SearchBackend['name'];
  readonly kind: string;
  readonly documents: number;
}) => void;

/**
 * A place where documents are found. Both implementations give the same answers to the same questions, as far as their
 * rankings allow: one suite runs over both (test/integration/search.test.ts).
 */
export interface SearchBackend {
  readonly name: 'postgresql' | 'opensearch';
  search(question: SearchQuestion): Promise<SearchFound>;
  /** Titles that may mean the same, in any order; the caller compares them. */
  similar(question: SimilarQuestion): Promise<SimilarTitle[]>;
  /** Takes documents in; one that it has in a newer version stays. */
  index(orgId: string, documents: readonly VersionedDocument[]): Promise<void>;
  remove(orgId: string, gone: readonly GoneDocument[]): Promise<void>;
  /** Builds everything anew while searches and changes go on. */
  reindex(scope: SearchScope, progress: SearchProgress): Promise<number>;
  /** Compares every document with the database. Calls `differs` for each difference; answers how many were compared. */
  check(scope: SearchScope, differs: (difference: SearchDifference) => void): Promise<number>;
}
