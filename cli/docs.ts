import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { protocolDocs } from '../gateway/docs/index.ts';
import { DICTIONARY_FILE, renderDataDictionary } from '../sql/data-dictionary.ts';
import { makeSharedTempFolder, openEmbeddedPostgres } from '../sql/embedded/index.ts';
import { migrate } from '../sql/migrate.ts';
import { writeSchemaSnapshot } from '../sql/snapshot.ts';
import { readArguments } from './arguments.ts';
import { runCommand } from './run-command.ts';

const DOCS = resolve(import.meta.dirname, '../docs');

function write(file: string | URL, name: string, text: string): void {
  writeFileSync(file, text);
  process.stdout.write(`${name}\n`);
}

/** What the database itself says of its tables: a fresh one is made for it, and goes again. */
async function writeDatabaseDocs(): Promise<void> {
  const folder = await makeSharedTempFolder('psephos-docs-');
  const server = await openEmbeddedPostgres({ dataDir: join(folder, 'data') });
  try {
    await migrate(server.ownerUrl);
    write(DICTIONARY_FILE, 'docs/data-dictionary.md', await renderDataDictionary(server.ownerUrl));
    await writeSchemaSnapshot(server.ownerUrl);
    process.stdout.write('sql/schema.sql\n');
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await runCommand(async () => {
  readArguments({
    command: 'npm run docs',
    purpose:
      'Writes the documents that are made from code: docs/protocol and docs/errors.md from the schemas of HTTP and socket, ' +
      'docs/data-dictionary.md and sql/schema.sql from a freshly migrated database.',
    flags: {},
  });
  mkdirSync(join(DOCS, 'protocol'), { recursive: true });
  for (const [name, text] of Object.entries(protocolDocs())) write(join(DOCS, name), `docs/${name}`, text);
  await writeDatabaseDocs();
});
