import { parse } from 'csv-parse/sync';
import type { RefusalReason } from '../../protocol/refusal-reasons.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { ImportedRowProblem } from './proxy.ts';
import { type GivenProxy, PROXY_MESSAGES, ProxyBook } from './proxy-book.ts';
import type { NamedMember } from './proxy-queries.ts';

/** One row of the file: member numbers. */
export interface ProxyRow {
  readonly line: number;
  readonly grantor: string;
  readonly holder: string;
}

interface Checked {
  readonly fresh: readonly GivenProxy[];
  /** offered already, and accepted by this */
  readonly offered: readonly (GivenProxy & { readonly proxyId: string })[];
  /** accepted already, between the same two */
  readonly repeated: number;
}

const COLUMNS = ['grantor', 'holder'] as const;
/** Wrong rows that an answer names; the total is told as well. */
const NAMED_MAX = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true });

function unreadable(reason: RefusalReason, message: string, details: object = {}): Outcome<never> {
  return refuse('invalid_input', message, { details: { reason, ...details } });
}

/** The rows of a CSV file with a heading; comma, semicolon or tab between. Nothing in it is a member yet. */
export function readProxyFile(bytes: Uint8Array): Outcome<readonly ProxyRow[]> {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return unreadable('encoding', 'The file is not encoded as UTF-8. Save it as CSV UTF-8 and send it again.');
  }
  const heading = text.split(/\r?\n/, 1)[0] ?? '';
  const delimiter = [',', ';', '\t'].find((each) => heading.includes(each)) ?? ',';
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      delimiter,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as never;
  } catch (error) {
    return unreadable('csv', 'The file is no CSV: a quotation mark is not closed, or stands where none may.', {
      line: (error as { lines?: number }).lines ?? null,
    });
  }
  const [head, ...rest] = records;
  const names = head?.record.map((name) => name.toLowerCase()) ?? [];
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    return unreadable(
      'columns',
      `The first line must name the columns grantor and holder; ${missing.join(' and ')} is missing.`,
      {
        missing,
      },
    );
  }
  if (rest.length > limits.proxyImportMaxRows) {
    return unreadable('too_many_rows', `At most ${limits.proxyImportMaxRows} rows in one file. Send it in parts.`);
  }
  const [grantor, holder] = COLUMNS.map((column) => names.indexOf(column)) as [number, number];
  return accept(
    rest.map(({ record, info }) => ({
      line: info.lines,
      grantor: record[grantor] ?? '',
      holder: record[holder] ?? '',
    })),
  );
}

/** Each row against the members, the proxies there are, and the rows before it. */
export function checkProxyRows(
  rows: readonly ProxyRow[],
  members: ReadonlyMap<string, NamedMember>,
  given: readonly (GivenProxy & { readonly proxyId: string })[],
  meetingId: string | null,
  limit: number | null,
): Outcome<Checked> {
  const problems: ImportedRowProblem[] = [];
  // an offer between the same two is what the row accepts: it must not stand in its own way
  const offers = new Map(
    given
      .filter((each) => each.state === 'offered' && each.meetingId === meetingId)
      .map((each) => [`${each.grantorId} ${each.holderId}`, each]),
  );
  const named = new Set(
    rows.map(({ grantor, holder }) => `${members.get(grantor)?.memberId} ${members.get(holder)?.memberId}`),
  );
  const book = new ProxyBook(
    given.filter(
      (each) =>
        !(
          named.has(`${each.grantorId} ${each.holderId}`) &&
          offers.has(`${each.grantorId} ${each.holderId}`) &&
          each.state === 'offered'
        ),
    ),
  );
  const fresh: GivenProxy[] = [];
  const offered: (GivenProxy & { readonly proxyId: string })[] = [];
  let repeated = 0;
  for (const row of rows) {
    const found = partiesOf(row, members, problems);
    if (found === null) continue;
    const proxy: GivenProxy = { ...found, meetingId, state: 'accepted' };
    if (book.same(proxy)?.state === 'accepted') {
      repeated += 1;
      continue;
    }
    const problem = book.problemOf(proxy, limit);
    if (problem !== null) {
      const column = problem === 'limit' || problem === 'holder_has_given' ? 'holder' : 'grantor';
      problems.push({ line: row.line, column, problem, message: PROXY_MESSAGES[problem] });
      continue;
    }
    const offer = offers.get(`${proxy.grantorId} ${proxy.holderId}`);
    if (offer === undefined) fresh.push(proxy);
    else offered.push(offer);
    book.add(proxy);
  }
  if (problems.length === 0) return accept({ fresh, offered, repeated });
  return refuse(
    'invalid_input',
    `${problems.length} rows are wrong; nothing was imported. Correct them and send the file again.`,
    {
      details: { reason: 'rows', rows: problems.slice(0, NAMED_MAX), rows_total: problems.length },
    },
  );
}

function partiesOf(
  row: ProxyRow,
  members: ReadonlyMap<string, NamedMember>,
  problems: ImportedRowProblem[],
): { grantorId: string; holderId: string } | null {
  const before = problems.length;
  for (const column of COLUMNS) {
    const member = members.get(row[column]);
    const [problem, message] =
      row[column] === ''
        ? ['missing', 'A member number is missing.']
        : member === undefined
          ? ['unknown_member', 'No member has this number.']
          : member.active
            ? [null, '']
            : [`${column}_inactive`, PROXY_MESSAGES[`${column}_inactive`]];
    if (problem !== null)
      problems.push({ line: row.line, column, problem: problem as string, message: message as string });
  }
  if (problems.length > before) return null;
  const [grantor, holder] = COLUMNS.map((column) => members.get(row[column]) as NamedMember) as [
    NamedMember,
    NamedMember,
  ];
  return { grantorId: grantor.memberId, holderId: holder.memberId };
}
