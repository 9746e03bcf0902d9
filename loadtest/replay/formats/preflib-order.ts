type ReadOrder =
  | { readonly ok: true; readonly ranks: readonly (readonly string[])[] }
  | { readonly ok: false; readonly column: number; readonly problem: string };

const TOKEN = /\s*(?:([{},])|([^{},\s]+))/y;

/**
 * One order of PrefLib: '3,{1,2},4', spaces allowed, braces around alternatives that share a rank. '' is no order.
 * text is read from the 0-based position `from`; a problem's column counts from 1.
 */
export function readOrder(text: string, from: number): ReadOrder {
  const ranks: string[][] = [];
  const end = text.trimEnd().length;
  let tie: string[] | null = null;
  let afterItem = false;
  TOKEN.lastIndex = from;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text) as RegExpExecArray; // the two alternatives cover every character
    const [, sign, word] = match;
    const column = TOKEN.lastIndex - (sign ?? word ?? '').length + 1;
    const problem = tokenProblem(sign, word, tie, afterItem);
    if (problem !== null) return { ok: false, column, problem };
    if (sign === ',') {
      afterItem = false;
    } else if (sign === '{') {
      tie = [];
    } else if (sign === '}') {
      ranks.push(tie as string[]);
      tie = null;
      afterItem = true;
    } else {
      const alternative = String(Number(word));
      if (tie === null) ranks.push([alternative]);
      else tie.push(alternative);
      afterItem = true;
    }
  }
  if (tie !== null) return { ok: false, column: end, problem: 'a tie is opened by "{" and never closed' };
  if (!afterItem && end > from && text.slice(from, end).trim() !== '') {
    return { ok: false, column: end, problem: 'the order ends with a comma' };
  }
  return { ok: true, ranks };
}

function tokenProblem(
  sign: string | undefined,
  word: string | undefined,
  tie: readonly string[] | null,
  afterItem: boolean,
): string | null {
  if (sign === ',') return afterItem ? null : 'there is no alternative before a comma';
  if (sign === '}') {
    if (tie === null) return 'a tie is closed by "}" that no "{" opened';
    if (tie.length === 0) return 'a tie is empty';
    return afterItem ? null : 'there is no alternative between a comma and "}"';
  }
  if (sign === '{' && tie !== null) return 'a tie is opened inside a tie';
  if (afterItem) return `a comma is missing before "${sign ?? word}"`;
  if (word !== undefined && !/^\d{1,9}$/.test(word)) return `"${word.slice(0, 40)}" is no number of an alternative`;
  return null;
}
