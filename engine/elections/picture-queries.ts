import type { Sql, Transaction } from '../db/index.ts';

/** SQL of pictures. */

export async function countPictures(tx: Transaction, orgId: string): Promise<number> {
  const [row] = await tx<{ count: number }[]>`SELECT count(*)::int AS count FROM app.pictures WHERE org_id = ${orgId}`;
  return row?.count ?? 0;
}

export async function insertPicture(
  tx: Transaction,
  orgId: string,
  picture: { readonly pictureId: string; readonly content: Buffer; readonly width: number; readonly height: number },
  actor: string,
): Promise<void> {
  await tx`INSERT INTO app.pictures (org_id, picture_id, content, width, height, created_by)
    VALUES (${orgId}, ${picture.pictureId}, ${picture.content}, ${picture.width}, ${picture.height}, ${actor})`;
}

/** How many were erased. */
export async function forgetUnusedPictures(sql: Sql, ageMs: number, limit: number): Promise<number> {
  const [row] = await sql<{ erased: number }[]>`
    SELECT door.forget_unused_pictures(${ageMs}::text::bigint, ${limit}) AS erased`;
  return (row as { erased: number }).erased;
}

export async function findPicture(sql: Sql, pictureId: string): Promise<Buffer | undefined> {
  const [row] = await sql<{ content: Buffer }[]>`SELECT content FROM door.find_picture(${pictureId})`;
  return row?.content;
}
