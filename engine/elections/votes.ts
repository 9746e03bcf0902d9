/** Micro-units of one vote. Weights carry six decimals. */
export const VOTE = 1_000_000n;

/**
 * Decimal votes as micro-units, the inverse of votesOfMicro (protocol/weight.ts) for any total of a result, which may
 * be larger than a ballot's weight, or negative. Throws on other text: only this engine writes results.
 */
export function microOfTotal(text: string): bigint {
  const parts = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(text);
  if (parts === null) throw new Error(`not decimal votes: ${text}`);
  const [, sign, whole = '', rest = ''] = parts;
  const size = BigInt(whole) * VOTE + BigInt(rest.padEnd(6, '0'));
  return sign === '-' ? -size : size;
}
