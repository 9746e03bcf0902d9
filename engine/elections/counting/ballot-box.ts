import type { Count, Pattern } from './method.ts';

/** What came out of the box, sorted into valid, blank and abstained. Weights in micro-units. */
export interface BallotBox {
  /** valid ballots, one pattern per canonical text, in the order of their texts */
  readonly valid: readonly Pattern[];
  readonly ballots: Count['ballots'];
  readonly weights: Count['weights'];
}

/**
 * Patterns of the same text become one, so that no count can depend on how or in which order they were delivered.
 * '' is blank; `abstention` is the text of an abstention where the method has one.
 */
export function openBox(patterns: readonly Pattern[], abstention?: string): BallotBox {
  const byText = new Map<string, { ballot: string; count: number; weight: bigint }>();
  for (const { ballot, count, weight } of patterns) {
    const same = byText.get(ballot);
    if (same === undefined) {
      byText.set(ballot, { ballot, count, weight });
    } else {
      same.count += count;
      same.weight += weight;
    }
  }
  const blank = byText.get('') ?? { count: 0, weight: 0n };
  const abstained = (abstention === undefined ? undefined : byText.get(abstention)) ?? { count: 0, weight: 0n };
  const valid = [...byText.values()]
    .filter(({ ballot }) => ballot !== '' && ballot !== abstention)
    .sort((a, b) => (a.ballot < b.ballot ? -1 : 1));
  const validCount = valid.reduce((sum, { count }) => sum + count, 0);
  const validWeight = valid.reduce((sum, { weight }) => sum + weight, 0n);
  return {
    valid,
    ballots: {
      cast: validCount + blank.count + abstained.count,
      valid: validCount,
      blank: blank.count,
      abstained: abstained.count,
    },
    weights: {
      cast: validWeight + blank.weight + abstained.weight,
      valid: validWeight,
      blank: blank.weight,
      abstained: abstained.weight,
    },
  };
}
