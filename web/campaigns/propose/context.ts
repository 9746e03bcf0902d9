/** What a platform that links here wants an idea about. */
export interface ProposalContext {
  readonly contextId: string | undefined;
  readonly source: string | undefined;
}

/** As the gateway takes them: anything else in an address is not worth an error to a person. */
const CONTEXT = /^[\x21-\x7e]{1,100}$/;
const SOURCE_MAX = 255;

/** '?context_id=feature-123&source=forum.example.org' -> what the link says. */
export function contextOf(search: string): ProposalContext {
  const query = new URLSearchParams(search);
  const contextId = query.get('context_id') ?? '';
  const source = (query.get('source') ?? query.get('permalink_source') ?? '').trim();
  return {
    contextId: CONTEXT.test(contextId) ? contextId : undefined,
    source: source === '' || source.length > SOURCE_MAX ? undefined : source,
  };
}
