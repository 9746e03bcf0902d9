import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ImportEncoding } from '../../protocol/member-imports.ts';
import type { Database, Transaction } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { type Column, readColumns } from './csv/columns.ts';
import { decodeFile } from './csv/encoding.ts';
import { problemAt } from './csv/problems.ts';
import { type FileRecords, readRecords } from './csv/records.ts';
import { RowReader } from './csv/rows.ts';
import type { ImportError, ImportReport, MemberImport, NewImport } from './import.ts';
import * as queries from './import-queries.ts';
import type { MembersActor } from './member.ts';
import { lockMembers, preferIndexes } from './queries.ts';
import { Refusal, refusing } from './refusal.ts';

const NO_IMPORT = refuse('not_found', 'There is no such import. Send the file again.', {
  details: { resource: 'member_import' },
});
const STALE = refuse(
  'conflict',
  'Members have changed since this preview. Send the file again and look at the new one.',
  {
    details: { reason: 'stale' },
  },
);
const EXPIRED = refuse('conflict', 'The preview has expired. Send the file again.', { details: { reason: 'expired' } });
const HAS_ERRORS = refuse('conflict', 'The file has errors. Correct them and send it again; nothing was imported.', {
  details: { reason: 'has_errors' },
});
const ROLES_FORBIDDEN = refuse('forbidden', 'Only an admin can accept this import: it changes roles.', {
  details: { role: 'admin' },
});

/** Rows that are read, or sent to the database, before others get a turn: some 10 ms. */
const TURN_ROWS = 2_000;
/** SQLSTATEs: somebody who does not know of `lockMembers` was quicker with a number, an address or a group. */
const OVERTAKEN = ['23503', '23505'];

interface FileRead {
  readonly encoding: ImportEncoding;
  readonly columns: readonly Column[];
  readonly records: FileRecords;
}

/** Decodes, splits and recognises the columns. */
async function readFile({ bytes, encoding }: NewImport): Promise<Outcome<FileRead>> {
  const decoded = decodeFile(bytes, encoding);
  if (!decoded.ok) return decoded;
  const records = await readRecords(decoded.value.text);
  if (!records.ok) return records;
  const columns = readColumns(records.value.heading.cells);
  if (!columns.ok) return columns;
  return accept({ encoding: decoded.value.encoding, columns: columns.value, records: records.value });
}

/** Lists of members as files: looked at first, then accepted as a whole or not at all. */
export class MemberImports {
  readonly #database: Database;
  readonly #feed: LogFeed;

  constructor(database: Database, feed: LogFeed) {
    this.#database = database;
    this.#feed = feed;
  }

