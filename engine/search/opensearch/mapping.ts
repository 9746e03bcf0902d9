import { SEARCH_LANGUAGES } from '../../../protocol/search.ts';
import type { SearchLanguage } from '../document.ts';

/**
 * Rises with every change of mapping or analyzers: an index of another version is built anew beside the old one. 2: ideas and
 * audiences. Documents that have neither send none of those fields, so that the older indices of other kinds go on as they are.
 */
export const MAPPING_VERSION = 2;

/** How Polish is reduced to stems: by a dictionary of the server, or not at all where it has none. */
export type PolishAnalysis = 'hunspell' | 'folded';

/** Words are compared as engine/search/words.ts does it: small letters, German umlauts however written, no accents. */
const FOLDED = ['lowercase', 'german_normalization', 'asciifolding'];

function languageFilters(polish: PolishAnalysis): Record<SearchLanguage, readonly string[]> {
  return {
    en: ['lowercase', 'en_possessive', 'en_stop', 'asciifolding', 'en_stem'],
    de: ['lowercase', 'de_stop', 'german_normalization', 'asciifolding', 'de_stem'],
    es: ['lowercase', 'es_stop', 'es_stem', 'asciifolding'],
    pl: polish === 'hunspell' ? ['lowercase', 'pl_stem', 'asciifolding'] : ['lowercase', 'asciifolding'],
  };
}

/** Settings and mapping of an index; the same for every kind. */
export function indexBody(polish: PolishAnalysis, refreshMs: number) {
  const filters = languageFilters(polish);
  const analyzer: Record<string, object> = { folded: { type: 'custom', tokenizer: 'standard', filter: FOLDED } };
  const inLanguage: Record<string, object> = {};
  for (const language of SEARCH_LANGUAGES) {
    analyzer[language] = { type: 'custom', tokenizer: 'standard', filter: filters[language] };
    inLanguage[`title_${language}`] = { type: 'text', analyzer: language };
    inLanguage[`body_${language}`] = { type: 'text', analyzer: language };
  }
  // beginnings of two to six letters are words of their own: no search goes through a dictionary of words
  const folded = { type: 'text', analyzer: 'folded', index_prefixes: { min_chars: 2, max_chars: 6 } };
  return {
    settings: {
      number_of_shards: 1,
      auto_expand_replicas: '0-1',
      refresh_interval: `${refreshMs}ms`,
      gc_deletes: '10m', // so long a version of what was removed is known, and no older one comes back by a reindex
      analysis: {
        analyzer,
        filter: {
          en_possessive: { type: 'stemmer', language: 'possessive_english' },
          en_stop: { type: 'stop', stopwords: '_english_' },
          en_stem: { type: 'stemmer', language: 'english' },
          de_stop: { type: 'stop', stopwords: '_german_' },
          de_stem: { type: 'stemmer', language: 'light_german' },
          es_stop: { type: 'stop', stopwords: '_spanish_' },
          es_stem: { type: 'stemmer', language: 'light_spanish' },
          ...(polish === 'hunspell' ? { pl_stem: { type: 'hunspell', locale: 'pl_PL' } } : {}),
        },
      },
    },
    mappings: {
      dynamic: 'strict',
      _routing: { required: true },
      _meta: { mapping_version: MAPPING_VERSION, polish },
      properties: {
        org_id: { type: 'keyword' },
        kind: { type: 'keyword' },
        id: { type: 'keyword' },
        language: { type: 'keyword' },
        meeting_id: { type: 'keyword' },
        state: { type: 'keyword' },
        draft: { type: 'boolean' },
        at: { type: 'date' },
        audience: { type: 'keyword' },
        campaign_id: { type: 'keyword' },
        tags: { type: 'keyword' },
        submitter_name: { type: 'keyword' },
        coin_count: { type: 'long' },
        context_id: { type: 'keyword' },
        title: folded,
        body: folded,
        ...inLanguage,
      },
    },
  };
}
