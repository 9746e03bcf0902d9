import type { Engine, SearchScope } from '../engine/index.ts';
import { SEARCH_KINDS } from '../protocol/search.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { readArguments } from './arguments.ts';
import { withOperatorEngine } from './operator-engine.ts';
import { runCommand } from './run-command.ts';
import { searchOptionsOf } from './search-settings.ts';
import { readSettings } from './settings.ts';

/** Differences that are printed one by one. */
const SHOWN_MAX = 100;
const PROGRESS_EVERY_MS = 1_000;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const print = (line: string) => process.stdout.write(`${line}\n`);

/** `reindex` builds the search anew while it is used, `check` proves that it has what the database has. */
await runCommand(async () => {
  const { flags, positionals } = readArguments({
    command: 'npm run search',
    purpose: 'Builds the search anew from the database, or proves that the two agree.',
    positionals: ['ACT'],
    flags: {
      kind: { type: 'string', placeholder: 'KIND', purpose: `only this: ${SEARCH_KINDS.join(', ')}` },
      org: { type: 'string', placeholder: 'ORG_ID', purpose: 'only this organisation' },
      json: { type: 'boolean', purpose: 'one line of JSON at the end' },
      'data-dir': {
        type: 'string',
        placeholder: 'FOLDER',
        purpose: 'where the embedded PostgreSQL keeps its data (./data)',
      },
    },
    notes: [
      'Acts:',
      '  reindex   builds everything anew; searches go on, and no change meanwhile is lost',
      '  check     compares every document; prints differences and ends with 1 where there are any',
      '',
      'With OPENSEARCH_URL both the search server and PostgreSQL, which stands in for it; without, PostgreSQL alone.',
      'Works on DATABASE_OWNER_URL, else DATABASE_URL, else on the embedded PostgreSQL, also of an npm start that runs.',
      'Progress goes to standard error.',
    ],
  });
  const [act] = positionals;
  if (positionals.length !== 1 || (act !== 'reindex' && act !== 'check')) {
    throw new StartProblem('Say what to do: npm run search -- reindex, or npm run search -- check');
  }
  const scope = scopeOf(flags.org, flags.kind);
  const settings = readSettings({ DATA_DIR: flags['data-dir'] });
  return withOperatorEngine(settings, searchOptionsOf(settings), async (engine) => {
    const done = act === 'reindex' ? await reindex(engine, scope) : await check(engine, scope);
    if (flags.json) print(JSON.stringify(done));
    return 'differences' in done && done.differences > 0 ? 1 : 0;
  });
});

function scopeOf(orgId: string | undefined, kind: string | undefined): SearchScope {
  if (orgId !== undefined && !ID.test(orgId)) throw new StartProblem(`--org ${orgId}: not an id of an organisation`);
  if (kind !== undefined && !(SEARCH_KINDS as readonly string[]).includes(kind)) {
    throw new StartProblem(`--kind ${kind}: not one of ${SEARCH_KINDS.join(', ')}`);
  }
  return { orgId: orgId ?? null, kind: kind ?? null };
}

async function reindex(engine: Engine, scope: SearchScope) {
  const startedMs = performance.now();
  let toldMs = startedMs;
  const documents = await engine.search.reindex(scope, ({ place, kind, documents: so }) => {
    if (performance.now() - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = performance.now();
    process.stderr.write(`${place}: ${so} documents, at ${kind}\n`);
  });
  const ms = Math.round(performance.now() - startedMs);
  print(`${documents} documents are indexed anew in ${(ms / 1_000).toFixed(1)} s.`);
  return { act: 'reindex', documents, ms };
}

async function check(engine: Engine, scope: SearchScope) {
  let differences = 0;
  const compared = await engine.search.check(scope, ({ place, problem, orgId, kind, id }) => {
    differences += 1;
    if (differences <= SHOWN_MAX) print(`${place}: ${problem}: ${kind} ${id} of ${orgId}`);
  });
  if (differences > SHOWN_MAX) print(`… and ${differences - SHOWN_MAX} more`);
  print(
    differences === 0
      ? `The search has what the database has: ${compared} documents compared.`
      : `${differences} differences in ${compared} documents. To mend them: npm run search -- reindex`,
  );
  return { act: 'check', compared, differences };
}
