import { z } from 'zod';
import { plainLine } from './plain-line.ts';
import { id, moment, text } from './text.ts';

/** What can be found. Who may find what is said in engine/search/sources, a file a kind. */
export const SEARCH_KINDS = ['elections', 'results', 'meetings', 'members', 'ideas'] as const;
/** coins: ideas with most coins first; everything else after them. */
export const SEARCH_SORTS = ['relevance', 'coins', 'newest'] as const;
/** Languages by whose rules words are reduced to their stems. */
export const SEARCH_LANGUAGES = ['en', 'de', 'es', 'pl'] as const;

const QUESTION_MAX_CHARACTERS = 200;
const TITLE_MAX_CHARACTERS = 500;
const CURSOR_MAX_CHARACTERS = 64;
const PAGE_MAX_ROWS = 100;
const PAGE_DEFAULT_ROWS = 20;
const STATE_MAX_CHARACTERS = 32;
const TAG_MAX_CHARACTERS = 100;

const kind = z.enum(SEARCH_KINDS);

const kinds = z
  .string()
  .transform((list) => [...new Set(list.split(','))])
  .pipe(z.array(z.enum(SEARCH_KINDS, `is not one of ${SEARCH_KINDS.join(', ')}`)))
  .meta({ description: `Only these, separated by commas: ${SEARCH_KINDS.join(', ')}.`, example: 'elections,meetings' });

const limit = z
  .string()
  .regex(/^[1-9][0-9]{0,2}$/, `is no whole number from 1 to ${PAGE_MAX_ROWS}`)
  .transform(Number)
  .refine((rows) => rows <= PAGE_MAX_ROWS, `is more than ${PAGE_MAX_ROWS}`)
  .meta({ description: `Rows of this page, 1 to ${PAGE_MAX_ROWS}; ${PAGE_DEFAULT_ROWS} if left out.`, example: '20' });

export const searchQuery = z.strictObject({
  q: text(1, QUESTION_MAX_CHARACTERS).meta({
    description:
      'Words in any order, all of which must be there: whole, as beginnings of three letters or more, or in another form. ' +
      'Capitals, accents and ways to write umlauts do not matter, and slips are forgiven.',
    example: 'satzung aendern',
  }),
  kinds: kinds.optional(),
  state: z
    .string()
    .max(STATE_MAX_CHARACTERS)
    .regex(/^[a-z_]+$/, 'is no state; take one of the facets')
    .optional()
    .meta({ description: 'Only what is in this state; facets.states names those there are.', example: 'open' }),
  tag: plainLine(1, TAG_MAX_CHARACTERS)
    .optional()
    .meta({ description: 'Only ideas with this tag, by its name as facets.tags has it.', example: 'Cycling' }),
  campaign_id: id.optional().meta({ description: 'Only ideas of this campaign, by its id; facets count those alone.' }),
  sort: z
    .enum(SEARCH_SORTS)
    .optional()
    .meta({ description: 'relevance (default), coins: ideas with most coins first, or newest.' }),
  language: z
    .enum(SEARCH_LANGUAGES)
    .optional()
    .meta({ description: 'Language of the question; left out: any of them.' }),
  cursor: z
    .string()
    .max(CURSOR_MAX_CHARACTERS)
    .regex(/^[\w-]+$/, 'is no cursor; send the next_cursor of the page before as it is')
    .optional()
    .meta({ description: 'next_cursor of the page before; left out for the first page.' }),
  limit: limit.optional(),
});

const segments = z
  .array(z.strictObject({ text: z.string(), hit: z.boolean() }))
  .meta({ description: 'The text in pieces; hit: what was found. Plain text, no markup.' });

const facet = z.array(z.strictObject({ value: z.string(), count: z.int().positive() }));

export const searchPage = z
  .strictObject({
    items: z.array(
      z.strictObject({
        kind,
        id: id.meta({ description: 'Id of the election (of a result too), meeting, member or idea.' }),
        title: segments,
        excerpt: segments,
        meeting_id: id.nullable(),
        state: z.string(),
        at: moment,
        idea: z
          .strictObject({
            campaign_id: id.meta({ description: "The campaign's id." }),
            tags: z.array(z.string()),
            submitter_name: z.string(),
            coin_count: z
              .int()
              .nullable()
              .meta({ description: 'A second behind at most; null while totals are hidden.' }),
            context_id: z.string().nullable(),
          })
          .nullable()
          .meta({ description: 'What only ideas have; null for every other kind.' }),
      }),
    ),
    total: z.int().nonnegative(),
    complete: z.boolean().meta({ description: 'false: there are more than total; the best of the newest are shown.' }),
    facets: z.strictObject({ kinds: facet, states: facet, tags: facet }).meta({
      description:
        'How many there are of each kind, in each state and with each of the most frequent tags, most first; each counted ' +
        'without its own filter.',
    }),
    next_cursor: z.string().nullable(),
    answered_by: z.enum(['postgresql', 'opensearch']).meta({
      description: 'postgresql also where it stands in for a search server that does not answer.',
    }),
  })
  .meta({ id: 'SearchPage' });
export type SearchPage = z.infer<typeof searchPage>;
export type SearchItem = SearchPage['items'][number];

export const similarQuery = z.strictObject({
  kind: z.enum(['elections', 'meetings']).meta({ description: 'Among what.' }),
  title: plainLine(1, TITLE_MAX_CHARACTERS).meta({
    description: 'The title as far as it is written.',
    example: 'New benches',
  }),
});

export const similarTitles = z
  .strictObject({
    items: z.array(
      z.strictObject({
        id,
        title: z.string(),
        state: z.string(),
        meeting_id: id.nullable(),
        likeness: z.number().min(0).max(1).meta({ description: '1: the same words.' }),
      }),
    ),
  })
  .meta({ id: 'SimilarTitles' });
