/** The value below which `share` (0 to 1) of them lie; NaN of none. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Two figures behind the first for ratios and milliseconds, whole numbers from 100 up. */
export function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** Rates to three figures: the rest is noise. */
export function roundedRate(perSecond: number): number {
  return Number(perSecond.toPrecision(3));
}
