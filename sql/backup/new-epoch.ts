import { asOwner } from './owner.ts';

/**
 * Begins a new life of a restored database: cursors and offsets of the old one are no longer believed, since what they
 * counted may not be in it. In a transaction of the owner, whom row-level security binds as well.
 */
export const NEW_EPOCH: readonly string[] = [
  'BEGIN',
  'ALTER TABLE app.epoch NO FORCE ROW LEVEL SECURITY',
  "UPDATE app.epoch SET epoch = substr(replace(gen_random_uuid()::text, '-', ''), 1, 12), started_at = clock_timestamp()",
  'ALTER TABLE app.epoch FORCE ROW LEVEL SECURITY',
  'COMMIT',
];

/**
 * The same for a server of one's own.
 * @param url direct connection of the owner
 * @returns the new epoch
 */
export function beginNewEpoch(url: string): Promise<string> {
  return asOwner(url, async (client) => {
    for (const statement of NEW_EPOCH) await client.query(statement);
    const { rows } = await client.query<{ epoch: string }>('SELECT epoch FROM app.epoch');
    return rows[0]?.epoch ?? '';
  });
}
