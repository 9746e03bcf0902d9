import type postgres from 'postgres';

/** SQL of the workers' bench, as superuser of its own server. */

const list = (ids: readonly string[]) => `{${ids.join(',')}}`;

/** Organisations, each with an empty log. */
export async function insertOrganisations(sql: postgres.Sql, count: number): Promise<string[]> {
  const rows = await sql<{ org_id: string }[]>`
    INSERT INTO app.organisations (org_id, name) SELECT gen_random_uuid(), 'Bench ' || n FROM generate_series(1, ${count}) n
    RETURNING org_id`;
  const orgIds = rows.map(({ org_id: orgId }) => orgId);
  await sql`INSERT INTO app.log_head (org_id, pos) SELECT unnest(${list(orgIds)}::text::uuid[]), 0 ON CONFLICT DO NOTHING`;
  return orgIds;
}

/** So many rows behind each log, as batches of a busy vote announce themselves, in one transaction. */
export async function appendRows(sql: postgres.Sql, orgIds: readonly string[], rowsEach: number): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      INSERT INTO app.log (org_id, pos, topic, kind, payload)
      SELECT h.org_id, h.pos + n, h.org_id, 'election.ballots', jsonb_build_object('size', 500)
      FROM app.log_head h CROSS JOIN generate_series(1, ${rowsEach}::integer) n WHERE h.org_id = ANY (${list(orgIds)}::text::uuid[])`;
    await tx`UPDATE app.log_head SET pos = pos + ${rowsEach} WHERE org_id = ANY (${list(orgIds)}::text::uuid[])`;
  });
}

/** Log rows of these organisations that are not in jobs yet, or that some consumer has not taken in. */
export async function rowsBehind(sql: postgres.Sql, orgIds: readonly string[]): Promise<number> {
  const [row] = await sql<{ behind: string }[]>`
    SELECT coalesce(sum(h.pos - least(coalesce(r.pos, 0),
      (SELECT min(coalesce(c.pos, 0)) FROM (SELECT DISTINCT consumer FROM app.consumer_cursors) k
        LEFT JOIN app.consumer_cursors c ON c.consumer = k.consumer AND c.org_id = h.org_id))), 0) AS behind
    FROM app.log_head h LEFT JOIN app.relay_cursors r ON r.org_id = h.org_id WHERE h.org_id = ANY (${list(orgIds)}::text::uuid[])`;
  return Number(row?.behind);
}
