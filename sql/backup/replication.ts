import type { Socket } from 'node:net';
import pg from 'pg';
import { StartProblem } from '../embedded/index.ts';

/** What node-postgres offers to a query of one's own; its types do not show it. */
export interface Wire {
  readonly stream: Socket;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** A query that reads the server's answers itself, message by message. */
export interface WireQuery {
  submit(wire: Wire): void;
  handleRowDescription(message: { fields: readonly { name: string }[] }): void;
  handleDataRow(message: { fields: readonly (string | null)[] }): void;
  handleCommandComplete(): void;
  handleReadyForQuery(): void;
  handleCopyData(message: { chunk: Buffer }, wire: Wire): void;
  handleError(error: Error): void;
}

/**
 * A connection that speaks the replication protocol: base backups and the stream of changes.
 * @param url postgres://… of a role with REPLICATION, direct (no pooler passes this protocol on)
 * @throws StartProblem naming what the server lacks: the right, a line in pg_hba.conf, wal senders
 */
export async function openReplication(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'psephos backup',
    replication: 'true', // of the whole cluster; 'database' would be for logical replication
  } as pg.ClientConfig);
  client.on('error', () => {}); // whoever waits for an answer hears of it; an idle connection has nobody to tell
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw replicationProblem(error);
  }
}

/** Hands a query of one's own to a client. */
export function run(client: pg.Client, query: WireQuery): void {
  client.query(query as unknown as pg.Submittable);
}

/** What the server refused, in words that say what to change; anything else stays as it is. */
export function replicationProblem(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  if (code === '28000' && /pg_hba/.test(message ?? '')) {
    return new StartProblem(
      'The server lets nobody in for replication from here: add a line to pg_hba.conf, e.g. ' +
        '"host replication psephos 10.0.0.0/8 scram-sha-256", and reload it.',
    );
  }
  if (code === '42501' || /must be superuser or replication role/.test(message ?? '')) {
    return new StartProblem(
      'This user may not take backups: ALTER ROLE … REPLICATION, or name another in DATABASE_OWNER_URL.',
    );
  }
  if (code === '53300' && /max_wal_senders/.test(message ?? '')) {
    return new StartProblem(
      'The server has no connection left for replication: raise max_wal_senders (2 for a backup and the archive).',
    );
  }
  if (code === '08P01' && /replication/.test(message ?? '')) {
    return new StartProblem(
      'This address leads to a pooler, which cannot pass a backup on: set DATABASE_OWNER_URL to the server itself.',
    );
  }
  return error;
}
