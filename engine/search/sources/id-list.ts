/** Ids as PostgreSQL's array text, for `…::text::uuid[]`: no types are fetched for arrays. */
export function idList(ids: readonly string[]): string {
  return `{${ids.join(',')}}`;
}
