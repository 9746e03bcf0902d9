import { organisationNamed } from './api-queries.ts';
import { asAdmin, measureReads, type ReadFigures, type ReadSizes } from './api-reads.ts';
import { makePeople } from './member-names.ts';
import { MEMBER_SIZES, type MemberFigures, type MemberSizes, measureMembers } from './members.ts';
import { rounded } from './quantiles.ts';
import { atMost, type Line, tableOfLines } from './report.ts';
import { startGatewayOn } from './sockets/measure.ts';
import { openStage, type Say, type Stage, valueFrom } from './stage.ts';

export interface ApiSizes extends ReadSizes {
  readonly members: MemberSizes;
  readonly importRows: number;
}

export const API_FULL: ApiSizes = {
  members: MEMBER_SIZES,
  importRows: 10_000,
  reads: 1_000,
  ballots: 10_000,
  elections: 200,
};

export const API_QUICK: ApiSizes = {
  ...API_FULL,
  members: { ...MEMBER_SIZES, otherOrganisations: 10, searches: 200, pages: 50 },
  reads: 200,
};

/** The last line of `--api --json`. Times in milliseconds. */
export interface ApiBenchReport {
  readonly import: {
    readonly rows: number;
    readonly preview_ms: number;
    readonly accept_ms: number;
    readonly ms: number;
    /** from the triggers' staged rows into the audit chain, as the workers do it afterwards */
    readonly audit_chain_ms: number;
    readonly audit_entries: number;
  };
  /** through the engine */
  readonly members: MemberFigures;
  /** through HTTP */
  readonly http_p95_ms: ReadFigures;
}

/** Where measureMembers keeps its members. */
const LARGE = 'Large';

/** The HTTP API on one fresh database: import, search, pages and the common reads. */
export async function runApiBench(options: {
  readonly sizes: ApiSizes;
  readonly say: Say;
  readonly signal?: AbortSignal;
}): Promise<ApiBenchReport> {
  const { sizes, say, signal } = options;
  say('starting a database of its own …');
  const stage = await openStage(say);
  try {
    signal?.throwIfAborted();
    const stopped = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    const measuring = measureApi(stage, sizes);
    measuring.catch(() => {}); // after a stop its connections are gone
    return await Promise.race([measuring, stopped]);
  } finally {
    await stage.close();
  }
}

async function measureApi(stage: Stage, sizes: ApiSizes): Promise<ApiBenchReport> {
  const { server } = await startGatewayOn(stage);
  const imported = await measureImport(stage, server.httpUrl, sizes.importRows);
  stage.say(`${imported.rows} members imported in ${imported.ms} ms`);
  const members = await measureMembers(stage, sizes.members);
  const largeOrgId = await organisationNamed(stage.sql, LARGE);
  const reader = { stage, httpUrl: server.httpUrl, sizes };
  const http_p95_ms = await measureReads(reader, largeOrgId, sizes.members.members);
  return { import: imported, members, http_p95_ms };
}

/** A file as an association sends it: read, checked, shown, accepted. */
async function measureImport(stage: Stage, httpUrl: string, rows: number): Promise<ApiBenchReport['import']> {
  const http = await asAdmin({ stage, httpUrl }, stage.orgId);
  const people = makePeople(rows, 'import');
  const content = `number,name,email\n${people.map(({ number, name, email }) => `${number},${name},${email}\n`).join('')}`;
  const startedMs = performance.now();
  const preview = await http.call<{ import_id: string; counts: { new: number; wrong: number } }>({
    method: 'POST',
    path: '/v1/member-imports',
    file: { content, mediaType: 'text/csv' },
    creates: true,
  });
  const previewedMs = performance.now();
  await http.call({ method: 'POST', path: `/v1/member-imports/${preview.import_id}/accept` });
  const acceptedMs = performance.now();
  if (preview.counts.new !== rows) throw new Error(`only ${preview.counts.new} of ${rows} rows were taken`);
  await stage.engine.audit.chainChanges(stage.orgId); // beside workers, where the server has some: it ends when all is in
  const chainedMs = performance.now();
  const { seq: entries } = valueFrom(await stage.engine.audit.state(stage.orgId));
  return {
    rows,
    preview_ms: rounded(previewedMs - startedMs),
    accept_ms: rounded(acceptedMs - previewedMs),
    ms: rounded(acceptedMs - startedMs),
    audit_chain_ms: rounded(chainedMs - acceptedMs),
    audit_entries: entries,
  };
}

/** A table for people: each figure, the bar beside it, and whether it is reached. */
export function apiTableOf({ import: imported, members, http_p95_ms: http }: ApiBenchReport): string {
  const line = (what: string, value: number, bar: Line['bar'] = null): Line => ({ what, value, unit: 'ms', bar });
  return tableOfLines([
    line(`import of ${imported.rows} members, preview and acceptance`, imported.ms, atMost(5_000)),
    line(`… ${imported.audit_entries} entries into the audit chain`, imported.audit_chain_ms, atMost(3_000)),
    line(`member search at ${members.members} members, p95`, members.search_p95_ms, atMost(20)),
    line('… through HTTP, p95', http.member_search),
    line('page of 100 members, p95', members.page_of_100_p95_ms, atMost(50)),
    line('… through HTTP, p95', http.members_page, atMost(50)),
    line('page of 100 published ballots through HTTP, p95', http.ballots_page, atMost(50)),
    line('result through HTTP, p95', http.result, atMost(50)),
    line('election through HTTP, p95', http.election),
    line('page of 100 elections through HTTP, p95', http.elections_page),
    line('tally of an open election through HTTP, p95', http.tally),
    line('participation through HTTP, p95', http.participation),
  ]);
}
