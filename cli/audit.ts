import { createWriteStream, existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  chainName,
  createEngine,
  type Engine,
  type PublishedHead,
  readHeads,
  type Verification,
} from '../engine/index.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { accountOptionsOf } from './account-settings.ts';
import { readArguments } from './arguments.ts';
import { databaseInUse } from './database.ts';
import { runCommand } from './run-command.ts';
import { readSettings } from './settings.ts';
import { auditPlaceOf } from './worker-settings.ts';

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ACTS = ['verify', 'head', 'archive', 'export'] as const;
const PROGRESS_EVERY_MS = 1_000;

const print = (line: string) => process.stdout.write(`${line}\n`);
const tell = (line: string) => process.stderr.write(`${line}\n`);

interface Given {
  readonly orgId: string | undefined;
  readonly headsPath: string | undefined;
  readonly archiveFolder: string | undefined;
  readonly place: ReturnType<typeof auditPlaceOf>;
  readonly out: string | undefined;
}

await runCommand(async () => {
  const { flags, positionals } = readArguments({
    command: 'npm run audit',
    purpose: 'Verifies the audit chains; signs their heads, archives old months, exports.',
    positionals: ['ACT'],
    flags: {
      org: { type: 'string', placeholder: 'ORG_ID', purpose: 'only this organisation' },
      heads: {
        type: 'string',
        placeholder: 'PATH',
        purpose: 'verify: signed heads, a folder or a file (AUDIT_HEADS_DIR)',
      },
      archive: { type: 'string', placeholder: 'FOLDER', purpose: 'where archived months lie (AUDIT_ARCHIVE_DIR)' },
      out: { type: 'string', placeholder: 'FILE', purpose: 'export: where to (standard output)' },
      'data-dir': {
        type: 'string',
        placeholder: 'FOLDER',
        purpose: 'where the embedded PostgreSQL keeps its data (./data)',
      },
    },
    notes: [
      'Acts:',
      '  verify    walks every chain; prints the first break of each, with what and where, and ends with 1 where there is one',
      '  head      signs the end of every chain that has grown today, keeps it in AUDIT_HEADS_DIR and prints it',
      '  archive   moves months older than AUDIT_KEEP_MONTHS into files',
      '  export    one organisation’s chain with its details, as JSON lines (--org)',
      '',
      'Heads prove more the further away they are kept from the database: give verify a copy that its operator cannot change.',
      'Works on DATABASE_OWNER_URL, else DATABASE_URL, else on the embedded PostgreSQL, also of an npm start that runs.',
      'docs/guides/audit.md says what all of this proves, and what not.',
    ],
  });
  const act = ACTS.find((name) => name === positionals[0]);
  if (positionals.length !== 1 || act === undefined) {
    throw new StartProblem(`Say what to do: npm run audit -- ${ACTS.join(' | ')}`);
  }
  if (flags.org !== undefined && !ID.test(flags.org)) {
    throw new StartProblem(`--org ${flags.org}: not an id of an organisation`);
  }
  const settings = readSettings({ DATA_DIR: flags['data-dir'] });
  const place = auditPlaceOf(settings);
  const given: Given = {
    orgId: flags.org,
    headsPath: flags.heads,
    archiveFolder: flags.archive,
    place,
    out: flags.out,
  };
  const database = await databaseInUse(settings, tell);
  try {
    const url = database.ownerUrl ?? database.url;
    const engine = await createEngine({ url, ...accountOptionsOf(settings, 'http://localhost') });
    try {
      const ready = await engine.ready();
      if (!ready.ok) throw new StartProblem(`${ready.failure.message} Use the version of Psephos that is running.`);
      return await DO[act](engine, given);
    } finally {
      await engine.close();
    }
  } finally {
    await database.stop();
  }
});

const DO: Readonly<Record<(typeof ACTS)[number], (engine: Engine, given: Given) => Promise<number>>> = {
  verify,
  head,
  archive,
  export: exportChain,
};

/** A path that was asked for must be there; the usual one need not: nothing was written there yet. */
function present(asked: string | undefined, usual: string, flag: string): string | undefined {
  if (asked !== undefined && !existsSync(asked)) throw new StartProblem(`${flag} ${asked}: there is nothing there`);
  return asked ?? (existsSync(usual) ? usual : undefined);
}

