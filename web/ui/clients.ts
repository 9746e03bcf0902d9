import { type ClientOptions, PsephosClient, PsephosHttp } from '../../client/index.ts';
import { setServerTime } from './server-clock.ts';

/** The gateway that served the page. */
const HTTP_URL = location.origin;
/** A page that has been opened wants its connection for as long as it stays open. */
const FOREVER_MS = 2 ** 31 - 1;

/** Calls over HTTP: with an attendee's session token, an access token, or nothing. */
export function httpWith(secret?: string): PsephosHttp {
  return new PsephosHttp({ baseUrl: HTTP_URL, secret });
}

/** The one connection of a page, by an attendee's session token or another secret. Resolves with the first good one, however long that takes; throws where it is refused. */
export function connectWith(
  who: string | ClientOptions['auth'],
  more: Partial<ClientOptions> = {},
): Promise<PsephosClient> {
  const connecting = PsephosClient.connect({
    httpUrl: HTTP_URL,
    auth: typeof who === 'string' ? { sessionToken: who } : who,
    connectTimeoutMs: FOREVER_MS,
    ...more,
    onConnection: (state) => {
      if (state === 'up') {
        connecting.then(
          ({ hello }) => setServerTime(hello.server_time),
          () => {}, // whoever waits for the connection is told
        );
      }
      more.onConnection?.(state);
    },
  });
  return connecting;
}
