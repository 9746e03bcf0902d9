import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { protocolDocs } from '../gateway/docs/index.ts';
import { readArguments } from './arguments.ts';
import { runCommand } from './run-command.ts';

const DOCS = resolve(import.meta.dirname, '../docs');

await runCommand(async () => {
  readArguments({
    command: 'npm run docs',
    purpose: 'Writes the documents that are made from code: docs/protocol from the schemas of HTTP and socket.',
    flags: {},
  });
  mkdirSync(join(DOCS, 'protocol'), { recursive: true });
  for (const [name, text] of Object.entries(protocolDocs())) {
    writeFileSync(join(DOCS, 'protocol', name), text);
    process.stdout.write(`docs/protocol/${name}\n`);
  }
});
