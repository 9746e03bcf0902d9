import type { Sql } from '../db/index.ts';

/** SQL of attempts. */

export interface Taken {
  /** points taken in the window that runs */
  readonly points: number;
  /** until the window ends */
  readonly leftMs: number;
}

export async function takePoints(sql: Sql, key: string, points: number, windowMs: number): Promise<Taken> {
  const [row] = await sql<{ points: bigint; left_ms: number }[]>`
    SELECT points, left_ms FROM door.take_points(${key}, ${points}, ${windowMs}, false)`;
  return { points: Number(row?.points), leftMs: row?.left_ms ?? 0 };
}

export async function pointsTaken(sql: Sql, key: string): Promise<Taken> {
  const [row] = await sql<{ points: bigint; left_ms: number }[]>`
    SELECT points, left_ms FROM door.points_taken(${key})`;
  return { points: Number(row?.points ?? 0), leftMs: row?.left_ms ?? 0 };
}

export async function takeTurn(
  sql: Sql,
  key: string,
  free: number,
  firstMs: number,
  longestMs: number,
  forgottenMs: number,
): Promise<number> {
  const [row] = await sql<{ wait_ms: number }[]>`
    SELECT door.take_turn(${key}, ${free}, ${firstMs}, ${longestMs}, ${forgottenMs}) AS wait_ms`;
  return row?.wait_ms ?? 0;
}

export async function forgetPoints(sql: Sql, key: string): Promise<void> {
  await sql`SELECT door.forget_points(${key})`;
}

export async function clearRateLimits(sql: Sql, forgottenMs: number): Promise<void> {
  await sql`SELECT door.clear_rate_limits(${forgottenMs})`;
}