async function verify(engine: Engine, { orgId, headsPath, archiveFolder, place }: Given): Promise<number> {
  const headsAt = present(headsPath, place.headsFolder, '--heads');
  const archiveAt = present(archiveFolder, place.archiveFolder, '--archive');
  const { heads, unreadable } = headsAt === undefined ? { heads: [], unreadable: [] } : await readHeads(headsAt);
  for (const line of unreadable) print(`unreadable: ${line} is no signed head`);
  await chainWaiting(engine);
  const chains = await engine.audit.chains();
  let broken = await unknownChains(heads, chains, orgId);
  if (orgId !== undefined && !chains.includes(orgId)) throw new StartProblem(`--org ${orgId}: there is no such chain`);
  for (const id of orgId === undefined ? chains : [orgId]) {
    let toldMs = performance.now();
    const found = await engine.audit.verify(id, {
      heads,
      archiveFolder: archiveAt,
      onProgress: (entries) => {
        if (performance.now() - toldMs < PROGRESS_EVERY_MS) return;
        toldMs = performance.now();
        tell(`${chainName(id)}: ${entries} entries …`);
      },
    });
    print(lineOf(found));
    if (found.problem !== null) broken += 1;
  }
  if (heads.length === 0)
    print('No heads outside the database were compared: whoever can rewrite it could have rewritten these chains.');
  return broken + unreadable.length === 0 ? 0 : 1;
}

/** What waits for the workers belongs to the chains; a standby can be read all the same. */
async function chainWaiting(engine: Engine): Promise<void> {
  await engine.audit.chainAllChanges().catch((error: { code?: unknown }) => {
    if (error.code !== '25006') throw error; // read-only transaction
  });
}

/** A head outside that names a chain which the database does not have: it was removed whole. */
async function unknownChains(
  heads: readonly PublishedHead[],
  chains: readonly string[],
  orgId: string | undefined,
): Promise<number> {
  const gone = new Set(heads.map((head) => head.org_id).filter((id) => !chains.includes(id)));
  const asked = [...gone].filter((id) => orgId === undefined || id === orgId);
  for (const id of asked)
    print(`BROKEN ${chainName(id)}: truncated: signed heads name this chain, and the database has none of it`);
  return asked.length;
}

function lineOf(found: Verification): string {
  const { orgId, problem, entries, headsInside, headsOutside, bypassed, erased, skippedMonths } = found;
  if (problem !== null) return `BROKEN ${chainName(orgId)}: ${problem.kind}: ${problem.message}`;
  const more = [
    `${headsInside} heads in the database and ${headsOutside} outside agree`,
    ...(bypassed > 0 ? [`${bypassed} changes came by no engine`] : []),
    ...(erased > 0 ? [`${erased} details were erased`] : []),
    ...(skippedMonths > 0 ? [`${skippedMonths} archived months were not looked at (--archive FOLDER)`] : []),
  ];
  return `whole  ${chainName(orgId)}: ${entries} entries; ${more.join('; ')}`;
}

async function head(engine: Engine, { place }: Given): Promise<number> {
  await engine.audit.chainAllChanges();
  const published = await engine.audit.publishHeads(place.headsFolder);
  for (const line of published) print(JSON.stringify(line));
  tell(`${published.length} heads of today in ${place.headsFolder}`);
  return 0;
}

async function archive(engine: Engine, { archiveFolder, place }: Given): Promise<number> {
  const folder = archiveFolder ?? place.archiveFolder;
  const archived = await engine.audit.archive(folder, place.keepMonths);
  for (const { month, chains, entries } of archived)
    print(`${month}: ${entries} entries of ${chains} chains are in ${folder}`);
  if (archived.length === 0) print(`No month is older than ${place.keepMonths} months.`);
  return 0;
}

async function exportChain(engine: Engine, { orgId, out }: Given): Promise<number> {
  if (orgId === undefined) throw new StartProblem('export needs an organisation: npm run audit -- export --org ORG_ID');
  await chainWaiting(engine);
  let entries = 0;
  const lines = async function* () {
    for await (const stored of engine.audit.entries(orgId)) {
      entries += 1;
      yield `${JSON.stringify(stored)}\n`;
    }
  };
  await pipeline(Readable.from(lines()), out === undefined ? process.stdout : createWriteStream(out, { mode: 0o640 }), {
    end: out !== undefined,
  });
  tell(`${entries} entries`);
  return 0;
}
