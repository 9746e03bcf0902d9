/**
 * A pause that doubles with each attempt up to a bound, of which the latter half is left to chance: what failed together
 * does not come again together.
 * @param attempt 1 after the first attempt
 */
export function backoffMs(attempt: number, minMs: number, maxMs: number): number {
  const fullMs = Math.min(maxMs, minMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(fullMs * (0.5 + Math.random() / 2));
}
