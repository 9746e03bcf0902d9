export type {
  SearchBackend,
  SearchDifference,
  SearchHit,
  SearchProgress,
  SearchReader,
  SearchScope,
} from './backend.ts';
export type { SearchSource } from './document.ts';
export type { IndexingRun } from './indexing.ts';
export type { Segment } from './marks.ts';
export { Search, type SearchAnswer, type SearchFigures, type SearchOptions, type SearchRequest } from './search.ts';
