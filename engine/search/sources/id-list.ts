/**
 * Ids as PostgreSQL's array text, for `…::text::uuid[]`: no types are fetched for arrays. Sources reach each by an index probe of
 * its own (ARCHITECTURE.md, "Shapes that cannot be misplanned"): what is indexed often has just been loaded.
 */
export function idList(ids: readonly string[]): string {
  return `{${ids.join(',')}}`;
}
