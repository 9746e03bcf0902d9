import { type createPostgresBackend, PostgresConnection, PostgresQueueBackend } from 'bullmq';
import pg from 'pg';
import { JOBS_SCHEMA } from './jobs-queries.ts';

/** A worker's LISTEN holds one for as long as it lives. */
const LISTENING = 1;
const KEEP_ALIVE_MS = 10_000;

/**
 * A connection that can be cut at any moment. BullMQ and the pool listen for its 'error' only once they have it in hand: the
 * server's last words, in the same packet as its greeting or while it is being closed, would end the process.
 */
class CutClient extends pg.Client {
  /** what it was cut by, heard by others or not */
  cutBy: Error | null = null;

  constructor(options?: pg.ClientConfig) {
    super(options);
    this.#listen();
  }

  override removeAllListeners(event?: string | symbol): this {
    super.removeAllListeners(event);
    if (event === undefined || event === 'error') this.#listen();
    return this;
  }

  #listen(): void {
    this.on('error', (error: Error) => {
      this.cutBy ??= error;
    });
  }
}

/** BullMQ's connection over a pool of such clients, of which the one that listens is one. */
class JobsConnection extends PostgresConnection {
  override readonly schema = JOBS_SCHEMA;
  readonly #own: pg.Pool;

  constructor(own: pg.Pool) {
    super(own as unknown as ConstructorParameters<typeof PostgresConnection>[0]);
    this.#own = own;
  }

  override async getListenClient(): ReturnType<PostgresConnection['getListenClient']> {
    const client = await super.getListenClient();
    const { cutBy } = client as unknown as CutClient;
    if (cutBy === null) return client;
    // cut before BullMQ listened: it would keep the dead client, so it is told now, and connects anew
    (client as unknown as CutClient).emit('error', cutBy);
    return this.getListenClient();
  }

  override async close(): Promise<void> {
    await super.close();
    if (!this.#own.ending) await this.#own.end();
  }
}

/** As createPostgresBackend, for connections that may be cut. @param connection options of a pool, `max` without the one that listens */
export const createJobsBackend: typeof createPostgresBackend = (
  name,
  opts,
  { blocking, withBlockingConnection } = {},
) => {
  const { max = 1, ...options } = opts.connection as pg.PoolConfig;
  const listens = blocking === true || withBlockingConnection === true;
  const pool = new pg.Pool({
    ...options,
    options: `${options.options ?? ''} -c search_path=${JOBS_SCHEMA}`,
    max: listens ? max + LISTENING : max,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    Client: CutClient,
  } as pg.PoolConfig);
  return new PostgresQueueBackend(new JobsConnection(pool), name, opts);
};
