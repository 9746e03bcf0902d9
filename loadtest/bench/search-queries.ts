import type postgres from 'postgres';
import type { Text } from './search-texts.ts';

/** SQL of the bench of the search, as superuser of its own server. */

const BATCH = 5_000;

/** Elections as they stand after years; the triggers of the search note each. */
export async function insertElections(sql: postgres.Sql, orgId: string, texts: readonly Text[]): Promise<void> {
  for (let from = 0; from < texts.length; from += BATCH) {
    await sql`
      INSERT INTO app.elections (org_id, election_id, title, description, method, options, rules, secrecy, visibility, roll,
        secret_step, state, changed_pos, created_at)
      SELECT ${orgId}, gen_random_uuid(), t.title, t.body, '{}', '[{"title":"yes"},{"title":"no"}]', '{}', 'secret', 'live', 'tokens',
        3, 'published', 0, now() - make_interval(mins => ${texts.length - from} - t.n::int)
      FROM ROWS FROM (jsonb_to_recordset(${sql.json(texts.slice(from, from + BATCH) as unknown as postgres.JSONValue)})
        AS (title text, body text)) WITH ORDINALITY t (title, body, n)`;
  }
}

/** As autovacuum does it within a minute of such a load. */
export async function analyseSearch(sql: postgres.Sql): Promise<void> {
  await sql`VACUUM (ANALYZE) app.elections, app.search_documents, app.search_lexicon, app.search_dirty, app.search_outbox`;
}
