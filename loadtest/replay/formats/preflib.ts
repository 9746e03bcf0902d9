import { ElectionFileError, shown } from './election-file-error.ts';
import { makeOptions } from './option-ids.ts';
import { type Entry, MAX_VOTERS, type RankedBallot, type RankedElection } from './parsed-election.ts';
import { ORDER_TYPES, type OrderType, type PreflibHeader, readHeader } from './preflib-header.ts';
import { readOrder } from './preflib-order.ts';
import { linesOf, type SourceText } from './source-text.ts';

/**
 * PrefLib's orders (https://preflib.github.io/PrefLib-Jekyll/format): .soc .soi .toc .toi, in the form of September
 * 2022 and in the one before. An order with no alternative is a blank ballot (.soi and .toi only).
 * extension: the file's own, lower case; the header's DATA TYPE goes before it.
 * Throws ElectionFileError with the line: malformed lines, unknown or repeated alternatives, wrong totals.
 */
export function readPreflib(source: SourceText, extension: string): RankedElection {
  const lines = linesOf(source.text);
  const header = readHeader(source.name, lines);
  const notes: string[] = [];
  const type = orderType(source.name, header, extension, notes);
  const named = [...header.alternatives].map(([number, title]) => ({ source: number, title }));
  const options = makeOptions(source.name, named, notes);
  const sharedNames = options.length - new Set(options.map((option) => option.title)).size;
  if (sharedNames > 0) notes.push(`alternatives with the name of another one: ${sharedNames}`);
  const ballots = readOrders(source.name, lines, header, type);
  const voters = checkTotals(source.name, header, ballots, notes);
  return {
    kind: 'ranked',
    format: `preflib ${type}`,
    complete: type.endsWith('c'),
    title: header.fields.get('title') || source.name,
    source: { file: source.name, header: header.fields },
    options,
    ballots,
    voters,
    suggestedMethod: type.startsWith('s') ? 'irv' : 'schulze',
    notes,
  };
}

function orderType(file: string, header: PreflibHeader, extension: string, notes: string[]): OrderType {
  const declared = header.fields.get('data type')?.toLowerCase();
  const type = declared || extension;
  if (ORDER_TYPES.includes(type)) {
    if (type !== extension && ORDER_TYPES.includes(extension)) {
      notes.push(`read as ${type}, as its header says, although the file is called .${extension}`);
    }
    return type as OrderType;
  }
  const problem = `the data type ${shown(type)} holds no orders to vote with`;
  throw new ElectionFileError(file, {}, problem, 'PrefLib files that can be replayed: .soc .soi .toc .toi');
}

function readOrders(
  file: string,
  lines: readonly string[],
  header: PreflibHeader,
  type: OrderType,
): Entry<RankedBallot>[] {
  const countForm = header.separator === ':' ? /^\s*(\d+)\s*:/ : /^\s*(\d+)\s*(?:,|$)/;
  const entries: Entry<RankedBallot>[] = [];
  for (let index = header.firstOrder; index < lines.length; index += 1) {
    const text = lines[index] ?? '';
    if (text.trim() === '') continue;
    const match = countForm.exec(text);
    if (match === null) {
      const problem = `${shown(text)} does not begin with "count${header.separator}"`;
      throw new ElectionFileError(file, { line: index + 1 }, problem, 'after the header only orders follow');
    }
    const count = Number(match[1]);
    if (count < 1 || count > MAX_VOTERS) {
      const problem = `${match[1]} voters for one order`;
      throw new ElectionFileError(file, { line: index + 1 }, problem, `a count is from 1 to ${MAX_VOTERS}`);
    }
    const order = readOrder(text, match[0].length);
    if (!order.ok) {
      const place = { line: index + 1, column: order.column };
      throw new ElectionFileError(file, place, order.problem, 'write an order as 3,{1,2},4');
    }
    checkOrder(file, index + 1, order.ranks, header.alternatives, type);
    entries.push({ ballot: { ranking: order.ranks }, count, line: index + 1 });
  }
  return entries;
}

function checkOrder(
  file: string,
  line: number,
  ranks: readonly (readonly string[])[],
  alternatives: ReadonlyMap<string, string>,
  type: OrderType,
): void {
  const seen = new Set<string>();
  for (const rank of ranks) {
    if (rank.length > 1 && type.startsWith('s')) {
      const problem = `alternatives ${rank.join(' and ')} are tied, which .${type} does not allow`;
      throw new ElectionFileError(file, { line }, problem, 'a file with ties is a .toc or .toi');
    }
    for (const alternative of rank) {
      if (!alternatives.has(alternative)) {
        const problem = `alternative ${alternative} is not declared (the header names ${alternatives.size})`;
        throw new ElectionFileError(file, { line }, problem, 'declare it in the header or correct the order');
      }
      if (seen.has(alternative)) {
        const problem = `alternative ${alternative} stands twice in one order`;
        throw new ElectionFileError(file, { line }, problem, 'rank each alternative once');
      }
      seen.add(alternative);
    }
  }
  if (type.endsWith('c') && seen.size < alternatives.size) {
    const problem = `the order has ${seen.size} of ${alternatives.size} alternatives, .${type} needs all`;
    throw new ElectionFileError(file, { line }, problem, 'a file of incomplete orders is a .soi or .toi');
  }
}

function checkTotals(
  file: string,
  header: PreflibHeader,
  entries: readonly Entry<RankedBallot>[],
  notes: string[],
): number {
  const total = entries.reduce((sum, entry) => sum + entry.count, 0);
  if (total === 0 || total > MAX_VOTERS) {
    const problem = total === 0 ? 'no orders follow the header' : `the orders add up to ${total} voters`;
    throw new ElectionFileError(file, {}, problem, `an election takes 1 to ${MAX_VOTERS} voters`);
  }
  const hint = 'the file may be cut off, or its header belongs to another one';
  for (const { value, line, words } of header.voters) {
    if (value === total) continue;
    throw new ElectionFileError(file, { line }, `${words} is ${value}, but the orders add up to ${total}`, hint);
  }
  const distinct = new Set(entries.map((entry) => canonicalText(entry.ballot))).size;
  const unique = header.uniqueOrders;
  if (unique !== undefined && unique.value !== distinct && unique.value !== entries.length) {
    const problem = `${unique.words} is ${unique.value}, but ${distinct} different orders follow`;
    throw new ElectionFileError(file, { line: unique.line }, problem, hint);
  }
  const repeated = entries.length - distinct;
  if (repeated > 0) notes.push(`lines that repeat an earlier order, counts added up: ${repeated}`);
  if (header.voters.length === 0) notes.push('the header does not say how many voters there are: not checked');
  if (unique === undefined) notes.push('the header does not say how many unique orders there are: not checked');
  const blank = entries.reduce((sum, { ballot, count }) => sum + (ballot.ranking.length === 0 ? count : 0), 0);
  if (blank > 0) notes.push(`blank ballots: ${blank}`);
  return total;
}

function canonicalText(ballot: RankedBallot): string {
  return ballot.ranking.map((rank) => [...rank].sort().join('=')).join('>');
}
