import type { EngineOptions } from '../engine/index.ts';
import type { Settings } from './settings.ts';

/** Where the search keeps its documents, from the environment. */
export function searchOptionsOf({ OPENSEARCH_URL: openSearchUrl }: Settings): Pick<EngineOptions, 'search'> {
  return { search: { openSearchUrl } };
}
