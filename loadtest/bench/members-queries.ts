import type postgres from 'postgres';

/** SQL of the bench of members, as superuser of its own server. */

interface Row {
  readonly number: string;
  readonly name: string;
  readonly email: string;
}

const BATCH = 10_000;

/** Members as they stand after years of imports. */
export async function insertMembers(sql: postgres.Sql, orgId: string, people: readonly Row[]): Promise<void> {
  for (let from = 0; from < people.length; from += BATCH) {
    const rows = people.slice(from, from + BATCH).map(({ number, name, email }) => ({ number, name, email }));
    await sql`INSERT INTO app.members (org_id, member_id, number, name, email)
      SELECT ${orgId}, gen_random_uuid(), r.number, r.name, r.email
      FROM jsonb_to_recordset(${sql.json(rows)}) r (number text, name text, email text)`;
  }
}

/** As autovacuum does it within a minute of such a load. */
export async function analyseMembers(sql: postgres.Sql): Promise<void> {
  await sql`VACUUM (ANALYZE) app.members, app.member_words, app.member_lexicon, app.group_members`;
}
