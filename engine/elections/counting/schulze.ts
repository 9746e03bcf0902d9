import type { SchulzeSettings } from '../../../protocol/methods/schulze.ts';
import { votesOfMicro } from '../../../protocol/weight.ts';
import { openBox } from './ballot-box.ts';
import { optionIdAt } from './ballot-text.ts';
import type { Contest, Encoded, Method, Pattern } from './method.ts';
import { checkRanked, decodeRanking, encodeRanking, parseRanking } from './ranking-text.ts';
import { addFigure, byOption, checkSeats, countOnce } from './seats.ts';

/** Weights are summed as two exact parts below 2^53 (a bigint per cell and ballot was 20 times slower). */
const LOW_PART = 1_000_000_000n;

type Matrix = readonly (readonly bigint[])[];

/**
 * Condorcet by the Schulze method (M. Schulze, Social Choice and Welfare 36:267, 2011), link strength = winning
 * votes. Unranked options stand together below the ranked ones.
 * The first rank holds everyone whom nobody beats by strongest paths; each next rank those whom nobody of the rest
 * beats. Totals are the weight of the weakest pairwise result of an option (its least votes against any other).
 */
export const schulze: Method<SchulzeSettings> = {
  id: 'schulze',
  figure: 'first preferences',

  check(contest) {
    return [...checkSeats(contest, contest.settings.seats), ...checkRanked(contest)];
  },

  encode(contest: Contest<SchulzeSettings>, ballot: unknown): Encoded {
    return encodeRanking(contest, ballot, true);
  },

  decode(contest, ballot) {
    return decodeRanking(contest, ballot);
  },

  accumulate(_contest, figures, pattern) {
    for (const position of parseRanking(pattern.ballot)[0] ?? []) addFigure(figures, position, pattern, 1);
  },

  count(contest, patterns) {
    const box = openBox(patterns);
    const preferred = pairwise(box.valid, contest.options.length);
    const strongest = strongestPaths(preferred);
    const ranking = layers(contest, strongest);
    const totals = preferred.map((row, a) =>
      row.reduce((least, weight, b) => (b !== a && weight < least ? weight : least), box.weights.valid),
    );
    const details = { pairwise: table(contest, preferred), strongestPaths: table(contest, strongest) };
    const { seats } = contest.settings;
    return countOnce({ contest, box, seats, ranking, totals, rule: 'strongest paths (Schulze)', details });
  },
};

/** [a][b] = weight of the ballots that rank a above b. */
function pairwise(valid: readonly Pattern[], options: number): bigint[][] {
  const low = new Float64Array(options * options);
  const high = new Float64Array(options * options);
  const below = new Uint8Array(options);
  for (const { ballot, weight } of valid) {
    const [lowPart, highPart] = [Number(weight % LOW_PART), Number(weight / LOW_PART)];
    below.fill(1);
    for (const rank of parseRanking(ballot)) {
      for (const position of rank) below[position] = 0;
      for (const position of rank) {
        for (let other = 0, cell = position * options; other < options; other++, cell++) {
          if (below[other] === 0) continue;
          low[cell] = (low[cell] ?? 0) + lowPart;
          high[cell] = (high[cell] ?? 0) + highPart;
        }
      }
    }
  }
  const sum = (cell: number) => BigInt(high[cell] ?? 0) * LOW_PART + BigInt(low[cell] ?? 0);
  return Array.from({ length: options }, (_, a) => Array.from({ length: options }, (_, b) => sum(a * options + b)));
}

/** Floyd and Warshall's widest paths over the links that win their pair. */
function strongestPaths(preferred: Matrix): bigint[][] {
  const at = (matrix: Matrix, a: number, b: number) => matrix[a]?.[b] ?? 0n;
  const paths = preferred.map((row, a) => row.map((weight, b) => (weight > at(preferred, b, a) ? weight : 0n)));
  for (let via = 0; via < paths.length; via++) {
    const fromVia = paths[via] ?? [];
    for (let a = 0; a < paths.length; a++) {
      const row = paths[a] ?? [];
      const toVia = row[via] ?? 0n;
      if (a === via || toVia === 0n) continue;
      for (let b = 0; b < row.length; b++) {
        const onward = fromVia[b] ?? 0n;
        const strength = toVia < onward ? toVia : onward;
        if (b !== a && strength > (row[b] ?? 0n)) row[b] = strength;
      }
    }
  }
  return paths;
}

/** Ranks by repeatedly taking everyone whom no other remaining option beats; the relation has no cycle. */
function layers(contest: Contest, strongest: Matrix): string[][] {
  const ranks: string[][] = [];
  let rest = contest.options.map((_, position) => position);
  const beats = (a: number, b: number) => (strongest[a]?.[b] ?? 0n) > (strongest[b]?.[a] ?? 0n);
  while (rest.length > 0) {
    const unbeaten = rest.filter((option) => !rest.some((other) => beats(other, option)));
    ranks.push(unbeaten.map((position) => optionIdAt(contest, position)));
    rest = rest.filter((option) => !unbeaten.includes(option));
  }
  return ranks;
}

function table(contest: Contest, matrix: Matrix): Record<string, Record<string, string>> {
  const rows = matrix.map((row, a) => {
    const cells = byOption(contest, row.map(votesOfMicro));
    delete cells[optionIdAt(contest, a)];
    return cells;
  });
  return byOption(contest, rows);
}
