import { afterAll } from 'vitest';
import { type OpenSearchServer, startOpenSearch } from '../../loadtest/fault/opensearch.ts';

/**
 * A real OpenSearch for a test file, stopped after it: OPENSEARCH_URL, else one of its own, installed now where that is
 * missing. Only one of its own can be killed.
 */
export async function openSearchServer(): Promise<Pick<OpenSearchServer, 'url'> & Partial<OpenSearchServer>> {
  const named = process.env.OPENSEARCH_URL;
  if (named !== undefined && named !== '') return { url: named };
  const server = await startOpenSearch();
  afterAll(() => server.stop());
  return server;
}
