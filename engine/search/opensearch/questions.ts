import type { SearchQuestion, SearchReader, SearchSort, SimilarQuestion } from '../backend.ts';
import type { SearchLanguage } from '../document.ts';
import { MARK_BEGIN, MARK_END } from '../marks.ts';
import type { Word } from '../words.ts';

type Clause = Readonly<Record<string, unknown>>;

const EXCERPT_CHARACTERS = 160;
/** A slip is looked for behind the first letter and among so many words: over all fields and words it takes thrice as long. */
const FUZZY = { fuzziness: 'AUTO', prefix_length: 1, max_expansions: 20 };
const FACETS_MAX_ENTRIES = 20;
const IDEA_FIELDS = ['campaign_id', 'tags', 'submitter_name', 'coin_count', 'context_id'];
const COUNTED_MAX_DOCUMENTS = 1_000;

/**
 * The wall between organisations, and what of its own organisation a reader may find. Every question to the server is made
 * here and nowhere else (OpenSearchBackend.ask): whatever is asked stands beside this filter, and only one organisation's part
 * of the index is gone through.
 */
function within(reader: SearchReader, question: Clause, kinds = reader.kinds): Clause {
  const scopes = kinds.map(({ kind, drafts }) => ({
    bool: { filter: [{ term: { kind } }, ...(drafts ? [] : [{ term: { draft: false } }])] },
  }));
  return {
    bool: {
      must: [question],
      filter: [
        { term: { org_id: reader.orgId } },
        ...(reader.meetingId === null ? [] : [{ term: { meeting_id: reader.meetingId } }]),
        ...(reader.audience === null ? [] : [forAudience(reader.audience)]),
        scopes.length === 0 ? { match_none: {} } : { bool: { should: scopes, minimum_should_match: 1 } },
      ],
    },
  };
}

function forAudience(audience: readonly string[]): Clause {
  const everybody = { bool: { must_not: [{ exists: { field: 'audience' } }] } };
  return { bool: { should: [everybody, { terms: { audience } }], minimum_should_match: 1 } };
}

const inCampaign = (campaignId: string | null): readonly Clause[] =>
  campaignId === null ? [] : [{ term: { campaign_id: campaignId } }];

/** What stands first. Kinds that take no coins come behind those that do, and their indices may not know the field. */
const SORTS: Readonly<Record<SearchSort, readonly (string | Clause)[]>> = {
  relevance: ['_score'],
  coins: [{ coin_count: { order: 'desc', missing: '_last', unmapped_type: 'long' } }],
  newest: [],
};

/** One word: as it is, as a beginning, by its stem in each language, and as a slip in the title. */
function wordClause({ word, raw }: Word, languages: readonly SearchLanguage[]): Clause {
  const exact = [
    { match: { title: { query: word, boost: 4 } } },
    { match: { body: { query: word } } },
    {
      multi_match: {
        query: raw,
        fields: languages.flatMap((language) => [`title_${language}^3`, `body_${language}`]),
        type: 'best_fields',
      },
    },
  ];
  const beginnings = [
    { prefix: { title: { value: word, boost: 2 } } },
    { prefix: { body: { value: word, boost: 0.5 } } },
  ];
  const slips = [{ match: { title: { query: word, ...FUZZY, boost: 0.4 } } }];
  return {
    dis_max: {
      queries: [...exact, ...(word.length > 2 ? beginnings : []), ...(word.length > 3 ? slips : [])],
      tie_breaker: 0.1,
    },
  };
}

/** Texts with the words that were found, in the field that knows them best. */
function highlight(languages: readonly SearchLanguage[]): Clause {
  const names = ['', ...languages.map((language) => `_${language}`)];
  const fields = names.flatMap((name) => [
    [`title${name}`, { number_of_fragments: 0 }],
    [`body${name}`, { number_of_fragments: 1, fragment_size: EXCERPT_CHARACTERS }],
  ]);
  return {
    pre_tags: [MARK_BEGIN],
    post_tags: [MARK_END],
    require_field_match: true,
    fields: Object.fromEntries(fields),
  };
}

export function searchBody(question: SearchQuestion): Clause {
  const { reader, words, languages, onlyKinds, state, tag, campaignId, sort, offset, limit } = question;
  const kindShown = onlyKinds === null ? [] : [{ terms: { kind: onlyKinds } }];
  const stateShown = state === null ? [] : [{ term: { state } }];
  const tagShown = tag === null ? [] : [{ term: { tags: tag } }];
  const facet = (field: string, filter: readonly Clause[]) => ({
    filter: { bool: { filter } },
    aggs: { values: { terms: { field, size: FACETS_MAX_ENTRIES } } },
  });
  return {
    query: within(reader, {
      bool: { must: words.map((word) => wordClause(word, languages)), filter: inCampaign(campaignId) },
    }),
    post_filter: { bool: { filter: [...kindShown, ...stateShown, ...tagShown] } },
    aggs: {
      kinds: facet('kind', [...stateShown, ...tagShown]),
      states: facet('state', [...kindShown, ...tagShown]),
      tags: facet('tags', [...kindShown, ...stateShown]),
    },
    sort: [...SORTS[sort], { at: 'desc' }, { id: 'asc' }],
    from: offset,
    size: limit,
    track_total_hits: COUNTED_MAX_DOCUMENTS,
    highlight: highlight(languages),
    _source: ['kind', 'id', 'title', 'body', 'meeting_id', 'state', 'at', ...IDEA_FIELDS],
  };
}

export function similarBody({ reader, kind, campaignId, title, words, languages, limit }: SimilarQuestion): Clause {
  const fields = ['title', ...languages.map((language) => `title_${language}`)];
  const like = {
    fields,
    like: title,
    min_term_freq: 1,
    min_doc_freq: 1,
    max_query_terms: 8,
    minimum_should_match: '30%',
  };
  const slips = words
    .filter(({ word }) => word.length > 3)
    .map(({ word }) => ({ match: { title: { query: word, ...FUZZY } } }));
  const question = {
    bool: {
      should: [{ more_like_this: like }, { bool: { should: slips, minimum_should_match: '60%', boost: 0.5 } }],
      minimum_should_match: 1,
      filter: inCampaign(campaignId),
    },
  };
  return {
    query: within(
      reader,
      question,
      reader.kinds.filter((may) => may.kind === kind),
    ),
    size: limit,
    track_total_hits: false,
    _source: ['id', 'title', 'state', 'meeting_id', 'coin_count'],
  };
}

/** Everything of one organisation and kind in the order of ids, for comparing; behind `after`. */
export function walkBody(orgId: string, kind: string, after: string | null, limit: number): Clause {
  const reader = { orgId, kinds: [{ kind, drafts: true }], meetingId: null, audience: null };
  return {
    query: within(reader, { match_all: {} }),
    sort: [{ id: 'asc' }],
    ...(after === null ? {} : { search_after: [after] }),
    size: limit,
    track_total_hits: false,
    version: true,
    _source: { excludes: ['title_*', 'body_*'] },
  };
}
