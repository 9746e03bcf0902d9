import type postgres from 'postgres';

/** The organisation that a measurement before has filled, by its name. */
export async function organisationNamed(sql: postgres.Sql, name: string): Promise<string> {
  const [row] = await sql<{ org_id: string }[]>`SELECT org_id FROM app.organisations WHERE name = ${name}`;
  if (row === undefined) throw new Error(`there is no organisation ${name}`);
  return row.org_id;
}
