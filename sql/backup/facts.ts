import type pg from 'pg';
import { StartProblem } from '../embedded/index.ts';
import { asOwner } from './owner.ts';

/** What is asked of the server before a backup. */
export interface ServerFacts {
  readonly epoch: string;
  readonly migration: string;
  readonly serverVersion: string;
  readonly systemId: string;
  readonly database: string;
  readonly superuser: string;
  readonly walSegmentBytes: number;
  readonly organisations: number;
  readonly logPositions: number;
}

const FACTS = `
  SELECT current_setting('wal_level') AS wal_level, current_setting('max_wal_senders')::integer AS senders,
    current_setting('server_version') AS version, current_database() AS database,
    pg_size_bytes(current_setting('wal_segment_size'))::integer AS segment,
    (SELECT rolsuper OR rolreplication FROM pg_roles WHERE rolname = current_user) AS may_replicate,
    (SELECT rolname FROM pg_roles WHERE oid = 10) AS superuser,
    (SELECT count(*)::integer FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')) AS tablespaces,
    (SELECT system_identifier::text FROM pg_control_system()) AS system_id,
    (SELECT epoch FROM app.epoch) AS epoch,
    (SELECT max(name) FROM history.files WHERE kind = 'migration') AS migration`;
/** Row-level security hides these from an owner who is no superuser: then nothing is taken down to hold a copy against. */
const COUNTS = `
  SELECT (SELECT count(*)::integer FROM app.organisations) AS organisations,
    (SELECT coalesce(sum(pos), 0)::float8 FROM app.log_head) AS positions`;

/**
 * Looks whether this server can be backed up, and takes down what a restored copy will be held against.
 * @param url direct connection of the owner
 * @throws StartProblem saying what to set on the server
 */
export function readFacts(url: string): Promise<ServerFacts> {
  return asOwner(url, async (client) => {
    const facts = await oneRow(client, FACTS);
    refuseUnfit(facts as unknown as Fitness);
    const counts = await oneRow(client, COUNTS);
    return {
      epoch: facts.epoch,
      migration: facts.migration,
      serverVersion: facts.version,
      systemId: facts.system_id,
      database: facts.database,
      superuser: facts.superuser,
      walSegmentBytes: facts.segment,
      organisations: counts.organisations,
      logPositions: counts.positions,
    };
  });
}

async function oneRow(client: pg.Client, text: string): Promise<pg.QueryResultRow> {
  try {
    return (await client.query(text)).rows[0] as pg.QueryResultRow;
  } catch (error) {
    if (!/^(42P01|3F000)$/.test(String((error as { code?: unknown }).code))) throw error;
    throw new StartProblem('The database holds no Psephos: migrate it first (npm run migrate).');
  }
}

interface Fitness {
  readonly wal_level: string;
  readonly senders: number;
  readonly may_replicate: boolean;
  readonly tablespaces: number;
}

function refuseUnfit(facts: Fitness): void {
  if (!facts.may_replicate) {
    throw new StartProblem(
      'This user may not take backups: ALTER ROLE … REPLICATION, or name another in DATABASE_OWNER_URL.',
    );
  }
  if (facts.wal_level === 'minimal') {
    throw new StartProblem('The server has wal_level = minimal: set it to replica in postgresql.conf and restart it.');
  }
  if (facts.senders === 0) {
    throw new StartProblem('The server has max_wal_senders = 0: set it to 10 in postgresql.conf and restart it.');
  }
  if (facts.tablespaces > 0) {
    throw new StartProblem(
      'The server has tablespaces of its own, which this backup does not hold: use pg_basebackup for it.',
    );
  }
}
