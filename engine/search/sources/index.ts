import type { SearchSource } from '../document.ts';
import { elections } from './elections-queries.ts';
import { ideas } from './ideas-queries.ts';
import { meetings } from './meetings-queries.ts';
import { members } from './members-queries.ts';
import { results } from './results-queries.ts';

/** Every kind of document that the search knows. */
export const SOURCES: readonly SearchSource[] = [elections, results, meetings, members, ideas];
