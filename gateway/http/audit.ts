import { stringify } from 'csv-stringify/sync';
import type { z } from 'zod';
import type { AuditRecord, Engine } from '../../engine/index.ts';
import { accept, type Outcome } from '../../engine/outcome.ts';
import { type AuditEntryView, auditExportQuery, auditPage, auditQuery, auditState } from '../../protocol/audit.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Audit';
/** Rows of one file: some 10 MB, and a second of reading. */
const EXPORT_MAX_ROWS = 10_000;
const PAGE_ROWS = 1_000;

function viewOf({ entry, details, actorName }: AuditRecord): AuditEntryView {
  return {
    seq: entry.seq,
    at: entry.at,
    chained_at: entry.chainedAt,
    actor: entry.actor,
    actor_name: actorName,
    bypassed: entry.bypassed,
    act: entry.act,
    subject: entry.subject,
    request_id: entry.requestId,
    facts: entry.facts,
    old: details?.old ?? null,
    new: details?.new ?? null,
    origin: details?.origin ?? null,
    erased: details !== null && (details.erased || details.originErased),
    entry_hash: entry.entryHash,
    prev_hash: entry.prevHash,
  };
}

type ExportQuery = z.output<typeof auditExportQuery>;

function filterOf({ cursor, from, to, ...rest }: ExportQuery) {
  return {
    ...rest,
    before: cursor === undefined ? undefined : Number(cursor),
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  };
}

async function readFile(
  engine: Engine,
  orgId: string,
  query: ExportQuery,
): Promise<Outcome<{ readonly views: readonly AuditEntryView[]; readonly nextCursor: string | null }>> {
  const filter = filterOf(query);
  const views: AuditEntryView[] = [];
  let before = filter.before;
  for (;;) {
    const page = await engine.audit.list(orgId, { ...filter, before, limit: PAGE_ROWS });
    if (!page.ok) return page;
    views.push(...page.value.items.map(viewOf));
    const { nextCursor } = page.value;
    if (nextCursor === null || views.length >= EXPORT_MAX_ROWS) return accept({ views, nextCursor });
    before = Number(nextCursor);
  }
}

const list = operation({
  id: 'listAudit',
  method: 'get',
  path: '/v1/audit',
  tag: TAG,
  summary: 'Who changed what and when, newest first',
  description:
    'The audit chain of the organisation. Each entry holds the hash of the one before; npm run audit -- verify walks it.',
  permission: 'audit.read',
  query: auditQuery,
  success: { 200: { description: 'A page of entries.', schema: auditPage } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query: { limit, ...query } }) =>
    replyWith(await engine.audit.list(identity.orgId, { ...filterOf(query), limit }), ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(viewOf), next_cursor: nextCursor },
    })),
});

function fileHeaders(name: string, nextCursor: string | null): Record<string, string> {
  return {
    'content-disposition': `attachment; filename="${name}"`,
    ...(nextCursor === null ? {} : { 'x-next-cursor': nextCursor }),
  };
}

const COLUMNS = [
  ...['seq', 'at', 'actor', 'actor_name', 'bypassed', 'act', 'subject', 'origin', 'request_id'],
  ...['facts', 'old', 'new', 'erased', 'prev_hash', 'entry_hash'],
] as const satisfies readonly (keyof AuditEntryView)[];

function cellOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const exportCsv = operation({
  id: 'exportAuditCsv',
  method: 'get',
  path: '/v1/audit.csv',
  tag: TAG,
  summary: 'Export the audit chain as CSV',
  description: 'Newest first. Past 10,000 rows X-Next-Cursor starts the next file.',
  permission: 'audit.read',
  query: auditExportQuery,
  success: { 200: { description: 'The file.', mediaType: 'text/csv' } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) =>
    replyWith(await readFile(engine, identity.orgId, query), ({ views, nextCursor }) => {
      const rows = views.map((view) => COLUMNS.map((column) => cellOf(view[column])));
      // texts that a spreadsheet would run as a formula get a quote in front: values are written by people
      const content = stringify([[...COLUMNS], ...rows], { escape_formulas: true, record_delimiter: '\r\n' });
      return {
        status: 200,
        text: { type: 'text/csv; charset=utf-8', content },
        headers: fileHeaders('audit.csv', nextCursor),
      };
    }),
});

const exportJson = operation({
  id: 'exportAuditJson',
  method: 'get',
  path: '/v1/audit.jsonl',
  tag: TAG,
  summary: 'Export the audit chain as JSON, a line an entry',
  description: 'Newest first. Past 10,000 rows X-Next-Cursor starts the next file.',
  permission: 'audit.read',
  query: auditExportQuery,
  success: { 200: { description: 'The file.', mediaType: 'application/x-ndjson' } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) =>
    replyWith(await readFile(engine, identity.orgId, query), ({ views, nextCursor }) => ({
      status: 200,
      text: {
        type: 'application/x-ndjson; charset=utf-8',
        content: views.map((view) => `${JSON.stringify(view)}\n`).join(''),
      },
      headers: fileHeaders('audit.jsonl', nextCursor),
    })),
});

const state = operation({
  id: 'getAuditState',
  method: 'get',
  path: '/v1/audit/state',
  tag: TAG,
  summary: 'How the audit chain stands',
  description: 'Its end, its newest signed head, and what the last verification by the server found.',
  permission: 'audit.read',
  success: { 200: { description: 'The state.', schema: auditState } },
  failures: ['database_away'],
  handle: async ({ engine, identity }) =>
    replyWith(await engine.audit.state(identity.orgId), ({ seq, hash, head, check }) => ({
      status: 200,
      body: {
        ...{ seq, hash, head },
        check: check && { at: check.at.toISOString(), seq: check.seq, problem: check.problem },
      },
    })),
});

export const auditOperations: readonly Operation[] = [list, exportCsv, exportJson, state];