  /**
   * Reads a file and says what accepting it would do; members stay as they are. A file that cannot be read at all is
   * refused as `invalid_input`, rows that are wrong are told in the preview.
   */
  async preview(orgId: string, input: NewImport, actor: MembersActor): Promise<Outcome<MemberImport>> {
    const file = await readFile(input);
    if (!file.ok) return file;
    const importId = randomUUID();
    return refusing(async () => {
      const ids = await this.#database.management.withOrg(orgId, (tx) => queries.selectGroupIds(tx, orgId));
      const reader = new RowReader(file.value.columns, { ids, create: input.createGroups === true });
      for (const [i, row] of file.value.records.rows.entries()) {
        if (i % TURN_ROWS === TURN_ROWS - 1) await setImmediate();
        reader.read(row);
      }
      return this.#long(orgId, async (tx) => {
        await preferIndexes(tx);
        await queries.deleteOldest(tx, orgId, limits.importMaxFiles - 1);
        await queries.insertImport(tx, orgId, importId, actor.id, limits.importKeptMs);
        for (let from = 0; from < reader.rows.length; from += TURN_ROWS) {
          await queries.insertRows(tx, orgId, importId, reader.rows.slice(from, from + TURN_ROWS));
        }
        const digest = await queries.compareRows(tx, orgId, importId, actor.givesRoles);
        const report = await reportOf(tx, orgId, importId, file.value, reader.errors);
        const sound = report.counts.wrong === 0;
        await queries.saveReport(tx, orgId, importId, report, sound ? digest : null);
        if (!sound) await queries.deleteRows(tx, orgId, importId); // nobody can accept it: the list need not lie about
        return this.#find(tx, orgId, importId);
      });
    });
  }

  async get(orgId: string, importId: string): Promise<Outcome<MemberImport>> {
    return guarded(() => this.#database.management.withOrg(orgId, (tx) => this.#find(tx, orgId, importId)));
  }

  /**
   * Makes the members be as the list says, all rows in one transaction. Again changes nothing. Refuses `conflict` with
   * details.reason: has_errors, expired, stale (members that the list touches have changed since the preview).
   */
  async accept(orgId: string, importId: string, actor: MembersActor): Promise<Outcome<MemberImport>> {
    const outcome = await refusing(async () => {
      try {
        return await this.#long(orgId, async (tx) => {
          await lockMembers(tx, orgId);
          const found = await queries.selectImport(tx, orgId, importId, true);
          if (found === undefined) throw new Refusal(NO_IMPORT);
          const { state, counts } = found.member_import;
          if (state === 'accepted') return accept(found.member_import);
          if (counts.wrong > 0) throw new Refusal(HAS_ERRORS);
          if (state === 'expired') throw new Refusal(EXPIRED);
          const digest = await queries.compareRows(tx, orgId, importId, actor.givesRoles);
          if (digest !== found.digest) {
            const problems = await queries.selectProblems(tx, orgId, importId);
            const onlyRoles = problems.length > 0 && problems.every(({ problem }) => problem === 'role_not_allowed');
            throw new Refusal(onlyRoles ? ROLES_FORBIDDEN : STALE);
          }
          await queries.acceptRows(tx, orgId, importId, actor.id);
          return this.#find(tx, orgId, importId);
        });
      } catch (error) {
        throw OVERTAKEN.includes(String((error as { code?: unknown }).code)) ? new Refusal(STALE) : error;
      }
    });
    if (outcome.ok) this.#feed.poke(orgId);
    return outcome;
  }

  /** Throws the list and its preview away; what was accepted stays. */
  async delete(orgId: string, importId: string): Promise<Outcome<null>> {
    return guarded(async () =>
      (await this.#database.management.withOrg(orgId, (tx) => queries.deleteImport(tx, orgId, importId)))
        ? accept(null)
        : NO_IMPORT,
    );
  }

  /** Erases lists and previews past their time, of all organisations. Throws the database's errors. */
  async tidy(): Promise<void> {
    await this.#database.management.act((sql) => queries.eraseExpired(sql));
  }

  #long<T>(orgId: string, work: (tx: Transaction) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    return this.#database.management.withOrg(orgId, work, limits.importTimeoutMs);
  }

  async #find(tx: Transaction, orgId: string, importId: string): Promise<Outcome<MemberImport>> {
    const found = await queries.selectImport(tx, orgId, importId, false);
    return found === undefined ? NO_IMPORT : accept(found.member_import);
  }
}

async function reportOf(
  tx: Transaction,
  orgId: string,
  importId: string,
  { encoding, columns, records }: FileRead,
  errorsOfFile: readonly ImportError[],
): Promise<ImportReport> {
  const problems = await queries.selectProblems(tx, orgId, importId);
  const errors = [...errorsOfFile, ...problems.map((each) => errorOf(each, columns))].sort((a, b) => a.line - b.line);
  return {
    encoding,
    separator: records.separator,
    columns,
    counts: {
      rows: records.rows.length,
      ...(await queries.countActions(tx, orgId, importId)),
      wrong: new Set(errors.map(({ line }) => line)).size,
    },
    newGroups: await queries.selectNewGroups(tx, orgId, importId),
    errors: errors.slice(0, limits.importShownItems),
    errorsTotal: errors.length,
    sample: await queries.selectSample(tx, orgId, importId, limits.importSampleRows),
  };
}

/** What the comparison with the members found, with the column that it is about. */
function errorOf(
  { line, problem, number, email, name }: Awaited<ReturnType<typeof queries.selectProblems>>[number],
  columns: readonly Column[],
): ImportError {
  const headingOf = (...fields: readonly Column['field'][]) =>
    columns.find(({ field }) => field !== null && fields.includes(field))?.heading ?? null;
  switch (problem) {
    case 'missing':
      return problemAt(line, headingOf('name', 'last_name'), problem, '', 'A new member needs a name.');
    case 'email_taken':
    case 'account_taken':
      return problemAt(line, headingOf('email'), problem, email ?? '');
    case 'role_not_allowed':
      return problemAt(line, headingOf('roles'), problem, name ?? number ?? '');
    default:
      return problemAt(line, null, problem, number ?? email ?? '');
  }
}
