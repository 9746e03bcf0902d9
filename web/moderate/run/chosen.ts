/** What stands in the middle: an election by its id, its form, the form for a new one, or the meeting's settings. */
export type Chosen = { readonly electionId: string; readonly editing?: boolean } | 'new' | 'settings' | undefined;
