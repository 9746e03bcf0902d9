export type { SearchDifference, SearchReader, SearchScope } from './backend.ts';
export type { SearchSource } from './document.ts';
export { Search, type SearchAnswer, type SearchOptions, type SearchRequest } from './search.ts';
