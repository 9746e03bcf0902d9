import { Client, errors } from '@opensearch-project/opensearch';
import { limits } from '../../limits.ts';

/** @param url http(s)://[user:password@]host:port of the server; the password goes into a header and is never printed */
export function openClient(url: string): Client {
  const { username, password } = new URL(url);
  const node = new URL(url);
  node.username = '';
  node.password = '';
  const auth = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return new Client({
    node: node.href,
    ...(username === '' ? {} : { auth }),
    maxRetries: 0, // who searches gets the embedded search's answer instead; what is sent waits in the outbox
    requestTimeout: limits.searchServerWriteTimeoutMs,
  });
}

/** Whether an error says that the server cannot be had, or cannot take more now, as opposed to that it refused what we sent. */
export function isServerAway(error: unknown): boolean {
  if (error instanceof errors.ResponseError) {
    const status = error.statusCode ?? 0;
    return status === 429 || status >= 500;
  }
  return error instanceof errors.OpenSearchClientError;
}

/** Whether it says that an index or alias is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof errors.ResponseError && error.statusCode === 404;
}

/** The server's own words about what it refused. */
export function refusalOf(error: unknown): string {
  return error instanceof errors.ResponseError ? JSON.stringify(error.body ?? error.message) : String(error);
}
