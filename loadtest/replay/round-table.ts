import type { ResultView } from '../../client/index.ts';

const NAME_CHARACTERS = 34;
const CELL_CHARACTERS = 13;
/** So many columns stay below 120 characters. */
const ROUNDS_PER_TABLE = 6;
const OPTIONS_SHOWN = 40;

/**
 * Every round for a person: one row an option, one column a round; * elected, - eliminated in that round. Below it the
 * rule that decided each round. Long elections get one table after the other.
 * @param titles name by option id
 */
export function roundTables({ count }: ResultView, titles: ReadonlyMap<string, string>): string[] {
  const shown = count.ranking.flat().slice(0, OPTIONS_SHOWN);
  const ids = [...new Set([...shown, ...Object.keys(count.totals)])].slice(0, OPTIONS_SHOWN);
  const hidden = Object.keys(count.totals).length - ids.length;
  const lines: string[] = [];
  for (let start = 0; start < count.rounds.length; start += ROUNDS_PER_TABLE) {
    const rounds = count.rounds.slice(start, start + ROUNDS_PER_TABLE);
    lines.push(
      row(
        '',
        rounds.map(({ round }) => `round ${round}`),
      ),
    );
    for (const id of ids) {
      const cells = rounds.map(({ amounts, elected, eliminated }) => {
        const mark = elected.includes(id) ? '*' : eliminated.includes(id) ? '-' : ' ';
        return `${shortVotes(amounts[id] ?? '')}${mark}`;
      });
      lines.push(row(titles.get(id) ?? id, cells));
    }
    if (hidden > 0) lines.push(`  … and ${hidden} more`);
    if (rounds.some(({ exhausted }) => exhausted !== '0')) {
      lines.push(
        row(
          'exhausted',
          rounds.map(({ exhausted }) => `${shortVotes(exhausted)} `),
        ),
      );
    }
    if (rounds.some(({ quota }) => quota !== undefined)) {
      lines.push(
        row(
          'quota',
          rounds.map(({ quota }) => `${shortVotes(quota ?? '')} `),
        ),
      );
    }
    lines.push('');
  }
  for (const { round, rule, elected, eliminated } of count.rounds) {
    const names = (ids: readonly string[]) => ids.map((id) => titles.get(id) ?? id).join(', ');
    const who = [
      ...(elected.length > 0 ? [`elected ${names(elected)}`] : []),
      ...(eliminated.length > 0 ? [`eliminated ${names(eliminated)}`] : []),
    ].join('; ');
    lines.push(`  round ${round}: ${who}${who === '' ? '' : ' – '}${rule}`);
  }
  return lines;
}

function row(name: string, cells: readonly string[]): string {
  const short = name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS - 1)}…` : name;
  return `  ${short.padEnd(NAME_CHARACTERS)}${cells.map((cell) => cell.padStart(CELL_CHARACTERS)).join('')}`;
}

/** Two decimals are enough to follow a count; the result itself has all six. */
function shortVotes(votes: string): string {
  const [whole = '', fraction = ''] = votes.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === '' ? grouped : `${grouped}.${fraction.slice(0, 2)}`;
}
